"""Cards that the sandbox saves without a payment, on a page of its own, where a person chooses how it ends."""

import secrets
import sqlite3
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings

from almoner.payments.gateways.port import (
    AnswerLost,
    NextAction,
    Refused,
    SavedMethod,
    SetUpAnswer,
    SetUpOrder,
    Status,
)
from almoner.payments.gateways.sandbox.store import Store

# As Stripe's page.
SET_UP_LIVES: Final = timedelta(days=1)


class SetUpOutcome(StrEnum):
    """What a person may choose to happen on the sandbox's page."""

    SAVED = "success"
    DECLINED = "do_not_honour"
    # The bank asks first, on a page of its own: nothing has happened yet.
    AUTHENTICATE = "authenticate"
    NOT_AUTHENTICATED = "authentication_failed"
    # It is saved, and the first who asks is not answered.
    ANSWER_LOST = "answer_lost"
    LEFT = "left"


_STATES: Final = {
    SetUpOutcome.SAVED: "succeeded",
    SetUpOutcome.ANSWER_LOST: "succeeded",
    SetUpOutcome.DECLINED: "failed",
    SetUpOutcome.NOT_AUTHENTICATED: "failed",
    SetUpOutcome.LEFT: "cancelled",
}


class SetUps(ABC):
    """What the sandbox does of `port.SetsUp`. `site_url` is where its own pages stand."""

    store: Store
    site_url: str

    @abstractmethod
    def new_method(self, connection: sqlite3.Connection, kind: str, next_outcome: str) -> str: ...

    @abstractmethod
    def retrieve_method(self, token: str) -> SavedMethod: ...

    @abstractmethod
    def _event(self, connection: sqlite3.Connection, event_type: str, object_id: str) -> None: ...

    def set_up(self, order: SetUpOrder) -> SetUpAnswer:
        set_up_id = f"sbu_{secrets.token_hex(12)}"
        with self.store.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO set_up (id, key, state, reference, return_url, language, created_at) "
                "VALUES (?, ?, 'action_required', ?, ?, ?, ?)",
                (
                    set_up_id, order.key, order.reference, order.return_url, order.language,
                    stamp(datetime.now(UTC)),
                ),
            )  # fmt: skip
            found = connection.execute("SELECT id FROM set_up WHERE key = ?", (order.key,)).fetchone()
        return self.retrieve_set_up(found["id"])

    def retrieve_set_up(self, gateway_id: str) -> SetUpAnswer:
        found = self.store.set_up(gateway_id)
        if found is None:
            raise Refused(f"no set-up {gateway_id}")
        if found.silent:
            with self.store.write() as connection:
                connection.execute("UPDATE set_up SET silent = 0 WHERE id = ?", (gateway_id,))
            raise AnswerLost("the connection broke before the answer came")
        if found.state == "action_required" and _stale(found.created_at):
            return SetUpAnswer(found.id, Status.CANCELLED, key=found.key)
        action = None
        if found.state == "action_required":
            root = language_root(found.language)
            action = NextAction("redirect", url=f"{self.site_url}{root}/sandbox/set-up/{found.id}/")
        saved = self.retrieve_method(found.token) if found.token else None
        return SetUpAnswer(found.id, Status(found.state), next_action=action, saved=saved, key=found.key)

    def finish_set_up(self, gateway_id: str, *, key: str) -> SetUpAnswer:
        """The sandbox saves the card when the donor does."""
        return self.retrieve_set_up(gateway_id)

    def cancel_set_up(self, gateway_id: str) -> SetUpAnswer:
        self.decide_set_up(gateway_id, SetUpOutcome.LEFT)
        return self.retrieve_set_up(gateway_id)

    def decide_set_up(self, gateway_id: str, outcome: SetUpOutcome) -> None:
        """Let the chosen thing happen; to one that is over, or while the bank asks, nothing does."""
        state = _STATES.get(outcome)
        with self.store.write() as connection:
            row = connection.execute(
                "SELECT state, created_at FROM set_up WHERE id = ?", (gateway_id,)
            ).fetchone()
            open_still = row is not None and row["state"] == "action_required"
            if state is None or not open_still or _stale(row["created_at"]):
                return
            token = self.new_method(connection, "card", "success") if state == "succeeded" else None
            connection.execute(
                "UPDATE set_up SET state = ?, token = ?, silent = ? WHERE id = ?",
                (state, token, outcome == SetUpOutcome.ANSWER_LOST, gateway_id),
            )
            self._event(connection, f"set_up.{state}", gateway_id)


def language_root(language: str) -> str:
    """What stands before an address in this language: "/ar", or nothing for the default and for one that isn't here."""
    spoken = language != settings.LANGUAGE_CODE and language in dict(settings.LANGUAGES)
    return f"/{language}" if spoken else ""


def _stale(created_at: str) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(created_at) > SET_UP_LIVES


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
