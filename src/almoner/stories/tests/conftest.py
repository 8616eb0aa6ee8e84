"""The demonstration's site, and a way to write stories into it."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from tests.support import databases, templates
from wagtail.models import Page, Site

from almoner.charities.models import Charity, CharityHost
from almoner.charities.sites import forget_stamps
from almoner.giving import catalogue
from almoner.giving import demo as giving_demo
from almoner.kernel.clock import now
from almoner.stories import demo, presenting
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage
from almoner.stories.sites import Place, place_for

WriteStory = Callable[..., StoryPage]


@pytest.fixture(scope="package")
def seeded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A database with the demonstration in it, seeded once for this room: publishing four stories takes a while."""
    url = templates.MIGRATED.copy(f"almoner_stories_{os.getpid()}", tmp_path_factory.mktemp("stories"))
    with django_db_blocker.unblock():
        for _ in databases.borrowed(url):
            forget()
            demo.seed(giving_demo.seed(), hostname="testserver")
            yield


@pytest.fixture
def charity(seeded: None, db: None) -> Iterator[Charity]:
    """What processes remember of rows (sites' roots, compiled forms) is another test's."""
    forget()
    yield Charity.objects.get(slug="tidelight")
    forget()


def forget() -> None:
    cache.clear()
    forget_stamps()
    catalogue.forget()
    presenting.forget()


@pytest.fixture
def still() -> Iterator[None]:
    """Time stands: a goal is told by the minute, and one that begins meanwhile would ask for it anew."""
    with time_machine.travel(now(), tick=False):
        yield


@pytest.fixture
def first_story(charity: Charity) -> StoryPage:
    """The seeded story, in which form 4840 stands."""
    return StoryPage.objects.get(slug="four-reasons-for-hope")


@pytest.fixture
def place(charity: Charity, first_story: StoryPage) -> Place:
    found = place_for(charity)
    assert found is not None
    return found


@pytest.fixture
def home(first_story: StoryPage) -> HomePage:
    return HomePage.objects.get()


@pytest.fixture
def write(first_story: StoryPage) -> WriteStory:
    """Write a story into the demonstration's list, published unless `live=False`; `text` is its body's HTML."""

    def story(
        title: str = "A story", text: str = "<p>Words.</p>", *, live: bool = True, **fields: Any
    ) -> StoryPage:
        index = fields.pop("index", None) or StoryIndexPage.objects.first()
        fields.setdefault("summary", "What it is about.")
        fields.setdefault("body", [{"type": "text", "value": text}])
        page = StoryPage(title=title, live=False, **fields)
        index.add_child(instance=page)
        revision = page.save_revision()
        if live:
            revision.publish()
        page.refresh_from_db()
        return page

    return story


@pytest.fixture
def reader(first_story: StoryPage) -> Client:
    return Client()


@pytest.fixture
def editor(first_story: StoryPage) -> Client:
    """Staff who may edit everything, signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser("editor", "editor@example.org", "a long password here"))
    return client


@pytest.fixture
def neighbour(place: Place) -> StoryIndexPage:
    """The story list of another charity in the same installation, which answers at `localhost`."""
    CharityHost.objects.filter(host="localhost").delete()
    other = Charity.objects.create(
        slug="northwind", name="Northwind", legal_name="Northwind e.V.", country="DE", timezone="Europe/Berlin",
        currency="EUR", email="n@example.org", mail_from="n@example.org", colour_primary="#7a1f4b",
    )  # fmt: skip
    CharityHost.objects.create(host="localhost", charity=other)
    home = HomePage(title="Northwind", slug="northwind", heading="Wind")
    Page.get_first_root_node().add_child(instance=home)
    index = StoryIndexPage(title="Tales", slug="stories")
    home.add_child(instance=index)
    Site.objects.create(hostname="localhost", port=80, root_page=home)
    return index
