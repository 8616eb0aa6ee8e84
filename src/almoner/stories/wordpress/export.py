"""A WordPress export (WXR 1.0 to 1.2) as records, one at a time. Pure: bytes in, records out.

It is read by expat, in pieces, so that a file of any size needs the same memory. An export has no document type and no
entities of its own: a file that has is refused, so nothing is ever expanded and nothing is ever fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO, Final
from xml.parsers import expat

_CHUNK_BYTES: Final = 64 * 1024
# A field of an item that is longer is cut, and its item is told to be too long to be taken.
_FIELD_CHARS_MAX: Final = 2_000_000
# Markup that goes on for longer than this between two events would have to be held in memory whole.
_MARKUP_BYTES_MAX: Final = 4 * 1024 * 1024
_DEPTH_MAX: Final = 50
_LIST_MAX: Final = 500
_AUTHORS_MAX: Final = 20_000
_VERSIONS: Final = ("1.0", "1.1", "1.2")
_WXR: Final = re.compile(r"https?://wordpress\.org/export/(\d+\.\d+)/(excerpt/)?")
_OTHERS: Final = {"purl.org/rss/1.0/modules/content/": "content", "purl.org/dc/elements/1.1/": "dc"}
# XML forbids them even where databases hold them; WordPress writes them as they are.
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\r")
_FIELDS: Final = {
    "title": "title", "link": "link", "guid": "guid", "dc:creator": "creator", "content:encoded": "content",
    "excerpt:encoded": "excerpt", "wp:post_id": "post_id", "wp:post_parent": "parent_id", "wp:post_name": "slug",
    "wp:post_type": "post_type", "wp:status": "status", "wp:post_password": "password", "wp:post_date": "date",
    "wp:post_date_gmt": "date_gmt", "wp:post_modified_gmt": "modified_gmt", "wp:attachment_url": "attachment_url",
}  # fmt: skip
_META: Final = frozenset({"_thumbnail_id", "_wp_attachment_image_alt"})


class ExportWrong(ValueError):
    """The file is no export that can be read; the text says why, and in which line."""


@dataclass(frozen=True, slots=True)
class Term:
    """A category or a tag. `domain` is "category", "post_tag", or a plugin's own."""

    domain: str
    name: str
    nicename: str


@dataclass(slots=True)
class Channel:
    """What stands before the items. `authors`: a login and the name under which it is credited."""

    version: str = ""
    title: str = ""
    site_url: str = ""
    authors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Item:
    """A post, page, picture or whatever else WordPress keeps as a post; its texts as they stand there."""

    line: int
    title: str = ""
    link: str = ""
    guid: str = ""
    creator: str = ""
    content: str = ""
    excerpt: str = ""
    post_id: str = ""
    parent_id: str = ""
    slug: str = ""
    post_type: str = ""
    status: str = ""
    password: str = ""
    date: str = ""
    date_gmt: str = ""
    modified_gmt: str = ""
    attachment_url: str = ""
    terms: list[Term] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    too_long: bool = False

    @property
    def number(self) -> int:
        """WordPress's own number of it, or 0."""
        return whole(self.post_id)

    @property
    def parent(self) -> int:
        return whole(self.parent_id)

    @property
    def thumbnail(self) -> int:
        """The number of the picture at its head, or 0."""
        return whole(self.meta.get("_thumbnail_id", ""))


