"""What the tests of every gateway do with the product's own actions, and the marks that must hold after each."""

import uuid
from datetime import timedelta

import httpx
import time_machine
from django.db.models import Sum

from almoner.charities.models import Charity
from almoner.config import donors
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.outbox.queue import Retry
from almoner.payments import clearing, gateways, inbox, proof
from almoner.payments.models import Attempt, Event, InboxMessage
from almoner.payments.progress import holding_account
from almoner.supporters.people import Details
from tests.support.gateways.scripted import Json, Scripted

BACK = "https://lamp.example/give/4840/return/x/"


def intent(
    charity: Charity,
    *,
    method: str,
    gateway: str,
    currency: str,
    amount_minor: int = 5_000,
    gift_id: uuid.UUID | None = None,
    ordinal: int = 1,
    **more: object,
) -> actions.Intent:
    fund = charity.funds.get(code="children")
    return actions.Intent(
        gift_id=gift_id or uuid.uuid4(), public_key=uuid.uuid4().hex[:22], ordinal=ordinal, charity_id=charity.pk,
        form_id=None, fund_id=fund.pk, fund_code="children", details=Details("Ada", "Nguyễn", "ada@example.org"),
        amount_minor=amount_minor, cover_minor=0, currency=currency, gateway=gateway, method=method, digest="d",
        language="en", description="A gift to Lamp", return_url=BACK, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def sweep(**later: float) -> int:
    """The worker's sweep, so much later."""
    with time_machine.travel(now() + timedelta(**later), tick=True):
        return actions.look_at_due()


def state() -> tuple[str, str]:
    return Gift.objects.get().status, Attempt.objects.latest("ordinal").state


def events() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def receive(server: Scripted, code: str, told: list[Json], *, together: bool = False) -> int:
    """Webhooks that tell of these, one each (or all in one), taken as they come."""
    taken = 0
    for events in [told] if together else [[event] for event in told]:
        body, headers = server.signed(events)
        taken += inbox.receive(gateways.gateway(code), body=body, headers=httpx.Headers(headers), at=now())
    return taken


def work() -> None:
    """Look into every message that waits, as the worker does; what is parked stays parked."""
    for message in InboxMessage.objects.exclude(state=InboxMessage.State.DONE).order_by("id"):
        try:
            donors.look_into_message({"message": message.pk})
        except Retry:
            continue


def booked(code: str, currency: str) -> int:
    """The clearing account: debits less credits."""
    account = holding_account(code)
    total = 0
    for side, sign in (("debit__code", 1), ("credit__code", -1)):
        found = Posting.objects.filter(**{side: account}, currency=currency).aggregate(
            total=Sum("amount_minor")
        )
        total += sign * (found["total"] or 0)
    return total


def broken() -> list[str]:
    """Rows that what is asked of our own database names; the gateways are asked by others."""
    return [f"{check.name}: {row}" for check in proof.checks() for row in check.run()]


def holds(code: str, currency: str = "AUD", *, balance: bool = True) -> None:
    """The pass marks: nothing broken, no gift charged twice, and the books hold what the gateway does."""
    gateway = gateways.gateway(code)
    assert broken() == []
    # What a sweep of a later hour did is in the gateway's reports only then.
    with time_machine.travel(now() + timedelta(days=200), tick=True):
        assert clearing.differences(gateway) == {}
    if balance:
        assert gateway.balance().get(currency, 0) == booked(code, currency)
    assert not InboxMessage.objects.exclude(state=InboxMessage.State.DONE).exists()
