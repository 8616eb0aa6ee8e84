"""The shortcode parser: WordPress's grammar by example, and against an expression that says the same."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.stories.shortcodes import Node, Shortcode, attributes_of, parse, render_plain, suspects

KNOWN = ("give_form", "pronto-donation", "pronto-donation-form", "box")


def shape(nodes: tuple[Node, ...]) -> list[Any]:
    """Nodes as plain lists, short enough to read in an assertion."""
    return [
        node
        if isinstance(node, str)
        else (
            node.tag,
            node.attributes,
            node.positional,
            None if node.content is None else shape(node.content),
        )
        for node in nodes
    ]


def only(text: str) -> Shortcode:
    (node,) = parse(text, KNOWN)
    assert isinstance(node, Shortcode)
    return node


@pytest.mark.parametrize("number", ['"4840"', "'4840'", "4840", ' "4840"', ' = "4840"'.replace("=", "")])
def test_an_attribute_may_be_quoted_or_bare(number: str) -> None:
    assert only(f"[pronto-donation-form id={number}]").attributes == {"id": "4840"}


def test_the_longer_of_two_names_is_not_mistaken_for_the_shorter() -> None:
    assert only("[pronto-donation-form id=1]").tag == "pronto-donation-form"
    assert only("[pronto-donation id=1]").tag == "pronto-donation"
    assert parse("[pronto-donation-forms id=1]", KNOWN) == ("[pronto-donation-forms id=1]",)


def test_attributes() -> None:
    assert attributes_of(""" ID="1" b='two words' c=3 word "two words" d = 4 """) == (
        {"id": "1", "b": "two words", "c": "3", "d": "4"},
        ("word", "two words"),
    )
    assert attributes_of('a="it\'s" b=\'say "x"\'') == ({"a": "it's", "b": 'say "x"'}, ())
    assert attributes_of('a=1 A="2"') == ({"a": "2"}, ())
    assert attributes_of('a="" b') == ({"a": ""}, ("b",))
    assert attributes_of("'' b \"\"") == ({}, ("b",))


def test_a_quote_that_never_closes_is_a_word_like_any_other() -> None:
    assert attributes_of('id="4840') == ({}, ('id="4840',))
    assert attributes_of('"a"b') == ({}, ('"a"b',))


def test_odd_spaces_part_attributes_too() -> None:
    assert attributes_of("\u00a0id=1\u200bcolour=2") == ({"id": "1", "colour": "2"}, ())


def test_text_around_is_kept_to_the_letter() -> None:
    assert shape(parse("a [box] b [box/] c", KNOWN)) == [
        "a ", ("box", {}, (), None), " b ", ("box", {}, (), None), " c",
    ]  # fmt: skip


def test_a_slash_inside_does_not_close() -> None:
    assert only("[box href=https://a.example/b/]").attributes == {"href": "https://a.example/b"}
    assert only("[box href=/a/b x]").attributes == {"href": "/a/b"}


def test_content_is_parsed_again() -> None:
    text = "[box]before [give_form id=1/] after[/box]!"
    assert shape(parse(text, KNOWN)) == [
        ("box", {}, (), ["before ", ("give_form", {"id": "1"}, (), None), " after"]),
        "!",
    ]


def test_a_tag_cannot_hold_itself() -> None:
    text = "[box 1]a[box 2]b[/box]c[/box]"
    assert shape(parse(text, KNOWN)) == [
        ("box", {}, ("1",), ["a", ("box", {}, ("2",), None), "b"]),
        "c[/box]",
    ]


def test_an_opening_without_its_closing_has_no_content() -> None:
    assert only("[box]").content is None
    assert only("[box][/box]").content == ()
    assert shape(parse("[box/]a[/box]", KNOWN)) == [("box", {}, (), None), "a[/box]"]


def test_doubled_brackets_mean_the_words_themselves() -> None:
    assert parse("write [[give_form id=1]] here", KNOWN) == ("write [give_form id=1] here",)
    assert parse("[[box]a[/box]]", KNOWN) == ("[box]a[/box]",)
    assert shape(parse("[[box]", KNOWN)) == ["[", ("box", {}, (), None)]
    assert shape(parse("[box]]", KNOWN)) == [("box", {}, (), None), "]"]
    assert parse("[[[box]]]", KNOWN) == ("[[box]]",)


@pytest.mark.parametrize(
    "prose",
    ["[sic]", "the [unknown id=1] tag", "[", "]", "[]", "[give_form", "[ box]", "[/box]", "[BOX]", ""],
)
def test_prose_stays_prose(prose: str) -> None:
    assert parse(prose, KNOWN) == ((prose,) if prose else ())


def test_what_was_typed_is_kept_for_the_editor() -> None:
    (escaped_by_half, node) = parse("[[give_form  ID='9' x]", KNOWN)
    assert escaped_by_half == "["
    assert isinstance(node, Shortcode)
    assert node.opening == "[give_form  ID='9' x]"


def test_first_passes_over_empty_values() -> None:
    assert only('[give_form id="" form=7]').first("id", "form") == "7"
    assert only("[give_form]").first("id") == ""


def test_plain_text_keeps_the_content_and_drops_the_tags() -> None:
    assert render_plain(parse("a[box]b[give_form id=1]c[/box]d", KNOWN)) == "abcd"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[gallery ids="1,2"]', ("gallery",)),
        ("[caption]x[/caption]", ("caption",)),
        ("[embed/]", ("embed",)),
        ("[contact_form]", ("contact_form",)),
        ("[contact-form]", ("contact-form",)),
        ("[a_b] [gallery x=1] [a_b]", ("a_b", "gallery")),
        ("as he put it [sic]", ()),
        ("[the police] said", ()),
        ("[well-known facts] and [1] and [2 of 3]", ()),
        ("[give_form id=1] [box]", ()),
        ("[/box]", ()),
    ],
)
def test_suspects(text: str, names: tuple[str, ...]) -> None:
    assert suspects(text, KNOWN) == names


def test_long_hostile_text_is_read_in_a_straight_line() -> None:
    # No clock here: a reader that looks ahead at each bracket would simply not end.
    for hostile in ("[box]", "[box ", '[box a="', "[[box", "[box]x[/bo", "[x y=1][", "[a_", "[box '"):
        text = hostile * 20_000
        parse(text, KNOWN)
        suspects(text, KNOWN)


def test_deep_nesting_of_many_tags_ends() -> None:
    names = tuple(f"t{number}" for number in range(2000))
    text = "".join(f"[{name}]" for name in names) + "".join(f"[/{name}]" for name in reversed(names))
    assert parse(text, names)


# What the grammar says, as one expression: the oracle for the parser above.
_ORACLE = re.compile(
    r"\[(\[?)(" + "|".join(re.escape(name) for name in KNOWN) + r")(?![\w-])"
    r"([^\]/]*(?:/(?!\])[^\]/]*)*?)(?:(/)\]|\](?:((?:(?!\[/\2\]).)*)\[/\2\])?)(\]?)",
    re.ASCII | re.DOTALL,
)
_ORACLE_ATTRIBUTES = re.compile(
    r"""([\w-]+)\s*=\s*"([^"]*)"(?:\s|$)|([\w-]+)\s*=\s*'([^']*)'(?:\s|$)|([\w-]+)\s*=\s*([^\s'"]+)(?:\s|$)"""
    r"""|"([^"]*)"(?:\s|$)|'([^']*)'(?:\s|$)|(\S+)(?:\s|$)""",
    re.ASCII,
)


