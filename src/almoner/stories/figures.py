"""Figures that the register says: what a page shows of each, and the public page that says how it is known."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Final
from uuid import UUID

from django.db.models import BigIntegerField, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select
from almoner.impact import claims, disclosing, translated
from almoner.impact.models import Indicator, Observation, Replacement, Source
from almoner.impact.quantities import Quantity
from almoner.impact.saying import Style, say
from almoner.impact.shelf import Measured, measured
from almoner.impact.translated import Line, Reader
from almoner.impact.worded import Kind
from almoner.stories import tongues


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a page shows it. `evidence_url` leads to how it is known; `label_language` is the charity's where the
    register has no words of the page's own, and else empty."""

    value: str
    label: str
    as_of: date
    evidence_url: str
    label_language: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One number of an indicator's history, the newest first. `correction_of` says what it took the place of, where
    that was ever said."""

    value: str
    as_of: date
    first: date
    last: date
    source: Source
    source_title: Line
    publisher: Line
    kept_at: Line
    method: Line
    place: Line
    role: Line
    verified_at: datetime
    stands: bool
    reason: Line
    correction_of: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Words:
    """In which words a number is said. `used`: published stories do; else each is one that they may use."""

    said: list[str]
    used: bool


class Figures:
    """The figures of one charity, asked for once a page, and only by a page that shows one."""

    def __init__(self, charity: Charity, language: str = "", *, editor: bool = False) -> None:
        """`language` is the page's; empty is the charity's own. `editor`: who looks can mend what is wrong."""
        self.editor = editor
        self._charity = charity
        self._language = language or charity.language
        self._drawn = count(1)

    @cached_property
    def _known(self) -> dict[str, list[disclosing.Known]]:
        return disclosing.known(self._charity)

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Asked for on pages in another language than the charity's alone."""
        return translated.titles(self._charity, self._language)

    @cached_property
    def _measured(self) -> dict[str, Measured]:
        """In three queries, for every drawing of the page."""
        rows = _drawable.all(charity=self._charity.pk)
        prefetch_related_objects(rows, "indicator__targets", "indicator__dimensions")
        numbers: dict[str, list[Observation]] = defaultdict(list)
        for each in rows:
            numbers[key_of(each.indicator)].append(each)
        return {key: measured(found[0].indicator, found) for key, found in numbers.items()}

    def measured(self, key: str) -> Measured | None:
        """Every number that may be said of "programme/indicator", for a drawing; None where none may be."""
        return self._measured.get(key.strip())

    @cached_property
    def speaks(self) -> Reader:
        """What the groups of a breakdown are called; asked for on pages that draw one in another language alone."""
        return Reader(self._charity, self._language)

    def title(self, indicator: Indicator) -> str:
        """What readers of the page's language call it, where the register knows; else what the charity does."""
        own = self._language == self._charity.language
        return (not own and self._titles.get(key_of(indicator))) or indicator.title

    def drawing(self) -> str:
        """A name for the page's next drawing, which no other of the page has: "d1"."""
        return f"d{next(self._drawn)}"

    def shown(self, key: str, style: str, day: date | None = None) -> Shown | None:
        """What stands for "programme/indicator" now, or as of a day; None where nothing that was verified does."""
        found = disclosing.at(self._known.get(key.strip(), ()), day)
        if found is None:
            return None
        own = self._language == self._charity.language
        title = "" if own else self._titles.get(key.strip(), "")
        return Shown(
            value=say(found.quantity, Style(style or Style.EXACT), percent=found.percent),
            label=title or found.title,
            as_of=found.as_of,
            evidence_url=tongues.address(
                reverse("stories-evidence", args=[found.programme, found.indicator]),
                self._language,
                self._charity,
            ),
            label_language="" if own or title else self._charity.language,
        )


_drawable: Final = Select[Observation](
    lambda: (
        disclosing.public()
        .filter(
            indicator__result__programme__charity=Given("charity", BigIntegerField()),
            indicator__result__programme__public=True,
        )
        .order_by("last", "as_of", "entered_at")
    )
)


def key_of(indicator: Indicator) -> str:
    """ "rescue/rescued": what editors name an indicator by."""
    return f"{indicator.result.programme.slug}/{indicator.slug}"


def is_indicator(key: str) -> bool:
    """Whether some charity's register has it. Whose it is shows where the page stands."""
    programme, _, slug = key.strip().partition("/")
    return Indicator.objects.filter(slug=slug, result__programme__slug=programme).exists()


def evidence_url(indicator: Indicator) -> str:
    programme, _, slug = key_of(indicator).partition("/")
    return reverse("stories-evidence", args=[programme, slug])


def said(observation: Observation, style: Style) -> str:
    return say(observation.quantity, style, percent=observation.indicator.percent)


def indicator_at(charity: Charity, programme: str, slug: str) -> Indicator:
    """A public indicator of this charity. Raises Http404."""
    found = (
        Indicator.objects.select_related("result__programme")
        .filter(
            result__programme__charity=charity, result__programme__public=True,
            result__programme__slug=programme, slug=slug,
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404("No such figure.")
    return found


def history(indicator: Indicator, speaks: Reader) -> Iterator[Step]:
    """Every number of the whole that was ever accepted and may be said, and what became of it."""
    accepted = (
        disclosing.ever_accepted()
        .filter(indicator=indicator)
        .select_related("indicator", "source", "verification")
        .order_by("-as_of", "-last", "-entered_at")
    )
    rows = list(accepted)
    told = {each.pk: each for each in rows}
    before = _forerunners(indicator)
    replaced = set(before.values())
    for each in rows:
        forerunner = told.get(before[each.pk]) if each.pk in before else None
        yield Step(
            value=said(each, Style.EXACT),
            as_of=each.as_of,
            first=each.first,
            last=each.last,
            source=each.source,
            source_title=speaks.phrase(Kind.SOURCE, each.source.title),
            publisher=speaks.phrase(Kind.PUBLISHER, each.source.publisher),
            kept_at=speaks.phrase(Kind.KEPT_AT, each.source.shown_kept_at),
            method=speaks.phrase(Kind.METHOD, each.method),
            place=speaks.phrase(Kind.PLACE, each.place),
            role=speaks.phrase(Kind.ROLE, each.verification.role),
            verified_at=each.verification.at,
            stands=each.pk not in replaced,
            reason=speaks.phrase(Kind.REASON, each.reason),
            correction_of=said(forerunner, Style.EXACT) if forerunner is not None else "",
            quantity=each.quantity,
        )


def words(indicator: Indicator, step: Step) -> Words:
    """How stories say the number that stands, in the language that is active; where none does, how the rule would."""
    used = claims.styles(indicator, step.as_of)
    ways = (say(step.quantity, style, percent=indicator.percent) for style in used or Style)
    return Words(list(dict.fromkeys(ways)), bool(used))


def _forerunners(indicator: Indicator) -> dict[UUID, UUID]:
    """Of each accepted correction the number whose place it took. What was sent back between them never stood."""
    rows = Replacement.objects.filter(new__indicator=indicator, new__dimension="")
    return dict(rows.values_list("new", "old"))
