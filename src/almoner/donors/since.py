"""What a donor's funds have reached since their gifts, and whether that is news to them.

Only gifts that were kept count, and none that was given anonymously. A figure is of after a gift when the day up to
which it counts is later.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet

from almoner.charities.models import Charity, Fund
from almoner.donors import wishes
from almoner.donors.models import ReachedMail, Told
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftStatus
from almoner.impact import reached
from almoner.impact.models import Observation
from almoner.impact.reached import Reached
from almoner.supporters.models import Contact, Supporter

# A person's first gift to each fund that may be spoken of.
_Firsts = dict[int, date]
# Up to so many people are asked one by one, to reckon how many mails there would be.
_RECKONED_BY: Final = 1000
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class OfFund:
    """What is to be said of one fund. `figures` are newer than the donor's first gift to it."""

    name: str
    figures: tuple[Reached, ...]


def of_person(charity: Charity, supporter_id: int) -> tuple[OfFund, ...]:
    """What may be said to a person now; () where nothing of it is news. In five queries."""
    firsts = _firsts(charity, [supporter_id]).get(supporter_id, {})
    names = dict(Fund.objects.filter(pk__in=firsts).values_list("pk", "name"))
    found = _linked(reached.by_fund(firsts))
    told = _told([supporter_id])[supporter_id]
    later = {fund: _since(found.get(fund, ()), first) for fund, first in firsts.items()}
    if not any(news_of(each.now) not in told for figures in later.values() for each in figures):
        return ()
    ordered = sorted(later, key=lambda fund: (-firsts[fund].toordinal(), fund))
    return tuple(OfFund(names[fund], later[fund]) for fund in ordered if later[fund])


@dataclass(frozen=True, slots=True)
class Stretch:
    """To whom of some people a mail would go, and the key of the last one looked at; None: there is nobody after."""

    contacts: tuple[Contact, ...]
    last: int | None


