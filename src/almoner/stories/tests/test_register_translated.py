"""The register's words in the reader's language: entered by staff, said in translated stories and in open data."""

import xml.etree.ElementTree as ET
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.iati_standard import faults
from wagtail.models import Locale

from almoner.charities.models import AuditEntry, Charity
from almoner.impact import demo as register_demo
from almoner.impact.models import Indicator, Programme, Result, Translation
from almoner.stories import demo
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory, forget

pytestmark = pytest.mark.django_db
KEY: Final = f"{register_demo.SLUG}/restored"
FIGURE: Final = [
    {"type": "figure", "value": {"indicator": KEY, "style": "exact", "value": "", "label": "", "source": {}}}
]
GERMAN: Final = "Überlebende, die die Nachsorge nicht mehr brauchen"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def rows(*each: dict[str, str], there: int = 0) -> dict[str, str]:
    """The rows of translations as a form sends them."""
    sent = {"translations-TOTAL_FORMS": str(len(each)), "translations-INITIAL_FORMS": str(there)}
    for at, row in enumerate(each):
        sent |= {f"translations-{at}-{name}": value for name, value in row.items()}
    return sent


def of_indicator(indicator: Indicator, *each: dict[str, str], there: int = 0) -> dict[str, str]:
    sent = {
        "title": indicator.title,
        "rule": indicator.rule,
        "every_months": "0",
        "ordinal": "0",
        "nouns": "w",
    }
    for name in ("dimensions", "targets"):
        sent |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    return sent | rows(*each, there=there)


@pytest.fixture
def stories(charity: Charity, write: WriteStory) -> dict[str, StoryPage]:
    """One with a figure, in the charity's language and in two others."""
    demo.translate(charity)
    found = {"en": write("Cared for", body=FIGURE)}
    for code in ("de", "ar"):
        page: Any = found["en"].copy_for_translation(Locale.objects.get(language_code=code))
        page.save_revision().publish()
        found[code] = page
    return found


def read(page: StoryPage) -> tuple[str, list[str]]:
    """The page, and what it asked the database."""
    forget()
    Client().get(page.url)
    forget()
    with CaptureQueriesContext(connection) as queries:
        html = Client().get(page.url).content.decode()
    return html, [each["sql"] for each in queries.captured_queries]


def test_a_story_says_what_it_counts_in_its_own_language(
    charity: Charity, stories: dict[str, StoryPage], editor: Client
) -> None:
    """Staff enter it where they keep the indicator; until then the charity's own words stand there, as such."""
    Translation.objects.all().delete()
    indicator = Indicator.objects.get(slug="restored")
    own = "clients restored through aftercare"
    assert f'<span lang="en">{own}</span>' in read(stories["de"])[0]
    address = reverse("backoffice:edit_indicator", args=[indicator.pk])
    assert (
        editor.post(address, of_indicator(indicator, {"language": "de", "title": GERMAN})).status_code == 302
    )
    assert f"<span>{GERMAN}</span>" in read(stories["de"])[0]
    assert f'<span lang="en">{own}</span>' in read(stories["ar"])[0]
    html, _ = read(stories["en"])
    assert f"<span>{own}</span>" in html and GERMAN not in html
    entry = AuditEntry.objects.filter(action="change indicator").latest("pk")
    assert "in other languages" in entry.detail["changed"]


def test_it_costs_one_query_and_none_in_the_charity_s_own_language(stories: dict[str, StoryPage]) -> None:
    """However many figures the page has."""
    for page in stories.values():
        page.body = FIGURE * 3
        page.save_revision().publish()
    asked = {code: read(page)[1] for code, page in stories.items()}
    # Which languages there are is asked by the foot, and remembered.
    of_words = {
        code: sum('"impact_translation"' in each and "DISTINCT" not in each for each in sql)
        for code, sql in asked.items()
    }
    assert of_words == {"en": 0, "de": 1, "ar": 1}


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ([{"language": "de", "title": "Eins"}, {"language": "de", "title": "Zwei"}], "Each language once."),
        ([{"language": "en", "title": "One"}], "Select a valid choice."),
        ([{"language": "de", "title": ""}], "This field is required."),
    ],
)
def test_what_is_refused(editor: Client, sent: list[dict[str, str]], problem: str) -> None:
    Translation.objects.all().delete()
    indicator = Indicator.objects.get(slug="restored")
    address = reverse("backoffice:edit_indicator", args=[indicator.pk])
    answer = editor.post(address, of_indicator(indicator, *sent))
    assert answer.status_code == 200 and problem in answer.content.decode()
    assert not Translation.objects.exists()


