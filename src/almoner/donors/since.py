"""What a donor's funds have reached since their gifts, and whether that is news to them.

Only gifts that were kept count, and none that was given anonymously. A figure is of after a gift when the day up to
which it counts is later.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from almoner.charities.models import Charity, Fund
from almoner.donors import wishes
from almoner.donors.models import ReachedMail, Told
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftStatus
from almoner.impact import reached
from almoner.impact.models import Observation
from almoner.impact.reached import Reached
from almoner.supporters.models import Contact

# A person's first gift to each fund that may be spoken of.
_Firsts = dict[int, date]
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class OfFund:
    """What is to be said of one fund. `figures` are newer than the donor's first gift to it."""

    name: str
    figures: tuple[Reached, ...]


def of_person(charity: Charity, supporter_id: int) -> tuple[OfFund, ...]:
    """What may be said to a person now; () where nothing of it is news. In five queries."""
    firsts = next(iter(_people(charity, None, only=supporter_id)), (supporter_id, {}))[1]
    names = dict(Fund.objects.filter(pk__in=firsts).values_list("pk", "name"))
    found = reached.by_fund(firsts)
    told = _told([supporter_id])[supporter_id]
    later = {fund: _since(found.get(fund, ()), first) for fund, first in firsts.items()}
    if not any(news_of(each.now) not in told for figures in later.values() for each in figures):
        return ()
    ordered = sorted(later, key=lambda fund: (-firsts[fund].toordinal(), fund))
    return tuple(OfFund(names[fund], later[fund]) for fund in ordered if later[fund])


def addressees(charity: Charity, *, but_of_year: int | None = None) -> Iterator[Contact]:
    """To whom a yearly message of today would go, as they last wrote their address. `but_of_year`: without those whose
    mail of that year was asked for."""
    funds = Fund.objects.filter(charity=charity).values_list("pk", flat=True)
    stands = {
        fund: [each for each in figures if hooks.evidence_url(each.indicator)]
        for fund, figures in reached.by_fund(dict.fromkeys(funds)).items()
    }
    people = _people(charity, but_of_year, funds=[fund for fund, figures in stands.items() if figures])
    while chunk := dict(_some(people)):
        yield from _of_chunk(chunk, stands)


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


def _of_chunk(people: Mapping[int, _Firsts], stands: Mapping[int, list[Reached]]) -> Iterator[Contact]:
    told, refused, addresses = _told(people), wishes.refused(list(people)), address_of(list(people))
    for supporter_id, firsts in people.items():
        if supporter_id in refused or supporter_id not in addresses:
            continue
        later = (each for fund, first in firsts.items() for each in _since(stands.get(fund, ()), first))
        if any(news_of(each.now) not in told[supporter_id] for each in later):
            yield addresses[supporter_id]


def _since(figures: Iterable[Reached], first: date) -> tuple[Reached, ...]:
    return tuple(
        each
        for each in figures
        if min(each.now.as_of, each.now.last) > first and hooks.evidence_url(each.indicator)
    )


def _told(supporter_ids: Iterable[int]) -> dict[int, set[object]]:
    told: dict[int, set[object]] = defaultdict(set)
    rows = Told.objects.filter(contact__supporter__in=list(supporter_ids)).annotate(
        person=F("contact__supporter")
    )
    for each in rows.select_related("observation__indicator"):
        told[each.person].add(news_of(each.observation))
    return told


def _people(
    charity: Charity, but_of_year: int | None, *, only: int | None = None, funds: list[int] | None = None
) -> Iterator[tuple[int, _Firsts]]:
    """Each person with the days of their first gifts, in the order of their keys."""
    gifts = _kept(charity)
    if only is not None:
        gifts = gifts.filter(contact__supporter=only)
    if funds is not None:
        gifts = gifts.filter(fund__in=funds)
    if but_of_year is not None:
        asked = ReachedMail.objects.filter(
            charity=charity, kind=ReachedMail.Kind.YEARLY, year=but_of_year,
            contact__supporter=OuterRef("contact__supporter"),
        )  # fmt: skip
        gifts = gifts.filter(~Exists(asked))
    zone = ZoneInfo(charity.timezone)
    rows: Any = gifts.order_by("contact__supporter").values_list("contact__supporter", "fund")
    first_gifts = rows.annotate(first=Min("given_at")).iterator(_AT_ONCE)
    for supporter_id, of_person in groupby(first_gifts, key=lambda row: row[0]):
        yield supporter_id, {fund: _day(at, zone) for _person, fund, at in of_person}


def _kept(charity: Charity) -> QuerySet[Gift]:
    return Gift.objects.filter(
        charity=charity, status=GiftStatus.SETTLED, refunded_minor__lt=F("settled_minor"), anonymous=False,
        contact__erased_at__isnull=True, contact__supporter__isnull=False,
        contact__supporter__erased_at__isnull=True,
    )  # fmt: skip


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _some(people: Iterator[tuple[int, _Firsts]]) -> Iterator[tuple[int, _Firsts]]:
    for _nth, each in zip(range(_AT_ONCE), people, strict=False):
        yield each
