"""How many calls a token may make in a minute. Counted in the database, so that it holds over all processes.

A count that can't be made stops no call: it keeps a program that runs wild from the others, and protects nothing else.
"""

import logging
from dataclasses import dataclass
from typing import Final, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from almoner.api.models import ApiRate, ApiToken
from almoner.api.problems import Problem
from almoner.kernel.clock import now

_WINDOW_SECONDS: Final = 60
_R = TypeVar("_R", bound=HttpResponseBase)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """How a token stands in this minute. `left` is never below 0."""

    limit: int
    left: int
    reset_seconds: int


def count(request: HttpRequest, token: ApiToken) -> None:
    """Count a call, and have its answer say how the token stands. Raises `Problem` (429) for one too many."""
    at = int(now().timestamp())
    try:
        calls = _counted(token.pk, at // _WINDOW_SECONDS)
    except (DatabaseError, InterfaceError) as error:
        _log.warning("a call of the API could not be counted: %s", type(error).__name__)
        return
    limit: int = settings.API_CALLS_A_MINUTE
    rate = Rate(limit, max(limit - calls, 0), _WINDOW_SECONDS - at % _WINDOW_SECONDS)
    request._api_rate = rate  # type: ignore[attr-defined]
    if calls > limit:
        raise Problem(
            429, "too_many", f"This token may make {limit} calls a minute. Go on in {rate.reset_seconds} s."
        )


def tell(request: HttpRequest, response: _R) -> _R:
    """Say how the token stands, as draft-ietf-httpapi-ratelimit-headers has it."""
    rate = getattr(request, "_api_rate", None)
    if isinstance(rate, Rate):
        response["RateLimit-Policy"] = f'"token";q={rate.limit};w={_WINDOW_SECONDS}'
        response["RateLimit"] = f'"token";r={rate.left};t={rate.reset_seconds}'
        if response.status_code == 429:
            response["Retry-After"] = str(rate.reset_seconds)
    return response


def _counted(token_id: int, window: int) -> int:
    """Which call of this window this is. One row a token, and one statement."""
    table = connection.ops.quote_name(ApiRate._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (token_id, minute, calls) VALUES (%s, %s, 1) "  # noqa: S608 (a quoted name)
            f"ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute, "
            f"calls = CASE WHEN {table}.minute = excluded.minute THEN {table}.calls + 1 ELSE 1 END RETURNING calls",
            [token_id, window],
        )
        return int(cursor.fetchone()[0])
