"""Writers' turns, on a SQLite of the test's own, whichever database the suite runs on."""

import fcntl
import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from almoner.config import database
from almoner.config.sqlite import folding
from almoner.config.sqlite.base import DatabaseWrapper, Turn, turn_of
from almoner.kernel.environment import Environment


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "turns.sqlite3"


@pytest.fixture
def connection(path: Path) -> Iterator[DatabaseWrapper]:
    settings = database.read(Environment({"ALMONER_DATABASE_URL": f"sqlite:///{path}"}))
    made = ConnectionHandler({"default": settings})["default"]
    assert isinstance(made, DatabaseWrapper)
    made.set_autocommit(True)
    yield made
    made.close()


def taken(path: Path) -> bool:
    """Whether anybody has the turn, as another process would see it."""
    with Path(f"{path}.turn").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def begin(connection: DatabaseWrapper) -> None:
    connection._start_transaction_under_autocommit()
    connection.in_atomic_block = True


def test_what_keeps_a_committed_gift_is_set_on_each_connection(connection: DatabaseWrapper) -> None:
    """A log beside the file, synced at each commit (2 is FULL); REPLACE doesn't walk round the append-only triggers."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    for _ in range(2):
        with connection.cursor() as cursor:
            assert {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
        connection.close()


def test_a_transaction_has_the_turn_until_it_ends(connection: DatabaseWrapper, path: Path) -> None:
    for end in (connection._commit, connection._rollback):
        begin(connection)
        assert taken(path)
        end()
        assert not taken(path)
    begin(connection)
    connection._close()
    assert not taken(path)


def test_a_begin_that_fails_gives_the_turn_back(connection: DatabaseWrapper, path: Path) -> None:
    begin(connection)
    # BEGIN within a transaction is an error.
    with pytest.raises(DatabaseError):
        connection._start_transaction_under_autocommit()
    assert not taken(path)


def test_a_connection_that_nobody_holds_any_more_gives_it_back(path: Path) -> None:
    seen: list[bool] = []

    def lost() -> None:
        settings = database.read(Environment({"ALMONER_DATABASE_URL": f"sqlite:///{path}"}))
        own = ConnectionHandler({"default": settings})["default"]
        own.set_autocommit(True)
        own._start_transaction_under_autocommit()  # type: ignore[attr-defined]
        seen.append(taken(path))

    thread = threading.Thread(target=lost)
    thread.start()
    thread.join()
    gc.collect()
    assert seen == [True]
    assert not taken(path)


def test_who_waits_in_vain_goes_on_without(path: Path) -> None:
    turn = Turn(f"{path}.turn")
    held = turn.take()
    assert held is not None
    assert turn.take(wait_seconds=0.01) is None
    held.give()
    # Giving twice is harmless, and takes nobody else's.
    again = turn.take(wait_seconds=0.01)
    held.give()
    assert again is not None and taken(path)
    again.give()


def test_a_killed_process_gives_it_back(path: Path) -> None:
    source = (
        "import sys, threading\n"
        "from almoner.config.sqlite.base import Turn\n"
        "held = Turn(sys.argv[1]).take()\n"
        "print('held', flush=True)\n"
        "threading.Event().wait()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", source, f"{path}.turn"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    assert taken(path)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    process.stdout.close()
    held = Turn(f"{path}.turn").take()
    assert held is not None
    held.give()


def test_a_forked_child_has_a_queue_of_its_own(path: Path) -> None:
    ours = turn_of(f"{path}.turn")
    assert turn_of(f"{path}.turn") is ours
    child = os.fork()
    if child == 0:
        os._exit(0 if turn_of(f"{path}.turn") is not ours else 1)
    assert os.waitpid(child, 0)[1] == 0


def commit(connection: DatabaseWrapper, text: str = "x" * 3000) -> None:
    begin(connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO texts (text) VALUES (%s)", [text])
    connection._commit()
    connection.in_atomic_block = False


@pytest.fixture
def texts(connection: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE texts (text TEXT)")


@pytest.mark.usefixtures("texts")
def test_the_log_is_folded_while_nobody_can_commit(
    connection: DatabaseWrapper, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself never does, for a commit that meets its folding can be lost."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint")
        assert cursor.fetchone() == (0,)
    others: list[str] = []

    class Watched:
        def execute(self, statement: str) -> Any:
            assert taken(path)
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                with pytest.raises(sqlite3.OperationalError) as refused:
                    other.execute("BEGIN IMMEDIATE")
                others.append(str(refused.value))
            return connection.connection.execute(statement)

    monkeypatch.setattr(folding, "fold", lambda _, file, real=folding.fold: real(Watched(), file))
    before = path.stat().st_size
    for _ in range(600):
        commit(connection)
    assert others == ["database is locked"] * 9
    # A log of 600 commits has 1,800 pages; it was begun anew instead.
    assert Path(f"{path}-wal").stat().st_size < 300 * 4096
    assert path.stat().st_size > before + 500 * 3000
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM texts").fetchone() == (600,)


@pytest.mark.usefixtures("texts")
def test_a_large_commit_is_folded_at_once(connection: DatabaseWrapper, path: Path) -> None:
    commit(connection, "x" * 5_000_000)
    assert path.stat().st_size > 5_000_000


@pytest.mark.usefixtures("texts")
def test_a_folding_that_fails_takes_no_commit_back(
    connection: DatabaseWrapper, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While a reader holds on to an old state the log only grows; and so it does while somebody writes out of turn."""

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM texts").fetchone()
        for _ in range(70):
            commit(connection)
    monkeypatch.setattr(folding, "fold", refuse)
    for _ in range(70):
        commit(connection)
    assert not taken(path)
    assert "the database's log was not folded: database or disk is full" in caplog.text
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM texts").fetchone() == (140,)


def test_writers_in_many_threads_all_commit(connection: DatabaseWrapper, path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE n (value INTEGER)")
        cursor.execute("INSERT INTO n VALUES (0)")
    settings = database.read(Environment({"ALMONER_DATABASE_URL": f"sqlite:///{path}"}))
    handler = ConnectionHandler({"default": settings})
    faults: list[BaseException] = []

    def add() -> None:
        own = handler["default"]
        try:
            for _ in range(20):
                own.set_autocommit(True)
                own._start_transaction_under_autocommit()  # type: ignore[attr-defined]
                with own.cursor() as cursor:
                    cursor.execute("SELECT value FROM n")
                    (value,) = cursor.fetchone()
                    cursor.execute("UPDATE n SET value = %s", [value + 1])
                own._commit()  # type: ignore[attr-defined]
        except (DatabaseError, transaction.TransactionManagementError) as fault:
            faults.append(fault)
        finally:
            own.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM n")
        assert cursor.fetchone() == (160,)
    assert not taken(path)
