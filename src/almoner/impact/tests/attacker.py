"""Somebody who takes every number that was ever published of a breakdown and solves for those that weren't.

Tables of a series are made at random, published by the rules, and attacked by elimination in exact fractions (what
any sum or difference of published numbers says) and by propagating whole-number bounds until nothing tightens.
"""

import random
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from almoner.impact.disclosure import Table, judge, small

Judge = Callable[..., frozenset[str]]
# What of whom: an amount that was added in one step of the series.
Atom = tuple[str, int]
_FIRST = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Fact:
    """So many in these atoms together."""

    atoms: frozenset[Atom]
    count: int


@dataclass(frozen=True, slots=True)
class Series:
    """A breakdown's tables, each with what was said of it, and of each whether its whole is said."""

    tables: tuple[Table, ...]
    whole_said: tuple[bool, ...]


def by_the_rules(table: Table, before: list[Table]) -> frozenset[str]:
    whole = sum(table.cells.values())
    return judge(table, before, whole=whole, cumulative=True, adds_up=True).said


def made(dice: random.Random, judged: Judge = by_the_rules, *, say_small_wholes: bool = False) -> Series:
    """A running series of 1 to 4 tables with 2 to 5 groups, with many small numbers and small steps."""
    groups = "abcde"[: dice.randint(2, 5)]
    counts = dict.fromkeys(groups, 0)
    tables: list[Table] = []
    wholes: list[bool] = []
    for step in range(dice.randint(1, 4)):
        for name in groups:
            counts[name] += dice.choice(
                (0, 0, 1, dice.randint(1, 9), dice.randint(5, 15), dice.randint(10, 60))
            )
        table = Table(first=_FIRST, last=date(2020 + step, 12, 31), cells=dict(counts))
        tables.append(replace(table, said=judged(table, tables)))
        wholes.append(say_small_wholes or not small(sum(counts.values())))
    return Series(tuple(tables), tuple(wholes))


def recovered(series: Series) -> Iterator[str]:
    """What somebody works out of all that was said of a series."""
    return worked_out(series.tables, list(_facts(series)), list(_facts(replace_said(series))))


def worked_out(
    tables: Sequence[Table],
    facts: list[Fact],
    alone: list[Fact],
    *,
    let_out: Container[tuple[str, int]] = (),
) -> Iterator[str]:
    """Every small count of `tables` that the facts tell exactly or bound below ten, and every small step of a group
    that they tell though those of the whole (`alone`) don't. Without what two people let out: (group, table)."""
    groups = tuple(tables[0].cells)
    told = Bounds(facts, groups, len(tables))
    of_whole = Bounds(alone, groups, len(tables))
    for at, table in enumerate(tables):
        for name, count in table.cells.items():
            if (name, at) in let_out:
                continue
            upto = frozenset((name, step) for step in range(at + 1))
            if small(count) and told.exact(upto):
                yield f"{count} of {name} in table {at}"
            elif small(count) and (most := told.at_most(upto)) is not None and small(most):
                yield f"{name} in table {at}: no more than {most}"
            for since in range(at):
                atoms = frozenset((name, step) for step in range(since + 1, at + 1))
                grown = count - tables[since].cells[name]
                if small(grown) and told.exact(atoms) and not of_whole.exact(atoms):
                    yield f"{grown} more of {name} from table {since} to {at}"


def replace_said(series: Series) -> Series:
    return replace(series, tables=tuple(replace(each, said=frozenset()) for each in series.tables))


def _facts(series: Series) -> Iterator[Fact]:
    for at, table in enumerate(series.tables):
        for name in table.said:
            yield Fact(frozenset((name, step) for step in range(at + 1)), table.cells[name])
        if series.whole_said[at]:
            atoms = frozenset((name, step) for name in table.cells for step in range(at + 1))
            yield Fact(atoms, sum(table.cells.values()))


class Bounds:
    """What facts say of sums of atoms, none of which is below 0."""

    def __init__(self, facts: list[Fact], groups: tuple[str, ...], steps: int) -> None:
        self._atoms: list[Atom] = [(name, step) for name in groups for step in range(steps)]
        self._rows = self._reduced(facts)
        equations = [({atom: Fraction(1) for atom in each.atoms}, Fraction(each.count)) for each in facts]
        self._equations = equations + [(self._named(row), row[-1]) for row in self._rows]
        self._low: dict[Atom, Fraction] = dict.fromkeys(self._atoms, Fraction(0))
        self._high: dict[Atom, Fraction | None] = dict.fromkeys(self._atoms)
        # Until nothing tightens; a sum, so that each round looks at every equation.
        while sum(self._tighten(terms, count) for terms, count in self._equations):
            pass

    def exact(self, atoms: frozenset[Atom]) -> bool:
        """Whether their sum has one value left."""
        row = [Fraction(atom in atoms) for atom in self._atoms] + [Fraction(0)]
        for each in self._rows:
            lead = next(at for at, factor in enumerate(each[:-1]) if factor)
            if row[lead]:
                row = [mine - row[lead] * other for mine, other in zip(row, each, strict=True)]
        left = {atom: factor for atom, factor in self._named(row).items() if factor}
        return all(self._high[atom] == self._low[atom] for atom in left)

    def at_most(self, atoms: frozenset[Atom]) -> int | None:
        """What their sum can't be above; None where nothing bounds it."""
        ends = [self._high[atom] for atom in atoms]
        return int(sum(end for end in ends if end is not None)) if None not in ends else None

    def _named(self, row: list[Fraction]) -> dict[Atom, Fraction]:
        return {atom: factor for atom, factor in zip(self._atoms, row[:-1], strict=True) if factor}

    def _reduced(self, facts: list[Fact]) -> list[list[Fraction]]:
        rows: list[list[Fraction]] = []
        for fact in facts:
            row = [Fraction(atom in fact.atoms) for atom in self._atoms] + [Fraction(fact.count)]
            for each in rows:
                lead = next(at for at, factor in enumerate(each[:-1]) if factor)
                row = [mine - row[lead] * other for mine, other in zip(row, each, strict=True)]
            lead = next((at for at, factor in enumerate(row[:-1]) if factor), -1)
            if lead < 0:
                continue
            row = [factor / row[lead] for factor in row]
            rows = [
                [mine - each[lead] * other for mine, other in zip(each, row, strict=True)] for each in rows
            ]
            rows.append(row)
        return rows

    def _tighten(self, terms: Mapping[Atom, Fraction], count: Fraction) -> bool:
        """Bound each atom of an equation by what the others leave it. Whether anything got tighter."""
        changed = False
        for atom, factor in terms.items():
            least = self._sum(terms, atom, low=True)
            most = self._sum(terms, atom, low=False)
            ends = [None if end is None else (count - end) / factor for end in (least, most)]
            if factor < 0:
                ends.reverse()
            high, low = ends
            if high is not None and (self._high[atom] is None or high < self._high[atom]):  # type: ignore[operator]
                self._high[atom] = Fraction(high.__floor__())
                changed = True
            if low is not None and low > self._low[atom]:
                self._low[atom] = Fraction(low.__ceil__())
                changed = True
        return changed

    def _sum(self, terms: Mapping[Atom, Fraction], but: Atom, *, low: bool) -> Fraction | None:
        found = Fraction(0)
        for atom, factor in terms.items():
            if atom == but:
                continue
            end = self._low[atom] if (factor > 0) == low else self._high[atom]
            if end is None:
                return None
            found += factor * end
        return found
