"""The second invariant of money: the books follow from what happened, in whatever order and how often it is told."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.ledger.books import balance_minor
from almoner.ledger.models import Posting
from almoner.payments import disputes, payouts, progress, refunds
from almoner.payments.gateways.port import (
    DisputeAnswer,
    DisputeStatus,
    Gateway,
    PayoutAnswer,
    RefundAnswer,
    Status,
)
from almoner.payments.models import Attempt, Refund
from almoner.payments.progress import AmountsDiffer
from almoner.payments.tests.conftest import AMOUNT, FEE, answer, begun, brought_to, undone
from almoner.payments.tests.test_progress import broken
from almoner.payments.transitions import State

BACK, DISPUTED, DISPUTE_FEE, PAID_OUT = 1_200, 3_000, 1_500, 700
REFUND_LIVES = [
    [],
    [Status.PROCESSING],
    [Status.PROCESSING, Status.SUCCEEDED],
    [Status.PROCESSING, Status.FAILED],
    [Status.SUCCEEDED, Status.FAILED],
]
DISPUTE_LIVES = [
    [],
    ["inquiry"],
    ["inquiry", "prevented"],
    ["needs_response", "under_review"],
    ["inquiry", "needs_response", "won"],
    ["needs_response", "under_review", "lost"],
    ["needs_response", "lost", "won"],
    ["needs_response", "won", "lost"],
]
PAYOUT_LIVES = [
    [],
    [Status.PROCESSING],
    [Status.PROCESSING, Status.SUCCEEDED],
    [Status.SUCCEEDED, Status.FAILED],
]


@dataclass(frozen=True)
class Bank:
    """All that a payout is told by."""

    code: str = "sandbox"
    account: str = "sandbox"


def tell_charge(attempt: Attempt, _: Status) -> None:
    fresh = Attempt.objects.get(pk=attempt.pk)
    progress.apply(fresh, answer(fresh, Status.SUCCEEDED), at=now(), code="look")


def tell_refund(attempt: Attempt, status: Status) -> None:
    """As `refunding.catch_up` does with one that was made at the gateway."""
    told = RefundAnswer("sbr_1", status, BACK, "AUD")
    known = Refund.objects.filter(gateway_id="sbr_1").first()
    if known is not None:
        refunds.apply_status(known, status, "sbr_1", at=now())
    elif status != Status.FAILED:
        refunds.adopt(attempt.pk, told, at=now())


def tell_dispute(attempt: Attempt, state: str) -> None:
    fee_minor = 0 if state in ("inquiry", "prevented") else DISPUTE_FEE
    told = DisputeAnswer("dp_1", "sbx_1", DisputeStatus(state), DISPUTED, "AUD", "fraudulent", fee_minor)
    disputes.absorb(attempt.pk, told, at=now())


def tell_payout(_: Attempt, status: Status) -> None:
    told = PayoutAnswer("po_1", status, PAID_OUT, "AUD", date(2026, 11, 26), now())
    payouts.absorb(cast("Gateway", Bank()), told, at=now())


def should_hold(refund: list[Status], dispute: list[str], payout: list[Status]) -> dict[str, int]:
    """Debits less credits of every account that isn't even: by arithmetic, and none of the product's."""
    back = BACK if refund[-1:] == [Status.SUCCEEDED] else 0
    end = dispute[-1] if dispute else ""
    opened = end not in ("", "inquiry", "prevented")
    open_minor = DISPUTED if end in ("needs_response", "under_review") else 0
    lost_minor = DISPUTED if end == "lost" else 0
    fee_minor = DISPUTE_FEE if opened else 0
    gone = PAID_OUT if payout and payout[-1] != Status.FAILED else 0
    held = AMOUNT - FEE - back - open_minor - lost_minor - fee_minor - gone
    every = {
        "clearing:sandbox": held, "income:children": -AMOUNT, "fees:sandbox": FEE, "refunds:children": back,
        "disputes:sandbox": open_minor, "dispute-losses:sandbox": lost_minor, "dispute-fees:sandbox": fee_minor,
        "in_transit:sandbox": gone,
    }  # fmt: skip
    return {code: minor for code, minor in every.items() if minor}


@given(
    data=st.data(),
    refund=st.sampled_from(REFUND_LIVES),
    dispute=st.sampled_from(DISPUTE_LIVES),
    payout=st.sampled_from(PAYOUT_LIVES),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_refunds_disputes_and_payouts_are_booked_the_same_in_any_order(
    charity: Charity, data: st.DataObject, refund: list[Status], dispute: list[str], payout: list[Status]
) -> None:
    """Each object's own life is seen in its order, with gaps and again and again, as one who asks sees it; the lives
    are mixed in any way, and what overtakes the payment itself is asked about again."""
    lives: list[tuple[Callable[..., None], list[object]]] = [
        (tell_charge, [Status.SUCCEEDED]), (tell_refund, [*refund]), (tell_dispute, [*dispute]),
        (tell_payout, [*payout]),
    ]  # fmt: skip
    seen = [
        (tell, life[at])
        for tell, life in lives if life
        for at in sorted(data.draw(st.lists(st.integers(0, len(life) - 1), max_size=5)))
    ]  # fmt: skip
    whose = data.draw(st.permutations([tell for tell, _ in seen]))
    in_order = {tell: iter([what for by, what in seen if by is tell]) for tell, _ in lives}
    with undone():
        attempt = brought_to(begun(charity), State.CONFIRMING)
        ends = [(tell, life[-1]) for tell, life in lives if life]
        # What failed before anybody asked leaves no trace, so whoever hadn't seen it begin is told of it here.
        first = [(tell_refund, refund[0])] if refund and tell_refund not in whose else []
        for tell, what in [
            *((tell, next(in_order[tell])) for tell in whose),
            *ends[:1],
            *first,
            *ends,
            *ends,
        ]:
            with suppress(AmountsDiffer):
                tell(attempt, what)
        codes = {code for pair in Posting.objects.values_list("debit__code", "credit__code") for code in pair}
        found = {code: balance_minor(charity.pk, code, "AUD") for code in codes}
        assert {code: minor for code, minor in found.items() if minor} == should_hold(refund, dispute, payout)
        assert broken() == []
