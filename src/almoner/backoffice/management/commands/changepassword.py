"""Django's changepassword, which leaves an entry in the log."""

from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User

from almoner.charities import audit


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        before = _passwords()
        said = super().handle(*args, **options)
        for user_id, password in _passwords().items():
            if before.get(user_id) != password:
                audit.record(
                    actor=None, charity=None, action="change password on the server", object_type="user",
                    object_id=user_id,
                )  # fmt: skip
        return said


def _passwords() -> dict[int, str]:
    return dict(User.objects.values_list("pk", "password"))
