"""A sandbox's file that an earlier version wrote is brought up to the present shape when it is opened."""

import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from almoner.payments.gateways.sandbox import store as store_module
from almoner.payments.gateways.sandbox.store import Store

# As the first demo wrote it.
EARLIEST = """
CREATE TABLE charge (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL, method TEXT NOT NULL, outcome TEXT NOT NULL, state TEXT NOT NULL,
    fee_minor INTEGER NOT NULL DEFAULT 0, decline TEXT NOT NULL DEFAULT '', reference TEXT NOT NULL,
    return_url TEXT NOT NULL, language TEXT NOT NULL, confirms INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, settles_at TEXT
);
CREATE TABLE refund (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, charge_id TEXT NOT NULL REFERENCES charge (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), state TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE event (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, object_id TEXT NOT NULL, created_at TEXT NOT NULL,
    delivered_at TEXT, tries INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL
);
CREATE INDEX event_waiting ON event (next_at) WHERE delivered_at IS NULL;
CREATE INDEX refund_charge ON refund (charge_id);
CREATE INDEX charge_settles ON charge (settles_at) WHERE state = 'processing';
CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), ahead_seconds INTEGER NOT NULL);
INSERT INTO clock VALUES (1, 86400);
INSERT INTO charge VALUES ('ch_1', 'k1', 5000, 'AUD', 'sandbox_card', 'success', 'succeeded', 90, '', 'R1',
    'https://example.org/', 'en', 0, '2026-11-01T00:00:00+00:00', NULL);
INSERT INTO refund VALUES ('re_1', 'r1', 'ch_1', 1000, 'succeeded', '2026-11-02T00:00:00+00:00');
INSERT INTO refund VALUES ('re_2', 'r2', 'ch_1', 500, 'succeeded', '2026-11-03T00:00:00+00:00');
"""
OPENING = """
import sys
from datetime import timedelta
from pathlib import Path
from almoner.payments.gateways.sandbox.store import Store
print("ready", flush=True)
sys.stdin.readline()
print(len(Store(Path(sys.argv[1])).rows("SELECT id FROM refund WHERE NOT key_pruned")))
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "sandbox.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(EARLIEST)
    connection.close()
    return path


def shape(path: Path) -> dict[str, str]:
    """Name -> what made it, in one spelling; how tables are numbered inside is SQLite's affair."""
    connection = sqlite3.connect(path)
    made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: sql.replace('"', "") for name, sql in made}


def test_the_earliest_file_gets_the_shape_of_a_new_one_and_keeps_what_it_holds(
    old: Path, tmp_path: Path
) -> None:
    store, new = Store(old), Store(tmp_path / "new.sqlite3")
    charge = store.charge("ch_1")
    assert charge is not None
    assert (charge.amount_minor, charge.refunded_minor) == (5000, 1500)
    assert [tuple(row) for row in store.rows("SELECT id, key, key_pruned FROM refund ORDER BY rowid")] == [
        ("re_1", "r1", 0),
        ("re_2", "r2", 0),
    ]
    assert store.rows("SELECT ahead_seconds FROM clock")[0][0] == 86400
    assert new.rows("PRAGMA user_version")[0][0] == store.rows("PRAGMA user_version")[0][0] > 0
    assert shape(old) == shape(tmp_path / "new.sqlite3")
    assert store.rows("PRAGMA integrity_check")[0][0] == "ok"


def test_a_pruned_key_may_be_used_again_in_a_file_of_old(old: Path) -> None:
    store = Store(old)
    with store.write() as connection:
        connection.execute("UPDATE refund SET key_pruned = 1 WHERE id = 're_1'")
        connection.execute(
            "INSERT INTO refund VALUES ('re_3', 'r1', 'ch_1', 100, 'succeeded', '2026-11-04T00:00:00+00:00', 0)"
        )
    assert len(store.rows("SELECT id FROM refund WHERE key = 'r1'")) == 2


def test_a_file_without_a_number_that_has_the_shape_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    Store(path).move_clock(timedelta(days=1))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    before = shape(path)
    again = Store(path)
    assert again.rows("SELECT ahead_seconds FROM clock")[0][0] == 86400
    assert again.rows("PRAGMA user_version")[0][0] == len(store_module._STEPS)
    assert shape(path) == before


def test_a_step_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(connection: sqlite3.Connection) -> None:
        raise RuntimeError("in the middle")

    before = shape(old)
    monkeypatch.setattr(store_module, "_STEPS", (*store_module._STEPS, breaks))
    with pytest.raises(RuntimeError):
        Store(old).rows("SELECT 1")
    assert shape(old) == before


@pytest.mark.parametrize("there", [True, False])
def test_several_processes_open_a_file_at_once(there: bool, old: Path) -> None:
    if not there:
        old.unlink()
    opening = [
        Popen([sys.executable, "-c", OPENING, str(old)], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
        for _ in range(6)
    ]
    for process in opening:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in opening:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=180) for process in opening]
    assert [out for out, _ in answers] == ["2\n" if there else "0\n"] * 6, [
        told[-300:] for _, told in answers
    ]
