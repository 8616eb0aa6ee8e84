"""A post's text as pieces of a story: blocks first, then shortcodes, then HTML, as WordPress reads them. Pure."""

import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from almoner.stories.forms import DONATION_TAGS, number_in
from almoner.stories.shortcodes import Node, Shortcode, attributes_of, parse, suspects
from almoner.stories.wordpress import gutenberg
from almoner.stories.wordpress.gutenberg import Block
from almoner.stories.wordpress.pieces import Findings, Form, Kept, Picture, Piece, Source, Text
from almoner.stories.wordpress.prose import FREE_POINTS, Prose

# Blocks whose saved HTML says all that they show.
_PLAIN: Final = frozenset({
    "paragraph", "heading", "list", "list-item", "quote", "pullquote", "image", "gallery", "separator",
    "spacer", "button", "buttons", "column", "columns", "group", "cover", "media-text", "table", "code",
    "preformatted", "verse", "file", "video", "audio", "html", "freeform", "missing", "details", "more",
    "nextpage", "footnotes", "social-links", "accordion", "accordion-item", "accordion-heading",
    "accordion-panel", "math",
})  # fmt: skip
_CAPTIONS: Final = ("caption", "wp_caption")
_MEDIA: Final = ("audio", "video", "playlist")
_SHOWN: Final = frozenset({*_CAPTIONS, *_MEDIA, "gallery", "embed", *DONATION_TAGS})
_TAG: Final = re.compile(r"<!--.*?-->|</?[a-zA-Z](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL)
_WITHIN_WORDS: Final = re.compile(r"</?(?:a|b|i|em|strong|span|u|s|sub|sup|small|mark|code)\b")
_HIDE: Final = str.maketrans({"[": "\ufdd0", "]": "\ufdd1"})
_SHOW: Final = str.maketrans({"\ufdd0": "[", "\ufdd1": "]"})
_CAPTIONED: Final = re.compile(r"\s*((?:<a\s[^>]*>\s*)?<img\s[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL)
_LONE_ADDRESS: Final = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]\ufdd0-\ufdef]+)[ \t\r]*$", re.MULTILINE)
_SIZED: Final = re.compile(r"-\d{1,5}x\d{1,5}(\.\w{2,5})$")
_SCHEMES: Final = ("http", "https", "mailto", "tel")
_KEPT_CHARS_MAX: Final = 20_000


def convert(content: str, post_id: int, source: Source, findings: Findings) -> list[Piece]:
    """The pieces of `post.content`; what can't be shown is among them, and told in `findings`."""
    return _Converter(post_id, source, findings).pieces(FREE_POINTS.sub("", content).replace("\0", ""))


def address_in(typed: str, source: Source) -> str:
    """Where a link leads: a path of ours for a post of the export, a whole address else; "" for one of no use."""
    try:
        parts = urlsplit(urljoin(source.site_url, typed))
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or (parts.scheme in ("http", "https") and not host):
        return ""
    if host and _bare(host) == _bare(urlsplit(source.site_url).hostname or ""):
        path = unquote(parts.path)
        if source.has_post(path):
            return parts.path + (f"#{parts.fragment}" if parts.fragment else "")
    return re.sub(r"[\s\"'<>]", lambda found: f"%{ord(found[0]):02X}", parts.geturl())[:2_000]


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


