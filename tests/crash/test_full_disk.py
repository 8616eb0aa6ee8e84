"""A disk that is full, with the database on it: pages are read, what can't be stored is refused with a page that says
so, and what the gateway took meanwhile is found as soon as there is room again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.db import connection

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.payments.models import Attempt
from tests.crash.drill import hold_to_account, page_to_submit, sandbox_of, time_passes, visitor
from tests.support.databases import LiveDb
from tests.support.server import Site, new_site, wait_until
from tests.support.small_disk import SmallDisk

pytestmark = pytest.mark.crash

_AT_ONCE = 6
# PostgreSQL fills the room that its pages still have before it asks the disk for more.
_MOST_DONORS = 40


@pytest.fixture
def site(db_on_small_disk: LiveDb, tmp_path: Path) -> Iterator[Site]:
    """A server and a worker. The gateway and the mailbox stand elsewhere, as they would."""
    demo.seed()
    if connection.vendor == "postgresql":
        _little_room("giving_gift", "payments_event")
    site = new_site(db_on_small_disk, tmp_path / "site", warm=True, ALMONER_SANDBOX_STALL_SECONDS="6")
    try:
        site.serve()
        yield site
    finally:
        site.end()


def _little_room(*tables: str) -> None:
    """A page takes few rows, so that the disk is asked for another one soon."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET (fillfactor = 10)")


def _refused(answer: httpx.Response) -> bool:
    """Thanked or refused, and nothing else; who is refused is told what to do."""
    if answer.status_code == 303:
        return False
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), answer.text
    assert "trying again with the same page never charges you twice" in answer.text
    assert "<a " not in answer.text
    return True


def _give(site: Site, form: dict[str, str]) -> httpx.Response:
    with visitor(site) as client:
        return client.post("/give/4840/submit/", data=form)


def _charged(site: Site) -> int:
    return sum(charge.state == "succeeded" for charge in sandbox_of(site).store.charges())


def test_a_gift_that_the_disk_has_no_room_for_is_refused_before_anything_is_charged(
    site: Site, small_disk: SmallDisk
) -> None:
    small_disk.fill()
    acknowledged = 0
    for nth in range(_MOST_DONORS):
        with visitor(site) as client:
            # Every step before the last is answered: they only read.
            form = page_to_submit(client, f"donor{nth}@example.org")
            assert client.get("/health/ready").is_success
        answer = _give(site, form)
        if _refused(answer):
            break
        acknowledged += 1
    else:
        pytest.fail("the disk was never full")
    assert _refused(_give(site, form)), "pressed again, and still full"
    assert (Gift.objects.count(), _charged(site)) == (acknowledged, acknowledged)

    small_disk.free()
    assert _give(site, form).status_code == 303
    assert set(Gift.objects.values_list("status", flat=True)) == {GiftStatus.SETTLED}
    assert _charged(site) == acknowledged + 1
    site.work()
    hold_to_account(site)


def test_what_was_charged_as_the_disk_filled_is_found_when_there_is_room(
    site: Site, small_disk: SmallDisk
) -> None:
    worker = site.start("worker")
    with visitor(site) as client:
        forms = [
            page_to_submit(client, f"donor{nth}@example.org", sandbox_outcome="timeout_after")
            for nth in range(_AT_ONCE)
        ]
    with ThreadPoolExecutor(_AT_ONCE) as donors:
        answers = [donors.submit(_give, site, form) for form in forms]
        wait_until(lambda: _charged(site) == _AT_ONCE, says=lambda: f"{_charged(site)} were charged")
        # The gateway has the money and has not answered yet.
        small_disk.fill()
        refused = [form for form, answer in zip(forms, answers, strict=True) if _refused(answer.result())]
    assert refused, "the disk was never full"
    assert Attempt.objects.filter(state="confirming").count() == len(refused), "what stood before stands"
    # What stands already can be read: who presses again is told that the answer is awaited.
    with visitor(site) as client:
        again = client.post("/give/4840/submit/", data=refused[0], follow_redirects=True)
    assert again.status_code == 503 or "We are waiting for an answer" in again.text, again.text
    assert _charged(site) == _AT_ONCE
    assert worker.popen.poll() is None, worker.output

    small_disk.free()
    time_passes()
    wait_until(
        lambda: Gift.objects.filter(status=GiftStatus.SETTLED).count() == _AT_ONCE, says=lambda: worker.output
    )
    for form in forms:
        thanks = _give(site, form)
        assert thanks.status_code == 303
        assert "/give/thanks/" in thanks.headers["location"]
    assert _charged(site) == _AT_ONCE
    assert worker.stop() == 0
    site.work()
    hold_to_account(site)
