"""Shortcodes in WordPress's own grammar, as a parser of our own. Pure: text in, nodes out, nothing is run.

What the grammar says, in words: `[tag …]` opens, with the attributes up to the first `]`; a `/` just before
that `]` closes it at once; else a `[/tag]` further on, if there is one, makes all between the two its
content. Content is parsed again, but a tag can't hold itself: the first `[/tag]` ends it. `[[tag …]]` means
the words themselves, one pair of brackets gone. Only known tags count; every other bracket is prose.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from re import ASCII, compile
from typing import Final

# A tag within a tag within a tag … is read this deep; what lies deeper stays text.
_DEPTH_MAX: Final = 16
# A bracket that closes further away than this was never meant as a tag.
_SUSPECT_CHARS_MAX: Final = 1000

# What WordPress's editor takes for a space; Python's own \s differs in five controls and U+FEFF.
_SPACES: Final = " \t\n\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NAME = compile(r"[\w-]+", ASCII)
_BARE = compile(f"[^{_SPACES}'\"]+")
_RUN = compile(f"[^{_SPACES}]+")
_SPACE = compile(f"[{_SPACES}]*")
_END = compile(f"[{_SPACES}]|\\Z")
_ODD_SPACES = compile("[\u00a0\u200b]+")


@dataclass(frozen=True, slots=True)
class Shortcode:
    """One shortcode as it stands in the text. `content` is None unless it has a closing tag."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)  # names in lower case
    positional: tuple[str, ...] = ()
    content: "tuple[Node, ...] | None" = None
    # As typed: what an editor is shown. `[tag …]` alone, without its content.
    opening: str = ""

    def first(self, *names: str) -> str:
        """The first of these attributes that has a value, or ''."""
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")


Node = str | Shortcode


def parse(text: str, known: Collection[str]) -> tuple[Node, ...]:
    """Text and shortcodes in their order. Texts are never empty, and never stand side by side."""
    return _parse(text, known, _DEPTH_MAX)


def render_plain(nodes: tuple[Node, ...]) -> str:
    """The text alone, with every shortcode gone and its content kept: for search and for related stories."""
    return "".join(node if isinstance(node, str) else render_plain(node.content or ()) for node in nodes)


