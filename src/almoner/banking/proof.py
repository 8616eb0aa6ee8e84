"""What must hold of statements, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Q

from almoner.banking.models import Statement, StatementLine
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.payments.models import Payout
from almoner.payments.transitions import PayoutState

_OVERDUE = timedelta(hours=2)
_Outcome = StatementLine.Outcome


def checks() -> list[Check]:
    return [
        Check(
            "statements booked",
            "Every line of a booked statement is booked, and every one of a statement taken back is taken back.",
            _lines,
        ),
        Check(
            "statement lines",
            "Every credit that a statement brought has the line's charity, currency, day and amount.",
            _credits,
        ),
        Check(
            "debts banked",
            "Every payout below 0 that is banked has its statement's line, and they agree.",
            _debts,
        ),
    ]


def _lines() -> Iterator[str]:
    left = Q(statement__state=Statement.State.DONE, outcome=_Outcome.NEW)
    left |= Q(statement__state=Statement.State.UNDONE) & ~Q(outcome__in=(_Outcome.UNDONE, _Outcome.KEPT))
    for pk in StatementLine.objects.filter(left).values_list("pk", flat=True).iterator():
        yield f"statement line {pk}"
    under_way = (Statement.State.READING, Statement.State.UNDOING)
    late = Statement.objects.filter(state__in=under_way, asked_at__lt=now() - _OVERDUE)
    for statement_id in late.values_list("pk", flat=True).iterator():
        yield f"statement {statement_id}"


def _credits() -> Iterator[str]:
    rows = StatementLine.objects.filter(credit__isnull=False)
    agree = Q(
        credit__amount_minor=F("amount_minor"),
        credit__received_on=F("booked_on"),
        credit__charity_id=F("statement__charity_id"),
        credit__currency=F("account__currency"),
    )
    undone, withdrawn = Q(outcome=_Outcome.UNDONE), Q(credit__withdrawn_at__isnull=False)
    wrong = rows.exclude(agree & (undone & withdrawn | ~undone & ~withdrawn))
    for pk in wrong.values_list("pk", flat=True).iterator():
        yield f"statement line {pk}"
    lost = StatementLine.objects.filter(
        outcome__in=(_Outcome.MATCHED, _Outcome.PAYOUT, _Outcome.SUSPENSE), credit=None, payout=None
    )
    for pk in lost.values_list("pk", flat=True).iterator():
        yield f"statement line {pk}: no credit"


def _debts() -> Iterator[str]:
    """Payouts by which a gateway took money back."""
    agree = Q(
        line__amount_minor=F("amount_minor"),
        line__outcome=_Outcome.PAYOUT,
        line__statement__charity_id=F("charity_id"),
        line__account__currency=F("currency"),
    )
    banked = Q(state=PayoutState.BANKED)
    for pk in Payout.objects.filter(banked, amount_minor__lt=0).exclude(agree).values_list("pk", flat=True):
        yield f"payout {pk}"
    for pk in Payout.objects.filter(~banked, line__isnull=False).values_list("pk", flat=True):
        yield f"payout {pk}"
