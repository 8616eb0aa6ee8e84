"""A page says what the register says now, and each figure leads to how it is known."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from almoner.charities import reader as asking
from almoner.charities.models import Charity, ContentStamp, StaffScope
from almoner.impact import demo as register_demo
from almoner.impact.models import Indicator, Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import make_indicator
from almoner.stories.blocks import FigureBlock
from almoner.stories.figure_picker import indicator_choices
from almoner.stories.models import StoryIndexPage, StoryPage
from almoner.stories.tests.conftest import WriteStory

pytestmark = pytest.mark.django_db
ADDRESS = f"/figures/{register_demo.SLUG}/rescued/"


def corrected(value: int, reason: str) -> None:
    wrong = Observation.objects.get(indicator__slug="rescued", superseded_by=None)
    right = Figure(
        indicator=wrong.indicator, first=wrong.first, last=date(2023, 3, 31), as_of=date(2023, 3, 31),
        value=Decimal(value), bound=Bound.EXACT, source=wrong.source,
    )  # fmt: skip
    ana, ben = (User.objects.create_user(f"{name}{value}") for name in ("ana", "ben"))
    made = correct(wrong, replace(right), reason=reason, actor=ana)
    before = ContentStamp.objects.get(charity=wrong.source.charity).version
    decide(made, accepted=True, role="Programme lead", actor=ben)
    assert ContentStamp.objects.get(charity=wrong.source.charity).version == before + 1


def test_a_story_says_what_stands_and_a_correction_reaches_it(first_story: StoryPage, reader: Client) -> None:
    page = reader.get(first_story.url).content.decode()
    assert "<b>over 1,000</b>" in page and "<b>321</b>" in page and "<b>286</b>" in page
    assert f'href="{ADDRESS}"' in page
    corrected(1012, "The courts confirmed twelve more.")
    again = reader.get(first_story.url).content.decode()
    assert "<b>1,012</b>" in again and "<b>over 1,000</b>" not in again


def test_how_it_is_known(first_story: StoryPage, reader: Client) -> None:
    page = reader.get(ADDRESS).content.decode()
    for words in (
        "<b>over 1,000</b>",
        "15 September 2022",
        "4 Good Facts",
        "IJM Australia",
        "Counted from",
    ):
        assert words in page, words
    assert "demonstration, check" not in page and "The demonstration&#x27;s editor" in page
    corrected(1012, "The courts confirmed twelve more.")
    page = reader.get(ADDRESS).content.decode()
    assert "<b>1,012</b>" in page and "<s>over 1,000</s>" in page
    assert "The courts confirmed twelve more." in page and "This number no longer stands." in page


def test_a_correction_names_only_what_was_said_before(first_story: StoryPage, reader: Client) -> None:
    """Neither a number that was sent back nor a small one that is hidden: what took their place is public."""
    over = Observation.objects.get(indicator__slug="rescued")
    ana, ben = (User.objects.create_user(name) for name in ("ana", "ben"))
    figure = Figure(
        indicator=over.indicator, first=over.first, last=over.last, as_of=over.as_of, value=Decimal(2024),
        source=over.source,
    )  # fmt: skip
    sent_back = correct(over, figure, reason="A typing error.", actor=ana)
    decide(sent_back, accepted=False, role="Lead", actor=ben)
    right = replace(figure, value=Decimal(1012))
    made = correct(sent_back, right, reason="The courts confirmed twelve.", actor=ana)
    decide(made, accepted=True, role="Lead", actor=ben)
    page = reader.get(ADDRESS).content.decode()
    assert "2,024" not in page and "<b>1,012</b>" in page
    assert page.count("<s>over 1,000</s>") == 2 and "<b>over 1,000</b>" not in page

    other = replace(figure, indicator=Indicator.objects.get(slug="restored"), value=Decimal(7))
    small = enter(other, actor=ana)
    decide(small, accepted=True, role="Lead", actor=ben)
    made = correct(small, replace(other, value=Decimal(291)), reason="Read off the wrong line.", actor=ana)
    decide(made, accepted=True, role="Lead", actor=ben)
    page = reader.get(ADDRESS.replace("rescued", "restored")).content.decode()
    assert "<b>291</b>" in page and "<s>7</s>" not in page


def test_what_is_not_public_is_not_there(first_story: StoryPage, reader: Client) -> None:
    Programme.objects.update(public=False)
    assert reader.get(ADDRESS).status_code == 404
    page = reader.get(first_story.url).content.decode()
    assert "over 1,000</b>" not in page and ADDRESS not in page
    assert reader.get("/figures/no/such/").status_code == 404


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"indicator": "", "value": "", "label": "x"}, "value"),
        ({"indicator": "", "value": "286", "label": ""}, "label"),
        ({"indicator": f"{register_demo.SLUG}/rescued", "value": "286", "label": ""}, "value"),
        ({"indicator": f"{register_demo.SLUG}/rescue", "value": "", "label": ""}, "indicator"),
        ({"indicator": "rescued", "value": "", "label": ""}, "indicator"),
    ],
)
def test_an_editor_is_told_what_is_wrong(first_story: StoryPage, value: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean(value)
    assert set(refused.value.block_errors) == {field}  # type: ignore[attr-defined]


def test_an_editor_may_take_either(first_story: StoryPage) -> None:
    clean({"indicator": f"{register_demo.SLUG}/rescued", "value": "", "label": ""})
    clean({"indicator": "", "value": "286", "label": "clients"})


def clean(value: dict[str, Any]) -> None:
    block = FigureBlock()
    empty = {"credit": "", "title": "", "url": "", "dated": ""}
    block.clean(block.to_python({"style": "exact", "source": empty, **value}))


def test_a_figure_in_the_text_of_a_fact_is_the_registers(
    first_story: StoryPage, reader: Client, write: WriteStory
) -> None:
    named = f'<embed embedtype="figure" indicator="{register_demo.SLUG}/rescued" wording="exact"/>'
    fact = {"heading": "One", "text": f"<p>They freed {named} children.</p>", "figure": {}, "source": {}}
    story = write(body=[{"type": "facts", "value": {"heading": "", "facts": [fact]}}])
    html = reader.get(story.url).content.decode()
    (said,) = re.findall(r"They freed <a [^>]+>([^<]+)</a> children", html)
    assert said == "over 1,000"


def test_an_indicator_is_picked_from_those_of_ones_own_charities(
    first_story: StoryPage, editor: Client, neighbour: StoryIndexPage
) -> None:
    """In a story's editor; where another charity has a register too, its own staff alone see it there."""
    make_indicator(Charity.objects.get(slug="northwind"), slug="theirs", title="Wells dug")
    shown = editor.get(f"/admin/pages/{first_story.pk}/edit/").content.decode()
    assert f"{register_demo.SLUG}/rescued" in shown and "rescue/theirs" in shown
    # Nothing is typed there, and so nobody is told how a name is written.
    assert "The page shows what stands there on the day" in shown and "Its name there" not in shown
    own = User.objects.create_user("own")
    StaffScope.objects.create(user=own, charity=Charity.objects.get(slug="tidelight"))
    request = RequestFactory().get("/admin/")
    request.user = own
    with asking.asking(request):
        picked = [key for _, rows in indicator_choices()[1:] for key, _ in rows]
    assert f"{register_demo.SLUG}/rescued" in picked and "rescue/theirs" not in picked
