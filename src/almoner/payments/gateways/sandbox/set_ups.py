"""Cards that the sandbox saves without a payment, on a page of its own."""

import secrets
import sqlite3
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from almoner.payments.gateways.port import NextAction, Refused, SavedMethod, SetUpAnswer, SetUpOrder, Status
from almoner.payments.gateways.sandbox.store import Store

# As Stripe's page.
SET_UP_LIVES: Final = timedelta(days=1)


class SetUps(ABC):
    """What the sandbox does of `port.SetsUp`. `site_url` is where its own pages stand."""

    store: Store
    site_url: str

    @abstractmethod
    def new_method(self, connection: sqlite3.Connection, kind: str, next_outcome: str) -> str: ...

    @abstractmethod
    def retrieve_method(self, token: str) -> SavedMethod: ...

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
        if found.state == "action_required" and _stale(found.created_at):
            return SetUpAnswer(found.id, Status.CANCELLED, key=found.key)
        action = None
        if found.state == "action_required":
            root = language_root(found.language)
            action = NextAction("redirect", url=f"{self.site_url}{root}/sandbox/set-up/{found.id}/")
        saved = self.retrieve_method(found.token) if found.token else None
        return SetUpAnswer(found.id, Status(found.state), next_action=action, saved=saved, key=found.key)

    def decide_set_up(self, gateway_id: str, *, agreed: bool) -> None:
        """The donor agrees, or goes back without; to one that is over, nothing happens."""
        with self.store.write() as connection:
            row = connection.execute(
                "SELECT state, created_at FROM set_up WHERE id = ?", (gateway_id,)
            ).fetchone()
            if row is None or row["state"] != "action_required" or _stale(row["created_at"]):
                return
            token = self.new_method(connection, "card", "success") if agreed else None
            connection.execute(
                "UPDATE set_up SET state = ?, token = ? WHERE id = ?",
                ("succeeded" if agreed else "cancelled", token, gateway_id),
            )


def language_root(language: str) -> str:
    """What stands before an address in this language: "/ar", or nothing for the default and for one that isn't here."""
    spoken = language != settings.LANGUAGE_CODE and language in dict(settings.LANGUAGES)
    return f"/{language}" if spoken else ""


def _stale(created_at: str) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(created_at) > SET_UP_LIVES


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
