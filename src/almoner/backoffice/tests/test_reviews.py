"""What a charity says is its own editors' to look at, and nobody else hears of it: pages, claims, consents."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.utils.html import strip_tags
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import TaskState, Workflow, WorkflowPage

from almoner.backoffice import roles
from almoner.backoffice.tests.conftest import Settled, World, made, settling
from almoner.backoffice.tests.test_canaries import CANARY, settle
from almoner.charities.models import StaffScope
from almoner.impact.tests.making import make_indicator, make_result
from almoner.stories.models import StoryPage


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(_two_places, tmp_path_factory.mktemp("places"), django_db_blocker) as kept:
        yield kept


def _two_places() -> World:
    """Each charity has a story, and two who write: the second of tide's is `colleague`."""
    world = made()
    for name, charity in (("colleague", world.tide.charity), ("river colleague", world.river.charity)):
        user = User.objects.create_user(name.replace(" ", "-"))
        user.groups.add(Group.objects.get(name=roles.EDITORS))
        StaffScope.objects.create(user=user, charity=charity)
        world.users[name] = user
    for user in world.users.values():
        user.email = f"{user.username}@example.org"
        user.save()
    world.places = {
        "own": settle(world.tide, "Tideown", world.users["editor"]),
        "other": settle(world.river, CANARY, world.users["river editor"]),
    }
    return world


def asked(world: World, place: str, by: str) -> StoryPage:
    """The story, sent for review."""
    story = StoryPage.objects.get(pk=world.places[place].story.pk)
    story.locked, story.locked_by = False, None
    story.save()
    workflow = story.get_workflow()
    assert workflow is not None
    workflow.start(story, world.users[by])
    return story


def home(world: World, who: str) -> str:
    return " ".join(strip_tags(world.client(who).get("/admin/").content.decode()).split())


def test_the_editors_of_its_charity_are_asked_and_nobody_else(world: World, media: None) -> None:
    story = asked(world, "other", by="river editor")
    told = {to for message in mail.outbox for to in message.to}
    assert told == {"river-colleague@example.org", "root@example.org"}
    for who in ("river colleague", "superuser"):
        assert "1 page to review" in home(world, who), who
    # Whoever wrote it waits for the others; of another charity's drafts nobody knows.
    assert "page to review" not in home(world, "river editor")
    for who in ("editor", "colleague"):
        assert CANARY not in home(world, who) and "page to review" not in home(world, who)
    client = world.client("river colleague")
    listed = client.get("/admin/reports/workflow_tasks/?reviewable=true").content.decode()
    assert f"{CANARY} newer draft" in listed
    step = TaskState.objects.get(workflow_state__object_id=str(story.pk))
    answer = client.post(f"/admin/pages/workflow/action/{story.pk}/approve/{step.pk}/")
    assert answer.status_code == 302
    story.refresh_from_db()
    assert (story.live, story.title) == (True, f"{CANARY} newer draft")
    assert "page to review" not in home(world, "river colleague")


def test_the_reports_of_reviews_name_nobody_else(world: World, media: None) -> None:
    asked(world, "other", by="river editor")
    asked(world, "own", by="editor")
    for address in ("workflow", "workflow_tasks"):
        url = f"/admin/reports/{address}/"
        body = world.client("editor").get(url).content.decode()
        assert "the editors of tide" in body and "Tideown newer draft" in body
        assert "river" not in body and CANARY not in body
        assert "the editors of river" in world.client("superuser").get(url).content.decode()


def test_what_a_superuser_has_chosen_stays(world: World, media: None) -> None:
    place: Any = world.places["own"]
    own = Workflow.objects.create(name="The board")
    WorkflowPage.objects.filter(page=place.home).update(workflow=own)
    before = Workflow.objects.count()
    roles.ensure_roles()
    assert place.story.get_workflow() == own
    assert Workflow.objects.count() == before


@pytest.mark.parametrize("address", ["/admin/claims/new/", "/admin/consents/new/"])
def test_only_who_can_open_it_is_asked_to_look_after_it(world: World, media: None, address: str) -> None:
    """Whoever counts or keeps the books would get mail that leads them nowhere."""
    assert set(choices(world, address, "owner")) == {"", "root", "editor", "colleague"}


def test_the_numbers_of_a_claim_stand_under_their_programmes(world: World, media: None) -> None:
    for slug in ("aftercare", "shelter"):
        make_indicator(world.tide.charity, result=make_result(world.tide.charity, slug))
    make_indicator(world.river.charity, result=make_result(world.river.charity, "river"))
    page = world.client("editor").get("/admin/claims/new/").content.decode()
    (menu,) = re.findall(r'<select name="indicator".*?</select>', page, re.DOTALL)
    found = re.findall(r'<optgroup label="([^"]+)">|<option value="\d+">([^<]+)<', menu)
    said = [group or title for group, title in found]
    for programme in ("Aftercare", "Shelter"):
        assert said[said.index(programme) + 1] == "Children rescued"
    assert "River" not in menu


def choices(world: World, address: str, name: str) -> list[str]:
    page = world.client("editor").get(address).content.decode()
    (menu,) = re.findall(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return [text if value else "" for value, text in re.findall(r'<option value="(\d*)"[^>]*>([^<]*)<', menu)]
