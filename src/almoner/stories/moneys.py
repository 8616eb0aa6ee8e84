"""What a programme's funds took in, by the books, in sums of which no donor's gift can be read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from almoner.charities.models import Charity
from almoner.impact.iati import Taken
from almoner.impact.models import Programme
from almoner.kernel.money import exponent
from almoner.ledger.models import Posting

# Fewer payments than these in one sum would tell a gift to somebody who knows of the others.
_FEWEST: Final = 10
_Months = dict[tuple[int, int], tuple[int, int]]


def taken(charity: Charity, programmes: Sequence[Programme], *, at: datetime) -> dict[int, Sequence[Taken]]:
    """By a programme's id: what came in for funds that pay for it alone, in the charity's currency."""
    zone = ZoneInfo(charity.timezone)
    today = at.astimezone(zone).date()
    found: dict[int, Sequence[Taken]] = {}
    own = _own_codes(charity)
    for programme in programmes:
        codes = own.get(programme.pk)
        if codes:
            found[programme.pk] = list(_sums(_by_month(charity, codes, zone), charity.currency, today))
    return found


def _own_codes(charity: Charity) -> dict[int, list[str]]:
    """By a programme's id: the accounts of the funds that pay for it alone."""
    pairs = Programme.funds.through._default_manager.filter(fund__charity=charity)
    paid: dict[str, list[int]] = defaultdict(list)
    for programme_id, code in pairs.order_by("pk").values_list("programme_id", "fund__code"):
        paid[code].append(programme_id)
    found: dict[int, list[str]] = defaultdict(list)
    for code, programmes in paid.items():
        if len(programmes) == 1:
            found[programmes[0]].append(f"income:{code}")
    return found


def _by_month(charity: Charity, codes: list[str], zone: ZoneInfo) -> _Months:
    """{(2026, 11): (minor units, payments)}, less what was given back."""
    months: _Months = {}
    mine = Q(credit__code__in=codes) | Q(debit__code__in=codes)
    rows = Posting.objects.filter(mine, charity=charity, currency=charity.currency).select_related("credit")
    for each in rows.iterator():
        into = each.credit.code in codes
        day = each.at.astimezone(zone).date()
        amount, payments = months.get((day.year, day.month), (0, 0))
        counted = int(into and each.kind.startswith("charge"))
        months[day.year, day.month] = (
            amount + (each.amount_minor if into else -each.amount_minor), payments + counted,
        )  # fmt: skip
    return months


def _sums(months: _Months, currency: str, today: date) -> Iterator[Taken]:
    """Months that are over, put together until each sum has enough payments; what is left waits for more."""
    first: date | None = None
    amount = payments = 0
    for (year, month), (more, count) in sorted(months.items()):
        first = first or date(year, month, 1)
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        if last >= today:
            return
        amount, payments = amount + more, payments + count
        if payments >= _FEWEST:
            if amount > 0:
                yield Taken(first, last, _major(amount, currency), currency, payments)
            first, amount, payments = None, 0, 0


def _major(amount_minor: int, currency: str) -> str:
    """ "12.50" of 1250 cents."""
    digits = exponent(currency)
    whole, rest = divmod(amount_minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)
