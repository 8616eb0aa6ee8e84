"""Payouts: money that a gateway sends to the bank. It is in transit from the moment that the gateway's balance is less
by it until the bank's statement shows it (`banked`), and comes back to the balance if the bank refuses it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from almoner.charities.models import Charity
from almoner.kernel.crashpoint import crash_point
from almoner.ledger.books import Entry, post
from almoner.payments.gateways.port import Gateway, PayoutAnswer, Status
from almoner.payments.models import Payout, PayoutEvent
from almoner.payments.progress import holding_account
from almoner.payments.transitions import PAYOUT_EDGES, PayoutState, next_payout_state

_EVENT_OF: Final = {Status.SUCCEEDED: "paid", Status.FAILED: "failed", Status.CANCELLED: "cancelled"}
# One that failed late was made days before.
_LOOK_BACK: Final = timedelta(days=30)


def bring_up_to_date(gateway: Gateway, *, at: datetime) -> set[str]:
    """Ask the gateway for the payouts of the last weeks, and keep what is new. Returns the identifiers of all.

    Raises `GatewayError`; harmless to repeat.
    """
    found = list(gateway.payouts(at - _LOOK_BACK))
    for answer in found:
        absorb(gateway, answer, at=at)
    return {answer.gateway_id for answer in found}


def absorb(gateway: Gateway, answer: PayoutAnswer, *, at: datetime) -> Payout:
    """Bring a payout to where its gateway has it, in a transaction of its own."""
    key = {"gateway": gateway.code, "account": gateway.account, "gateway_id": answer.gateway_id}
    with transaction.atomic():
        payout = Payout.objects.select_for_update().filter(**key).first() or _insert(key, answer, at=at)
        for name in _events_to(payout.state, answer.status):
            move(payout, name, at=at)
        crash_point("payout.before-commit")
    crash_point("payout.after-commit")
    return payout


def entries_of(event: str, *, gateway: str, amount_minor: int, turn: int = 1) -> list[Entry]:
    """What an event posts, as a pure function. A payout below 0 takes a debt from the bank: the other way round.

    `turn` counts how often it was banked (or unbanked). Its credit stood in suspense, as every credit does at first;
    what left the bank is booked with the payout itself.
    """
    nth = "" if turn == 1 else f":{turn}"
    in_transit, holding = f"in_transit:{gateway}", holding_account(gateway)
    if amount_minor < 0:
        in_transit, holding = holding, in_transit
    if event == "made":
        return [Entry(in_transit, holding, abs(amount_minor), "payout")] if amount_minor else []
    if event in ("failed", "cancelled"):
        return [Entry(holding, in_transit, abs(amount_minor), f"payout-{event}")] if amount_minor else []
    if event in ("banked", "unbanked"):
        sides = (
            ("suspense", f"in_transit:{gateway}") if amount_minor > 0 else (f"in_transit:{gateway}", "bank")
        )
        debit, credit = sides if event == "banked" else sides[::-1]
        return [Entry(debit, credit, abs(amount_minor), f"{event}{nth}")] if amount_minor else []
    return []


def _events_to(state: str, status: Status) -> Sequence[str]:
    events: list[str] = []
    if state == PayoutState.NEW:
        events.append("made")
        state = PayoutState.IN_TRANSIT
    name = _EVENT_OF.get(status, "")
    if (state, name) in PAYOUT_EDGES:
        events.append(name)
    return events


def _insert(key: dict[str, str], answer: PayoutAnswer, *, at: datetime) -> Payout:
    try:
        with transaction.atomic():
            return Payout.objects.create(
                **key,
                charity=Charity.objects.get(is_default=True),
                amount_minor=answer.amount_minor,
                currency=answer.currency,
                arrives_on=answer.arrives_on,
                reference=answer.reference[:120],
                created_at=answer.created_at,
                updated_at=at,
            )
    except IntegrityError:
        # Another worker was told of it at the same time: what it wrote stands, and is locked now.
        return Payout.objects.select_for_update().get(**key)


def move(payout: Payout, event: str, *, at: datetime) -> None:
    """One step along the table, with its event and postings. Needs the payout's row locked; raises `IllegalMove`."""
    before, after = payout.state, next_payout_state(payout.state, event)
    payout.state, payout.updated_at = after, at
    payout.save(update_fields=["state", "updated_at"])
    PayoutEvent.objects.create(payout=payout, name=event, from_state=before, to_state=after, at=at)
    turn = payout.events.filter(name=event).count()
    entries = entries_of(event, gateway=payout.gateway, amount_minor=payout.amount_minor, turn=turn)
    if entries:
        post(
            entries,
            charity_id=payout.charity_id,
            currency=payout.currency,
            source="payout",
            source_id=payout.pk,
            at=at,
        )
