"""The WSGI entry for the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")

application = get_wsgi_application()
# What stands after the start stays: the collector looks through it no more, and no fork copies it for that.
gc.collect()
gc.freeze()
