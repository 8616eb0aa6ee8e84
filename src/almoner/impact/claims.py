"""Claims: what is said in public, held against what stands in the register.

A claim that the register says itself follows it. One that was typed or printed can't: it is contradicted when the
register says otherwise, stale when what it rests on was corrected, and expired past its day.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.impact import disclosing, sentences, standing, translated, wording
from almoner.impact.models import Claim, Indicator, Observation, Replacement
from almoner.impact.quantities import Verdict
from almoner.impact.saying import Style, say
from almoner.impact.sentences import Unit
from almoner.kernel.clock import now

State = Claim.State
Origin = Claim.Origin
# What of a claim is written again when it is looked at.
_LOOKED: Final = (
    "state", "number", "observation", "looked_at", "told_of", "meant_for", "meant_reason", "meant_by_name",
)  # fmt: skip
_KEPT: Final = (*_LOOKED, "language", "carrier_title", "ended_at", "owner")
# At the end of the words of a figure that is said as of a day.
_AS_OF: Final = re.compile(r" \(as of (\d{4}-\d\d-\d\d)\)$")
# What nobody may publish unless they say why.
_BROKEN: Final = (State.CONTRADICTED, State.STALE, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Found:
    """Something said of an indicator: by the register itself (`style` says how), or in words that were typed."""

    origin: Claim.Origin
    indicator_id: int
    number: str
    wording: str
    style: str = ""
    language: str = "en"
    # Of a figure that is said as of a day, and not of today.
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """A page or form that says things. `owner_id` is of the member of staff who is told when one no longer holds."""

    kind: Claim.Carrier
    id: str
    title: str
    owner_id: int | None


def units(charity: Charity) -> list[Unit]:
    """What texts may speak of: the charity's indicators by their names and the words for them, in whichever language,
    with what stands. Three queries."""
    others = translated.nouns(charity)
    named = list(Indicator.objects.filter(result__programme__charity=charity))
    stand = standing.newest(named)
    return [
        Unit(
            indicator_id=each.pk,
            nouns=", ".join(filter(None, (each.nouns, others.get(each.pk, ""), _name(each.title)))),
            percent=each.percent,
            cumulative=each.cumulative,
            known=stand[each.pk].quantity if each.pk in stand else None,
        )
        for each in named
    ]


# Shorter words are mostly of the kind that every sentence has.
_TELLING: Final = 4


def _name(title: str) -> str:
    """A name as words that texts use: whoever copies it counts the same. A single word could be of anything."""
    words = title.replace(",", " ").split()
    telling = [each for each in words if len(each) >= _TELLING]
    return " ".join(words) if len(telling) > 1 else ""


def current(charity: Charity) -> QuerySet[Claim]:
    """Claims that are still said somewhere."""
    return Claim.objects.filter(charity=charity, ended_at=None)


def needing() -> Q:
    """Of current claims, those that need a person: in trouble, and not published so on purpose."""
    return ~Q(state=State.HOLDS) & ~Q(origin=Origin.READ, state=State.UNVERIFIED) & Q(meant_reason="")


def keep(charity: Charity, carrier: Carrier, found: Sequence[Found]) -> None:
    """Write down what a page or form says now, and end what it no longer says. Safe to repeat."""
    with transaction.atomic():
        there = _of(charity, carrier).select_for_update()
        kept = _said(charity, carrier, found, there)
        gone = there.filter(ended_at=None).exclude(pk__in=[each.pk for each in kept if each.pk is not None])
        gone.update(ended_at=now())
        # Another process may have read the same page just now: its rows say the same.
        Claim.objects.bulk_create([each for each in kept if each.pk is None], ignore_conflicts=True)
        Claim.objects.bulk_update([each for each in kept if each.pk is not None], _KEPT)


def broken(charity: Charity, carrier: Carrier, found: Sequence[Found]) -> list[Claim]:
    """Of what a page would say, that which no longer holds and that nobody means all the same. Nothing is kept."""
    would = _said(charity, carrier, found, _of(charity, carrier))
    return [each for each in would if each.state in _BROKEN and not each.meant_reason]


def intend(
    charity: Charity, carrier: Carrier, found: Sequence[Found], *, reason: str, actor: audit.Actor
) -> None:
    """Say of words that are to be published that they stand so on purpose. Until then they are claims that ended."""
    with transaction.atomic():
        rows = broken(charity, carrier, found)
        for each in rows:
            if each.pk is None:
                each.ended_at = now()
                each.save(force_insert=True)
        mean(rows, reason=reason, actor=actor)


def end_others(charity: Charity, kind: Claim.Carrier, carriers: Iterable[str]) -> None:
    """End what was said by those of a kind that are no longer there, or no longer public."""
    gone = (
        current(charity)
        .filter(carrier=kind)
        .exclude(origin=Origin.ENTERED)
        .exclude(carrier_id__in=list(carriers))
    )
    gone.update(ended_at=now())


def enter(claim: Claim, *, actor: audit.Actor) -> Claim:
    """Keep a claim that staff entered, resting on what stands now."""
    moment = now()
    stand = standing.newest([claim.indicator]).get(claim.indicator_id)
    claim.language = spoken_in(claim.number, claim.charity)
    claim.origin, claim.observation, claim.made_at, claim.looked_at = Origin.ENTERED, stand, moment, moment
    claim.state = judge(claim, stand, today=_today(claim.charity))
    told = (
        f"{claim.carrier} {claim.carrier_title} {claim.indicator_id} {claim.number} {claim.wording} {moment}"
    )
    claim.key = hashlib.sha256(told.encode()).hexdigest()
    with transaction.atomic():
        claim.save(force_insert=True)
        _record("enter claim", claim, actor)
    return claim


def spoken_in(number: str, charity: Charity) -> str:
    """The language in which a number was written down: the charity's own, if it can be read so, else English."""
    return charity.language if wording.read(number, charity.language) is not None else "en"


