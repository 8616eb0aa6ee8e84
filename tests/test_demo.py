"""`almoner demo` as a stranger starts it: ready, stopped by Ctrl-C, and the same again the second time."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.server import free_port, wait_until


@contextmanager
def demo(data: Path, log: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "almoner", "demo"],
            env=clean | {"ALMONER_DATA_DIR": str(data), "PORT": str(port)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
        assert answer.status == 200
        return str(answer.read().decode())


def test_a_demo_starts_stops_and_keeps_its_data(tmp_path: Path) -> None:
    data, log, port = tmp_path / "data", tmp_path / "log", free_port()
    passwords = []
    for _ in range(2):
        with demo(data, log, port) as process:
            wait_until(
                lambda: "Ready:" in log.read_text() or process.poll() is not None,
                seconds=180,
                says=log.read_text,
            )
            said = log.read_text()
            assert f"Ready: http://127.0.0.1:{port}/" in said, said
            for address in re.findall(r"http://127\.0\.0\.1:\d+/\S*", said):
                assert get(address)
            passwords += re.findall(r"user staff, password (\S+)", said)
        assert process.returncode == 0
        with socket.socket() as probe:
            # The web server went with it.
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert passwords[0] == passwords[1]


def test_a_taken_port_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        log = tmp_path / "log"
        with demo(tmp_path / "data", log, port) as process:
            assert process.wait(timeout=60) == 1
    assert f"Port {port} is taken." in log.read_text()
    assert not (tmp_path / "data" / "almoner.sqlite3").exists()
