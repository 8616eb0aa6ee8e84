"""A new database is made at once, exactly as its migrations would make it, or left to them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from pytest_django import DjangoDbBlocker
from tests.support import templates
from tests.support.databases import LiveDb, borrowed, database_name
from wagtail.models import Page

from almoner.charities import new_database

_RENEW = "run script/new-database: a new database is being migrated step by step until then"


@pytest.fixture
def empty_db(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveDb]:
    with django_db_blocker.unblock():
        yield from borrowed(templates.empty(database_name("new"), tmp_path))


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_db: LiveDb) -> Callable[[str], None]:
    """What is kept says this, for one test."""

    def write(text: str) -> None:
        (tmp_path / f"{empty_db.vendor}.sql").write_text(text)
        monkeypatch.setattr(new_database, "_FOLDER", tmp_path)

    return write


def kept_text(vendor: str) -> str:
    return new_database.file(vendor).read_text()


@pytest.mark.once
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_it_is_of_the_migrations_that_are_here(vendor: str) -> None:
    assert list(new_database.differing(new_database.Kept.read(kept_text(vendor)))) == [], _RENEW


def test_an_empty_database_is_made_without_applying_any(
    empty_db: LiveDb, capsys: pytest.CaptureFixture[str]
) -> None:
    count = len(new_database.Kept.read(kept_text(empty_db.vendor)).migrations)
    call_command("migrate", verbosity=1, interactive=False)
    said = capsys.readouterr().out
    assert f"A new database: as {count} migrations leave it." in said
    assert "contenttypes.0001_initial" not in said
    call_command("migrate", verbosity=1, interactive=False)
    assert "A new database" not in capsys.readouterr().out
    call_command("migrate", check_unapplied=True)  # It would exit.


def test_each_database_has_identifiers_of_its_own(tmp_path: Path, empty_db: LiveDb) -> None:
    new_database.make(connection)
    first = set(Page.objects.values_list("translation_key", flat=True))
    other = templates.empty(database_name("other"), tmp_path)
    for _ in borrowed(other):
        new_database.make(connection)
        second = set(Page.objects.values_list("translation_key", flat=True))
    assert len(first) == len(second) == 2
    assert not first & second


def test_whoever_asks_what_would_be_done_gets_no_table(empty_db: LiveDb) -> None:
    call_command("migrate", plan=True, verbosity=0)
    assert connection.introspection.table_names() == []


def test_a_database_with_any_table_is_left_to_migrations(empty_db: LiveDb) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE theirs (id integer)")
    assert new_database.make(connection) == 0
    assert connection.introspection.table_names() == ["theirs"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("-- giving.0001_initial ", "-- giving.0001_initial f"),
        ("-- Django ", "-- Django 9"),
        ("CREATE TABLE", "CREATE  TABLE"),
    ],
)
def test_what_is_of_something_else_is_left_to_migrations(
    keep: Callable[[str], None], empty_db: LiveDb, was: str, becomes: str
) -> None:
    text = kept_text(empty_db.vendor)
    assert was in text
    keep(text.replace(was, becomes, 1))
    assert new_database.make(connection) == 0
    assert connection.introspection.table_names() == []


def test_one_that_is_cut_short_leaves_nothing(keep: Callable[[str], None], empty_db: LiveDb) -> None:
    statements = ("CREATE TABLE half (id integer)", "CREATE TABLE half (id integer)")
    keep(str(new_database.Kept.of([], new_database.BETWEEN.join(statements))))
    with pytest.raises(DatabaseError, match="already exists"):
        new_database.make(connection)
    assert connection.introspection.table_names() == []


@pytest.mark.once
def test_a_migration_is_what_it_takes_from_our_rooms_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as states that are a column's default."""
    kept = new_database.Kept.read(kept_text("sqlite"))
    real = new_database._source
    monkeypatch.setattr(
        new_database,
        "_source",
        lambda module: real(module) + b"#" * (module == "almoner.payments.transitions"),
    )
    assert set(new_database.differing(kept)) == {
        "payments.0001_initial",
        "payments.0003_disputes_and_payouts",
        "payments.0006_payouts_banked",
    }