def affirm(claim: Claim, *, actor: audit.Actor) -> None:
    """Rest an entered claim on what stands now: somebody looked, and it may still be said."""
    with transaction.atomic():
        locked = Claim.objects.select_for_update().select_related("charity", "indicator").get(pk=claim.pk)
        locked.observation = standing.newest([locked.indicator]).get(locked.indicator_id)
        locked.state = judge(locked, locked.observation, today=_today(locked.charity))
        locked.looked_at = now()
        locked.save(update_fields=["observation", "state", "looked_at"])
        _record("affirm claim", locked, actor)


def mean(claims: Iterable[Claim], *, reason: str, actor: audit.Actor) -> None:
    """Say that it stands so on purpose, and why. That lasts until the sentence or the register changes."""
    with transaction.atomic():
        for each in claims:
            each.meant_for, each.meant_reason = trouble(each), reason.strip()
            each.meant_by_name = actor.get_username()
            each.save(update_fields=["meant_for", "meant_reason", "meant_by_name"])
            _record("publish claim all the same", each, actor)


def set_expiry(claim: Claim, day: date | None, *, actor: audit.Actor) -> None:
    """Give it the last day on which it may be said; None for as long as it holds."""
    with transaction.atomic():
        locked = Claim.objects.select_for_update().select_related("charity", "indicator").get(pk=claim.pk)
        locked.expires_on = day
        stands = standing.newest([locked.indicator]).get(locked.indicator_id)
        _settle(locked, stands, _today(locked.charity))
        locked.save(update_fields=["expires_on", *_LOOKED])
        _record("set last day of claim", locked, actor)


def finish(claim: Claim, *, actor: audit.Actor) -> None:
    """Say that an entered claim is no longer said anywhere: a leaflet that is out of print."""
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk, ended_at=None).update(ended_at=now())
        _record("end claim", claim, actor)


def look(charity: Charity, *, of: Indicator | None = None) -> None:
    """Judge current claims, of one indicator or of all, against what stands today."""
    today = _today(charity)
    with transaction.atomic():
        wanted = current(charity).select_for_update()
        rows = list(wanted.filter(indicator=of) if of is not None else wanted)
        named = Indicator.objects.filter(pk__in={each.indicator_id for each in rows})
        stand = standing.newest(named)
        keys = {
            each.pk: f"{each.result.programme.slug}/{each.slug}"
            for each in named.select_related("result__programme")
        }
        shown = disclosing.known(charity)
        for each in rows:
            if each.origin == Origin.FIGURE:
                each.number = _shown(each, shown.get(keys[each.indicator_id], ()), charity)
            _settle(each, stand.get(each.indicator_id), today)
        Claim.objects.bulk_update(rows, _LOOKED)


def styles(indicator: Indicator, since: date) -> list[Style]:
    """How pages that are published say the number that stands since a day, in the order of `Style`. One query."""
    rows = Claim.objects.filter(indicator=indicator, origin=Origin.FIGURE, ended_at=None)
    days = ((each, _day_of(each)) for each in rows)
    found = {_style_of(each) for each, day in days if day is None or day >= since}
    return [each for each in Style if each in found]


def judge(claim: Claim, stands: Observation | None, *, today: date) -> Claim.State:
    """What is to be thought of a claim, given the total that stands now for its indicator."""
    if claim.expires_on is not None and claim.expires_on < today:
        return State.EXPIRED
    if stands is None or not claim.number:
        return State.UNVERIFIED
    if claim.origin == Origin.FIGURE:
        return State.HOLDS
    said = wording.read(claim.number, claim.language)
    if said is None or said.percent != stands.indicator.percent:
        return State.UNVERIFIED
    unit = Unit(
        indicator_id=claim.indicator_id, nouns="", percent=said.percent,
        # Staff who enter a claim have said what it is of: no part is guessed at.
        cumulative=stands.indicator.cumulative and claim.origin == Origin.READ, known=stands.quantity,
    )  # fmt: skip
    found = sentences.judged(said, unit)
    if found == Verdict.CONTRADICTED:
        return State.CONTRADICTED
    if claim.origin == Origin.ENTERED and _corrected(claim, stands):
        return State.STALE
    return State.HOLDS if found == Verdict.HOLDS else State.UNVERIFIED


