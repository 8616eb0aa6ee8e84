"""The evidence page says in which words stories give its number, in the language of the charity."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Final

import pytest
from django.contrib.auth.models import User
from django.test import Client

from almoner.charities.models import Charity
from almoner.impact import demo as register_demo
from almoner.impact.models import Indicator, Observation, Source
from almoner.impact.register import Figure, correct, decide, enter
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory, forget

pytestmark = pytest.mark.django_db
KEY: Final = f"{register_demo.SLUG}/restored"
ADDRESS: Final = f"/figures/{KEY}/"


def words(reader: Client, address: str = ADDRESS) -> list[str]:
    """What is said before the words, then each wording; [] where the page says none."""
    html = reader.get(address).content.decode()
    said = re.findall(r'<p class="s-words"><span>([^<]*)</span>(.*?)</p>', html, re.DOTALL)
    assert len(said) <= 1
    return [unescape(each) for lead, rest in said for each in (lead, *re.findall(r"<q>([^<]*)</q>", rest))]


def in_text(style: str, day: str = "") -> str:
    of_day = f' day="{day}"' if day else ""
    return f'<p>We saw <embed embedtype="figure" indicator="{KEY}" wording="{style}"{of_day}/> come home.</p>'


def verified(value: int, day: date) -> Observation:
    before = Observation.objects.filter(indicator__slug="restored").latest("as_of")
    figure = Figure(
        indicator=before.indicator, first=before.first, last=day, as_of=day, value=Decimal(value),
        source=before.source,
    )  # fmt: skip
    ana, ben = (User.objects.get_or_create(username=name)[0] for name in ("ana", "ben"))
    made = enter(figure, actor=ana)
    decide(made, accepted=True, role="Lead", actor=ben)
    return made


def test_the_words_are_those_of_stories_that_can_be_read(reader: Client, write: WriteStory) -> None:
    assert words(reader) == ["Stories say:", "286"]
    nearly = write("Nearly", in_text("nearly"))
    write("About", summary=f"We saw [figure {KEY} about] come home.")
    write("A draft", in_text("over"), live=False)
    assert words(reader) == ["Stories say:", "286", "nearly 300", "about 300"]
    nearly.unpublish()
    assert words(reader) == ["Stories say:", "286", "about 300"]
    StoryPage.objects.live().get(title="About").unpublish()
    for story in StoryPage.objects.live():
        story.unpublish()
    assert words(reader) == ["Stories may say:", "286", "over 280", "nearly 300", "about 300"]


def test_words_that_stories_say_of_another_figure_are_not_this_ones(
    reader: Client, write: WriteStory
) -> None:
    write("Another", in_text("nearly").replace(KEY, f"{register_demo.SLUG}/arrested"))
    assert words(reader) == ["Stories say:", "286"]


def test_the_words_follow_the_number_and_a_past_day_keeps_its_own(reader: Client, write: WriteStory) -> None:
    """A sentence of an earlier day says another number than the one that stands now."""
    day = Observation.objects.get(indicator__slug="restored").as_of
    write("That day", in_text("nearly", day.isoformat()))
    assert words(reader) == ["Stories say:", "286", "nearly 300"]
    later = verified(1_912, date(2024, 3, 31))
    assert words(reader) == ["Stories say:", "1,912"]
    write("Of a later day", in_text("nearly", "2024-04-01"))
    assert words(reader) == ["Stories say:", "1,912", "nearly 2,000"]
    ana, ben = User.objects.get(username="ana"), User.objects.get(username="ben")
    right = Figure(
        indicator=later.indicator, first=later.first, last=later.last, as_of=later.as_of,
        value=Decimal(1_780), source=later.source,
    )  # fmt: skip
    corrected = correct(later, right, reason="Counted twice.", actor=ana)
    decide(corrected, accepted=True, role="Lead", actor=ben)
    assert words(reader) == ["Stories say:", "1,780", "nearly 1,800"]
    assert b"<s>1,912</s>" in reader.get(ADDRESS).content


def test_the_number_that_stands_comes_first(reader: Client, first_story: StoryPage) -> None:
    """Also where the one that was wrong was of a later day."""
    wrong = verified(1_912, date(2024, 3, 31))
    ana, ben = User.objects.get(username="ana"), User.objects.get(username="ben")
    right = Figure(
        indicator=wrong.indicator, first=wrong.first, last=date(2023, 3, 31), as_of=date(2023, 3, 31),
        value=Decimal(1_780), source=wrong.source,
    )  # fmt: skip
    decide(
        correct(wrong, right, reason="Of a year before.", actor=ana), accepted=True, role="Lead", actor=ben
    )
    html = reader.get(ADDRESS).content.decode()
    steps = re.findall(
        r'<section class="s-figure s-step" aria-label="([^"]+)">(.*?)</section>', html, re.DOTALL
    )
    assert [value for value, _ in steps] == ["1,780", "1,912", "286"]
    assert ["s-words" in step for _, step in steps] == [True, False, False]
    assert words(reader) == ["Stories say:", "1,780"]


def test_a_number_that_its_source_rounds_is_said_once(reader: Client, write: WriteStory) -> None:
    """Every way to say it comes to the same words."""
    write("Nearly", in_text("nearly").replace(KEY, f"{register_demo.SLUG}/rescued"))
    assert words(reader, f"/figures/{register_demo.SLUG}/rescued/") == ["Stories say:", "over 1,000"]


def test_where_no_number_stands_nothing_is_said(reader: Client, first_story: StoryPage) -> None:
    found = Indicator.objects.get(slug="restored")
    Indicator.objects.create(result=found.result, slug="none", title="Nobody yet", rule="Counted from now.")
    assert words(reader, f"/figures/{register_demo.SLUG}/none/") == []


def test_numbers_and_words_are_in_the_charitys_language(reader: Client, first_story: StoryPage) -> None:
    """Whatever the reader's browser asks for: the page is the same bytes for everybody."""
    Charity.objects.filter(slug="tidelight").update(language="de")
    verified(1_912, date(2024, 3, 31))
    forget()
    assert words(reader) == ["In Geschichten steht:", "1.912"]
    assert words(reader, f"/figures/{register_demo.SLUG}/rescued/") == ["In Geschichten steht:", "über 1.000"]
    html = reader.get(ADDRESS, headers={"accept-language": "fr"}).content.decode()
    assert "<b>1.912</b>" in html and "1,912" not in html


