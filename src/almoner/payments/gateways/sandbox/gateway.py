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

from almoner.payments.gateways.port import (
    About,
    Answer,
    AnswerLost,
    Capabilities,
    Decline,
    Method,
    NextAction,
    Order,
    PageScript,
    Problem,
    RefundAnswer,
    Refused,
    SavedMethod,
    SignatureInvalid,
    Status,
    TryLater,
    WebhookEvent,
)
from almoner.payments.gateways.sandbox.disputing import Disputes
from almoner.payments.gateways.sandbox.paying_out import PaysOut
from almoner.payments.gateways.sandbox.set_ups import SetUps, language_root, stamp
from almoner.payments.gateways.sandbox.store import Charge, KeptMethod, Store, event_body

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
# What a saved method may be told to do when it is charged again, the donor being away.
NEXT_OUTCOMES: Final = (
    Outcome.SUCCESS, Outcome.INSUFFICIENT_FUNDS, Outcome.DO_NOT_HONOUR, Outcome.LOST_CARD, Outcome.EXPIRED_CARD,
    Outcome.AUTHENTICATE, Outcome.ANSWER_LOST, Outcome.TIMEOUT_AFTER, Outcome.TIMEOUT_BEFORE, Outcome.BUSY,
)  # fmt: skip
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
_ABOUT: Final = {
    "method": About.METHOD,
    "set_up": About.SET_UP,
    "dispute": About.DISPUTE,
    "payout": About.PAYOUT,
}
# Never to be tried again with the same card.
_FINAL: Final = frozenset({Outcome.LOST_CARD, Outcome.STOLEN_CARD, Outcome.EXPIRED_CARD})
CARD_YEARS: Final = 3
# Before each debit, as with Bacs.
NOTICE_DAYS: Final = 2


