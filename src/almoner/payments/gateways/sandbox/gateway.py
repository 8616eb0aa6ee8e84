"""The sandbox behind the port: the donor chooses the outcome, and no money moves."""

import hashlib
import hmac
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings

from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Capabilities,
    Decline,
    Method,
    NextAction,
    Order,
    RefundAnswer,
    Refused,
    SignatureInvalid,
    Status,
    TryLater,
    WebhookEvent,
)
from almoner.payments.gateways.sandbox.store import Charge, Store, event_body

SIGNATURE_AGE_SECONDS: Final = 300
DEBIT_DAYS: Final = 3
# Taken for each debit that comes back, as GoCardless takes one.
RETURN_FEE_MINOR: Final = 250


class Outcome(StrEnum):
    """What a donor may choose to happen."""

    SUCCESS = "success"
    EXPIRED_CARD = "expired_card"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    AUTHENTICATION_FAILED = "authentication_failed"
    LOST_CARD = "lost_card"
    STOLEN_CARD = "stolen_card"
    INCORRECT_CODE = "incorrect_code"
    DO_NOT_HONOUR = "do_not_honour"
    AUTHENTICATE = "authenticate"
    ANSWER_LOST = "answer_lost"
    TIMEOUT_AFTER = "timeout_after"
    TIMEOUT_BEFORE = "timeout_before"
    BUSY = "busy"
    DEBIT_SETTLES = "debit_settles"
    DEBIT_FAILS = "debit_fails"


CARD_OUTCOMES: Final = tuple(Outcome)[:13]
DEBIT_OUTCOMES: Final = (Outcome.DEBIT_SETTLES, Outcome.DEBIT_FAILS)

_DECLINES: Final = {
    Outcome.EXPIRED_CARD: Decline.EXPIRED_CARD,
    Outcome.INSUFFICIENT_FUNDS: Decline.INSUFFICIENT_FUNDS,
    Outcome.AUTHENTICATION_FAILED: Decline.AUTHENTICATION,
    Outcome.LOST_CARD: Decline.GENERIC,
    Outcome.STOLEN_CARD: Decline.GENERIC,
    Outcome.INCORRECT_CODE: Decline.GENERIC,
    Outcome.DO_NOT_HONOUR: Decline.GENERIC,
}


