"""What stands between the words of a list, by the language that they are written in."""

from typing import Final

_COMMA: Final = {"ar": "، "}
_SEMICOLON: Final = {"ar": "؛ "}


def comma(language: str) -> str:
    """ ", " with what follows it; the language is a code such as "pt-br"."""
    return _COMMA.get(language.partition("-")[0], ", ")


def semicolon(language: str) -> str:
    """ "; ", between parts that have commas of their own."""
    return _SEMICOLON.get(language.partition("-")[0], "; ")
