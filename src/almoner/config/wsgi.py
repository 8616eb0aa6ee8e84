"""What the server loads: settings are read, rooms and addresses imported, before the first request waits for it."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.urls import resolve

from almoner.kernel.environment import SettingInvalid

if not os.environ.get("ALMONER_MODE"):
    raise SettingInvalid("ALMONER_MODE", "must say demo or production before anything is served.")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
django.setup(set_prefix=False)

# Models can be imported only now.
from almoner.charities.sites import current_stamps  # noqa: E402
from almoner.config.application import Application  # noqa: E402
from almoner.config.ready import ReadyPages  # noqa: E402

application = Application(
    WSGIHandler(),
    ReadyPages(current_stamps),
    staff_cookie=f"{settings.SESSION_COOKIE_NAME}=",
    trusted_proxies=settings.TRUSTED_PROXIES,
)
resolve("/health/live")
