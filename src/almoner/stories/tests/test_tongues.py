"""A story in several languages: what readers are led to, and how staff begin a translation."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper
from wagtail.models import Page

from almoner.charities.models import Charity
from almoner.stories import demo, head, tongues
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage
from almoner.stories.sites import Place, place_for
from almoner.stories.tests.conftest import WriteStory, forget

ORIGINAL = "/stories/four-reasons-for-hope/"
GERMAN = "/de/stories/four-reasons-for-hope/"


def translated(story: Page, place: Place, language: str, title: str) -> StoryPage:
    made: Any = tongues.begin(story, language, place, user=None).specific
    made.title = title
    made.save_revision().publish()
    found: StoryPage = StoryPage.objects.get(pk=made.pk)
    return found


def alternates(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate"\s+hreflang="([^"]+)"\s+href="([^"]+)"', html))


def switcher(html: str) -> list[tuple[str, str]]:
    found = re.search(r'<nav class="s-tongues".*?</nav>', html, re.DOTALL)
    return re.findall(r'href="([^"]+)"\s+lang="([^"]+)"', found[0]) if found else []


def locales(html: str) -> tuple[str, list[str]]:
    """The page's own for those who show it when it is shared, and those of its other languages."""
    (own,) = re.findall(r'<meta property="og:locale" content="([^"]*)">', html)
    return own, re.findall(r'<meta property="og:locale:alternate" content="([^"]*)">', html)


