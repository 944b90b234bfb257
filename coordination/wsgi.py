"""The WSGI entry for the web server."""

import os

from django.core.wsgi import get_wsgi_application

from coordination.serving import bound_statements, settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")

application = get_wsgi_application()
settle()
bound_statements()
