"""The product and its floors, each with a database of its own on the same disk (or the same PostgreSQL)."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from tests.support import templates

from rig import processes
from rig.processes import Server

_SEED = "from almoner.config.demo_seed import seed; seed(port={PORT})"


def new_database(name: str, folder: Path, postgresql: str, *, like: str = "template0") -> str:
    """An empty database, or a copy of the one named `like`; returns its address.

    `postgresql` is a server's address, or "" for a SQLite file in `folder`.
    """
    if not postgresql:
        if (folder / f"{like}.sqlite3").exists():
            shutil.copyfile(folder / f"{like}.sqlite3", folder / f"{name}.sqlite3")
        return f"sqlite:///{folder / name}.sqlite3"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(create)
    return urlunsplit(urlsplit(postgresql)._replace(path=f"/{name}"))


def bare(name: str, folder: Path, postgresql: str) -> dict[str, str]:
    """A migrated installation of the product without a page in it; returns the environment that its processes need."""
    if not postgresql:
        # A copy of the file that the tests copy too: half a minute of migrations says nothing of what is measured.
        return _installation(name, folder, templates.MIGRATED.copy(f"bench_{name}", folder))
    env = _installation(name, folder, new_database(f"bench_{name}", folder, postgresql))
    processes.python("-m", "almoner", "manage", "migrate", "--verbosity=0", env=env)
    return env


def prepared(name: str, folder: Path, postgresql: str) -> dict[str, str]:
    """The same, seeded."""
    if not postgresql:
        return _seeded(name, folder)
    env = bare(name, folder, postgresql)
    processes.python("-m", "almoner", "manage", "shell", "--no-imports", "-c", _SEED.format(**env), env=env)
    return env


def _seeded(name: str, folder: Path) -> dict[str, str]:
    """A copy of what the tests seed once, with its pictures."""
    env = _installation(name, folder, templates.SEEDED.copy(f"bench_{name}", folder))
    shutil.copytree(templates.SEED_DATA, env["ALMONER_DATA_DIR"], dirs_exist_ok=True)
    with closing(sqlite3.connect(folder / f"bench_{name}.sqlite3")) as rows, rows:
        # Wagtail builds a page's address from its site's row.
        rows.execute("UPDATE wagtailcore_site SET port = ?", [int(env["PORT"])])
    return env


def copied(env: dict[str, str], name: str, folder: Path, postgresql: str) -> dict[str, str]:
    """A copy of an installation that nobody uses yet; returns the copy's environment."""
    like = urlsplit(env["ALMONER_DATABASE_URL"]).path.rpartition("/")[2].removesuffix(".sqlite3")
    copy = _installation(name, folder, new_database(f"bench_{name}", folder, postgresql, like=like))
    shutil.copytree(env["ALMONER_DATA_DIR"], copy["ALMONER_DATA_DIR"], dirs_exist_ok=True)
    return copy


def _installation(name: str, folder: Path, database_url: str) -> dict[str, str]:
    data, port = folder / name, str(processes.free_port())
    data.mkdir()
    return {
        "ALMONER_MODE": "demo",
        "ALMONER_DATA_DIR": str(data),
        "ALMONER_DATABASE_URL": database_url,
        "ALMONER_STATIC_DIR": str(templates.static_dir()),
        "ALMONER_SITE_URL": f"http://127.0.0.1:{port}",
        "ALMONER_TRUSTED_PROXIES": "1",
        "PORT": port,
    }


@contextmanager
def almoner(env: dict[str, str], *, core: int | None = None, **more: str) -> Iterator[Server]:
    """The product's web server. No worker runs: what it would do is measured apart."""
    log = Path(env["ALMONER_DATA_DIR"]) / "serve.log"
    command = [sys.executable, "-m", "almoner", "serve"]
    port = int(env["PORT"])
    with processes.running(
        "almoner", command, port=port, ready="/health/ready", env=env | more, log=log, core=core
    ) as server:
        yield server


@contextmanager
def floor_django(folder: Path, postgresql: str) -> Iterator[Server]:
    """The Django floor, with its one table."""
    env = {
        "ALMONER_DATABASE_URL": new_database("bench_floor", folder, postgresql),
        "DJANGO_SETTINGS_MODULE": "floor_django.settings",
    }
    processes.python("-m", "django", "migrate", "--run-syncdb", "--verbosity=0", env=env)
    with _floor("floor", "floor_django.wsgi:application", "/give/", folder, env) as server:
        yield server


@contextmanager
def floor_bytes(folder: Path) -> Iterator[Server]:
    """Ready bytes, and nothing else."""
    with _floor("bytes", "rig.floor_bytes:application", "/", folder, {}) as server:
        yield server


@contextmanager
def _floor(name: str, target: str, ready: str, folder: Path, env: dict[str, str]) -> Iterator[Server]:
    port = processes.free_port()
    command = [sys.executable, "-m", "rig.floor_server", target, str(port)]
    log = folder / f"{name}.log"
    with processes.running(name, command, port=port, ready=ready, env=env, log=log) as server:
        yield server


def postgresql_pid(address: str) -> int | None:
    """The PostgreSQL server's own process, when it runs on this machine with a socket of its own."""
    folder = dict(pair.partition("=")[::2] for pair in urlsplit(address).query.split("&")).get("host", "")
    file = Path(folder) / "data" / "postmaster.pid"
    return int(file.read_text().splitlines()[0]) if folder and file.is_file() else None