class Sandbox(SetUps, Disputes, PaysOut):
    """`path` is its file, `site_url` where its own pages stand, `secret` what its webhooks are signed with."""

    code = "sandbox"
    account = "sandbox"

    def __init__(self, path: Path, *, site_url: str, secret: str, stall_seconds: float = 2.0) -> None:
        self.store = Store(path)
        self.stall_seconds = stall_seconds
        self.site_url = site_url
        self._secret = secret.encode()

    def capabilities(self) -> Capabilities:
        return Capabilities(
            methods=(
                Method("sandbox_card", "card", repeats=True),
                Method("sandbox_hosted", "card", hosted=True, repeats=True, sets_up=True),
                Method(
                    "sandbox_debit",
                    "debit",
                    repeats=True,
                    notice_days=NOTICE_DAYS,
                    notice_in_working_days=True,
                ),
            ),
            sandbox=True,
        )

    def create(self, order: Order) -> Answer:
        kept = self.store.method(order.saved_method) if order.saved_method else None
        if order.saved_method and kept is None:
            raise Refused("no such saved method")
        chosen = kept.next_outcome if kept is not None else order.input.get("sandbox_outcome")
        if chosen == Outcome.BUSY:
            raise TryLater("the sandbox was asked to be busy", after_seconds=1.0)
        hosted = order.method == "sandbox_hosted" and kept is None
        with self.store.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO charge (id, key, amount_minor, currency, method, outcome, state, reference, "
                "return_url, language, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    f"sbx_{secrets.token_hex(12)}", order.key, order.amount_minor, order.currency, order.method,
                    "", "action_required" if hosted else "created", order.reference, order.return_url,
                    order.language, stamp(datetime.now(UTC)),
                ),
            )  # fmt: skip
            if order.save_method or kept is not None:
                connection.execute(
                    "INSERT OR IGNORE INTO charge_method SELECT id, ?, ? FROM charge WHERE key = ?",
                    (order.save_method, order.saved_method or None, order.key),
                )
        charge = self.store.charge_by_key(order.key)
        if charge is None or (charge.amount_minor, charge.currency) != (order.amount_minor, order.currency):
            raise Refused("this key was used for another charge")
        return self._answer(charge)

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        outcome = self._outcome_of(order)
        if outcome == Outcome.TIMEOUT_BEFORE:
            time.sleep(self.stall_seconds)
            raise AnswerLost("no answer in time")
        self.decide(gateway_id, outcome, authenticated=False)
        if outcome == Outcome.TIMEOUT_AFTER:
            time.sleep(self.stall_seconds)
            raise AnswerLost("no answer in time")
        if outcome == Outcome.ANSWER_LOST:
            raise AnswerLost("the connection broke before the answer came")
        return self.retrieve(gateway_id)

    def _outcome_of(self, order: Order) -> Outcome:
        """What the donor chose, or what a saved method does when they are away."""
        if not order.saved_method:
            chosen = order.input.get("sandbox_outcome", "")
            if chosen not in outcomes_of(order.method):
                raise Refused(f"no such outcome: {chosen!r}")
            return Outcome(chosen)
        kept = self.store.method(order.saved_method)
        if kept is None:
            raise Refused("no such saved method")
        if not self._usable(kept):
            return Outcome.EXPIRED_CARD
        # A bank asks nobody who isn't there: it declines, and says that it would have asked.
        outcome = Outcome(kept.next_outcome)
        return Outcome.AUTHENTICATION_FAILED if outcome == Outcome.AUTHENTICATE else outcome

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
                settles_at = stamp(self.store.now() + timedelta(days=DEBIT_DAYS))
                self._keep_method(connection, gateway_id, "debit", outcome)
                self._move(connection, gateway_id, "processing", outcome=outcome, settles_at=settles_at)
            elif outcome in _DECLINES:
                self._move(connection, gateway_id, "failed", outcome=outcome, decline=_DECLINES[outcome])
            else:
                fee_minor = fee_on(row["amount_minor"])
                self._keep_method(connection, gateway_id, "card", Outcome.SUCCESS)
                self._move(connection, gateway_id, "succeeded", outcome=outcome, fee_minor=fee_minor)

    def _keep_method(
        self, connection: sqlite3.Connection, gateway_id: str, kind: str, next_outcome: Outcome
    ) -> None:
        """What paid a first gift is kept, if its order said so."""
        row = connection.execute(
            "SELECT saves, token FROM charge_method WHERE charge_id = ?", (gateway_id,)
        ).fetchone()
        if row is None or not row["saves"] or row["token"] is not None:
            return
        token = self.new_method(connection, kind, next_outcome)
        connection.execute("UPDATE charge_method SET token = ? WHERE charge_id = ?", (token, gateway_id))

    def new_method(self, connection: sqlite3.Connection, kind: str, next_outcome: str) -> str:
        token, now = f"sbm_{secrets.token_hex(12)}", self.store.now()
        label = f"Sandbox {'card' if kind == 'card' else 'account'} ···· {secrets.randbelow(10_000):04}"
        expires = f"{now.year + CARD_YEARS}-{now.month:02}" if kind == "card" else ""
        connection.execute(
            "INSERT INTO method (token, kind, label, expires, next_outcome, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (token, kind, label, expires, next_outcome, stamp(datetime.now(UTC))),
        )
        return token

    def retrieve_method(self, token: str) -> SavedMethod:
        kept = self.store.method(token)
        if kept is None:
            raise Refused(f"no method {token}")
        return SavedMethod(
            token=kept.token,
            kind=kept.kind,
            label=kept.label,
            expires=kept.expires,
            usable=self._usable(kept),
        )

    def forget_method(self, token: str) -> None:
        self._change_method(
            token, "method.forgotten", "gone_at = coalesce(gone_at, ?)", stamp(datetime.now(UTC))
        )

    def decide_next(self, token: str, outcome: Outcome) -> None:
        """What happens when a saved method is charged next, and from then on."""
        self._change_method(token, "method.told", "next_outcome = ?", outcome)

    def renew_card(self, token: str, expires: str) -> None:
        """The bank sent a new card for the old one, or (with a month that is past) the card ran out."""
        self._change_method(token, "method.updated", "expires = ?", expires)

    def revoke_method(self, token: str) -> None:
        """The donor's bank no longer lets it be charged."""
        self._change_method(
            token, "method.revoked", "gone_at = coalesce(gone_at, ?)", stamp(datetime.now(UTC))
        )

    def _change_method(self, token: str, event_type: str, change: str, value: str) -> None:
        with self.store.write() as connection:
            done = connection.execute(f"UPDATE method SET {change} WHERE token = ?", (value, token))  # noqa: S608 (our own text)
            if done.rowcount and event_type in ("method.updated", "method.revoked"):
                self._event(connection, event_type, token)

    def _usable(self, kept: KeptMethod) -> bool:
        return kept.gone_at is None and (not kept.expires or kept.expires >= f"{self.store.now():%Y-%m}")

    def settle_due(self) -> int:
        """Let the debits whose day has come settle or fail; returns how many did."""
        now = stamp(self.store.now())
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
                    (refund_id, key, gateway_id, amount_minor, stamp(datetime.now(UTC))),
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
        disputed = connection.execute(
            "SELECT 1 FROM dispute WHERE charge_id = ? AND state IN ('needs_response', 'under_review', 'lost')",
            (charge.id,),
        ).fetchone()
        if disputed or refunded + amount_minor > charge.amount_minor:
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
            stamp(since.astimezone(UTC)),
        )
        return (_read_event(event_body(row)) for row in rows)

    def balance(self) -> Mapping[str, int]:
        return self.store.balance()

    def page_script(self) -> PageScript | None:
        return None

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        """Whether its file can be written: nothing else of it can be set up wrongly."""
        try:
            with self.store.write() as connection:
                connection.execute("UPDATE clock SET ahead_seconds = ahead_seconds")
        except sqlite3.Error as fault:
            return (Problem("unreachable", str(fault)),)
        return ()

    def sign(self, body: bytes, stamp: int) -> str:
        """The header's value: seconds since 1970, a comma, HMAC-SHA256 over both."""
        digest = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return f"{stamp},{digest}"

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        return (self._answer(charge) for charge in self.store.charges(stamp(since) if since else ""))

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
        at = stamp(datetime.now(UTC))
        connection.execute(
            "INSERT INTO event (id, type, object_id, created_at, next_at) VALUES (?, ?, ?, ?, ?)",
            (f"sbe_{secrets.token_hex(12)}", event_type, object_id, at, at),
        )

    def _answer(self, charge: Charge) -> Answer:
        action = None
        if charge.state == "action_required":
            page = "checkout" if charge.method == "sandbox_hosted" else "authenticate"
            root = language_root(charge.language)
            action = NextAction("redirect", url=f"{self.site_url}{root}/sandbox/{page}/{charge.id}/")
        return Answer(
            gateway_id=charge.id,
            status=Status(charge.state),
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            fee_minor=charge.fee_minor,
            next_action=action,
            decline=Decline(charge.decline) if charge.decline else None,
            final=charge.state == "failed" and charge.outcome in _FINAL,
            saved=self.retrieve_method(charge.token) if charge.saves and charge.token else None,
            key=charge.key,
            refunded_minor=charge.refunded_minor,
            made_at=datetime.fromisoformat(charge.created_at) if charge.created_at else None,
        )


def _read_event(body: bytes) -> WebhookEvent:
    content = json.loads(body)
    return WebhookEvent(
        account=content["account"],
        event_id=content["id"],
        event_type=content["type"],
        object_id=content["object"],
        created_at=datetime.fromisoformat(content["created"]),
        about=_ABOUT.get(content["type"].partition(".")[0], About.CHARGE),
    )


def fee_on(amount_minor: int) -> int:
    """1.75 % rounded up and 30 minor units, never more than the charge."""
    return min(amount_minor, -(-amount_minor * 175 // 10_000) + 30)


def outcomes_of(method: str) -> tuple[Outcome, ...]:
    """What a donor may choose with a method, before the button is pressed."""
    return DEBIT_OUTCOMES if method == "sandbox_debit" else CARD_OUTCOMES
