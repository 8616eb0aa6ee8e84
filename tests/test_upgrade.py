"""`almoner upgrade` of an older installation: its rows are all there afterwards, its triggers stand, and it is in
everything like a new one."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from almoner.charities import appendonly
from almoner.charities.online import AddIndexOnline
from almoner.config.commands import upgrade
from almoner.impact import proof, standing
from almoner.impact.tests.making import make_charity
from almoner.kernel.clock import now
from tests.support import schemas, templates
from tests.support.databases import LiveDb, borrowed, database_name

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def empty_db(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveDb]:
    url = templates.empty(database_name("old"), tmp_path)
    with django_db_blocker.unblock():
        yield from borrowed(url)


def first_state() -> StateApps:
    """The database as the first version of each of our rooms had it; returns that version's models."""
    executor = MigrationExecutor(connection)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("almoner.")}
    graph = executor.loader.graph
    firsts = {key for key in graph.nodes if key[0] in ours and key[1] == "0001_initial"}
    # A room that was built later waits for what others had become by then.
    targets = sorted(
        key for key in firsts if all(each in firsts for each in graph.forwards_plan(key) if each[0] in ours)
    )
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def fill(old: StateApps) -> None:
    """A charity with its form, a posting, an act in the audit log and a job: rows of tables that changed since, and of
    tables that only grow."""
    charity = old.get_model("charities", "Charity").objects.create(
        slug="tide", name="Tide", legal_name="Tide Ltd", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="a@tide.example", mail_from="a@tide.example",
    )  # fmt: skip
    old.get_model("charities", "AuditEntry").objects.create(
        at=now(), actor_name="Grace", action="made", object_type="charity", object_id=str(charity.pk),
        previous_hash="0" * 64, hash="1" * 64, **_charity(old, charity),
    )  # fmt: skip
    old.get_model("giving", "DonationForm").objects.create(
        charity=charity, slug="light", title="Keep a light on", intro="It has to be there every day."
    )
    account = old.get_model("ledger", "Account").objects
    cash = account.create(charity=charity, code="cash", currency="AUD", kind="asset")
    income = account.create(charity=charity, code="donations", currency="AUD", kind="income")
    old.get_model("ledger", "Posting").objects.create(
        charity=charity, debit=cash, credit=income, amount_minor=5000, currency="AUD", source="gift",
        source_id="1", kind="settled", at=now(),
    )  # fmt: skip
    job = old.get_model("outbox", "Job")
    known = {field.name for field in job._meta.get_fields()}
    times = {name: now() for name in ("created_at", "next_at", "run_at") if name in known}
    job.objects.create(kind="mail", dedupe_key="one", payload={"receipt": 1}, **times)


def corrected_twice(old: StateApps, charity: object) -> None:
    """A figure that was corrected twice: the first correction was sent back, and the second accepted."""
    programme = old.get_model("impact", "Programme").objects.create(
        charity=charity, slug="net", title="Net", starts_on=date(2020, 1, 1)
    )
    result = old.get_model("impact", "Result").objects.create(programme=programme, kind="1", title="Nets")
    indicator = old.get_model("impact", "Indicator").objects.create(
        result=result, slug="mended", title="Nets mended", rule="Each once."
    )
    source = old.get_model("impact", "Source").objects.create(
        charity=charity, title="Report", dated=date(2024, 1, 5), created_at=now()
    )
    before = None
    for value, accepted in ((900, True), (90, False), (880, True)):
        before = old.get_model("impact", "Observation").objects.create(
            indicator=indicator, source=source, first=date(2020, 1, 1), last=date(2023, 12, 31),
            as_of=date(2023, 12, 31), value=value, bound="exact", supersedes=before, entered_by_id=1,
            reason="Counted again." if before else "",
            entered_by_name="ana", entered_at=now(),
        )  # fmt: skip
        old.get_model("impact", "Verification").objects.create(
            observation=before, accepted=accepted, role="Lead", by_id=2, by_name="ben", at=now()
        )


