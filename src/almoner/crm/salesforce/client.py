"""Requests to Salesforce's REST API, of one pinned version, as an integration user of the charity's own.

A thing is sent with all that it needs in one Composite request, whole or not at all: one call of the day's allowance.
Nothing is sent inside a transaction.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx

from almoner.crm.salesforce.faults import Fault, Held, PutOff, Unclear, meaning
from almoner.kernel import trusted

API_VERSION: Final = "62.0"
# The field that holds our identifier, on every object that is sent.
EXTERNAL_ID: Final = "Almoner_Id__c"
_ROOT: Final = f"/services/data/v{API_VERSION}"
_CONNECT_SECONDS: Final = 5.0
# Salesforce doesn't say how long a token of this flow is good; one that it no longer takes is renewed at once.
_TOKEN_SECONDS: Final = 3600.0
# What describe says of Opportunity in a large organisation is a few megabytes.
_MAX_BYTES: Final = 20 * 1024 * 1024

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setup:
    """The organisation's own domain, and the app that staff made there for Almoner."""

    base: str
    client_id: str
    client_secret: str = field(repr=False)
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a request: `name` is how later parts refer to it, as in `@{household.AccountId}`."""

    name: str
    method: str
    path: str
    body: Json | None = None


def upsert(name: str, about: str, key: str, body: Json) -> Step:
    """Make the record with this external id, or bring it up to date."""
    return Step(name, "PATCH", f"{_ROOT}/sobjects/{about}/{EXTERNAL_ID}/{quote(key, safe='')}", body)


def fetch(name: str, about: str, key: str, fields: Sequence[str]) -> Step:
    """The fields of the record with this external id."""
    path = f"{_ROOT}/sobjects/{about}/{EXTERNAL_ID}/{quote(key, safe='')}?fields={','.join(fields)}"
    return Step(name, "GET", path)


class Client:
    """May be shared by threads. Raises `Unclear`, `PutOff` or `Held`: see `faults`."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._http = httpx.Client(
            base_url=setup.base.rstrip("/"),
            timeout=httpx.Timeout(
                setup.timeout_seconds, connect=min(_CONNECT_SECONDS, setup.timeout_seconds)
            ),
            headers={"Accept": "application/json", "User-Agent": "Almoner"},
            # Where donors' names go is said in the settings alone.
            trust_env=False,
            verify=trusted.authorities(),
            follow_redirects=False,
        )
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def send(self, steps: Sequence[Step]) -> dict[str, Json]:
        """All of them or none; returns what each said, by its name. At most 25."""
        body = {
            "allOrNone": True,
            "compositeRequest": [
                {"method": step.method, "url": step.path, "referenceId": step.name}
                | ({"body": step.body} if step.body is not None else {})
                for step in steps
            ],
        }
        answer = self._ask("POST", f"{_ROOT}/composite", body)
        told = answer.get("compositeResponse") if isinstance(answer, dict) else None
        if not isinstance(told, list) or len(told) != len(steps):
            raise Unclear("unreadable")
        _raise_first(told, steps)
        return {step.name: _body_of(each) for step, each in zip(steps, told, strict=True)}

    def describe(self, about: str) -> Json | None:
        """What an object's fields are and what this user may do with it; None when there is none, or it is hidden."""
        try:
            found = self._ask("GET", f"{_ROOT}/sobjects/{about}/describe")
        except Held as held:
            if held.fault.code == "NOT_FOUND":
                return None
            raise
        if not isinstance(found, dict):
            raise Unclear("unreadable")
        return found

    def query(self, soql: str) -> list[Json]:
        """The first page of a query's rows."""
        found = self._ask("GET", f"{_ROOT}/query?q={quote(soql, safe='')}")
        rows = found.get("records") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise Unclear("unreadable")
        return rows

    def log_in(self) -> None:
        """Ask for a new token, and keep it."""
        with self._lock:
            self._log_in()

    def _ask(self, method: str, path: str, content: Any = None) -> Any:
        """With a token that is renewed once if Salesforce no longer takes it."""
        response = self._request(method, path, content, token=self._current())
        if response.status_code == 401:
            self.log_in()
            response = self._request(method, path, content, token=self._token)
        body = _read(response)
        if not response.is_success:
            raise meaning(response.status_code, body, response.headers)
        return body

    def _current(self) -> str:
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._log_in()
            return self._token

    def _log_in(self) -> None:
        self._good_until = 0.0
        form = {
            "grant_type": "client_credentials",
            "client_id": self._setup.client_id,
            "client_secret": self._setup.client_secret,
        }
        response = self._request("POST", "/services/oauth2/token", form=form)
        body = _read(response)
        token = body.get("access_token") if isinstance(body, dict) else None
        if response.is_success and isinstance(token, str) and token:
            self._token, self._good_until = token, time.monotonic() + _TOKEN_SECONDS
            return
        if 400 <= response.status_code < 500 and response.status_code != 429:
            raise PutOff("bad_login")
        raise meaning(response.status_code, body, response.headers)

    def _request(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        token: str = "",
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._http.request(
                method,
                path,
                headers=headers,
                content=json.dumps(content).encode() if content is not None else None,
                data=form,
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            # What it would say may hold the address, and that may hold a key.
            raise Unclear("unreachable") from None
        if len(response.content) > _MAX_BYTES:
            raise Unclear("unreadable")
        return response


def _read(response: httpx.Response) -> Any:
    """None for what is no JSON: a page of maintenance."""
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return None


def _raise_first(told: Sequence[Any], steps: Sequence[Step]) -> None:
    """Raise what the part that failed said; those that were only halted with it say nothing."""
    halted: Fault | None = None
    for step, each in zip(steps, told, strict=True):
        status = each.get("httpStatusCode", 0) if isinstance(each, dict) else 0
        if 200 <= status < 300:
            continue
        error = meaning(status, each.get("body") if isinstance(each, dict) else None, {}, about=_object(step))
        if error.fault.code != "PROCESSING_HALTED":
            raise error
        halted = error.fault
    if halted is not None:
        raise Held(halted)


def _object(step: Step) -> str:
    return step.path.removeprefix(f"{_ROOT}/sobjects/").partition("/")[0]


def _body_of(each: Json) -> Json:
    body = each.get("body")
    return body if isinstance(body, dict) else {}
