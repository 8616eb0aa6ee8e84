"""The documents as tests read them: prose, links, blocks of code, tables."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
FRONT: Final = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
DOCUMENTS: Final = [*(ROOT / name for name in FRONT), *sorted(DOCS.rglob("*.md"))]

_FENCE: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_SPAN: Final = re.compile(r"`([^`]+)`")


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose_of(text: str) -> str:
    """The text without its blocks of code."""
    return _FENCE.sub("", text)


def links_of(text: str) -> list[str]:
    """Targets of links and pictures."""
    return _LINK.findall(_SPAN.sub("", prose_of(text)))


def spans_of(text: str) -> list[str]:
    """What stands between backticks in the prose."""
    return _SPAN.findall(prose_of(text))


def blocks_of(text: str, language: str) -> list[str]:
    return [
        re.sub(rf"(?m)^{indent}", "", body) for indent, kind, body in _FENCE.findall(text) if kind == language
    ]


def commands_of(document: Path) -> list[str]:
    """The lines of its blocks, joined where they go on, without what a comment says."""
    lines = []
    for block in blocks_of(text_of(document), "sh"):
        joined = re.sub(r" *\\\n\s*", " ", block)
        lines += [re.sub(r"\s{2,}# .*$", "", line).strip() for line in joined.splitlines() if line.strip()]
    return lines


def anchors_of(text: str) -> set[str]:
    """The headings' anchors, as code hosts make them."""
    found: set[str] = set()
    for heading in re.findall(r"(?m)^#{1,6} (.+)$", prose_of(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = next(count for count in range(99) if (slug if not count else f"{slug}-{count}") not in found)
        found.add(slug if not number else f"{slug}-{number}")
    return found


def rows_of(text: str, head: str) -> list[list[str]]:
    """The cells of every table whose first column is called `head`."""
    rows: list[list[str]] = []
    inside = False
    for line in prose_of(text).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|"):
            inside = False
        elif inside and not set(line) <= set("|- "):
            rows.append(cells)
        elif cells[0] == head:
            inside = True
    return rows
