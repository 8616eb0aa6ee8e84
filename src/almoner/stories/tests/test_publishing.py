"""Publishing, taking down and moving drop the ready pages of that charity, and of no other."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.test import Client
from wagtail.users.models import UserProfile

from almoner.charities.models import ContentStamp
from almoner.kernel.clock import now
from almoner.stories import schedules
from almoner.stories.models import RelatedStory, StoryIndexPage, StoryPage, StoryTerms
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_claims import posted


def stamp(place: Place) -> int:
    return ContentStamp.objects.get(charity=place.charity).version


def test_publishing_and_taking_down_move_the_stamp(place: Place, write: WriteStory) -> None:
    before = stamp(place)
    story = write()
    published = stamp(place)
    story.unpublish()
    assert before < published < stamp(place)


def test_deleting_a_live_story_moves_the_stamp(place: Place, write: WriteStory) -> None:
    story = write()
    before = stamp(place)
    story.delete()
    assert stamp(place) > before


def test_a_draft_moves_nothing(place: Place, write: WriteStory) -> None:
    before = stamp(place)
    story = write(live=False)
    story.title = "Still a draft"
    story.save_revision()
    assert stamp(place) == before
    assert not StoryTerms.objects.filter(story=story).exists()


def test_a_change_elsewhere_leaves_this_charity_s_pages_ready(
    place: Place, write: WriteStory, neighbour: StoryIndexPage
) -> None:
    before = stamp(place)
    write("Theirs", index=neighbour)
    assert stamp(place) == before


def test_a_corrected_title_shows_on_the_story_beside_it(reader: Client, write: WriteStory) -> None:
    url = "/stories/four-reasons-for-hope/"
    before = reader.get(url)
    story = StoryPage.objects.get(slug="what-coming-home-takes")
    story.title = "What it takes to come home"
    story.save_revision().publish()
    after = reader.get(url)
    assert after["ETag"] != before["ETag"]
    assert b"What it takes to come home" in after.content


def test_moving_a_story_moves_the_stamp(
    editor: Client, place: Place, write: WriteStory, home: object
) -> None:
    story = write()
    index = StoryIndexPage(title="Archive", slug="archive")
    place.root.add_child(instance=index)
    before = stamp(place)
    answer = editor.post(f"/admin/pages/{story.pk}/move/{index.pk}/confirm/")
    assert answer.status_code == 302
    assert stamp(place) > before


def test_the_schedule_publishes_and_takes_down(reader: Client, place: Place, write: WriteStory) -> None:
    due = write("Due", live=False)
    due.go_live_at = now() + timedelta(hours=1)
    due.save_revision().publish()
    lapsed = write("Lapsed", expire_at=now() + timedelta(hours=1))
    schedules.publish_due()
    assert reader.get("/stories/due/").status_code == 404
    # The hour passes.
    for revision in due.revisions.filter(approved_go_live_at__isnull=False):
        revision.approved_go_live_at = now() - timedelta(seconds=1)
        revision.content["go_live_at"] = (now() - timedelta(seconds=1)).isoformat()
        revision.save()
    StoryPage.objects.filter(pk=lapsed.pk).update(expire_at=now() - timedelta(seconds=1))
    before = stamp(place)
    schedules.publish_due()
    assert reader.get("/stories/due/").status_code == 200
    lapsed.refresh_from_db()
    assert lapsed.live is False
    assert stamp(place) >= before + 2


def test_terms_and_ranks_are_written_once_however_often_it_is_published(write: WriteStory) -> None:
    story = write("Again", "<p>Bread and water.</p>")
    story.save_revision().publish()
    story.save_revision().publish()
    assert StoryTerms.objects.get(story=story).counts["bread"] == 1
    rows = RelatedStory.objects.filter(story=story).values_list("other_id", flat=True)
    assert len(rows) == len(set(rows))


def test_words_of_calls_and_shortcodes_are_no_words_of_the_story(write: WriteStory) -> None:
    call = {"heading": "Zebra", "text": "Zebra", "button": "Zebra", "number": ""}
    story = write(
        text="", body=[
            {"type": "call", "value": call},
            {"type": "text", "value": "<p>[give_form id=4840] [quagga x=1]Okapi[/quagga]</p>"},
        ],
    )  # fmt: skip
    counts = StoryTerms.objects.get(story=story).counts
    assert counts["okapi"] == 1
    assert not {"zebra", "give_form", "4840", "quagga"} & set(counts)


def test_a_time_is_set_and_shown_by_the_charity_s_clock(write: WriteStory, editor: Client) -> None:
    """Nine o'clock in Sydney, in its summer: ten in the evening of the day before in UTC."""
    page = write("Later", live=False)
    url = f"/admin/pages/{page.pk}/edit/"
    assert "By the clock of Australia/Sydney." in editor.get(url).content.decode()
    sent = posted(page, "<p>Words.</p>", go_live_at="2040-01-02 09:00") | {"action-publish": "1"}
    assert editor.post(url, sent).status_code == 302
    due = page.revisions.get(approved_go_live_at__isnull=False).approved_go_live_at
    assert due == datetime(2040, 1, 1, 22, 0, tzinfo=UTC)
    assert 'value="2040-01-02 09:00"' in editor.get(url).content.decode()
    assert not UserProfile.objects.filter(current_time_zone="Australia/Sydney").exists()


def test_a_clock_that_a_person_chose_is_theirs(write: WriteStory, editor: Client) -> None:
    page = write("Later", live=False)
    profile = UserProfile.get_for_user(User.objects.get(username="editor"))
    profile.current_time_zone = "Europe/Berlin"
    profile.save()
    assert "By the clock of Europe/Berlin." in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()
