"""Requests to a gateway that has no SDK here, and what each way of going wrong means by the port's rule.

No answer, half an answer, a 5xx or anything not understood: `AnswerLost`. Never sent, or 429: `TryLater`. A 4xx that
was read: `HttpRefused`, which the caller may know more about. Texts of errors hold codes, never what was sent or
received.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from almoner.kernel import trusted
from almoner.payments.gateways.port import AnswerLost, GatewayError, Refused, TryLater

Json = Mapping[str, Any]
# Of a multipart form: (the part's name, (a file's name or None, content, content type)).
Part = tuple[str, tuple[str | None, bytes, str]]

CONNECT_SECONDS: Final = 5.0
# A page of events or of payouts is far smaller.
_MAX_BYTES: Final = 20 * 1024 * 1024


class HttpRefused(Refused):
    """The gateway read the request and refused it. `body` is what it said, {} when that was no JSON object."""

    def __init__(self, what: str, *, status: int, body: Json) -> None:
        super().__init__(f"{what}: {status}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Json


class Http:
    """One gateway's address. `timeout_seconds` bounds each wait for an answer; it may be shared by threads."""

    def __init__(
        self, base: str, *, timeout_seconds: float, headers: Mapping[str, str] | None = None
    ) -> None:
        self._client = httpx.Client(
            base_url=base.rstrip("/"),
            timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
            headers={"Accept": "application/json", "User-Agent": "Almoner", **(headers or {})},
            # No proxy, certificate or password of the environment's: where money goes is said in the settings alone.
            trust_env=False,
            verify=trusted.authorities(),
            follow_redirects=False,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: Any = None,
        form: Mapping[str, str] | None = None,
        parts: Sequence[Part] | None = None,
    ) -> Reply:
        """Ask, and read the answer as a JSON object ({} for an empty one); `content` is sent as JSON, `parts` as a
        multipart form."""
        what = f"{method} {path.split('?')[0]}"
        response = self._answer(
            what, method, path, headers=headers, params=params, content=content, form=form, parts=parts
        )
        body = _json_of(response)
        if response.is_success:
            if body is None:
                raise AnswerLost(f"{what}: an answer that can't be read")
            return Reply(response.status_code, body)
        raise _fault(what, response, body or {})

    def text(self, path: str) -> bytes:
        """A document that is no JSON, such as a certificate."""
        response = self._answer(f"GET {path}", "GET", path)
        if not response.is_success:
            raise _fault(f"GET {path}", response, {})
        return response.content

    def _answer(
        self,
        what: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: Any = None,
        form: Mapping[str, str] | None = None,
        parts: Sequence[Part] | None = None,
    ) -> httpx.Response:
        body = json.dumps(content).encode() if content is not None else None
        sent = {**(headers or {})} | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            response = self._client.request(
                method, path, headers=sent, params=params or None, content=body, data=form, files=parts
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise TryLater(f"{what}: not sent ({type(fault).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise AnswerLost(f"{what}: {type(fault).__name__}") from None
        if len(response.content) > _MAX_BYTES:
            raise AnswerLost(f"{what}: too long an answer")
        return response


def own_key(value: Any) -> str:
    """The key that we gave an object, as its gateway shows it; "" for what others have written there, or nobody."""
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        return ""


def _fault(what: str, response: httpx.Response, body: Json) -> GatewayError:
    """What an answer that is no success means."""
    status = response.status_code
    fault: GatewayError = AnswerLost(f"{what}: {status}")
    if status == 429:
        fault = TryLater(f"{what}: 429", after_seconds=_wait(response.headers))
    # A 408 comes when our request didn't arrive in time, or so the server thinks.
    elif 400 <= status < 500 and status != 408:
        fault = HttpRefused(what, status=status, body=body)
    fault.answered = True
    return fault


def _json_of(response: httpx.Response) -> Json | None:
    """None for what is no JSON object."""
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After asks for: a number, or a date."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