def oracle_attributes(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    named: dict[str, str] = {}
    positional = []
    for found in _ORACLE_ATTRIBUTES.finditer(text):
        for name, value in ((1, 2), (3, 4), (5, 6)):
            if found[name] is not None:
                named[found[name].lower()] = found[value]
        positional += [found[group] for group in (7, 8, 9) if found[group]]
    return named, tuple(positional)


def oracle(text: str) -> list[Any]:
    nodes: list[Any] = []

    def say(words: str) -> None:
        if words and nodes and isinstance(nodes[-1], str):
            nodes[-1] += words
        elif words:
            nodes.append(words)

    done = 0
    for found in _ORACLE.finditer(text):
        say(text[done : found.start()])
        done = found.end()
        if found[1] and found[6]:
            say(found[0][1:-1])
            continue
        say(found[1])
        content = None if found[5] is None else oracle(found[5])
        nodes.append((found[2], *oracle_attributes(found[3]), content))
        say(found[6])
    say(text[done:])
    return nodes


_PIECES = st.sampled_from(
    [
        *(
            "[",
            "]",
            "[[",
            "]]",
            "/",
            "[/",
            "box",
            "give_form",
            "pronto-donation",
            "-form",
            " ",
            "=",
            '"',
            "'",
            "id",
        ),
        *("4840", "a", "\n", "[box]", "[/box]", "[give_form id=1]", "[/give_form]", "<p>", "é"),
    ]
)
_SCRAPS = st.sampled_from(["a", "b-", "=", '"', "'", " ", "\n", "x_1", "/", "é"])


@settings(max_examples=600)
@given(st.lists(_PIECES, max_size=24).map("".join))
def test_the_parser_and_the_expression_agree(text: str) -> None:
    assert shape(parse(text, KNOWN)) == oracle(text)


@settings(max_examples=400)
@given(st.lists(_SCRAPS, max_size=16).map("".join))
def test_attributes_agree_with_the_expression(text: str) -> None:
    assert attributes_of(text) == oracle_attributes(text)


@given(st.text(max_size=200))
def test_any_text_is_read_and_nothing_is_lost_from_prose(text: str) -> None:
    nodes = parse(text, ())
    assert nodes == ((text,) if text else ())
    suspects(text, KNOWN)
