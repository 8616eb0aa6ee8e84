"""`almoner impact import FILE`: figures from a table, in the same steps as staff's page."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from almoner.addresses.countries import every_name
from almoner.charities.models import Charity
from almoner.impact import importing, tables
from almoner.impact.importing import Importer
from almoner.impact.models import FigureFile
from almoner.impact.tables import Judged, Unreadable, Verdict

_WRONG, _FAULTY_ARGUMENTS = 1, 2
# Nobody of the staff: the audit log says so.
_WHO: Final = Importer(0, "command line")
_UNSURE: Final = "Nothing was entered. Where each may be read by everybody, add --places-confirmed."
_TOLD_EVERY: Final = 1000
_SAYS: Final = {Verdict.NEW: "will be entered", Verdict.KNOWN: "known", Verdict.WRONG: "not taken"}


def run(options: argparse.Namespace) -> int:
    try:
        charity = _charity(options.charity)
    except LookupError as unknown:
        return _said(str(unknown), _FAULTY_ARGUMENTS)
    path = Path(options.file)
    try:
        content = path.read_bytes()
        if options.dry_run:
            return _dry_run(content, charity)
        return _import(content, path.name, charity, confirmed=options.places_confirmed)
    except Unreadable as unreadable:
        return _said(f"{unreadable} Nothing was entered.", _WRONG)
    except OSError as error:
        return _said(f"{error.filename or 'the file'}: {error.strerror or error}", _WRONG)


def _dry_run(content: bytes, charity: Charity) -> int:
    judged = _judged(content, charity)
    print("A dry run: nothing was entered.")
    for row in judged:
        print(f"row {row.number}: {_SAYS[row.verdict]}{f': {row.why}' if row.why else ''}")
        for doubt in row.doubts:
            print(f"row {row.number}: look again: {doubt}")
    tally = Counter(row.verdict for row in judged)
    print(", ".join(f"{tally[each]} {says}" for each, says in _SAYS.items()))
    return _WRONG if tally[Verdict.WRONG] else 0


def _judged(content: bytes, charity: Charity) -> list[Judged]:
    return list(tables.judge(tables.read(content), charity, countries=every_name()))


def _import(content: bytes, name: str, charity: Charity, *, confirmed: bool) -> int:
    doubts = [] if confirmed else tables.doubted_places(_judged(content, charity))
    if doubts:
        return _said("\n".join([*doubts, _UNSURE]), _WRONG)
    file = importing.hand_in(charity=charity, file_name=name, content=content, actor=_WHO)
    importing.submit(file_id=file.pk, actor=_WHO)
    importing.enter_file({"file": str(file.pk)}, after=_progress)
    file.refresh_from_db()
    for each in file.report:
        print(f"row {each['row']}: not taken: {each['why']}")
    print(f"{file.entered} entered, {file.known} known, {file.refused} not taken")
    if file.entered:
        print("They stand once somebody of the staff has verified them.")
    return _WRONG if file.refused else 0


def _progress(file: FigureFile) -> None:
    if file.done % _TOLD_EVERY == 0 and file.done < file.rows:
        print(f"{file.done} of {file.rows} rows", file=sys.stderr)


def _charity(slug: str | None) -> Charity:
    charities = Charity.objects.filter(slug=slug) if slug else Charity.objects.all()
    found = list(charities[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Charity.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
    raise LookupError(f"Say whose with --charity. There are: {known}.")


def _said(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
