"""Lines of money that left, and the payouts below 0 that they may be: a gateway took back what refunds had cost it."""

import uuid
from collections.abc import Callable, Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.banking import importing
from almoner.banking.models import Statement, StatementLine
from almoner.payments import banked
from almoner.payments.models import Payout
from almoner.payments.transitions import UNBANKED_STATES


def waiting(statement: Statement, lines: Iterable[StatementLine]) -> dict[int, list[Payout]]:
    """Amount -> the payouts below 0 that are in transit and may be a line of this statement. One query, or none."""
    left = {line.amount_minor for line in lines if line.outcome == StatementLine.Outcome.LEFT}
    found: dict[int, list[Payout]] = {}
    for payout in _of(statement).filter(amount_minor__in=left).order_by("arrives_on"):
        found.setdefault(payout.amount_minor, []).append(payout)
    return found


def _of(statement: Statement) -> QuerySet[Payout]:
    currency = statement.account.currency
    return Payout.objects.filter(
        charity_id=statement.charity_id, currency=currency, amount_minor__lt=0, state__in=UNBANKED_STATES
    )


@require_POST
@access.needs(access.BOOK_BANK)
def match_debt(
    request: HttpRequest, statement_id: uuid.UUID, line_id: int, payout_id: uuid.UUID
) -> HttpResponse:
    found = access.one_of(Statement.objects.all(), request, pk=statement_id)
    line = found.lines.filter(pk=line_id)
    payout = access.one_of(Payout.objects.all(), request, pk=payout_id)
    return _done(
        request,
        found,
        line,
        lambda pk: importing.match_debt(line_id=pk, payout_id=payout.pk, actor=request.user),
    )


@require_POST
@access.needs(access.BOOK_BANK)
def part_debt(request: HttpRequest, statement_id: uuid.UUID, line_id: int) -> HttpResponse:
    found = access.one_of(Statement.objects.all(), request, pk=statement_id)
    return _done(
        request,
        found,
        found.lines.filter(pk=line_id),
        lambda pk: importing.part_debt(line_id=pk, actor=request.user),
    )


def _done(
    request: HttpRequest, found: Statement, line: QuerySet[StatementLine], act: Callable[[int], None]
) -> HttpResponse:
    """Back on the statement's page, with what became of it. A line of another statement is none of this one's."""
    try:
        for pk in line.values_list("pk", flat=True):
            act(pk)
    except banked.NotMatchable as refused:
        messages.error(request, str(refused))
    return redirect("backoffice:statement", found.pk)
