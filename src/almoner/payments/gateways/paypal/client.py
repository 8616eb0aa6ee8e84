"""Requests to PayPal: with a token that is fetched when there is none, and again when PayPal no longer takes it."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from almoner.payments.gateways.http import Http, HttpRefused, Json, Part, Reply
from almoner.payments.gateways.port import AnswerLost, TryLater

# A token is fetched anew so long before PayPal would refuse it.
_EARLY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Setup:
    """How this installation uses PayPal. `merchant_id` is the account that is paid; `live_expected`, whether real money
    is meant to move here."""

    api_base: str
    client_id: str
    secret: str = field(repr=False)
    merchant_id: str
    webhook_id: str
    live_expected: bool = False
    timeout_seconds: float = 20.0

    @property
    def live(self) -> bool:
        """Whether real money moves at this address."""
        return "sandbox" not in self.api_base


class Client:
    """Raises the port's errors; `HttpRefused` for what PayPal read and refused, see `issue_of`."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.http = Http(setup.api_base, timeout_seconds=setup.timeout_seconds)
        self._lock = Lock()
        self._token = ""
        self._expires = 0.0
        self.scopes: frozenset[str] = frozenset()

    def get(self, path: str, **params: str) -> Json:
        return self._send("GET", path, params=params).body

    def post(self, path: str, content: Json, *, key: str) -> Json:
        """`key` goes as PayPal-Request-Id: the same again answers with what the first one made."""
        return self._send("POST", path, content=content, key=key).body

    def post_form(self, path: str, parts: Sequence[Part], *, key: str) -> Json:
        """The same, of a multipart form."""
        return self._send("POST", path, parts=parts, key=key).body

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: Any = None,
        parts: Sequence[Part] | None = None,
        key: str = "",
    ) -> Reply:
        for last in (False, True):
            token = self.token()
            headers = {"Authorization": f"Bearer {token}", "Prefer": "return=representation"}
            if key:
                headers["PayPal-Request-Id"] = key
            try:
                return self.http.send(
                    method, path, headers=headers, params=params, content=content, parts=parts
                )
            except HttpRefused as refused:
                # A token that was withdrawn before its time: the request was not carried out, so it is sent again.
                if refused.status != 401 or last:
                    raise
                self._forget(token)
        raise AssertionError

    def token(self) -> str:
        """Cached until shortly before it expires. Whatever goes wrong here, what it is for was not sent."""
        with self._lock:
            if time.monotonic() < self._expires:
                return self._token
            pair = f"{self._setup.client_id}:{self._setup.secret}".encode()
            try:
                body = self.http.send(
                    "POST",
                    "/v1/oauth2/token",
                    headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"},
                    form={"grant_type": "client_credentials"},
                ).body
            except AnswerLost as lost:
                later = TryLater(str(lost))
                later.answered = lost.answered
                raise later from None
            token, lasts = body.get("access_token"), body.get("expires_in")
            if not isinstance(token, str) or not isinstance(lasts, int):
                raise TryLater("a token that can't be read")
            self._token, self._expires = token, time.monotonic() + lasts - _EARLY_SECONDS
            self.scopes = frozenset(str(body.get("scope", "")).split())
            return token

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._expires = 0.0


def issue_of(refused: HttpRefused) -> str:
    """PayPal's code for what was wrong, such as INSTRUMENT_DECLINED; its name for the error where it gives none."""
    details = refused.body.get("details")
    if isinstance(details, list):
        for each in details:
            if isinstance(each, dict) and each.get("issue"):
                return str(each["issue"])
    return str(refused.body.get("name", ""))
