"""The console that is killed: its own settings, over a cluster that lives elsewhere."""

from tests.settings import *

BACKEND_FACTORY = "tests.kill.remote.connect"
