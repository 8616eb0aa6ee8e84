"""Which numbers of a breakdown may be said in public when those who are counted are at risk. Pure: no database.

A group's count of 1 to 9 could lead to a person and is hidden; so is its zero, for beside it a small step of the whole
would bound the next count. What is left over then gives it away, so further groups are hidden until at least two are,
which make at least ten together. The same holds of what lies between a table and those before it in a running series:
"26 girls" after "24 girls" says that there were two. A reader is never told why a number is hidden.

What the whole says is not bent to a breakdown: it stands or, under ten, it doesn't. Where a corrected table would give
a hidden group away by what was published before, nothing of it stands, nor does its whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

SMALL: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A breakdown at one time and place, all of its groups, and what of it is said. Days are both included."""

    first: date
    last: date
    cells: Mapping[str, int]
    place: str = ""
    said: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Whole:
    """A number of everybody, in one time and place."""

    first: date
    last: date
    value: int
    place: str = ""


class Why(StrEnum):
    """For staff: why a number is hidden. The first that holds, in this order."""

    SHARE = "share"
    SUM = "sum"
    OVERLAP = "overlap"
    SMALL = "small"
    STEP = "step"
    KEPT = "kept"
    BESIDE = "beside"
    TORN = "torn"
    PLACE = "place"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Judged:
    """The groups that may be said, and why each other one is hidden. `gives_away`: with its whole, what was said before
    would tell a hidden group."""

    said: frozenset[str]
    why: Mapping[str, Why]
    gives_away: bool = False


def small(count: int) -> bool:
    """Whether a count could lead to a person."""
    return 0 < count < SMALL


def judge(
    table: Table, before: Sequence[Table], *, whole: int | None, cumulative: bool, adds_up: bool
) -> Judged:
    """What may be said of a table beside all that was judged `before` of the same breakdown, in whatever order.

    `whole` is the exact number of everybody at that time, None where the register has none.
    """
    if adds_up and whole is not None and whole != sum(table.cells.values()):
        return _nothing(table, Why.SUM)
    related = [each for each in before if each.first <= table.last and table.first <= each.last]
    last = max(related, key=lambda each: each.last, default=None)
    if last is not None and not _follows(table, last, related, cumulative):
        return _nothing(table, Why.OVERLAP)
    why = _small_ones(table, related, None if adds_up else whole)
    if last is not None:
        why = dict.fromkeys(_still_hidden(table, last), Why.KEPT) | why
    if adds_up:
        why = dict.fromkeys(_with_secondary(table, last, set(why)), Why.BESIDE) | why
    if last is not None and _same_time(table, last):
        known = {name for name in last.said if table.cells.get(name) == last.cells[name]}
        if set(why) & known:
            return _nothing(table, Why.TORN, gives_away=True)
    return Judged(frozenset(table.cells) - set(why), why)


def _nothing(table: Table, why: Why, *, gives_away: bool = False) -> Judged:
    return Judged(frozenset(), dict.fromkeys(table.cells, why), gives_away)


def whole_hidden(whole: Whole, said: Sequence[Whole], *, cumulative: bool) -> Why | None:
    """Why the number of everybody may not be said beside those that are said and stand; None where it may.

    A running total may grow by few: it is a number of everybody. Months and the year that holds them may not leave
    a small rest, and numbers of several places would be one taken from another.
    """
    return Why.SMALL if small(whole.value) else _beside_others(whole, said, cumulative=cumulative)


def _beside_others(whole: Whole, said: Sequence[Whole], *, cumulative: bool) -> Why | None:
    near = [each for each in said if each.first <= whole.last and whole.first <= each.last]
    if any(_of_another_place(each, whole) for each in near):
        return Why.PLACE
    return None if cumulative or _rests_are_large([*near, whole]) else Why.REST


def tells_others(table: Table, name: str) -> bool:
    """Whether a small group, let out though it is hidden, would tell another small one. `table.said`: what is said."""
    left = set(table.cells) - table.said - {name}
    return any(table.cells[each] < SMALL for each in left) and not _is_safe(table, None, left)


