"""How a corruption is planted behind the back of everything that guards against it."""

from collections.abc import Callable

from django.db import connection, models

from almoner.charities import appendonly
from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.payments.models import Attempt
from tests.prove.history import History


def edited(row: models.Model, **changes: object) -> None:
    """As somebody with the database's own rights would: the triggers are away for so long."""
    with connection.cursor() as cursor:
        for table in appendonly.protected_tables():
            for act in ("update", "delete"):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{act}"{on}')
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows.update(**changes) if changes else rows.delete()
    appendonly.install(connection)


def attempt_of(gift: Gift) -> Attempt:
    return Attempt.objects.filter(gift_id=gift.pk).latest("ordinal")


def other_charity() -> Charity:
    return Charity.objects.create(
        slug="other", name="Other", legal_name="Other", country="NZ", timezone="Pacific/Auckland", currency="NZD",
        email="a@b.example", mail_from="a@b.example",
    )  # fmt: skip


def charge(history: History, gift: Gift, sql: str) -> str:
    """Change the gateway's own file behind its back."""
    gateway_id = attempt_of(gift).gateway_id or ""
    with history.sandbox.store.write() as rows:
        rows.execute(sql, (gateway_id,))
    return gateway_id


Corruption = Callable[[History], str]
PLANTED: dict[str, tuple[set[str], Corruption]] = {}


def plants(*breaks: str) -> Callable[[Corruption], Corruption]:
    """A corruption, which returns what must be named, and the checks that it breaks."""

    def keep(corruption: Corruption) -> Corruption:
        PLANTED[corruption.__name__] = (set(breaks), corruption)
        return corruption

    return keep
