"""The house's tables are read to their end once, whatever order their transactions commit in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.support.databases import LiveDb
from tests.support.server import wait_until

from almoner.backoffice.tests.conftest import House, World, house
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.supporters.models import Supporter
from almoner.webhooks import endpoints, proof, sending, tailing
from almoner.webhooks.models import Delivery, Endpoint, Tail
from almoner.webhooks.sources import SOURCES, TYPES


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


def followed_to_the_end() -> Tail:
    """Reads until the fence is passed: that waits for every open transaction, of other databases of the server too."""

    def tail() -> Tail:
        tailing.follow()
        return Tail.objects.get(source="supporters_supporter")

    wait_until(lambda: tail().fence_id is None)
    return tail()


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
    """PostgreSQL gives numbers before it commits. On SQLite the second writer would wait for the first."""
    tide = house("tide", default=True).charity
    listening(tide, "supporter.created")
    monkeypatch.setattr(tailing, "_MOMENT", timedelta(0))
    if connection.vendor == "sqlite":
        early = [newcomer(tide)]
        tailing.follow()
    else:
        early = []
        with elsewhere(lambda: early.append(newcomer(tide))):
            late = newcomer(tide)
            assert early[0] < late
            for _ in range(3):
                tailing.follow()
            # What is behind is told at once, and the mark stays before what may still come.
            assert told() == [str(late)]
            assert Tail.objects.get(source="supporters_supporter").safe_id < early[0]
        early.append(late)
    tail = followed_to_the_end()
    assert told() == sorted(map(str, early))
    assert (tail.safe_id, tail.front_id, tail.fence_id) == (max(early), max(early), None)


def test_what_is_written_while_an_endpoint_is_made_is_told(
    live_db: LiveDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that began before, and commits after: it happened after."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    tide = house("tide", default=True).charity
    monkeypatch.setattr(tailing, "_MOMENT", timedelta(0))
    for _ in range(3):
        newcomer(tide)
    found: list[int] = []
    with elsewhere(lambda: found.append(newcomer(tide))):
        found.append(newcomer(tide))
        listening(tide, "supporter.created")
        tailing.follow()
        assert told() == []
    Endpoint.objects.update(since=Supporter.objects.get(pk=found[0]).created_at)
    followed_to_the_end()
    # What was there before it is not told, though it is read.
    assert told() == sorted(map(str, found))


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
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert tailing.follow() == 0
    assert len(asked) == 1
    listening(world.tide.charity)
    tailing.follow()
    with CaptureQueriesContext(connection) as asked:
        assert tailing.follow() == 0
    horizons = len(SOURCES) if connection.vendor == "postgresql" else 0
    assert len([each for each in asked if "pg_snapshot" not in each["sql"]]) == 2 + len(SOURCES)
    assert len(asked) <= 2 + len(SOURCES) + 2 * horizons


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
