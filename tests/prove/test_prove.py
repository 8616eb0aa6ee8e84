"""`almoner prove` holds after a history of everything, and names the row of each corruption that is planted."""

from collections.abc import Iterator

import pytest
from django.db import connection

from almoner.config import prove
from almoner.giving.models import Gift
from tests.prove.history import History
from tests.prove.planting import PLANTED


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in prove.checks()}
    return {name: rows for name, rows in found.items() if rows}


def test_everything_holds_after_a_history_of_everything(history: History) -> None:
    assert broken() == {}
    assert set(Gift.objects.values_list("status", flat=True)) == {
        "settled", "failed", "awaiting", "unknown", "returned",
    }  # fmt: skip
    assert Gift.objects.get(pk=history.twice.pk).flag == "paid_twice"
    lines: list[str] = []
    assert prove.report(lines.append) == 0


def said_broken(lines: list[str]) -> Iterator[str]:
    """The names of checks; one that asks a gateway has that in brackets behind it."""
    for line in lines:
        verdict, _, rest = line.partition("  ")
        if verdict == prove.Verdict.BROKEN:
            yield rest.strip().partition("  ")[0].partition(" (")[0]


@pytest.fixture
def _triggers_whole() -> Iterator[None]:
    """What a connection was told outlives the rollback of a test."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.usefixtures("_triggers_whole")
@pytest.mark.parametrize("corruption", PLANTED)
def test_a_corruption_is_named(history: History, corruption: str) -> None:
    breaks, plant = PLANTED[corruption]
    named = plant(history)
    lines: list[str] = []
    assert prove.report(lines.append) == 1
    assert set(said_broken(lines)) == breaks, lines
    assert any(named in line for line in lines), lines


def test_every_check_was_seen_to_break() -> None:
    # Those of receipts, of donors' mails and of webhooks have their own corruptions beside their rooms.
    rooms = (prove.receipts, prove.donors, prove.webhooks, prove.crm)
    elsewhere = {check.name for room in rooms for check in room.checks()}
    assert {check.name for check in prove.checks()} - elsewhere == set().union(
        *(breaks for breaks, _ in PLANTED.values())
    ) - elsewhere
