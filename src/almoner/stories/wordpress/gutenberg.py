"""The block comments of WordPress's editor, as a tree. Pure, and linear in the text: `<!-- wp:name {…} -->`.

What is no well-formed comment of a block stays text. A block that is never closed ends where its parent does.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

_DELIMITER: Final = re.compile(
    r"<!--\s+(?P<closer>/)?wp:(?P<name>(?:[a-z][a-z0-9_-]*/)?[a-z][a-z0-9_-]*)\s+"
    r"(?P<attributes>\{.*\}\s+)?(?P<void>/)?-->",
    re.DOTALL,
)
_LONGEST_COMMENT: Final = 200_000
_DEPTH_MAX: Final = 64


@dataclass(slots=True)
class Block:
    """`name` without "core/"; `parts` are HTML and blocks in their order; `typed` is its comment."""

    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    parts: "list[str | Block]" = field(default_factory=list)
    typed: str = ""


def parse(html: str) -> "list[str | Block]":
    """HTML and blocks in their order; one text alone for what was written without blocks."""
    top: list[str | Block] = []
    open_blocks: list[Block] = []
    done = 0
    for start, end, found in _delimiters(html):
        within = open_blocks[-1].parts if open_blocks else top
        if html[done:start]:
            within.append(html[done:start])
        done = end
        name = found["name"].removeprefix("core/")
        if found["closer"]:
            depth = next(
                (at for at in reversed(range(len(open_blocks))) if open_blocks[at].name == name), None
            )
            if depth is not None:
                del open_blocks[depth:]
            continue
        block = Block(name, _attributes(found["attributes"]), typed=html[start:end])
        within.append(block)
        if not found["void"] and len(open_blocks) < _DEPTH_MAX:
            open_blocks.append(block)
    if html[done:]:
        (open_blocks[-1].parts if open_blocks else top).append(html[done:])
    return top


def _delimiters(html: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    start = html.find("<!--")
    while start >= 0:
        end = html.find("-->", start)
        if end < 0:
            return
        end += 3
        if end - start <= _LONGEST_COMMENT and (found := _DELIMITER.fullmatch(html[start:end])):
            yield start, end, found
        start = html.find("<!--", end)


def _attributes(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
