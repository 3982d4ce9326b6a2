"""The WSGI door, for granian or gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.server.settings")
application = get_wsgi_application()
# Everything that lives as long as the process is there before the first page is asked for, and the collector leaves it
# alone: walking some hundred thousand lasting objects now and then made one page in twenty wait.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
