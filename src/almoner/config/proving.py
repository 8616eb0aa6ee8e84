"""The daily proof: run by the worker, kept a row a day for each charity, and mailed when it is red.

A finding belongs to the charity of the row that it names; one that names no row of a charity is everybody's.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from almoner.backoffice.reports import proof_mail
from almoner.banking.models import Statement, StatementLine
from almoner.charities.models import Charity
from almoner.config import prove
from almoner.config.prove import Result, Verdict
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.models import Account, DayProved, Posting
from almoner.payments.models import Attempt, BankCredit, Dispute, Payout, Refund
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt

_NAMED: Final = re.compile(
    r"(bank credit|statement line|statement|gift|attempt|posting|credit|refund|dispute|payout|receipt|plan|account)"
    r" ([0-9a-f-]+)"
)
# Everything is asked about when it was not for so long: the same hour of a week later still counts.
_WHOLE_AFTER: Final = timedelta(days=6, hours=12)
# Each day is asked about again on the next ones, for gateways list some things late.
_OVERLAP: Final = timedelta(days=2)
# What a finding begins with -> the rows, the way to their charity, and the way to their gift.
_ROWS: Final[dict[str, tuple[Callable[[], QuerySet[Any]], str, str]]] = {
    "gift": (Gift.objects.all, "charity_id", "pk"),
    "attempt": (Attempt.objects.all, "charity_id", "gift_id"),
    "refund": (Refund.objects.all, "attempt__charity_id", "attempt__gift_id"),
    "dispute": (Dispute.objects.all, "attempt__charity_id", "attempt__gift_id"),
    "receipt": (Receipt.objects.all, "charity_id", "gift_id"),
    "bank credit": (BankCredit.objects.all, "charity_id", "attempt__gift_id"),
    "credit": (BankCredit.objects.all, "charity_id", "attempt__gift_id"),
    "posting": (Posting.objects.all, "charity_id", ""),
    "account": (Account.objects.all, "charity_id", ""),
    "payout": (Payout.objects.all, "charity_id", ""),
    "plan": (Plan.objects.all, "charity_id", ""),
    "statement": (Statement.objects.all, "charity_id", ""),
    "statement line": (StatementLine.objects.all, "statement__charity_id", ""),
}


def run_daily() -> None:
    """Prove the books of charities whose day has no verdict yet, or one for which a gateway could not be asked. One
    without a posting of an earlier day has nothing to be proved yet."""
    at = now()
    waiting = [charity for charity in Charity.objects.order_by("pk") if _waits(charity, at)]
    if not waiting:
        return
    since = _since(waiting, at)
    prove.take_in()
    found = prove.results(since=since)
    for charity in waiting:
        keep(charity, found, at=at, since=since)


def _since(charities: list[Charity], at: datetime) -> datetime | None:
    """How far back gateways are asked about today: a few days more than since all of them were last asked; everything
    once a week, and when that is longer ago."""
    asked = DayProved.objects.filter(charity__in=charities, not_asked=0, at__gte=at - _WHOLE_AFTER)
    if {row.charity_id for row in asked if row.since is None} != {charity.pk for charity in charities}:
        return None
    last = {row.charity_id: row.at for row in asked.order_by("at")}
    return min(last.values()) - _OVERLAP


def keep(charity: Charity, found: list[Result], *, at: datetime, since: datetime | None = None) -> DayProved:
    """Keep what was found of a charity, and have who reads its books told when it is red: once a day each."""
    findings = [
        {"check": result.check.name, "of": result.check.of, "says": says, "gift": gift}
        for result in found
        for says in result.rows[: prove.MOST_NAMED]
        for owner, gift in [whose(says)]
        if owner in (None, charity.pk)
    ]
    broken = {(result.check.name, result.check.of) for result in found if result.verdict == Verdict.BROKEN}
    red = {key for each in findings if (key := (each["check"], each["of"])) in broken}
    not_asked = sum(result.verdict == Verdict.NOT_ASKED for result in found)
    verdict = DayProved.Verdict.GREEN
    if red or not_asked:
        verdict = DayProved.Verdict.RED if red else DayProved.Verdict.NOT_ASKED
    with transaction.atomic():
        proved, _ = DayProved.objects.update_or_create(
            charity=charity,
            day=_day(charity, at),
            defaults={
                "verdict": verdict, "held": len(found) - len(red) - not_asked, "broken": len(red),
                "not_asked": not_asked, "findings": findings, "at": at, "since": since,
            },
        )  # fmt: skip
        if verdict == DayProved.Verdict.RED:
            proof_mail.ask(proved)
    return proved


def whose(says: str) -> tuple[int | None, str]:
    """(the charity of the row that a finding names, the gift that it is of); (None, "") when it names none of one."""
    named = _NAMED.match(says)
    if named is None:
        return None, ""
    rows, charity_path, gift_path = _ROWS[named[1]]
    try:
        row = rows().filter(pk=named[2]).values_list(charity_path, gift_path or "pk").first()
    except (ValidationError, ValueError):
        return None, ""
    if row is None:
        return None, ""
    return row[0], str(row[1]) if gift_path and row[1] else ""


def _waits(charity: Charity, at: datetime) -> bool:
    day = _day(charity, at)
    kept = DayProved.objects.filter(charity=charity, day=day)
    if kept.exclude(verdict=DayProved.Verdict.NOT_ASKED).exists():
        return False
    midnight = datetime.combine(day, time.min, ZoneInfo(charity.timezone))
    return Posting.objects.filter(charity=charity, at__lt=midnight).exists()


def _day(charity: Charity, at: datetime) -> date:
    return at.astimezone(ZoneInfo(charity.timezone)).date()
