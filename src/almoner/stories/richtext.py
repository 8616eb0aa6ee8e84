"""Shortcodes inside HTML: what each stands for is put in its place, and the HTML around it stays well-formed.

A paragraph that holds only a shortcode gives way to what the shortcode stands for (WordPress's `shortcode_unautop`);
one that holds it among words is closed before a block and opened again after it. Brackets inside tags and attributes
are no shortcodes.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from almoner.stories.shortcodes import Node, Shortcode, attributes_of, parse, suspects

# A tag with its attributes, whose quoted values may hold ">"; or a comment.
_TAG = re.compile(r"""<!--.*?-->|</?[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_IDENTIFIERS = re.compile(r"""\s(?:id|data-block-key)=(?:"[^"]*"|'[^']*')""")
_VOID: Final = frozenset("area br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
# What can't hold a block: closed before it and opened again after it.
_PHRASING: Final = frozenset(
    "a abbr b bdi cite code del em h1 h2 h3 h4 h5 h6 i ins mark p q s small span strong sub sup u".split()  # noqa: SIM905
)
_EMPTY = re.compile(
    r"<(a|b|bdi|code|del|em|h[1-6]|i|li|mark|p|s|small|span|strong|sub|sup|u)(?:\s[^>]*)?>\s*</\1>"
)
# Brackets inside tags, while the text is searched for shortcodes: two code points that Unicode keeps free.
_HIDE: Final = str.maketrans({"[": "\ufdd0", "]": "\ufdd1"})
_SHOW: Final = str.maketrans({"\ufdd0": "[", "\ufdd1": "]"})
_QUOTES: Final = "\"'“”„″‘’′«» "


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shortcode stands for: HTML, already safe. A block can't stand in a paragraph; the rest can."""

    html: str
    block: bool = False


Piece = str | Answer


def expand(html: str, *, known: Collection[str], answer: Callable[[Shortcode], Answer]) -> str:
    """The HTML with every known shortcode, and every suspect, replaced by its answer.

    `answer` is asked about suspects too: what a reader and an editor see of them is its affair. Content of a
    shortcode stands after its answer, with the shortcodes in it answered as well.
    """
    if "[" not in html:
        return html
    hidden = _TAG.sub(lambda tag: tag[0].translate(_HIDE), html)
    nodes = parse(hidden, {*known, *suspects(hidden, known)})
    if not any(isinstance(node, Shortcode) for node in nodes):
        return "".join(str(node) for node in nodes).translate(_SHOW)
    return _join(_pieces(nodes, answer))


def shortcodes_in(html: str, *, known: Collection[str]) -> list[Shortcode]:
    """Every known shortcode and every suspect, in the order of the text."""
    found: list[Shortcode] = []

    def note(shortcode: Shortcode) -> Answer:
        found.append(shortcode)
        return Answer("")

    expand(html, known=known, answer=note)
    return found


def number_of(text: str) -> str:
    """A form's number as an attribute gives it: without the curly quotes that editors' keyboards put around it."""
    return text.strip(_QUOTES)


def _pieces(nodes: tuple[Node, ...], answer: Callable[[Shortcode], Answer]) -> Iterator[Piece]:
    for node in nodes:
        if isinstance(node, str):
            yield node.translate(_SHOW)
            continue
        opening = node.opening.translate(_SHOW)
        yield answer(_as_typed(node, opening))
        # A tag that began or ended inside the brackets still counts, or what follows would be in the wrong element.
        yield "".join(_TAG.findall(opening))
        yield from _pieces(node.content or (), answer)


def _as_typed(node: Shortcode, opening: str) -> Shortcode:
    """With its attributes read as the editor saw them: without tags, and with `&quot;` as a quote."""
    plain = unescape(_TAG.sub("", opening))
    inside = plain.removeprefix("[" + node.tag).removesuffix("]").removesuffix("/")
    named, positional = attributes_of(inside)
    return replace(node, attributes=named, positional=positional, opening=plain)


def _join(pieces: Iterator[Piece]) -> str:
    """One HTML text, with paragraphs closed before blocks, opened after them, and dropped when nothing is left."""
    out: list[str] = []
    open_tags: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            _follow(piece, open_tags)
            out.append(piece)
        elif piece.block and piece.html:
            around = _phrasing_around(open_tags)
            out += [f"</{_name(tag)}>" for tag in reversed(around)]
            # A mark keeps the block out of the search for empty elements.
            out += ["\ufdd2", piece.html, "\ufdd3"]
            out += [_IDENTIFIERS.sub("", tag) for tag in around]
        else:
            out.append(piece.html)
    return _without_empty("".join(out))


def _follow(html: str, open_tags: list[str]) -> None:
    """Keep account of the elements that are open after this piece of HTML."""
    for tag in _TAG.findall(html):
        if tag.startswith("<!--") or tag.endswith("/>") or _name(tag) in _VOID:
            continue
        if not tag.startswith("</"):
            open_tags.append(tag)
        elif open_tags and _name(open_tags[-1]) == _name(tag):
            open_tags.pop()


def _phrasing_around(open_tags: list[str]) -> list[str]:
    """The innermost open elements that can't hold a block, outermost first."""
    start = len(open_tags)
    while start and _name(open_tags[start - 1]) in _PHRASING:
        start -= 1
    return open_tags[start:]


def _name(tag: str) -> str:
    match = _TAG_NAME.match(tag)
    return match[1].lower() if match else ""


def _without_empty(html: str) -> str:
    parts = re.split("\ufdd2(.*?)\ufdd3", html, flags=re.DOTALL)
    for index in range(0, len(parts), 2):
        while (fewer := _EMPTY.sub("", parts[index])) != parts[index]:
            parts[index] = fewer
    return "".join(parts)
