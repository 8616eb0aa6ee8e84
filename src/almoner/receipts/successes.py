"""Receipts against what gateways list as succeeded, for `almoner prove`: our own books may be wrong on both sides.

Each charge that a gateway lists as succeeded, with something of it left, has its one receipt over that; and no receipt
holds for a gift of which the gateway lists none. What differs is asked for again: it may have moved between two looks.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from django.db.models import Sum

from almoner.kernel.proof import Check
from almoner.payments.asking import Asked, dated, shown
from almoner.payments.gateways.port import Answer, Refused, Status
from almoner.payments.models import IMPORTED_METHOD, Attempt, Dispute
from almoner.payments.transitions import OPEN_REFUND_STATES, OPEN_STATES, DisputeState, State
from almoner.receipts.models import Receipt

_AT_ONCE: Final = 500
_Charges = Mapping[str, Answer]


def checks(asked: Asked) -> list[Check]:
    return [
        Check(
            "receipts at the gateway",
            "Each success that the gateway lists has its one receipt, over what is left; none holds without one.",
            partial(_differences, asked),
            live=True,
            of=asked.gateway.code,
        )
    ]


def _differences(asked: Asked) -> Iterator[str]:
    charges = {charge.gateway_id: charge for charge in asked.charges()}
    ours = filter(None, asked.attempts().values_list("gateway_id", flat=True).iterator())
    ids = list(dict.fromkeys([*charges, *ours]))
    for at in range(0, len(ids), _AT_ONCE):
        for gateway_id, _ in list(_apart(asked, ids[at : at + _AT_ONCE], charges)):
            yield from (says for _, says in _apart(asked, [gateway_id], _again(asked, gateway_id)))


def _again(asked: Asked, gateway_id: str) -> _Charges:
    try:
        return {gateway_id: asked.gateway.retrieve(gateway_id)}
    except Refused:
        return {}


def _apart(asked: Asked, ids: Sequence[str], charges: _Charges) -> Iterator[tuple[str, str]]:
    """(the gateway's identifier, what differs) of these. A gift that more than one attempt paid has one receipt, and
    which amount it is over isn't asked here."""
    attempts = list(
        Attempt.objects.filter(gateway=asked.gateway.code, gateway_id__in=ids)
        .exclude(method=IMPORTED_METHOD)
        .exclude(state__in=OPEN_STATES)
        .exclude(refunds__state__in=OPEN_REFUND_STATES)
    )
    gift_ids = [attempt.gift_id for attempt in attempts]
    receipts, paid, lost = _receipts(gift_ids), _paid(gift_ids), _lost(attempts)
    for attempt in attempts:
        charge = charges.get(attempt.gateway_id or "")
        left_minor = _left_minor(charge, lost.get(attempt.pk, 0))
        standing = receipts.get(attempt.gift_id, [])
        if paid.get(attempt.gift_id, set()) - {attempt.pk}:
            agrees = bool(standing) or not left_minor
        else:
            agrees = standing == ([(left_minor, attempt.currency)] if left_minor else [])
        if not agrees:
            held = f"{asked.gateway.code} holds {shown(left_minor, attempt.currency)}"
            ours = ", ".join(shown(*each) for each in standing) or "none"
            day = dated(charge.made_at if charge and charge.made_at else attempt.created_at)
            yield attempt.gateway_id or "", f"attempt {attempt.pk}{day}: {held}, receipts: {ours}"


def _left_minor(charge: Answer | None, lost_minor: int) -> int:
    if charge is None or charge.status != Status.SUCCEEDED:
        return 0
    return max(0, charge.amount_minor - charge.refunded_minor - lost_minor)


def _receipts(gift_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[int, str]]]:
    found: dict[uuid.UUID, list[tuple[int, str]]] = {}
    rows = Receipt.objects.valid().filter(gift__in=gift_ids)
    for gift_id, amount_minor, currency in rows.values_list("gift", "amount_minor", "currency"):
        found.setdefault(gift_id, []).append((amount_minor, currency))
    return found


def _paid(gift_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Gift -> the attempts that paid it, by our books."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = Attempt.objects.filter(gift_id__in=gift_ids, state=State.SUCCEEDED)
    for gift_id, pk in rows.values_list("gift_id", "pk"):
        found.setdefault(gift_id, set()).add(pk)
    return found


def _lost(attempts: Sequence[Attempt]) -> dict[uuid.UUID, int]:
    rows = Dispute.objects.filter(attempt__in=attempts, state=DisputeState.LOST).values_list("attempt")
    return dict(rows.annotate(total=Sum("amount_minor")).order_by())
