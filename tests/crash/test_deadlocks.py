"""Locks in two orders, and a lock that isn't given back: who loses is told so and comes again, and nothing is lost or
done twice."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from uuid import UUID

import httpx
import psycopg
import pytest
from django.db import connection
from psycopg import sql

from almoner.giving import demo
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.giving.tests import plans
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.payments.gateways.port import Answer, Order
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans.models import Plan
from tests.crash.drill import at_site, hold_to_account, page_to_submit, sandbox_of, time_passes, visitor, work
from tests.crash.test_plan_crashes import hold_to_account as hold_plans_to_account
from tests.crash.test_plan_crashes import month_passes
from tests.support.databases import LiveDb
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]


@pytest.fixture
def on_postgresql(live_db: LiveDb) -> None:
    if live_db.vendor != "postgresql":
        pytest.skip("SQLite has one lock, which nobody can take in two orders")


class Rival:
    """Another transaction. PostgreSQL never chooses it as the one that has to give way."""

    def __init__(self, other: psycopg.Connection) -> None:
        self._other = other
        other.execute("SET deadlock_timeout = '1h'")

    def lock(self, table: str, key: UUID) -> None:
        query = sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR UPDATE").format(sql.Identifier(table))
        self._other.execute(query, [key])

    def crosses(self, table: str, key: UUID) -> None:
        """Ask for what the product holds, as soon as the product waits for what we hold; and have it."""
        wait_until(self._waited_for, says=lambda: "nobody waited for the lock")
        self.lock(table, key)
        self._other.rollback()

    def _waited_for(self) -> bool:
        """Asked of the locks: who is connected is a snapshot, which this transaction keeps from its first look on."""
        return (
            self._other.execute(
                "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            ).fetchone()
            is not None
        )


@contextmanager
def rival(db: LiveDb) -> Iterator[Rival]:
    with closing(psycopg.connect(db.url)) as other:
        yield Rival(other)


def test_a_donor_whose_payment_loses_to_a_deadlock_asks_again(
    on_postgresql: None, new_server: NewServer
) -> None:
    demo.seed()
    site = new_server()
    with visitor(site) as client:
        asked = client.post(
            "/give/4840/submit/", data=page_to_submit(client, "ada@example.org", method="sandbox_hosted")
        )
        back = client.post(asked.headers["location"], data={"outcome": "success"}).headers["location"]
    gift, attempt = Gift.objects.get(), Attempt.objects.get()
    with visitor(site) as client, ThreadPoolExecutor(1) as donor, rival(site.db) as other:
        other.lock("giving_gift", gift.pk)
        answer: Future[httpx.Response] = donor.submit(client.get, back)
        other.crosses("payments_attempt", attempt.pk)
        refused = answer.result()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert '<a href="">Try again</a>' in refused.text
    gift.refresh_from_db()
    attempt.refresh_from_db()
    assert (gift.status, attempt.state) == (GiftStatus.PENDING, "action_required"), "nothing half-written"

    with visitor(site) as client:
        assert "Thank you" in client.get(back, follow_redirects=True).text
    site.work()
    hold_to_account(site)


def test_a_worker_that_loses_to_a_deadlock_charges_each_plan_once(
    on_postgresql: None, new_server: NewServer
) -> None:
    demo.seed()
    site = new_server(started=False)
    form = DonationForm.objects.get()
    with at_site(site):
        three = [plans.begun(form) for _ in range(3)]
    # The gateway takes the money, and its answer takes a while.
    sandbox_of(site).decide_next(three[0].saved_method, Outcome.TIMEOUT_AFTER)
    month_passes(site, *three)
    with rival(site.db) as other:
        worker = site.start("worker", ALMONER_SANDBOX_STALL_SECONDS="6")
        later = Gift.objects.filter(plan=three[0], period_on__gt=three[0].anchor)
        under_way = Attempt.objects.filter(gift_id__in=later.values("pk"), state="confirming")
        wait_until(under_way.exists, says=lambda: worker.output)
        other.lock("payments_attempt", under_way.get().pk)
        other.crosses("plans_plan", three[0].pk)
        wait_until(lambda: "failed" in worker.output, says=lambda: worker.output)
    assert worker.popen.poll() is None, worker.output

    sandbox_of(site).decide_next(three[0].saved_method, Outcome.SUCCESS)
    time_passes()
    wait_until(lambda: Plan.objects.filter(given_count=2).count() == 3, says=lambda: worker.output)
    assert worker.stop() == 0
    hold_plans_to_account(site, given=2)


@pytest.fixture
def locked_out(live_db: LiveDb, new_server: NewServer) -> Iterator[Site]:
    """No server: the donor's requests are answered here, where a lock is waited for a moment and not for 20 seconds."""
    if live_db.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, and ends what waits in a circle")
    demo.seed()
    connection.close()
    connection.settings_dict["OPTIONS"]["timeout"] = 0.2
    site = new_server(started=False)
    with at_site(site):
        yield site


@contextmanager
def keeps_locked(site: Site) -> Iterator[None]:
    """Somebody writes to the database and doesn't come to an end, such as a person at sqlite3's prompt."""
    other = sqlite3.connect(site.db.url.removeprefix("sqlite:///"), isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_donor_who_meets_a_locked_database_is_told_to_try_again(locked_out: Site) -> None:
    donor = Donor(UrlencodedClient(raise_request_exception=False))
    page = donor.to_payment()
    with keeps_locked(locked_out):
        assert donor.client.get("/give/4840/").status_code == 200, "who only reads waits for nobody"
        refused = donor.give(page)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "never charges you twice" in refused.content.decode()
    assert (Gift.objects.count(), list(sandbox_of(locked_out).store.charges())) == (0, [])
    assert donor.give(page).status_code == 303
    work(locked_out)
    hold_to_account(locked_out)


def test_what_was_charged_as_the_database_was_locked_is_found_afterwards(
    locked_out: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = Donor(UrlencodedClient(raise_request_exception=False))
    page = donor.to_payment()
    with ExitStack() as locked:
        confirm = Sandbox.confirm

        def slowly(self: Sandbox, gateway_id: str, *, order: Order) -> Answer:
            taken = confirm(self, gateway_id, order=order)
            locked.enter_context(keeps_locked(locked_out))
            return taken

        monkeypatch.setattr(Sandbox, "confirm", slowly)
        refused = donor.give(page)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert [charge.state for charge in sandbox_of(locked_out).store.charges()] == ["succeeded"]
    assert Attempt.objects.get().state == "confirming"
    thanks = donor.give(page)
    assert "We are waiting for an answer" in donor.client.get(thanks["Location"]).content.decode()
    work(locked_out)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(locked_out)
