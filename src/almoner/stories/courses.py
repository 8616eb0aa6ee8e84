"""Several courses over time in one drawing: of a number's places, or of the groups of its breakdown.

Each has a dash and a mark of its own, which the key below it shows beside its name, so that nobody needs colour to tell
them apart. Only what it is given is drawn, and a course is broken where its number is left out beside others of that
day: a line across would look as if something were known there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.kernel.lists import comma
from almoner.stories import charts
from almoner.stories.charts import Point

# Of more the smaller ones stand in the table alone.
MOST: Final = 4
_ROW: Final = 26
# Pixels from the ground to the first row of the key, with the days between them.
_KEY: Final = 44
_SAMPLE: Final = 44
_MARKS: Final = (
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "M-4-4h8v8h-8z",
    "M0-5.5L5.2 4h-10.4z",
    "M0-5.5L5.5 0L0 5.5L-5.5 0z",
)


@dataclass(frozen=True, slots=True)
class Course:
    """Numbers of one place or group, the oldest first. `language` is its name's where it isn't the page's."""

    label: str
    points: Sequence[Point]
    language: str = ""

    @property
    def last(self) -> Point:
        return self.points[-1]


def lines(courses: Sequence[Course], *, key: str, title: str, days: Sequence[date] = ()) -> SafeString:
    """The largest courses by their last number, from zero up; '' where none has two points. `key` is the page's own
    name of the drawing. `days`: those on which each of them would have a number, if nothing were left out."""
    drawn = sorted(courses, key=lambda each: (-each.last.value, each.label))[:MOST]
    if all(len(each.points) < 2 for each in drawn):
        return SafeString()
    scale = _Scale(drawn)
    height = charts.GROUND + _KEY + len(drawn) * _ROW
    parts = (_course(each, at, scale, days) for at, each in enumerate(drawn))
    inside = format_html(
        '<path class="c-axis" d="M0 {0}H9999"/>{1}{2}{3}', charts.GROUND, SafeString("".join(parts)), scale.ends(),
        SafeString("".join(_key(each, at) for at, each in enumerate(drawn))),
    )  # fmt: skip
    image = charts.image(inside, height, key=key, title=title, said=charts.listed(map(_said, drawn)))
    if len(drawn) == len(courses):
        return image
    rest = _("The largest are drawn. Every number stands in the table.")
    return format_html('{}<p class="s-known">{}</p>', image, rest)


class _Scale:
    """Where a number of a day stands: per cent across, pixels down."""

    def __init__(self, courses: Sequence[Course]) -> None:
        points = [each for course in courses for each in course.points]
        self.most = max(each.value for each in points) or Decimal(1)
        self.first, self.last = min(each.day for each in points), max(each.day for each in points)
        self._span = max((self.last - self.first).days, 1)

    def place(self, point: Point) -> tuple[float, float]:
        return charts.across((point.day - self.first).days / self._span), charts.height(
            point.value, self.most
        )

    def ends(self) -> SafeString:
        both = (("c-start", "0", self.first), ("c-end", "100%", self.last))
        return format_html_join(
            "",
            '<text class="{}" x="{}" y="{}">{}</text>',
            ((side, x, charts.GROUND + 20, date_format(day, "YEAR_MONTH_FORMAT")) for side, x, day in both),
        )


def _course(course: Course, at: int, scale: _Scale, days: Sequence[date]) -> SafeString:
    ways = [charts.way([scale.place(each) for each in part], f" c-d{at}") for part in _parts(course, days)]
    marks = format_html_join(
        "",
        '<svg x="{}%" y="{}" class="c-mark"><path d="{}"/></svg>',
        ((f"{x:g}", f"{y:g}", _MARKS[at]) for x, y in map(scale.place, course.points)),
    )
    return format_html('<g class="c-dots">{}{}</g>', SafeString("".join(ways)), marks)


def _parts(course: Course, days: Sequence[date]) -> list[list[Point]]:
    """Its points up to each day on which it has none though others have."""
    parts = [[course.points[0]]]
    for before, each in pairwise(course.points):
        if any(before.day < day < each.day for day in days):
            parts.append([])
        parts[-1].append(each)
    return [each for each in parts if len(each) > 1]


def _key(course: Course, at: int) -> SafeString:
    """A row: how it is drawn, its name, and its last number."""
    y = charts.GROUND + _KEY + at * _ROW
    return format_html(
        '<g class="c-dots"><path class="c-line c-d{0}" d="M0 {1}H{2}"/><svg x="{3}" y="{1}" class="c-mark">'
        '<path d="{4}"/></svg></g><text x="{5}" y="{6}"{7}>{8}</text>'
        '<text class="c-end c-number" x="100%" y="{6}">{9}</text>',
        at, y, _SAMPLE - 8, (_SAMPLE - 8) // 2, _MARKS[at], _SAMPLE, y + 5, charts.language(course.language),
        charts.label(course.label, course.language), course.last.said,
    )  # fmt: skip


def _said(course: Course) -> str:
    """ "Kenya, 2021: 40; Kenya, 2023: 52"; of one number that."""
    between = comma(get_language() or "")
    ends = dict.fromkeys((course.points[0], course.points[-1]))
    return charts.listed(f"{course.label}{between}{each.day.year}: {each.said}" for each in ends)
