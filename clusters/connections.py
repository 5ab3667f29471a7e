"""Backends by name, without knowing one: the composition root is named in the settings by a dotted path."""

from collections.abc import Callable, Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from clusters.backends.base import Backend
from clusters.backends.reaching import Secrets, Ways
from clusters.backends.unusable import Unusable
from clusters.domain.action import Can
from clusters.domain.messages import say
from clusters.models import Cluster

Factory = Callable[..., Backend]

NO_CLUSTER = (AttributeError, KeyError, TypeError, ValueError)
"""What a backend raises of options that describe no cluster of it, and the table of backends of a name not in it."""

_running: dict[int, Backend] = {}
# Never connected, so never closed: they are asked what they could do, by processes that control nothing.
_idle: dict[tuple[str, str, str], Backend] = {}


def connect(cluster: Cluster, secrets: Secrets | None = None) -> Backend:
    """A new backend for the cluster; whoever opens it closes it. `secrets` are those of a cluster that is not stored
    yet. Raises KeyError for an unknown backend name."""
    factory = cast(Factory, import_string(settings.BACKEND_FACTORY))
    return factory(cluster, secrets) if secrets else factory(cluster)


def usable(cluster: Cluster) -> Backend:
    """A backend in any case: where what is stored describes no cluster, one that has only the reason."""
    try:
        return connect(cluster)
    # The same table of errors as before storing: what was stored by other hands must not fail in every menu.
    except NO_CLUSTER as trouble:
        return Unusable(say("options-make-no-cluster", backend=cluster.backend, trouble=str(trouble)))


def require_sense(cluster: Cluster) -> None:
    """Raises ValueError where there is no such backend, or the options describe no cluster of it. Ask before storing
    them: nobody could control such a cluster, and its menus would fail."""
    try:
        connect(cluster)
    except NO_CLUSTER as trouble:
        raise ValueError(str(trouble)) from trouble


def ways(backend: str) -> Ways | None:
    """How the nodes of that kind of cluster are got at; None for what needs no way."""
    return cast(Mapping[str, Ways], import_string(settings.BACKEND_WAYS)).get(backend)


def running(cluster_id: int) -> Backend | None:
    """The backend that a controller of this very process uses, for questions and capabilities."""
    return _running.get(cluster_id)


def capabilities(cluster: Cluster) -> Can:
    """What this cluster can carry out at all; asked of a backend that need not be connected."""
    backend = _running.get(cluster.pk)
    if backend is None:
        # By what it is made of, so that a cluster that is reached otherwise is not judged by its former options.
        described = (cluster.slug, cluster.backend, f"{cluster.time_zone} {cluster.options}")
        backend = _idle.get(described) or _idle.setdefault(described, usable(cluster))
    return backend.can


def started(cluster_id: int, backend: Backend) -> None:
    """A controller of this process works with that backend now."""
    _running[cluster_id] = backend


def stopped(cluster_id: int) -> None:
    """It does not any more."""
    _running.pop(cluster_id, None)