@pytest.mark.parametrize(("access", "shown"), [("public", 1), ("on_request", 1), ("internal", 0)])
def test_whoever_is_sent_a_source_can_tell_that_it_is_the_file(
    reader: Client, access: str, shown: int
) -> None:
    digest = "0f" * 32
    before = Observation.objects.select_related("source").get(indicator__slug="restored")
    charity, dated = before.source.charity, before.source.dated
    kept = Source.objects.create(
        charity=charity, title="Aftercare report", dated=dated, access=access, file_sha256=digest,
        kept_at="Archive <1>", created_at=before.source.created_at,
    )  # fmt: skip
    figure = Figure(
        indicator=before.indicator, first=before.first, last=before.last, as_of=before.as_of, value=Decimal(290),
        source=kept,
    )  # fmt: skip
    ana, ben = (User.objects.get_or_create(username=name)[0] for name in ("ana", "ben"))
    decide(correct(before, figure, reason="Counted again.", actor=ana), accepted=True, role="Lead", actor=ben)
    html = reader.get(ADDRESS).content.decode()
    assert ("Aftercare report" in html, html.count(digest)) == (True, shown)
    paper = "<span>On paper, kept at:</span> <bdi>Archive &lt;1&gt;</bdi>"
    assert (html.count(paper), html.count("Archive")) == (shown, shown)
    of_all = reader.get("/data/programmes.json").content.decode()
    assert of_all.count('"kept_at": "Archive <1>"') == shown == of_all.count("Archive")
    table = reader.get("/data/figures.csv").content.decode()
    assert (",source_kept_at," in table, table.count("Archive")) == (True, shown)
