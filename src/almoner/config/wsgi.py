"""What the server loads: settings are read, rooms and addresses imported, before the first request waits for it."""

import os

import django
from django.urls import resolve, reverse

from almoner.kernel import garbage
from almoner.kernel.environment import SettingInvalid

if not os.environ.get("ALMONER_MODE"):
    raise SettingInvalid("ALMONER_MODE", "must say demo or production before anything is served.")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
with garbage.kept():
    django.setup(set_prefix=False)

    # Models can be imported only now.
    from almoner.config import presence, wiring

    # Each of the server's processes for itself: one may outlive the others.
    presence.hold()
    application = wiring.application()
resolve("/health/live")
# Every address's pattern is compiled, or the first page with a link would do it.
reverse("health-live")
