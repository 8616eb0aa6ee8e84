"""Disputes in the sandbox: a test opens one, and what is written to it decides it, as in Stripe's test mode."""

import secrets
import sqlite3
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Final

from almoner.payments.gateways.port import DisputeAnswer, DisputeStatus, Evidence, Refused
from almoner.payments.gateways.sandbox.set_ups import stamp
from almoner.payments.gateways.sandbox.store import Store

DISPUTE_FEE_MINOR: Final = 1_500
ANSWER_DAYS: Final = 10
# What stands in an answer decides how it ends; of any other the bank thinks on.
_WORDS: Final = {"winning_evidence": DisputeStatus.WON, "losing_evidence": DisputeStatus.LOST}
_OPEN: Final = (DisputeStatus.INQUIRY, DisputeStatus.NEEDS_RESPONSE)


class Disputes(ABC):
    """What the sandbox does of `port.Contests`, and of disputes besides."""

    store: Store

    @abstractmethod
    def _event(self, connection: sqlite3.Connection, event_type: str, object_id: str) -> None: ...

    def open_dispute(
        self, charge_id: str, *, state: DisputeStatus = DisputeStatus.NEEDS_RESPONSE, days: int = ANSWER_DAYS
    ) -> str:
        """The donor's bank questions a charge, and wants an answer in so many days; returns the dispute's name."""
        dispute_id = f"sbd_{secrets.token_hex(12)}"
        with self.store.write() as connection:
            connection.execute(
                "INSERT INTO dispute (id, charge_id, amount_minor, state, fee_minor, reason, respond_by) "
                "SELECT ?, id, amount_minor, ?, ?, 'fraudulent', ? FROM charge WHERE id = ?",
                (
                    dispute_id, state, 0 if state == DisputeStatus.INQUIRY else DISPUTE_FEE_MINOR,
                    stamp(self.store.now() + timedelta(days=days)), charge_id,
                ),
            )  # fmt: skip
            self._event(connection, "dispute.created", dispute_id)
        return dispute_id

    def disputes(self) -> dict[str, str]:
        """How each charge's dispute stands, by the charge."""
        found = self.store.rows("SELECT charge_id, state FROM dispute ORDER BY rowid")
        return {row["charge_id"]: row["state"] for row in found}

    def move_dispute(self, dispute_id: str, state: DisputeStatus) -> None:
        with self.store.write() as connection:
            connection.execute("UPDATE dispute SET state = ? WHERE id = ?", (state, dispute_id))
            self._event(connection, f"dispute.{state}", dispute_id)

    def end_dispute(self, charge_id: str, end: DisputeStatus) -> bool:
        """The bank has thought on an answer that it has; False when none lies before it."""
        thinking = self.store.rows(
            "SELECT id FROM dispute WHERE charge_id = ? AND state = ?", charge_id, DisputeStatus.UNDER_REVIEW
        )
        for row in thinking:
            self.move_dispute(row["id"], end)
        return bool(thinking)

    def lose_unanswered(self) -> int:
        """What nobody answered by its day is lost; returns how many were. An inquiry takes no money and only ends."""
        late = self.store.rows(
            "SELECT id, state FROM dispute WHERE state IN (?, ?) AND respond_by <= ?",
            *_OPEN, stamp(self.store.now()),
        )  # fmt: skip
        for row in late:
            asked_only = row["state"] == DisputeStatus.INQUIRY
            self.move_dispute(row["id"], DisputeStatus.PREVENTED if asked_only else DisputeStatus.LOST)
        return len(late)

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        rows = self.store.rows(
            "SELECT d.*, c.currency FROM dispute d JOIN charge c ON c.id = d.charge_id WHERE d.id = ?",
            gateway_id,
        )
        if not rows:
            raise Refused(f"no dispute {gateway_id}")
        (row,) = rows
        return DisputeAnswer(
            gateway_id=row["id"],
            charge_id=row["charge_id"],
            status=DisputeStatus(row["state"]),
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            reason=row["reason"],
            fee_minor=row["fee_minor"],
            respond_by=datetime.fromisoformat(row["respond_by"]).replace(tzinfo=UTC),
        )

    def submit_evidence(self, gateway_id: str, evidence: Evidence) -> DisputeAnswer:
        return self._decide(
            gateway_id,
            next((end for word, end in _WORDS.items() if word in evidence.text), DisputeStatus.UNDER_REVIEW),
        )

    def accept_dispute(self, gateway_id: str, *, key: str) -> DisputeAnswer:
        return self._decide(gateway_id, DisputeStatus.LOST)

    def _decide(self, gateway_id: str, state: DisputeStatus) -> DisputeAnswer:
        if self.retrieve_dispute(gateway_id).status not in _OPEN:
            raise Refused("this dispute takes no answer any more")
        self.move_dispute(gateway_id, state)
        return self.retrieve_dispute(gateway_id)