def stretch(charity: Charity, *, after: int, count: int, but_of_year: int | None = None) -> Stretch:
    """Of the next so many people, those to whom a yearly message of today would go, as they last wrote their address.
    `but_of_year`: without those whose mail of that year was asked for. In a constant number of queries."""
    people = _people(charity).filter(pk__gt=after)
    if but_of_year is not None:
        asked = ReachedMail.objects.filter(
            kind=ReachedMail.Kind.YEARLY, year=but_of_year, contact__supporter=OuterRef("pk")
        )
        people = people.filter(~Exists(asked))
    keys = list(people.order_by("pk").values_list("pk", flat=True)[:count])
    return Stretch(tuple(_contacts(charity, keys)), keys[-1] if len(keys) == count else None)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How many mails of today there would be, by language. `about`: reckoned from a part of the people."""

    of: Counter[str]
    about: bool

    @property
    def total(self) -> int:
        return _rounded(self.of.total()) if self.about else self.of.total()

    def count(self, language: str) -> int:
        return _rounded(self.of[language]) if self.about else self.of[language]


def reckon(charity: Charity) -> Reckoned:
    """Exact up to some hundred people; of more, as many are asked for, evenly over all. One look at an index, and a
    constant number of queries besides."""
    people = Supporter.objects.filter(charity=charity)
    size = people.aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
    if not size["count"]:
        return Reckoned(Counter(), about=False)
    about = size["count"] > _RECKONED_BY
    keys = (
        _spread(people, size["first"], size["last"]) if about else list(people.values_list("pk", flat=True))
    )
    found = Counter(contact.language for contact in _contacts(charity, keys))
    share = size["count"] / len(keys)
    return Reckoned(Counter({code: round(count * share) for code, count in found.items()}), about=about)


def address_of(supporter_ids: Collection[int]) -> dict[int, Contact]:
    """How each of these people last wrote their address; without those who have none, or whose mail came back."""
    rows = Contact.objects.filter(
        supporter__in=supporter_ids, supporter__erased_at__isnull=True, erased_at__isnull=True
    )
    newest: dict[int, Contact] = {}
    for each in rows.exclude(email="").order_by("created_at", "pk"):
        assert each.supporter_id is not None
        newest[each.supporter_id] = each
    return {key: each for key, each in newest.items() if each.bounced_at is None}


def news_of(observation: Observation) -> object:
    """What a figure says, to be compared: a cumulative one that has not moved is no news on a later day."""
    if not observation.indicator.cumulative:
        return observation.pk
    return observation.indicator_id, observation.value.normalize(), observation.bound


def _people(charity: Charity) -> QuerySet[Supporter]:
    return Supporter.objects.filter(charity=charity, erased_at__isnull=True)


def _spread(people: QuerySet[Supporter], first: int, last: int) -> list[int]:
    """The keys of some people in each tenth of all."""
    keys: set[int] = set()
    for tenth in range(_TENTHS):
        begin = first + (last - first) * tenth // _TENTHS
        here = people.filter(pk__gte=begin).order_by("pk").values_list("pk", flat=True)
        keys.update(here[: _RECKONED_BY // _TENTHS])
    return sorted(keys)


def _rounded(count: int) -> int:
    """To two places: 61,000."""
    return round(count, 2 - len(str(count)))


def _contacts(charity: Charity, keys: list[int]) -> Iterator[Contact]:
    """Of these people, to whom a yearly message would go now."""
    funds = Fund.objects.filter(charity=charity).values_list("pk", flat=True)
    stands = _linked(reached.by_fund(dict.fromkeys(funds)))
    people = _firsts(charity, keys, funds=list(stands))
    told, refused, addresses = _told(people), wishes.refused(list(people)), address_of(list(people))
    for supporter_id, firsts in people.items():
        if supporter_id in refused or supporter_id not in addresses:
            continue
        later = (each for fund, first in firsts.items() for each in _since(stands.get(fund, ()), first))
        if any(news_of(each.now) not in told[supporter_id] for each in later):
            yield addresses[supporter_id]


def _linked(found: Mapping[int, tuple[Reached, ...]]) -> dict[int, tuple[Reached, ...]]:
    """Without the figures that have no page with their evidence."""
    linked = {
        fund: tuple(each for each in figures if hooks.evidence_url(each.indicator))
        for fund, figures in found.items()
    }
    return {fund: figures for fund, figures in linked.items() if figures}


def _since(figures: Iterable[Reached], first: date) -> tuple[Reached, ...]:
    return tuple(each for each in figures if min(each.now.as_of, each.now.last) > first)


def _told(supporter_ids: Iterable[int]) -> dict[int, set[object]]:
    told: dict[int, set[object]] = defaultdict(set)
    rows = Told.objects.filter(contact__supporter__in=list(supporter_ids)).annotate(
        person=F("contact__supporter")
    )
    for each in rows.select_related("observation__indicator"):
        told[each.person].add(news_of(each.observation))
    return told


def _firsts(charity: Charity, keys: Collection[int], *, funds: list[int] | None = None) -> dict[int, _Firsts]:
    """Each of these people with the days of their first gifts, in the order of their keys."""
    gifts = _kept(charity).filter(contact__supporter__in=keys)
    if funds is not None:
        gifts = gifts.filter(fund__in=funds)
    zone = ZoneInfo(charity.timezone)
    rows: Any = gifts.order_by("contact__supporter").values_list("contact__supporter", "fund")
    found: dict[int, _Firsts] = defaultdict(dict)
    for supporter_id, fund, at in rows.annotate(first=Min("given_at")):
        found[supporter_id][fund] = _day(at, zone)
    return found


def _kept(charity: Charity) -> QuerySet[Gift]:
    return Gift.objects.filter(
        charity=charity, status=GiftStatus.SETTLED, refunded_minor__lt=F("settled_minor"), anonymous=False,
        contact__erased_at__isnull=True, contact__supporter__isnull=False,
        contact__supporter__erased_at__isnull=True,
    )  # fmt: skip


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
