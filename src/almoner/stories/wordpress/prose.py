"""HTML of a post as pieces of a story. Pure. Only what this module writes gets into a page: it is the allow-list.

Text holds <p>, <h2>, <h3>, <ul>, <ol>, <li>, <b>, <i>, <br/>, <hr/> and <a href>, and all words are escaped. The tags
of the source only say what is wanted; what they leave open or close wrongly can't unbalance what is written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from typing import Final

from almoner.stories.wordpress.markup import RAW, Comment, Tag, tokens
from almoner.stories.wordpress.pieces import Findings, Kept, Picture, Piece, Quote, Text

# A piece that stands in a text, by its number: two code points that Unicode keeps free, taken out of every source.
_SLOT: Final = re.compile("\ufdd4(\\d+)\ufdd5")
FREE_POINTS: Final = re.compile("[\ufdd0-\ufdef]")
_SPACES: Final = re.compile(r"[ \t\r\f]+")
_INLINE: Final = {"b": "b", "strong": "b", "i": "i", "em": "i"}
_HEADINGS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
# A table's rows become a list's items.
_LISTS: Final = {"ul": "ul", "ol": "ol", "table": "ul"}
_ITEMS: Final = {"li": "li", "tr": "li"}
_BLOCKS: Final = frozenset({
    "p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "address", "center", "dl",
    "dt", "dd", "details", "summary", "fieldset", "form", "legend", "figure", "figcaption", "blockquote",
    "pre", "caption", "hgroup",
})  # fmt: skip
# They mean nothing here and hold text that does.
_PASSED: Final = frozenset({
    "span", "font", "small", "big", "u", "s", "strike", "del", "ins", "sub", "sup", "mark", "abbr",
    "acronym", "code", "kbd", "samp", "var", "tt", "time", "label", "q", "dfn", "bdi", "bdo", "wbr",
    "tbody", "thead", "tfoot", "colgroup", "col", "noscript", "picture", "body", "html", "head", "meta",
    "link", "nobr", "ruby", "rt", "rp", "center", "cite",
})  # fmt: skip
_MEDIA: Final = frozenset({"iframe", "video", "audio", "embed", "object", "source"})
_FIELDS: Final = frozenset({"input", "select", "textarea", "button", "option"})
_DEPTH_MAX: Final = 100
_LISTS_MAX: Final = 6
QUOTE_CHARS_MAX: Final = 600
CAPTION_CHARS_MAX: Final = 300
_NAME_CHARS_MAX: Final = 120
_TEXT_CHARS_MAX: Final = 200_000


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is written now, or should be: two are the same if their identifiers are."""

    tag: str
    identifier: int
    markup: str


@dataclass(slots=True)
class _Writer:
    """Text as it grows. What should be open is compared with what is whenever a word comes."""

    out: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    break_due: bool = False

    def write(self, wanted: list[_Open], text: str) -> None:
        same = 0
        while (
            same < min(len(wanted), len(self.open)) and wanted[same].identifier == self.open[same].identifier
        ):
            same += 1
        block_stays = any(each.tag in ("p", "h2", "h3", "li") for each in self.open[:same])
        deeper = any(each.tag in ("ul", "ol") for each in wanted[same:])
        if self.break_due and block_stays and not deeper:
            self._close(same)
            self.out.append("<br/>")
        self.break_due = False
        self._close(same)
        for each in wanted[same:]:
            self.out.append(each.markup)
            self.open.append(each)
        self.out.append(escape(text, quote=False))

    def finish(self) -> str:
        self._close(0)
        html, self.out, self.break_due = "".join(self.out), [], False
        return html

    def _close(self, depth: int) -> None:
        while len(self.open) > depth:
            self.out.append(f"</{self.open.pop().tag}>")


@dataclass(slots=True)
class _Element:
    """An element of the source that is open. `since`: how many pieces stood before it."""

    tag: str
    identifier: int
    since: int = 0


