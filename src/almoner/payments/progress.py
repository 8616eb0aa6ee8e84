"""Move attempts and refunds along the table of states, with their events and postings, inside the caller's transaction.

Nothing here speaks to a gateway: what one said comes in as an `Answer`. Each move is a compare-and-swap on the state,
so that two who bring the same news write it once.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F

from almoner.charities.rows import insert, update
from almoner.ledger.books import Entry, post
from almoner.payments.gateways.port import Answer, Status
from almoner.payments.models import Attempt, Event
from almoner.payments.transitions import ASKABLE_STATES, ATTEMPT_EDGES, SETTLING_EVENTS, State, next_state

# When the gateway is asked about an open attempt: after 1, 5 and 30 minutes, then every hour.
_LOOKS_AFTER: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
# Gateways forget idempotency keys after 24 hours: a create whose answer was lost is given up before that.
GIVE_UP_AFTER: Final = timedelta(hours=23)
# A promised transfer that never came.
AWAIT_FOR: Final = timedelta(days=60)


class AmountsDiffer(Exception):
    """The gateway holds another amount or currency than we asked for. Nothing is booked; a person has to look."""


class Moved(Exception):
    """Somebody else moved the attempt first. Read it again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a move did: the attempt as it now stands, the event's name (None when there was no news), and what the
    gateway had said, where it was that."""

    attempt: Attempt
    event: str | None
    answer: Answer | None = None

    @property
    def settled(self) -> bool:
        return self.event in SETTLING_EVENTS

    @property
    def unsettled(self) -> bool:
        return self.event == "returned"


def begin(
    *,
    attempt_id: uuid.UUID,
    gift_id: uuid.UUID,
    ordinal: int,
    charity_id: int,
    gateway: str,
    method: str,
    amount_minor: int,
    currency: str,
    income_code: str,
    ledger_tag: str,
    at: datetime,
    account: str = "",
    order: dict[str, str] | None = None,
) -> Attempt:
    """Save the intent, before anything is sent. A second open attempt of one gift raises IntegrityError."""
    attempt = Attempt(
        id=attempt_id,
        gift_id=gift_id,
        ordinal=ordinal,
        charity_id=charity_id,
        gateway=gateway,
        account=account,
        method=method,
        amount_minor=amount_minor,
        currency=currency,
        order=order,
        income_code=income_code,
        ledger_tag=ledger_tag,
        created_at=at,
        updated_at=at,
        look_at=at + _LOOKS_AFTER[0],
    )
    insert(attempt)
    return attempt


def move(
    attempt: Attempt,
    *events: str,
    at: datetime,
    code: str = "",
    amount_minor: int | None = None,
    fee_minor: int | None = None,
    **changes: Any,
) -> Change:
    """Apply events in order: one UPDATE, an INSERT for each, and the postings of the last one if money moved.

    `fee_minor` is what the gateway has kept in all (None: no other than before); the event gets what it brought of it.
    `changes` are further columns of the attempt. Raises `IllegalMove`, or `Moved` when the state in the database is no
    longer the one the attempt was read with.
    """
    before = attempt.state
    rows, state = [], before
    for name in events:
        after = next_state(state, name)
        rows.append(
            Event(attempt_id=attempt.pk, name=name, from_state=state, to_state=after, at=at, code=code)
        )
        state = after
    if events[-1] in (*SETTLING_EVENTS, "returned", "unmatched", "fee_changed"):
        settled_minor = amount_minor if events[-1] in SETTLING_EVENTS else attempt.settled_minor
        settled_minor = attempt.amount_minor if settled_minor is None else settled_minor
        kept_minor = attempt.fee_minor if fee_minor is None else fee_minor
        rows[-1].amount_minor, rows[-1].fee_minor = settled_minor, kept_minor - attempt.fee_minor
        changes |= {
            "settled_minor": None if events[-1] == "unmatched" else settled_minor,
            "fee_minor": kept_minor,
        }
    changes |= {"state": state, "updated_at": at}
    changes.setdefault("look_at", _next_look_at(state, attempt.looks, at))
    # Two who bring the same fee find the same state: only one of them finds the old fee.
    unmoved = {"fee_minor": attempt.fee_minor} if events[-1] == "fee_changed" else {}
    if not update(Attempt, changes, id=attempt.pk, state=before, **unmoved):
        raise Moved(str(attempt.pk))
    insert(*rows)
    for name, value in changes.items():
        setattr(attempt, name, value)
    _post(attempt, rows[-1], at=at)
    return Change(attempt, events[-1])


def news(attempt: Attempt, answer: Answer) -> str | None:
    """The event that an answer amounts to in the attempt's state; None when it says nothing new.

    Raises `AmountsDiffer` when a success is of another amount or currency.
    """
    if answer.status in (Status.SUCCEEDED, Status.RETURNED) and (
        (answer.amount_minor, answer.currency) != (attempt.amount_minor, attempt.currency)
    ):
        raise AmountsDiffer(
            f"attempt {attempt.pk}: asked {attempt.amount_minor} {attempt.currency}, "
            f"the gateway holds {answer.amount_minor} {answer.currency}"
        )
    state = State(attempt.state)
    if answer.status == Status.SUCCEEDED:
        name = {State.FAILED: "corrected", State.CANCELLED: "corrected", State.RETURNED: "collected"}.get(
            state, "succeeded"
        )
    elif answer.status == Status.CREATED:
        return None
    else:
        name = str(answer.status)
    if (state, name) in ATTEMPT_EDGES:
        return name
    stands = str(answer.status) == state and answer.fee_known and answer.fee_minor != attempt.fee_minor
    return "fee_changed" if stands and (state, "fee_changed") in ATTEMPT_EDGES else None


def apply(attempt: Attempt, answer: Answer, *, at: datetime, code: str) -> Change:
    """Move an attempt by what its gateway said; no news is no change, but the next look is set."""
    if answer.status == Status.RETURNED and attempt.state not in (State.SUCCEEDED, State.RETURNED):
        # It settled and was taken back while nobody looked: both are booked.
        attempt = apply(attempt, replace(answer, status=Status.SUCCEEDED), at=at, code=code).attempt
    name = news(attempt, answer)
    if name is None:
        _looked(attempt, at)
        return Change(attempt, None)
    action = answer.next_action
    # A gateway's page was asked for first, and became a charge with an identifier of its own.
    changes: dict[str, Any] = (
        {"gateway_id": answer.gateway_id} if answer.gateway_id != attempt.gateway_id else {}
    )
    change = move(
        attempt,
        name,
        at=at,
        code=str(answer.decline) if answer.decline else code,
        fee_minor=answer.fee_minor,
        decline_code=str(answer.decline or ""),
        next_action={"kind": action.kind, "url": action.url, "client_secret": action.client_secret}
        if action
        else None,
        **changes,
    )
    return replace(change, answer=answer)


def _looked(attempt: Attempt, at: datetime) -> None:
    attempt.looks += 1
    attempt.look_at = _next_look_at(attempt.state, attempt.looks, at)
    Attempt.objects.filter(pk=attempt.pk, state=attempt.state).update(
        looks=F("looks") + 1, look_at=attempt.look_at
    )


def _next_look_at(state: str, looks: int, at: datetime) -> datetime | None:
    if state == State.AWAITING:
        return at + AWAIT_FOR
    return at + wait_before(looks) if state in ASKABLE_STATES else None


def wait_before(looks: int) -> timedelta:
    """How long to wait before asking about something that was asked about so often."""
    return _LOOKS_AFTER[looks] if looks < len(_LOOKS_AFTER) else timedelta(hours=1)


def holding_account(gateway: str) -> str:
    """Where a gateway's money stands before it is on the bank: its clearing account; for transfers, the bank itself."""
    return {"bank": "bank", "offline": "undeposited"}.get(gateway, f"clearing:{gateway}")


