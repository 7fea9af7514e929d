"""The web application, for gunicorn and waitress. It refuses to start with settings that are wrong."""

import os

from django.core.wsgi import get_wsgi_application

from integration_manager import refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")

application = get_wsgi_application()
refusal.check()
