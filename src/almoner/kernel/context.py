"""What is being worked on, for lines of the log and spans: identifiers that name no person."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

# A proxy's own identifier is kept if it is one of these; anything else might be what a visitor wrote.
_IDENTIFIER: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{16,32}"
)

_request: Final[ContextVar[str]] = ContextVar("request", default="")
_gift: Final[ContextVar[str]] = ContextVar("gift", default="")
_job: Final[ContextVar[str]] = ContextVar("job", default="")

Span = Callable[[str, dict[str, str]], AbstractContextManager[object]]
_spans: list[Span] = []


def begin_request(given: str = "") -> str:
    """A request begins: its identifier is the given one, if it is one, or new. What came before is forgotten."""
    identifier = given if _IDENTIFIER.fullmatch(given) else os.urandom(8).hex()
    _request.set(identifier)
    _gift.set("")
    return identifier


def end_request() -> None:
    """What follows on this thread is about nothing yet."""
    _request.set("")
    _gift.set("")


def about_gift(reference: str) -> None:
    """From here on it is about this gift, until the request or the job is over."""
    _gift.set(reference)


def request_id() -> str:
    """The request that is answered, or that asked for the job in hand; "" where there is none."""
    return _request.get()


@contextmanager
def job(name: str, *, request: str = "") -> Iterator[None]:
    """Work outside a request. `request`: the one that asked for it."""
    before = (_job.set(name), _request.set(request), _gift.set(""))
    try:
        yield
    finally:
        for variable, token in zip((_job, _request, _gift), before, strict=True):
            variable.reset(token)


def named() -> dict[str, str]:
    """What is known: `request`, `job` and `gift`, those that there are."""
    found = {"request": _request.get(), "job": _job.get(), "gift": _gift.get()}
    return {name: value for name, value in found.items() if value}


def use_spans(span: Span) -> None:
    """From now on `span` opens what `span()` asks for. Without it that costs a look at an empty list."""
    _spans[:] = [span]


def span(name: str, **attributes: str) -> AbstractContextManager[object]:
    """A piece of work whose time is worth knowing, for OpenTelemetry where that is set up."""
    return _spans[0](name, attributes) if _spans else nullcontext()