def whole(text: str) -> int:
    """A number from 1 to what a database holds, or 0 for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def read(file: BinaryIO) -> Iterator[Channel | Item]:
    """The channel, then its items in their order. Raises `ExportWrong`, after the items that stood before."""
    reader = _Reader()
    while chunk := file.read(_CHUNK_BYTES):
        reader.feed(chunk)
        yield from reader.taken()
    reader.feed(b"", last=True)
    yield from reader.taken()


class _Reader:
    """Expat's handlers. Where an element stands is told by its depth: rss, channel, item, field, part of a field."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype
        self._parser.ExternalEntityRefHandler = self._refuse_entity
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._fed = 0
        self._strip: bytes | None = None
        self._path: list[str] = []
        self._done: list[Channel | Item] = []
        self._channel = Channel()
        self._channel_told = False
        self._item: Item | None = None
        self._text: list[str] | None = None
        self._text_depth = 0
        self._text_length = 0
        self._part: dict[str, str] = {}

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        if self._strip is None:
            # In UTF-16 every second byte of plain text is one of them.
            self._strip = b"" if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0<" in chunk[:8] else _CONTROLS
        chunk = chunk.translate(None, self._strip)
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            self._wrong(expat.ErrorString(error.code), line=error.lineno)
        except (LookupError, ValueError) as error:
            if isinstance(error, ExportWrong):
                raise
            self._wrong(f"its encoding can't be read ({error})")
        self._fed += len(chunk)
        if not last and self._fed - max(self._parser.CurrentByteIndex, 0) > _MARKUP_BYTES_MAX:
            self._wrong("markup that goes on for megabytes")
        if last and not self._channel_told:
            self._tell_channel()

    def taken(self) -> list[Channel | Item]:
        done, self._done = self._done, []
        return done

    def _start(self, expat_name: str, attributes: dict[str, str]) -> None:
        name = _name(expat_name)
        self._path.append(name)
        depth = len(self._path)
        if depth > _DEPTH_MAX:
            self._wrong("elements that stand deeper than in any export")
        if depth == 1 and name != "rss":
            self._wrong(f"a file that begins with <{name[:40]}>, not with <rss>")
        if depth == 3 and name == "item":
            if not self._channel_told:
                self._tell_channel()
            self._item = Item(self._parser.CurrentLineNumber)
        elif self._text is None and self._wants(name, depth):
            self._begin_text(depth)
            if name == "category":
                self._part = {key: attributes.get(key, "") for key in ("domain", "nicename")}
        elif depth == 4 and name == "wp:comment" and self._item is not None:
            self._item.comments += 1
        elif depth in (3, 4) and name in ("wp:postmeta", "wp:author"):
            self._part = {}
        if not self._channel.version and (found := _WXR.match(expat_name)):
            self._channel.version = found[1]

    def _wants(self, name: str, depth: int) -> bool:
        if self._item is not None:
            in_meta = depth == 5 and self._path[3] == "wp:postmeta"
            return (depth == 4 and (name in _FIELDS or name == "category")) or (
                in_meta and name in ("wp:meta_key", "wp:meta_value")
            )
        if depth == 3:
            return name in ("title", "link", "wp:wxr_version", "wp:base_blog_url", "wp:base_site_url")
        return depth == 4 and name in ("wp:author_login", "wp:author_display_name")

    def _begin_text(self, depth: int) -> None:
        self._text, self._text_depth, self._text_length = [], depth, 0

    def _characters(self, data: str) -> None:
        if self._text is None:
            return
        room = _FIELD_CHARS_MAX - self._text_length
        if len(data) > room:
            data = data[:room]
            if self._item is not None:
                self._item.too_long = True
        self._text_length += len(data)
        self._text.append(data)

    def _end(self, expat_name: str) -> None:
        depth, name = len(self._path), self._path[-1]
        if self._text is not None and depth == self._text_depth:
            text, self._text = "".join(self._text), None
            self._keep(name, text)
        elif self._item is not None and depth == 4 and name == "wp:postmeta":
            if (key := self._part.get("wp:meta_key", "")) in _META:
                self._item.meta[key] = self._part.get("wp:meta_value", "")
        elif self._item is None and depth == 3 and name == "wp:author":
            login = self._part.get("wp:author_login", "").strip()
            if login and len(self._channel.authors) < _AUTHORS_MAX:
                self._channel.authors[login] = self._part.get("wp:author_display_name", "").strip() or login
        elif self._item is not None and depth == 3:
            self._done.append(self._item)
            self._item = None
        self._path.pop()

    def _keep(self, name: str, text: str) -> None:
        if self._item is None:
            self._keep_of_channel(name, text.strip())
        elif name == "category":
            term = Term(self._part["domain"] or "category", text.strip(), self._part["nicename"])
            if term.name and len(self._item.terms) < _LIST_MAX:
                self._item.terms.append(term)
        elif name in _FIELDS:
            setattr(self._item, _FIELDS[name], text)
        else:
            self._part[name] = text

    def _keep_of_channel(self, name: str, text: str) -> None:
        if name == "wp:wxr_version":
            self._channel.version = text
        elif name == "title":
            self._channel.title = text
        elif name.startswith("wp:author"):
            self._part[name] = text
        elif name == "wp:base_blog_url" or not self._channel.site_url:
            self._channel.site_url = text

    def _tell_channel(self) -> None:
        version = self._channel.version
        if not version:
            self._wrong("no version of WXR: this is no export of WordPress's")
        if version not in _VERSIONS:
            self._wrong(f"WXR {version[:20]}; 1.0 to 1.2 can be read")
        self._channel_told = True
        self._done.append(self._channel)

    def _doctype(self, *_: object) -> None:
        self._wrong("a document type or an entity, which no export has")

    def _refuse_entity(self, *_: object) -> int:
        return 0

    def _wrong(self, what: str, *, line: int | None = None) -> None:
        raise ExportWrong(f"line {line or self._parser.CurrentLineNumber}: {what}")


@lru_cache(maxsize=256)
def _name(expat_name: str) -> str:
    """`title`, `wp:post_id`, `content:encoded`: with the prefixes that WordPress writes, whatever stands for them."""
    uri, _, local = expat_name.rpartition(" ")
    if found := _WXR.fullmatch(uri):
        return f"{'excerpt' if found[2] else 'wp'}:{local}"
    prefix = _OTHERS.get(uri.removeprefix("https://").removeprefix("http://"), "")
    return f"{prefix}:{local}" if prefix else local if not uri else f"?:{local}"
