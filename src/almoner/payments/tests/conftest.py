"""A charity, and attempts to pay in every state."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from almoner.charities.models import Charity
from almoner.giving.tests.conftest import sandbox  # noqa: F401  (a fixture)
from almoner.kernel.clock import now
from almoner.ledger.books import balance_minor, forget_accounts
from almoner.ledger.models import Posting
from almoner.payments import progress
from almoner.payments.gateways.port import Answer, Status
from almoner.payments.models import Attempt
from almoner.payments.transitions import ATTEMPT_EDGES, State

AMOUNT, FEE = 5_000, 118
ACCOUNTS = ("clearing:sandbox", "income:children", "fees:sandbox", "refunds:children")


@pytest.fixture
def charity(db: None) -> Charity:
    return Charity.objects.create(
        slug="lamp", name="Lamp", legal_name="Lamp Ltd", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="hello@lamp.example", mail_from="receipts@lamp.example", is_default=True,
    )  # fmt: skip


def begun(
    charity: Charity, *, gift_id: uuid.UUID | None = None, ordinal: int = 1, gateway: str = "sandbox"
) -> Attempt:
    """An attempt of AUD 50.00, saved and not sent."""
    return progress.begin(
        attempt_id=uuid.uuid4(),
        gift_id=gift_id or uuid.uuid4(),
        ordinal=ordinal,
        charity_id=charity.pk,
        gateway=gateway,
        method=f"{gateway}_card",
        amount_minor=AMOUNT,
        currency="AUD",
        income_code="income:children",
        ledger_tag="form:1",
        at=now(),
    )


def path_to(state: State) -> list[str]:
    """The shortest way along the table."""
    ways: dict[str, list[str]] = {State.NEW: []}
    frontier = [State.NEW]
    while state not in ways:
        before = frontier.pop(0)
        for (start, event), after in ATTEMPT_EDGES.items():
            if start == before and after not in ways:
                ways[after] = [*ways[before], event]
                frontier.append(after)
    return ways[state]


def brought_to(attempt: Attempt, state: State) -> Attempt:
    """Moved there, one event at a time, with a gateway's object where there would be one."""
    for event in path_to(state):
        more = {"gateway_id": f"sbx_{attempt.pk.hex}"} if event == "created" else {}
        attempt = progress.move(attempt, event, at=now(), fee_minor=FEE, **more).attempt
    return attempt


def answer(attempt: Attempt, status: Status, **changes: object) -> Answer:
    paid = status in (Status.SUCCEEDED, Status.RETURNED)
    values = {
        "gateway_id": attempt.gateway_id or "sbx_1",
        "status": status,
        "amount_minor": AMOUNT,
        "currency": "AUD",
        "fee_minor": FEE if paid else 0,
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]


def balances(charity: Charity) -> dict[str, int]:
    """Debits less credits of each account that isn't even."""
    found = {code: balance_minor(charity.pk, code, "AUD") for code in ACCOUNTS}
    return {code: amount for code, amount in found.items() if amount}


def rows(attempt: Attempt) -> tuple[object, ...]:
    """Everything that a refused move must leave as it is."""
    return (
        Attempt.objects.filter(pk=attempt.pk).values().get(),
        list(attempt.events.order_by("id").values()),
        list(Posting.objects.order_by("id").values()),
    )


@contextmanager
def undone() -> Iterator[None]:
    """For one example of many: whatever it writes is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_accounts()
