"""An indicator's numbers drawn: its course over time, its newest breakdown, how far it is to its next target."""

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
from almoner.stories import charts, figures
from almoner.stories.charts import Bar, Point


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


def line(measured: Measured, *, key: str, title: str) -> SafeString:
    """The numbers of everybody over time; '' for fewer than two. `key` is the page's own name of the drawing, `title`
    what readers call the indicator."""
    indicator = measured.indicator
    points = [Point(each.last, each.value, figures.said(each, Style.EXACT)) for each in measured.wholes]
    target = _next_target(indicator, measured.newest) if indicator.more_is_better else None
    across = Bar(_("To reach:"), target.value, said(indicator, target.value)) if target is not None else None
    return charts.line(points, key=key, title=title, target=across)


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