class _Converter:
    def __init__(self, post_id: int, source: Source, findings: Findings) -> None:
        self._post_id, self._source, self._findings = post_id, source, findings
        self._slots: list[Piece] = []
        self._classic = False

    def pieces(self, content: str) -> list[Piece]:
        parts = gutenberg.parse(content)
        self._classic = not any(isinstance(part, Block) for part in parts)
        html = "".join(self._flat(parts))
        prose = Prose(
            slots=self._slots,
            address=lambda typed: address_in(typed, self._source),
            picture=self._picture,
            findings=self._findings,
            classic=self._classic,
        )
        pieces = [self._cut(piece) for piece in prose.pieces(html)]
        for piece in pieces:
            if isinstance(piece, Kept):
                self._findings.hole(f"{piece.what}: {piece.why}")
        return pieces

    def _cut(self, piece: Piece) -> Piece:
        if isinstance(piece, Kept) and len(piece.text) > _KEPT_CHARS_MAX:
            self._findings.note(f"{piece.what}: only its first {_KEPT_CHARS_MAX} characters are kept")
            return Kept(piece.what, piece.why, piece.text[:_KEPT_CHARS_MAX])
        return piece

    def _slot(self, piece: Piece) -> str:
        """A mark that stands for the piece in HTML, in a paragraph of its own."""
        self._slots.append(piece)
        return f"\n\n\ufdd4{len(self._slots) - 1}\ufdd5\n\n"

    # ---- blocks --------------------------------------------------------------------------------------------------

    def _flat(self, parts: "list[str | Block]") -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield self._shortcoded(part)
            else:
                yield from self._block(part)

    def _block(self, block: Block) -> Iterator[str]:
        name = block.name.removeprefix("core-")
        if name == "embed" or name.startswith("embed/"):
            yield self._embedded(block)
        elif name in _PLAIN or name == "shortcode":
            yield from self._flat(block.parts)
        elif number := self._form_block(block):
            yield number
        elif any(isinstance(part, Block) or part.strip() for part in block.parts):
            self._findings.note(f"the block {block.name} is not known here, what stood in it was kept")
            yield from self._flat(block.parts)
        else:
            yield self._slot(
                Kept(f"block {block.name}", "It is made by WordPress when it is shown.", block.typed)
            )

    def _embedded(self, block: Block) -> str:
        address = block.attributes.get("url")
        if not isinstance(address, str) or not address_in(address, self._source):
            return self._slot(Kept("embed", "Its address is none that a reader could follow.", block.typed))
        caption = "".join(part for part in block.parts if isinstance(part, str))
        found = re.search(r"<figcaption.*?</figcaption>", caption, re.DOTALL)
        return self._link(address) + (self._shortcoded(found[0]) if found else "")

    def _form_block(self, block: Block) -> str:
        """Blocks of the same plugins: each keeps its form's number among its attributes."""
        tag = {"give/donation-form": "give_form", "givewp/campaign-form": "givewp_campaign_form"}.get(
            block.name
        )
        number = block.attributes.get("id") or block.attributes.get("campaignId")
        if tag is None or not isinstance(number, int | str):
            return ""
        return self._shortcoded(f'[{tag} {DONATION_TAGS[tag][0]}="{str(number)[:40]}"]')

    # ---- shortcodes ----------------------------------------------------------------------------------------------

    def _shortcoded(self, html: str) -> str:
        """The HTML with marks for the shortcodes that become pieces. All others stay as they were typed."""
        if self._classic:
            html = _LONE_ADDRESS.sub(lambda found: self._link(found[1]), html)
        if "[" not in html:
            return html
        hidden = _TAG.sub(lambda tag: tag[0].translate(_HIDE), html)
        made = "".join(self._node(node) for node in parse(hidden, _SHOWN))
        for tag in suspects(made, _SHOWN):
            self._findings.hole(
                f"shortcode [{tag}]: nothing here answers to it; it stays in the text for staff"
            )
        return made.translate(_SHOW)

    def _node(self, node: Node) -> str:
        if isinstance(node, str):
            return _escaped(node)
        typed = unescape(_TAG.sub("", node.opening.translate(_SHOW)))
        named, positional = attributes_of(
            typed.removeprefix(f"[{node.tag}").removesuffix("]").removesuffix("/")
        )
        said = Shortcode(node.tag, named, positional, node.content, typed)
        if node.tag in DONATION_TAGS:
            return self._form(said)
        made: Callable[[Shortcode], str] = (
            self._captioned if node.tag in _CAPTIONS
            else self._gallery if node.tag == "gallery"
            else self._embed
        )  # fmt: skip
        return made(said)

    def _form(self, said: Shortcode) -> str:
        number = number_in(said)
        inside = "".join(self._node(node) for node in said.content or ())
        if ours := self._source.form_for(said.tag, number):
            return self._slot(Form(ours)) + inside
        if not self._source.answers(number):
            self._findings.hole(f"giving form {said.opening[:200]}: no form here answers to it")
            self._findings.forms.setdefault((said.tag, number))
        # It stays as it was typed: it says which form it was, and works as soon as one answers to it.
        return self._slot(Text(f"<p>{escape(said.opening, quote=False)}</p>")) + inside

    def _captioned(self, said: Shortcode) -> str:
        content = _raw(said.content or ())
        found = _CAPTIONED.match(content.translate(_SHOW))
        if found is None:
            return "".join(self._node(node) for node in said.content or ())
        caption = found[2].strip() or escape(said.first("caption"))
        return f"\n\n<figure>{found[1]}<figcaption>{caption}</figcaption></figure>\n\n"

    def _gallery(self, said: Shortcode) -> str:
        listed = said.first("ids", "include")
        numbers = [int(each) for each in re.findall(r"\d{1,18}", listed)] if listed else []
        addresses = [
            self._source.pictures(number) for number in numbers or self._source.attached(self._post_id)
        ]
        if not addresses:
            return self._slot(Kept("gallery", "The export names no pictures of it.", said.opening))
        if not all(addresses):
            self._findings.hole("gallery: pictures of it are not in the export")
        return "".join(self._slot(Picture(address)) for address in addresses if address)

    def _embed(self, said: Shortcode) -> str:
        """[embed], [audio], [video], [playlist]: a link to what was played in place."""
        content = unescape(_TAG.sub("", _raw(said.content or ()).translate(_SHOW))).strip()
        address = said.first("src", "mp4", "mp3", "webm", "m4a", "m4v", "ogg", "ogv", "wav", "url") or content
        if address and address_in(address, self._source):
            return self._link(address)
        return self._slot(
            Kept(f"[{said.tag}]", "Its address is none that a reader could follow.", said.opening)
        )

    # ---- addresses -----------------------------------------------------------------------------------------------

    def _link(self, address: str) -> str:
        return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'

    def _picture(self, attributes: dict[str, str]) -> str:
        """The address of a picture at its full size, as the export has it."""
        numbered = re.search(r"\bwp-image-(\d{1,18})\b", attributes.get("class", ""))
        if numbered and (found := self._source.pictures(int(numbered[1]))):
            return found
        return picture_address(attributes.get("src", ""), self._source)


