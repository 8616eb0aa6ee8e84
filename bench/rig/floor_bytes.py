"""Pages that are nothing but ready bytes: the least that a server can do for one request."""

from collections.abc import Callable, Iterable
from typing import Any, Final

_BEGINNING: Final = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    b"<title>The least there is</title><h1>How much would you like to give?</h1><p>"
)
# A kilobyte of words: what the other pages' first paint is held against.
PAGE: Final = (_BEGINNING + b"A page of one kilobyte, and nothing else to load. " * 20)[:1020] + b"</p>"
_HEADERS: Final = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", _HEADERS)
    return [PAGE]