def _post(attempt: Attempt, event: Event, *, at: datetime) -> None:
    """The postings of an event, if money moved."""
    entries = entries_of(
        event.name,
        gateway=attempt.gateway,
        income_code=attempt.income_code,
        settled_minor=event.amount_minor or 0,
        fee_minor=event.fee_minor or 0,
        turn=_turn(attempt, event.name),
    )
    if entries:
        post(
            entries,
            charity_id=attempt.charity_id,
            currency=attempt.currency,
            source="attempt",
            source_id=attempt.pk,
            at=at,
            tag=attempt.ledger_tag,
        )


def entries_of(
    event: str, *, gateway: str, income_code: str, settled_minor: int, fee_minor: int, turn: int
) -> list[Entry]:
    """What an event posts, as a pure function, so that `prove` can work the ledger out again from the events.

    `fee_minor` is what this event brought. `turn` counts charges (or returns, or changes of the fee) of this
    attempt, for a debit may be returned and collected more than once, and a transfer matched anew.
    """
    nth = "" if turn == 1 else f":{turn}"
    # A transfer's credit went to suspense when staff saw it; matching it turns it into income.
    awaited_at = "suspense" if gateway == "bank" else holding_account(gateway)
    if event in SETTLING_EVENTS:
        entries = [Entry(awaited_at, income_code, settled_minor, f"charge{nth}")]
        return entries + _fee_entries(gateway, awaited_at, fee_minor, f"fee{nth}")
    if event == "unmatched":
        return [Entry(income_code, awaited_at, settled_minor, f"unmatched{nth}")]
    if event == "returned":
        holding = holding_account(gateway)
        entries = [Entry(income_code, holding, settled_minor, f"return{nth}")]
        return entries + _fee_entries(gateway, holding, fee_minor, f"return-fee{nth}")
    if event == "fee_changed":
        return _fee_entries(gateway, holding_account(gateway), fee_minor, f"fee-change{nth}")
    return []


def _fee_entries(gateway: str, holding: str, fee_minor: int, kind: str) -> list[Entry]:
    """A fee that was kept, or one (below 0) that the gateway gave back."""
    if fee_minor < 0:
        return [Entry(holding, f"fees:{gateway}", -fee_minor, kind)]
    return [Entry(f"fees:{gateway}", holding, fee_minor, kind)] if fee_minor else []


def _turn(attempt: Attempt, event: str) -> int:
    if event in ("received", "corrected", "collected"):
        return Event.objects.filter(attempt_id=attempt.pk, name__in=SETTLING_EVENTS).count()
    if event in ("returned", "unmatched", "fee_changed"):
        return Event.objects.filter(attempt_id=attempt.pk, name=event).count()
    return 1


def postpone(attempt_id: uuid.UUID, *, at: datetime) -> None:
    """The gateway couldn't say: ask again later, less and less often."""
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.look_at is not None:
        _looked(attempt, at)
