"""What the posts of an export say of one another, on disk: a large export's would not fit into bounded memory.

Read in a first pass, before anything is written, so that a file with a fault in its last line changes nothing.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from almoner.stories.wordpress.export import Channel, Item
from almoner.stories.wordpress.scratch import Scratch

_TABLES: Final = """
CREATE TABLE pictures (id INTEGER PRIMARY KEY, parent INTEGER, address TEXT, alt TEXT, title TEXT);
CREATE INDEX pictures_of ON pictures (parent);
CREATE INDEX pictures_at ON pictures (address);
CREATE TABLE posts (guid BLOB PRIMARY KEY, line INTEGER);
CREATE TABLE pages (id INTEGER PRIMARY KEY, parent INTEGER, guid BLOB);
CREATE TABLE paths (path TEXT PRIMARY KEY);
"""
TAKEN: Final = ("post", "page")
_LEVELS_MAX: Final = 20


def guid_key(item: Item, site_url: str) -> bytes:
    """What tells a post for ever: its GUID; where it has none, its number at its site."""
    return hashlib.sha256((item.guid.strip() or f"{site_url}?p={item.post_id}").encode()).digest()


def path_of(link: str) -> str:
    """`/2019/01/a-story`: the path of an old address, without the slash at its end; "" for the front page."""
    try:
        return unquote(urlsplit(link.strip()).path).rstrip("/")
    except ValueError:
        return ""


class Index:
    """A context manager: the file is gone after it."""

    def __init__(self) -> None:
        self.channel = Channel()
        self.items = 0
        self.taken = 0
        self.left_out: Counter[str] = Counter()
        self.comments = 0
        self._scratch = Scratch()
        self._base = sqlite3.connect(self._scratch.path / "index", isolation_level=None)
        self._base.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; {_TABLES}")

    def __enter__(self) -> "Index":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._scratch.__exit__(kind, error, trace)

    def add_all(self, records: Iterable[Channel | Item]) -> None:
        for record in records:
            if isinstance(record, Channel):
                self.channel = record
            else:
                self._add(record)

    def _add(self, item: Item) -> None:
        self.items += 1
        self.comments += item.comments
        if item.post_type == "attachment":
            row = (
                item.number,
                item.parent,
                item.attachment_url.strip(),
                item.meta.get("_wp_attachment_image_alt", ""),
            )
            self._put("pictures", *row, item.title.strip())
            return
        if item.post_type not in TAKEN or item.status in ("trash", "auto-draft"):
            reason = item.status if item.post_type in TAKEN else item.post_type or "without a type"
            self.left_out[reason[:60]] += 1
            return
        self.taken += 1
        key = guid_key(item, self.channel.site_url)
        self._put("posts", key, item.line)
        if item.post_type == "page":
            self._put("pages", item.number, item.parent, key)
        if path := path_of(item.link):
            self._put("paths", path)

    def _put(self, table: str, *values: object) -> None:
        marks = ", ".join("?" * len(values))
        self._base.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608 (our own names)

    def picture(self, number: int) -> tuple[str, str, str]:
        """(address, description, title) of a picture by WordPress's number; empty ones where there is none."""
        found = self._one("SELECT address, alt, title FROM pictures WHERE id = ?", number)
        return (found[0], found[1], found[2]) if found else ("", "", "")

    def described(self, address: str) -> tuple[str, str]:
        """(description, title) of the picture at an address."""
        found = self._one("SELECT alt, title FROM pictures WHERE address = ?", address)
        return (found[0], found[1]) if found else ("", "")

    def attached(self, post: int) -> tuple[int, ...]:
        rows = self._base.execute(
            "SELECT id FROM pictures WHERE parent = ? AND parent > 0 ORDER BY id LIMIT 200", [post]
        )
        return tuple(row[0] for row in rows)

    def has_post(self, path: str) -> bool:
        return self._one("SELECT 1 FROM paths WHERE path = ?", path.rstrip("/")) is not None

    def comes_first(self, item: Item) -> bool:
        """Whether no item before it has the same GUID."""
        found = self._one("SELECT line FROM posts WHERE guid = ?", guid_key(item, self.channel.site_url))
        return found is not None and found[0] == item.line

    def page_key(self, number: int) -> bytes | None:
        found = self._one("SELECT guid FROM pages WHERE id = ?", number)
        return found[0] if found else None

    def level(self, item: Item) -> int:
        """How many pages stand above a page; 0 for all else, and where pages stand above one another in a circle."""
        level, parent = 0, item.parent if item.post_type == "page" else 0
        while parent and (found := self._one("SELECT parent FROM pages WHERE id = ?", parent)):
            level, parent = level + 1, found[0]
            if level > _LEVELS_MAX:
                return 0
        return level

    def _one(self, query: str, value: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._base.execute(query, [value]).fetchone()
        return found
