"""Our own drawings, in the charity's colours: light and dark, inside a page or as a file of their own.

A drawing in `art/` names parts (`sky`, `lamp`, …) and no colours. Its colours are mixed from the charity's two, so
that every charity's pages look like its own. No ids inside: a drawing may stand on a page twice.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.safestring import SafeString, mark_safe

_FOLDER: Final = Path(__file__).parent / "art"
WIDTH: Final = 800
HEIGHT: Final = 450

# Value -> what an editor reads. The first is what a story gets that chose nothing.
CHOICES: Final = (
    ("lanterns", "Lanterns rising over hills"),
    ("harbour", "A harbour at dawn, with lanterns"),
    ("hands", "Two hands around a light"),
    ("home", "A house with lit windows"),
    ("table", "A table with a lamp, a book and two cups"),
    ("boat", "A paper boat among lanterns"),
)
NAMES: Final = dict(CHOICES)

_NIGHT: Final = "#0d1016"
_WHITE: Final = "#ffffff"
_STROKE: Final = (
    ".line{fill:none;stroke:var(--art-line);stroke-width:4;stroke-linecap:round}.thin{stroke-width:3}"
)


@dataclass(frozen=True, slots=True)
class Colours:
    """What a drawing's parts are painted with, as `#rrggbb`; each field is a class in the drawings."""

    sky: str
    glow: str
    light: str
    lamp: str
    far: str
    mid: str
    near: str
    deep: str
    paper: str
    sheet: str
    line: str


@lru_cache(maxsize=64)
def colours(primary: str, accent: str, *, dark: bool) -> Colours:
    """The parts' colours, mixed from a charity's two (`#rrggbb`)."""
    return _by_night(primary, accent) if dark else _by_day(primary, accent)


def art_css(primary: str, accent: str) -> str:
    """The styles that inline drawings need, for both modes."""
    rules = "".join(
        f".art .{f.name}{{fill:var(--art-{f.name})}}" for f in fields(Colours) if f.name != "line"
    )
    return (
        f":root{{{_properties(colours(primary, accent, dark=False))}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{_properties(colours(primary, accent, dark=True))}}}}}"
        f"{rules}{''.join(f'.art {rule}' for rule in re.findall(r'[^}]+}', _STROKE))}"
    )


def known(name: str) -> str:
    """The name, or the first one's when no drawing is called so."""
    return name if name in NAMES else CHOICES[0][0]


def inline(name: str) -> SafeString:
    """The drawing as an element of the page. It decorates: what it says stands in the text beside it."""
    return mark_safe(f'<svg class="art" aria-hidden="true" focusable="false"{_inner(name)}')  # noqa: S308 (our file)


def standalone(name: str, *, primary: str, accent: str) -> str:
    """The drawing as an SVG file of its own, which knows light and dark by itself."""
    attributes, _, shapes = _inner(name).partition(">")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"{attributes}>'
        f"<style>{style_of(primary, accent)}</style>{shapes}"
    )


def address(name: str, *, primary: str, accent: str) -> str:
    """Where the standalone drawing is served (`stories.urls`); its content never changes, so it may be kept."""
    return f"/drawings/{known(name)}/{primary[1:].lower()}/{accent[1:].lower()}.svg"


def style_of(primary: str, accent: str) -> str:
    """The text of the standalone drawing's only style element: its policy names it by hash."""
    light, dark = (_rules(colours(primary, accent, dark=mode)) for mode in (False, True))
    return f"{light}{_STROKE}@media(prefers-color-scheme:dark){{{dark}}}"


def _rules(parts: Colours) -> str:
    rules = "".join(f".{f.name}{{fill:{getattr(parts, f.name)}}}" for f in fields(parts) if f.name != "line")
    return f":root{{--art-line:{parts.line}}}{rules}"


@lru_cache
def _inner(name: str) -> str:
    """From after the opening tag's name: ` viewBox="…">…</svg>`, on one line."""
    source = (_FOLDER / f"{known(name)}.svg").read_text("utf-8")
    return "".join(line.strip() for line in source.splitlines()).replace(
        '<svg xmlns="http://www.w3.org/2000/svg"', "", 1
    )


def _properties(parts: Colours) -> str:
    return ";".join(f"--art-{f.name}:{getattr(parts, f.name)}" for f in fields(parts))


def _by_day(primary: str, accent: str) -> Colours:
    return Colours(
        sky=_mix(primary, "#fef8ee", 0.91),
        glow=_mix(accent, "#fdf0da", 0.7),
        light=_mix(accent, "#fff6dc", 0.84),
        lamp=accent,
        far=_mix(primary, "#f3efe6", 0.62),
        mid=_mix(primary, "#eef1ea", 0.34),
        near=primary,
        deep=_mix(primary, _NIGHT, 0.45),
        paper="#fffaf1",
        sheet=_mix(accent, "#fff4e3", 0.72),
        line=_mix(primary, _NIGHT, 0.45),
    )


def _by_night(primary: str, accent: str) -> Colours:
    lit = _mix(accent, _WHITE, 0.2)
    return Colours(
        sky=_mix(primary, _NIGHT, 0.72),
        glow=_mix(accent, _mix(primary, _NIGHT, 0.6), 0.66),
        light=_mix(accent, "#fff3d6", 0.62),
        lamp=lit,
        far=_mix(primary, _NIGHT, 0.52),
        mid=_mix(primary, _NIGHT, 0.36),
        near=_mix(primary, _NIGHT, 0.56),
        deep=_mix(primary, _NIGHT, 0.84),
        paper="#f1e7d6",
        sheet=_mix(accent, "#e6d8c0", 0.7),
        line=_mix(primary, "#cfc6b6", 0.45),
    )


def _mix(one: str, other: str, share_of_other: float) -> str:
    """Between two `#rrggbb` colours: 0 is the one, 1 the other."""
    parts = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share_of_other):02x}" for a, b in parts)