def page_at(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_a_story_and_its_form_in_german(reader: Client, first_story: StoryPage, place: Place) -> None:
    assert alternates(page_at(reader, ORIGINAL)) == {}
    assert switcher(page_at(reader, ORIGINAL)) == []
    translated(first_story, place, "de", "Vier Gründe zur Hoffnung")
    root = "http://testserver"
    both = {"en": root + ORIGINAL, "x-default": root + ORIGINAL, "de": root + GERMAN}
    german = page_at(reader, GERMAN)
    assert locales(german) == ("de_DE", ["en_GB"]) and locales(page_at(reader, ORIGINAL)) == (
        "en_GB",
        ["de_DE"],
    )
    for html in (page_at(reader, ORIGINAL), german):
        assert alternates(html) == both
        assert switcher(html) == [(ORIGINAL, "en"), (GERMAN, "de")]
    assert '<html lang="de" dir="ltr">' in german
    assert f'<link rel="canonical" href="{root}{GERMAN}">' in german
    # The frame, the form that stands in it, and where its button leads.
    assert "Wie viel möchten Sie spenden?" in german and 'action="/de/give/4840/' in german
    assert 'href="/de/giving/"' in german and 'href="/de/stories/"' in german
    # The register's figure in the words of the page's language.
    assert "über 1.000" in german and "over 1,000" not in german
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', german)
    charity, article = json.loads(text)["@graph"]
    assert article["inLanguage"] == "de"
    assert charity["potentialAction"]["target"] == {
        "@type": "EntryPoint", "urlTemplate": f"{root}/de/give/4840/", "inLanguage": "de",
    }  # fmt: skip


def test_a_story_from_right_to_left_in_a_cache_of_its_own(
    reader: Client, first_story: StoryPage, place: Place
) -> None:
    before = reader.get(ORIGINAL)["ETag"]
    translated(first_story, place, "ar", "أربعة أسباب للأمل")
    arabic = reader.get("/ar/stories/four-reasons-for-hope/", headers={"Accept-Language": "de"})
    assert '<html lang="ar" dir="rtl">' in arabic.content.decode()
    assert arabic["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert "Accept-Language" not in arabic.get("Vary", "")
    # The original is told of it at once.
    assert reader.get(ORIGINAL)["ETag"] != before


@pytest.mark.parametrize(("country", "own"), [("AU", "en_GB"), ("US", "en_US")])
def test_english_is_shared_as_the_charity_s_country_spells_it(
    reader: Client, first_story: StoryPage, country: str, own: str
) -> None:
    Charity.objects.update(country=country)
    forget()
    assert locales(page_at(reader, ORIGINAL)) == (own, [])


def test_every_language_has_a_name_for_those_who_show_shared_pages() -> None:
    found = [head.locales(code, (), "AU").own for code, _ in settings.LANGUAGES]
    assert [re.fullmatch("[a-z]{2}_[A-Z]{2}", each) is not None for each in found] == [True] * 8
    assert [each[:2] for each in found] == [code[:2] for code, _ in settings.LANGUAGES]


def test_only_what_is_published_is_led_to(reader: Client, first_story: StoryPage, place: Place) -> None:
    draft: Any = tongues.begin(first_story, "fr", place, user=None)
    assert not draft.live
    german = translated(first_story, place, "de", "Vier Gründe zur Hoffnung")
    assert [language for _, language in switcher(page_at(reader, ORIGINAL))] == ["en", "de"]
    assert reader.get("/fr/stories/four-reasons-for-hope/").status_code == 404
    german.unpublish()
    assert switcher(page_at(reader, ORIGINAL)) == [] and alternates(page_at(reader, ORIGINAL)) == {}


def test_lists_keep_to_their_language(
    reader: Client, first_story: StoryPage, place: Place, write: WriteStory
) -> None:
    translated(first_story, place, "de", "Vier Gründe zur Hoffnung")
    listed = page_at(reader, "/de/stories/")
    assert "Geschichten</h1>" in listed and listed.count('<li class="s-card">') == 1
    assert "Vier Gründe zur Hoffnung" in listed
    assert "Vier Gründe" not in page_at(reader, "/stories/") + page_at(reader, "/")
    assert "What coming home takes" not in page_at(reader, GERMAN)
    sitemap = page_at(reader, "/sitemap.xml")
    entry = re.search(rf"<loc>http://testserver{GERMAN}</loc>.*?</url>", sitemap)
    assert entry is not None
    assert re.findall(r'hreflang="([\w-]+)"', entry[0]) == ["en", "x-default", "de"]


@pytest.mark.usefixtures("still")
def test_a_translation_asks_the_database_a_fixed_number_of_times(
    reader: Client,
    first_story: StoryPage,
    place: Place,
    settings: SettingsWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.STAMP_AGE_SECONDS = 60  # as a process in its second second
    translated(first_story, place, "de", "Vier Gründe zur Hoffnung")
    reader.get(GERMAN)
    # The register’s words in the page’s language are one of them.
    with django_assert_num_queries(7):
        reader.get(GERMAN)


def test_a_page_in_the_charitys_own_language(reader: Client, first_story: StoryPage, place: Place) -> None:
    place.charity.language = "nl"
    place.charity.save()
    here = place_for(place.charity)
    assert here is not None
    assert '<html lang="nl"' in page_at(reader, ORIGINAL)
    assert "nl" not in dict(tongues.missing(first_story, place.charity))
    assert "en" in dict(tongues.missing(first_story, place.charity))


def test_an_editor_begins_a_translation(editor: Client, reader: Client, first_story: StoryPage) -> None:
    address = f"/admin/translate/{first_story.pk}/"
    assert address in editor.get(f"/admin/pages/{first_story.pk}/edit/").content.decode()
    assert "Deutsch" in editor.get(address).content.decode()
    refused = editor.post(address, {"language": "xx"})
    assert refused.status_code == 422 and "isn’t in yet" in refused.content.decode()
    assert not StoryPage.objects.exclude(locale__language_code="en").exists()
    answer = editor.post(address, {"language": "de"})
    german = StoryPage.objects.get(locale__language_code="de")
    assert answer["Location"] == f"/admin/pages/{german.pk}/edit/"
    assert (german.live, german.title, german.translation_key) == (
        False, first_story.title, first_story.translation_key,
    )  # fmt: skip
    # What stands above it: the list can be read at once, the home has an editor's words and waits for them.
    assert StoryIndexPage.objects.get(locale__language_code="de").live
    assert not HomePage.objects.get(locale__language_code="de").live
    again = editor.post(address, {"language": "de"})
    assert again.status_code == 422 and StoryPage.objects.filter(locale__language_code="de").count() == 1


def test_whoever_may_not_write_may_not_translate(client: Client, first_story: StoryPage) -> None:
    answer = client.get(f"/admin/translate/{first_story.pk}/")
    assert answer.status_code == 302 and "/admin/login/" in answer["Location"]


@pytest.mark.parametrize("path", ["/de/", "/de/stories/", "/xx/stories/"])
def test_a_language_without_a_page_is_not_there(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_the_demonstrations_story_in_german_and_arabic(
    reader: Client, first_story: StoryPage, charity: Charity
) -> None:
    for _ in range(2):
        demo.translate(charity)
    assert StoryPage.objects.filter(translation_key=first_story.translation_key).count() == 3
    assert [language for _, language in switcher(page_at(reader, ORIGINAL))] == ["en", "de", "ar"]
    german, arabic = page_at(reader, GERMAN), page_at(reader, GERMAN.replace("/de/", "/ar/"))
    assert "über 1.000" in german and "أكثر من 1,000" in arabic
    for language, html in (("de", german), ("ar", arabic)):
        # Each figure is the register's, and leads to how it is known.
        assert (
            html.count(f'href="/{language}/figures/')
            == page_at(reader, ORIGINAL).count('href="/figures/')
            > 2
        )
        assert "pronto-donation-form" not in html and "[figure" not in html
