"""Shortcodes inside HTML: where the answer lands, and that the HTML stays whole."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.stories.richtext import Answer, expand, number_of, shortcodes_in
from almoner.stories.shortcodes import Shortcode

KNOWN = ("give_form", "box")


def block(shortcode: Shortcode) -> Answer:
    return Answer(f"<form>{shortcode.tag} {shortcode.first('id')}</form>", block=True)


def inline(shortcode: Shortcode) -> Answer:
    return Answer(f"<mark>{shortcode.first('id')}</mark>")


def nothing(_: Shortcode) -> Answer:
    return Answer("")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>[give_form id=1]</p>", "<form>give_form 1</form>"),
        ('<p data-block-key="x"> [give_form id=1] </p>', "<form>give_form 1</form>"),
        ("<p>a</p><p>[give_form id=1]</p><p>b</p>", "<p>a</p><form>give_form 1</form><p>b</p>"),
        ("<p>a [give_form id=1] b</p>", "<p>a </p><form>give_form 1</form><p> b</p>"),
        (
            '<p id="k">a <b class="c">d [give_form id=1] e</b></p>',
            '<p id="k">a <b class="c">d </b></p><form>give_form 1</form><p><b class="c"> e</b></p>',
        ),
        ("<ul><li>[give_form id=1]</li></ul>", "<ul><li><form>give_form 1</form></li></ul>"),
        ("<h2>[give_form id=1]</h2>", "<form>give_form 1</form>"),
        ("<p><b>[give_form id=1]</b></p>", "<form>give_form 1</form>"),
        ("<p>[box]a [give_form id=1/] b[/box]</p>",
         "<form>box </form><p>a </p><form>give_form 1</form><p> b</p>"),
        ("<p>[box]</p><p>words</p><p>[/box]</p>", "<form>box </form><p>words</p>"),
        ("<p>line<br/>[give_form id=1]</p>", "<p>line<br/></p><form>give_form 1</form>"),
    ],
)  # fmt: skip
def test_a_block_takes_the_place_of_its_paragraph(html: str, expected: str) -> None:
    assert expand(html, known=KNOWN, answer=block) == expected


def test_an_inline_answer_stays_in_its_sentence() -> None:
    assert expand("<p>a [give_form id=1] b</p>", known=KNOWN, answer=inline) == "<p>a <mark>1</mark> b</p>"


def test_an_empty_answer_leaves_no_empty_paragraph() -> None:
    assert expand("<p>a</p><p>[give_form]</p>", known=KNOWN, answer=nothing) == "<p>a</p>"


@pytest.mark.parametrize(
    "typed",
    [
        "id=&quot;7&quot;",
        "id=&#x27;7&#x27;",
        "<b>id</b>=7",
        "id=7&nbsp;",
        'id="7"',
        "id=<i>7</i>",
        "id=“7”",
        "id=”7″",
    ],
)
def test_attributes_are_read_as_the_editor_saw_them(typed: str) -> None:
    (found,) = shortcodes_in(f"<p>[give_form {typed}]</p>", known=KNOWN)
    assert number_of(found.first("id")) == "7"


def test_a_tag_that_ends_inside_the_brackets_still_counts() -> None:
    html = "<p><b>a [give_form</b> id=1] c</p>"
    assert expand(html, known=KNOWN, answer=inline) == "<p><b>a <mark>1</mark></b> c</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="/x?[give_form id=1]">a</a></p>',
        "<p title='[give_form]>'>a</p>",
        "<!-- [give_form] --><p>a [sic] b</p>",
        "<p>as said [sic], [1]</p>",
        "<p>plain</p>",
        "",
    ],
)
def test_brackets_elsewhere_are_left_alone(html: str) -> None:
    assert expand(html, known=KNOWN, answer=block) == html


def test_doubled_brackets_are_shown_as_one_pair() -> None:
    assert expand("<p>[[give_form id=1]]</p>", known=KNOWN, answer=block) == "<p>[give_form id=1]</p>"
    assert expand("<p>[[gallery id=1]]</p>", known=KNOWN, answer=block) == "<p>[gallery id=1]</p>"


def test_suspects_are_asked_about_and_their_content_is_kept() -> None:
    found = shortcodes_in('<p>[caption id="a"]words [give_form id=2][/caption] [sic]</p>', known=KNOWN)
    assert [(each.tag, each.first("id")) for each in found] == [("caption", "a"), ("give_form", "2")]
    assert expand("<p>[caption]words[/caption]</p>", known=KNOWN, answer=nothing) == "<p>words</p>"


def test_the_answer_s_own_html_is_not_touched() -> None:
    answer = Answer("<form><p></p>[give_form]</form>", block=True)
    assert expand("<p>[give_form id=1]</p>", known=KNOWN, answer=lambda _: answer) == answer.html


class _Balance(HTMLParser):
    """Raises when an element closes that isn't the one open, or a block stands in a paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert not (tag == "form" and {"p", "b", "h2"} & set(self.open))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


_INLINE = st.sampled_from(
    [
        "a",
        " ",
        "[give_form id=1]",
        "[box]",
        "[/box]",
        "[[box]]",
        "[x y=1]",
        "<b>c</b>",
        "<b>[box]</b>",
        "[box",
        "id=2]",
    ]
)
_BLOCKS = st.lists(
    st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from(["p", "h2"]),
        st.lists(_INLINE),
    ),
    max_size=5,
).map("".join)


@settings(max_examples=300)
@given(_BLOCKS)
def test_whole_html_stays_whole(html: str) -> None:
    balance = _Balance()
    balance.feed(expand(html, known=KNOWN, answer=block))
    assert balance.open == []
