"""Small charts as SVG, made here, without a script: each is an image with a title and what it shows in words.

They are as wide as their place, and their words as large as the page's, for they have no scale of their own. Colours
are classes of the page's stylesheet, so that a chart follows the page's light and dark; where a page runs from right to
left, the stylesheet turns a chart over. Beside each stands a table of the same numbers: it adds nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from almoner.kernel.lists import semicolon

# Pixels. Above the line stands the last number, below it the days of both ends.
_TOP: Final = 26
GROUND: Final = 146
_HEIGHT: Final = 172
_ABOVE: Final = 9
_BELOW: Final = 21
_ROOM: Final = 25
# Per cent of the width: a dot at an end is whole.
_EDGE: Final = 1.5
_ROW: Final = 46
_BAR: Final = 14
_RAIL: Final = 14
MOST_POINTS: Final = 60
_LONGEST_LABEL: Final = 26


@dataclass(frozen=True, slots=True)
class Point:
    """A number on a day, and how the page says it."""

    day: date
    value: Decimal
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """`language` is the label's where it isn't the page's, and else empty."""

    label: str
    value: Decimal
    said: str
    language: str = ""


def line(points: Sequence[Point], *, key: str, title: str, target: Bar | None = None) -> SafeString:
    """A line over time from zero up; '' for fewer than two points. `key` is the page's own name of it, for its ids.

    `target` is drawn as a line across, unless the points would be small below it.
    """
    points = points[-MOST_POINTS:]
    if len(points) < 2:
        return SafeString()
    most = max(each.value for each in points) or Decimal(1)
    if target is not None and target.value > 2 * most:
        target = None
    most = max(most, target.value) if target is not None else most
    days = [each.day.toordinal() for each in points]
    span = max(days[-1] - days[0], 1)
    places = [
        (across((day - days[0]) / span), height(each.value, most))
        for day, each in zip(days, points, strict=True)
    ]
    aim = height(target.value, most) if target is not None else None
    drawn = format_html(
        '<path class="c-axis" d="M0 {0}H9999"/>{1}{2}{3}{4}',
        GROUND, _aim(target, aim), way(places), _dots(places), _ends(points, places, aim),
    )  # fmt: skip
    said = listed(f"{each.day.year}: {each.said}" for each in (points[0], points[-1]))
    return image(drawn, _HEIGHT, key=key, title=title, said=said)


def bars(rows: Sequence[Bar], *, key: str, title: str) -> SafeString:
    """A bar for each group, its name and number above it; '' where there is none."""
    if not rows:
        return SafeString()
    most = max(each.value for each in rows) or Decimal(1)
    drawn = format_html_join(
        "",
        '<text x="0" y="{0}"{5}>{2}</text><text class="c-end c-number" x="100%" y="{0}">{3}</text>'
        '<rect class="c-bar" y="{1}" width="{4}%" height="{6}" rx="4"/>',
        (
            (
                at * _ROW + 16, at * _ROW + 23, label(each.label, each.language), each.said,
                f"{max(float(each.value / most) * 100, 0.5):.1f}", language(each.language), _BAR,
            )
            for at, each in enumerate(rows)
        ),
    )  # fmt: skip
    said = listed(f"{each.label}: {each.said}" for each in rows)
    return image(drawn, len(rows) * _ROW, key=key, title=title, said=said)


def progress(value: Decimal, target: Decimal, *, key: str, title: str, said: str) -> SafeString:
    """How far it is to a target; '' where there is none to reach."""
    if target <= 0:
        return SafeString()
    drawn = format_html(
        '<rect class="c-rail" width="100%" height="{0}" rx="7"/><rect class="c-bar" width="{1}%" height="{0}" rx="7"/>',
        _RAIL,
        f"{min(float(value / target), 1.0) * 100:.1f}",
    )
    return image(drawn, _RAIL, key=key, title=title, said=said)


def across(share: float) -> float:
    """Per cent of the width, of a share of the time that is drawn."""
    return round(_EDGE + (100 - 2 * _EDGE) * share, 1)


def height(value: Decimal, most: Decimal) -> float:
    return round(GROUND - float(value / most) * (GROUND - _TOP), 1)


def _aim(target: Bar | None, y: float | None) -> SafeString:
    if target is None or y is None:
        return SafeString()
    return format_html(
        '<path class="c-aim" d="M0 {0}H9999"/><text class="c-mid" x="50%" y="{1}">{2} \u2068{3}\u2069</text>',
        f"{y:g}", f"{y - _ABOVE:g}", target.label, target.said,
    )  # fmt: skip


def way(places: Sequence[tuple[float, float]], dash: str = "") -> SafeString:
    """Only this part is stretched to the width that there is; its stroke isn't. `dash`: a class, after a space."""
    return format_html(
        '<svg width="100%" height="{0}" viewBox="0 0 100 {0}" preserveAspectRatio="none">'
        '<polyline class="c-line{1}" points="{2}"/></svg>',
        _HEIGHT, dash, " ".join(f"{x:g},{y:g}" for x, y in places),
    )  # fmt: skip


def _dots(places: Sequence[tuple[float, float]]) -> SafeString:
    return format_html(
        '<g class="c-dots">{}</g>',
        format_html_join("", '<circle cx="{}%" cy="{}" r="3"/>', ((f"{x:g}", f"{y:g}") for x, y in places)),
    )


def _ends(points: Sequence[Point], places: Sequence[tuple[float, float]], across: float | None) -> SafeString:
    """What the first and the last number are, beside their dots, and of when, below."""
    both = ((points[0], places[0], "c-start", "0"), (points[-1], places[-1], "c-end", "100%"))
    return format_html_join(
        "",
        '<text class="{0} c-number" x="{1}" y="{2}">{3}</text><text class="{0}" x="{1}" y="{4}">{5}</text>',
        (
            (
                side, x, f"{_beside(place[1], across):g}", point.said, _HEIGHT - 6,
                date_format(point.day, "YEAR_MONTH_FORMAT"),
            )
            for point, place, side, x in both
        ),
    )  # fmt: skip


def _beside(y: float, across: float | None) -> float:
    """Where a dot's number stands: above it, unless the target's line would run through it there."""
    struck = across is not None and y - _ROOM < across <= y
    return y + _BELOW if struck else y - _ABOVE


def label(text: str, code: str) -> str:
    """Words of another language than the page's keep their own direction: "12 to 17" among Arabic."""
    short = _shortened(text)
    return f"\u2068{short}\u2069" if code else short


def language(code: str) -> SafeString:
    return format_html(' lang="{}"', code) if code else SafeString()


def listed(parts: Iterable[str]) -> str:
    return semicolon(get_language() or "").join(parts)


def _shortened(label: str) -> str:
    """Beside its number on a telephone. In full it stands in the table."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


def image(drawn: SafeString, pixels: int, *, key: str, title: str, said: str) -> SafeString:
    return format_html(
        '<svg class="s-chart" width="100%" height="{0}" role="img" aria-labelledby="{1}-t {1}-d">'
        '<title id="{1}-t">{2}</title><desc id="{1}-d">{3}</desc>{4}</svg>',
        pixels,
        key,
        title,
        said,
        drawn,
    )
