"""Settings of the tests: the same application on a throw-away database, without slow hashing or fsync."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("FAIRLEAD_DATA", tempfile.mkdtemp(prefix="fairlead-test-"))
os.environ.setdefault("FAIRLEAD_SECRET_KEY", "for tests only")
os.environ.setdefault("FAIRLEAD_DEMO", "yes")

from fairlead.server.settings import *  # noqa: F403
from fairlead.server.settings import DATABASES, INSTALLED_APPS, LOGGING

_DATABASE = DATABASES["default"]
if "sqlite3" in str(_DATABASE["ENGINE"]):
    # A file, not memory: threads and the browser tests' server share it, and locks behave as in life.
    folder = Path(os.environ["FAIRLEAD_DATA"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    _DATABASE["NAME"] = str(folder / f"{worker}.sqlite3")
    _DATABASE["TEST"] = {"NAME": str(folder / f"test-{worker}.sqlite3")}
    _OPTIONS = _DATABASE["OPTIONS"]
    assert isinstance(_OPTIONS, dict)
    _OPTIONS["init_command"] = str(_OPTIONS["init_command"]).replace("synchronous=FULL", "synchronous=OFF")
_DATABASE["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_OUT = False
MAIL_URL = "https://fairlead.test"
WEBHOOKS = True
MAIL_AUTHSERV = "mx.marlow.test"
ALLOWED_HOSTS = ["*"]
DURABILITY_MAY_BE_OFF = True
INSTALLED_APPS = list(INSTALLED_APPS)
_LOGGERS = LOGGING["loggers"]
assert isinstance(_LOGGERS, dict)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": LOGGING["filters"],
    "loggers": {**_LOGGERS, "django.request": {**_LOGGERS["django.request"], "level": "CRITICAL"}},
}
