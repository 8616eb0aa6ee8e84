"""Imports that staff can look at: an export sent by the browser, run by the worker in slices, and a row for each.

The worker's other work (receipts, charges) waits for no import: after a slice the rest is another job. An import is
idempotent, so a slice that was killed is simply run again.
"""

import time
import zlib
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.outbox import queue
from almoner.stories.forms import exists
from almoner.stories.models import MOVE_SILENCE, Move, MoveLine, MovePart, StoryIndexPage
from almoner.stories.sites import place_for
from almoner.stories.wordpress.export import ExportWrong
from almoner.stories.wordpress.fetching import Fetcher
from almoner.stories.wordpress.pictures import Pictures
from almoner.stories.wordpress.report import Entry, Report, ReportFile
from almoner.stories.wordpress.running import run
from almoner.stories.wordpress.scratch import Scratch
from almoner.stories.wordpress.writing import Wish

JOB: Final = "stories.import"
SLICE_SECONDS: Final = 20.0
# An export that nobody imported after its dry run.
_KEPT: Final = timedelta(days=7)
# A report that nobody needs any more: the pages know themselves where they came from.
_REPORT_KEPT: Final = timedelta(days=365)
_TELL_SECONDS: Final = 1.0
_RUNNING: Final = (Move.State.WAITING, Move.State.RUNNING)


class Busy(Exception):
    """Another import of this charity is under way."""


class NoList(Exception):
    """The charity has no site, or its home page no list of stories."""


def receive(
    chunks: Iterable[bytes], *, charity: Charity, file_name: str, fetch_images: bool, actor: audit.Actor
) -> Move:
    """Keep an export that was sent, and ask for its dry run. Raises `Busy`."""
    with transaction.atomic():
        _only_one(charity)
        move = Move.objects.create(
            charity=charity, asked_by=actor.get_username(), file_name=file_name[:255], dry_run=True,
            fetch_images=fetch_images, forms=_chosen_before(charity), made_at=now(), heard_at=now(),
        )  # fmt: skip
        for ordinal, chunk in enumerate(chunks):
            MovePart.objects.create(move=move, ordinal=ordinal, body=zlib.compress(chunk))
        _asked(move, actor)
    return move


def begin(tried: Move, *, forms: list[list[str]], publish: bool, actor: audit.Actor) -> Move:
    """Import what a dry run looked at, with its export, and `forms` besides its own. Raises `Busy`, and
    `Move.DoesNotExist` where the export is gone."""
    with transaction.atomic():
        _only_one(tried.charity)
        if not tried.parts.exists():
            raise Move.DoesNotExist
        move = Move.objects.create(
            charity=tried.charity, asked_by=actor.get_username(), file_name=tried.file_name, dry_run=False,
            publish=publish, fetch_images=tried.fetch_images, forms=[*tried.forms, *forms],
            made_at=now(), heard_at=now(),
        )  # fmt: skip
        tried.parts.update(move=move)
        _asked(move, actor)
    return move


def _chosen_before(charity: Charity) -> list[list[str]]:
    """What stood for each shortcode in the last import: else a second one would find its forms gone."""
    last = Move.objects.filter(charity=charity, dry_run=False).first()
    return [each for each in last.forms if exists(charity, each[2])] if last is not None else []


def _only_one(charity: Charity) -> None:
    """Two at once would undo each other's pages. The charity's row is the lock."""
    Charity.objects.select_for_update().get(pk=charity.pk)
    under_way = Move.objects.filter(charity=charity, state__in=_RUNNING, heard_at__gte=now() - MOVE_SILENCE)
    if under_way.exists():
        raise Busy


def _asked(move: Move, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=move.charity,
        action="move.tried" if move.dry_run else "move.begun",
        object_type="wordpress export",
        object_id=move.pk,
        detail={"file": move.file_name, "publish": move.publish, "pictures": move.fetch_images},
    )
    _enqueue(move)


def _enqueue(move: Move) -> None:
    queue.enqueue(JOB, f"{JOB} {move.pk} {move.done}", {"move": move.pk})


def wish_of(charity: Charity, forms: Iterable[Iterable[str]], *, publish: bool) -> Wish:
    """Raises `NoList`."""
    place = place_for(charity)
    if place is None:
        raise NoList(f"{charity.slug} has no site: make one for a host of its own first")
    stories: StoryIndexPage | None = StoryIndexPage.objects.child_of(place.root).order_by("path").first()
    if stories is None:
        raise NoList("the charity's home page has no list of stories: add one first")
    return Wish(
        charity, place, stories, {(tag, number): ours for tag, number, ours in forms}, publish=publish
    )


