"""The feed over HTTP: what a reader of feeds is told, and what never is."""

from datetime import timedelta
from xml.etree import ElementTree

from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper
from wagtail.models import PageViewRestriction

from almoner.impact import demo as register_demo
from almoner.kernel.clock import now
from almoner.stories.models import StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_figures import corrected
from almoner.stories.tests.test_tongues import translated

_ATOM = "{http://www.w3.org/2005/Atom}"


def feed_at(reader: Client, address: str = "/feed.xml") -> ElementTree.Element:
    answer = reader.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ElementTree.fromstring(answer.content)  # noqa: S314 (our own answer)


def said(entry: ElementTree.Element, name: str) -> str:
    return (entry.findtext(_ATOM + name) or "").strip()


def titles(feed: ElementTree.Element) -> list[str]:
    return [said(entry, "title") for entry in feed.iter(f"{_ATOM}entry")]


def test_a_feed_says_what_can_be_read_now_the_newest_first(reader: Client, write: WriteStory) -> None:
    before = titles(feed_at(reader))
    newest = write("Harbour & <lights>", summary="It says 2 < 3 & more.")
    write("Not yet", live=False)
    write("Lapsed", expire_at=now() + timedelta(seconds=-5))
    members = write("For members")
    PageViewRestriction.objects.create(page=members, restriction_type=PageViewRestriction.LOGIN)
    feed = feed_at(reader)
    assert titles(feed) == ["Harbour & <lights>", *before]
    entry = feed.find(f"{_ATOM}entry")
    assert entry is not None
    link = entry.find(f"{_ATOM}link")
    address = "http://testserver/stories/harbour-lights/"
    assert (said(entry, "id"), said(entry, "summary")) == (address, "It says 2 < 3 & more.")
    assert link is not None and link.get("href") == address
    assert said(entry, "updated") == said(feed, "updated") == newest.last_published_at.isoformat()
    assert reader.get("/stories/harbour-lights/").status_code == 200


def test_a_corrected_figure_reaches_the_feed(reader: Client, first_story: StoryPage) -> None:
    first_story.summary = f"Freed: [figure {register_demo.SLUG}/rescued exact]."
    first_story.save_revision().publish()
    before = [said(entry, "summary") for entry in feed_at(reader).iter(f"{_ATOM}entry")]
    corrected(1012, "The courts confirmed twelve more.")
    after = [said(entry, "summary") for entry in feed_at(reader).iter(f"{_ATOM}entry")]
    assert "Freed: 1,012." in after and "Freed: 1,012." not in before


def test_each_language_has_its_feed_and_its_pages_lead_to_it(
    reader: Client, first_story: StoryPage, place: Place
) -> None:
    assert reader.get("/de/feed.xml").status_code == 404
    translated(first_story, place, "de", "Vier Gründe zur Hoffnung")
    german = feed_at(reader, "/de/feed.xml")
    assert titles(german) == ["Vier Gründe zur Hoffnung"]
    assert german.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert "Vier Gründe zur Hoffnung" not in titles(feed_at(reader))
    assert 'href="/de/feed.xml"' in reader.get("/de/stories/four-reasons-for-hope/").content.decode()
    assert 'href="/feed.xml"' in reader.get("/stories/four-reasons-for-hope/").content.decode()


def test_a_feed_is_kept_until_a_story_lapses(
    reader: Client,
    write: WriteStory,
    settings: SettingsWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lapses = write("For a while", expire_at=now() + timedelta(seconds=20))
    answer = reader.get("/feed.xml")
    assert (answer.ready, answer.ready_until) == (True, lapses.expire_at)  # type: ignore[attr-defined]
    settings.STAMP_AGE_SECONDS = 60
    reader.get("/feed.xml")
    for number in range(4):
        write(f"Another {number}")
    with django_assert_num_queries(2):
        reader.get("/feed.xml")
