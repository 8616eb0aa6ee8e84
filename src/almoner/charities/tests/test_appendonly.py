"""Tables that only grow: each refuses every way to change or lose a row, on both databases and after any migration."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from tests.support.databases import LiveDb

from almoner.charities import appendonly
from almoner.charities.models import AuditEntry
from almoner.config import wiring
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor, charity, donor, sandbox  # noqa: F401  (fixtures)
from almoner.ledger.models import Posting
from almoner.outbox import worker

TABLES = sorted(appendonly.protected_tables())


@pytest.fixture
def full(request: pytest.FixtureRequest) -> None:
    """A row in every protected table: a gift with its consent and receipt, and a refund that cancels the receipt."""
    giver: Donor = request.getfixturevalue("donor")
    giver.give(giver.to_payment(consent_email="yes"))
    worker.drain(wiring.HANDLERS)
    staff = User.objects.create_superuser("treasurer")
    actions.refund(gift_id=Gift.objects.get().pk, amount_minor=5_000, reason="asked", actor=staff)


def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def rows(table: str) -> list[tuple[object, ...]]:
    return list(model_of(table)._default_manager.order_by("pk").values_list())


def refused(statement: str, *values: object) -> None:
    """By the trigger, and not by chance: a constraint would name itself."""
    with (
        pytest.raises(Exception, match="is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def a_column(table: str) -> str:
    """One that every row has, and that is no key."""
    own = model_of(table)._meta
    return next(f.column for f in own.local_concrete_fields if not f.primary_key and not f.null)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("table", TABLES)
class TestEveryTable:
    def test_update(self, table: str) -> None:
        before = rows(table)
        assert before, "no row to lose"
        column = a_column(table)
        refused(f'UPDATE "{table}" SET "{column}" = "{column}"')  # noqa: S608
        assert rows(table) == before

    def test_delete(self, table: str) -> None:
        before = rows(table)
        refused(f'DELETE FROM "{table}"')  # noqa: S608
        assert rows(table) == before

    def test_a_row_put_in_the_place_of_another(self, table: str) -> None:
        """SQLite's INSERT OR REPLACE deletes without a DELETE; PostgreSQL's upsert is an UPDATE."""
        before = rows(table)
        columns = [field.column for field in model_of(table)._meta.local_concrete_fields]
        key, listed = model_of(table)._meta.pk.column, ", ".join(f'"{column}"' for column in columns)
        if connection.vendor == "sqlite":
            refused(f'INSERT OR REPLACE INTO "{table}" ({listed}) SELECT {listed} FROM "{table}"')  # noqa: S608
        else:
            refused(
                f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM "{table}" '  # noqa: S608
                f'ON CONFLICT ("{key}") DO UPDATE SET "{key}" = EXCLUDED."{key}"'
            )
        assert rows(table) == before

    def test_truncate(self, table: str) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no TRUNCATE")
        before = rows(table)
        refused(f'TRUNCATE "{table}" CASCADE')
        assert rows(table) == before


def test_the_orm_is_refused_as_well(full: None) -> None:
    for act in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(action="nothing")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize("how", ["a table rebuilt", "a trigger dropped", "one that does nothing"])
def test_triggers_stand_again_after_a_migration(live_db: LiveDb, how: str) -> None:
    """AlterField rebuilds a table on SQLite, which silently loses its triggers; migrate puts them back."""
    assert list(appendonly.missing(connection)) == []
    lost = {"a table rebuilt": rebuilt, "a trigger dropped": dropped, "one that does nothing": hollowed}[how]
    lost()
    if not (how == "a table rebuilt" and connection.vendor == "postgresql"):
        assert list(appendonly.missing(connection))
    call_command("migrate", verbosity=0)
    assert list(appendonly.missing(connection)) == []


def rebuilt() -> None:
    longer = models.CharField(max_length=41)
    longer.set_attributes_from_name("kind")
    longer.model = Posting
    with connection.schema_editor() as editor:
        editor.alter_field(Posting, Posting._meta.get_field("kind"), longer)


def dropped() -> None:
    on = " ON ledger_posting" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_posting_no_delete{on}")


def hollowed() -> None:
    dropped()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION almoner_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN OLD; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting FOR EACH ROW "
                "EXECUTE FUNCTION almoner_append_only()"
            )
