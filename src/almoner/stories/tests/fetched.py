"""Somebody who has nothing but what anybody can fetch: programme pages, files, evidence pages and the feed, at each
publication of registers that are made at random. What they parse out of the bytes goes to the attacker of
`impact.tests.attacker`, who solves for the rest.
"""

import csv
import io
import json
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.test import Client

from almoner.charities.models import Charity
from almoner.charities.rows import Select
from almoner.impact import disclosing, disclosure, releasing
from almoner.impact.disclosure import SMALL, Judged, Table, Why
from almoner.impact.models import (
    Dimension,
    Indicator,
    Observation,
    Programme,
    Result,
    Source,
    Verification,
)
from almoner.impact.tests.attacker import Fact, worked_out
from almoner.impact.tests.making import Person, make_source
from almoner.kernel.clock import now
from almoner.stories.models import StoryPage

_FIRST: Final = date(2016, 1, 1)
_ANA, _BEN = Person(-1, "ana"), Person(-2, "ben")
# An indicator's short name, a group ("" is everybody), the last day, and how many.
Said = tuple[str, str, str, int]


@dataclass(slots=True)
class Series:
    """An indicator that counts from the beginning or each year alone, its tables in truth, and what was let out."""

    indicator: Indicator
    source: Source
    groups: str
    tables: list[Table] = field(default_factory=list)
    let_out: set[tuple[str, int]] = field(default_factory=set)


def attacked(
    dice: random.Random, charity: Charity, story: StoryPage, reader: Client, *, series: int
) -> Iterator[str]:
    """A programme with so many indicators, published and fetched up to four times: what was worked out of the bytes."""
    programme, found = _made(dice, charity, series)
    said: set[Said] = set()
    for _ in range(dice.randint(1, 4)):
        for each in found:
            _publish(dice, each)
        said |= fetch(programme, [each.indicator for each in found], story, reader)
        for each in found:
            _let_out(dice, each)
        said |= fetch(programme, [each.indicator for each in found], story, reader)
    for each in found:
        yield from _solved(each, [one for one in said if one[0] == each.indicator.slug])
    Programme.objects.filter(pk=programme.pk).update(public=False)


def _solved(series: Series, said: list[Said]) -> Iterator[str]:
    if series.indicator.cumulative:
        alone = [_fact(series, each) for each in said if not each[1]]
        yield from worked_out(series.tables, [_fact(series, each) for each in said], alone)
        return
    for at, table in enumerate(series.tables):
        facts = [
            Fact(frozenset((name, 0) for name in group or series.groups), value)
            for _, group, last, value in said
            if last == table.last.isoformat()
        ]
        let_out = {(name, 0) for name, step in series.let_out if step == at}
        yield from worked_out([table], facts, [], let_out=let_out)


def _made(dice: random.Random, charity: Charity, series: int) -> tuple[Programme, list[Series]]:
    number = uuid4().hex[:12]
    programme = Programme.objects.create(
        charity=charity, slug=f"p{number}", title=f"Programme {number}", starts_on=_FIRST
    )
    result = Result.objects.create(programme=programme, kind="2", title="Children are safe")
    source = make_source(charity)
    found = []
    for at in range(series):
        indicator = Indicator.objects.create(
            result=result,
            slug=f"i{at}",
            title=f"Indicator {at}",
            rule="Each once.",
            ordinal=at,
            cumulative=dice.random() < 0.6,
        )
        groups = "abcde"[: dice.randint(2, 5)]
        Dimension.objects.create(indicator=indicator, name="age", categories=list(groups))
        found.append(Series(indicator, source, groups))
    return programme, found


def _publish(dice: random.Random, series: Series) -> None:
    """The next table with its total, verified in any order, with many small numbers and small steps."""
    before = series.tables[-1].cells if series.tables else dict.fromkeys(series.groups, 0)
    cumulative = series.indicator.cumulative
    cells = {name: known * cumulative + _grown(dice) for name, known in before.items()}
    last = date(_FIRST.year + len(series.tables), 12, 31)
    first = _FIRST if cumulative else last.replace(month=1, day=1)
    series.tables.append(Table(first=first, last=last, cells=cells))
    parts = [{"": sum(cells.values())}, dict(cells)]
    dice.shuffle(parts)
    for part in parts if dice.random() < 0.8 else [parts[0] | parts[1]]:
        with transaction.atomic():
            _verified(series, first, last, part)
            disclosing.settle(series.indicator)


def _grown(dice: random.Random) -> int:
    return dice.choice((0, 0, 1, dice.randint(1, 9), dice.randint(5, 15), dice.randint(10, 60)))


