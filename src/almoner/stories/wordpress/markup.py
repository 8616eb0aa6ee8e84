"""HTML as texts and tags, read leniently and in linear time. Pure. What is no tag is text.

A library's HTML5 tree would be more exact, and takes minutes for a hundred thousand elements inside one another: an
export is somebody else's file. Nothing of what is read here is passed on; `prose` writes anew what a story may hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

_TAG: Final = re.compile(
    r"<(?P<close>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:-]*+)(?P<inside>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_ATTRIBUTE: Final = re.compile(r"([^\s\"'>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?")
_DECLARATION_CHARS_MAX: Final = 2_000
# What stands inside is no HTML; all up to the closing tag is kept together.
RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "svg", "math", "template"})


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` in lower case. `raw`: what stands inside an element whose inside is no HTML."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    closes: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    text: str


Token = str | Tag | Comment


def tokens(html: str) -> Iterator[Token]:
    """Texts (unescaped), tags and comments in their order."""
    done = at = 0
    length = len(html)
    while (at := html.find("<", at)) >= 0:
        token, end = _comment(html, at) if html.startswith("<!", at) else _tag(html, at)
        if token is None:
            at += 1
            continue
        if at > done:
            yield unescape(html[done:at])
        yield token
        done = at = end
    if done < length:
        yield unescape(html[done:])


def _comment(html: str, at: int) -> tuple[Token | None, int]:
    if html.startswith("<!--", at):
        end = html.find("-->", at + 4)
        # Never closed: browsers take all that follows for the comment.
        return (Comment(html[at + 4 :]), len(html)) if end < 0 else (Comment(html[at + 4 : end]), end + 3)
    end = html.find(">", at, at + _DECLARATION_CHARS_MAX)
    return (None, at) if end < 0 else (Comment(html[at + 2 : end]), end + 1)


def _tag(html: str, at: int) -> tuple[Token | None, int]:
    found = _TAG.match(html, at)
    if found is None:
        return None, at
    name = found["name"].lower()
    if found["close"]:
        return Tag(name, closes=True), found.end()
    attributes = _attributes(found["inside"])
    if name not in RAW or (name in ("svg", "math") and found["inside"].endswith("/")):
        return Tag(name, attributes), found.end()
    closer = re.compile(f"</{name}[^>]*+>", re.IGNORECASE).search(html, found.end())
    inside_end, end = (closer.start(), closer.end()) if closer else (len(html), len(html))
    return Tag(name, attributes, raw=html[found.end() : inside_end]), end


def _attributes(text: str) -> dict[str, str]:
    """The first of each name counts, as in browsers."""
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        attributes.setdefault(name.lower(), unescape("".join(values)))
    return attributes
