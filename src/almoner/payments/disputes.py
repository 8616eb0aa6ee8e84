"""Disputes: told by a gateway, booked as they go. The gateway takes the money when one is opened, and gives it back
when it is won."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from almoner.ledger.books import Entry, post
from almoner.payments.gateways.port import DisputeAnswer, DisputeStatus
from almoner.payments.models import Attempt, Dispute, DisputeEvent
from almoner.payments.progress import AmountsDiffer, holding_account
from almoner.payments.transitions import DISPUTE_EDGES, DisputeState, next_dispute_state

_EVENT_OF: Final = {
    DisputeStatus.INQUIRY: "inquiry",
    DisputeStatus.NEEDS_RESPONSE: "reopened",
    DisputeStatus.UNDER_REVIEW: "answered",
    DisputeStatus.WON: "won",
    DisputeStatus.LOST: "lost",
    DisputeStatus.PREVENTED: "prevented",
}
_UNOPENED: Final = (DisputeState.NEW, DisputeState.INQUIRY)
_NEVER_OPENED: Final = (DisputeStatus.INQUIRY, DisputeStatus.PREVENTED)
# Events that move money; others are told and not posted.
POSTED: Final = ("opened", "won", "lost", "fee_changed")


@dataclass(frozen=True, slots=True)
class DisputeChange:
    """`lost_delta_minor`: what the bank has taken for good changes by (negative when one that was lost is won)."""

    dispute: Dispute
    lost_delta_minor: int


def absorb(attempt_id: uuid.UUID, answer: DisputeAnswer, *, at: datetime) -> DisputeChange:
    """Bring a dispute to where its gateway has it, inside the caller's transaction. Harmless to repeat: the attempt's
    row is locked, so that two who bring the same news write it once.

    Raises `AmountsDiffer` when more is disputed than was ever paid.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    dispute = attempt.disputes.filter(gateway_id=answer.gateway_id).first() or _insert(attempt, answer, at=at)
    events, lost_before_minor = _events_to(dispute.state, answer), _lost_minor(dispute)
    delta_minor = answer.fee_minor - dispute.fee_minor
    for name in events:
        _move(dispute, attempt, name, fee_minor=delta_minor if name in POSTED else 0, at=at)
        delta_minor = 0 if name in POSTED else delta_minor
    if delta_minor and (dispute.state, "fee_changed") in DISPUTE_EDGES:
        _move(dispute, attempt, "fee_changed", fee_minor=delta_minor, at=at)
    dispute.reason, dispute.respond_by = answer.reason, answer.respond_by
    dispute.save(update_fields=["reason", "respond_by"])
    return DisputeChange(dispute, _lost_minor(dispute) - lost_before_minor)


def entries_of(
    event: str, *, before: str, gateway: str, amount_minor: int, fee_minor: int, turn: int
) -> list[Entry]:
    """What an event posts, as a pure function, so that `prove` can work it out again. `turn` counts the dispute's
    events of this name."""
    nth = "" if turn == 1 else f":{turn}"
    holding, receivable, loss = (
        holding_account(gateway),
        f"disputes:{gateway}",
        f"dispute-losses:{gateway}",
    )
    entries = {
        ("opened", False): [Entry(receivable, holding, amount_minor, f"dispute{nth}")],
        ("won", False): [Entry(holding, receivable, amount_minor, f"dispute-won{nth}")],
        ("lost", False): [Entry(loss, receivable, amount_minor, f"dispute-lost{nth}")],
        # Decided once already, and now the other way.
        ("won", True): [Entry(holding, loss, amount_minor, f"dispute-won{nth}")],
        ("lost", True): [Entry(loss, holding, amount_minor, f"dispute-lost{nth}")],
    }.get((event, before in (DisputeState.WON, DisputeState.LOST)), [])
    return entries + _fee_entries(gateway, holding, fee_minor, f"dispute-fee:{event}{nth}")


def called_for(rows: Iterable[tuple[str, str, int]], *, gateway: str, amount_minor: int) -> list[Entry]:
    """What all of a dispute's events post: (name, the state before, the fee that it brought), in their order."""
    turns: dict[str, int] = {}
    entries: list[Entry] = []
    for name, before, fee_minor in rows:
        turns[name] = turns.get(name, 0) + 1
        entries += entries_of(
            name,
            before=before,
            gateway=gateway,
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            turn=turns[name],
        )
    return entries


def _lost_minor(dispute: Dispute) -> int:
    return dispute.amount_minor if dispute.state == DisputeState.LOST else 0


def _events_to(state: str, answer: DisputeAnswer) -> Sequence[str]:
    """What must have happened; nothing, when the gateway says nothing new."""
    events: list[str] = []
    if state in _UNOPENED and answer.status not in _NEVER_OPENED:
        events.append("opened")
        state = DisputeState.NEEDS_RESPONSE
    name = _EVENT_OF[answer.status]
    if state != str(answer.status) and (state, name) in DISPUTE_EDGES:
        events.append(name)
    return events


def _insert(attempt: Attempt, answer: DisputeAnswer, *, at: datetime) -> Dispute:
    if answer.currency != attempt.currency or answer.amount_minor > (attempt.settled_minor or 0):
        raise AmountsDiffer(
            f"attempt {attempt.pk}: {answer.amount_minor} {answer.currency} are disputed, "
            f"{attempt.settled_minor} {attempt.currency} were paid"
        )
    return Dispute.objects.create(
        attempt=attempt,
        gateway_id=answer.gateway_id,
        amount_minor=answer.amount_minor,
        currency=answer.currency,
        reason=answer.reason,
        respond_by=answer.respond_by,
        created_at=at,
        updated_at=at,
    )


def _move(dispute: Dispute, attempt: Attempt, event: str, *, fee_minor: int, at: datetime) -> None:
    """One step along the table, with its event and postings. Raises `IllegalMove`."""
    before, after = dispute.state, next_dispute_state(dispute.state, event)
    dispute.state, dispute.fee_minor, dispute.updated_at = after, dispute.fee_minor + fee_minor, at
    dispute.save(update_fields=["state", "fee_minor", "updated_at"])
    DisputeEvent.objects.create(
        dispute=dispute, name=event, from_state=before, to_state=after, at=at, fee_minor=fee_minor
    )
    entries = entries_of(
        event,
        before=before,
        gateway=attempt.gateway,
        amount_minor=dispute.amount_minor,
        fee_minor=fee_minor,
        turn=dispute.events.filter(name=event).count(),
    )
    if entries:
        post(
            entries,
            charity_id=attempt.charity_id,
            currency=dispute.currency,
            source="dispute",
            source_id=dispute.pk,
            at=at,
            tag=attempt.ledger_tag,
        )


def _fee_entries(gateway: str, holding: str, fee_minor: int, kind: str) -> list[Entry]:
    if fee_minor < 0:
        return [Entry(holding, f"dispute-fees:{gateway}", -fee_minor, kind)]
    return [Entry(f"dispute-fees:{gateway}", holding, fee_minor, kind)] if fee_minor else []
