"""Who is asking, for what Wagtail calls without saying it: widgets and rich text, while the answer is rendered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.http import HttpRequest

_REQUEST: Final[ContextVar[HttpRequest | None]] = ContextVar("request", default=None)


@contextmanager
def asking(request: HttpRequest) -> Iterator[None]:
    token = _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(token)


def bound() -> Any:
    """The member of staff who is asking, unless nothing is hidden from them: then None, as outside of a request."""
    request = _REQUEST.get()
    user = getattr(request, "user", None)
    return None if user is None or user.is_superuser else user


def view_name() -> str:
    """Of the view that is asked, as its address is called; "" outside of a request."""
    match = getattr(_REQUEST.get(), "resolver_match", None)
    return match.view_name if match is not None else ""