class Prose:
    """One post's HTML, read once. `slots` are the pieces that marks in the text stand for; `address` makes an address
    one of ours, or "" if nobody should be led there. `classic`: blank lines part paragraphs, as WordPress has it."""

    def __init__(
        self,
        *,
        slots: list[Piece],
        address: Callable[[str], str],
        picture: Callable[[dict[str, str]], str],
        findings: Findings,
        classic: bool,
    ) -> None:
        self._slots, self._address, self._picture = slots, address, picture
        self._findings, self._classic = findings, classic
        self._pieces: list[Piece] = []
        self._writer = _Writer()
        self._ids = count(1)
        self._stack: list[_Element] = []
        self._inlines: list[tuple[_Open, int]] = []
        self._heading = ""
        self._paragraph = 0
        self._caption: list[str] | None = None
        # Where the link in it leads, until its words are over.
        self._caption_address = ""
        self._cite: list[str] | None = None
        self._names: dict[int, str] = {}
        self._pre = 0
        self._written_chars = 0

    def pieces(self, html: str) -> list[Piece]:
        for token in tokens(html):
            if isinstance(token, str):
                self._words(token)
            elif isinstance(token, Comment):
                self._comment(token.text)
            elif token.closes:
                self._end(token.name)
            else:
                self._start(token)
        while self._stack:
            self._pop()
        self._flush()
        return self._pieces

    # ---- words ---------------------------------------------------------------------------------------------------

    def _words(self, text: str) -> None:
        for index, part in enumerate(_SLOT.split(text)):
            if index % 2:
                self._put(self._slots[int(part)])
            elif part:
                self._plain(part)

    def _plain(self, text: str) -> None:
        if self._caption is not None:
            self._caption.append(text)
        elif self._cite is not None:
            self._cite.append(text)
        elif self._pre:
            self._lines(text.split("\n"))
        elif self._classic:
            for index, paragraph in enumerate(
                re.split(r"\n[ \t\r]*(?:\n[ \t\r]*)+", text.replace("\r\n", "\n"))
            ):
                if index:
                    self._boundary()
                self._lines(paragraph.split("\n"))
        else:
            self._write(text.replace("\n", " "))

    def _lines(self, lines: list[str]) -> None:
        for index, line in enumerate(lines):
            if index:
                self._writer.break_due = True
            self._write(line)

    def _write(self, text: str) -> None:
        text = _SPACES.sub(" ", text)
        wanted = self._wanted()
        begins = not self._writer.open or wanted[0].identifier != self._writer.open[0].identifier
        if (begins or self._writer.break_due or self._fresh(wanted)) and not (text := text.lstrip(" ")):
            return
        if not text:
            return
        self._writer.write(wanted, text)
        self._written_chars += len(text)
        if self._written_chars > _TEXT_CHARS_MAX and not self._stack:
            self._flush()

    def _fresh(self, wanted: list[_Open]) -> bool:
        """Whether the block that the next word goes into has no word yet."""
        blocks = [each for each in wanted if each.tag not in ("a", "b", "i")]
        return len(self._writer.open) < len(blocks) or blocks[-1] != self._writer.open[len(blocks) - 1]

    def _wanted(self) -> list[_Open]:
        """What the next word stands in, outermost first: lists, then a block unless an item is it, then inlines."""
        path: list[_Open] = []
        for element in self._stack:
            if element.tag in ("ul", "ol"):
                if path and path[-1].tag != "li":
                    path.append(_Open("li", -element.identifier, "<li>"))
                path.append(_Open(element.tag, element.identifier, f"<{element.tag}>"))
            elif element.tag == "li" and path and path[-1].tag != "li":
                path.append(_Open("li", element.identifier, "<li>"))
        if path and path[-1].tag != "li":
            path.append(_Open("li", -path[-1].identifier - 1_000_000_000, "<li>"))
        if not path:
            tag = self._heading or "p"
            path.append(_Open(tag, self._paragraph or self._boundary(), f"<{tag}>"))
        return path + [inline for inline, _ in self._inlines]

    def _boundary(self) -> int:
        """What comes next stands in a paragraph of its own, or, within an item, on a line of its own."""
        self._paragraph = next(self._ids)
        if any(each.tag == "li" for each in self._writer.open):
            self._writer.break_due = True
        else:
            self._writer.break_due = False
        return self._paragraph

    def _put(self, piece: Piece) -> None:
        self._flush()
        self._pieces.append(piece)

    def _flush(self) -> None:
        if html := self._writer.finish():
            self._pieces.append(Text(html))
        self._written_chars = 0
        self._paragraph = next(self._ids)

    # ---- tags ----------------------------------------------------------------------------------------------------

    def _start(self, tag: Tag) -> None:
        name = tag.name
        if name in RAW:
            self._raw(tag)
        elif name in _INLINE:
            self._open_inline(_INLINE[name], f"<{_INLINE[name]}>")
        elif name == "a":
            self._link(tag)
        elif name == "br":
            self._break()
        elif name == "hr":
            self._put(Text("<hr/>"))
        elif name == "img":
            self._image(tag)
        elif name in _MEDIA:
            self._media(tag)
        elif name in ("td", "th"):
            self._cell()
        elif name in _BLOCKS or name in _HEADINGS or name in _LISTS or name in _ITEMS:
            self._open_block(name)
        elif name == "cite" and any(each.tag == "blockquote" for each in self._stack):
            self._cite = []
        elif name in _FIELDS:
            self._findings.note("a form's fields were left out, its words were kept")
        elif name not in _PASSED:
            self._findings.note(f"the element <{name[:40]}> was left out, its words were kept")

    def _end(self, name: str) -> None:
        if name == "a" and self._caption_address and self._caption is not None:
            self._caption.append(f" ({self._caption_address})")
            self._caption_address = ""
        if name in _INLINE or name == "a":
            wanted = _INLINE.get(name, name)
            self._inlines = [each for each in self._inlines if each[0].tag != wanted]
        elif name == "cite" and self._cite is not None:
            self._end_cite()
        elif name in _BLOCKS or name in _HEADINGS or name in _LISTS or name in _ITEMS:
            self._close(_HEADINGS.get(name, _LISTS.get(name, _ITEMS.get(name, name))))

    def _open_block(self, name: str) -> None:
        top = self._stack[-1].tag if self._stack else ""
        if name == "p" and top == "p":
            self._pop()
        if name in _ITEMS:
            self._close_item()
        if name == "table":
            self._findings.note("a table became a list, a row each")
        self._boundary()
        if len(self._stack) >= _DEPTH_MAX:
            return
        tag = _HEADINGS.get(name, _LISTS.get(name, _ITEMS.get(name, name)))
        if tag in ("ul", "ol") and sum(each.tag in ("ul", "ol") for each in self._stack) >= _LISTS_MAX:
            return
        if name in ("blockquote", "figure"):
            self._flush()
        self._stack.append(_Element(tag, next(self._ids), len(self._pieces)))
        if name in _HEADINGS:
            self._heading = tag
        elif name == "pre":
            self._pre += 1
        elif name == "figcaption":
            self._caption = []

    def _close_item(self) -> None:
        """An item ends where the next one of its list begins."""
        for element in reversed(self._stack):
            if element.tag in ("ul", "ol"):
                return
            if element.tag == "li":
                self._close("li")
                return

    def _close(self, tag: str) -> None:
        if not any(each.tag == tag for each in self._stack):
            self._boundary()
            return
        while self._pop().tag != tag:
            pass

    def _pop(self) -> _Element:
        element = self._stack.pop()
        depth = len(self._stack)
        if element.tag == "figcaption":
            self._end_caption()
        elif element.tag == "blockquote":
            self._end_quote(element)
        elif element.tag == "figure":
            self._flush()
        elif element.tag in ("h2", "h3"):
            self._heading = ""
        elif element.tag == "pre":
            self._pre -= 1
        self._inlines = [each for each in self._inlines if each[1] <= depth]
        self._boundary()
        return element

    def _open_inline(self, tag: str, markup: str) -> None:
        if all(inline.tag != tag for inline, _ in self._inlines):
            self._inlines.append((_Open(tag, next(self._ids), markup), len(self._stack)))

    def _link(self, tag: Tag) -> None:
        self._end("a")
        typed = tag.attributes.get("href", "").strip()
        if not typed or typed.startswith("#"):
            return
        address = self._address(typed)
        if not address:
            self._findings.note(f"a link to {typed[:80]!r} was left out, its words were kept")
        elif self._caption is not None:
            self._caption_address = address
        else:
            self._open_inline("a", f'<a href="{escape(address)}">')

    def _break(self) -> None:
        if self._caption is not None or self._cite is not None:
            self._plain(" ")
        elif self._classic and self._writer.break_due:
            self._boundary()
        else:
            self._writer.break_due = True

    def _cell(self) -> None:
        if self._writer.open and not self._fresh(self._wanted()):
            self._writer.break_due = False
            self._writer.write(self._wanted(), " | ")

    def _image(self, tag: Tag) -> None:
        address = self._picture(tag.attributes)
        alt = " ".join(tag.attributes.get("alt", "").split())
        if not address:
            self._put(
                Kept("picture", "Its address leads nowhere.", tag.attributes.get("src", "")[:500] or alt)
            )
            return
        leads = next((inline.markup for inline, _ in self._inlines if inline.tag == "a"), "")
        self._put(Picture(address, alt))
        if leads and not re.search(r"\.(?:jpe?g|png|gif|webp|avif)\"", leads, re.IGNORECASE):
            self._write(alt or unescape(leads[9:-2]))

    def _media(self, tag: Tag) -> None:
        typed = tag.attributes.get("src", "") or tag.attributes.get("data", "")
        if not typed:
            return
        address = self._address(typed.strip())
        if not address:
            self._put(Kept(tag.name, "Its address is none that a reader could follow.", typed[:500]))
            return
        self._lead_to(address)

    def _lead_to(self, address: str) -> None:
        """A line with a link: what was shown in place is found there."""
        self._boundary()
        html = f'<a href="{escape(address)}">'
        self._writer.write([*self._wanted(), _Open("a", next(self._ids), html)], address)
        self._boundary()

    def _raw(self, tag: Tag) -> None:
        inside = _SLOT.sub("", tag.raw)
        if tag.name == "textarea":
            self._findings.note("a form's fields were left out, its words were kept")
            self._plain(unescape(inside))
        elif inside.strip() or tag.attributes:
            typed = " ".join([tag.name, *(f'{name}="{value}"' for name, value in tag.attributes.items())])
            self._put(Kept(f"<{tag.name}>", "Nothing of it is run or shown.", f"<{typed}>{inside}"))
        for number in _SLOT.findall(tag.raw):
            self._put(self._slots[int(number)])

    def _comment(self, text: str) -> None:
        said = text.strip()
        if said and not said.startswith(("more", "nextpage", "/wp:", "wp:")):
            self._findings.note("a comment in the text, which readers never saw, was left out")

    # ---- figures and quotes --------------------------------------------------------------------------------------

    def _end_caption(self) -> None:
        self._end("a")
        text, self._caption = " ".join("".join(self._caption or ()).split()), None
        if not text:
            return
        figure = next((each for each in reversed(self._stack) if each.tag == "figure"), None)
        self._flush()
        last = self._pieces[-1] if figure is not None and len(self._pieces) > figure.since else None
        if isinstance(last, Picture) and not last.caption and len(text) <= CAPTION_CHARS_MAX:
            self._pieces[-1] = Picture(last.address, last.alt, text)
        else:
            self._boundary()
            self._write(text)

    def _end_cite(self) -> None:
        text = " ".join("".join(self._cite or ()).split())
        self._cite = None
        quote = next(each for each in reversed(self._stack) if each.tag == "blockquote")
        if text and len(text) <= _NAME_CHARS_MAX:
            self._names[quote.identifier] = text
        elif text:
            self._boundary()
            self._write(text)

    def _end_quote(self, element: _Element) -> None:
        if self._cite is not None:
            self._stack.append(element)
            self._end_cite()
            self._stack.pop()
        self._flush()
        inside = self._pieces[element.since :]
        name = self._names.pop(element.identifier, "")
        if len(inside) == 1 and isinstance(inside[0], Text) and (text := _quotable(inside[0].html)):
            self._pieces[element.since :] = [Quote(text, name)]
        elif name:
            self._write(name)


def _quotable(html: str) -> str:
    """The words of a quote as plain text; "" where that would lose a link, a list or a heading, or is too long."""
    if "<a " in html or "<li>" in html or "<h" in html:
        return ""
    text = html.replace("<br/>", "\n").replace("</p>", "\n\n")
    text = unescape(re.sub(r"<[^>]*>", "", text)).strip()
    return text if len(text) <= QUOTE_CHARS_MAX else ""