class Sandbox:
    """`path` is its file, `site_url` where its own pages stand, `secret` what its webhooks are signed with."""

    code = "sandbox"
    account = "sandbox"

    def __init__(self, path: Path, *, site_url: str, secret: str, stall_seconds: float = 2.0) -> None:
        self.store = Store(path)
        self.stall_seconds = stall_seconds
        self._site_url = site_url
        self._secret = secret.encode()

    def capabilities(self) -> Capabilities:
        return Capabilities(
            methods=(
                Method("sandbox_card", "card"),
                Method("sandbox_hosted", "card", hosted=True),
                Method("sandbox_debit", "debit"),
            ),
            sandbox=True,
        )

    def create(self, order: Order) -> Answer:
        if order.input.get("sandbox_outcome") == Outcome.BUSY:
            raise TryLater("the sandbox was asked to be busy")
        hosted = order.method == "sandbox_hosted"
        with self.store.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO charge (id, key, amount_minor, currency, method, outcome, state, reference, "
                "return_url, language, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    f"sbx_{secrets.token_hex(12)}", order.key, order.amount_minor, order.currency, order.method,
                    "", "action_required" if hosted else "created", order.reference, order.return_url,
                    order.language, _stamp(datetime.now(UTC)),
                ),
            )  # fmt: skip
        charge = self.store.charge_by_key(order.key)
        if charge is None or (charge.amount_minor, charge.currency) != (order.amount_minor, order.currency):
            raise Refused("this key was used for another charge")
        return self._answer(charge)

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        chosen = order.input.get("sandbox_outcome", "")
        if chosen not in outcomes_of(order.method):
            raise Refused(f"no such outcome: {chosen!r}")
        outcome = Outcome(chosen)
        if outcome == Outcome.TIMEOUT_BEFORE:
            time.sleep(self.stall_seconds)
            raise AnswerLost("no answer in time")
        self.decide(gateway_id, outcome)
        if outcome == Outcome.TIMEOUT_AFTER:
            time.sleep(self.stall_seconds)
            raise AnswerLost("no answer in time")
        if outcome == Outcome.ANSWER_LOST:
            raise AnswerLost("the connection broke before the answer came")
        return self.retrieve(gateway_id)

    def decide(self, gateway_id: str, outcome: Outcome, *, authenticated: bool = False) -> None:
        """Let the chosen thing happen to a charge that is still open; to one that is not, nothing does."""
        with self.store.write() as connection:
            row = connection.execute(
                "SELECT state, amount_minor FROM charge WHERE id = ?", (gateway_id,)
            ).fetchone()
            if row is None or row["state"] not in ("created", "action_required"):
                return
            if outcome == Outcome.AUTHENTICATE and not authenticated:
                self._move(connection, gateway_id, "action_required", outcome=outcome)
            elif outcome in DEBIT_OUTCOMES:
                settles_at = _stamp(self.store.now() + timedelta(days=DEBIT_DAYS))
                self._move(connection, gateway_id, "processing", outcome=outcome, settles_at=settles_at)
            elif outcome in _DECLINES:
                self._move(connection, gateway_id, "failed", outcome=outcome, decline=_DECLINES[outcome])
            else:
                fee_minor = fee_on(row["amount_minor"])
                self._move(connection, gateway_id, "succeeded", outcome=outcome, fee_minor=fee_minor)

    def settle_due(self) -> int:
        """Let the debits whose day has come settle or fail; returns how many did."""
        now = _stamp(self.store.now())
        due = self.store.rows(
            "SELECT id, outcome, amount_minor FROM charge WHERE state = 'processing' AND settles_at <= ?", now
        )
        for row in due:
            with self.store.write() as connection:
                if row["outcome"] == Outcome.DEBIT_FAILS:
                    self._move(connection, row["id"], "failed", decline=Decline.INSUFFICIENT_FUNDS)
                else:
                    self._move(connection, row["id"], "succeeded", fee_minor=fee_on(row["amount_minor"]))
        return len(due)

    def return_debit(self, gateway_id: str) -> None:
        """A debit that had settled is called back by the donor's bank. Its fee is kept, and another is taken."""
        fee_minor = self._charge(gateway_id).fee_minor + RETURN_FEE_MINOR
        with self.store.write() as connection:
            self._move(connection, gateway_id, "returned", fee_minor=fee_minor)

    def retrieve(self, gateway_id: str) -> Answer:
        return self._answer(self._charge(gateway_id))

    def cancel(self, gateway_id: str) -> Answer:
        with self.store.write() as connection:
            row = connection.execute("SELECT state FROM charge WHERE id = ?", (gateway_id,)).fetchone()
            if row is not None and row["state"] in ("created", "action_required"):
                self._move(connection, gateway_id, "cancelled")
        return self.retrieve(gateway_id)

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        charge = self._charge(gateway_id)
        with self.store.write() as connection:
            known = connection.execute(
                "SELECT id FROM refund WHERE key = ? AND NOT key_pruned", (key,)
            ).fetchone()
            refund_id = known["id"] if known is not None else f"sbr_{secrets.token_hex(12)}"
            if known is None:
                self._check_refund(connection, charge, amount_minor, currency)
                connection.execute(
                    "INSERT INTO refund (id, key, charge_id, amount_minor, state, created_at) "
                    "VALUES (?, ?, ?, ?, 'succeeded', ?)",
                    (refund_id, key, gateway_id, amount_minor, _stamp(datetime.now(UTC))),
                )
                self._event(connection, "refund.succeeded", gateway_id)
        return self.retrieve_refund(refund_id)

    def _check_refund(
        self, connection: sqlite3.Connection, charge: Charge, amount_minor: int, currency: str
    ) -> None:
        refunded = connection.execute(
            "SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE charge_id = ? AND state = 'succeeded'",
            (charge.id,),
        ).fetchone()[0]
        if charge.state != "succeeded" or currency != charge.currency:
            raise Refused("only a charge that succeeded can be refunded, in its own currency")
        if refunded + amount_minor > charge.amount_minor:
            raise Refused("more than what is left of the charge")

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        found = self._refunds("r.id = ?", gateway_id)
        if not found:
            raise Refused(f"no refund {gateway_id}")
        return found[0]

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        found = self._refunds("r.charge_id = ? AND r.key = ?", gateway_id, key)
        return found[0] if found else None

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        return self._refunds("r.charge_id = ?", gateway_id)

    def fail_refund(self, gateway_id: str) -> None:
        """A refund that was reported as done comes back from the donor's bank."""
        with self.store.write() as connection:
            connection.execute("UPDATE refund SET state = 'failed' WHERE id = ?", (gateway_id,))
            self._event(connection, "refund.failed", gateway_id)

    def prune_keys(self) -> None:
        """Forget the idempotency keys of all refunds, as real gateways do after a day. What they made stays."""
        with self.store.write() as connection:
            connection.execute("UPDATE refund SET key_pruned = 1")

    def _refunds(self, where: str, *values: str) -> list[RefundAnswer]:
        rows = self.store.rows(
            "SELECT r.*, c.currency FROM refund r JOIN charge c ON c.id = r.charge_id "  # noqa: S608 (our own text)
            f"WHERE {where} ORDER BY r.rowid",
            *values,
        )
        return [
            RefundAnswer(
                gateway_id=row["id"],
                status=Status(row["state"]),
                amount_minor=row["amount_minor"],
                currency=row["currency"],
                key=row["key"],
            )
            for row in rows
        ]

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        stamp, _, signature = headers.get("Sandbox-Signature", "").partition(",")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            raise SignatureInvalid("no time stamp")
        if not hmac.compare_digest(
            self.sign(body, int(stamp)).partition(",")[2].encode(), signature.encode()
        ):
            raise SignatureInvalid("the signature is wrong")
        if abs(at.timestamp() - int(stamp)) > SIGNATURE_AGE_SECONDS:
            raise SignatureInvalid("the message is too old")
        return (_read_event(body),)

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        rows = self.store.rows(
            "SELECT * FROM event WHERE created_at >= ? ORDER BY created_at, rowid",
            _stamp(since.astimezone(UTC)),
        )
        return (_read_event(event_body(row)) for row in rows)

    def balance(self) -> Mapping[str, int]:
        return self.store.balance()

    def sign(self, body: bytes, stamp: int) -> str:
        """The header's value: seconds since 1970, a comma, HMAC-SHA256 over both."""
        digest = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return f"{stamp},{digest}"

    def charges(self) -> Iterator[Answer]:
        return (self._answer(charge) for charge in self.store.charges())

    def _charge(self, gateway_id: str) -> Charge:
        charge = self.store.charge(gateway_id)
        if charge is None:
            raise Refused(f"no charge {gateway_id}")
        return charge

    def _move(
        self,
        connection: sqlite3.Connection,
        gateway_id: str,
        state: str,
        *,
        outcome: str | None = None,
        decline: str = "",
        fee_minor: int | None = None,
        settles_at: str | None = None,
    ) -> None:
        connection.execute(
            "UPDATE charge SET state = ?, outcome = coalesce(?, outcome), decline = ?, "
            "fee_minor = coalesce(?, fee_minor), settles_at = coalesce(?, settles_at), "
            "confirms = confirms + (? = 'succeeded') WHERE id = ?",
            (state, outcome, decline, fee_minor, settles_at, state, gateway_id),
        )
        if state != "action_required":
            self._event(connection, f"charge.{state}", gateway_id)

    def _event(self, connection: sqlite3.Connection, event_type: str, object_id: str) -> None:
        at = _stamp(datetime.now(UTC))
        connection.execute(
            "INSERT INTO event (id, type, object_id, created_at, next_at) VALUES (?, ?, ?, ?, ?)",
            (f"sbe_{secrets.token_hex(12)}", event_type, object_id, at, at),
        )

    def _answer(self, charge: Charge) -> Answer:
        action = None
        if charge.state == "action_required":
            page = "checkout" if charge.method == "sandbox_hosted" else "authenticate"
            root = _language_root(charge.language)
            action = NextAction("redirect", url=f"{self._site_url}{root}/sandbox/{page}/{charge.id}/")
        return Answer(
            gateway_id=charge.id,
            status=Status(charge.state),
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            fee_minor=charge.fee_minor,
            next_action=action,
            decline=Decline(charge.decline) if charge.decline else None,
            refunded_minor=charge.refunded_minor,
        )


def _read_event(body: bytes) -> WebhookEvent:
    content = json.loads(body)
    return WebhookEvent(
        account=content["account"],
        event_id=content["id"],
        event_type=content["type"],
        object_id=content["object"],
        created_at=datetime.fromisoformat(content["created"]),
    )


def fee_on(amount_minor: int) -> int:
    """1.75 % rounded up and 30 minor units, never more than the charge."""
    return min(amount_minor, -(-amount_minor * 175 // 10_000) + 30)


def outcomes_of(method: str) -> tuple[Outcome, ...]:
    """What a donor may choose with a method, before the button is pressed."""
    return DEBIT_OUTCOMES if method == "sandbox_debit" else CARD_OUTCOMES


def _language_root(language: str) -> str:
    """What stands before an address in this language: "/ar", or nothing for the default and for one that isn't here."""
    spoken = language != settings.LANGUAGE_CODE and language in dict(settings.LANGUAGES)
    return f"/{language}" if spoken else ""


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
