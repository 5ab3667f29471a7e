"""Every setting, from the environment, safe by default.

Two switches decide between one process and many: `DATABASE_URL` (else SQLite in `var/`) and `REDIS_URL` (else a channel
layer in memory). What the first start generates (secret key, database, collected static files) lives in `var/`.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from clustermgr import databases, keyfile


def _words(name: str) -> list[str]:
    """The comma-separated words of an environment variable."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def _number(name: str, default: int) -> int:
    """A positive number from the environment. Raises ValueError in words."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError(f"{name}: {text!r} is not a whole number above 0")
    return int(text)


def _switch(name: str) -> bool:
    """Whether an environment variable says yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CLUSTERMGR_VAR_DIR", BASE_DIR / "var")).absolute()
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# Who may talk to us
SECRET_KEY = os.environ.get("CLUSTERMGR_SECRET_KEY") or keyfile.read_or_create(VAR_DIR / "secret-key")
DEBUG = _switch("CLUSTERMGR_DEBUG")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_words("CLUSTERMGR_ALLOWED_HOSTS")]
if (_own := os.environ.get("HOST", "")).strip("0.:"):  # what listens everywhere (0.0.0.0, ::) goes by no such name
    ALLOWED_HOSTS.append(f"[{_own}]" if ":" in _own else _own)
CSRF_TRUSTED_ORIGINS = _words("CLUSTERMGR_TRUSTED_ORIGINS")
BEHIND_HTTPS = _switch("CLUSTERMGR_HTTPS")

# What the console is made of
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "clusters",
    "vms",
]
# Static files are served before anything looks at a person; NUL is refused last, where session and language are known.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clustermgr.private.kept_private",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clustermgr.idle.ends_when_idle",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clustermgr.plaintext.without_nul",
]
ROOT_URLCONF = "clustermgr.urls"
ASGI_APPLICATION = "clustermgr.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# One process or many
DATABASES = {
    "default": databases.configuration(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR}/console.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# What the credentials of clusters are encrypted with, newest first: from the environment, else made in a file
CREDENTIAL_KEYS = os.environ.get("CLUSTERMGR_CREDENTIAL_KEYS", "")
CREDENTIAL_KEYS_FILE = os.environ.get("CLUSTERMGR_CREDENTIAL_KEYS_FILE") or VAR_DIR / "credential-keys"

# The one place that names concrete backends; the apps know it by these paths only
BACKEND_FACTORY = "clustermgr.backends.connect"
BACKEND_WAYS = "clustermgr.backends.WAYS"

# The pace of things, in the unit that each name ends in
FRAME_PACE_MILLISECONDS = 150  # a browser gets at most one frame in this time
HEARTBEAT_SECONDS = 10  # a position is repeated, so that a lost poke heals
STALE_AFTER_SECONDS = 15  # nobody vouches for the quorum of a cluster that was silent for this long
LEASE_SECONDS = 15  # a controller that is silent for this long has lost its cluster
CONTROLLER_POLL_SECONDS = 1  # another process's request is noticed at the latest after this
TOMBSTONE_HOURS = 24  # an object that is gone can be caught up with for this long
HISTORY_DAYS = 90  # older changes are dropped, but for what shows how things stood when the season began

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: collected into var/, served by whitenoise under names that carry a hash of their content
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has business with them

# Signing in
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "clusters.views.strangers.old_form"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
# No rule of letters and digits: length and not being a common word is what keeps guessing slow.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_AGE = _number("CLUSTERMGR_IDLE_HOURS", 12) * 3600  # who does nothing for so long is signed out
PROOF_DAYS = 7  # whatever he does, everybody gives his password once in so many days
PROOF_MINUTES = 15  # what destroys wants a password that is not older than this
SOCKETS_PER_PERSON = _number("CLUSTERMGR_SOCKETS_PER_PERSON", 50)  # open pages, in each process
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: who follows a link to a cluster from a ticket or a mail is signed in there.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
# Only behind a proxy that sets it: anybody else may write this header himself.
if BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# What a page may load and do: nothing but our own files, no inline script or style, no frame around us
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CLUSTERMGR_LOG_LEVEL", "WARNING").upper()},
}
