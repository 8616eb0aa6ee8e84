"""A draft as its editor previews it: what was just typed, in its own language, for nobody else, and counted nowhere."""

import json
import re
from typing import Any, Final

import pytest
from django.conf import settings as config
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings as SettingsWrapper
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from almoner.giving import funnel
from almoner.giving.models import FunnelCount, Gift
from almoner.impact import demo as register_demo
from almoner.impact.models import Claim, Programme
from almoner.payments.models import Attempt
from almoner.stories import tongues
from almoner.stories.models import StoryIndexPage, StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_claims import corrected

pytestmark = pytest.mark.django_db
RESCUED: Final = f"{register_demo.SLUG}/rescued"
RESTORED: Final = f"{register_demo.SLUG}/restored"
UNSAVED: Final = "Typed a moment ago"
FIGURE: Final = f'<embed embedtype="figure" indicator="{RESTORED}" wording="nearly"/>'
TEXT: Final = f"<p>{UNSAVED}: {FIGURE}.</p>"
NOTHING: Final = "that may be shown."


def typed(
    page: StoryPage, *, text: str = TEXT, picks: tuple[StoryPage, ...] = (), **more: Any
) -> dict[str, Any]:
    """An editor's form as the browser sends it to the preview: text, a figure, a form and related stories."""
    source = ContentstateConverter(["figure", "h2"]).from_database_format(text)
    figure = {
        "indicator": RESCUED, "style": "over", "value": "", "label": "",
        "source": {"credit": "", "title": "", "url": "", "dated": ""},
    }  # fmt: skip
    chosen = [
        {"deleted": "", "order": str(at), "type": "item", "id": "", "value": str(pick.pk)}
        for at, pick in enumerate(picks)
    ]
    related = {"heading": "", "stories-count": str(len(picks))} | {
        f"stories-{at}": each for at, each in enumerate(chosen)
    }
    return nested_form_data(
        {
            "title": page.title, "slug": page.slug, "summary": "What it is about.", "drawing": "boat",
            "comments": inline_formset([]),
            "body": streamfield(
                [("text", json.dumps(json.loads(source))), ("figure", figure), ("form", {"number": "4840"}),
                 ("related", related)]
            ), **more,
        }
    )  # fmt: skip


def previewed(client: Client, page: Page, sent: dict[str, Any]) -> Any:
    """What the panel beside the form shows: its data is sent, then the page asked for."""
    address = f"/admin/pages/{page.pk}/edit/preview/"
    assert client.post(address, sent).json() == {"is_valid": True, "is_available": True}
    answer = client.get(f"{address}?in_preview_panel=true&mode=")
    assert answer.status_code == 200
    return answer


def everything() -> dict[str, int]:
    """What a reader's visit, a gift or a publishing would leave behind."""
    funnel.flush()
    kept = (Gift, Attempt, FunnelCount, Claim, Revision)
    return {each.__name__: each.objects.count() for each in kept}


