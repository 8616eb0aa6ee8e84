"""What a visitor of the demonstration finds of its own programmes: charts, sources, a correction, files, and a fund."""

import gzip
import os
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import pytest
import time_machine
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper
from pytest_django.plugin import DjangoDbBlocker
from tests.support import databases, templates
from tests.support.iati_standard import faults
from tests.support.tongue import latin_in

from almoner.charities.models import Charity
from almoner.giving import demo as giving_demo
from almoner.giving import demo_night
from almoner.giving.models import Gift
from almoner.impact import demo_own as register
from almoner.impact.demo_figures import WORKS
from almoner.impact.models import Observation, Partner, Programme
from almoner.stories import demo, demo_own
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import forget
from almoner.stories.tests.showing import agree, send
from almoner.stories.tests.test_demo import borrowed, text_of

pytestmark = pytest.mark.django_db
TODAY: Final = date(2026, 11, 27)
NIGHT: Final = "/programmes/night-line/"
STORY: Final = "/stories/a-night-on-the-line/"
SLUGS: Final = [each.slug for each in WORKS]
# As they travel, compressed. The form stands in the first.
LIMITS: Final = {STORY: 17_500, NIGHT: 10_100, "/figures/those-who-notice/trained/": 7_550}


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """In the place of this room's own database: one in which that was told, once for all of these tests."""
    url = templates.MIGRATED.copy(f"almoner_told_{os.getpid()}", tmp_path_factory.mktemp("told"))
    with django_db_blocker.unblock():
        for _ in databases.borrowed(url):
            forget()
            charity = giving_demo.seed()
            demo.seed(charity, hostname="testserver")
            tell(charity)
            yield


def tell(charity: Charity) -> None:
    demo_night.seed(charity, today=TODAY)
    register.seed(charity, today=TODAY)
    demo_own.seed(charity)


