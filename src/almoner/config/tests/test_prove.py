"""Every check in one list and one snapshot, so that a site that goes on giving is no false alarm."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings as SettingsWrapper
from tests.support.databases import LiveDb

from almoner.config import prove
from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.kernel.proof import Check
from almoner.payments.gateways.sandbox.gateway import Sandbox


@pytest.mark.django_db
def test_every_room_is_asked_and_a_new_installation_holds() -> None:
    lines: list[str] = []
    assert prove.report(lines.append) == 0
    asked = len(prove.checks())
    assert lines[-1] == f"\nchecked {asked}, held {asked}, broken 0"
    names = [check.name for check in prove.checks()]
    assert len(names) == len(set(names))


def test_a_broken_check_names_its_rows_and_is_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        prove,
        "checks",
        lambda since: [
            Check("sound", "It holds.", lambda: iter(())),
            Check("sums", "They agree.", lambda: iter(f"gift {number}" for number in range(30))),
        ],
    )
    lines: list[str] = []
    assert prove.report(lines.append) == 1
    assert lines[0].startswith("holds ") and lines[1].startswith("broken")
    # Twenty are named, and that there are more is said.
    assert sum("gift" in line for line in lines) == 20
    assert lines[-2].strip() == "and more"
    assert lines[-1] == "\nchecked 2, held 1, broken 1"


def in_another_thread(call: Callable[[], object]) -> None:
    """With a connection of its own; what it raises is raised here."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call).result()
        pool.submit(lambda: connection.close()).result()


@pytest.fixture
def giving_on(live_db: LiveDb, sandbox: Sandbox, settings: SettingsWrapper) -> Iterator[list[str]]:
    """Before each of prove's first reads of gifts or attempts somebody gives; the reads that saw it happen."""
    settings.LIMIT_ATTEMPTS = settings.LIMIT_EMAIL_ATTEMPTS = 1_000
    demo.seed()
    seen: list[str] = []

    def give() -> None:
        donor = Donor(UrlencodedClient())
        assert donor.give(donor.to_payment()).status_code == 303

    def between(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        reads = sql.startswith("SELECT") and ('FROM "giving_gift"' in sql or 'FROM "payments_attempt"' in sql)
        if reads and len(seen) < 25:
            seen.append(sql)
            in_another_thread(give)
        return execute(sql, *rest)

    in_another_thread(give)
    with connection.execute_wrapper(between):
        yield seen


def test_a_gift_between_two_reads_is_no_false_alarm(giving_on: list[str]) -> None:
    """And no writer waits for us: each gift is made while the snapshot stands."""
    lines: list[str] = []
    assert prove.report(lines.append) == 0, "\n".join(lines)
    assert Gift.objects.count() >= len(giving_on) == 25


def test_a_charge_made_since_they_were_listed_is_known(
    giving_on: list[str],
) -> None:
    check = next(check for check in prove.checks() if check.name == "gateway knows")
    assert list(check.run()) == []
    assert giving_on
