"""What the register shows in public, in each language in which it has words or the site has pages."""

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from almoner.charities.models import Charity
from almoner.impact.models import Indicator, Programme, Translation
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import forget
from almoner.stories.tests.test_register_costs import asked
from almoner.stories.tests.test_register_translated import FIGURE, of_indicator, stories  # noqa: F401
from almoner.stories.tests.test_tongues import alternates, locales, page_at, switcher

pytestmark = pytest.mark.django_db
ROOT: Final = "http://testserver"
BOOST: Final = "/programmes/project-boost/"
FIGURES: Final = "/figures/project-boost/identified/"
TITLE: Final = "Opfer, die nach der Schulung identifiziert wurden"


@pytest.mark.parametrize("path", ["/programmes/", BOOST, FIGURES])
@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_each_page_stands_in_each_language(reader: Client, path: str, language: str, direction: str) -> None:
    ways = {"en": path, "de": f"/de{path}", "ar": f"/ar{path}"}
    html = page_at(reader, ways[language])
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f'<link rel="canonical" href="{ROOT}{ways[language]}">' in html
    for each in (html, page_at(reader, path)):
        assert alternates(each) == {code: ROOT + way for code, way in {**ways, "x-default": path}.items()}
        assert switcher(each) == [(way, code) for code, way in ways.items()]
    assert locales(page_at(reader, path)) == ("en_GB", ["de_DE", "ar_AR"])
    assert locales(page_at(reader, ways["de"])) == ("de_DE", ["en_GB", "ar_AR"])
    # The way on stays in the language.
    leads = set(re.findall(r'href="((?:/\w\w)?/(?:programmes|figures)/[^"]*)"', html)) - set(ways.values())
    assert leads and all(way.startswith(f"/{language}/") for way in leads)
    found = page_at(reader, "/sitemap.xml")
    assert f"<loc>{ROOT}{ways[language]}</loc>" in found


def test_it_says_what_the_register_calls_things(reader: Client) -> None:
    listed, programme, known = (page_at(reader, f"/de{path}") for path in ("/programmes/", BOOST, FIGURES))
    assert "<bdi>Project Boost: Die Polizei lernt" in listed
    assert f"<span>{TITLE}</span>" in programme and "<h2>Was gelernt wurde, hilft" in programme
    assert f"<h1>{TITLE}</h1>" in known and f"<title>{TITLE} – " in known
    # A chart is called so, too, and numbers are written as Germans do.
    assert "1,065" not in programme + known and re.search(
        r"\d\.\d{3}", page_at(reader, "/de/programmes/osec-philippines/")
    )


def test_what_it_has_no_words_for_is_marked_as_the_charity_s_language(reader: Client) -> None:
    indicator = Indicator.objects.get(slug="identified")
    known = page_at(reader, f"/de{FIGURES}")
    # What nobody translates, and the rule, for which no German was entered.
    assert re.search(r'<bdi lang="en">[^<]+</bdi>', known)
    assert f'<bdi lang="en">{indicator.rule[:20]}' in known
    Translation.objects.filter(indicator=indicator).delete()
    assert f'lang="en" dir="auto">{indicator.title[:1].upper()}{indicator.title[1:20]}' in page_at(
        reader, f"/de{FIGURES}"
    )
    assert f'<span lang="en">{indicator.title[:1].upper()}' in page_at(reader, f"/de{BOOST}")
    for path in ("/programmes/", BOOST, FIGURES):
        own = page_at(reader, path).replace('<html lang="en"', "")
        assert ' lang="en"' not in re.sub(r'<nav class="s-tongues".*?</nav>', "", own, flags=re.DOTALL)


@pytest.mark.parametrize("path", ["/programmes/", BOOST, FIGURES])
def test_a_language_in_which_it_is_not_told_leads_to_the_charity_s_own(reader: Client, path: str) -> None:
    for language in ("fr", "en", "pt-br"):
        answer = reader.get(f"/{language}{path}")
        assert (answer.status_code, answer["Location"]) == (302, path)
    assert reader.get(f"/xx{path}").status_code == 404
    assert reader.get(f"/de{path}".replace("boost", "nothing")).status_code == (
        200 if path == "/programmes/" else 404
    )


def test_words_that_staff_enter_stand_there_at_the_next_request(reader: Client, editor: Client) -> None:
    indicator = Indicator.objects.get(slug="identified")
    assert reader.get(f"/fr{FIGURES}").status_code == 302
    page = page_at(reader, f"/de{FIGURES}")
    row = Translation.objects.get(indicator=indicator, language="de")
    rows = (
        {"id": str(row.pk), "language": "de", "title": "Gefundene Opfer"},
        {"language": "fr", "title": "Victimes identifiées", "text": "Comptées une fois."},
    )
    address = reverse("backoffice:edit_indicator", args=[indicator.pk])
    assert editor.post(address, of_indicator(indicator, *rows, there=1)).status_code == 302
    assert TITLE in page and "<h1>Gefundene Opfer</h1>" in page_at(reader, f"/de{FIGURES}")
    french = page_at(reader, f"/fr{FIGURES}")
    assert "<h1>Victimes identifiées</h1>" in french and "Comptées une fois." in french
    assert [code for _, code in switcher(french)] == ["en", "de", "fr", "ar"]


def test_a_story_leads_to_its_evidence_in_its_language(stories: dict[str, StoryPage]) -> None:  # noqa: F811
    for language, story in stories.items():
        html = Client().get(story.url).content.decode()
        prefix = "" if language == "en" else f"/{language}"
        assert re.findall(r'href="([^"]*/figures/[^"]+)"', html) == [
            f"{prefix}/figures/osec-philippines/restored/"
        ]


def test_a_hidden_programme_is_told_in_no_language(reader: Client, charity: Charity) -> None:
    Programme.objects.filter(slug="project-boost").update(public=False)
    forget()
    for language in ("", "/de", "/ar"):
        assert reader.get(language + BOOST).status_code == reader.get(language + FIGURES).status_code == 404
        assert "Project Boost" not in page_at(reader, f"{language}/programmes/")


def test_it_costs_one_query_and_the_stamps(reader: Client) -> None:
    for path in ("/programmes/", BOOST, FIGURES):
        # The names; and the stamps twice, which are remembered for a second where they aren't asked each time. What was
        # entered with numbers is asked for where a method or a group stands.
        phrases = path == FIGURES
        assert asked(reader, f"/de{path}") - asked(reader, path) == 3 + phrases
