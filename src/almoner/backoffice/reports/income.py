"""Income as staff ask for it: by day, by source. Paid gifts, on the day they were paid, less what was given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate

from almoner.backoffice import words
from almoner.charities.models import Charity
from almoner.giving.models import Gift, GiftStatus

_LEFT: Final = F("settled_minor") - F("refunded_minor")


@dataclass(frozen=True, slots=True)
class Income:
    """Gifts and what is left of them, in minor units of one currency."""

    gifts: int = 0
    total_minor: int = 0

    def __add__(self, other: "Income") -> "Income":
        return Income(self.gifts + other.gifts, self.total_minor + other.total_minor)


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a report. `kind` says what the name is: Story, Appeal, Campaign ..."""

    name: str
    kind: str
    currency: str
    income: Income


def by_day(charity: Charity, first: date, last: date) -> dict[tuple[str, date], Income]:
    """(currency, day in the charity's zone) -> income, for days that have any. One query."""
    zone = ZoneInfo(charity.timezone)
    rows = (
        paid_between(charity, first, last)
        .annotate(day=TruncDate("settled_at", tzinfo=zone))
        .values("currency", "day")
        .annotate(counted=Count("id"), left=Sum(_LEFT))
        .values_list("currency", "day", "counted", "left")
        .order_by()
    )
    return {(currency, day): Income(gifts, total or 0) for currency, day, gifts, total in rows}


def paid_between(charity: Charity, first: date, last: date) -> QuerySet[Gift]:
    """Gifts that were paid from the first day to the last one, both included, in the charity's zone."""
    zone = ZoneInfo(charity.timezone)
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    return Gift.objects.filter(
        charity=charity, status=GiftStatus.SETTLED, settled_at__gte=start, settled_at__lt=end
    )


_Namer = Callable[..., tuple[str, str]]


def _best(
    story: str | None, appeal: str | None, source: str | None, referrer: str | None, channel: str
) -> tuple[str, str]:
    """The one thing that says most about where a gift came from."""
    if story:
        return story, "Story"
    if appeal:
        return appeal, "Appeal"
    if source:
        return source, "Campaign source"
    if referrer:
        return referrer, "Site"
    return (
        (words.channel(channel), "By hand")
        if channel != Gift.Channel.ONLINE
        else ("Direct", "No source given")
    )


def _named(kind: str, empty: str) -> _Namer:
    return lambda value: (value or empty, kind)


# Key -> its label, the fields it groups by, and how a group is called.
GROUPINGS: Final[dict[str, tuple[str, tuple[str, ...], _Namer]]] = {
    "source": (
        "Best-known source",
        ("source__story_title", "source__appeal", "source__utm_source", "source__referrer_host", "channel"),
        _best,
    ),
    "story": ("Story", ("source__story_title",), _named("Story", "No story")),
    "appeal": ("Appeal", ("source__appeal",), _named("Appeal", "No appeal")),
    "utm_source": ("Campaign source (utm_source)", ("source__utm_source",), _named("Source", "None")),
    "utm_campaign": ("Campaign (utm_campaign)", ("source__utm_campaign",), _named("Campaign", "None")),
    "form": ("Form", ("form__title",), _named("Form", "No form")),
    "fund": ("Fund", ("fund__name",), _named("Fund", "")),
    "channel": ("Channel", ("channel",), lambda code: (words.channel(code), "Channel")),
}


def by_source(charity: Charity, first: date, last: date, grouping: str = "source") -> list[Source]:
    """Largest first, each currency for itself. One query."""
    _label, fields, name_of = GROUPINGS[grouping]
    rows = (
        paid_between(charity, first, last)
        .values("currency", *fields)
        .annotate(counted=Count("id"), left=Sum(_LEFT))
        .values_list("currency", *fields, "counted", "left")
        .order_by()
    )
    found: dict[tuple[str, str, str], Income] = {}
    for currency, *rest in rows:
        *values, gifts, total = rest
        key = (*name_of(*values), currency)
        found[key] = found.get(key, Income()) + Income(gifts, total or 0)
    sources = [Source(name, kind, currency, income) for (name, kind, currency), income in found.items()]
    return sorted(
        sources, key=lambda source: (source.currency != charity.currency, -source.income.total_minor)
    )


def total_of(sources: list[Source]) -> dict[str, Income]:
    """Currency -> all of it."""
    totals: dict[str, Income] = {}
    for source in sources:
        totals[source.currency] = totals.get(source.currency, Income()) + source.income
    return totals
