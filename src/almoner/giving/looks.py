"""A charity's two colours made into a theme that can be read: light and dark, every pair checked.

Staff choose a primary and an accent. The primary carries buttons, links and selection, so it is moved in lightness
(in OKLCH, so that the hue stays) until it stands out; the accent only decorates and is kept as it is.
"""

import math
import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final, NamedTuple

# WCAG 2.2: 1.4.3 for text, 1.4.11 for the edges of controls.
TEXT_CONTRAST: Final = 4.5
UI_CONTRAST: Final = 3.0

# The neutrals of tokens.css that a brand colour meets. A test holds both files together.
LIGHT_GROUNDS: Final = ("#faf7f2", "#ffffff")
DARK_GROUNDS: Final = ("#171614", "#211f1c")
LIGHT_INK: Final = "#221f1b"
DARK_INK: Final = "#f4efe7"

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_STEP: Final = 0.01


class ColourInvalid(ValueError):
    """The text is no colour of the form #rgb or #rrggbb."""


class Oklch(NamedTuple):
    """A colour by lightness 0 to 1, chroma, and hue in radians."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True, slots=True)
class Palette:
    """What the theme sets in one mode; each field is one custom property, `brand_text` becoming `--brand-text`."""

    brand: str
    on_brand: str
    brand_hover: str
    brand_text: str
    brand_soft: str
    accent: str
    on_accent: str


@dataclass(frozen=True, slots=True)
class Theme:
    light: Palette
    dark: Palette

    def css(self, selector: str = ":root") -> str:
        """Custom properties for both modes, minified."""
        return (
            f"{selector}{{{_properties(self.light)}}}"
            f"@media(prefers-color-scheme:dark){{{selector}{{{_properties(self.dark)}}}}}"
        )


def _properties(palette: Palette) -> str:
    return ";".join(f"--{f.name.replace('_', '-')}:{getattr(palette, f.name)}" for f in fields(palette))


def normalise_colour(text: str) -> str:
    """`" #0AF "` -> `"#00aaff"`; raises ColourInvalid."""
    bare = text.strip().lower()
    if not _HEX.fullmatch(bare):
        raise ColourInvalid(text)
    return bare if len(bare) == 7 else "#" + "".join(2 * digit for digit in bare[1:])


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two `#rrggbb` colours: 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=256)
def theme(primary: str, accent: str) -> Theme:
    """The theme of two `#rrggbb` colours. Any two give one in which everything can be read."""
    primary, accent = normalise_colour(primary), normalise_colour(accent)
    return Theme(light=_light(primary, accent), dark=_dark(primary, accent))


def colour_problem(text: str) -> str | None:
    """What is wrong with a primary colour, in words for staff; None when it can be used as it is."""
    try:
        colour = normalise_colour(text)
    except ColourInvalid:
        return f"“{text.strip()[:40]}” is not a colour. Write # and six digits or letters, such as #0f5c6e."
    ratio = min(contrast(colour, ground) for ground in LIGHT_GROUNDS)
    if ratio >= UI_CONTRAST:
        return None
    nearest = theme(colour, colour).light.brand
    return (
        f"{colour} is too pale for buttons: against the page it reaches {ratio:.1f} to 1, and 3 to 1 is needed. "
        f"Choose a darker colour; {nearest} is the nearest that can be seen by everyone."
    )


def _light(primary: str, accent: str) -> Palette:
    soft = _tint(primary, lightness=0.965, chroma_cap=0.016)
    brand = _until_contrast(primary, LIGHT_GROUNDS, UI_CONTRAST, step=-_STEP)
    brand, on_brand = _with_label(brand, step=-_STEP)
    return Palette(
        brand=brand,
        on_brand=on_brand,
        brand_hover=_hover(brand, on_brand, LIGHT_GROUNDS),
        brand_text=_until_contrast(primary, (*LIGHT_GROUNDS, soft), TEXT_CONTRAST, step=-_STEP),
        brand_soft=soft,
        accent=accent,
        on_accent=_label_on(accent),
    )


def _dark(primary: str, accent: str) -> Palette:
    soft = _tint(primary, lightness=0.29, chroma_cap=0.03)
    brand = _until_contrast(_at_least(primary, 0.74), DARK_GROUNDS, UI_CONTRAST, step=_STEP)
    brand, on_brand = _with_label(brand, step=_STEP)
    accent = _at_least(accent, 0.72)
    return Palette(
        brand=brand,
        on_brand=on_brand,
        brand_hover=_hover(brand, on_brand, DARK_GROUNDS),
        brand_text=_until_contrast(
            _at_least(primary, 0.78), (*DARK_GROUNDS, soft), TEXT_CONTRAST, step=_STEP
        ),
        brand_soft=soft,
        accent=accent,
        on_accent=_label_on(accent),
    )


def _with_label(brand: str, *, step: float) -> tuple[str, str]:
    """A button's colour and its label's: white or ink, moving the button where neither can be read on it."""
    colour = _to_oklch(brand)
    while True:
        ground = _to_hex(colour)
        label = max(("#ffffff", LIGHT_INK), key=lambda ink: contrast(ground, ink))
        if contrast(ground, label) >= TEXT_CONTRAST:
            return ground, label
        colour = colour._replace(lightness=colour.lightness + step)


def _label_on(colour: str) -> str:
    """White or black: one of them reaches 4.58 to 1 on any colour, and the accent is never moved."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(colour, ink))


