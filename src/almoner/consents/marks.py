"""How a picture and words are told again: by what can be seen or read of them, not by a file or its name."""

import hashlib
import re
import unicodedata
from typing import Final

from almoner.consents.models import Covered
from almoner.consents.standing import Work

# Typographers' marks, and what stands on a keyboard for them.
_SAME: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_SPACE: Final = re.compile(r"\s+")


def of_pixels(mode: str, size: tuple[int, int], pixels: bytes) -> str:
    """The hash of a picture: of its decoded pixels, the same in whichever lossless file they are."""
    told = hashlib.sha256(f"{mode} {size[0]} {size[1]}\n".encode())
    told.update(pixels)
    return told.hexdigest()


def words_of(text: str) -> Work:
    """Words, whatever their spaces, their quotation marks and their capitals."""
    plain = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(_SAME)).strip(" \"'").casefold()
    return Work(Covered.Kind.WORDS, hashlib.sha256(plain.encode()).hexdigest())


def picture_of(digest: str) -> Work:
    return Work(Covered.Kind.PICTURE, digest)
