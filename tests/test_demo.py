"""`script/demo` as a stranger starts it: ready, stopped by Ctrl-C, and the same again the second time."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.support.server import free_port, wait_until
from tests.support.templates import ROOT

pytestmark = pytest.mark.once


@contextmanager
def demo(data: Path, log: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The script from another folder, in a group of its own as a terminal gives it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [ROOT / "script/demo"],
            cwd=log.parent,
            env=clean | {"ALMONER_DATA_DIR": str(data), "PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            # Ctrl-C reaches everybody in the foreground.
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=600)


def started_by(data: Path) -> list[str]:
    """The processes that live on this data folder: the demonstration itself, its servers, its worker."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environ = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # Another user's, or over meanwhile.
        if f"ALMONER_DATA_DIR={data}".encode() in environ and command:
            found.append(command.strip())
    return found


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=120) as answer:  # noqa: S310
        assert answer.status == 200
        return str(answer.read().decode())


def test_a_demo_starts_stops_and_keeps_its_data(tmp_path: Path) -> None:
    data, log, port = tmp_path / "data", tmp_path / "log", free_port()
    passwords = []
    for _ in range(2):
        with demo(data, log, port) as process:
            wait_until(
                lambda: "Ready:" in log.read_text() or process.poll() is not None,
                seconds=600,
                says=log.read_text,
            )
            said = log.read_text()
            assert f"Ready: http://127.0.0.1:{port}/" in said, said
            for address in re.findall(r"http://127\.0\.0\.1:\d+/\S*", said):
                assert get(address)
            assert "Lassen Sie für ein Kind ein Licht an" in get(f"http://127.0.0.1:{port}/de/give/4840/")
            passwords += re.findall(r"user staff, password (\S+)", said)
            running = started_by(data)
            for command in ("almoner demo", "almoner serve", "almoner worker"):
                assert any(command in each for each in running), running
            if len(passwords) == 1:
                # What somebody does in the first run is there in the second.
                rows = sqlite3.connect(data / "almoner.sqlite3")
                rows.execute("UPDATE charities_charity SET phone = '1234'")
                rows.commit()
                rows.close()
        assert process.returncode == 0
        assert "Stopping. The data stays" in log.read_text()
        # What Python itself started beside a server ends by itself, when it sees that the server has.
        wait_until(lambda: started_by(data) == [], says=lambda: str(started_by(data)))
        with socket.socket() as probe:
            # The web server went with it.
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert passwords[0] == passwords[1]
    with closing(sqlite3.connect(data / "almoner.sqlite3")) as rows:
        assert rows.execute("SELECT phone FROM charities_charity").fetchall() == [("1234",)]


def test_a_taken_port_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        log = tmp_path / "log"
        with demo(tmp_path / "data", log, port) as process:
            assert process.wait(timeout=600) == 1
    assert f"Port {port} is taken." in log.read_text()
    assert not (tmp_path / "data" / "almoner.sqlite3").exists()