def whole_tells_others(whole: Whole, said: Sequence[Whole], *, cumulative: bool) -> bool:
    """Whether a small number of everybody, let out though it is hidden, would tell a small rest of one that is said."""
    return _beside_others(whole, said, cumulative=cumulative) is not None


def told(table: Table) -> frozenset[str]:
    """The groups that are said, with those that follow from them where one was let out."""
    left = set(table.cells) - table.said
    return table.said if not left or _is_safe(table, None, left) else frozenset(table.cells)


def _follows(table: Table, last: Table, related: Sequence[Table], cumulative: bool) -> bool:
    """Whether it comes next in its series, or corrects the last of it. All else could be taken from one another."""
    if any(each.place != table.place for each in related):
        return False
    if _same_time(table, last):
        return set(table.cells) == set(last.cells)
    return (
        cumulative
        and table.first == last.first
        and table.last > last.last
        and set(table.cells) == set(last.cells)
    )


def _same_time(table: Table, other: Table) -> bool:
    return (table.first, table.last) == (other.first, other.last)


def _small_ones(table: Table, related: Sequence[Table], whole: int | None) -> dict[str, Why]:
    """Small themselves, by what they grew, or, where groups overlap, by what they leave of the whole."""
    found: dict[str, Why] = {}
    for name, count in table.cells.items():
        if count < SMALL:
            found[name] = Why.SMALL
        elif whole is not None and small(whole - count):
            found[name] = Why.REST
        elif any(name in each.said and small(abs(count - each.cells[name])) for each in related):
            found[name] = Why.STEP
    return found


def _still_hidden(table: Table, last: Table) -> set[str]:
    """Of those that were hidden, all that would bound how many they were then: they are free up to what was left."""
    block = set(last.cells) - last.said
    left = sum(last.cells[name] for name in block)
    if _same_time(table, last):
        return block
    freed = {name for name in block if table.cells[name] >= max(SMALL, left)}
    rest = block - freed
    if rest and sum(table.cells[name] for name in rest) < left:
        return block
    return rest


def _with_secondary(table: Table, last: Table | None, hidden: set[str]) -> set[str]:
    """The hidden ones with as many others, the smallest first, as it takes to tell none of them."""
    others = sorted(set(table.cells) - hidden, key=lambda name: (table.cells[name], name))
    hidden = set(hidden)
    while hidden and others and not _is_safe(table, last, hidden):
        hidden.add(others.pop(0))
    return hidden if not hidden or _is_safe(table, last, hidden) else set(table.cells)


def _is_safe(table: Table, last: Table | None, hidden: set[str]) -> bool:
    left = sum(table.cells[name] for name in hidden)
    if len(hidden) < 2 or left < SMALL:
        return False
    return last is None or not small(abs(left - sum(last.cells[name] for name in hidden)))


def _of_another_place(one: Whole, other: Whole) -> bool:
    """Whether two numbers are of different places. One that names none is the same place's, unless it is of the very
    same time: then it is of everywhere, and the other a part of it."""
    same_time = (one.first, one.last) == (other.first, other.last)
    return one.place != other.place and (same_time or bool(one.place and other.place))


def _rests_are_large(wholes: Sequence[Whole]) -> bool:
    """Whether times lie apart or within each other, and none leaves a small rest of one that holds it."""
    for outer in wholes:
        inside = [each for each in wholes if each is not outer and _holds(outer, each)]
        crossing = [each for each in wholes if each is not outer and _crosses(outer, each)]
        direct = [
            each for each in inside if not any(_holds(other, each) for other in inside if other is not each)
        ]
        rest = outer.value - sum(each.value for each in direct)
        if crossing or (direct and (small(rest) or rest < 0)):
            return False
    return True


def _holds(outer: Whole, inner: Whole) -> bool:
    same = (outer.first, outer.last) == (inner.first, inner.last)
    return not same and outer.first <= inner.first and inner.last <= outer.last


def _crosses(one: Whole, other: Whole) -> bool:
    apart = one.last < other.first or other.last < one.first
    return not (apart or _holds(one, other) or _holds(other, one))