def test_each_is_kept_where_it_belongs_and_changed_there(editor: Client) -> None:
    """A programme's page holds its own alone, though its results' and indicators' name the programme too."""
    Translation.objects.all().delete()
    programme = Programme.objects.get(slug=register_demo.SLUG)
    result = Result.objects.filter(programme=programme).earliest("pk")
    row = {"language": "de", "title": "Titel", "text": "Worum es geht."}
    facts = {
        "title": programme.title, "starts_on": "2011-01-01", "public": "on",
        "partnerships-TOTAL_FORMS": "0", "partnerships-INITIAL_FORMS": "0",
    }  # fmt: skip
    of_result = {"kind": "2", "title": result.title, "ordinal": "0"}
    addresses = {
        reverse("backoffice:edit_result", args=[result.pk]): of_result,
        reverse("backoffice:edit_programme", args=[programme.pk]): facts,
    }
    for address, sent in addresses.items():
        assert editor.post(address, sent | rows(row)).status_code == 302
    of_one, of_all = Translation.objects.order_by("pk")
    assert (of_one.programme, of_one.result) == (programme, result)
    assert (of_all.programme, of_all.result, of_all.indicator) == (programme, None, None)
    address = reverse("backoffice:edit_programme", args=[programme.pk])
    shown = editor.get(address).content.decode()
    assert 'name="translations-INITIAL_FORMS" value="1"' in shown
    changed = rows(row | {"id": str(of_all.pk), "title": "Neuer Titel"}, there=1)
    assert editor.post(address, facts | changed).status_code == 302
    gone = rows(row | {"id": str(of_all.pk), "DELETE": "on"}, there=1)
    assert Translation.objects.get(pk=of_all.pk).title == "Neuer Titel"
    assert editor.post(address, facts | gone).status_code == 302
    assert list(Translation.objects.all()) == [of_one]


def test_open_data_say_it_in_every_language(first_story: StoryPage, reader: Client) -> None:
    body = reader.get("/data/iati-activities.xml").content
    assert list(faults(body)) == []
    activity = next(
        each
        for each in ET.fromstring(body)  # noqa: S314 (our own file)
        if "osec-philippines" in (each.findtext("iati-identifier") or "")
    )
    assert activity.get(LANG) == "en"
    for path in ("title", "description", "result/title", "result/indicator/title"):
        element = activity.find(path)
        assert element is not None, path
        assert [each.get(LANG) for each in element] == [None, "ar", "de"], path
    assert GERMAN in body.decode()
    found = reader.get("/data/programmes.json").json()
    assert found["language"] == "en"
    told = [each for one in found["programmes"][0]["results"] for each in one["indicators"]]
    (restored,) = [each["translations"] for each in told if each["id"] == "restored"]
    assert [each["language"] for each in restored] == ["ar", "de"] and restored[1]["title"] == GERMAN


def test_typed_words_are_read_by_the_register_s_words_of_their_language(
    charity: Charity, stories: dict[str, StoryPage], editor: Client
) -> None:
    """No figure of the page is near: it is known by the nouns that staff entered in German."""
    page = stories["de"]
    page.body = [{"type": "text", "value": "<p>Wir haben 900 Klienten begleitet.</p>"}]
    page.save_revision().publish()
    assert (
        "Wir haben 900 Klienten begleitet." in editor.get("/admin/claims/?show=contradicted").content.decode()
    )
