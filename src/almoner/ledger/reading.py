"""The books as an accountant reads them: a trial balance over a time, and an account's postings one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Sum, When

from almoner.ledger.models import Account, Posting


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a charity's own zone, both included. `first` None: from the beginning."""

    first: date | None
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime | None:
        return datetime.combine(self.first, time.min, self.zone) if self.first is not None else None

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    def within(self) -> Q:
        started = Q(at__gte=self.start) if self.start is not None else Q()
        return started & Q(at__lt=self.end)


@dataclass(frozen=True, slots=True)
class Row:
    """One account over a time, in minor units. A balance is debits less credits."""

    account: Account
    opening_minor: int
    debits_minor: int
    credits_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debits_minor - self.credits_minor


def trial_balance(charity_id: int, span: Span) -> list[Row]:
    """Every account that stands or moved, by currency and code. Five queries, however many postings there are."""
    before = Q(at__lt=span.start) if span.start is not None else None
    opening_debits = _sums(charity_id, "debit", before) if before is not None else {}
    opening_credits = _sums(charity_id, "credit", before) if before is not None else {}
    debits, credits = (_sums(charity_id, side, span.within()) for side in ("debit", "credit"))
    rows = [
        Row(
            account=account,
            opening_minor=opening_debits.get(account.pk, 0) - opening_credits.get(account.pk, 0),
            debits_minor=debits.get(account.pk, 0),
            credits_minor=credits.get(account.pk, 0),
        )
        for account in Account.objects.filter(charity_id=charity_id).order_by("currency", "code")
    ]
    return [row for row in rows if row.opening_minor or row.debits_minor or row.credits_minor]


def _sums(charity_id: int, side: str, when: Q) -> dict[int, int]:
    rows = Posting.objects.filter(when, charity_id=charity_id).values_list(f"{side}_id")
    return dict(rows.annotate(total=Sum("amount_minor")).order_by())


def opening_minor(account: Account, span: Span) -> int:
    """What an account stood at before."""
    before = Posting.objects.filter(at__lt=span.start) if span.start is not None else Posting.objects.none()
    sums = (
        before.filter(**{side: account}).aggregate(total=Sum("amount_minor")) for side in ("debit", "credit")
    )
    debits, credits = (each["total"] or 0 for each in sums)
    return int(debits - credits)


def postings_of(account: Account, span: Span) -> QuerySet[Posting]:
    """What touched an account, oldest first."""
    touched = Posting.objects.filter(span.within(), Q(debit=account) | Q(credit=account))
    return touched.select_related("debit", "credit").order_by("at", "id")


def postings(charity_id: int, span: Span) -> Iterator[Posting]:
    """All of a charity's, oldest first, read as they come. Accounts are few, and made once for all of them."""
    accounts = Account.objects.filter(charity_id=charity_id).in_bulk()
    rows = Posting.objects.filter(span.within(), charity_id=charity_id).order_by("at", "id")
    for posting in rows.iterator(chunk_size=1000):
        posting.debit, posting.credit = accounts[posting.debit_id], accounts[posting.credit_id]
        yield posting


def first_day(charity_id: int, zone: ZoneInfo) -> date | None:
    """The day of the first posting; None while there is none."""
    first = Posting.objects.filter(charity_id=charity_id).order_by("at").values_list("at", flat=True).first()
    return first.astimezone(zone).date() if first is not None else None


def in_turn(rows: Iterator[Posting], *, at_once: int = 500) -> Iterator[list[Posting]]:
    """The same in lists, so that what explains them is asked for many together."""
    while some := list(islice(rows, at_once)):
        yield some


def moved_minor(account: Account, postings: QuerySet[Posting]) -> int:
    """By how much these moved an account, in minor units: debits less credits."""
    sign = Case(When(debit=account, then=F("amount_minor")), default=-F("amount_minor"))
    return sum(postings.annotate(signed=sign).values_list("signed", flat=True))
