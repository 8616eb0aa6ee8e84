"""The sandbox's truth: a SQLite file of its own.

In our own database it would share our commits and locks, and a crash test would prove nothing: the gateway's side must
survive when ours rolls back. The file is written with synchronous=NORMAL: it stands in for a machine elsewhere, has to
outlive our processes and not a power cut, and its disk must not be counted as ours.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

_BUSY_SECONDS: Final = 20

_CHARGE: Final = """
CREATE TABLE IF NOT EXISTS charge (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL, method TEXT NOT NULL, outcome TEXT NOT NULL, state TEXT NOT NULL,
    fee_minor INTEGER NOT NULL DEFAULT 0, decline TEXT NOT NULL DEFAULT '', reference TEXT NOT NULL,
    return_url TEXT NOT NULL, language TEXT NOT NULL, confirms INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, settles_at TEXT
)"""
_REFUND: Final = """
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, charge_id TEXT NOT NULL REFERENCES charge (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), state TEXT NOT NULL, created_at TEXT NOT NULL,
    key_pruned INTEGER NOT NULL DEFAULT 0
)"""
_EVENT: Final = """
CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, object_id TEXT NOT NULL, created_at TEXT NOT NULL,
    delivered_at TEXT, tries INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL
)"""
_CLOCK: Final = """
CREATE TABLE IF NOT EXISTS clock (one INTEGER PRIMARY KEY CHECK (one = 1), ahead_seconds INTEGER NOT NULL)"""


def _first(connection: sqlite3.Connection) -> None:
    """The first numbered shape. A file without a number may be new, have it already, or be the earliest of all.

    The earliest held a refund's key to be unique for good, which no ALTER takes away: its rows move to a new table.
    """
    earliest = [row["name"] for row in connection.execute("PRAGMA table_info(refund)")]
    if earliest and "key_pruned" not in earliest:
        connection.execute("ALTER TABLE refund RENAME TO refund_of_old")
    for sql in (_CHARGE, _REFUND, _EVENT, _CLOCK):
        connection.execute(sql)
    if earliest and "key_pruned" not in earliest:
        # In their order, which is the order of their rowids.
        connection.execute(
            "INSERT INTO refund (id, key, charge_id, amount_minor, state, created_at) "
            "SELECT id, key, charge_id, amount_minor, state, created_at FROM refund_of_old ORDER BY rowid"
        )
        connection.execute("DROP TABLE refund_of_old")
    for sql in (
        "CREATE UNIQUE INDEX IF NOT EXISTS refund_key ON refund (key) WHERE NOT key_pruned",
        "CREATE INDEX IF NOT EXISTS event_waiting ON event (next_at) WHERE delivered_at IS NULL",
        "CREATE INDEX IF NOT EXISTS refund_charge ON refund (charge_id)",
        "CREATE INDEX IF NOT EXISTS charge_settles ON charge (settles_at) WHERE state = 'processing'",
        "INSERT OR IGNORE INTO clock VALUES (1, 0)",
    ):
        connection.execute(sql)


def _methods(connection: sqlite3.Connection) -> None:
    """Saved methods, and which charge saved or used one."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS method (token TEXT PRIMARY KEY, kind TEXT NOT NULL, label TEXT NOT NULL, "
        "expires TEXT NOT NULL, next_outcome TEXT NOT NULL, created_at TEXT NOT NULL, gone_at TEXT)"
    )
    connection.execute(
        "CREATE TABLE IF NOT EXISTS charge_method (charge_id TEXT PRIMARY KEY REFERENCES charge (id), "
        "saves INTEGER NOT NULL, token TEXT REFERENCES method (token))"
    )


def _set_ups(connection: sqlite3.Connection) -> None:
    """Methods that are saved without a payment, and what was saved."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS set_up (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, "
        "reference TEXT NOT NULL, return_url TEXT NOT NULL, language TEXT NOT NULL, "
        "token TEXT REFERENCES method (token), created_at TEXT NOT NULL)"
    )


def _set_up_answers(connection: sqlite3.Connection) -> None:
    """Set-ups whose next answer gets lost. A file that has the column and no number is left as it is."""
    if any(row["name"] == "silent" for row in connection.execute("PRAGMA table_info(set_up)")):
        return
    connection.execute("ALTER TABLE set_up ADD COLUMN silent INTEGER NOT NULL DEFAULT 0")


def _disputes(connection: sqlite3.Connection) -> None:
    """Charges that a donor's bank questions."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS dispute (id TEXT PRIMARY KEY, charge_id TEXT NOT NULL REFERENCES charge (id), "
        "amount_minor INTEGER NOT NULL, state TEXT NOT NULL, fee_minor INTEGER NOT NULL, reason TEXT NOT NULL, "
        "respond_by TEXT NOT NULL)"
    )


def _payouts(connection: sqlite3.Connection) -> None:
    """Money that was sent to the bank; below 0, a debt that is taken from there."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS payout (id TEXT PRIMARY KEY, "
        "amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0), currency TEXT NOT NULL, state TEXT NOT NULL, "
        "reference TEXT NOT NULL, arrives_on TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL)"
    )


# Each takes the file from one shape to the next; PRAGMA user_version counts those that it went through. New ones go at
# the end, add tables or columns, and stay as they are once they are out.
_STEPS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (
    _first,
    _methods,
    _set_ups,
    _set_up_answers,
    _disputes,
    _payouts,
)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turning a new file to WAL takes it for oneself and, unlike all else, waits for nobody: so it is tried again."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _bring_up(connection: sqlite3.Connection) -> None:
    """The file in its present shape. Whoever opens it first does it, in one transaction; the others wait for that."""
    if _version(connection) >= len(_STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in _STEPS[_version(connection) :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {max(len(_STEPS), _version(connection))}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the sandbox holds it; amounts in minor units, times ISO 8601 in UTC."""

    id: str
    key: str
    amount_minor: int
    currency: str
    method: str
    outcome: str
    state: str
    fee_minor: int
    decline: str
    reference: str
    return_url: str
    language: str
    confirms: int
    created_at: str
    settles_at: str | None
    refunded_minor: int = 0
    # What pays it is to be kept; what is kept, or what it was charged to.
    saves: int = 0
    token: str | None = None


