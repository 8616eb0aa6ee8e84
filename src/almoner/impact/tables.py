"""Figures as a table: what its columns mean, what a row says, and what would become of it. Nothing is entered here.

A row is one figure. The same row twice, in one file or in two, is one figure.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from almoner.charities.models import Charity
from almoner.impact import register
from almoner.impact.due import period_of
from almoner.impact.entering import Cited, Known, check_address, check_source, nowhere
from almoner.impact.models import Indicator, Observation, Programme, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotEntered
from almoner.kernel.clock import now
from almoner.kernel.sheets import bare_cell

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
NEEDED: Final = ("programme", "indicator", "first", "last", "as_of", "value", "source_title", "source_date")
COLUMNS: Final = (
    "programme", "indicator", "about", "dimension", "category", "first", "last", "as_of", "value", "bound", "place",
    "method", "source_title", "source_publisher", "source_date", "source_url", "source_kept_at", "source_access",
)  # fmt: skip
_LONGEST: Final = {
    "place": 80, "method": 500, "source_title": 200, "source_publisher": 160, "source_url": 500, "source_kept_at": 200,
}  # fmt: skip
_BOUNDS: Final = {"": Bound.EXACT} | {each.value: each for each in Bound}
# Of a cell, where what was typed is shown again.
_TYPED_SHOWN: Final = 40
_ACCESS: Final = ("", *Source.Access.values)


class Unreadable(ValueError):
    """It is no table of figures; the message says what to do."""


class Verdict(StrEnum):
    NEW = "new"
    KNOWN = "known"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file under its headings. `number` is as a spreadsheet counts: the headings are 1."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a row that isn't new, as it was typed, so that whoever typed it knows it again."""

    value: str
    indicator: str
    dimension: str
    category: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What would become of a row, and why. `figure` has no source yet: that is `cited`. `doubts` stop nothing
    but `place_doubt`, one of them, which a person has to confirm."""

    number: int
    verdict: Verdict
    why: str = ""
    doubts: tuple[str, ...] = ()
    place_doubt: str = ""
    typed: Typed | None = None
    figure: Figure | None = None
    cited: Cited | None = None


def read(content: bytes) -> list[Line]:
    """The rows that have a value: those of a template that nobody filled are left out. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file has more than 5 MB. Divide it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is no UTF-8. Save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise Unreadable("This is no CSV. Save the sheet as “CSV UTF-8”.")
    head = text.partition("\n")[0]
    divider = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True))
    except csv.Error as error:
        raise Unreadable(f"The file can't be read as CSV: {error}. Save the sheet as “CSV UTF-8”.") from None
    if not rows:
        raise Unreadable("The file is empty. Begin with the template.")
    return list(_lines(_headings(rows[0]), rows[1:]))


def judge(lines: Sequence[Line], charity: Charity, *, countries: frozenset[str] | None) -> Iterator[Judged]:
    """What would become of each row, in their order, from what the register has now. `countries` as `Known` has it."""
    indicators, old = _indicators(lines, charity), nowhere(charity)
    known = Known(list(indicators.values()), countries=countries)
    for line in lines:
        judged = _judged(line, indicators, known, charity, old)
        if judged.verdict == Verdict.NEW and judged.figure is not None:
            # So that the same row further down is known, and another value there is a contradiction.
            known.add(_as_if(judged.figure))
        yield judged


def template(programme: Programme, day: date) -> Iterator[list[object]]:
    """A row for each indicator and each group of its breakdowns, for the month of `day`. The value is left empty."""
    indicators = Indicator.objects.filter(result__programme=programme).prefetch_related("dimensions")
    joined = indicators.select_related("result__programme")
    for each in joined.order_by("result__ordinal", "result_id", "ordinal", "pk"):
        first, last = period_of(each, day)
        cells = [("", "")]
        cells += [(found.name, group) for found in each.dimensions.all() for group in found.categories]
        for dimension, category in cells:
            yield [
                programme.slug, each.slug, each.title, dimension, category, first.isoformat(), last.isoformat(),
                last.isoformat(), "", Bound.EXACT.value, "", "", "", "", "", "", "", Source.Access.INTERNAL.value,
            ]  # fmt: skip


def _headings(row: Sequence[str]) -> list[str]:
    headings = [each.strip().lower() for each in row]
    missing = [each for each in NEEDED if each not in headings]
    if missing:
        raise Unreadable(f"The first row lacks the headings: {', '.join(missing)}. Begin with the template.")
    unknown = [each for each in headings if each and each not in COLUMNS]
    if unknown:
        raise Unreadable(
            f"These headings mean nothing here: {', '.join(unknown[:5])}. Take those columns out."
        )
    if len(set(filter(None, headings))) != len([each for each in headings if each]):
        raise Unreadable("A heading stands twice. Take one of its columns out.")
    return headings


def _lines(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    count = 0
    for number, row in enumerate(rows, start=2):
        cells = {name: bare_cell(text) for name, text in zip(headings, row, strict=False) if name}
        if not cells.get("value"):
            continue
        count += 1
        if count > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} figures. Divide it.")
        yield Line(number, cells)