def _verified(series: Series, first: date, last: date, part: dict[str, int]) -> None:
    """As `register` would have written them, in two statements."""
    rows = [
        Observation(
            id=uuid4(), indicator=series.indicator, first=first, last=last, as_of=last, value=Decimal(value),
            bound="exact", dimension="age" if name else "", category=name, source=series.source, entered_by_id=_ANA.pk,
            entered_by_name=_ANA.name, entered_at=now(),
        )
        for name, value in part.items()
    ]  # fmt: skip
    Observation.objects.bulk_create(rows)
    Verification.objects.bulk_create(
        Verification(observation=each, accepted=True, role="Lead", by_id=_BEN.pk, by_name=_BEN.name, at=now())
        for each in rows
    )


def _let_out(dice: random.Random, series: Series) -> None:
    """Now and then somebody lets a small number out, where the rules allow it, and sometimes takes it back."""
    at = len(series.tables) - 1
    for each in disclosing.standing.standing().filter(
        indicator=series.indicator, last=series.tables[at].last
    ):
        if dice.random() > 0.5 or each.category == "":
            continue
        try:
            asked = releasing.release(each, reason="In its source.", actor=_ANA)
        except releasing.NotReleasable:
            continue
        releasing.approve(asked, actor=_BEN)
        series.let_out.add((each.category, at))
        if dice.random() < 0.3:
            releasing.take_back(asked, reason="No longer.", actor=_BEN)


def _fact(series: Series, said: Said) -> Fact:
    _, group, last, value = said
    steps = range(int(last[:4]) - _FIRST.year + 1)
    names = group or series.groups
    return Fact(frozenset((name, step) for name in names for step in steps), value)


# ---- What is fetched -----------------------------------------------------------------------------------------------


def fetch(programme: Programme, indicators: list[Indicator], story: StoryPage, reader: Client) -> set[Said]:
    """All that the public surfaces say of a programme now. They have to agree: else a parser is blind."""
    files = [
        set(_in_json(_bytes(reader, "/data/programmes.json"), programme.slug)),
        set(_in_csv(_bytes(reader, "/data/figures.csv"), programme.slug)),
        set(_in_iati(_bytes(reader, "/data/iati-activities.xml"), programme.slug)),
    ]
    page = set(_on_page(_bytes(reader, f"/programmes/{programme.slug}/"), indicators))
    assert files[0] == files[1] == files[2] == page, [sorted(each) for each in (*files, page)]
    wholes = {each for each in page if not each[1]}
    evidence = {
        each
        for indicator in indicators
        for each in _on_evidence(
            _bytes(reader, f"/figures/{programme.slug}/{indicator.slug}/"), indicator.slug
        )
    }
    assert evidence == wholes, (sorted(evidence), sorted(wholes))
    StoryPage.objects.filter(pk=story.pk).update(
        summary=" ".join(f"{each.slug}=[figure {programme.slug}/{each.slug}];" for each in indicators)
    )
    newest: dict[str, Said] = {}
    for one in sorted(wholes, key=lambda one: one[2]):
        newest[one[0]] = one
    fed = dict(re.findall(r"(i\d+)=([\d,]+);", _bytes(reader, "/feed.xml").decode()))
    assert {name: _number(value) for name, value in fed.items()} == {
        name: one[3] for name, one in newest.items()
    }
    return page | evidence


def _bytes(reader: Client, path: str) -> bytes:
    answer = reader.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return bytes(answer.content)


def _in_json(body: bytes, programme: str) -> Iterator[Said]:
    found = next(each for each in json.loads(body)["programmes"] if each["id"] == programme)
    for result in found["results"]:
        for indicator in result["indicators"]:
            for each in indicator["numbers"]:
                yield indicator["id"], each["group"], each["last"], int(each["value"])


def _in_csv(body: bytes, programme: str) -> Iterator[Said]:
    for each in csv.DictReader(io.StringIO(body.decode())):
        if each["programme"] == programme:
            yield each["indicator"], each["group"], each["last"], int(each["value"])


def _in_iati(body: bytes, programme: str) -> Iterator[Said]:
    """An indicator has no short name there: they come in their order."""
    for activity in ET.fromstring(body).iter("iati-activity"):  # noqa: S314 (our own bytes)
        if not (activity.findtext("iati-identifier") or "").endswith(f"-{programme}"):
            continue
        for at, indicator in enumerate(activity.iter("indicator")):
            for period in indicator.iter("period"):
                last = _attribute(period.find("period-end"), "iso-date")
                for actual in period.iter("actual"):
                    group = actual.find("dimension")
                    name = "" if group is None else _attribute(group, "value")
                    yield f"i{at}", name, last, int(_attribute(actual, "value"))


