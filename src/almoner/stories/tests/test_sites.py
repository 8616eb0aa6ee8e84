"""Several charities in one installation: each has its own site, and nothing of one shows on another's."""

import pytest
from django.test import Client, RequestFactory
from wagtail.models import Page, Site

from almoner.charities.models import Charity
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage
from almoner.stories.sites import Place, place_for, place_of, site_asked
from almoner.stories.tests.conftest import WriteStory


@pytest.fixture
def theirs(neighbour: StoryIndexPage, write: WriteStory) -> StoryPage:
    return write("Wind in the north", "<p>[give_form id=4840]</p>", index=neighbour)


def test_a_page_belongs_to_the_charity_at_its_site_s_host(
    place: Place, first_story: StoryPage, theirs: StoryPage
) -> None:
    ours, other = place_of(first_story), place_of(theirs)
    assert ours is not None
    assert other is not None
    assert (ours.charity.slug, other.charity.slug) == ("tidelight", "northwind")
    assert place_for(other.charity) == other


def test_a_page_outside_every_site_belongs_to_nobody(first_story: StoryPage) -> None:
    stray = HomePage(title="Stray", slug="stray", heading="x")
    first_story.get_root().add_child(instance=stray)
    assert place_of(stray) is None


def test_each_site_shows_its_own_charity(reader: Client, theirs: StoryPage) -> None:
    here = reader.get("/stories/four-reasons-for-hope/").content
    there = reader.get("/stories/wind-in-the-north/", headers={"host": "localhost"}).content
    assert b"Northwind" not in here
    assert b"Northwind" in there
    assert b"Tidelight" not in there
    assert b"#7a1f4b" in there
    assert reader.get("/stories/wind-in-the-north/").status_code == 404


def test_a_number_of_one_charity_s_form_means_nothing_on_another_s_site(
    reader: Client, theirs: StoryPage
) -> None:
    there = reader.get("/stories/wind-in-the-north/", headers={"host": "localhost"}).content
    assert b'id="giving"' not in there
    assert b"/give/" not in there


def test_each_sitemap_names_its_own_pages(reader: Client, theirs: StoryPage) -> None:
    here = reader.get("/sitemap.xml").content
    there = reader.get("/sitemap.xml", headers={"host": "localhost"}).content
    assert b"<loc>http://testserver/stories/four-reasons-for-hope/</loc>" in here
    assert b"wind-in-the-north" not in here
    assert b"<loc>http://localhost/stories/wind-in-the-north/</loc>" in there
    assert b"four-reasons" not in there


def test_a_charity_without_a_site_has_no_place(db: None) -> None:
    alone = Charity.objects.create(
        slug="alone", name="Alone", legal_name="Alone Ltd", country="AU", timezone="UTC", currency="AUD",
        email="a@example.org", mail_from="a@example.org",
    )  # fmt: skip
    assert place_for(alone) is None


# (host, port, default) of each site
_DEFAULT = ("give.example", 80, True)
_OTHER = ("other.example", 80, False)
_OTHER_PORT = ("other.example", 8000, False)


@pytest.mark.parametrize("sites", [(), (_DEFAULT,), (_OTHER,), (_DEFAULT, _OTHER), (_OTHER, _OTHER_PORT)])
@pytest.mark.parametrize("more", [(), (("third.example", 80, False),), (("give.example", 8000, False),)])
@pytest.mark.parametrize(
    "asked", ["give.example", "give.example:81", "give.example:8000", "other.example", "other.example:8000",
              "other.example:9", "nobody.example"],
)  # fmt: skip
def test_the_site_is_the_one_that_wagtail_finds(
    db: None, sites: tuple[tuple[str, int, bool], ...], more: tuple[tuple[str, int, bool], ...], asked: str
) -> None:
    Site.objects.all().delete()
    root = Page.get_first_root_node()
    for host, port, default in (*sites, *more):
        Site.objects.create(hostname=host, port=port, is_default_site=default, root_page=root)
    port = asked.partition(":")[2] or "80"
    ours, its = (RequestFactory().get("/", headers={"host": asked}, SERVER_PORT=port) for _ in range(2))
    assert site_asked(ours) == Site.find_for_request(its)
    # Kept where Wagtail looks for it.
    assert Site.find_for_request(ours) == site_asked(ours)