LANGUAGES: Final = [code for code, _ in config.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_s_draft_with_figures_form_and_related_stories(
    editor: Client, first_story: StoryPage, place: Place, language: str
) -> None:
    draft: Any = first_story
    pick = StoryPage.objects.exclude(pk=first_story.pk).first()
    assert pick is not None
    if language != place.charity.language:
        draft = tongues.begin(first_story, language, place, user=None).specific
        translated: Any = tongues.begin(pick, language, place, user=None).specific
        translated.title = f"Picked {language}"
        translated.save_revision().publish()
        pick = StoryPage.objects.get(pk=translated.pk)
    before = everything()
    html = previewed(editor, draft, typed(draft, picks=(pick,))).content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert UNSAVED in html
    # Of the register, in the block and in the sentence, with the way to how it is known in the page's language.
    root = "" if language == place.charity.language else f"/{language}"
    assert f'href="{root}/figures/{RESCUED}/"' in html
    assert re.search(rf'<a class="s-said" href="{root}/figures/{RESTORED}/"[^>]*>[^<]*300[^<]*</a>', html)
    assert f'action="{root}/give/4840/' in html
    assert re.findall(r'<h3>\s*<a href="([^"]+)"', html)[0] == place.address(pick)
    assert everything() == before


def test_what_was_typed_is_its_editor_s_alone(
    editor: Client, reader: Client, first_story: StoryPage, place: Place
) -> None:
    address = f"/admin/pages/{first_story.pk}/edit/preview/"
    public = reader.get(first_story.url)
    answer = previewed(editor, first_story, typed(first_story))
    assert UNSAVED in answer.content.decode()
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert not answer.has_header("ETag") and not getattr(answer, "ready", False)
    assert (
        answer["X-Frame-Options"] == "SAMEORIGIN"
        and "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    )
    # Readers have what they had, and so has everybody else of staff.
    again = reader.get(first_story.url)
    assert (again.content, again["ETag"]) == (public.content, public["ETag"])
    first_story.refresh_from_db()
    assert not first_story.has_unpublished_changes and UNSAVED not in str(first_story.body)
    other = Client()
    other.force_login(User.objects.create_superuser("other", "other@example.org", "a long password here"))
    assert UNSAVED not in other.get(address).content.decode()
    # Nobody sees it who may not write it.
    assert reader.get(address)["Location"].startswith("/admin/login/")
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger", "stranger@example.org", "a long password here"))
    for refused in (stranger.get(address), stranger.post(address, typed(first_story))):
        assert refused.status_code in (302, 403) and UNSAVED.encode() not in refused.content


def test_behind_a_proxy_that_speaks_https(
    editor: Client, first_story: StoryPage, settings: SettingsWrapper
) -> None:
    """Wagtail asks our middleware for the page anew: it must not be led to the public one."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    editor.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
    assert UNSAVED in previewed(editor, first_story, typed(first_story)).content.decode()


def test_nothing_can_be_given_in_it(editor: Client, first_story: StoryPage) -> None:
    answer = previewed(editor, first_story, typed(first_story))
    html = answer.content.decode()
    assert "form-action 'none'" in answer["Content-Security-Policy"]
    assert "give.js" not in html and "This is a preview: nobody can give here" in html
    # Staff who read the public page can.
    public = editor.get(first_story.url)
    assert "form-action 'self'" in public["Content-Security-Policy"]
    assert re.search(r'<script type="module"\s+src="[^"]*give', public.content.decode())
    assert "This is a preview" not in public.content.decode()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_story_that_was_never_saved(
    editor: Client, first_story: StoryPage, place: Place, language: str, direction: str
) -> None:
    """It speaks the language of the list in which it is begun."""
    if language != "en":
        tongues.begin(first_story, language, place, user=None)
    index = StoryIndexPage.objects.get(locale__language_code=language)
    address = f"/admin/pages/add/stories/storypage/{index.pk}/preview/"
    before = (StoryPage.objects.count(), everything())
    sent = typed(StoryPage(title="New", slug="new"))
    assert editor.post(address, sent).json() == {"is_valid": True, "is_available": True}
    html = editor.get(address).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in html and UNSAVED in html
    assert ("/ar/give/4840/" in html) == (language == "ar") and "/give/4840/" in html
    assert (StoryPage.objects.count(), everything()) == before


def test_a_figure_that_nobody_verified_is_missed_by_its_editor_alone(
    editor: Client, reader: Client, first_story: StoryPage, write: WriteStory
) -> None:
    Programme.objects.update(public=False)
    html = previewed(editor, first_story, typed(first_story)).content.decode()
    assert html.count(NOTHING) == 2
    assert f"no number of “{RESCUED}” {NOTHING}" in html and f"no number of “{RESTORED}” {NOTHING}" in html
    assert "[…] <mark" in html
    story = write("Public", TEXT)
    assert NOTHING in editor.get(f"/stories/{story.slug}/").content.decode()
    public = reader.get(f"/stories/{story.slug}/").content.decode()
    assert f"{UNSAVED}: […]." in public and NOTHING not in public


def test_a_number_that_the_register_contradicts_is_named_before_it_is_published(
    editor: Client, reader: Client, first_story: StoryPage
) -> None:
    said = "<p>We saw 286 clients restored.</p>"
    holds = previewed(editor, first_story, typed(first_story, text=said)).content.decode()
    assert "would not be published" not in holds
    corrected(291)
    html = previewed(editor, first_story, typed(first_story, text=said)).content.decode()
    assert "This would not be published as it stands:" in html
    assert f"“We saw 286 clients restored.” says 286. The register says 291 ({RESTORED})." in html
    assert "would not be published" not in reader.get(first_story.url).content.decode()


GONE: Final = f"{register_demo.SLUG}/gone"


@pytest.mark.parametrize("chosen", [GONE, ""])
def test_a_draft_that_names_a_figure_which_is_gone_shows_where_it_is_missed(
    editor: Client, reader: Client, first_story: StoryPage, chosen: str
) -> None:
    """An indicator is named until it is gone; the form's lists then offer it no more, and send nothing for it."""
    text = f'<p>{UNSAVED}: <embed embedtype="figure" indicator="{GONE}" wording="over"/>.</p>'
    sent = typed(first_story, text=text, summary=f"What it is about: [figure {GONE}].")
    figure = {name: value for name, value in sent.items() if name.startswith("body-1-value-")}
    assert figure.pop("body-1-value-indicator") == RESCUED
    drawn = {"body-count": "6", "body-1-value-indicator": chosen}
    for at, kind in ((4, "progress"), (5, "chart")):
        drawn |= {
            f"body-{at}-deleted": "",
            f"body-{at}-order": str(at),
            f"body-{at}-type": kind,
            f"body-{at}-id": "",
        }
        drawn |= {f"body-{at}-value-indicator": chosen, f"body-{at}-value-label": ""}
    sent |= drawn | {"body-5-value-kind": "line"}
    html = previewed(editor, first_story, sent).content.decode()
    said = f"the register has no indicator “{GONE}”. Choose another, or take it out."
    unchosen = "Readers see nothing here: no figure of the register is chosen."
    assert (html.count(said), html.count(unchosen)) == ((4, 0) if chosen else (1, 3))
    assert "[…] <mark" in html and UNSAVED in html
    # Of what stands in its head, too; and it is kept by nobody.
    assert f"No indicator in the register is called “{GONE}”: choose another figure" in html
    refused = editor.post(f"/admin/pages/{first_story.pk}/edit/", sent)
    assert refused.status_code == 200 and "No indicator in the register" in refused.content.decode()
    first_story.refresh_from_db()
    assert GONE not in str(first_story.body) and GONE not in first_story.summary
    public = reader.get(first_story.url).content.decode()
    assert "no indicator" not in public and UNSAVED not in public


def test_a_new_draft_that_names_one_too(editor: Client, first_story: StoryPage) -> None:
    index = StoryIndexPage.objects.get()
    address = f"/admin/pages/add/stories/storypage/{index.pk}/preview/"
    text = f'<p>{UNSAVED}: <embed embedtype="figure" indicator="{GONE}" wording="over"/>.</p>'
    sent = typed(StoryPage(title="New", slug="new"), text=text)
    assert editor.post(address, sent).json() == {"is_valid": True, "is_available": True}
    assert f"the register has no indicator “{GONE}”" in editor.get(address).content.decode()
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger", "stranger@example.org", "a long password here"))
    for refused in (stranger.get(address), stranger.post(address, sent), Client().get(address)):
        assert refused.status_code in (302, 403) and UNSAVED.encode() not in refused.content


def test_each_drawn_figure_that_is_missing_is_named(editor: Client, first_story: StoryPage) -> None:
    """A fact, progress and a chart: readers see less, and an editor why."""
    Programme.objects.update(public=False)
    figure = {"indicator": RESCUED, "style": "", "value": "", "label": ""}
    draft = first_story
    draft.body = [
        {"type": "facts", "value": {"heading": "", "facts": [
            {"heading": "One", "figure": figure, "text": "<p>a</p>", "source": {}}]}},
        {"type": "progress", "value": {"indicator": RESCUED, "label": ""}},
        {"type": "chart", "value": {"indicator": RESCUED, "label": "", "kind": "line"}},
    ]  # fmt: skip
    draft.save_revision()
    html = editor.get(f"/admin/pages/{draft.pk}/view_draft/").content.decode()
    assert html.count(f"no number of “{RESCUED}” {NOTHING}") == 3
