"""What is entered once and never changed, in other languages: groups, methods, reasons, places, sources.

A page looks up the words that it shows: of what is hidden it says nothing, in whichever language.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.impact import disclosing
from almoner.impact.models import Dimension, Observation, Programme, Source, Wording
from almoner.kernel.clock import now

Kind = Wording.Kind
# So long a wording may be: what stands in charts and tables is short.
MOST: Final[Mapping[str, int]] = {
    Kind.BREAKDOWN: 60, Kind.GROUP: 80, Kind.METHOD: 800, Kind.PLACE: 120, Kind.REASON: 800, Kind.ROLE: 120,
    Kind.SOURCE: 300, Kind.PUBLISHER: 240, Kind.KEPT_AT: 300,
}  # fmt: skip
# Names, of which many are the same in every language: those need no wording.
NAMES: Final = frozenset({Kind.PLACE, Kind.PUBLISHER, Kind.KEPT_AT})
# Where a number's words stand.
_COLUMNS: Final = (
    (Kind.METHOD, "method"), (Kind.PLACE, "place"), (Kind.REASON, "reason"), (Kind.ROLE, "verification__role"),
    (Kind.SOURCE, "source__title"), (Kind.PUBLISHER, "source__publisher"), (Kind.KEPT_AT, "source__kept_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a kind, as they were entered."""

    kind: str
    own: str


def said(charity: Charity, language: str = "", kind: str = "") -> dict[Phrase, dict[str, str]]:
    """How a charity's phrases are worded now, by language, languages in their order; or in one language alone, or of
    one kind."""
    rows = Wording.objects.filter(charity=charity)
    if language:
        rows = rows.filter(language=language)
    if kind:
        rows = rows.filter(kind=kind)
    newest: dict[tuple[str, Phrase], str] = {}
    for kind, own, code, text in rows.order_by("pk").values_list("kind", "own", "language", "text"):
        newest[code, Phrase(kind, own)] = text
    found: dict[Phrase, dict[str, str]] = {}
    for (code, phrase), text in sorted(newest.items(), key=lambda each: each[0][0]):
        if text:
            found.setdefault(phrase, {})[code] = text
    return found


def newest(charity: Charity, language: str) -> dict[Phrase, Wording]:
    """What was kept last of each phrase, and by whom; an empty text was taken back."""
    rows = Wording.objects.filter(charity=charity, language=language).order_by("pk")
    return {Phrase(each.kind, each.own): each for each in rows}


def changed(charity: Charity, indicators: Collection[int]) -> dict[int, dict[str, datetime]]:
    """By indicator and language: when something that stands with its public numbers was worded last. Two queries, and
    one where nothing is worded."""
    times: dict[Phrase, dict[str, datetime]] = defaultdict(dict)
    rows = Wording.objects.filter(charity=charity, kind__in=[kind for kind, _ in _COLUMNS])
    rows = rows.exclude(language=charity.language)
    for kind, own, language, at in rows.order_by().values_list("kind", "own", "language").annotate(Max("at")):
        times[Phrase(kind, own)][language] = at
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for indicator, phrase in _told(indicators) if times else ():
        for language, at in times.get(phrase, {}).items():
            found[indicator][language] = max(at, found[indicator].get(language, at))
    return found


def _told(indicators: Collection[int]) -> Iterator[tuple[int, Phrase]]:
    """What was entered with each indicator's public numbers."""
    columns = [column for _, column in _COLUMNS]
    rows = disclosing.ever_accepted().filter(indicator__in=indicators).order_by()
    for indicator, access, *texts in rows.values_list("indicator", "source__access", *columns).distinct():
        for (kind, _), own in zip(_COLUMNS, texts, strict=True):
            if kind != Kind.KEPT_AT or access != Source.Access.INTERNAL:
                yield indicator, Phrase(kind, own)


def of_programme(programme: Programme) -> list[Phrase]:
    """All that may be said of its numbers, now or once somebody has verified them; within a kind what was said last
    comes first, and groups stand as they are shown. Where an internal source is kept nobody reads."""
    dimensions = list(
        Dimension.objects.filter(indicator__result__programme=programme).order_by("indicator_id", "ordinal")
    )
    found = [Phrase(Kind.BREAKDOWN, each.name) for each in dimensions]
    found += [Phrase(Kind.GROUP, group) for each in dimensions for group in each.categories]
    numbers = Observation.objects.filter(indicator__result__programme=programme)
    numbers = numbers.exclude(verification__accepted=False)
    for kind, column in _COLUMNS:
        shown = numbers.exclude(source__access=Source.Access.INTERNAL) if kind == Kind.KEPT_AT else numbers
        told = shown.exclude(**{column: ""}).exclude(**{column: None}).order_by().values_list(column)
        latest = told.annotate(latest=Max("as_of")).order_by("-latest", column)
        found += [Phrase(kind, own) for own, _ in latest]
    return list(dict.fromkeys(found))


def alike(charity: Charity, texts: Mapping[Phrase, str]) -> Iterator[tuple[Phrase, Phrase]]:
    """Groups of one breakdown that readers couldn't tell from one another. `texts`: all that a language would say."""
    for each in Dimension.objects.filter(indicator__result__programme__charity=charity).order_by("pk"):
        told: dict[str, Phrase] = {}
        for phrase in (Phrase(Kind.GROUP, group) for group in each.categories):
            other = told.setdefault((texts.get(phrase) or phrase.own).casefold(), phrase)
            if other != phrase:
                yield other, phrase


def keep(charity: Charity, language: str, texts: Mapping[Phrase, str], *, actor: audit.Actor) -> int:
    """Say these phrases so from now on, everywhere; an empty text says the charity's own words again. Returns how many
    were kept."""
    at = now()
    rows = [
        Wording(
            charity=charity, kind=phrase.kind, language=language, own=phrase.own, text=text.strip(), at=at,
            by_id=actor.pk, by_name=actor.get_username(),
        )
        for phrase, text in texts.items()
    ]  # fmt: skip
    if not rows:
        return 0
    with transaction.atomic():
        kept = Wording.objects.bulk_create(rows)
        audit.record(
            actor=actor, charity=charity, action="word figures", object_type="wording", object_id=kept[-1].pk,
            detail={"language": language, "count": len(kept)},
        )  # fmt: skip
        # Public pages show them.
        bump(charity.pk)
    return len(kept)