def _hover(brand: str, on_brand: str, grounds: tuple[str, ...]) -> str:
    """A shade away from the label, so that hovering never costs contrast with it; back a step if the page needs it."""
    step = -0.05 if on_brand == "#ffffff" else 0.05
    colour = _to_oklch(brand)
    hover = _to_hex(colour._replace(lightness=min(1.0, max(0.0, colour.lightness + step))))
    return hover if min(contrast(hover, ground) for ground in grounds) >= UI_CONTRAST else brand


def _until_contrast(colour: str, grounds: tuple[str, ...], ratio: float, *, step: float) -> str:
    """The colour, made darker (or lighter, by a positive step) until it reaches `ratio` on every ground."""
    moved = _to_oklch(colour)
    while min(contrast(_to_hex(moved), ground) for ground in grounds) < ratio:
        moved = moved._replace(lightness=moved.lightness + step)
    return _to_hex(moved)


def _at_least(colour: str, lightness: float) -> str:
    found = _to_oklch(colour)
    return _to_hex(found._replace(lightness=max(found.lightness, lightness)))


def _tint(colour: str, *, lightness: float, chroma_cap: float) -> str:
    found = _to_oklch(colour)
    return _to_hex(Oklch(lightness, min(found.chroma, chroma_cap), found.hue))


def _channels(colour: str) -> tuple[float, float, float]:
    """Linear light of red, green and blue, 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: str) -> Oklch:
    """By Björn Ottosson's matrices for OKLab."""
    r, g, b = _channels(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    bb = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, bb), math.atan2(bb, a))


def _to_linear(colour: Oklch) -> tuple[float, float, float]:
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _to_hex(colour: Oklch) -> str:
    """The nearest sRGB colour of the same lightness and hue: chroma gives way where the screen has no such colour."""
    colour = colour._replace(lightness=min(1.0, max(0.0, colour.lightness)))
    parts = _to_linear(colour)
    while colour.chroma > 0.001 and not all(-0.0005 <= part <= 1.0005 for part in parts):
        colour = colour._replace(chroma=colour.chroma * 0.95)
        parts = _to_linear(colour)
    red, green, blue = (round(255 * min(1.0, max(0.0, _gamma(max(0.0, part))))) for part in parts)
    return f"#{red:02x}{green:02x}{blue:02x}"