def _indicators(lines: Sequence[Line], charity: Charity) -> dict[tuple[str, str], Indicator]:
    """Those that the file names, by programme and indicator."""
    programmes = {each.cells.get("programme", "") for each in lines}
    found = (
        Indicator.objects.filter(result__programme__charity=charity)
        .select_related("result__programme__charity")
        .prefetch_related("dimensions")
    )
    # All of a charity's are few; a file may name thousands that don't exist.
    return {
        (each.result.programme.slug, each.slug): each
        for each in found
        if each.result.programme.slug in programmes
    }


def _judged(
    line: Line,
    indicators: dict[tuple[str, str], Indicator],
    known: Known,
    charity: Charity,
    old: frozenset[Cited],
) -> Judged:
    try:
        figure, cited = _figure(line.cells, indicators, charity), _cited(line.cells)
        register.check(figure)
        there = known.check(figure)
        if there is None:
            check_source(cited, old=old)
    except NotEntered as wrong:
        return Judged(number=line.number, verdict=Verdict.WRONG, why=str(wrong), typed=_typed(line.cells))
    if there is not None:
        return Judged(
            number=line.number, verdict=Verdict.KNOWN, why="The register has it.", typed=_typed(line.cells)
        )
    return Judged(
        number=line.number,
        verdict=Verdict.NEW,
        doubts=tuple(known.doubts(figure)),
        place_doubt=known.place_doubt(figure.indicator, figure.place),
        figure=figure,
        cited=cited,
    )


def _typed(cells: dict[str, str]) -> Typed:
    def shown(name: str) -> str:
        text = cells.get(name, "")
        return text if len(text) <= _TYPED_SHOWN else f"{text[:_TYPED_SHOWN]}…"

    return Typed(*(shown(name) for name in ("value", "indicator", "dimension", "category", "as_of")))


def doubted_places(judged: Iterable[Judged]) -> list[str]:
    """What has to be confirmed before any row is entered, each once."""
    return list(dict.fromkeys(each.place_doubt for each in judged if each.place_doubt))


def _figure(cells: dict[str, str], indicators: dict[tuple[str, str], Indicator], charity: Charity) -> Figure:
    key = (cells.get("programme", ""), cells.get("indicator", ""))
    indicator = indicators.get(key)
    if indicator is None:
        raise NotEntered(
            f"There is no indicator {key[1]} of a programme {key[0]}: the template has the names.",
            field="indicator",
        )
    bound = _BOUNDS.get(cells.get("bound", ""))
    if bound is None:
        raise NotEntered(f"bound is one of: {', '.join(Bound)}.", field="bound")
    return Figure(
        indicator=indicator,
        first=_day(cells, "first"),
        last=_day(cells, "last"),
        as_of=_day(cells, "as_of"),
        value=_value(cells["value"]),
        bound=bound,
        dimension=cells.get("dimension", ""),
        category=cells.get("category", ""),
        place=_text(cells, "place"),
        method=_text(cells, "method"),
        source=Source(charity=charity),
    )


def _cited(cells: dict[str, str]) -> Cited:
    title, access = _text(cells, "source_title"), cells.get("source_access", "")
    if not title:
        raise NotEntered("source_title is empty: name where the figure stands.", field="source")
    if access not in _ACCESS:
        raise NotEntered(f"source_access is one of: {', '.join(Source.Access.values)}.", field="source")
    url = _text(cells, "source_url")
    check_address(url)
    return Cited(
        title=title,
        publisher=_text(cells, "source_publisher"),
        dated=_day(cells, "source_date"),
        url=url,
        kept_at=_text(cells, "source_kept_at"),
        access=access or Source.Access.INTERNAL.value,
    )


def _text(cells: dict[str, str], name: str) -> str:
    text = cells.get(name, "")
    if len(text) > _LONGEST[name]:
        raise NotEntered(f"{name} has more than {_LONGEST[name]} characters.", field=name)
    return text


def _day(cells: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(cells.get(name, ""))
    except ValueError:
        raise NotEntered(
            f"{name} is a day as 2026-10-31, not “{cells.get(name, '')[:20]}”.", field=name
        ) from None


def _value(text: str) -> Decimal:
    """One of three decimals is a thousand to spreadsheets of other languages: 1.000."""
    if re.fullmatch(r"\d{1,3}\.\d{3}", text):
        raise NotEntered(
            f"If value is {text.replace('.', '')}, leave the point out; if not, write {text}0.", field="value"
        )
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotEntered(
            f"value is a number such as 1234 or 12.5, without signs between, not “{text[:20]}”.",
            field="value",
        ) from None


def _as_if(figure: Figure) -> Observation:
    """The row that it would be, for `Known`; never saved."""
    return Observation(
        indicator=figure.indicator, first=figure.first, last=figure.last, as_of=figure.as_of, value=figure.value,
        bound=figure.bound.value, dimension=figure.dimension, category=figure.category, entered_at=now(),
    )  # fmt: skip


def sourced(judged: Judged, source: Source) -> Figure:
    """The figure of a row that is new, with its source."""
    if judged.figure is None:
        raise ValueError("only a row that is new has a figure")
    return replace(judged.figure, source=source)
