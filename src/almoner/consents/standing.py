"""Whether something may be shown now, and where: asked when it is read, so that nothing has to run for a lapse to hold.

Everything fails closed. What no record covers isn't shown. Of several records of one picture (several people are on it)
each has to allow it, and one that was withdrawn forbids it for good, whatever was recorded since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, QuerySet

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select, named, several
from almoner.consents.models import Channel, Consent, Covered, Withdrawal
from almoner.kernel.clock import now

# How long before its last day a consent is said to lapse soon, and its owner is told.
LAPSING: Final = timedelta(days=30)


class State(StrEnum):
    IN_FORCE = "in force"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    EMBARGOED = "embargoed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Work:
    """A picture or words: how it is told again."""

    kind: Covered.Kind
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something would be shown. `fundraising`: a giving form or a call to give stands beside it."""

    channel: Channel
    fundraising: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` not, in words for an editor; '' where it may be shown, by `consents`. `refused_by` is the one that doesn't
    allow it, where one is recorded."""

    why: str
    consents: tuple[Consent, ...] = ()
    refused_by: Consent | None = None

    @property
    def allowed(self) -> bool:
        return not self.why

    @property
    def notice(self) -> str:
        """What staff read where readers see nothing."""
        return f"Readers don’t see what stands here: {self.why}." if self.why else ""

    @property
    def pseudonym(self) -> str:
        """The name that stands in the place of another, where one does."""
        return next((c.pseudonym for c in self.consents if c.named == Consent.Named.CHANGED), "")

    @property
    def keeps_name(self) -> bool:
        """Whether the name that a story gives may stand."""
        return all(not each.of_person or each.named == Consent.Named.OWN for each in self.consents)

    @property
    def real_person(self) -> bool:
        return any(each.portrayal == Consent.Portrayal.REAL for each in self.consents)

    @property
    def portrayal(self) -> str:
        """`model` or `illustrative` where readers should be told so; else ''."""
        shown = {each.portrayal for each in self.consents}
        told = (Consent.Portrayal.MODEL, Consent.Portrayal.ILLUSTRATIVE)
        return next((str(each) for each in told if each in shown), "")


NOTHING_RECORDED: Final = Verdict("no consent is recorded for it")


class Known:
    """What is recorded for some works of a charity, read by one query; asked as often as a page likes."""

    def __init__(self, charity: Charity, works: Iterable[Work], *, at: datetime | None = None) -> None:
        self._zone = ZoneInfo(charity.timezone)
        self.at = at or now()
        self.day = self.at.astimezone(self._zone).date()
        self._records: dict[Work, list[Consent]] = {}
        wanted = {work.digest for work in works}
        digests = named("digest", wanted) if wanted else {}
        for row in _covering(len(digests)).all(charity=charity.pk, **digests) if wanted else ():
            work = Work(Covered.Kind(row.kind), row.digest)
            self._records.setdefault(work, []).append(row.consent)

    def verdict(self, work: Work | None, place: Place) -> Verdict:
        records = tuple(self._records.get(work, ())) if work is not None else ()
        if not records:
            return NOTHING_RECORDED
        for each in records:
            if why := refusal(each, place, self.day):
                return Verdict(why, records, refused_by=each)
        return Verdict("", records)

    @property
    def changes_at(self) -> datetime | None:
        """When the next of these lapses, or is freed by the end of its embargo; None when nothing changes by itself."""
        every = [each for records in self._records.values() for each in records]
        days = [each.expires_on + timedelta(days=1) for each in every if each.expires_on]
        days += [each.embargo_until for each in every if each.embargoed and each.embargo_until]
        coming = [day for day in days if day > self.day]
        return datetime.combine(min(coming), time(), self._zone) if coming else None

    @property
    def of_people(self) -> bool:
        return any(each.of_person for records in self._records.values() for each in records)


@cache
def _covering(count: int) -> Select[Covered]:
    """What is recorded for so many digests."""
    return Select(
        lambda: (
            Covered.objects.filter(
                consent__charity=Given("charity", BigIntegerField()),
                digest__in=several("digest", CharField(), count),
            )
            .select_related("consent__withdrawal")
            .order_by("consent_id")
        )
    )


def refusal(consent: Consent, place: Place, day: date) -> str:
    """Why this record doesn't allow it there on that day, to go on after “… isn't shown: ”; '' when it does."""
    state = state_of(consent, day)
    if state == State.WITHDRAWN:
        return "consent was withdrawn"
    if state == State.EMBARGOED:
        until = f" until {consent.embargo_until:%-d %B %Y}" if consent.embargo_until else ""
        return f"it is under embargo{until}: {consent.embargo_reason}"
    if state == State.LAPSED:
        return f"consent lapsed after {consent.expires_on:%-d %B %Y}"
    if place.channel not in consent.channels:
        return f"consent doesn’t cover “{place.channel.label}”"
    if consent.countries:
        # What stands on the web is read everywhere.
        return f"consent is for {', '.join(consent.countries)} alone, and this is read everywhere"
    if place.fundraising and not consent.fundraising:
        return "consent doesn’t cover pages that ask for gifts"
    return ""


def state_of(consent: Consent, day: date) -> State:
    """`consent` with its `withdrawal` read too, or it is asked for here."""
    if hasattr(consent, "withdrawal"):
        return State.WITHDRAWN
    if consent.under_embargo(day):
        return State.EMBARGOED
    if consent.lapsed(day):
        return State.LAPSED
    if consent.expires_on is not None and consent.expires_on < day + LAPSING:
        return State.LAPSING
    return State.IN_FORCE


def in_state(found: QuerySet[Consent], state: State, day: date) -> QuerySet[Consent]:
    """Those of `found` of which `state_of` says so: the same rule, told to the database."""
    gone = Exists(Withdrawal.objects.filter(consent=OuterRef("pk")))
    embargoed = Q(embargoed=True) & (Q(embargo_until__isnull=True) | Q(embargo_until__gt=day))
    lapsed = Q(expires_on__isnull=False, expires_on__lt=day)
    lapsing = Q(expires_on__isnull=False, expires_on__gte=day, expires_on__lt=day + LAPSING)
    if state == State.WITHDRAWN:
        return found.filter(gone)
    found = found.filter(~gone)
    if state == State.EMBARGOED:
        return found.filter(embargoed)
    found = found.exclude(embargoed)
    if state == State.LAPSED:
        return found.filter(lapsed)
    return found.filter(lapsing) if state == State.LAPSING else found.exclude(lapsed | lapsing)


def today(charity: Charity) -> date:
    """The day that it is where the charity is: a consent's last day ends there."""
    return now().astimezone(ZoneInfo(charity.timezone)).date()
