"""Shortcodes in a story: forms where they stand, a way to give where none does, and a word to the editor."""

import pytest
from django.test import Client

from almoner.giving.models import DonationForm
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory, forget


def body_of(client: Client, page: StoryPage) -> str:
    html = client.get(f"/stories/{page.slug}/").content.decode()
    return str(html[html.index('<div class="s-body">') : html.index('<aside class="s-share"')])


@pytest.mark.parametrize(
    "typed",
    [
        "[pronto-donation-form id=4840]",
        "[pronto-donation id=4840]",
        "[pronto-donation campaign=4840 /]",
        "[give_form id=&quot;4840&quot;]",
        "[givewp_campaign_form campaign_id='4840']",
        "[charitable_donation_form campaign_id=“4840”]",
        "[donorbox 4840]",
        "[pronto-donation-form id=light]",
    ],
)
def test_every_known_tag_finds_the_form_by_its_number(reader: Client, write: WriteStory, typed: str) -> None:
    html = body_of(reader, write(text=f"<p>Before.</p><p>{typed}</p><p>After.</p>"))
    assert html.count('<section id="giving"') == 1
    assert html.index("Before.") < html.index('<section id="giving"') < html.index("After.")
    assert "[" not in html.partition("<section")[0]


def test_a_form_that_is_asked_for_again_is_linked_to(reader: Client, write: WriteStory) -> None:
    html = body_of(reader, write(text="<p>[give_form id=4840]</p><p>[give_form id=4840]</p>"))
    assert html.count('<section id="giving"') == 1
    assert html.count('class="s-button" href="#giving"') == 1


def test_an_unknown_number_leaves_readers_a_way_to_give(reader: Client, write: WriteStory) -> None:
    story = write(text="<p>[give_form id=99]</p>")
    html = body_of(reader, story)
    assert f'<a class="s-button" href="/give/4840/?story={story.pk}">Give to Tidelight Foundation</a>' in html
    assert "99" not in html
    assert "s-notice" not in html


def test_an_editor_is_told_of_an_unknown_number(editor: Client, write: WriteStory) -> None:
    html = body_of(editor, write(text="<p>[give_form id=99]</p>"))
    assert "No form answers to “99”." in html
    assert 'href="/give/4840/?story=' in html


def test_without_any_form_nothing_breaks(reader: Client, write: WriteStory) -> None:
    DonationForm.objects.update(active=False)
    answer = reader.get(f"/stories/{write(text='<p>a [give_form id=99] b</p>').slug}/")
    assert answer.status_code == 200
    assert b"s-button" not in answer.content.partition(b"<main")[2]


def test_an_unknown_tag_is_hidden_from_readers_and_its_content_stays(
    reader: Client, write: WriteStory
) -> None:
    story = write(text="<p>a [gallery ids=&quot;1&quot;] b [caption]c[/caption] [sic]</p>")
    assert "<p>a  b c [sic]</p>" in body_of(reader, story)


def test_an_unknown_tag_is_shown_to_an_editor_as_typed(editor: Client, write: WriteStory) -> None:
    html = body_of(editor, write(text="<p>a [gallery ids=&quot;&lt;b&gt;&quot;] b</p>"))
    assert "[gallery ids=&quot;&lt;b&gt;&quot;]" in html
    assert "Nothing here answers to this shortcode" in html


def test_doubled_brackets_show_the_words(reader: Client, write: WriteStory) -> None:
    html = body_of(reader, write(text="<p>Write [[give_form id=1]].</p>"))
    assert "<p>Write [give_form id=1].</p>" in html


def test_shortcodes_in_facts_and_blocks_count_once(reader: Client, write: WriteStory) -> None:
    fact = {"heading": "One", "text": "<p>[give_form id=4840]</p>", "figure": {}, "source": {}}
    story = write(
        body=[
            {"type": "call", "value": {"heading": "Give", "text": "", "button": "Give now", "number": ""}},
            {"type": "facts", "value": {"heading": "", "facts": [fact]}},
            {"type": "form", "value": {"number": "4840"}},
        ]
    )
    html = body_of(reader, story)
    assert html.count('<section id="giving"') == 1
    assert html.index('href="#giving"') < html.index('<section id="giving"')
    # The fact's own, which comes first: what was typed is not shown.
    fact_said, _, after = html.partition("</ol>")
    assert '<section id="giving"' in fact_said and "[give_form" not in html
    assert 'href="#giving"' in after


def test_a_call_leads_to_the_form_s_own_page_where_none_stands_here(
    reader: Client, write: WriteStory
) -> None:
    value = {"heading": "Give", "text": "", "button": "Give now", "number": ""}
    story = write(body=[{"type": "call", "value": value}])
    html = body_of(reader, story)
    assert f'<a class="s-button" href="/give/4840/?story={story.pk}">Give now</a>' in html


def test_a_block_that_names_no_form_is_the_charity_s_first_one(reader: Client, write: WriteStory) -> None:
    call = {"type": "call", "value": {"heading": "Give", "text": "", "button": "Give now", "number": ""}}
    form = {"type": "form", "value": {"number": ""}}
    html = body_of(reader, write("Both", body=[call, form]))
    assert 'action="/give/4840/details/"' in html and '<a class="s-button" href="#giving">' in html
    # The shortcode of another system that lost its number is still a mistake.
    assert "<form" not in body_of(reader, write("Tag", text="<p>[give_form]</p>"))
    DonationForm.objects.update(active=False)
    forget()
    bare = body_of(reader, write("None", body=[form]))
    assert "<form" not in bare and "*" not in bare


def test_saving_tells_the_editor_what_nobody_answers_to(editor: Client, write: WriteStory) -> None:
    story = write("Fresh", text="<p>x</p>")
    answer = editor.post(
        f"/admin/pages/{story.pk}/edit/",
        {
            "title": "Fresh", "slug": story.slug, "summary": "s", "drawing": "boat", "attribution": "",
            "lead_image": "", "lead_alt": "", "lead_credit": "",
            "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": "",
            "body-0-value": '{"blocks":[{"key":"a","type":"unstyled","depth":0,"inlineStyleRanges":[],'
            '"entityRanges":[],"text":"[gallery id=1] [give_form id=77]"}],"entityMap":{}}',
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        },
        follow=True,
    )  # fmt: skip
    said = " ".join(str(message) for message in answer.context["messages"])
    assert "<code>[gallery id=1]</code>: Nothing here answers to this shortcode." in said
    assert "<code>[give_form id=77]</code>: No form answers to this number." in said
