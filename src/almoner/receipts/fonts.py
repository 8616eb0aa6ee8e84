"""Which fonts receipts are set in: Noto from the machine's folders, and typst's own where there is nothing else."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import typst
from django.conf import settings

# Where Debian, Ubuntu, Fedora, Arch, Alpine and macOS put Noto. `ALMONER_FONT_DIRS` comes before them.
_KNOWN_DIRS: Final = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-vf",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/local/share/fonts",
    "/Library/Fonts",
)
# Taken in this order, as far as they exist; for what none of them has, typst looks through all the others.
_SANS: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew")
_SERIF: Final = ("Noto Serif", "Noto Naskh Arabic", "Noto Serif Hebrew")
_EMBEDDED_SERIF: Final = "Libertinus Serif"


def font_dirs() -> tuple[str, ...]:
    """The folders that exist, those of the settings first."""
    named = getattr(settings, "ALMONER_FONT_DIRS", None) or ()
    return tuple(path for path in (*named, *_KNOWN_DIRS) if Path(path).is_dir())


@lru_cache(maxsize=4)
def collection(dirs: tuple[str, ...]) -> typst.Fonts:
    """The fonts of some folders. Reading their names costs a tenth of a second, so it is done once a process."""
    # A machine without any of the folders may still have fonts that its own list knows.
    return typst.Fonts(
        include_system_fonts=not dirs, include_embedded_fonts=True, font_paths=[str(path) for path in dirs]
    )


def sans(fonts: typst.Fonts, text: str) -> list[str]:
    return _present(fonts, (*_SANS, f"Noto Sans CJK {_han(text)}"))


def serif(fonts: typst.Fonts, text: str) -> list[str]:
    return _present(fonts, (*_SERIF, f"Noto Serif CJK {_han(text)}"))


def _present(fonts: typst.Fonts, wanted: tuple[str, ...]) -> list[str]:
    families = set(fonts.families())
    return [name for name in wanted if name in families] or [_EMBEDDED_SERIF]


def _han(text: str) -> str:
    """Whose Han characters: the same code points are drawn differently in Japan, Korea and China."""
    if any("\u3040" <= char <= "\u30ff" for char in text):
        return "JP"
    if any("\uac00" <= char <= "\ud7a3" for char in text):
        return "KR"
    return "SC"
