"""An editor puts a figure into a sentence, copies it, and pastes from Word and Google Docs, in a real browser."""

import re
from typing import Final

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, Route, expect

from almoner.impact import demo as register_demo
from almoner.stories.models import StoryIndexPage, StoryPage
from tests.browser.desk import Seated, answered
from tests.browser.walk import problems_in

pytestmark = [pytest.mark.once, pytest.mark.browser]

KEY: Final = f"{register_demo.SLUG}/restored"
FIGURE: Final = f'<embed embedtype="figure" indicator="{KEY}" wording="nearly"/>'
# As Word puts it on the clipboard: its own elements, classes and styles, a list that is none, a comment of conditions.
WORD: Final = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal {margin:0cm; font-family:"Calibri"}</style></head>
<body lang=EN-AU style='tab-interval:36.0pt'><!--StartFragment-->
<h2 style='mso-list:l0'><a name="_Toc1"></a><span style='font-size:20.0pt'>What we saw<o:p></o:p></span></h2>
<p class=MsoNormal><span lang=EN-AU style='font-size:12.0pt;color:red'>A <b style='mso-bidi-font-weight:normal'>bold</b>
and <i>soft</i> word,<span style='mso-spacerun:yes'>  </span>and a <a href="https://example.org/report">report</a>.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>       </span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>       </span></span><![endif]>Second<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>In a cell</p></td></tr></table>
<!--EndFragment--></body></html>"""  # noqa: E501
# A draft that went round an office: a title, a comment with its mark, what was put in and what was struck out.
ROUND: Final = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=EN-AU><!--StartFragment-->
<h1><span style='color:#2F5496'>What we saw<o:p></o:p></span></h1>
<p class=MsoNormal>We met <ins cite="mailto:Jo" datetime="2026-01-02T09:00">a family</ins><del cite="mailto:Jo"
datetime="2026-01-02T09:00">Mara’s family</del>.<span class=MsoCommentReference><span style='font-size:8.0pt'><!--[if !supportAnnotations]--><a
class=msocomanchor id="_anchor_1" href="#_msocom_1" language=JavaScript name="_msoanchor_1">[JO1]</a><!--[endif]--></span></span><o:p></o:p></p>
<h4>Second<o:p></o:p></h4>
<div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1 width="33%"><![endif]>
<div style='mso-element:comment'><div id="_com_1" class=msocomtxt language=JavaScript><p class=MsoCommentText><span
class=MsoCommentReference><a class=msocomanchor>[JO1]</a></span>Don’t print that her name is Mara.<o:p></o:p></p></div></div></div>
<!--EndFragment--></body></html>"""  # noqa: E501
# As Google Docs does: everything in a bold element that isn't bold, weights as styles, links through its own redirect.
DOCS: Final = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-0b1c">
<h2 dir="ltr" style="line-height:1.38;margin-top:18pt;"><span style="font-size:16pt;font-weight:400;">What we saw</span></h2>
<p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;font-family:Arial;color:#ff0000;font-weight:400;">A </span><span
style="font-size:11pt;font-weight:700;">bold</span><span style="font-weight:400;"> and </span><span style="font-style:italic;font-weight:400;">soft</span><span
style="font-weight:400;"> word, and a </span><a href="https://example.org/report" style="text-decoration:none;"><span
style="text-decoration:underline;font-weight:400;">report</span></a><span style="font-weight:400;">.</span></p><br />
<ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span
style="font-weight:400;">First</span></p></li><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span
style="font-weight:400;">Second</span></p></li></ul></b>"""  # noqa: E501
CLEAN: Final = (
    "<h2>What we saw</h2><p>A <b>bold</b> and <i>soft</i> word, and a "
    '<a href="https://example.org/report">report</a>.</p><ul><li>First</li><li>Second</li></ul>'
)


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Page:
    return seated(User.objects.create_superuser("writer", "writer@example.org"))


def written(title: str) -> StoryPage:
    story = StoryPage(
        title=title,
        summary="s",
        owner=User.objects.get(username="writer"),
        body=[{"type": "text", "value": "<p></p>"}],
    )
    StoryIndexPage.objects.get().add_child(instance=story)
    story.save_revision()
    return story


def opened(desk: Page, story: StoryPage) -> Locator:
    desk.goto(f"/admin/pages/{story.pk}/edit/")
    text = desk.locator("#panel-child-content-body-section .public-DraftEditor-content").first
    text.click()
    return text


def kept(desk: Page, story: StoryPage) -> str:
    """The text as it is kept when the draft is saved, without the editor's keys of blocks."""
    with answered(desk):
        desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_text("has been updated").first).to_be_visible()
    draft = StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object()
    return re.sub(r' data-block-key="\w+"', "", draft.body[0].value.source)


def test_a_figure_is_chosen_and_copied(desk: Page) -> None:
    story = written("With a figure")
    text = opened(desk, story)
    desk.keyboard.type("We freed ")
    desk.keyboard.type("/fig")
    desk.get_by_role("option", name="Figure from the register").click()
    dialog = desk.locator(".modal-dialog")
    dialog.get_by_label("Programme or indicator").fill("restored")
    dialog.get_by_role("button", name="Search").click()
    expect(dialog.get_by_role("button", name="321")).to_have_count(0)
    assert problems_in(desk, "the picker", ("desk", "dark"), DIMMED) == []
    dialog.get_by_role("button", name="nearly 300").click()
    expect(text).to_contain_text("We freed nearly 300")
    expect(dialog).to_have_count(0)
    expect(text).to_be_focused()
    desk.keyboard.press("End")
    desk.keyboard.type(" clients. ")
    desk.keyboard.press("Control+A")
    desk.keyboard.press("Control+C")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Control+V")
    saved = desk.locator('[name="body-0-value"]')
    expect(saved).to_have_value(re.compile(r"nearly 300 clients\. We freed nearly 300 clients\."))
    assert kept(desk, story) == f"<p>We freed {FIGURE} clients. We freed {FIGURE} clients. </p>"


