"""script/safe_migrations.py: whether each new migration may run while the version before it still serves.

New are those after the numbers in script/migrations_before.txt: the migrations of the last version that anybody runs.
What can't be done safely in one step is done in two versions, or says why it is safe here, in the migration:

    class Migration(migrations.Migration):
        safe_because = {"RemoveField gift.colour": "no version since 0.3 reads or writes it"}
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

BEFORE = Path(__file__).with_name("migrations_before.txt")

_TWO_VERSIONS = "the version before still reads it: stop using it in one version, take it away in the next"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
    django.setup()
    found = [fault for migration, state in new() for fault in faults(migration, state)]
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print(
            "A migration runs while the version before it serves. Make it safe, or say in it why it is: `safe_because`,"
            " as script/safe_migrations.py has it. Until the first release: or move its number.",
            file=sys.stderr,
        )
    return 1 if found else 0


def new() -> Iterator[tuple[migrations.Migration, ProjectState]]:
    """Migrations of ours that no version has had yet, each with the state before it."""
    before = dict(
        line.split() for line in BEFORE.read_text().splitlines() if line and not line.startswith("#")
    )
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if type(migration).__module__.startswith("almoner.") and name > before.get(app, ""):
            yield migration, loader.project_state((app, name), at_end=False)


def faults(migration: migrations.Migration, state: ProjectState) -> Iterator[str]:
    """What of a migration would hold up or break the version that serves. `state`: before it."""
    reasons: dict[str, str] = getattr(migration, "safe_because", {})
    made: set[str] = set()
    for operation in migration.operations:
        what, why = _fault(operation, migration, state, made)
        if why and not reasons.get(what):
            yield f"{migration.app_label}.{migration.name}: {what}: {why}"
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        operation.state_forwards(migration.app_label, state)


def _fault(
    operation: Operation, migration: migrations.Migration, state: ProjectState, made: set[str]
) -> tuple[str, str]:
    """What an operation is called, and what is wrong with it; "" where nothing is. A table of the migration's own
    making is empty, and nobody's yet."""
    kind = type(operation).__name__
    given: Any = operation
    table = str(getattr(given, "model_name", "") or getattr(given, "name", "")).lower()
    what = f"{kind} {table}" + (
        f".{given.name}" if getattr(given, "model_name", "") and hasattr(given, "name") else ""
    )
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        return kind, "it may hold rows for long: work in batches, or say why it is short"
    if table in made:
        return what, ""
    match operation:
        case migrations.AddField():
            return what, _added(operation.field)
        case migrations.AlterField():
            before = state.models[migration.app_label, table].fields[operation.name]
            return what, _altered(before, operation.field)
        case (
            migrations.RemoveField()
            | migrations.DeleteModel()
            | migrations.RenameField()
            | migrations.RenameModel()
        ):
            return what, _TWO_VERSIONS
        case migrations.AlterModelTable():
            return what, _TWO_VERSIONS
        case migrations.AddIndex() if kind != "AddIndexOnline":
            return (
                what,
                "nobody could write meanwhile: AddIndexOnline of almoner.charities.online, and atomic = False",
            )
        case migrations.AddIndex() if migration.atomic:
            return what, "an index is built beside others' writes outside of a transaction: atomic = False"
        case migrations.AddConstraint():
            return (
                what,
                "every row is read under a lock: say why the table is small, or add it as NOT VALID first",
            )
        case _:
            return what, ""


def _added(field: "models.Field[Any, Any]") -> str:
    if field.many_to_many or field.null or field.has_db_default():
        return ""
    return "the version before inserts rows without it: null=True, or db_default"


def _altered(before: "models.Field[Any, Any]", after: "models.Field[Any, Any]") -> str:
    if before.null and not after.null:
        return "the version before may still write nothing into it"
    # As PostgreSQL would have them, whichever database is set up here.
    kinds = [_kind(field) for field in (before, after)]
    if kinds[0] == kinds[1]:
        return ""
    longer = all(isinstance(field, models.CharField) for field in (before, after)) and _longer(before, after)
    return "" if longer else f"the table is rewritten under a lock: {kinds[0]} becomes {kinds[1]}"


def _kind(field: "models.Field[Any, Any]") -> str:
    return f"{type(field).__name__}({field.max_length or ''})"


def _longer(before: "models.Field[Any, Any]", after: "models.Field[Any, Any]") -> bool:
    return after.max_length is None or (before.max_length or 0) < after.max_length


if __name__ == "__main__":
    sys.exit(main())
