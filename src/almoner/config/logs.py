"""Logs as one JSON object a line, so that any collector reads them.

They hold no address of a page as it was asked for (a thank-you page's is a key to it), no body, no query, and no text
of an exception, which may quote what a donor typed: the route, the kinds and the lines of code say enough.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import TextIO

from almoner.kernel import context
from almoner.kernel.cards import scrub


class Scrubbed(logging.StreamHandler[TextIO]):
    """Writes no card number, whatever its formatter makes of a record."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class JsonLines(logging.Formatter):
    """Time, level, logger, message; the request, the job and the gift it is about; the status of an answer, and where
    an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        # Which request, which job, which gift: what is put together later by them names nobody.
        line |= context.named()
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _frames(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    if not record.name.startswith("django.") or not hasattr(record, "request"):
        return record.getMessage()
    # Django writes the path into the message; the route has no keys in it.
    match = getattr(record.request, "resolver_match", None)
    return f"{getattr(record.request, 'method', '')} {match.route if match else '(no such page)'}"


def _frames(error: BaseException) -> list[str]:
    """The kinds of the exception and of what caused it, each with its lines of code, innermost last."""
    found = [type(error).__name__]
    found += [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__ or error.__context__
    return [*_frames(cause), "then", *found] if cause is not None else found
