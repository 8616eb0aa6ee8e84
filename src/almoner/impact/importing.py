"""A table of figures from the moment it is handed in until its rows are entered.

Its rows are entered a hundred at a time, in a transaction that also says how far it is: a worker that is killed goes on
where it was, and a row that was entered before is known.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.impact import tables
from almoner.impact.entering import keep_source
from almoner.impact.models import FigureFile, Programme
from almoner.impact.register import enter
from almoner.impact.tables import Judged, Line, Verdict
from almoner.kernel.clock import now

JOB: Final = "impact.enter_file"
_AT_ONCE: Final = 100
_REASONS_KEPT: Final = 200
_DRAFTS_KEPT: Final = timedelta(days=7)

State = FigureFile.State


@dataclass(frozen=True, slots=True)
class Importer:
    """Who handed the file in, as the audit log needs it: the person may be gone when it is entered."""

    pk: int
    username: str

    def get_username(self) -> str:
        return self.username


def hand_in(*, charity: Charity, file_name: str, content: bytes, actor: audit.Actor) -> FigureFile:
    """Keep a table for a person to look at what would become of it. Nothing is entered. Raises `Unreadable`."""
    lines = tables.read(content)
    with transaction.atomic():
        file = FigureFile.objects.create(
            charity=charity,
            file_name=file_name[:200],
            content=content,
            rows=len(lines),
            by_id=actor.pk,
            by_name=actor.get_username(),
            created_at=now(),
        )
        _record(file, "hand in figures", actor)
    return file


def submit(*, file_id: uuid.UUID, actor: audit.Actor) -> bool:
    """Say that it shall be entered; whoever calls then asks the worker, in the same transaction. False: it was said."""
    with transaction.atomic():
        file = FigureFile.objects.select_for_update(of=("self",)).select_related("charity").get(pk=file_id)
        if file.state != State.DRAFT:
            return False
        file.state = State.READING
        # They answer for its figures, so they can't verify them.
        file.by_id, file.by_name = actor.pk, actor.get_username()
        file.save(update_fields=["state", "by_id", "by_name"])
        _record(file, "enter figures from file", actor)
    return True


def enter_file(payload: dict[str, Any], *, after: Callable[[FigureFile], object] = lambda file: None) -> None:
    """Enter what is left of a file, and call `after` each hundred rows. The worker's handler; safe to repeat."""
    content = FigureFile.objects.values_list("content", flat=True).get(pk=payload["file"])
    if content is None:
        return
    lines = tables.read(bytes(content))
    done = False
    while not done:
        file, done = _enter_some(payload["file"], lines)
        after(file)


def prune() -> int:
    """Throw away files that were handed in and forgotten; returns how many."""
    return FigureFile.objects.filter(state=State.DRAFT, created_at__lt=now() - _DRAFTS_KEPT).delete()[0]


def _enter_some(file_id: str, lines: Sequence[Line]) -> tuple[FigureFile, bool]:
    with transaction.atomic():
        file = FigureFile.objects.select_for_update(of=("self",)).select_related("charity").get(pk=file_id)
        if file.state != State.READING:
            return file, True
        some = lines[file.done : file.done + _AT_ONCE]
        # As the form of a month does: two who enter the same figure come one after the other.
        programmes = Programme.objects.filter(
            charity=file.charity, slug__in={each.cells.get("programme", "") for each in some}
        )
        list(programmes.order_by("pk").select_for_update())
        for judged in tables.judge(some, file.charity, countries=None):
            _enter_row(file, judged)
        file.done += len(some)
        if file.done >= len(lines):
            file.state, file.content, file.finished_at = State.DONE, None, now()
        file.save()
    return file, file.state == State.DONE


def _enter_row(file: FigureFile, judged: Judged) -> None:
    if judged.verdict == Verdict.NEW and judged.cited is not None:
        source = keep_source(file.charity, judged.cited)
        enter(tables.sourced(judged, source), actor=Importer(file.by_id, file.by_name))
        file.entered += 1
    elif judged.verdict == Verdict.KNOWN:
        file.known += 1
    else:
        file.refused += 1
        if len(file.report) < _REASONS_KEPT:
            file.report.append({"row": judged.number, "why": judged.why})


def _record(file: FigureFile, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=file.charity,
        action=action,
        object_type="figure file",
        object_id=file.pk,
        detail={"rows": file.rows},
    )
