"""Charts as SVG, made on the server. Each stands beside a table of the same figures, so it is drawn for the eye alone:
its text is one label, and its colours come from Wagtail's theme by class."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 640, 220
# Bars are drawn narrower, so that their words stay readable in a column.
_BARS_WIDTH = 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 12, 26


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    shown: str


@dataclass(frozen=True, slots=True)
class Stack:
    """`values` in the order of `PARTS`: each part's share of one bar."""

    label: str
    values: Sequence[int]
    shown: str


# The classes of a stack's parts, each told apart by its shade and its place; the legend has their names.
PARTS = ("first", "later", "open", "lost")


def lines(now: Sequence[int], before: Sequence[int], *, label: str, top: str) -> SafeString:
    """Two rising lines over the days of a month: what has come in by each day. `top` names the scale's upper end."""
    days = max(len(now), len(before), 2)
    highest = max([*now, *before, 1])
    parts = [
        _grid(),
        _line(before, days, highest, "bo-line--before"),
        _line(now, days, highest, "bo-line--now"),
        _dot(now, days, highest),
        _days(days),
        format_html('<text x="{}" y="{}" class="bo-scale">{}</text>', _LEFT, _TOP + 12, top),
    ]
    return _svg(label, parts, _HEIGHT)


def bars(rows: Sequence[Bar], *, label: str) -> SafeString:
    """One bar a row, with its name above it and its figure at the end of the line: readable at 320 px."""
    highest = max([row.value for row in rows] + [1])
    height = 44
    parts = [
        format_html(
            '<text x="0" y="{}" class="bo-bar-label">{}</text><text x="{}" y="{}" class="bo-bar-value">{}</text>'
            '<rect x="0" y="{}" width="{}" height="10" rx="3" class="bo-bar-ground"/>'
            '<rect x="0" y="{}" width="{}" height="10" rx="3" class="bo-bar"/>',
            at * height + 16, _short(row.label), _BARS_WIDTH, at * height + 16, row.shown,
            at * height + 24, _BARS_WIDTH, at * height + 24, _scaled(row.value, highest),
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip
    return _svg(
        label, parts, max(1, len(rows)) * height, width=_BARS_WIDTH, classname="bo-chart bo-chart--bars"
    )


def stacks(rows: Sequence[Stack], *, label: str) -> SafeString:
    """One bar a row, of parts that lie end to end, all rows on one scale."""
    highest = max([sum(row.values) for row in rows] + [1])
    height = 44
    parts = [
        format_html(
            '<text x="0" y="{}" class="bo-bar-label">{}</text><text x="{}" y="{}" class="bo-bar-value">{}</text>'
            '<rect x="0" y="{}" width="{}" height="10" rx="3" class="bo-bar-ground"/>{}',
            at * height + 16, _short(row.label), _BARS_WIDTH, at * height + 16, row.shown, at * height + 24,
            _BARS_WIDTH, _parts(row.values, highest, at * height + 24),
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip
    return _svg(
        label, parts, max(1, len(rows)) * height, width=_BARS_WIDTH, classname="bo-chart bo-chart--bars"
    )


def _parts(values: Sequence[int], highest: int, y: int) -> SafeString:
    begins = [sum(values[:at]) for at in range(len(values))]
    return format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="10" class="bo-part bo-part--{}"/>',
        (
            (_scaled(begin, highest), y, _scaled(value, highest), name)
            for begin, value, name in zip(begins, values, PARTS, strict=True)
        ),
    )


def _svg(
    label: str, parts: Sequence[SafeString], height: int, *, width: int = _WIDTH, classname: str = "bo-chart"
) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>',
        classname, width, height, label, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _scaled(value: int, highest: int) -> str:
    return f"{max(0, value) * _BARS_WIDTH / highest:.1f}"


def _x(day: int, days: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * day / (days - 1)


def _y(value: int, highest: int) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * max(0, value) / highest


def _line(values: Sequence[int], days: int, highest: int, classname: str) -> SafeString:
    if not values:
        return SafeString("")
    points = " ".join(f"{_x(day, days):.1f},{_y(value, highest):.1f}" for day, value in enumerate(values))
    return format_html('<polyline points="{}" class="bo-line {}"/>', points, classname)


def _dot(values: Sequence[int], days: int, highest: int) -> SafeString:
    """Where this month stands today."""
    if not values:
        return SafeString("")
    x, y = _x(len(values) - 1, days), _y(values[-1], highest)
    return format_html('<circle cx="{}" cy="{}" r="5" class="bo-dot"/>', f"{x:.1f}", f"{y:.1f}")


def _grid() -> SafeString:
    ys = [_TOP + (_HEIGHT - _TOP - _BOTTOM) * step / 4 for step in range(5)]
    return format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}" class="bo-gridline"/>',
        ((_LEFT, _WIDTH - _RIGHT, f"{y:.1f}", f"{y:.1f}") for y in ys),
    )


def _days(days: int) -> SafeString:
    """The 1st, every seventh day after it, and the last."""
    shown = [day for day in range(0, days, 7) if days - 1 - day >= 3] + [days - 1]
    return format_html_join(
        "",
        '<text x="{}" y="{}" class="bo-axis" text-anchor="{}">{}</text>',
        (
            (
                f"{_x(day, days):.1f}",
                _HEIGHT - 6,
                "start" if day == 0 else "end" if day == days - 1 else "middle",
                day + 1,
            )
            for day in shown
        ),
    )


def _short(text: str) -> str:
    return text if len(text) <= 36 else text[:35] + "…"
