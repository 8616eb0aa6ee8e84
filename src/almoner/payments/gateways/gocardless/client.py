"""Requests to GoCardless, of one pinned version."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from almoner.payments.gateways.http import Http, HttpRefused, Json
from almoner.payments.gateways.port import AnswerLost

VERSION: Final = "2015-07-06"
_PAGE: Final = "500"


@dataclass(frozen=True, slots=True)
class Setup:
    """How this installation uses GoCardless. `creditor` is who is paid; several `webhook_secrets` are in force while
    one is rotated; `live_expected`, whether real money is meant to move here."""

    api_base: str
    access_token: str = field(repr=False)
    creditor: str
    webhook_secrets: tuple[str, ...] = field(repr=False)
    live_expected: bool = False
    timeout_seconds: float = 20.0
    # Of becs, bacs and sepa.
    methods: tuple[str, ...] = ("becs", "bacs", "sepa")

    @property
    def live(self) -> bool:
        """Whether real money moves at this address."""
        return "sandbox" not in self.api_base


class Client:
    """Raises the port's errors; `HttpRefused` for what GoCardless read and refused, see `reasons_of`."""

    def __init__(self, setup: Setup) -> None:
        headers = {"Authorization": f"Bearer {setup.access_token}", "GoCardless-Version": VERSION}
        self._http = Http(setup.api_base, timeout_seconds=setup.timeout_seconds, headers=headers)

    def get(self, resource: str, identity: str) -> Json:
        body = self._http.send("GET", f"/{resource}/{identity}").body
        return _inside(body, resource)

    def pages(self, resource: str, **wanted: str) -> Iterator[Json]:
        """Each of a list, newest first."""
        after = ""
        while True:
            params = {"limit": _PAGE, **wanted} | ({"after": after} if after else {})
            body = self._http.send("GET", f"/{resource}", params=params).body
            found = body.get(resource)
            if not isinstance(found, list):
                raise AnswerLost(f"a list of {resource} that can't be read")
            yield from found
            after = ((body.get("meta") or {}).get("cursors") or {}).get("after") or ""
            if not after:
                return

    def make(self, resource: str, content: Json, *, key: str) -> Json:
        """The same key again gives what the first call made: GoCardless refuses the repeat, and names it."""
        try:
            made = self._http.send(
                "POST", f"/{resource}", headers={"Idempotency-Key": key}, content={resource: content}
            )
        except HttpRefused as refused:
            existing = _existing(refused)
            if existing is None:
                raise
            return self.get(resource, existing)
        return _inside(made.body, resource)

    def act(self, resource: str, identity: str, action: str) -> None:
        self._http.send("POST", f"/{resource}/{identity}/actions/{action}", content={})


def _inside(body: Json, resource: str) -> Json:
    found = body.get(resource)
    if not isinstance(found, dict):
        raise AnswerLost(f"{resource} that can't be read")
    return found


def _existing(refused: HttpRefused) -> str | None:
    """What a request with a key that was used before had made."""
    for each in _errors(refused):
        if each.get("reason") == "idempotent_creation_conflict":
            return str((each.get("links") or {}).get("conflicting_resource_id") or "") or None
    return None


def reasons_of(refused: HttpRefused) -> frozenset[str]:
    """GoCardless's codes for what was wrong, such as mandate_is_inactive."""
    return frozenset(str(each["reason"]) for each in _errors(refused) if each.get("reason"))


def fields_of(refused: HttpRefused) -> frozenset[str]:
    """What of a request was wrong, such as charge_date."""
    return frozenset(str(each["field"]) for each in _errors(refused) if each.get("field"))


def link_in(refused: HttpRefused, name: str) -> str:
    """What an error points to, such as the mandate that took another's place; "" where it doesn't."""
    return next(
        (str(each["links"][name]) for each in _errors(refused) if name in (each.get("links") or {})), ""
    )


def _errors(refused: HttpRefused) -> list[dict[str, Any]]:
    errors = (refused.body.get("error") or {}).get("errors") or []
    return [each for each in errors if isinstance(each, dict)]
