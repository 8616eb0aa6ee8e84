"""A migration that would hold up or break the version that serves is refused; each kind of fault is planted."""

import runpy
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q

from almoner.charities.online import AddIndexOnline
from tests.support.templates import ROOT

pytestmark = pytest.mark.once

SAFE = runpy.run_path(str(ROOT / "script/safe_migrations.py"))
INDEX = models.Index(fields=["name"], name="rooms_gift_name")


def said(*operations: Any, atomic: bool = True, **reasons: str) -> list[str]:
    """What is said of a migration of these operations, on a table `gift` that has rows."""
    state = ProjectState()
    state.add_model(
        ModelState(
            "rooms", "Gift", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
                              ("note", models.TextField(null=True))],
        )
    )  # fmt: skip
    migration = migrations.Migration("0002_planted", "rooms")
    migration.operations = list(operations)
    migration.atomic = atomic
    migration.safe_because = reasons  # type: ignore[attr-defined]
    return [fault.removeprefix("rooms.0002_planted: ") for fault in SAFE["faults"](migration, state)]


def nothing(apps: Any, editor: Any) -> None: ...


@pytest.mark.parametrize(
    ("operation", "begins"),
    [
        (migrations.AddField("gift", "colour", models.CharField(max_length=9, default="")), "AddField gift.colour"),
        (migrations.AddField("gift", "sum", models.IntegerField()), "AddField gift.sum"),
        (migrations.RemoveField("gift", "note"), "RemoveField gift.note"),
        (migrations.RenameModel("Gift", "Present"), "RenameModel"),
        (migrations.DeleteModel("Gift"), "DeleteModel gift"),
        (migrations.AlterField("gift", "note", models.TextField()), "AlterField gift.note"),
        (migrations.AlterField("gift", "name", models.IntegerField()), "AlterField gift.name"),
        (migrations.AlterField("gift", "name", models.CharField(max_length=9)), "AlterField gift.name"),
        (migrations.AddIndex("gift", INDEX), "AddIndex gift"),
        (AddIndexOnline("gift", INDEX), "AddIndexOnline gift"),
        (migrations.AddConstraint("gift", models.CheckConstraint(condition=Q(id__gt=0), name="c")), "AddConstraint"),
        (migrations.RunPython(nothing), "RunPython"),
        (migrations.RunSQL("SELECT 1"), "RunSQL"),
    ],
)  # fmt: skip
def test_what_is_not_safe_is_refused(operation: Any, begins: str) -> None:
    (fault,) = said(operation)
    assert fault.startswith(begins)


def test_a_field_that_is_renamed_is_refused() -> None:
    (fault,) = said(migrations.RenameField("gift", "note", "remark"))
    assert fault.startswith("RenameField gift") and "the version before still reads it" in fault


def test_what_is_safe_is_let_through() -> None:
    assert said(
        migrations.AddField("gift", "colour", models.CharField(max_length=9, db_default="")),
        migrations.AddField("gift", "seen_at", models.DateTimeField(null=True)),
        migrations.AlterField("gift", "name", models.CharField(max_length=40)),
        migrations.AlterField("gift", "note", models.TextField(null=True, help_text="said at the door")),
        # A table of its own making is empty, and nobody's yet.
        migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.AddIndex("box", models.Index(fields=["name"], name="rooms_box_name")),
        migrations.AddConstraint("box", models.UniqueConstraint(fields=["name"], name="rooms_box_once")),
    ) == []  # fmt: skip
    assert said(AddIndexOnline("gift", INDEX), atomic=False) == []


def test_a_reason_is_for_its_own_operation_alone() -> None:
    both = (migrations.RemoveField("gift", "note"), migrations.RemoveField("gift", "name"))
    (fault,) = said(*both, **{"RemoveField gift.note": "no version since 0.3 reads it"})
    assert fault.startswith("RemoveField gift.name")
