"""Two questions of a supervisor: does the process answer, and can it serve (its database answers, and it isn't about to
stop)?"""

from typing import Final

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from almoner.config import draining

# A standby reads, and no gift can be given on it.
_ASKED: Final = {"postgresql": "SHOW transaction_read_only", "sqlite": "SELECT 1"}


def live(request: HttpRequest) -> HttpResponse:
    return _plain("live", status=200)


def ready(request: HttpRequest) -> HttpResponse:
    if draining.draining():
        return _plain("stopping: what is in hand is finished, send nobody any more", status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASKED[connection.vendor])
            writes = cursor.fetchone()[0] in ("off", 1)
    except DatabaseError:
        return _plain("the database does not answer", status=503)
    if not writes:
        return _plain("the database takes no writes: it is a standby", status=503)
    return _plain("ready", status=200)


def _plain(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(
        f"{text}\n",
        content_type="text/plain; charset=utf-8",
        status=status,
        headers={"Cache-Control": "no-store"},
    )