def _attribute(element: ET.Element | None, name: str) -> str:
    assert element is not None
    return element.attrib[name]


_ROW: Final = re.compile(
    r'<th scope="row">\s*<time datetime="([\d-]+)">[^<]*</time>\s*</th>\s*(?:<td>([a-z])</td>\s*)?<td>([\d,]+)</td>'
)
# Of everybody over time, and of groups; bars draw what is newest, and the table has it.
_DRAWN: Final = re.compile(r'<desc id="([lg])\d+-d">(.*?)</desc>')
_END: Final = re.compile(r"(?:([a-e]), )?(\d{4}): ([\d,]+)")
_POINT: Final = re.compile(r'<circle |class="c-mark"')
_NEWEST: Final = re.compile(r'class="s-value"><b>([\d,]+)</b>.*?<time datetime="([\d-]+)"', re.DOTALL)
_STEP: Final = re.compile(r'class="s-value">\s*<[bs]>([\d,]+)</[bs]>.*?<time datetime="([\d-]+)"', re.DOTALL)


def _on_page(body: bytes, indicators: list[Indicator]) -> Iterator[Said]:
    """Of each indicator its newest number, the rows of its table, and what its courses are drawn of."""
    for part in body.decode().split('<div class="s-figure">')[1:]:
        slug = next(each.slug for each in indicators if re.search(rf"\b{each.title}\b", part))
        for value, last in _NEWEST.findall(part):
            yield slug, "", last, _number(value)
        rows = _ROW.findall(part)
        for last, group, value in rows:
            yield slug, group, last, _number(value)
        for group, year, value in _in_drawings(part, [group for _, group, _ in rows]):
            yield slug, group, f"{year}-12-31", _number(value)


def _in_drawings(part: str, groups: list[str]) -> Iterator[tuple[str, str, str]]:
    """What the courses of an indicator say: both ends in words, and as many points as its table has rows of them, of
    which somebody could measure each."""
    for drawing in part.split('<svg class="s-chart"')[1:]:
        said = _DRAWN.search(drawing)
        if said is None:
            continue
        ends = _END.findall(said[2])
        names = {group for group, *_ in ends}
        # Those of groups stand once more in the key.
        points = len(_POINT.findall(drawing)) - (len(names) if said[1] == "g" else 0)
        assert ends and points == sum(each in names for each in groups), (said[2], points, groups)
        yield from ends


def _on_evidence(body: bytes, slug: str) -> Iterator[Said]:
    for value, last in _STEP.findall(body.decode()):
        yield slug, "", last, _number(value)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


# ---- The rules, left out -------------------------------------------------------------------------------------------


def _judge_primary(table: Table, *_: Any, **__: Any) -> Judged:
    hidden = {name for name, value in table.cells.items() if value < SMALL}
    return Judged(frozenset(table.cells) - hidden, dict.fromkeys(hidden, Why.SMALL))


def _judge_alone(table: Table, before: Any, **options: Any) -> Judged:
    return disclosure.judge(table, [], **options)


_LEFT_OUT: Final[dict[str, Callable[[], list[Any]]]] = {
    "the gate": lambda: [
        patch.object(disclosing, "passed", lambda: Q()),
        # Whose SQL is written once, with the gate in it.
        patch.object(disclosing, "_wholes", Select(disclosing._wholes._build)),
    ],
    "all but small groups": lambda: [patch.object(disclosing, "judge", _judge_primary)],
    "further groups": lambda: [patch.object(disclosure, "_with_secondary", lambda table, last, hidden: hidden)],
    "the total": lambda: [patch.object(disclosing, "whole_hidden", lambda *_, **__: None)],
    "differences": lambda: [patch.object(disclosing, "judge", _judge_alone)],
    "what a release tells": lambda: [
        patch.object(releasing, "_tells_others", lambda found: False),
        patch.object(disclosing, "told", lambda table: table.said),
        patch.object(disclosing, "_was_said", lambda each: hasattr(each, "disclosure") and each.disclosure.shown),
    ],
}  # fmt: skip
RULES: Final = tuple(_LEFT_OUT)


def without(rule: str) -> AbstractContextManager[object]:
    """The gate without one of its rules, so that it is seen that the attacker can win."""
    stack = ExitStack()
    for each in _LEFT_OUT[rule]():
        stack.enter_context(each)
    return stack
