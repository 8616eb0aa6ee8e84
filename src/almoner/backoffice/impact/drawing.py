"""An indicator over the years as a small chart. It stands beside a table of the same figures."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 24, 26
_LEAST_SPAN: Final = 1


class Point(NamedTuple):
    on: date
    value: float


def over_time(figures: Sequence[Point], targets: Sequence[Point], *, label: str) -> SafeString:
    """Figures as a line with a dot each, targets as rings. Both in the order of their days, two figures at least."""
    everything = [*figures, *targets]
    first, last = min(each.on for each in everything), max(each.on for each in everything)
    highest = max([each.value for each in everything] + [1])

    def at(point: Point) -> tuple[str, str]:
        span = max((last - first).days, _LEAST_SPAN)
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * (point.on - first).days / span
        return f"{x:.1f}", f"{_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * point.value / highest:.1f}"

    line = " ".join(",".join(at(each)) for each in figures)
    return format_html(
        '<svg class="bo-chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">'
        '<line x1="{}" x2="{}" y1="{}" y2="{}" class="bo-gridline"/><line x1="{}" x2="{}" y1="{}" y2="{}"'
        ' class="bo-gridline"/><polyline points="{}" class="bo-line bo-line--now"/>{}{}'
        '<text x="{}" y="{}" class="bo-scale">{}</text><text x="{}" y="{}" class="bo-axis">{}</text>'
        '<text x="{}" y="{}" class="bo-axis" text-anchor="end">{}</text></svg>',
        _WIDTH, _HEIGHT, label, _LEFT, _WIDTH - _RIGHT, _TOP, _TOP, _LEFT, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM,
        _HEIGHT - _BOTTOM, line, _marks(map(at, figures), "bo-dot"), _marks(map(at, targets), "bo-ring"), _LEFT,
        _TOP - 8, number_format(round(highest, 1) if highest % 1 else int(highest), force_grouping=True), _LEFT,
        _HEIGHT - 6, f"{first:%b %Y}", _WIDTH - _RIGHT, _HEIGHT - 6, f"{last:%b %Y}",
    )  # fmt: skip


def _marks(places: Iterable[tuple[str, str]], classname: str) -> SafeString:
    return format_html_join(
        "", '<circle cx="{}" cy="{}" r="5" class="{}"/>', ((x, y, classname) for x, y in places)
    )
