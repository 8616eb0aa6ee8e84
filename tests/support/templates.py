"""Migrated databases, built once and then copied: append-only triggers forbid Django's flush between tests.

A template is named by a digest of all that shapes it, so that it is built again when a migration changes and never
otherwise, not even by the next run.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".pytest_cache" / "almoner"
_PACKAGES = ("Django", "wagtail", "wagtail-2fa", "django-otp", "django-taggit")


def base_url() -> str:
    """Where the suite's databases live: PostgreSQL when ALMONER_DATABASE_URL names one, else SQLite ("")."""
    url = os.environ.get("ALMONER_DATABASE_URL", "")
    return url if url.startswith("postgresql:") else ""


def digest(patterns: Iterable[str]) -> str:
    """Sixteen hexadecimal digits over the files that match and the packages' versions."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in (ROOT / "src").rglob(pattern)}):
        if "/tests/" not in str(path) and path.is_file():
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    for package in _PACKAGES:
        total.update(f"{package}={version(package)}".encode())
    return total.hexdigest()[:16]


@contextmanager
def lock(name: str) -> Iterator[None]:
    """One process at a time, over all of the suite's workers."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def almoner(*arguments: str, env: dict[str, str], timeout_seconds: float = 300) -> str:
    """Run the command in a process of its own; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "almoner", *arguments],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_seconds,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"almoner {' '.join(arguments)} failed:\n{done.stdout}")
    return done.stdout


def static_dir() -> Path:
    """Collected static files, made once and then shared."""
    folder = CACHE / f"static_{digest(('static/**/*',))}"
    with lock("static"):
        if not (folder / "staticfiles.json").exists():
            env = {
                "ALMONER_MODE": "demo",
                "ALMONER_DATA_DIR": str(folder / "data"),
                "ALMONER_STATIC_DIR": str(folder),
            }
            almoner("manage", "collectstatic", "--noinput", "--verbosity=0", env=env)
    return folder


class Template:
    """A database that is copied and never used. `build` fills an empty one at an address."""

    def __init__(
        self, name: str, patterns: Iterable[str], *commands: tuple[str, ...], of: "Template | None" = None
    ) -> None:
        self._name = f"{name}_{digest(patterns)}"
        self._commands = commands
        self._of = of

    def copy(self, name: str, folder: Path) -> str:
        """A fresh copy; returns its address. `folder` holds SQLite's file."""
        self.build()
        if base_url():
            _create(name, template=f"almoner_{self._name}")
            return _address(name)
        path = folder / f"{name}.sqlite3"
        shutil.copyfile(self._file, path)
        return f"sqlite:///{path}"

    def build(self) -> None:
        """Whoever comes while another builds waits until it stands."""
        with lock(f"template_{self._name}"):
            self._ensure()

    @property
    def _file(self) -> Path:
        return CACHE / f"{self._name}.sqlite3"

    def _ensure(self) -> None:
        if base_url():
            self._ensure_postgresql()
        elif not self._file.exists():
            building = self._file.with_suffix(".building")
            for leftover in CACHE.glob(f"{building.name}*"):
                leftover.unlink()
            if self._of is not None:
                Path(self._of.copy(building.name, CACHE).removeprefix("sqlite:///")).rename(building)
            self._run(f"sqlite:///{building}")
            # Closing the last connection folded the log into the file, so the one file is the database.
            building.rename(self._file)

    def _ensure_postgresql(self) -> None:
        name = f"almoner_{self._name}"
        with _admin() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
        building = f"{name}_b"
        drop(_address(building))
        if self._of is not None:
            self._of.copy(building, CACHE)
        else:
            _create(building, template="template0")
        self._run(_address(building))
        with _admin() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )

    def _run(self, url: str) -> None:
        env = {
            "ALMONER_MODE": "test",
            "ALMONER_DATABASE_URL": url,
            "ALMONER_DATA_DIR": str(CACHE / "seed-data"),
        }
        for command in self._commands:
            almoner(*command, env=env)


def empty(name: str, folder: Path) -> str:
    """A database without any table; returns its address."""
    if base_url():
        _create(name, template="template0")
        return _address(name)
    return f"sqlite:///{folder / name}.sqlite3"


def drop(url: str) -> None:
    """Remove a copy, whoever is still connected to it."""
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        return
    name = urlsplit(url).path.removeprefix("/")
    with _admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _address(name: str) -> str:
    return urlunsplit(urlsplit(base_url())._replace(path=f"/{name}"))


def _create(name: str, *, template: str) -> None:
    with _admin() as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(_address("postgres"), autocommit=True)) as connection:
        yield connection


MIGRATED = Template(
    "migrated",
    ("migrations/*.py", "models.py", "models/*.py", "appendonly.py", "new_database.py", "sql/*.sql"),
    ("manage", "migrate", "--verbosity=0"),
)

# The demonstration's charity, form and stories, as `almoner demo` makes them.
SEED_DATA = CACHE / "seed-data"
SEEDED = Template(
    "seeded",
    ("*.py", "*.json", "*.csv", "*.svg"),
    (
        "manage",
        "shell",
        "--verbosity=0",
        "--command=from almoner.config.demo_seed import seed; seed(port=80)",
    ),
    of=MIGRATED,
)


def build_all() -> None:
    """All that the suite copies, in the order in which it is asked for."""
    static_dir()
    for template in (MIGRATED, SEEDED):
        template.build()
