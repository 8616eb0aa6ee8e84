"""Publishing's gate on each of Wagtail's ways: what may not be read isn't, nothing is half done, people are told."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import wagtail
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from wagtail.models import Page, TaskState

from almoner.charities.models import AuditEntry
from almoner.config.wiring import HANDLERS
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.stories import gate, schedules, tongues
from almoner.stories.models import StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.showing import agree, send
from almoner.stories.tests.test_claims import corrected, of, posted

pytestmark = pytest.mark.django_db
TRUE = "<p>By then 286 clients were restored.</p>"
WHY = "The register says 291"


@pytest.fixture
def writer(first_story: StoryPage) -> User:
    return User.objects.create_superuser("wen", "wen@example.org", "a long password here")


@pytest.fixture
def story(write: WriteStory, writer: User) -> StoryPage:
    """A draft that holds today, sent for review by its writer."""
    page = write("Due", TRUE, live=False, owner=writer)
    page.save_revision(user=writer)
    page.refresh_from_db()
    workflow = page.get_workflow()
    assert workflow is not None
    workflow.start(page, writer)
    return page


def told() -> list[tuple[list[str], bool]]:
    """The mails that were asked for: to whom, and whether they say why."""
    mail.outbox.clear()
    for job in Job.objects.filter(kind=gate.JOB):
        HANDLERS[job.kind](job.payload)
    return [(each.to, WHY in each.body) for each in mail.outbox]


def approve(editor: Client, story: StoryPage, **headers: Any) -> Any:
    step = TaskState.objects.get(workflow_state__object_id=str(story.pk))
    return editor.post(f"/admin/pages/workflow/action/{story.pk}/approve/{step.pk}/", headers=headers or None)


def step_of(story: StoryPage) -> str:
    return TaskState.objects.get(workflow_state__object_id=str(story.pk)).status


def is_read(story: StoryPage) -> bool:
    story.refresh_from_db()
    return bool(story.live) and Client().get(f"/stories/{story.slug}/").status_code == 200


def test_a_review_that_ends_on_the_home_page_goes_through_the_gate(
    story: StoryPage, editor: Client, write: WriteStory
) -> None:
    corrected(291)
    answer = approve(editor, story)
    assert (answer.status_code, answer.url) == (302, f"/admin/pages/{story.pk}/edit/")
    page = editor.get(answer.url).content.decode()
    assert f"says 286. {WHY}" in page and "was not published" in page
    assert (step_of(story), is_read(story), of(story)) == ("in_progress", False, [])
    assert told() == [(["wen@example.org"], True)]
    # The dialog with a comment is answered in its own words.
    inside = approve(editor, story, x_requested_with="XMLHttpRequest")
    assert inside.json() == {"step": "success", "redirect": f"/admin/pages/{story.pk}/edit/"}

    story.body = [{"type": "text", "value": "<p>By then 291 clients were restored.</p>"}]
    story.save_revision()
    approve(editor, story)
    assert (step_of(story), is_read(story), of(story)) == ("approved", True, [("read", "291", "holds")])


def test_a_review_that_ends_in_the_form_goes_through_the_gate(
    story: StoryPage, editor: Client, place: Place
) -> None:
    given = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    sent = posted(story, TRUE, lead_image=send(place.charity).pk, lead_alt="A boat") | given
    page = editor.post(f"/admin/pages/{story.pk}/edit/", sent, follow=True).content.decode()
    assert "no consent is recorded for it" in page
    assert (step_of(story), is_read(story)) == ("in_progress", False)

    # With the reason that an approver gives, it is published on purpose.
    corrected(291)
    meant = posted(story, TRUE, numbers_meant="They left in May.") | given
    assert editor.post(f"/admin/pages/{story.pk}/edit/", meant).status_code == 302
    assert (step_of(story), is_read(story)) == ("approved", True)
    entry = AuditEntry.objects.get(action="publish claim all the same")
    assert (entry.actor_name, entry.detail["reason"]) == ("editor", "They left in May.")


def test_a_reason_that_was_given_with_the_review_lasts_until_the_register_changes(
    write: WriteStory, editor: Client, writer: User
) -> None:
    page = write("Meant", "<p>Words.</p>", live=False, owner=writer)
    sent = posted(page, "<p>We saw 290 clients restored.</p>", numbers_meant="Four more in January.")
    assert editor.post(f"/admin/pages/{page.pk}/edit/", sent | {"action-submit": "1"}).status_code == 302
    assert of(page) == []
    corrected(292)
    approve(editor, page)
    assert (step_of(page), is_read(page)) == ("in_progress", False)
    again = posted(page, "<p>We saw 290 clients restored.</p>", numbers_meant="Two fewer in January.")
    editor.post(f"/admin/pages/{page.pk}/edit/", again | {"action-submit": "1"})
    approve(editor, page)
    assert is_read(page) and of(page) == [("read", "290", "contradicted")]


def test_of_several_in_the_list_all_are_published_or_none(
    write: WriteStory, editor: Client, writer: User
) -> None:
    fine, broken = write("Fine", live=False), write("Broken", TRUE, live=False, owner=writer)
    corrected(291)
    url = f"/admin/bulk/wagtailcore/page/publish/?id={fine.pk}&id={broken.pk}&next=/admin/"
    answer = editor.post(url)
    assert (answer.status_code, answer.url) == (302, f"/admin/pages/{broken.pk}/edit/")
    assert WHY in editor.get(answer.url).content.decode()
    assert (is_read(fine), is_read(broken), of(broken)) == (False, False, [])
    assert told() == [(["wen@example.org"], True)]
    above = editor.post(
        f"/admin/bulk/wagtailcore/page/publish/?id={fine.get_parent().pk}&next=/admin/",
        {"include_descendants": "on"},
    )
    assert above.url == f"/admin/pages/{broken.pk}/edit/" and not is_read(fine)
    assert editor.post(f"/admin/bulk/wagtailcore/page/publish/?id={fine.pk}&next=/admin/").url == "/admin/"
    assert is_read(fine)


def test_what_is_due_is_looked_at_when_it_is_due(write: WriteStory, writer: User, place: Place) -> None:
    broken, other, shown = (
        write("Broken", TRUE, live=False, owner=writer), write("Other", live=False), write("Shown", live=False),
    )  # fmt: skip
    for page in (broken, shown, other):
        page.go_live_at = now() + timedelta(hours=1)
        page.save_revision(user=writer if page == broken else None).publish()
    corrected(291)
    # The hour passes, and a picture comes in by a way that asks nobody.
    for page in (broken, shown, other):
        revision = page.revisions.get(approved_go_live_at__isnull=False)
        revision.approved_go_live_at = now() - timedelta(seconds=9 - page.pk % 3)
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        if page == shown:
            revision.content |= {"lead_image": send(place.charity).pk, "lead_alt": "A boat"}
        revision.save()
    schedules.publish_due()
    assert [is_read(each) for each in (broken, other, shown)] == [False, True, False]
    assert not broken.revisions.filter(approved_go_live_at__isnull=False).exists() and of(broken) == []
    # Whose page it is, and the charity where it is nobody's.
    assert sorted(told()) == [(["hello@tidelight.example"], False), (["wen@example.org"], True)]
    schedules.publish_due()
    assert Job.objects.filter(kind=gate.JOB).count() == 2


@pytest.mark.parametrize("how", ["publish_copies", "alias"])
def test_a_copy_that_is_public_at_once_goes_through_the_gate(
    how: str, write: WriteStory, editor: Client
) -> None:
    page = write("Said", TRUE)
    corrected(291)
    before = Page.objects.count()
    sent = {"new_title": "Again", "new_slug": "again", "new_parent_page": page.get_parent().pk}
    url = f"/admin/pages/{page.pk}/copy/"
    answer = editor.post(url, sent | {how: "on"})
    assert (answer.status_code, answer.url) == (302, f"/admin/pages/{page.pk}/edit/")
    assert WHY in editor.get(answer.url).content.decode() and Page.objects.count() == before
    # A draft is everybody's to make.
    editor.post(url, sent)
    assert Page.objects.count() == before + 1 and not Page.objects.get(slug="again").live


def test_a_translation_begins_as_a_draft(write: WriteStory, place: Place) -> None:
    made = tongues.begin(write("Said", TRUE), "de", place, user=None)
    assert not made.live and not tongues.begin(made, "fr", place, user=None).live


@pytest.mark.parametrize(
    "act", ["publish", "copy", "create_alias", "convert_alias", "revert_to_page_revision"]
)
def test_the_api_of_the_screens_only_reads(act: str, write: WriteStory, editor: Client) -> None:
    page = write("Draft", live=False)
    before = Page.objects.count()
    answer = editor.post(f"/admin/api/main/pages/{page.pk}/action/{act}/", {"slug": "x", "revision_id": 1})
    assert (answer.status_code, is_read(page), Page.objects.count()) == (404, False, before)
    assert editor.get(f"/admin/api/main/pages/{page.pk}/").status_code == 200


# Where Wagtail's source publishes or copies a page, how often, and what stands before it here.
WAYS = {
    # The action itself, and what leads to it from a version: `PublicPage.publish`.
    "actions/publish_page_revision.py": 1, "models/pages.py": 3, "models/revisions.py": 1,
    # The page's form: its own check, the hook before publishing, and a form's copies by theirs.
    "admin/views/pages/create.py": 2, "admin/views/pages/edit.py": 1, "admin/views/pages/copy.py": 2,
    # The end of a review, the list, the schedule: `PublicPage.publish`.
    "workflows.py": 2, "admin/views/pages/bulk_actions/publish.py": 2, "management/commands/publish_scheduled.py": 1,
    # The API of the screens, which does nothing here; and snippets, of which there are none.
    "admin/api/actions/copy.py": 1, "admin/api/actions/create_alias.py": 1, "admin/api/actions/publish.py": 1,
    "admin/views/generic/mixins.py": 1,
}  # fmt: skip
_PUBLISHES = re.compile(
    r"\.publish\(|PublishPageRevisionAction\(|publish_workflow_state\(|CreatePageAliasAction\(|CopyPageAction\("
)


@pytest.mark.once
def test_wagtail_has_no_other_way() -> None:
    """Read in its source: a version of it that brings another way is seen here."""
    root = Path(wagtail.__file__).parent
    found = {
        path.relative_to(root).as_posix(): len(_PUBLISHES.findall(path.read_text()))
        for path in root.rglob("*.py")
        if not {"tests", "test", "tests.py"} & set(path.relative_to(root).parts)
    }
    assert {name: times for name, times in found.items() if times} == WAYS


def test_a_refused_picture_leads_to_what_was_agreed(write: WriteStory, editor: Client, place: Place) -> None:
    """Of the two that cover it one refuses: a third would let nothing be shown, but that one may be changed."""
    page, image = write("Shown", live=False), send(place.charity)
    agree(page, image)
    refuses = agree(page, image, channels=[])
    sent = posted(page, TRUE, lead_image=image.pk, lead_alt="A boat") | {"action-publish": "1"}
    said = editor.post(f"/admin/pages/{page.pk}/edit/", sent, follow=True).content.decode()
    assert f'<a href="/admin/consents/{refuses.pk}/">See what was agreed</a>' in said
    assert "Record what was agreed" not in said and not is_read(page)


def test_a_form_that_saves_itself_leaves_no_message(write: WriteStory, editor: Client, place: Place) -> None:
    page = write("Typed", live=False)
    url, sent = f"/admin/pages/{page.pk}/edit/", posted(page, TRUE, lead_image=send(place.charity).pk)
    for _ in range(2):
        answer = editor.post(url, sent, headers={"accept": "application/json"})
        assert answer.json()["success"] is True
    assert [str(message) for message in editor.get(url).context["messages"]] == []
    (told,) = (
        str(message)
        for message in editor.post(url, sent, follow=True).context["messages"]
        if "no consent is recorded" in str(message)
    )
    assert "Record what was agreed" in told
