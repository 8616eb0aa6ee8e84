"""Words that know which language they are in."""

from typing import Self


class Spoken(str):
    """Words as a page shows them. `language` is theirs where it isn't the page's own, and else empty."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made
