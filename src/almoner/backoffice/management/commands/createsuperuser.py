"""Django's createsuperuser, which leaves an entry in the log: nobody gets every charity's keys unseen."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User

from almoner.charities import audit


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        before = set(_superusers())
        super().handle(*args, **options)
        for user_id in set(_superusers()) - before:
            audit.record(
                actor=None,
                charity=None,
                action="create superuser on the server",
                object_type="user",
                object_id=user_id,
            )


def _superusers() -> list[int]:
    return list(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