def article(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    html = answer.content.decode()
    return html[html.index("<article") : html.index("</article>")]


def test_both_programmes_are_found_drawn_and_told_apart_from_what_is_true(
    charity: Charity, reader: Client
) -> None:
    listed = article(reader, "/programmes/")
    for work in WORKS:
        assert f'href="/programmes/{work.slug}/"' in listed
        assert "nvented for this demonstration" in work.summary
        page = text_of(article(reader, f"/programmes/{work.slug}/"))
        for name, _, _ in work.partners:
            assert f"{name} (a demonstration)" in page
    page = article(reader, NIGHT)
    assert page.count('class="s-chart"') == 4 + 4 + 2  # courses, targets, a breakdown and its course
    assert "7,180" in page and "10,000" in page and 'class="c-aim"' in page
    assert "<b>52%</b>" in page and 'href="/give/4841/"' in page


def test_a_small_group_is_hidden_with_another_that_would_tell_it(charity: Charity, reader: Client) -> None:
    for path in (NIGHT, STORY):
        page = article(reader, path)
        assert ">128<" in page and ">74<" in page and ">41<" in page
        assert "elsewhere" not in page and "New South Wales" not in page
        assert "Small numbers of people at risk are left out." in page
    kept = Observation.objects.filter(category__in=("elsewhere", "New South Wales"))
    assert [each.disclosure.shown for each in kept] == [False] * 4


def test_a_correction_stands_beside_what_it_corrected(charity: Charity, reader: Client) -> None:
    page = article(reader, "/figures/those-who-notice/trained/")
    opened, folded = page.split('<details class="s-numbers">')
    words = text_of(opened)
    assert "Corrected: 791 . One course stood on two lists" in words
    assert "This number no longer stands." in words
    assert "Programme lead" in words and "shown on request" in words
    assert (opened.count("s-step"), folded.count("s-step")) == (6, 19)
    assert "demonstration, check" not in page


@pytest.mark.parametrize("path", ["/data/iati-activities.xml", "/data/iati-organisation.xml"])
def test_its_iati_is_valid(charity: Charity, reader: Client, path: str) -> None:
    with time_machine.travel("2026-11-27T03:00:00Z", tick=False):
        assert list(faults(reader.get(path).content)) == []


def test_its_iati_has_all_that_the_register_has(charity: Charity, reader: Client) -> None:
    with time_machine.travel("2026-11-27T03:00:00Z", tick=False):
        xml = reader.get("/data/iati-activities.xml").content.decode()
    night = next(each for each in xml.split("<iati-activity ") if "-night-line<" in each)
    for said in (
        '<target value="10000"', '<baseline year="2024" iso-date="2024-10-31" value="52"',
        '<dimension name="where they live" value="Tasmania"', 'role="1" type="60"', 'role="4" type="22"',
        'result type="1"', 'result type="2"', 'result type="3"',
    ):  # fmt: skip
        assert said in night, said
    assert "elsewhere" not in night
    # Thirty gifts in a year: sums of ten at least, of months that are over.
    assert re.findall(r"<narrative>Gifts: (\d+), from", night) == ["10", "10"]


@pytest.mark.parametrize("language", ["", "/de", "/ar"])
def test_its_story_is_whole_in_each_language(charity: Charity, reader: Client, language: str) -> None:
    page = article(reader, language + STORY)
    assert page.count('class="s-chart"') == 3
    assert page.count('class="s-said"') == 2 and "[…]" not in page
    assert "Wren" in page and 'action="' in page and "night-line" in page
    whole = reader.get(language + STORY).content.decode()
    assert "/stories/those-who-notice/" in whole or language
    assert '<meta name="description"' in whole and "[figure" not in whole


def test_those_who_notice_are_told_of_in_german_with_the_same_figures(
    charity: Charity, reader: Client
) -> None:
    path = "/stories/those-who-notice/"
    own, german = article(reader, path), article(reader, f"/de{path}")
    shown = r'href="(?:/de)?(/figures/[^"]+)"'
    # In the sentence, the progress and both charts; and the one that a sentence leads to.
    assert re.findall(shown, own) == re.findall(shown, german) and len(re.findall(shown, own)) == 5
    assert own.count('class="s-chart"') == german.count('class="s-chart"') == 3
    assert re.search(r"haben über [\d.]+ Erwachsene gelernt", text_of(german)) and "[…]" not in german
    assert "/de/give/4840/" in german and 'href="/give/' not in german
    assert reader.get("/de/figures/those-who-notice/trained/").status_code == 200
    assert f'hreflang="de" href="http://testserver/de{path}"' in reader.get(path).content.decode()


def test_no_sentence_of_it_is_anybody_else_s(charity: Charity, reader: Client) -> None:
    for path in (STORY, "/stories/those-who-notice/", NIGHT, "/programmes/those-who-notice/"):
        assert borrowed(article(reader, path)) == []


def test_a_picked_story_comes_first(charity: Charity, reader: Client) -> None:
    page = reader.get(STORY).content.decode()
    nearby = page[page.index('class="s-related') :]
    assert re.findall(r'href="[^"]*/stories/([\w-]+)/"', nearby)[0] == "those-who-notice"


@pytest.mark.parametrize(
    ("root", "said"),
    [
        ("", {("", "Tasmania"), ("", "Victoria"), ("", "South Australia")}),
        # Whatever has no German stands as what it is; New South Wales and elsewhere are hidden.
        ("/de", {("", "Tasmanien"), ("en", "Victoria"), ("", "Südaustralien")}),
        ("/ar", {("", "تسمانيا"), ("", "فيكتوريا"), ("", "جنوب أستراليا")}),
    ],
)
def test_each_group_as_its_readers_call_it(reader: Client, root: str, said: set[tuple[str, str]]) -> None:
    html = reader.get(f"{root}{NIGHT}").content.decode()
    groups = re.findall(r'<td>(?:<bdi lang="(\w\w)">)?([^<\d][^<]*)(?:</bdi>)?</td>', html)
    assert set(groups) == said and len(groups) > len(said)
    assert not [
        each
        for each in ("elsewhere", "anderswo", "أماكن أخرى", "New South Wales", "نيو ساوث ويلز")
        if each in html
    ]


@pytest.mark.parametrize("path", [NIGHT, "/figures/night-line/families/", "/figures/night-line/a-year-on/"])
def test_no_english_is_left_unmarked_on_an_arabic_page(reader: Client, path: str) -> None:
    """But for names: of partners, of the charity, and of the files."""
    html = article(reader, f"/ar{path}")
    marked = r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>'
    assert re.search(marked, html), "something has no Arabic yet"
    names = ("JSON", "CSV", "IATI", "CC BY", *Partner.objects.values_list("name", flat=True))
    assert latin_in(re.sub(marked, "", html), besides=names) == set()


@pytest.mark.parametrize("path", LIMITS)
def test_its_pages_stay_small(charity: Charity, reader: Client, path: str) -> None:
    assert len(gzip.compress(reader.get(path).content, 9, mtime=0)) <= LIMITS[path]


def test_telling_it_twice_changes_nothing(charity: Charity) -> None:
    def counted() -> tuple[int, ...]:
        return tuple(each.objects.count() for each in (Programme, Observation, Gift, StoryPage))

    before = counted()
    assert before == (2 + 2, 6 + 24 * 3 + 10 + 2 + 24 + 1 + 3 + 7, 45, 4 + 2 + 2 + 1)
    tell(charity)
    assert counted() == before


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2027, 3, 31), date(2028, 2, 29)])
def test_it_can_be_told_on_any_day(charity: Charity, today: date) -> None:
    """The last number is of the last whole month, and no source is dated tomorrow."""
    Programme.objects.filter(slug__in=SLUGS).update(slug=Concat(F("slug"), Value("-before")))
    Partner.objects.update(name=Concat(F("name"), Value(" before")))
    with time_machine.travel(today, tick=False):
        register.seed(charity, today=today)
    own = Observation.objects.filter(indicator__result__programme__slug__in=SLUGS)
    newest = own.latest("last")
    assert newest.last.month == (today.month - 2) % 12 + 1 and (today - newest.last).days <= 31
    assert max(own.values_list("source__dated", flat=True)) <= today
    assert not own.filter(verification=None).exists()


@pytest.mark.usefixtures("still")
def test_a_story_with_all_of_the_register_in_it_asks_few_questions(
    charity: Charity,
    reader: Client,
    settings: SettingsWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Figures in sentences, progress, two charts, a quote that somebody agreed to, and related stories; then a picture
    with consent at its own head, and at the head of each of the others."""
    settings.STAMP_AGE_SECONDS = 60  # as a process in its second second
    reader.get(STORY)
    with django_assert_num_queries(10):
        reader.get(STORY)
    for number, story in enumerate(StoryPage.objects.all(), start=1):
        story.lead_image = send(charity, title=f"Head {number}", seed=number)
        story.save()
        agree(story, story.lead_image)
    forget()
    settings.STAMP_AGE_SECONDS = 60
    assert reader.get(STORY).content.count(b"<picture") == 4
    with django_assert_num_queries(11):
        reader.get(STORY)
