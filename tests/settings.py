"""The console's own settings, with what tests need changed: nothing to collect first, and cheap passwords."""

from clustermgr.settings import *
from clustermgr.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
