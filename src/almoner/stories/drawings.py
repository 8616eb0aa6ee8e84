"""An indicator's numbers drawn: its course over time, its newest breakdown, how far it is to its next target."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from almoner.impact.models import Indicator, Observation, Target
from almoner.impact.quantities import Bound, Quantity
from almoner.impact.saying import Style, say
from almoner.impact.shelf import Measured
from almoner.impact.translated import Line, Reader
from almoner.impact.worded import Kind
from almoner.stories import charts, courses, figures
from almoner.stories.charts import Bar, Point
from almoner.stories.courses import Course


@dataclass(frozen=True, slots=True)
class Row:
    """A number in a table: of everybody, or of a group. `place` is empty where all numbers are of the same."""

    last: date
    group: Line
    value: str
    place: Line


@dataclass(frozen=True, slots=True)
class Aim:
    """The next target. `chart` is empty where less is better, or nothing may be said."""

    value: str
    by: date
    chart: SafeString


def line(measured: Measured, *, key: str, title: str, speaks: Reader) -> SafeString:
    """The numbers of everybody over time, those of each place by themselves; '' for fewer than two. `key` is the page's
    own name of the drawing, `title` what readers call the indicator."""
    places = _by_place(measured.wholes)
    if len(places) > 1:
        return courses.lines(
            [_course(speaks.phrase(Kind.PLACE, place) if place else Line(_("No place named")), found)
             for place, found in places.items()],
            key=key, title=title,
        )  # fmt: skip
    indicator = measured.indicator
    points = [_point(each) for each in measured.wholes]
    target = _next_target(indicator, measured.newest) if indicator.more_is_better else None
    across = Bar(_("To reach:"), target.value, said(indicator, target.value)) if target is not None else None
    return charts.line(points, key=key, title=title, target=across)


def _by_place(numbers: Sequence[Observation]) -> dict[str, list[Observation]]:
    """One that names no place is of the only one that is named, unless both stand for the very same time: then it is of
    everywhere (as `disclosure` takes it)."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for each in numbers:
        found[each.place].append(each)
    times = [{(each.first, each.last) for each in rows} for rows in found.values()]
    if "" in found and len(found) == 2 and not set.intersection(*times):
        return {"": list(numbers)}
    return found


def by_group(measured: Measured, *, key: str, title: str, speaks: Reader) -> SafeString:
    """The groups of the newest breakdown over time, as far as they may be said; '' where none has two numbers."""
    if not measured.groups:
        return SafeString()
    newest = measured.groups[-1]
    found: dict[str, list[Observation]] = defaultdict(list)
    for each in measured.groups:
        if (each.dimension, each.place) == (newest.dimension, newest.place):
            found[each.category].append(each)
    days = sorted({each.last for rows in found.values() for each in rows})
    drawn = [_course(speaks.phrase(Kind.GROUP, name), rows) for name, rows in found.items()]
    return courses.lines(drawn, key=key, title=title, days=days)


def _course(name: Line, numbers: Sequence[Observation]) -> Course:
    return Course(name.text, [_point(each) for each in numbers[-charts.MOST_POINTS :]], name.language)


def _point(number: Observation) -> Point:
    return Point(number.last, number.value, figures.said(number, Style.EXACT))


def groups(measured: Measured) -> Sequence[Observation]:
    """The groups of the newest breakdown, as far as they may be said."""
    if not measured.groups:
        return ()
    last = measured.groups[-1]
    return [each for each in measured.groups if (each.last, each.dimension) == (last.last, last.dimension)]


def bars(measured: Measured, *, key: str, title: str, speaks: Reader) -> SafeString:
    """A bar for each group of the newest breakdown; '' where there is none."""
    drawn = [_bar(each, speaks) for each in groups(measured)]
    return charts.bars(drawn, key=key, title=title)


def _bar(number: Observation, speaks: Reader) -> Bar:
    group = speaks.phrase(Kind.GROUP, number.category)
    return Bar(group.text, number.value, figures.said(number, Style.EXACT), group.language)


def rows(numbers: Iterable[Observation], speaks: Reader) -> list[Row]:
    found = list(numbers)
    apart = len({each.place for each in found}) > 1
    return [_row(each, speaks, apart=apart) for each in found]


def _row(number: Observation, speaks: Reader, *, apart: bool) -> Row:
    # A number of everybody has no group, and asks for none.
    group = speaks.phrase(Kind.GROUP, number.category) if number.category else Line("")
    place = speaks.phrase(Kind.PLACE, number.place) if apart and number.place else Line("")
    return Row(number.last, group, figures.said(number, Style.EXACT), place)


def aim(indicator: Indicator, newest: Observation | None, *, key: str, title: str) -> Aim | None:
    """The next target, with how far it is; None where none is set."""
    target = _next_target(indicator, newest)
    if target is None:
        return None
    number = said(indicator, target.value)
    chart = SafeString()
    if newest is not None and indicator.more_is_better:
        chart = charts.progress(
            newest.value, target.value, key=key, title=title,
            said=f"{figures.said(newest, Style.EXACT)} / {number}",
        )  # fmt: skip
    return Aim(number, target.last, chart)


def _next_target(indicator: Indicator, newest: Observation | None) -> Target | None:
    """The first that isn't over yet, else the last."""
    targets: list[Target] = sorted(indicator.targets.all(), key=lambda each: each.last)
    reached = newest.last if newest is not None else date.min
    return next((each for each in targets if each.last >= reached), targets[-1] if targets else None)


def said(indicator: Indicator, value: Decimal) -> str:
    return say(Quantity(value.normalize(), Bound.EXACT), Style.EXACT, percent=indicator.percent)
