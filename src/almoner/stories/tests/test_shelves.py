"""What to read next: the editor's picks, then the nearest, then the newest; only what anybody may read now."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from almoner.kernel.clock import now
from almoner.stories import onward, shelves
from almoner.stories.figures import Figures
from almoner.stories.models import RelatedStory, StoryIndexPage, StoryPage
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory

BREAD = "<p>Sourdough rises overnight; a baker kneads flour and water before dawn.</p>"
MORE_BREAD = "<p>Before dawn the baker kneads: flour, water, and sourdough that rises overnight.</p>"


def permits_of(place: Place) -> Permits:
    return Permits(place.charity, fundraising=False)


def titles(story: StoryPage, place: Place, limit: int = 3) -> list[str]:
    return [
        card.title for card in shelves.related(StoryPage, story.pk, place, permits_of(place), limit=limit)
    ]


def picking(*stories: StoryPage) -> list[dict[str, object]]:
    return [
        {"type": "text", "value": BREAD},
        {"type": "related", "value": {"heading": "", "stories": [story.pk for story in stories]}},
    ]


def test_the_seeded_story_shows_exactly_three_others(reader: Client, first_story: StoryPage) -> None:
    html = reader.get("/stories/four-reasons-for-hope/").content.decode()
    section = html[html.index('<section class="s-related"') :]
    assert "You might also be interested in…" in section
    assert section.count('<li class="s-card">') == 3
    assert first_story.title not in section.partition("</section>")[0]


def test_the_nearest_comes_before_the_newest(write: WriteStory, place: Place) -> None:
    write("More bread", MORE_BREAD)
    write("Something newer", "<p>Bicycles in winter.</p>")
    assert titles(write("Bread", BREAD), place)[0] == "More bread"


def test_the_editor_s_picks_come_first_in_their_order(
    reader: Client, write: WriteStory, place: Place
) -> None:
    winter, tides = write("Winter", "<p>Bicycles.</p>"), write("Tides", "<p>Moon.</p>")
    write("More bread", MORE_BREAD)
    story = write("Bread", body=picking(winter, tides))
    assert titles(story, place) == ["Winter", "Tides", "More bread"]
    html = reader.get(f"/stories/{story.slug}/").content.decode()
    assert html.count("You might also be interested in…") == 1
    assert html.index(">Winter<") < html.index(">Tides<") < html.index(">More bread<")


def test_a_draft_s_picks_show_in_its_preview_only(editor: Client, write: WriteStory, place: Place) -> None:
    winter = write("Winter", "<p>Bicycles.</p>")
    write("More bread", MORE_BREAD)
    story = write("Bread", BREAD)
    story.body = picking(winter)
    story.save_revision()
    preview = editor.get(f"/admin/pages/{story.pk}/view_draft/").content.decode()
    assert re.findall(r'<h3>\s*<a href="([^"]+)"', preview)[0] == "/stories/winter/"
    assert not RelatedStory.objects.filter(story=story, picked=True).exists()


@pytest.mark.parametrize("limit", [1, 3, 4])
def test_what_is_missing_is_filled_with_the_newest(write: WriteStory, place: Place, limit: int) -> None:
    found = titles(write("Alone", "<p>Xylophone.</p>"), place, limit)
    assert len(found) == limit
    assert len(set(found)) == limit
    assert "Alone" not in found


def unpublish(story: StoryPage) -> None:
    story.unpublish()


def lapse(story: StoryPage) -> None:
    # Behind Wagtail's back: the schedule that would unpublish it hasn't run.
    StoryPage.objects.filter(pk=story.pk).update(expire_at=now() - timedelta(seconds=1))


def restrict(story: StoryPage) -> None:
    PageViewRestriction.objects.create(page=story, restriction_type="password", password="x")


def delete(story: StoryPage) -> None:
    story.delete()


@pytest.mark.parametrize("act", [unpublish, lapse, restrict, delete])
def test_what_nobody_may_read_is_left_out_when_lists_are_read(
    write: WriteStory, place: Place, act: "type[None]"
) -> None:
    gone = write("Gone", MORE_BREAD)
    story = write("Bread", body=picking(gone))
    assert "Gone" in titles(story, place)
    act(gone)  # type: ignore[call-arg]
    place = Place(place.charity, place.site)  # as the next request finds it
    assert "Gone" not in titles(story, place, limit=9)
    assert "Gone" not in [
        card.title
        for card in shelves.newest(StoryPage, place, permits_of(place), Figures(place.charity), limit=9)
    ]


def test_another_charity_s_stories_are_never_related(
    write: WriteStory, place: Place, neighbour: StoryIndexPage
) -> None:
    theirs = write("Northern bread", MORE_BREAD, index=neighbour)
    story = write("Bread", body=picking(theirs))
    assert "Northern bread" not in titles(story, place, limit=9)
    assert (
        shelves.newest(StoryPage, place, permits_of(place), Figures(place.charity), limit=1)[0].title
        == "Bread"
    )


def test_giving_is_told_in_plain_values(first_story: StoryPage, place: Place) -> None:
    found = onward.related_for(first_story.pk, place.charity.pk)
    assert len(found) == 3
    assert found[0].url == "/stories/what-coming-home-takes/"
    assert found[0].image_url == "/drawings/home/14495c/f0a43c.svg"
    assert found[0].summary


def test_without_a_story_giving_is_told_the_newest(first_story: StoryPage, place: Place) -> None:
    found = onward.related_for(None, place.charity.pk, limit=2)
    assert [story.title for story in found] == [first_story.title, "What coming home takes"]
    assert onward.related_for(None, 999_999) == ()


def test_a_story_s_title_is_told_only_if_it_is_this_charity_s_and_was_published(
    first_story: StoryPage, place: Place, write: WriteStory, neighbour: StoryIndexPage
) -> None:
    charity_id = place.charity.pk
    assert onward.story_title(first_story.pk, charity_id) == first_story.title
    assert onward.story_title(write("Draft", live=False).pk, charity_id) == ""
    assert onward.story_title(write("Theirs", index=neighbour).pk, charity_id) == ""
    assert onward.story_title(10**15, charity_id) == ""
    was_public = write("Was public")
    was_public.unpublish()
    assert onward.story_title(was_public.pk, charity_id) == "Was public"
