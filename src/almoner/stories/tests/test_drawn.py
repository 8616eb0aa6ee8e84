"""Progress and charts in a story: the register's numbers drawn, as a table too, and of these none that is hidden."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.impact import demo as register_demo
from almoner.impact.models import Indicator, Observation, Programme, Target
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import make_breakdown
from almoner.stories import claiming
from almoner.stories.blocks import ChartBlock, ProgressBlock
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_claims import of

pytestmark = pytest.mark.django_db
KEY = f"{register_demo.SLUG}/restored"
PROGRESS: dict[str, Any] = {"type": "progress", "value": {"indicator": KEY, "label": "on their own feet"}}
LINE: dict[str, Any] = {"type": "chart", "value": {"indicator": KEY, "kind": "line", "label": ""}}
BARS: dict[str, Any] = {"type": "chart", "value": {"indicator": KEY, "kind": "bars", "label": ""}}


def people() -> tuple[User, User]:
    ana, ben = (User.objects.get_or_create(username=name)[0] for name in ("ana", "ben"))
    return ana, ben


@pytest.fixture
def counted(first_story: StoryPage) -> Indicator:
    """286 in 2022 and 1,013 in May 2023, of whom 7 and 33 may not be said; 1,500 are to be reached."""
    before = Observation.objects.get(indicator__slug="restored")
    figure = Figure(
        indicator=before.indicator, first=before.first, last=date(2023, 5, 1), as_of=date(2023, 5, 1),
        value=Decimal(0), source=before.source,
    )  # fmt: skip
    ana, ben = people()
    for each in make_breakdown(figure, {"under 12": 7, "12 to 17": 33, "older": 973}):
        decide(enter(each, actor=ana), accepted=True, role="Programme lead", actor=ben)
    Target.objects.create(
        indicator=before.indicator, first=date(2011, 1, 1), last=date(2027, 12, 31), value=1500
    )
    return before.indicator


def cells(page: str) -> list[list[tuple[str, str]]]:
    """What each table of the page says: heading and number of every row."""
    rows = re.compile(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>', re.DOTALL)
    return [
        [(" ".join(re.sub("<.*?>", " ", head).split()), number) for head, number in rows.findall(table)]
        for table in re.findall(r'<table class="s-table">.*?</table>', page, re.DOTALL)
    ]


def test_a_story_draws_what_may_be_said(counted: Indicator, write: WriteStory, reader: Client) -> None:
    story = write(body=[PROGRESS, LINE, BARS, PROGRESS])
    page = reader.get(story.url).content.decode()
    aim = [("As of 01/05/2023", "1,013"), ("To reach: 31/12/2027", "1,500")]
    # One number is of a place, and the other of all.
    course = [("31/12/2022 , Philippines", "286"), ("01/05/2023", "1,013")]
    assert cells(page) == [aim, course, [("older", "973")], aim]
    assert "1,013 / 1,500" in page and "2022: 286; 2023: 1,013" in page and "older: 973" in page
    assert "on their own feet" in page and page.count(f'href="/figures/{KEY}/"') == 4
    assert "Small numbers of people at risk are left out." in page
    body = page[page.index('class="s-body"') : page.index("</article>")]
    assert "under 12" not in body and "12 to 17" not in body and "<script" not in body
    names = re.findall(r'<(?:title|desc) id="(.*?)"', body)
    assert len(names) == 8 == len(set(names))

    wrong = Observation.objects.get(indicator=counted, dimension="", as_of=date(2022, 12, 31))
    right = Figure(
        indicator=counted, first=wrong.first, last=wrong.last, as_of=wrong.as_of,
        value=Decimal(301), source=wrong.source,
    )  # fmt: skip
    ana, ben = people()
    made = correct(wrong, right, reason="Counted again.", actor=ana)
    decide(made, accepted=True, role="Programme lead", actor=ben)
    assert cells(reader.get(story.url).content.decode())[1][0] == ("31/12/2022", "301")

    Programme.objects.update(public=False)
    page = reader.get(story.url).content.decode()
    assert 'class="s-chart"' not in page and "1,013" not in page


def test_more_of_them_ask_no_more(counted: Indicator, write: WriteStory, editor: Client) -> None:
    story = write()

    def asked(*body: Any) -> int:
        story.body = [{"type": "text", "value": "<p>Words.</p>"}, *body]
        story.save_revision().publish()
        editor.get(story.url)
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(story.url).status_code == 200
        return len(queries)

    assert asked(PROGRESS, LINE, BARS, LINE, PROGRESS) == asked(PROGRESS) == asked() + 4


def test_a_drawing_is_a_claim_and_so_is_what_is_typed_above_it(counted: Indicator, write: WriteStory) -> None:
    typed = {"type": "chart", "value": {**LINE["value"], "label": "By then 1,200 clients were restored."}}
    story = write(body=[PROGRESS, LINE, typed])
    assert of(story) == [("figure", "1,013", "holds"), ("read", "1,200", "contradicted")]
    Programme.objects.update(public=False)
    claiming.look_daily()
    assert ("figure", "", "unverified") in of(story)


@pytest.mark.parametrize("block", [ProgressBlock(), ChartBlock()])
@pytest.mark.parametrize("name", ["", "restored", f"{register_demo.SLUG}/restore"])
def test_an_editor_is_told_which_name_is_unknown(first_story: StoryPage, block: Any, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python({"indicator": name, "label": "", "kind": "line"}))
    assert set(refused.value.block_errors) == {"indicator"}  # type: ignore[attr-defined]


def place_by_place(indicator: Indicator, place: str, *values: int) -> None:
    """A number for each year from 2023 on, which somebody else has checked."""
    ana, ben = people()
    before = Observation.objects.get(
        indicator=indicator, supersedes=None, dimension="", as_of=date(2022, 12, 31)
    )
    for year, value in enumerate(values, start=2023):
        figure = Figure(
            indicator=indicator, first=before.first, last=date(year, 6, 30), as_of=date(year, 6, 30),
            value=Decimal(value), source=before.source, place=place,
        )  # fmt: skip
        decide(enter(figure, actor=ana), accepted=True, role="Programme lead", actor=ben)


def test_each_place_has_a_line_of_its_own(first_story: StoryPage, write: WriteStory, reader: Client) -> None:
    """One through all of them would go from one country to the next and back."""
    indicator = Indicator.objects.get(slug="restored")
    Indicator.objects.update(at_risk=False)
    place_by_place(indicator, "Kenya", 100, 140, 260)
    place_by_place(indicator, "Philippines", 300, 320)
    story = write(body=[LINE])
    page = reader.get(story.url).content.decode()
    assert "Philippines, 2022: 286; Philippines, 2024: 320; Kenya, 2023: 100; Kenya, 2025: 260<" in page
    assert page.count("<polyline") == 2 and page.count('class="c-mark"') == 6 + 2
    programme = reader.get(f"/programmes/{register_demo.SLUG}/").content.decode()
    assert "Philippines, 2022: 286; Philippines, 2024: 320; Kenya, 2023: 100; Kenya, 2025: 260<" in programme
    # The days are the page's, and so is the way its words run.
    assert ">December 2022<" in page and ">June 2025<" in page


def test_of_people_at_risk_a_second_place_is_neither_listed_nor_drawn(
    first_story: StoryPage, write: WriteStory, reader: Client
) -> None:
    indicator = Indicator.objects.get(slug="restored")
    place_by_place(indicator, "Philippines", 300, 320)
    place_by_place(indicator, "Kenya", 100, 140)
    page = reader.get(write(body=[LINE]).url).content.decode()
    assert "2022: 286; 2024: 320<" in page and page.count('%" cy=') == 3 and 'class="c-mark"' not in page
    assert "Kenya" not in page and ">140<" not in page


def test_groups_are_drawn_over_time_as_far_as_they_may_be_said(counted: Indicator, reader: Client) -> None:
    """Of three groups one stands for 2023; a year later a second may be said, and the third never."""
    ana, ben = people()
    before = Observation.objects.get(indicator=counted, dimension="", as_of=date(2023, 5, 1))
    later = Figure(
        indicator=counted, first=before.first, last=date(2024, 5, 1), as_of=date(2024, 5, 1),
        value=Decimal(0), source=before.source,
    )  # fmt: skip
    for each in make_breakdown(later, {"under 12": 8, "12 to 17": 90, "older": 1200}):
        decide(enter(each, actor=ana), accepted=True, role="Programme lead", actor=ben)
    page = reader.get(f"/programmes/{register_demo.SLUG}/").content.decode()
    drawn = page[page.index(f'<title id="g{counted.pk}-t">') :]
    drawn = drawn[: drawn.index("<table")]
    assert "older, 2023: 973; older, 2024: 1,200<" in drawn
    assert drawn.count('class="c-mark"') == 2 + 1 and "under 12" not in drawn and "12 to 17" not in drawn