def test_a_figure_is_chosen_while_a_search_is_under_way(desk: Page) -> None:
    """The answer comes after the dialog is gone, and leaves the editor in use."""
    text = opened(desk, written("In a hurry"))
    desk.keyboard.type("We freed /fig")
    desk.get_by_role("option", name="Figure from the register").click()
    dialog, held = desk.locator(".modal-dialog"), list[Route]()
    expect(dialog.get_by_role("button", name="nearly 300")).to_be_visible()
    desk.route(re.compile("/figures/choose/"), lambda route: held.append(route))
    with desk.expect_request(re.compile("/figures/choose/")):
        dialog.get_by_role("button", name="Search").click()
    dialog.get_by_role("button", name="nearly 300").click()
    expect(dialog).to_have_count(0)
    (late,) = held
    with desk.expect_response(re.compile("/figures/choose/")):
        late.continue_()
    desk.wait_for_function("jQuery.active === 0")
    desk.unroute_all()
    expect(desk.locator(".modal, .modal-backdrop")).to_have_count(0)
    text.click()
    desk.keyboard.press("End")
    desk.keyboard.type(" clients.")
    expect(text).to_contain_text("We freed nearly 300 clients.")


def test_whoever_types_on_after_a_figure_types_into_the_text(desk: Page) -> None:
    """However soon the figure was chosen: the dialog has not even faded in."""
    text = opened(desk, written("Typed on"))
    for words, more in (("nearly 300", " clients, then "), ("about 300", " of them")):
        desk.keyboard.type("/fig")
        desk.get_by_role("option", name="Figure from the register").click()
        dialog = desk.locator(".modal-dialog")
        dialog.get_by_role("button", name=words).click()
        expect(dialog).to_have_count(0)
        expect(text).to_be_focused()
        desk.keyboard.type(more)
    expect(text).to_contain_text("nearly 300 clients, then about 300 of them")


# What stands behind a dialog, in Wagtail's own markup, dimmed and out of use.
DIMMED: Final = (
    ("aria-allowed-attr", ".public-DraftEditor-content"),
    ("color-contrast", "span[data-text]"),
)
# The map of a long page, as in test_axe_staff.
NESTED: Final = (
    ("landmark-unique", "section.w-panel--nested"),
    ("scrollable-region-focusable", "ol.w-minimap__list"),
)
PASTE: Final = """([element, html]) => {
    const clipboard = new DataTransfer();
    clipboard.setData("text/html", html);
    clipboard.setData("text/plain", "plain");
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize(
    ("name", "html", "clean"),
    [
        ("Word", WORD, CLEAN + "<p>In a cell</p>"),
        ("Google Docs", DOCS, CLEAN),
        ("an office", ROUND, "<h2>What we saw</h2><p>We met a family.</p><h3>Second</h3>"),
    ],
)
def test_what_is_pasted_comes_out_clean(desk: Page, name: str, html: str, clean: str) -> None:
    story = written(f"From {name}")
    text = opened(desk, story)
    desk.evaluate(PASTE, [text.element_handle(), html])
    expect(text).to_contain_text("Second")
    expect(desk.locator('[name="body-0-value"]')).to_have_value(re.compile("Second"))
    assert kept(desk, story) == clean


def publish(desk: Page) -> None:
    """Pressed, and answered."""
    desk.get_by_role("button", name="More actions").click()
    with answered(desk):
        desk.get_by_role("button", name="Publish").click()


def saves_when_told(desk: Page) -> None:
    """From now on the form doesn't save itself: a press that comes just then may go in vain, or be asked about."""
    desk.locator("#page-edit-form").evaluate("form => form.dataset.wAutosaveActiveValue = 'false'")


def test_an_editor_is_told_of_a_contradicted_number(desk: Page) -> None:
    story = written("Contradicted")
    opened(desk, story)
    saves_when_told(desk)
    desk.keyboard.type("By then 286 clients were restored. In all we saw 290 clients restored.")
    expect(desk.locator('[name="body-0-value"]')).to_have_value(re.compile("290 clients restored"))
    publish(desk)
    expect(desk.get_by_text("says 290. The register says 286").first).to_be_visible()
    # It has come back unsaved, and is kept at once.
    expect(desk.locator("#w-autosave-indicator")).to_have_attribute("data-w-autosave-state-value", "saved")
    saves_when_told(desk)
    expect(desk.get_by_text("In all we saw 290 clients restored.").last).to_be_visible()
    assert problems_in(desk, "a contradicted number", ("desk", "dark"), NESTED) == []
    desk.get_by_label("Why it stands all the same").fill("Four more came in January.")
    publish(desk)
    expect(desk.get_by_text("has been published").first).to_be_visible()
    desk.goto("/admin/claims/?show=contradicted")
    expect(desk.get_by_text("Published so on purpose by writer: Four more came in January.")).to_be_visible()
