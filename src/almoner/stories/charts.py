"""Small charts as SVG, made here, without a script: each is an image with a title and what it shows in words.

Colours are classes of the page's stylesheet, so that a chart follows the page's light and dark. Beside each stands a
table of the same numbers: the chart adds nothing that isn't there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH: Final = 320
_HEIGHT: Final = 120
_EDGE: Final = 8
_ROW: Final = 26
_MOST_POINTS: Final = 60


@dataclass(frozen=True, slots=True)
class Point:
    """A number on a day, and how the page says both."""

    day: date
    value: Decimal
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: Decimal
    said: str


def line(points: Sequence[Point], *, key: str, title: str) -> SafeString:
    """A line over time from zero up; '' for fewer than two points. `key` is the page's own name of it, for its ids."""
    points = points[-_MOST_POINTS:]
    if len(points) < 2:
        return SafeString()
    days = [each.day.toordinal() for each in points]
    span = max(days[-1] - days[0], 1)
    most = max(each.value for each in points) or Decimal(1)
    places = [
        (
            round(_EDGE + (_WIDTH - 2 * _EDGE) * (day - days[0]) / span, 1),
            round(_HEIGHT - _EDGE - float(each.value / most) * (_HEIGHT - 2 * _EDGE), 1),
        )
        for day, each in zip(days, points, strict=True)
    ]
    way = " ".join(f"{x:g},{y:g}" for x, y in places)
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="3"/>', ((f"{x:g}", f"{y:g}") for x, y in places))
    ground = format_html('<path class="c-axis" d="M0 {0}H{1}"/>', _HEIGHT - _EDGE, _WIDTH)
    drawn = format_html('{}<polyline class="c-line" points="{}"/><g class="c-dots">{}</g>', ground, way, dots)
    said = "; ".join(f"{each.day.year}: {each.said}" for each in (points[0], points[-1]))
    return _image(drawn, _HEIGHT, key=key, title=title, said=said)


def bars(rows: Sequence[Bar], *, key: str, title: str) -> SafeString:
    """A bar for each group; '' where there is none."""
    if not rows:
        return SafeString()
    most = max(each.value for each in rows) or Decimal(1)
    drawn = format_html_join(
        "",
        '<rect class="c-bar" x="0" y="{}" width="{}" height="{}" rx="4"/>',
        (
            (at * _ROW + 3, f"{max(float(each.value / most) * _WIDTH, 1):.1f}", _ROW - 6)
            for at, each in enumerate(rows)
        ),
    )
    said = "; ".join(f"{each.label}: {each.said}" for each in rows)
    return _image(drawn, len(rows) * _ROW, key=key, title=title, said=said)


def progress(value: Decimal, target: Decimal, *, key: str, title: str, said: str) -> SafeString:
    """How far it is to a target; '' where there is none to reach."""
    if target <= 0:
        return SafeString()
    width = f"{min(float(value / target), 1.0) * _WIDTH:.1f}"
    drawn = format_html(
        '<rect class="c-rail" width="{0}" height="14" rx="7"/><rect class="c-bar" width="{1}" height="14" rx="7"/>',
        _WIDTH,
        width,
    )
    return _image(drawn, 14, key=key, title=title, said=said)


def _image(drawn: SafeString, height: int, *, key: str, title: str, said: str) -> SafeString:
    return format_html(
        '<svg class="s-chart" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>',
        _WIDTH,
        height,
        key,
        title,
        said,
        drawn,
    )
