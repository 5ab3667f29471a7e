"""The one entrance for HTTP and websockets.

A socket is accepted only from a page of our own (its Origin is one of `ALLOWED_HOSTS`, and the very host and port that
it was asked of) and knows who is signed in.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clustermgr.settings")
_http = get_asgi_application()  # sets Django up, so it must come before any import of ours

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from clustermgr.origins import OwnPagesOnly
from clusters.routing import websocket_urlpatterns

_sockets = URLRouter(websocket_urlpatterns)  # type: ignore[arg-type]  # its stubs know consumers only
# Denied before the session is looked up: a foreign page costs no query.
application = ProtocolTypeRouter(
    {"http": _http, "websocket": AllowedHostsOriginValidator(OwnPagesOnly(AuthMiddlewareStack(_sockets)))}
)
