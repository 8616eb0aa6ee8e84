"""A statement's booking, and its taking back, killed by SIGKILL between lines and within one: each line once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from almoner.banking import accounts, importing
from almoner.banking.models import Statement
from almoner.banking.tables import ColumnMap
from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.books import balance_minor
from almoner.outbox.models import Job
from almoner.payments.models import BankCredit
from tests.crash.drill import at_site, die, page_to_submit, prove_all, turn, visitor
from tests.support.server import Site

pytestmark = pytest.mark.crash
COLUMNS = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd")


def handed_in(new_server: Callable[..., Site]) -> tuple[Site, Statement, User]:
    """Two donors have promised transfers on a real server, and the bank's file brings both, and a third."""
    demo.seed()
    site = new_server()
    with visitor(site) as client:
        for name in ("ada", "mira"):
            client.post(
                "/give/4840/submit/",
                data=page_to_submit(client, f"{name}@example.org", method="bank_transfer"),
            )
    next_worker(site)
    first, second = Gift.objects.select_related("charity").order_by("given_at")
    staff = User.objects.create_superuser("treasurer")
    account = accounts.keep(
        None, charity=first.charity, name="Everyday", number="", currency="AUD", actor=staff
    )
    rows = f"Date,Amount,Text\n2026-11-20,50,{first.reference}\n2026-11-20,40,{second.reference}\n2026-11-21,7,A\n"
    statement = importing.hand_in(account=account, file_name="may.csv", content=rows.encode(), actor=staff)
    return site, importing.submit(statement_id=statement.pk, columns=COLUMNS, actor=staff), staff


def next_worker(site: Site) -> None:
    """Goes on once the dead one's lease is over; a promised transfer's sixty days are not."""
    Job.objects.filter(lease_until__isnull=False).update(lease_until=now() - timedelta(hours=2))
    with at_site(site):
        turn(sweep=False)


def books(statement: Statement) -> list[int]:
    return [balance_minor(statement.charity_id, code, "AUD") for code in ("bank", "suspense")]


@pytest.mark.parametrize("label", ["statement.before-commit", "statement.after-commit"])
def test_a_killed_booking_goes_on_where_it_was(new_server: Callable[..., Site], label: str) -> None:
    site, statement, _ = handed_in(new_server)
    die(site, label, "from tests.crash.drill import turn; turn(sweep=False)")
    assert BankCredit.objects.count() == (label == "statement.after-commit")
    next_worker(site)
    statement.refresh_from_db()
    assert statement.state == "done"
    assert sorted(Gift.objects.values_list("settled_minor", "status")) == [
        (4000, "settled"),
        (5000, "settled"),
    ]
    assert books(statement) == [9700, -700]
    prove_all(site)


@pytest.mark.parametrize("label", ["take-back.before-commit", "take-back.after-commit"])
def test_a_killed_taking_back_goes_on_where_it_was(new_server: Callable[..., Site], label: str) -> None:
    site, statement, staff = handed_in(new_server)
    next_worker(site)
    importing.undo(statement_id=statement.pk, actor=staff)
    die(site, label, "from tests.crash.drill import turn; turn(sweep=False)")
    withdrawn = BankCredit.objects.filter(withdrawn_at__isnull=False)
    assert withdrawn.count() == (label == "take-back.after-commit")
    next_worker(site)
    statement.refresh_from_db()
    assert statement.state == "undone"
    assert set(Gift.objects.values_list("settled_minor", "status")) == {(None, "awaiting")}
    assert (books(statement), withdrawn.count()) == ([0, 0], 3)
    prove_all(site)
