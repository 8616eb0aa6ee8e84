"""Logos as SVG, made harmless: read by a parser, and written anew from what is allowed and nothing else.

Logos stand inline in pages and in receipts, so nothing of the file is trusted: no script, no event, no link, no style
sheet, no outside address, no entity. Colours that drawing programs put into style sheets become attributes.
"""

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_BYTES: Final = 64 * 1024
_MAX_DEPTH: Final = 32
_MAX_ELEMENTS: Final = 2000
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK_HREF: Final = "http://www.w3.org/1999/xlink href"

# `use` is left out: a few nested ones draw millions of shapes. So are text paths, filters, images, links, animation.
_ELEMENTS: Final = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon",
    "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath",
})  # fmt: skip
_OF_NUMBERS: Final = (
    "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height", "dx",
    "dy", "offset", "opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "stroke-width",
    "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "points", "viewBox", "font-size",
    "letter-spacing",
)  # fmt: skip
_OF_WORDS: Final = (
    "fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "text-anchor", "font-weight",
    "font-style", "font-family", "dominant-baseline", "gradientUnits", "spreadMethod", "clipPathUnits",
    "preserveAspectRatio", "role", "aria-hidden", "aria-label", "focusable", "display", "visibility",
    "paint-order",
)  # fmt: skip
_WITH_TEXT: Final = frozenset({"title", "desc", "text", "tspan"})

_NUMBERS: Final = re.compile(r"[-+0-9.eE,%\sa-z]*")
_PAINT: Final = re.compile(
    r"none|currentColor|[a-zA-Z]{3,30}|#[0-9a-fA-F]{3,8}|(?:rgb|hsl)a?\([-+0-9.,%\s/deg]*\)|var\(--[a-z-]{1,40}\)"
    r"|url\(#[\w.-]{1,80}\)"
)
_WORDS: Final = re.compile(r"[\w ,'.%-]*")
_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    **dict.fromkeys(_OF_NUMBERS, _NUMBERS),
    **dict.fromkeys(("fill", "stroke", "stop-color", "color"), _PAINT),
    **dict.fromkeys(_OF_WORDS, _WORDS),
    **dict.fromkeys(("transform", "gradientTransform"), re.compile(r"[a-zA-Z0-9(),.\s+-]*")),
    "d": re.compile(r"[MmZzLlHhVvCcSsQqTtAaeE0-9+\-.,\s]*"),
    "id": re.compile(r"[\w.-]{1,80}"),
    "clip-path": re.compile(r"url\(#[\w.-]{1,80}\)"),
    "href": re.compile(r"#[\w.-]{1,80}"),
}
_ON_GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS: Final = re.compile(r"\.([\w-]+)")


class SvgInvalid(ValueError):
    """The file can't be used as a logo; the message says why, for staff."""


def sanitise(text: str) -> str:
    """The drawing, written anew; "" for "". Raises `SvgInvalid`."""
    if not text.strip():
        return ""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SvgInvalid("The logo is larger than 64 KB. Export it as a simpler SVG.")
    return _Cleaner().clean(text)


class _Cleaner:
    """One drawing. Elements that aren't allowed vanish with all they hold."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        self._skipping = 0
        self._elements = 0
        self._style: list[str] | None = None
        self._classes: dict[str, dict[str, str]] = {}

    def clean(self, text: str) -> str:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(_without_prolog(text).encode(), True)
        except (expat.ExpatError, UnicodeEncodeError) as fault:
            raise SvgInvalid("This is not an SVG drawing, or it is damaged.") from fault
        return "".join(self._out)

    def _doctype(self, *_: object) -> None:
        raise SvgInvalid("The drawing declares entities. Export it as a plain SVG.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        self._elements += 1
        if self._elements > _MAX_ELEMENTS or len(self._open) > _MAX_DEPTH:
            raise SvgInvalid("The drawing is too complicated for a logo. Export a simpler one.")
        if not self._open and not self._skipping and name != "svg":
            raise SvgInvalid("This is not an SVG drawing: it has to begin with <svg.")
        if self._skipping or namespace not in ("", _SVG) or name not in _ELEMENTS:
            self._skipping += 1
            if name == "style" and self._skipping == 1:
                self._style = []
            return
        self._out.append(f"<{name}{self._attributes(name, attributes)}>")
        self._open.append(name)

    def _end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            if not self._skipping and self._style is not None:
                self._classes |= _rules("".join(self._style))
                self._style = None
            return
        self._out.append(f"</{self._open.pop()}>")

    def _text(self, data: str) -> None:
        if self._style is not None:
            self._style.append(data)
        elif not self._skipping and self._open and self._open[-1] in _WITH_TEXT:
            self._out.append(escape(data))

    def _attributes(self, element: str, given: Mapping[str, str]) -> str:
        values: dict[str, str] = {}
        for name in given.get("class", "").split():
            values |= self._classes.get(name, {})
        values |= {name: value for name, value in given.items() if " " not in name}
        values |= _declarations(given.get("style", ""))
        if element in _ON_GRADIENTS and _XLINK_HREF in given:
            values.setdefault("href", given[_XLINK_HREF])
        if element not in _ON_GRADIENTS:
            values.pop("href", None)
        kept = {name: value.strip() for name, value in values.items() if _allowed(name, value.strip())}
        if element == "svg" and not self._open:
            kept = {"xmlns": _SVG} | _with_view_box(kept)
        return "".join(f" {name}={quoteattr(_own_ids(name, value))}" for name, value in kept.items())


def _without_prolog(text: str) -> str:
    """Drawing programs write a DOCTYPE that only names SVG 1.1; it is dropped. Any other is refused by the parser."""
    text = text.lstrip("\ufeff \t\r\n")
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    return re.sub(r"<!DOCTYPE\s+svg(?:\s+PUBLIC\s+\"[^\"<>]*\"\s+\"[^\"<>]*\")?\s*>", "", text, count=1)


def _allowed(name: str, value: str) -> bool:
    pattern = _PATTERNS.get(name)
    return pattern is not None and len(value) <= MAX_BYTES and pattern.fullmatch(value) is not None


def _declarations(style: str) -> dict[str, str]:
    """ "fill:#fff;stroke:none" as attributes."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _rules(sheet: str) -> dict[str, dict[str, str]]:
    """The declarations of each plain class in a style sheet; every other selector is dropped."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in _RULE.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        for selector in selectors.split(","):
            match = _CLASS.fullmatch(selector.strip())
            if match:
                found.setdefault(match[1], {}).update(_declarations(body))
    return found


def _own_ids(name: str, value: str) -> str:
    """Identifiers get a prefix of ours, once, so that none can stand for one of the page's own."""
    if name == "id":
        return "logo-" + value.removeprefix("logo-")
    if name == "href" or value.startswith("url(#"):
        return re.sub("#(?:logo-)?", "#logo-", value, count=1)
    return value


def _with_view_box(root: dict[str, str]) -> dict[str, str]:
    """A drawing with only a size gets a view box too, so that a page may scale it."""
    size = [re.fullmatch(r"([0-9.]+)(?:px)?", root.get(side, "")) for side in ("width", "height")]
    if "viewBox" not in root and size[0] and size[1]:
        return root | {"viewBox": f"0 0 {size[0][1]} {size[1][1]}"}
    return root