def _charity(old: StateApps, charity: object) -> dict[str, object]:
    known = {field.name for field in old.get_model("charities", "AuditEntry")._meta.get_fields()}
    return {"charity": charity} if "charity" in known else {}


def rows() -> Rows:
    """Every row of every table of ours, by column."""
    found: Rows = {}
    ours = tuple(f"{c.label}_" for c in apps.get_app_configs() if c.name.startswith("almoner."))
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(ours):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 (a name from the database itself)
                names = [column[0] for column in cursor.description]
                kept = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                found |= {table: kept} if kept else {}
    return found


def test_an_older_installation_is_brought_along_whole_and_guarded(empty_db: LiveDb, tmp_path: Path) -> None:
    fill(first_state())
    before = rows()
    assert {
        "charities_charity",
        "charities_auditentry",
        "giving_donationform",
        "ledger_posting",
        "outbox_job",
    } <= set(before)
    connection.close()
    env = {
        "ALMONER_MODE": "test",
        "ALMONER_DATABASE_URL": empty_db.url,
        "ALMONER_DATA_DIR": str(tmp_path / "data"),
    }
    for _ in range(2):  # It is safe to repeat.
        said = templates.almoner("upgrade", env=env)
        assert "no issues" in said and "missing trigger" not in said
    after = rows()
    for table, old_rows in before.items():
        assert len(after[table]) == len(old_rows), table
        for old, new in zip(old_rows, after[table], strict=True):
            # A column may have come, or gone; one that stayed says what it said.
            assert {name: new[name] for name in old.keys() & new.keys()} == {
                name: old[name] for name in old.keys() & new.keys()
            }, table
    assert list(appendonly.missing(connection)) == []
    for statement in ("UPDATE ledger_posting SET amount_minor = 1", "DELETE FROM charities_auditentry"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert schemas.schema() == of_a_new_one(tmp_path)


def of_a_new_one(folder: Path) -> list[str]:
    """The tables, and all that hangs on them, of a database that came by none of the steps."""
    for _ in borrowed(templates.MIGRATED.copy(database_name("new"), folder)):
        found = schemas.schema()
    return found


def test_what_stands_is_kept_of_figures_that_were_corrected_before_it_was(live_db: LiveDb) -> None:
    executor = MigrationExecutor(connection)
    before = [("impact", "0006_releases")]
    executor.migrate(before)
    old = executor.loader.project_state(before).apps
    corrected_twice(old, old.get_model("charities", "Charity").objects.get(pk=make_charity().pk))
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert [each.value for each in standing.standing()] == [880]
    assert [*chain.from_iterable(check.run() for check in proof.checks())] == []


def test_a_table_in_use_is_waited_for_briefly_and_often(live_db: LiveDb) -> None:
    """Whoever waits for a lock makes all others wait behind it: gifts go on while an upgrade finds no gap."""
    if live_db.vendor != "postgresql":
        pytest.skip("SQLite has one writer, and no queue behind it")
    said: list[str] = []
    with psycopg.connect(live_db.url) as busy:
        busy.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")

        def tell(line: str) -> None:
            said.append(line)
            busy.rollback()

        upgrade.apply(verbosity=0, tell=tell)
    assert said == ["A table is in use. Trying again ..."]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"


def test_an_index_is_built_online(live_db: LiveDb) -> None:
    operation = AddIndexOnline("job", models.Index(fields=["created_at"], name="outbox_job_planted"))
    before = MigrationExecutor(connection).loader.project_state()
    after = before.clone()
    operation.state_forwards("outbox", after)
    for _ in range(2 if live_db.vendor == "postgresql" else 1):  # One that was cut short is begun again.
        with CaptureQueriesContext(connection) as asked, connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("outbox", editor, before, after)
    with connection.cursor() as cursor:
        built = connection.introspection.get_constraints(cursor, "outbox_job")
    assert built["outbox_job_planted"]["columns"] == ["created_at"]
    concurrently = any("CREATE INDEX CONCURRENTLY" in each["sql"] for each in asked)
    assert concurrently is (live_db.vendor == "postgresql")