def picture_address(typed: str, source: Source) -> str:
    """A picture's whole address, without the size in the names that WordPress gives to smaller ones; or ""."""
    try:
        parts = urlsplit(urljoin(source.site_url, typed.strip()))
    except ValueError:
        return ""
    if not typed.strip() or parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    path = _SIZED.sub(r"\1", parts.path) if "/wp-content/uploads/" in parts.path else parts.path
    return parts._replace(path=path, query="", fragment="").geturl()[:2_000]


def _raw(nodes: tuple[Node, ...]) -> str:
    return "".join(
        node if isinstance(node, str) else node.opening + _raw(node.content or ()) for node in nodes
    )


def _escaped(text: str) -> str:
    """What stood in two pairs of brackets means the words themselves, and must go on to."""
    nodes = parse(text, _SHOWN) if "[" in text else (text,)
    return "".join(
        node
        if isinstance(node, str)
        else f"[{node.opening}{_raw(node.content)}[/{node.tag}]]"
        if node.content is not None
        else f"[{node.opening}]"
        for node in nodes
    )


def plain(html: str) -> str:
    """Words of a title or a summary, without tags and shortcodes."""
    words = _TAG.sub(lambda tag: "" if _WITHIN_WORDS.match(tag[0]) else " ", FREE_POINTS.sub("", html))
    return " ".join(unescape(words).split())


def fingerprint(outcome: Any) -> bytes:
    """The same bytes for the same outcome, in whichever process."""
    return json.dumps(outcome, sort_keys=True, ensure_ascii=True).encode()
