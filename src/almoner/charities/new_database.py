"""A new database at once: what all migrations together leave behind, kept as SQL (`script/new-database` writes it).

Migrating an empty database takes half a minute, and most of it goes into models that no table needs. What is kept is
taken only where it makes no difference: the database is empty, and whatever made it (each migration's source, the
packages, the file itself) is byte for byte what stands here. Otherwise, and from there on, Django migrates.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# What makes tables, or has migrations of its own.
_PACKAGES: Final = ("Django", "wagtail", "wagtail-2fa", "django-otp", "django-taggit", "django-modelcluster")
_FOLDER: Final = Path(__file__).with_name("sql")
# Where each database gets an identifier of its own.
OWN_UUID: Final = "'{uuid}'"
BETWEEN: Final = "\n--\n"
_OURS: Final = re.compile(r"^(?:import|from) (almoner[\w.]*)(?: import (\w+))?", re.MULTILINE)


def make(connection: BaseDatabaseWrapper) -> int:
    """Fill an empty database; returns how many migrations that makes up for: 0 where it was left to Django."""
    path = file(connection.vendor)
    if not path.exists() or connection.introspection.table_names():
        return 0
    kept = Kept.read(path.read_text(encoding="utf-8"))
    if next(differing(kept), ""):
        return 0
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in kept.body.split(BETWEEN):
            cursor.execute(re.sub(OWN_UUID, lambda _: f"'{uuid.uuid4().hex}'", statement))
        applied = MigrationRecorder(connection).migration_qs
        applied.bulk_create(applied.model(app=app, name=name) for app, name in kept.migrations)
    return len(kept.migrations)


@dataclass(frozen=True, slots=True)
class Kept:
    """`made_by`: digests, by the names of packages and of migrations; `body`: the SQL."""

    made_by: Mapping[str, str]
    body: str

    @classmethod
    def of(cls, migrations: list[tuple[str, str]], body: str) -> "Kept":
        """As it is now. `migrations` in the order in which they were applied."""
        names = ["body", *_PACKAGES, *(f"{app}.{name}" for app, name in migrations)]
        return cls(made_by={name: _digest(name, body) for name in names}, body=body)

    @classmethod
    def read(cls, text: str) -> "Kept":
        head, _, body = text.partition("\n\n")
        lines = (line.removeprefix("-- ").split(" ", 1) for line in head.splitlines()[1:])
        return cls(made_by=dict(lines), body=body.removesuffix("\n"))

    def __str__(self) -> str:
        head = "\n".join(f"-- {name} {digest}" for name, digest in self.made_by.items())
        return f"-- Written by script/new-database\n{head}\n\n{self.body}\n"

    @property
    def migrations(self) -> list[tuple[str, str]]:
        names = (name.partition(".") for name in self.made_by)
        return [(app, migration) for app, dot, migration in names if dot]


def file(vendor: str) -> Path:
    return _FOLDER / f"{vendor}.sql"


def differing(kept: Kept) -> Iterator[str]:
    """What is no longer as it was when this was kept."""
    return (name for name, digest in kept.made_by.items() if _digest(name, kept.body) != digest)


def _digest(name: str, body: str) -> str:
    if name == "body":
        return _short(body.encode())
    if name in _PACKAGES:
        return version(name)
    app, _, migration = name.partition(".")
    return _source_digest(app, migration)


def _source_digest(app: str, name: str) -> str:
    """Of a migration and of what it takes from our rooms. `replaced`: of one that only its name is left of."""
    if app not in apps.app_configs:
        return "gone"
    source = _source(f"{MigrationLoader.migrations_module(app)[0]}.{name}")
    if not source:
        return "replaced"
    taken = {module for found in _OURS.findall(source.decode()) for module in (found[0], ".".join(found))}
    return _short(b"\0".join((source, *(_source(module) for module in sorted(taken)))))


def _source(module: str) -> bytes:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # What is taken from a module needn't be one.
        return b""
    return Path(spec.origin).read_bytes() if spec and spec.origin else b""


def _short(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]
