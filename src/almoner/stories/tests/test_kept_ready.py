"""Stories through the layer that keeps them ready as bytes, as a server answers: what is taken back is gone from it."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import signals
from django.db import close_old_connections
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from almoner.charities.models import ContentStamp
from almoner.config import wiring
from almoner.giving.goals import goal_time
from almoner.kernel.clock import now
from almoner.stories import schedules
from almoner.stories.models import StoryIndexPage, StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory

Answer = tuple[int, dict[str, str], str]


@contextmanager
def _open_transaction() -> Iterator[None]:
    """A request's end leaves the test's transaction open, as Django's own client has it."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


class Site:
    """The whole application in this process, as granian calls it."""

    def __init__(self) -> None:
        self._application = wiring.application(clock=lambda: time.time())

    def get(self, path: str) -> Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "testserver",
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "REMOTE_ADDR": "198.51.100.7",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        }  # fmt: skip
        with _open_transaction():
            body = b"".join(self._application(environ, lambda *answer: begun.append(answer)))
        ((status, headers),) = begun
        return int(status[:3]), dict(headers), body.decode(errors="replace")

    def status(self, path: str) -> int:
        return self.get(path)[0]


@pytest.fixture
def site(first_story: StoryPage) -> Site:
    return Site()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of day, which stands still until it is shifted. Pages are kept by it here, too. A minute has just begun:
    the pages of the last one were dropped."""
    begun = goal_time(datetime.now().astimezone()) + timedelta(seconds=5)
    with time_machine.travel(begun, tick=False) as traveller:
        yield traveller


def url(story: StoryPage) -> str:
    return f"/stories/{story.slug}/"


def is_kept(site: Site, path: str) -> bool:
    """Whether the second answer comes out of memory: Django isn't asked, so nothing asks the database for a page."""
    site.get(path)
    Page.objects.filter(slug=path.strip("/").rpartition("/")[2]).update(
        title="Changed behind everybody's back"
    )
    return "behind everybody" not in site.get(path)[2]


def test_a_story_is_kept(site: Site, write: WriteStory) -> None:
    assert is_kept(site, url(write("Open")))


def test_a_story_made_private_is_gone_at_once(site: Site, write: WriteStory) -> None:
    story = write("Open")
    assert site.status(url(story)) == 200
    restriction = PageViewRestriction.objects.create(page=story, restriction_type=PageViewRestriction.LOGIN)
    # Whoever may read it has to sign in first.
    assert site.status(url(story)) == 302
    restriction.delete()
    assert site.status(url(story)) == 200


def test_stories_below_a_list_made_private_are_gone_too(site: Site, write: WriteStory) -> None:
    story = write("Open")
    assert site.status(url(story)) == 200
    restriction = PageViewRestriction.objects.create(
        page=story.get_parent(), restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.add(Group.objects.first())
    assert site.status(url(story)) != 200


def test_the_editor_s_privacy_screen_does_it(site: Site, editor: Client, write: WriteStory) -> None:
    story = write("Open")
    assert site.status(url(story)) == 200
    answer = editor.post(f"/admin/pages/{story.pk}/privacy/", {"restriction_type": "login"})
    assert answer.status_code == 200 and answer.json()["is_public"] is False
    assert site.status(url(story)) == 302


def test_a_lapsing_story_is_kept_until_then_and_not_a_second_longer(
    site: Site, write: WriteStory, clock: time_machine.Traveller
) -> None:
    story = write("Soon over", expire_at=now() + timedelta(seconds=20))
    status, headers, _ = site.get(url(story))
    assert (status, headers["Cache-Control"], headers["Age"]) == (200, "public, max-age=0, s-maxage=20", "0")
    clock.shift(12)
    status, headers, _ = site.get(url(story))
    # A cache in front counts from when the page was made, not from when it asked.
    assert (status, headers["Cache-Control"], headers["Age"]) == (200, "public, max-age=0, s-maxage=20", "12")
    clock.shift(8)
    assert site.status(url(story)) == 404


def test_a_list_doesn_t_show_what_has_lapsed(
    site: Site, write: WriteStory, clock: time_machine.Traveller
) -> None:
    write("Soon over", expire_at=now() + timedelta(seconds=20))
    _, headers, body = site.get("/stories/")
    assert "Soon over" in body and headers["Cache-Control"] == "public, max-age=0, s-maxage=20"
    clock.shift(21)
    _, headers, body = site.get("/stories/")
    assert "Soon over" not in body and headers["Cache-Control"] == "public, max-age=0, s-maxage=60"


def test_one_that_lapses_later_is_kept_a_minute(
    site: Site, write: WriteStory, clock: time_machine.Traveller
) -> None:
    story = write("Next year", expire_at=now() + timedelta(days=300))
    assert site.get(url(story))[1]["Cache-Control"] == "public, max-age=0, s-maxage=60"
    clock.shift(59)
    assert site.get(url(story))[1]["Age"] == "59"
    clock.shift(1)
    assert site.get(url(story))[1]["Age"] == "0"


@pytest.mark.parametrize("way", ["unpublish", "delete", "schedule"])
def test_what_was_taken_down_is_gone_at_once(site: Site, write: WriteStory, way: str) -> None:
    story = write("Open")
    assert site.status(url(story)) == 200
    if way == "schedule":
        StoryPage.objects.filter(pk=story.pk).update(expire_at=now() - timedelta(seconds=1))
        schedules.publish_due()
    else:
        getattr(story, way)()
    assert site.status(url(story)) == 404


def stamps() -> dict[int, int]:
    return dict(ContentStamp.objects.values_list("charity_id", "version"))


def test_moving_to_another_charity_moves_both_stamps(
    site: Site, editor: Client, write: WriteStory, place: Place, neighbour: StoryIndexPage
) -> None:
    story = write("Moves out")
    write("Theirs", index=neighbour)
    assert site.status(url(story)) == 200
    before = stamps()
    answer = editor.post(f"/admin/pages/{story.pk}/move/{neighbour.pk}/confirm/")
    assert answer.status_code == 302
    assert [charity for charity, version in stamps().items() if version > before[charity]] == sorted(before)
    assert site.status(url(story)) == 404


def test_moving_several_out_of_every_site_moves_the_old_stamp(
    site: Site, editor: Client, write: WriteStory, place: Place
) -> None:
    shelf = StoryIndexPage(title="Shelf", slug="shelf")
    Page.get_first_root_node().add_child(instance=shelf)
    stories = [write("One"), write("Two")]
    assert [site.status(url(story)) for story in stories] == [200, 200]
    before = stamps()
    answer = editor.post(
        f"/admin/bulk/wagtailcore/page/move/?id={stories[0].pk}&id={stories[1].pk}", {"chooser": shelf.pk}
    )
    assert answer.status_code == 302
    assert [charity for charity, version in stamps().items() if version > before[charity]] == [
        place.charity.pk
    ]
    assert [site.status(url(story)) for story in stories] == [404, 404]
