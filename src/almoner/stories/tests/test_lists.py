"""The home page, the list of stories, and what a site has beside its pages."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from almoner.stories import models
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage
from almoner.stories.tests.conftest import WriteStory


def test_the_home_page_is_the_charity_s(reader: Client, home: HomePage) -> None:
    answer = reader.get("/")
    html = answer.content.decode()
    assert f"<h1>{home.heading}</h1>" in html
    assert html.count('<li class="s-card">') == 3
    assert '<a class="s-button" href="/give/4840/">Give</a>' in html
    assert '"@type": "NGO"' in html
    assert '"@type": "Article"' not in html
    assert answer.ready is True


def test_the_list_shows_the_newest_first_and_each_once(reader: Client, first_story: StoryPage) -> None:
    html = reader.get("/stories/").content.decode()
    assert html.count('<li class="s-card">') == 4
    assert html.index(first_story.title) < html.index("What coming home takes") < html.index("How we tell")


def test_a_long_list_is_parted(
    reader: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(models, "STORIES_PER_PAGE", 3)
    first = reader.get("/stories/").content.decode()
    assert first.count('<li class="s-card">') == 3
    assert 'href="?page=2" rel="next"' in first
    assert 'rel="prev"' not in first
    with django_assert_max_num_queries(17):
        second = reader.get("/stories/?page=2").content.decode()
    assert second.count('<li class="s-card">') == 1
    assert 'href="?page=1" rel="prev"' in second
    for odd in ("0", "999", "x", "-1"):
        assert reader.get("/stories/", {"page": odd}).status_code == 200


def test_an_empty_list_says_so(reader: Client) -> None:
    for story in StoryPage.objects.all():
        story.unpublish()
    assert b"No stories yet" in reader.get("/stories/").content
    assert reader.get("/").status_code == 200


def test_an_unpublished_list_is_not_linked_to(reader: Client) -> None:
    StoryIndexPage.objects.get().unpublish()
    assert b'href="/stories/"' not in reader.get("/").content


def test_robots_are_told_of_the_sitemap(reader: Client) -> None:
    answer = reader.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert b"Sitemap: http://testserver/sitemap.xml" in answer.content


def test_the_sitemap_leaves_out_what_nobody_may_read(reader: Client, write: WriteStory) -> None:
    write("Draft", live=False)
    sitemap = reader.get("/sitemap.xml")
    assert sitemap["Content-Type"].startswith("application/xml")
    # Pages; in three languages each, three of programmes and five of figures; in eight, the form.
    assert sitemap.content.count(b"<loc>") == 9 + (3 + 5) * 3 + 8
    assert b"draft" not in sitemap.content


def test_a_drawing_is_served_in_the_colours_of_its_address(reader: Client) -> None:
    answer = reader.get("/drawings/home/14495c/f0a43c.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert b"#14495c" in answer.content
    assert b"script" not in answer.content


@pytest.mark.parametrize(
    "path",
    ["nothing/14495c/f0a43c", "home/red/f0a43c", "home/14495C/f0a43c", "home/14495c/f0a43", "../home/1/2"],
)
def test_other_drawings_are_not_found(reader: Client, path: str) -> None:
    assert reader.get(f"/drawings/{path}.svg").status_code == 404
