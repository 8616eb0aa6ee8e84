"""The house's tables are read to their end once, whatever order their transactions commit in."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.support.databases import LiveDb

from almoner.backoffice.tests.conftest import House, World, house
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.outbox import following
from almoner.supporters.models import Supporter
from almoner.webhooks import endpoints, proof, sending, tailing
from almoner.webhooks.models import Delivery, Endpoint, Tail
from almoner.webhooks.sources import SOURCES, TYPES, Row

SOURCES_BY_NAME = {source.name: source for source in SOURCES}


class Root:
    pk = 1

    def get_username(self) -> str:
        return "root"


def listening(charity: Charity, *types: str, people: bool = True) -> Endpoint:
    wanted = endpoints.Wanted("https://crm.example.org/", "CRM", types or tuple(TYPES), people)
    return endpoints.make(wanted, charity=charity, actor=Root())[0]


def newcomer(charity: Charity) -> int:
    return Supporter.objects.create(charity=charity, name="", created_at=now()).pk


def told() -> list[str]:
    return sorted(Delivery.objects.values_list("object_id", flat=True))


@contextmanager
def elsewhere(act: Callable[[], object]) -> Iterator[None]:
    """`act` is done in a transaction of another connection, which commits at the end of the block."""
    done, go, faults = threading.Event(), threading.Event(), []

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                go.wait(30)
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(30)
    try:
        yield
    finally:
        go.set()
        thread.join()
    assert not faults


def test_a_smaller_number_that_commits_later_is_told_too(
    live_db: LiveDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL gives numbers before it commits."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    monkeypatch.setattr(following, "_PATIENCE_SECONDS", 0.05)
    tide = house("tide", default=True).charity
    listening(tide, "supporter.created")
    found: list[int] = []
    with elsewhere(lambda: found.append(newcomer(tide))):
        found.append(newcomer(tide))
        assert found[0] < found[1]
        tailing.follow()
        # Nothing is passed by: the later one waits for the earlier one.
        assert told() == []
    tailing.follow()
    assert told() == sorted(map(str, found))
    assert Tail.objects.get(source="supporters_supporter").after == max(found)


def test_an_endpoint_that_is_made_while_others_are_told_misses_nothing(
    live_db: LiveDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before it was there is written after: it hears of what happened since it was made."""
    tide = house("tide", default=True).charity
    listening(tide, "supporter.created")
    genuine, late = tailing._write, []

    def slow(tail: Tail, rows: Sequence[Row]) -> None:
        if tail.source == "supporters_supporter" and not late:
            late.append(listening(tide, "supporter.created"))
            # Read by this turn already, or by the next: it is later than the endpoint.
            late.append(newcomer(tide))
            rows = SOURCES_BY_NAME[tail.source].read(after=tail.after, limit=10)
        genuine(tail, rows)

    monkeypatch.setattr(tailing, "_write", slow)
    first = newcomer(tide)
    tailing.follow()
    tailing.follow()
    told_late = Delivery.objects.filter(endpoint=late[0]).values_list("object_id", flat=True)
    assert list(told_late) == [str(late[1])]
    assert told() == sorted([str(first), str(late[1]), str(late[1])])


def test_two_workers_at_once_tell_nothing_twice(live_db: LiveDb) -> None:
    tide = house("tide", default=True).charity
    listening(tide, "supporter.created")
    people = [newcomer(tide) for _ in range(40)]
    begin, faults = threading.Barrier(4), []

    def run() -> None:
        try:
            begin.wait(30)
            for _ in range(3):
                tailing.follow()
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert told() == sorted(map(str, people))


def test_more_than_one_reading_holds_comes_in_several(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailing, "_MOST", 3)
    listening(world.tide.charity, "supporter.created")
    people = [newcomer(world.tide.charity) for _ in range(8)]
    # The first reads the audit log's line on the endpoint too.
    assert [tailing.follow() for _ in range(4)] == [4, 3, 2, 0]
    assert told() == sorted(map(str, people))


def test_nobody_who_listens_costs_one_read_and_silence_one_a_table(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert tailing.follow() == 0
    assert len(asked) == 1
    listening(world.tide.charity)
    tailing.follow()
    with CaptureQueriesContext(connection) as asked:
        assert tailing.follow() == 0
    assert len(asked) == 2 + len(SOURCES)


def test_a_gift_writes_nothing_more_for_those_who_listen(world: World) -> None:
    def statements(of: House) -> list[str]:
        with CaptureQueriesContext(connection) as done:
            of.give()
        return [each["sql"].partition(" ")[0] for each in done]

    world.tide.give(email="first@example.org")
    before = statements(world.tide)
    listening(world.tide.charity)
    assert statements(world.tide) == before


def test_what_is_not_read_for_an_hour_is_named(world: World) -> None:
    listening(world.tide.charity)
    person = newcomer(world.tide.charity)
    Supporter.objects.update(created_at=now() - timedelta(hours=2))
    (named,) = [name for check in proof.checks() for name in check.run()]
    assert named.startswith(f"supporters_supporter {person}, of ")
    Endpoint.objects.update(since=now() - timedelta(days=1))
    tailing.follow()
    assert told() == [str(person)]
    assert sending.prune() == 0
