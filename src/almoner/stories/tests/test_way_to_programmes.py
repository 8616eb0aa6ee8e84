"""From a charity's pages to what its programmes reach: a link where one is public, none where none is."""

import re
from typing import Final

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper

from almoner.charities.models import Charity, CharityHost
from almoner.impact.models import Programme
from almoner.stories.models import StoryIndexPage, StoryPage

STORY: Final = "/stories/four-reasons-for-hope/"
GIVING: Final = "/give/4840/"
LINK: Final = re.compile(r'<a href="(?:/de)?/programmes/"(?: aria-current="page")?>([^<]+)</a>')


def ways(client: Client, url: str, host: str = "testserver") -> list[str]:
    """The words of each link to the programmes, all of which stand in the page's foot."""
    html = client.get(url, headers={"host": host}).content.decode()
    found = LINK.findall(html)
    assert found == LINK.findall(html[html.index("<footer") :])
    return found


def made_public(editor: Client, programme: Programme, *, public: bool) -> None:
    """As staff do it, on the programme's own form."""
    url = f"/admin/programmes/{programme.pk}/edit/"
    given = {
        "title": programme.title,
        "summary": programme.summary,
        "starts_on": programme.starts_on.isoformat(),
    }
    sheet = {
        f"{rows}-{of}_FORMS": "0" for rows in ("partnerships", "translations") for of in ("TOTAL", "INITIAL")
    }
    assert editor.post(url, given | sheet | ({"public": "on"} if public else {})).status_code == 302


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/", "What we reach"),
        ("/stories/", "What we reach"),
        (STORY, "What we reach"),
        ("/programmes/", "What we reach"),
        (GIVING, "What we reach"),
        ("/de/give/4840/", "Was wir erreichen"),
        ("/giving/", "What we reach"),
        ("/de/giving/", "Was wir erreichen"),
    ],
)
def test_each_page_with_a_foot_leads_to_the_programmes(reader: Client, url: str, words: str) -> None:
    assert ways(reader, url) == [words]
    assert reader.get("/programmes/").status_code == 200


def test_the_way_is_there_while_a_programme_is_public(
    first_story: StoryPage, charity: Charity, editor: Client
) -> None:
    """Each page hears of it by the charity's stamp, also one that stood ready."""
    reader, programmes = Client(), list(Programme.objects.filter(charity=charity, public=True))
    assert [ways(reader, url) for url in (STORY, GIVING)] == [["What we reach"]] * 2
    for each in programmes:
        made_public(editor, each, public=False)
    assert [ways(reader, url) for url in (STORY, GIVING, "/giving/")] == [[]] * 3
    made_public(editor, programmes[0], public=True)
    assert [ways(reader, url) for url in (STORY, GIVING, "/giving/")] == [["What we reach"]] * 3


def test_another_charity_without_programmes_has_no_way(neighbour: StoryIndexPage) -> None:
    assert ways(Client(), "/stories/", host="localhost") == []
    Programme.objects.create(
        charity=CharityHost.objects.get(host="localhost").charity, slug="a", title="A", starts_on="2020-01-01",
        public=False,
    )  # fmt: skip
    assert ways(Client(), "/stories/", host="localhost") == []


def test_a_charity_whose_site_shows_no_pages_has_no_way(
    neighbour: StoryIndexPage, settings: SettingsWrapper
) -> None:
    """Its host leads to no site of Wagtail's, and so to no page of programmes."""
    settings.ALLOWED_HOSTS = ["giving.localhost"]
    other = CharityHost.objects.get(host="localhost").charity
    CharityHost.objects.filter(host="localhost").update(host="giving.localhost")
    Programme.objects.create(charity=other, slug="a", title="A", starts_on="2020-01-01")
    assert ways(Client(), "/giving/", host="giving.localhost") == []


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(("url", "queries"), [(STORY, 5), (GIVING, 0)])
def test_the_way_is_remembered(
    reader: Client,
    settings: SettingsWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
    url: str,
    queries: int,
) -> None:
    settings.STAMP_AGE_SECONDS = 60
    assert ways(reader, url)
    with django_assert_num_queries(queries):
        assert ways(reader, url)
