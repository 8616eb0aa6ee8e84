"""A reader of a table that grows passes no row by, though keys commit out of order."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from tests.support.databases import LiveDb

from almoner.outbox import following
from almoner.outbox.following import end_of, grown
from almoner.outbox.models import Job

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")

_INSERT = (
    "INSERT INTO outbox_job (kind, dedupe_key, payload, state, attempts, deaths, run_at, lease_owner, last_error, "
    "created_at) VALUES ('note', '{key}', '{{}}', 'ready', 0, 0, now(), '', '', now()) RETURNING id"
)


@pytest.fixture
def other(live_db: LiveDb) -> Iterator[Callable[[], Any]]:
    """Makes another connection to the same database, in a transaction of its own."""
    opened = []

    def make() -> Any:
        made = connection.Database.connect(**connection.get_connection_params())
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.close()


def insert(db: Any, key: str) -> int:
    return int(db.execute(_INSERT.format(key=key)).fetchone()[0])


def keys(rows: list[Job]) -> list[str]:
    return [row.dedupe_key for row in rows]


def test_a_lesser_key_that_commits_later_is_waited_for(other: Callable[[], Any]) -> None:
    slow, quick = other(), other()
    first = insert(slow, "slow")
    second = insert(quick, "quick")
    quick.commit()
    assert first < second
    assert list(Job.objects.values_list("dedupe_key", flat=True)) == ["quick"]
    # Whoever kept the greatest key that can be seen would never read the slow one.
    assert grown(Job.objects.all(), after=0, limit=10, patience_seconds=0.1) == []
    assert end_of(Job, patience_seconds=0.1) is None
    slow.commit()
    assert keys(grown(Job.objects.all(), after=0, limit=10)) == ["slow", "quick"]
    assert end_of(Job) == second


def test_who_begins_to_write_later_is_not_waited_for(
    other: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick, later = other(), other(), other()
    insert(slow, "slow")
    insert(quick, "quick")
    quick.commit()

    def meanwhile(seconds: float) -> None:
        """While the reader waits for the slow one, that one ends and another begins."""
        if not later.info.transaction_status:
            slow.commit()
            insert(later, "later")

    monkeypatch.setattr(following.time, "sleep", meanwhile)
    assert keys(grown(Job.objects.all(), after=0, limit=10)) == ["slow", "quick"]
    # A key that was never used in the end is no row, and keeps nobody waiting.
    later.rollback()
    assert keys(grown(Job.objects.all(), after=0, limit=10)) == ["slow", "quick"]
