"""Real servers and workers, in processes of their own, over a copy of a database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker
from wagtail.models import Site as WagtailSite

from tests.support import leftovers, templates
from tests.support.addresses import addresses_dir
from tests.support.databases import LiveDb, borrowed, database_name
from tests.support.warm import Warm
from tests.support.warm import run as run_warm

# A limit that is never reached costs nothing, and a machine under load takes long to start a server.
_PATIENCE_SECONDS = 180


# Nobody else is given a port that a socket of ours holds, though it only holds it.
_held: list[socket.socket] = []


def free_port() -> int:
    """A port of this process alone until it ends. Whoever listens there must let others hold it (SO_REUSEADDR)."""
    holder = socket.socket()
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        holder.setsockopt(socket.SOL_SOCKET, option, 1)
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    port: int = holder.getsockname()[1]
    return port


@dataclass
class Process:
    """One `almoner` command that runs until it is stopped or killed."""

    popen: "subprocess.Popen[bytes] | Warm"
    log: Path

    def __post_init__(self) -> None:
        leftovers.ends_with_us(groups=[self.popen.pid])

    def kill(self) -> None:
        """SIGKILL, to the process and all that it started."""
        self._signal(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self._signal(signal.SIGTERM)
        return self.popen.wait(timeout=_PATIENCE_SECONDS)

    def wait(self, timeout_seconds: float = _PATIENCE_SECONDS) -> int:
        return self.popen.wait(timeout=timeout_seconds)

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def _signal(self, number: signal.Signals) -> None:
        if self.popen.poll() is None:
            # Its own group, which nothing else is in.
            os.killpg(self.popen.pid, number)
        if number == signal.SIGKILL:
            self.popen.wait(timeout=_PATIENCE_SECONDS)
            leftovers.ended(self.popen.pid)


@dataclass
class Site:
    """A running server. `base` is its address without a slash at the end; mail goes to files in `mail_dir`. Where it is
    `warm`, its processes are forks of one that has imported everything.
    """

    base: str
    data_dir: Path
    env: dict[str, str]
    db: LiveDb
    warm: bool = False
    processes: list[Process] = field(default_factory=list)

    @property
    def mail_dir(self) -> Path:
        return self.data_dir / "outbox"

    def start(self, *arguments: str, **env: str) -> Process:
        """Run another `almoner` command beside the server, such as `start("worker")`."""
        log = self.data_dir / f"{arguments[0]}-{len(self.processes)}.log"
        process = Process((Warm if self.warm else _cold)(arguments, env=self.env | env, log=log), log)
        self.processes.append(process)
        return process

    def serve(self, **env: str) -> Process:
        """Start the web server (again) and wait until it is ready."""
        process = self.start("serve", **env)
        wait_until(
            lambda: _answers(f"{self.base}/health/ready") or process.popen.poll() is not None,
            says=lambda: f"the server did not come up:\n{process.output}",
        )
        assert process.popen.poll() is None, process.output
        return process

    def work(self) -> None:
        """Do all that the outbox has ready now, and come back."""
        process = self.start("worker", "--once")
        assert process.wait() == 0, process.output

    def shell(self, source: str) -> str:
        """What `almoner manage shell` prints of this source, by a fork of the warm process."""
        arguments = ("manage", "shell", "--verbosity=0", "-c", source)
        code, said, errors = run_warm(arguments, env=self.env, cwd=templates.ROOT)
        assert code == 0, said + errors
        return said

    def end(self) -> None:
        for process in self.processes:
            process.kill()


def _cold(arguments: tuple[str, ...], *, env: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "almoner", *arguments],
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until(
    holds: Callable[[], object],
    *,
    seconds: float = _PATIENCE_SECONDS,
    says: Callable[[], str] = lambda: "it never held",
) -> None:
    """Wait on a condition; fail with what `says` returns."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(says())
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def new_site(db: LiveDb, data_dir: Path, *, warm: bool = False, **env: str) -> Site:
    """A site that isn't started yet: demo mode, this process's secret, its own data folder, a free port."""
    data_dir.mkdir(parents=True, exist_ok=True)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    own = {
        "ALMONER_MODE": "demo",
        "ALMONER_DATABASE_URL": db.url,
        "ALMONER_DATA_DIR": str(data_dir),
        "ALMONER_STATIC_DIR": str(templates.static_dir()),
        "ALMONER_ADDRESSES_DIR": str(addresses_dir()),
        "ALMONER_SECRET_KEY": settings.SECRET_KEY,
        "ALMONER_SITE_URL": base,
        "ALMONER_WORKERS": "1",
        "ALMONER_THREADS": "8",
        "PORT": str(port),
    }
    return Site(base=base, data_dir=data_dir, env=os.environ | own | env, db=db, warm=warm)


@pytest.fixture
def new_server(
    live_db: LiveDb, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Site]]:
    """`new_server(ALMONER_X="…")` makes a site over this test's `live_db` and starts its server. A drill's is warm, any
    other is executed."""
    warm = request.node.get_closest_marker("crash") is not None
    with ExitStack() as stack:

        def make(*, started: bool = True, **env: str) -> Site:
            site = new_site(live_db, tmp_path / "site", warm=warm, **env)
            stack.callback(site.end)
            if started:
                site.serve()
            return site

        yield make


@pytest.fixture
def server(new_server: Callable[..., Site]) -> Site:
    """A running web server over this test's `live_db`. Nothing works its outbox until `work()` or `start("worker")`."""
    return new_server()


@pytest.fixture
def demo_site(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The demonstration over a database of this test's own: its server runs, its worker doesn't until `work()`."""
    with django_db_blocker.unblock():
        for db in borrowed(templates.SEEDED.copy(database_name("demo"), tmp_path)):
            site = _seeded(db, tmp_path / "site")
            site.serve()
            yield site
            site.end()


def _seeded(db: LiveDb, data_dir: Path) -> Site:
    site = new_site(db, data_dir, warm=True)
    # Wagtail builds a page's address from its site's row.
    WagtailSite.objects.update(hostname="127.0.0.1", port=int(site.env["PORT"]))
    return site
