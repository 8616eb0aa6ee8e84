"""Payouts of the sandbox: what stands with it goes to a bank that is as unreal, whose statement can be imported."""

import csv
import io
import secrets
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from almoner.kernel.money import format_plain
from almoner.payments.gateways.port import PayoutAnswer, Status
from almoner.payments.gateways.sandbox.set_ups import stamp
from almoner.payments.gateways.sandbox.store import Store

PAYOUT_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class KeptPayout:
    """A payout as the sandbox holds it. `amount_minor` is below 0 where it takes a debt back from the bank;
    `arrives_on` goes by the sandbox's clock."""

    id: str
    amount_minor: int
    currency: str
    state: str
    reference: str
    arrives_on: str
    created_at: str
    changed_at: str


class PaysOut(ABC):
    """What the sandbox does of payouts. A real gateway makes them by itself; this one is told to."""

    store: Store

    @abstractmethod
    def _event(self, connection: sqlite3.Connection, event_type: str, object_id: str) -> None: ...

    def pay_out(self) -> int:
        """Send what stands there in each currency to the bank; a debt is taken from it. Returns how many payouts."""
        at = stamp(datetime.now(UTC))
        arrives_on = (self.store.now() + timedelta(days=PAYOUT_DAYS)).astimezone(UTC).date().isoformat()
        with self.store.write() as connection:
            standing = {currency: minor for currency, minor in self.store.balance().items() if minor}
            for currency, amount_minor in sorted(standing.items()):
                payout_id = f"sbo_{secrets.token_hex(12)}"
                connection.execute(
                    "INSERT INTO payout VALUES (?, ?, ?, 'processing', ?, ?, ?, ?)",
                    (
                        payout_id, amount_minor, currency, f"SBX{secrets.token_hex(4).upper()}", arrives_on, at, at,
                    ),
                )  # fmt: skip
                self._event(connection, "payout.created", payout_id)
        return len(standing)

    def end_payout(self, payout_id: str, end: Status) -> bool:
        """The bank takes a payout that is on its way, or refuses it; False when none of this name is."""
        with self.store.write() as connection:
            moved = connection.execute(
                "UPDATE payout SET state = ?, changed_at = ? WHERE id = ? AND state = 'processing'",
                (end, stamp(datetime.now(UTC)), payout_id),
            ).rowcount
            if moved:
                self._event(connection, f"payout.{end}", payout_id)
        return bool(moved)

    def arrive_due(self) -> int:
        """The bank takes what is due; returns how many payouts."""
        due = self.store.rows(
            "SELECT id FROM payout WHERE state = 'processing' AND arrives_on <= ?",
            self.store.now().astimezone(UTC).date().isoformat(),
        )
        return sum(self.end_payout(row["id"], Status.SUCCEEDED) for row in due)

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        rows = self.store.rows("SELECT * FROM payout WHERE changed_at >= ? ORDER BY rowid", stamp(since))
        return (_answer(KeptPayout(**dict(row))) for row in rows)

    def newest_payouts(self, limit: int) -> list[KeptPayout]:
        rows = self.store.rows("SELECT * FROM payout ORDER BY rowid DESC LIMIT ?", limit)
        return [KeptPayout(**dict(row)) for row in rows]

    def statement(self, currency: str) -> str:
        """The bank's, of an account of one currency, as CSV: what arrived there, and what was taken from it."""
        rows = self.store.rows(
            "SELECT * FROM payout WHERE state = 'succeeded' AND currency = ? ORDER BY arrives_on, rowid",
            currency,
        )
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(["Date", "Details", "Amount"])
        for row in rows:
            text = f"SANDBOX PAYOUT {row['reference']}"
            writer.writerow([row["arrives_on"], text, format_plain(row["amount_minor"], currency)])
        return sheet.getvalue()


def _answer(kept: KeptPayout) -> PayoutAnswer:
    return PayoutAnswer(
        gateway_id=kept.id,
        status=Status(kept.state),
        amount_minor=kept.amount_minor,
        currency=kept.currency,
        arrives_on=date.fromisoformat(kept.arrives_on),
        created_at=datetime.fromisoformat(kept.created_at),
        reference=kept.reference,
    )