def trouble(claim: Claim) -> str:
    """What is wrong with it, as a word to compare: another observation or another day is another trouble."""
    of = claim.expires_on if claim.state == State.EXPIRED else claim.observation_id
    return f"{claim.state}:{of or ''}"


def _of(charity: Charity, carrier: Carrier) -> QuerySet[Claim]:
    """What was read of a page or form, now or earlier."""
    mine = Claim.objects.filter(charity=charity, carrier=carrier.kind, carrier_id=carrier.id)
    return mine.exclude(origin=Origin.ENTERED)


def _said(charity: Charity, carrier: Carrier, found: Sequence[Found], before: QuerySet[Claim]) -> list[Claim]:
    """The claims that `found` are, judged today: those of `before` where they are there, and not saved."""
    wanted = {_key(carrier, each): each for each in found}
    if not wanted:
        return []
    there = {each.key: each for each in before.filter(key__in=list(wanted))}
    stand = standing.newest(Indicator.objects.filter(pk__in={each.indicator_id for each in found}))
    return [
        _kept(charity, carrier, each, key, there.get(key), stand.get(each.indicator_id))
        for key, each in wanted.items()
    ]


def _kept(
    charity: Charity,
    carrier: Carrier,
    found: Found,
    key: str,
    there: Claim | None,
    stands: Observation | None,
) -> Claim:
    claim = there or Claim(
        charity=charity,
        indicator_id=found.indicator_id,
        origin=found.origin,
        carrier=carrier.kind,
        carrier_id=carrier.id,
        wording=found.wording[:1000],
        key=key,
        made_at=now(),
    )
    if claim.owner_id is None:
        claim.owner_id = carrier.owner_id
    claim.carrier_title, claim.number, claim.ended_at = carrier.title[:255], found.number[:120], None
    claim.language = found.language
    _settle(claim, stands, _today(charity))
    return claim


def _settle(claim: Claim, stands: Observation | None, today: date) -> None:
    claim.state = judge(claim, stands, today=today)
    if claim.origin != Origin.ENTERED:
        claim.observation = stands
    claim.looked_at = now()
    if claim.meant_for != trouble(claim):
        claim.meant_for = claim.meant_reason = claim.meant_by_name = ""
    if claim.state == State.HOLDS:
        # Mended: should it break again, its owner is told again.
        claim.told_of = ""


def _shown(claim: Claim, numbers: Sequence[disclosing.Known], charity: Charity) -> str:
    """What readers see of a figure since it can be said, or no longer: the words of its own page come in the night."""
    public = disclosing.at(numbers, _day_of(claim))
    if public is None or claim.number:
        return claim.number if public is not None else ""
    return say(public.quantity, _style_of(claim), percent=public.percent, language=charity.language)


def _day_of(claim: Claim) -> date | None:
    """As of which day a figure is said; None for today."""
    said_as_of = _AS_OF.search(claim.wording)
    return date.fromisoformat(said_as_of[1]) if said_as_of is not None else None


def _style_of(claim: Claim) -> Style:
    """How a figure is said, which only its key tells."""
    carrier = Carrier(Claim.Carrier(claim.carrier), claim.carrier_id, "", None)
    day = _day_of(claim)
    found = (Found(Origin.FIGURE, claim.indicator_id, "", "", style, day=day) for style in Style)
    return Style(next((each.style for each in found if _key(carrier, each) == claim.key), Style.EXACT))


def _corrected(claim: Claim, stands: Observation) -> bool:
    """Whether what it rests on was corrected since, by a number that was verified."""
    if claim.observation_id is None or claim.observation_id == stands.pk:
        return claim.observation_id is None
    return Replacement.objects.filter(old=claim.observation_id).exists()


def _key(carrier: Carrier, found: Found) -> str:
    style = f"{found.style} {found.day}" if found.day is not None else found.style
    what = style if found.origin == Origin.FIGURE else f"{found.number}\n{found.wording}"
    told = f"{carrier.kind}\n{carrier.id}\n{found.origin}\n{found.indicator_id}\n{what}"
    return hashlib.sha256(told.encode()).hexdigest()


def _today(charity: Charity) -> date:
    return now().astimezone(ZoneInfo(charity.timezone)).date()


def _record(action: str, claim: Claim, actor: audit.Actor) -> None:
    detail: dict[str, Any] = {"number": claim.number, "where": claim.carrier_title}
    if claim.meant_reason:
        detail["reason"] = claim.meant_reason
    audit.record(
        actor=actor,
        charity=claim.charity,
        action=action,
        object_type="claim",
        object_id=claim.pk,
        detail=detail,
    )
