"""Small counts stay hidden, and somebody who takes everything public can't work them out. No database."""

import random
from datetime import date

import pytest

from almoner.impact.disclosure import SMALL, Table, Whole, Why, judge, whole_hidden
from almoner.impact.tests.attacker import made, recovered

_YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def said(cells: dict[str, int], *before: Table, adds_up: bool = True, last: date = _YEAR[1]) -> set[str]:
    table = Table(first=_YEAR[0], last=last, cells=cells)
    whole = sum(cells.values()) if adds_up else 40
    return set(judge(table, before, whole=whole, cumulative=True, adds_up=adds_up).said)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"a": 10, "b": 12}, {"a", "b"}),
        # One would be what the others leave; the smallest other goes with it.
        ({"a": 9, "b": 12, "c": 30}, {"c"}),
        # Two that make fewer than ten together would bound each other.
        ({"a": 3, "b": 4, "c": 30, "d": 40}, {"d"}),
        ({"a": 3, "b": 30}, set()),
        # Nobody is there: said, it would bound the next count.
        ({"a": 0, "b": 12, "c": 30}, {"c"}),
        ({"a": 0, "b": 0}, set()),
    ],
)
def test_a_table(cells: dict[str, int], shown: set[str]) -> None:
    assert said(cells) == shown


def test_a_table_beside_the_one_before() -> None:
    before = Table(first=_YEAR[0], last=_YEAR[1], cells={"a": 24, "b": 30, "c": 40}, said=frozenset("abc"))
    later = date(2025, 12, 31)
    assert said({"a": 26, "b": 45, "c": 60}, before, last=later) == {"c"}
    assert said({"a": 24, "b": 45, "c": 60}, before, last=later) == {"a", "b", "c"}
    # One that lies between two that are known, or that counts part of the same time anew, is said nothing of.
    assert said({"a": 20, "b": 20, "c": 20}, before, last=date(2024, 6, 30)) == set()
    # A correction that would hide one group while the others are known: its whole can't stand either.
    wrong = Table(first=_YEAR[0], last=_YEAR[1], cells={"a": 4, "b": 30, "c": 40})
    judged = judge(wrong, [before], whole=74, cumulative=True, adds_up=True)
    assert (judged.said, judged.gives_away) == (frozenset(), True)


def test_groups_that_overlap_leave_no_small_rest() -> None:
    assert said({"a": 35, "b": 25}, adds_up=False) == {"b"}


def test_wholes() -> None:
    months = [Whole(date(2024, 1, 1), date(2024, 1, 31), 30), Whole(date(2024, 2, 1), date(2024, 2, 29), 20)]
    quarter = (date(2024, 1, 1), date(2024, 3, 31))
    assert whole_hidden(Whole(*quarter, 53), months, cumulative=False) == Why.REST
    assert whole_hidden(Whole(*quarter, 60), months, cumulative=False) is None
    assert whole_hidden(Whole(*quarter, 50), months, cumulative=False) is None
    cebu = [Whole(*quarter, 60, place="Cebu")]
    assert whole_hidden(Whole(*quarter, 65, place="Bohol"), cebu, cumulative=True) == Why.PLACE
    assert whole_hidden(Whole(*quarter, 65), cebu, cumulative=True) == Why.PLACE
    assert whole_hidden(Whole(*_YEAR, 65), cebu, cumulative=True) is None
    crossing = Whole(date(2024, 1, 15), date(2024, 2, 15), 60)
    assert whole_hidden(crossing, months, cumulative=False) == Why.REST
    assert whole_hidden(Whole(*_YEAR, 9), [], cumulative=True) == Why.SMALL
    assert whole_hidden(Whole(*_YEAR, 0), [], cumulative=True) is None
    # A running total says how it grew.
    assert (
        whole_hidden(Whole(*quarter, 53), [Whole(quarter[0], date(2024, 2, 29), 50)], cumulative=True) is None
    )


def test_nobody_recovers_a_hidden_count() -> None:
    """`script/bench disclosure` does so with tens of thousands."""
    for seed in range(150):
        assert list(recovered(made(random.Random(seed)))) == [], seed


def _no_secondary(table: Table, before: list[Table]) -> frozenset[str]:
    return frozenset(name for name, count in table.cells.items() if count >= SMALL)


def _no_history(table: Table, before: list[Table]) -> frozenset[str]:
    whole = sum(table.cells.values())
    return judge(table, [], whole=whole, cumulative=True, adds_up=True).said


def test_the_attacker_wins_where_a_rule_is_left_out() -> None:
    """So that none recovered means that there was somebody to recover it."""
    dice = [random.Random(seed) for seed in range(150)]
    assert any(list(recovered(made(each, _no_secondary))) for each in dice)
    assert any(list(recovered(made(each, _no_history))) for each in dice)
    assert any(list(recovered(made(each, say_small_wholes=True))) for each in dice)