@dataclass(frozen=True, slots=True)
class KeptMethod:
    """What can be charged again, and what then happens: an outcome that a person chose. `expires` as "2028-12"."""

    token: str
    kind: str
    label: str
    expires: str
    next_outcome: str
    created_at: str
    gone_at: str | None


@dataclass(frozen=True, slots=True)
class KeptSetUp:
    """`state` is action_required, succeeded, failed or cancelled; `silent`: the next answer gets lost."""

    id: str
    key: str
    state: str
    reference: str
    return_url: str
    language: str
    token: str | None
    created_at: str
    silent: int


class Store:
    """One connection a thread. Every write is one IMMEDIATE transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=64
            )
            connection.row_factory = sqlite3.Row
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            _bring_up(connection)
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection().execute(sql, values).fetchall()

    def charge(self, charge_id: str) -> Charge | None:
        return self._one("c.id = ?", charge_id)

    def charge_by_key(self, key: str) -> Charge | None:
        return self._one("c.key = ?", key)

    def charges(self, since: str = "") -> Iterator[Charge]:
        """All charges that were made from a moment on, a thousand at a time, oldest first."""
        after = 0
        young = "c.rowid > ? AND c.created_at >= ?"
        while rows := self.rows(f"{_SELECT} WHERE {young} ORDER BY c.rowid LIMIT 1000", after, since):
            yield from (_charge(row) for row in rows)
            after = rows[-1]["position"]

    def balance(self) -> dict[str, int]:
        """Currency -> what stands with the sandbox, less refunds, fees and what was paid out, in minor units."""
        rows = self.rows(
            "SELECT c.currency, sum(CASE c.state WHEN 'succeeded' THEN c.amount_minor ELSE 0 END - c.fee_minor) "
            "- coalesce((SELECT sum(r.amount_minor) FROM refund r JOIN charge o ON o.id = r.charge_id "
            "WHERE r.state = 'succeeded' AND o.currency = c.currency), 0) "
            "- coalesce((SELECT sum(d.fee_minor + CASE WHEN d.state IN ('needs_response', 'under_review', 'lost') "
            "THEN d.amount_minor ELSE 0 END) FROM dispute d JOIN charge o ON o.id = d.charge_id "
            "WHERE o.currency = c.currency), 0) "
            "- coalesce((SELECT sum(p.amount_minor) FROM payout p "
            "WHERE p.currency = c.currency AND p.state IN ('processing', 'succeeded')), 0) AS minor "
            "FROM charge c WHERE c.state IN ('succeeded', 'returned') GROUP BY c.currency"
        )
        return {row["currency"]: row["minor"] for row in rows}

    def newest_charges(self, limit: int) -> list[Charge]:
        return [_charge(row) for row in self.rows(f"{_SELECT} ORDER BY c.rowid DESC LIMIT ?", limit)]

    def method(self, token: str) -> KeptMethod | None:
        rows = self.rows("SELECT * FROM method WHERE token = ?", token)
        return KeptMethod(**dict(rows[0])) if rows else None

    def set_up(self, set_up_id: str) -> KeptSetUp | None:
        rows = self.rows("SELECT * FROM set_up WHERE id = ?", set_up_id)
        return KeptSetUp(**dict(rows[0])) if rows else None

    def newest_methods(self, limit: int) -> list[KeptMethod]:
        rows = self.rows("SELECT * FROM method WHERE gone_at IS NULL ORDER BY rowid DESC LIMIT ?", limit)
        return [KeptMethod(**dict(row)) for row in rows]

    def _one(self, where: str, value: str) -> Charge | None:
        rows = self.rows(f"{_SELECT} WHERE {where}", value)
        return _charge(rows[0]) if rows else None

    def now(self) -> datetime:
        """The sandbox's clock, which a person may move ahead so that a debit settles."""
        ahead = self.rows("SELECT ahead_seconds FROM clock")[0][0]
        return datetime.now(UTC) + timedelta(seconds=ahead)

    def move_clock(self, ahead: timedelta) -> None:
        with self.write() as connection:
            connection.execute(
                "UPDATE clock SET ahead_seconds = ahead_seconds + ?", (int(ahead.total_seconds()),)
            )


_SELECT: Final = (
    "SELECT c.rowid AS position, c.*, coalesce(m.saves, 0) AS saves, m.token, "
    "(SELECT coalesce(sum(r.amount_minor), 0) FROM refund r "
    "WHERE r.charge_id = c.id AND r.state = 'succeeded') AS refunded_minor "
    "FROM charge c LEFT JOIN charge_method m ON m.charge_id = c.id"
)


def _charge(row: sqlite3.Row) -> Charge:
    values: dict[str, Any] = {key: row[key] for key in row.keys() if key != "position"}  # noqa: SIM118
    return Charge(**values)


def event_body(event: sqlite3.Row) -> bytes:
    """What is sent as a webhook: identifiers and a type, as the real ones do with thin events."""
    content = {
        "id": event["id"],
        "account": "sandbox",
        "type": event["type"],
        "object": event["object_id"],
        "created": event["created_at"],
    }
    return json.dumps(content, sort_keys=True).encode()