def attributes_of(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """`a="1" B='2' c=3 word "two words" ""` as ({'a': '1', 'b': '2', 'c': '3'}, ('word', 'two words'))."""
    text = _ODD_SPACES.sub(" ", text)
    named: dict[str, str] = {}
    positional: list[str] = []
    for name, value in _attributes(text):
        if name:
            named[name.lower()] = value
        elif value:
            positional.append(value)
    return named, tuple(positional)


def suspects(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The tags that somebody surely meant as shortcodes, though nobody here answers to them, each once.

    A bracket in prose ("[sic]", "[the] police", "[1]") is no shortcode: a suspect has an attribute with a
    value, a closing tag, a closing slash, or a name that no word has (`_`, or `-` with nothing else inside).
    """
    found: dict[str, None] = {}
    closers = _Closers(text)
    for start in _brackets(text):
        name = _name_at(text, start + 1)
        end = text.find("]", start, start + _SUSPECT_CHARS_MAX)
        if not name or end < 0 or name in known or not name[0].isalpha():
            continue
        if _is_suspect(name, text[start + 1 + len(name) : end], has_closer=closers.after(name, end) >= 0):
            found[name] = None
    return tuple(found)


def _is_suspect(name: str, inside: str, *, has_closer: bool) -> bool:
    if has_closer or inside.endswith("/") or "_" in name:
        return True
    named, _ = attributes_of(inside)
    return bool(named) or (not inside.strip() and "-" in name)


def _parse(text: str, known: Collection[str], depth: int) -> tuple[Node, ...]:
    nodes: list[Node] = []
    literal: list[str] = []

    def flush() -> None:
        if text_before := "".join(literal):
            nodes.append(text_before)
        literal.clear()

    done = 0
    closers = _Closers(text)
    for start in _brackets(text):
        if start < done or depth == 0:
            continue
        found = _match(text, start, known, closers)
        if found is None:
            continue
        literal.append(text[done:start])
        done = found.end
        if found.escaped:
            literal.append(text[start + 1 : found.end - 1])
            continue
        literal.append("[" * found.brackets_before)
        flush()
        nodes.append(_shortcode(text, found, known, depth))
        literal.append("]" * found.brackets_after)
    literal.append(text[done:])
    flush()
    return tuple(nodes)


@dataclass(frozen=True, slots=True)
class _Match:
    """Offsets into the text; the content is [content_start:content_end]."""

    tag: str
    opening: int
    inside: int
    inside_end: int
    content_start: int
    content_end: int  # -1: there is none
    end: int
    brackets_before: int
    brackets_after: int

    @property
    def escaped(self) -> bool:
        return bool(self.brackets_before and self.brackets_after)


def _match(text: str, start: int, known: Collection[str], closers: "_Closers") -> _Match | None:
    """The shortcode whose first bracket, of one or two, stands at `start`."""
    doubled = int(text.startswith("[[", start))
    opening = start + doubled
    tag = _name_at(text, opening + 1)
    if tag not in known:
        return None
    inside = opening + 1 + len(tag)
    bracket = text.find("]", inside)
    if bracket < 0:
        return None
    closed_at_once = bracket > inside and text[bracket - 1] == "/"
    closer = -1 if closed_at_once else closers.after(tag, bracket)
    end = closer + len(tag) + 3 if closer >= 0 else bracket + 1
    after = int(text.startswith("]", end))
    return _Match(
        tag=tag,
        opening=opening,
        inside=inside,
        inside_end=bracket - int(closed_at_once),
        content_start=bracket + 1,
        content_end=closer,
        end=end + after,
        brackets_before=doubled,
        brackets_after=after,
    )


def _shortcode(text: str, found: _Match, known: Collection[str], depth: int) -> Shortcode:
    named, positional = attributes_of(text[found.inside : found.inside_end])
    content = None
    if found.content_end >= 0:
        content = _parse(text[found.content_start : found.content_end], known, depth - 1)
    return Shortcode(
        tag=found.tag,
        attributes=named,
        positional=positional,
        content=content,
        opening=text[found.opening : found.content_start],
    )


class _Closers:
    """Where each `[/tag]` stands, found once a tag: looking afresh at each opening would be quadratic."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[str, list[int]] = {}

    def after(self, tag: str, offset: int) -> int:
        """The first closing tag at or after the offset, or -1."""
        places = self._places.get(tag)
        if places is None:
            places = self._places[tag] = list(_occurrences(self._text, f"[/{tag}]"))
        index = bisect_left(places, offset)
        return places[index] if index < len(places) else -1


def _occurrences(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


def _brackets(text: str) -> Iterator[int]:
    return _occurrences(text, "[")


def _name_at(text: str, offset: int) -> str:
    match = _NAME.match(text, offset)
    return match.group() if match else ""


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    """(name, value); the name is '' for a positional one."""
    at = _skip_space(text, 0)
    while at < len(text):
        name, value, at = _named(text, at) or _positional(text, at)
        yield name, value
        at = _skip_space(text, at)


def _named(text: str, at: int) -> tuple[str, str, int] | None:
    name = _name_at(text, at)
    equals = _skip_space(text, at + len(name))
    if not name or not text.startswith("=", equals):
        return None
    value_at = _skip_space(text, equals + 1)
    value = _quoted(text, value_at) or _bare(text, value_at)
    return None if value is None else (name, *value)


def _positional(text: str, at: int) -> tuple[str, str, int]:
    run = _RUN.match(text, at)
    assert run is not None  # the caller skipped the space
    value, end = _quoted(text, at) or (run.group(), run.end())
    return "", value, end


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    quote = text[at : at + 1]
    if quote not in ('"', "'"):
        return None
    end = text.find(quote, at + 1)
    if end < 0 or not _END.match(text, end + 1):
        return None
    return text[at + 1 : end], end + 1


def _bare(text: str, at: int) -> tuple[str, int] | None:
    run = _BARE.match(text, at)
    if run is None or not _END.match(text, run.end()):
        return None
    return run.group(), run.end()


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
