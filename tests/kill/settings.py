"""The console that is killed: its own settings, over a cluster that lives elsewhere."""

from tests.settings import *  # noqa: F403

BACKEND_FACTORY = "tests.kill.remote.connect"