def work(payload: dict[str, Any]) -> None:
    """The worker's: a slice of an import. Safe to repeat."""
    move = Move.objects.select_related("charity").filter(pk=payload["move"], state__in=_RUNNING).first()
    if move is None:
        return
    # What a killed slice had done has its lines.
    move.done = move.lines.count()
    try:
        report = _slice(move)
    except (ExportWrong, NoList) as wrong:
        _end(move, Move.State.FAILED, why=str(wrong))
        return
    with transaction.atomic():
        _count(move, report)
        if report.whole:
            _end(move, Move.State.DONE)
        else:
            move.save()
            _enqueue(move)


def _slice(move: Move) -> Report:
    wish = wish_of(move.charity, move.forms, publish=move.publish)
    fetcher = Fetcher() if move.fetch_images else None
    try:
        with Scratch() as scratch:
            export = scratch.path / "export.xml"
            _unpack(move, export)
            lines, pictures = _Lines(move), Pictures(move.charity, fetcher=fetcher)
            return run(
                export,
                wish,
                pictures,
                nullcontext(lines),
                _Slice(move),
                dry_run=move.dry_run,
                start=move.done,
            )
    finally:
        if fetcher is not None:
            fetcher.close()


def _unpack(move: Move, path: Path) -> None:
    with path.open("wb") as file:
        for part in move.parts.iterator(chunk_size=4):
            file.write(zlib.decompress(part.body))


def _count(move: Move, report: Report) -> None:
    missing = Counter({(tag, number): count for tag, number, count in move.missing}) + report.forms
    move.missing = [[tag, number, count] for (tag, number), count in sorted(missing.items())]
    move.pictures += report.pictures
    move.left_out = dict(report.left_out) | ({"comments": report.comments} if report.comments else {})
    move.total = report.read


def _end(move: Move, state: Move.State, why: str = "") -> None:
    move.state, move.why, move.ended_at = state, why[:500], now()
    move.heard_at = move.ended_at
    with transaction.atomic():
        move.save()
        # The export of a dry run stays for the import.
        if not (move.dry_run and state == Move.State.DONE):
            move.parts.all().delete()


def prune() -> None:
    """Exports that nobody imported, and reports of a year ago. Each charity's last import stays: it says which form
    stands for which shortcode."""
    MovePart.objects.filter(move__heard_at__lt=now() - _KEPT).delete()
    imported = Move.objects.filter(dry_run=False).order_by()
    last = imported.values("charity").annotate(last=Max("pk")).values("last")
    Move.objects.filter(heard_at__lt=now() - _REPORT_KEPT).exclude(pk__in=last).delete()


class _Lines:
    """A row for each post."""

    def __init__(self, move: Move) -> None:
        self._move, self._ordinal = move, move.done

    def add(self, entry: Entry) -> None:
        MoveLine.objects.create(
            move=self._move, ordinal=self._ordinal, kind=entry.kind, title=entry.title[:255],
            address=entry.address, fate=entry.fate.value, page_id=entry.page, published=entry.published,
            redirected=entry.redirected, reasons=list(entry.reasons), notes=list(entry.notes),
        )  # fmt: skip
        self._ordinal += 1


class _Slice:
    """A pace that has enough after a while, and that staff can follow."""

    def __init__(self, move: Move) -> None:
        self._move = move

    def begin(self, total: int) -> None:
        self._until = time.monotonic() + SLICE_SECONDS
        self._move.total = total
        self._tell()

    def step(self) -> bool:
        self._move.done += 1
        if time.monotonic() - self._told >= _TELL_SECONDS:
            self._tell()
        return time.monotonic() < self._until

    def _tell(self) -> None:
        self._told = time.monotonic()
        move = self._move
        move.state, move.heard_at = Move.State.RUNNING, now()
        move.save(update_fields=["state", "heard_at", "total", "done"])


class Recorded:
    """The lines of an import by the command line, in its file and for staff. `finish` must follow a whole one."""

    def __init__(self, to_file: ReportFile, wish: Wish, *, file_name: str) -> None:
        self._file, self._wish, self._file_name = to_file, wish, file_name
        self._told = time.monotonic()

    def __enter__(self) -> "Recorded":
        self._file.__enter__()
        forms = [[tag, number, ours] for (tag, number), ours in self._wish.forms.items()]
        self._move = Move.objects.create(
            charity=self._wish.charity, file_name=self._file_name[:255], dry_run=False, forms=forms,
            publish=self._wish.publish, state=Move.State.RUNNING, made_at=now(), heard_at=now(),
        )  # fmt: skip
        self._lines = _Lines(self._move)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, error, trace)

    def add(self, entry: Entry) -> None:
        self._file.add(entry)
        self._lines.add(entry)
        self._move.done += 1
        if time.monotonic() - self._told >= _TELL_SECONDS:
            self._told = time.monotonic()
            self._move.heard_at = now()
            self._move.save(update_fields=["heard_at", "done"])

    def finish(self, report: Report) -> None:
        _count(self._move, report)
        _end(self._move, Move.State.DONE)
