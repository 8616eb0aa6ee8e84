"""The cluster as a whole: brought up, asked who is primary, taken down."""

import http.client
import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.cluster.cutting import heal
from tests.cluster.layout import (
    DATABASE_PORT,
    PASSWORD,
    ROOT,
    SITE_PORT,
    SUPERUSER_PASSWORD,
    Node,
    etcd,
    lay_out,
    nodes,
    program,
)
from tests.cluster.processes import Book, kill_all, wait_until

SITE: Final = f"http://127.0.0.1:{SITE_PORT}"
_ROOT: Final = os.geteuid() == 0
# Patroni's loop_wait is 5 s.
_TURN_SECONDS: Final = 7


class Cluster:
    """Three nodes under `home`, a folder of ours that `down` removes."""

    def __init__(self, home: Path, *, patroni: Path) -> None:
        self.home = home
        self.nodes = nodes(home)
        self.book = Book(home)
        self._patroni = patroni
        self.synchronous = True

    # ---- up and down -------------------------------------------------------------------------------------------

    def up(self) -> None:
        """All of it, from nothing: about a minute and a half on two cores."""
        for name in ("etcd", "postgres", "pgbouncer", "haproxy"):
            program(name)
        self.home.mkdir(parents=True)
        # PostgreSQL's user walks through; the passwords that lie below guard nothing.
        self.home.chmod(0o755)
        lay_out(self.home)
        for node in self.nodes:
            self._own(node)
            self._start_etcd(node)
        for node in self.nodes:
            self.start_database(node)
            if node.number == 1:
                # The first one makes the database; the others copy it.
                wait_until(lambda: self.primary() is not None, "there is a primary", seconds=90)
        self.book.start("haproxy", [program("haproxy"), "-db", "-f", str(self.home / "haproxy.cfg")])
        wait_until(lambda: len(self.standbys()) == 2, "both standbys follow", seconds=120)
        self._make_database()
        self._make_site()
        for node in self.nodes:
            self.start_site(node)
        wait_until(lambda: _status(SITE, "/health/ready") == 200, "the site is ready", seconds=90)

    def down(self) -> None:
        """End exactly what was started, heal the network, remove the folder."""
        heal()
        kill_all([each.pid for each in self.book.all() if each.alive])
        kill_all([pid for node in self.nodes if (pid := self.postmaster(node)) is not None])
        shutil.rmtree(self.home, ignore_errors=True)

    # ---- a node's processes ------------------------------------------------------------------------------------

    def start_database(self, node: Node) -> None:
        """Patroni, which starts PostgreSQL, and the pooler."""
        # Its venv's own Python: what stands in the environment is another's.
        env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": str(node.folder)}
        config = str(node.folder / "patroni.yml")
        self.book.start(f"{node.name}-patroni", [str(self._patroni), config], env=env, group=node.group)
        self.book.start(
            f"{node.name}-pgbouncer",
            [program("pgbouncer"), "--quiet", str(node.folder / "pgbouncer.ini")],
            group=node.group,
        )

    def start_site(self, node: Node) -> None:
        """Web and worker, as if on a host of their own."""
        self.start_web(node)
        self.start_worker(node)

    def start_web(self, node: Node) -> None:
        self.book.start(f"{node.name}-web", [sys.executable, "-m", "almoner", "serve"], env=self._env(node))

    def start_worker(self, node: Node) -> None:
        self.book.start(
            f"{node.name}-worker", [sys.executable, "-m", "almoner", "worker"], env=self._env(node)
        )

    def start_node(self, node: Node) -> None:
        """Bring back what `kill_node` took."""
        self._start_etcd(node)
        self.start_database(node)

    def kill_node(self, node: Node) -> None:
        """SIGKILL to etcd, Patroni, PostgreSQL with all its processes, and PgBouncer, at once."""
        names = {f"{node.name}-{each}" for each in ("etcd", "patroni", "pgbouncer")}
        ours = [each.pid for each in self.book.all() if each.name in names and each.alive]
        postmaster = self.postmaster(node)
        kill_all([*ours, *([postmaster] if postmaster else [])])
        self.book.kill(names)

    def postmaster(self, node: Node) -> int | None:
        """The number of the node's PostgreSQL, if it runs."""
        try:
            pid = int((node.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        # Patroni names the folder in the command: a number that was given again is another's.
        return pid if str(node.data).encode() in command else None

    # ---- asking ------------------------------------------------------------------------------------------------

    def is_primary(self, node: Node) -> bool:
        return self._is(node, "/primary")

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if self.is_primary(node)), None)

    def await_primary(self, *, other_than: Node | None = None, seconds: float = 60) -> Node:
        found: list[Node] = []

        def there() -> bool:
            primary = self.primary()
            found[:] = [primary] if primary is not None and primary != other_than else []
            return bool(found)

        wait_until(there, "there is a primary", seconds=seconds)
        return found[0]

    def standbys(self) -> list[Node]:
        """Those that stream from the primary and, where commits wait for one, have a vote in who is next. Without one
        nobody may take the primary's place: after a fault Patroni needs a turn or two to give votes again."""
        path = "/quorum" if self.synchronous else "/replica"
        return [node for node in self.nodes if self._is(node, path) and self._state(node) == "streaming"]

    def await_standbys(self) -> None:
        """Until both follow, and have for longer than Patroni's turn: a primary that was just started again takes both
        their votes away at its first turn, and what is asked before that tells of the time before the fault."""
        since = time.monotonic()

        def settled() -> bool:
            nonlocal since
            if len(self.standbys()) < 2:
                since = time.monotonic()
            return time.monotonic() - since > _TURN_SECONDS

        wait_until(settled, "both standbys follow", seconds=120)

    def stop_waiting(self) -> None:
        """From now on commits wait for no standby, and one that lags may become primary: the control's settings."""
        self.synchronous = False
        self._change(synchronous_mode=False, synchronous_mode_strict=False, maximum_lag_on_failover=1 << 30)
        wait_until(
            lambda: all(self._standby_names(node) == "" for node in [self.await_primary()]), "no commit waits"
        )

    def _standby_names(self, node: Node) -> str:
        with psycopg.connect(
            host=node.host, port=node.port("postgres"), user="postgres", password=SUPERUSER_PASSWORD,
            dbname="postgres", connect_timeout=5,
        ) as link:  # fmt: skip
            found = link.execute("SHOW synchronous_standby_names").fetchone()
            return str(found[0]) if found else ""

    def _change(self, **dcs: object) -> None:
        """Change what Patroni keeps in etcd, as `patronictl edit-config` does."""
        node = self.await_primary()
        link = http.client.HTTPConnection(node.host, node.port("patroni"), timeout=10)
        link.request("PATCH", "/config", body=json.dumps(dcs), headers={"Content-Type": "application/json"})
        answer = link.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"Patroni refused {dcs}: {answer.status} {answer.read()!r}")

    def connect(self, **kwargs: Any) -> "psycopg.Connection[Any]":
        """A connection to the primary, straight, for the reckoning."""
        return psycopg.connect(
            host="127.0.0.1", port=DATABASE_PORT, user="almoner", password=PASSWORD, dbname="almoner",
            connect_timeout=10, autocommit=True, **kwargs,
        )  # fmt: skip

    def almoner(self, *arguments: str, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
        """Run a command as on the first host, past the pooler."""
        url = f"postgresql://almoner:{PASSWORD}@127.0.0.1:{DATABASE_PORT}/almoner"
        return subprocess.run(
            [sys.executable, "-m", "almoner", *arguments],
            env=self._env(self.nodes[0]) | {"ALMONER_DATABASE_URL": url, "ALMONER_DATABASE_PGBOUNCER": ""},
            cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip

    @property
    def sandbox(self) -> Path:
        """The gateway's own truth. A real gateway's stands on its own servers; here each host has a link to it."""
        return self.home / "gateway" / "sandbox.sqlite3"

    def tail(self, name: str, lines: int = 15) -> str:
        log = self.home / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    # ---- inside ------------------------------------------------------------------------------------------------

    def _start_etcd(self, node: Node) -> None:
        self.book.start(f"{node.name}-etcd", etcd(node), group=node.group)

    def _own(self, node: Node) -> None:
        if _ROOT:
            owner = pwd.getpwnam("postgres").pw_uid
            for path in (node.folder, *node.folder.iterdir()):
                os.chown(path, owner, node.group)

    def _is(self, node: Node, path: str) -> bool:
        return _status(f"http://{node.host}:{node.port('patroni')}", path) == 200

    def _state(self, node: Node) -> str:
        link = http.client.HTTPConnection(node.host, node.port("patroni"), timeout=2)
        try:
            link.request("GET", "/patroni")
            return str(json.loads(link.getresponse().read()).get("replication_state"))
        except (OSError, http.client.HTTPException, ValueError):
            return ""
        finally:
            link.close()

    def _make_database(self) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=DATABASE_PORT, user="postgres", password=SUPERUSER_PASSWORD,
            dbname="postgres", autocommit=True,
        ) as link:  # fmt: skip
            link.execute(f"CREATE ROLE almoner LOGIN PASSWORD '{PASSWORD}'")
            link.execute("CREATE DATABASE almoner OWNER almoner")

    def _make_site(self) -> None:
        self.sandbox.parent.mkdir()
        self.sandbox.touch()
        for node in self.nodes:
            data = self._data(node)
            data.mkdir()
            (data / "sandbox.sqlite3").symlink_to(self.sandbox)
        seed = f"from almoner.config.demo_seed import seed; seed(port={SITE_PORT})"
        for command in (("upgrade",), ("manage", "shell", "--verbosity=0", "--command", seed)):
            done = self.almoner(*command)
            if done.returncode:
                raise RuntimeError(f"almoner {command[0]} failed:\n{done.stdout}{done.stderr}")

    def _data(self, node: Node) -> Path:
        return self.home / f"{node.name}-almoner"

    def _env(self, node: Node) -> dict[str, str]:
        """A host's own settings: its data folder, its pooler, its address."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
        many = "1000000"
        limits = ("ATTEMPTS", "DECLINES_WORK", "DECLINES", "EMAIL_ATTEMPTS", "ATTACK_FROM")
        return kept | {f"ALMONER_LIMIT_{name}": many for name in limits} | {
            "ALMONER_MODE": "demo",
            "ALMONER_SECRET_KEY": "drill: not a secret of anybody's, fifty characters and more 0123456789",
            "ALMONER_DATA_DIR": str(self._data(node)),
            "ALMONER_STATIC_DIR": str(self.home / "static"),
            "ALMONER_ADDRESSES_DIR": str(self.home / "addresses"),
            "ALMONER_DATABASE_URL": node.database_url,
            "ALMONER_DATABASE_PGBOUNCER": "yes",
            "ALMONER_SITE_URL": SITE,
            "ALMONER_TRUSTED_PROXIES": "1",
            "ALMONER_HOST": node.host,
            "ALMONER_WORKERS": "1",
            "ALMONER_THREADS": "16",
            "PORT": str(node.port("web")),
        }  # fmt: skip


def _status(base: str, path: str) -> int:
    link = http.client.HTTPConnection(base.removeprefix("http://"), timeout=2)
    try:
        link.request("GET", path, headers={"X-Forwarded-For": "127.0.0.1"})
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()
