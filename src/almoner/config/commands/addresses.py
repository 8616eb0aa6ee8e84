"""`almoner addresses build | find | info`: the address finder's files, made, asked and looked at."""

import argparse
import csv
import re
import signal
import sys
import time
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final, Never

from django.conf import settings

from almoner.addresses.building import About, Report, build
from almoner.addresses.copies import nameless
from almoner.addresses.countries import CountryUnknown, country_of
from almoner.addresses.finder import wants_manual_entry
from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.index.searching import Index
from almoner.addresses.index_finder import SUFFIX
from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS
from almoner.addresses.rendering import suggestion_of
from almoner.addresses.sources.gnaf import Gnaf
from almoner.addresses.sources.gnaf_core import GnafCore
from almoner.addresses.sources.openaddresses import FIELDS, OpenAddresses
from almoner.addresses.sources.reading import Opened, Source, SourceUnreadable

_BAR: Final = 24
_ROW_SHOWN: Final = 160
_WRONG, _FAULTY_ARGUMENTS = 1, 2
_NAMES: Final = {"gnaf": "G-NAF", "gnaf-core": "G-NAF Core"}
# What Geoscape's files are under, and whom their licence wants named. Facts: its text comes with the download.
_GNAF_LICENCE: Final = "Open G-NAF EULA: CC BY 4.0, and no mail to an address that no second source confirms"
_GNAF_ATTRIBUTION: Final = (
    "Addresses from G-NAF © Geoscape Australia, licensed by the Commonwealth of Australia under the Open Geo-coded "
    "National Address File (G-NAF) End User Licence Agreement."
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "g-naf_aug26_allstates", "G-NAF AUGUST 2026".
_MONTH_NAMED: Final = re.compile(
    rf"(?:^|[^a-z])({'|'.join(_MONTHS)})[a-z]*[ _-]*(?:20)?(\d\d)(?!\d)", re.IGNORECASE
)
# What reading a file that is cut short or overwritten raises, whatever it is packed with.
_DAMAGED: Final = (EOFError, zlib.error, zipfile.BadZipFile, csv.Error, UnicodeError)


class ArgumentsWrong(ValueError):
    """What was asked can't be meant; the text says what can."""


def run(options: argparse.Namespace) -> int:
    try:
        return {"build": _build, "find": _find, "info": _info}[options.action](options)
    except ArgumentsWrong as wrong:
        return _said(str(wrong), _FAULTY_ARGUMENTS)
    except _DAMAGED as error:
        return _said(f"a source is damaged or cut short ({error or type(error).__name__})", _WRONG)
    except (SourceUnreadable, IndexUnusable) as error:
        return _said(str(error), _WRONG)
    except OSError as error:
        return _said(f"{error.filename or 'the file'}: {error.strerror or error}", _WRONG)
    except ValueError as error:
        return _said(str(error), _WRONG)
    except KeyboardInterrupt:
        return _said("stopped; what stood there before stays", _WRONG)


def _said(text: str, code: int) -> int:
    print(f"almoner addresses: {text}", file=sys.stderr)
    return code


def _country(text: str) -> str:
    try:
        return country_of(text).code
    except CountryUnknown:
        raise ArgumentsWrong(f"{text} is no country's code; two letters, such as AU or GB") from None


def _file_of(country: str) -> Path:
    return Path(settings.ADDRESSES_DIR) / f"{country}{SUFFIX}"


# ---- build -------------------------------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, _stop)
    country, columns = _country(options.country), _columns(options.columns)
    to = Path(options.to) if options.to else _file_of(country)
    paths = [Path(name) for name in options.sources]
    kinds = [_kind(path, columns) if options.format == "auto" else options.format for path in paths]
    sources = [_source(path, kind, columns, options.region) for path, kind in zip(paths, kinds, strict=True)]
    to.parent.mkdir(parents=True, exist_ok=True)
    bar = _Bar(sys.stderr.isatty())
    try:
        report = build(
            sources,
            country=country,
            to=to,
            about=_about(options, paths[0], kinds[0]),
            ids=options.ids,
            progress=bar,
        )
    finally:
        bar.end()
    _tell(report, to, ids=options.ids)
    return 0


def _stop(number: int, frame: FrameType | None) -> Never:
    """As Ctrl-C: the half-written file is removed on the way out."""
    raise KeyboardInterrupt


def _about(options: argparse.Namespace, path: Path, kind: str) -> About:
    """What was said of the data; what wasn't is what is known of G-NAF, or what the file's name and date say."""
    gnaf = kind in _NAMES
    return About(
        source=options.source or _NAMES.get(kind, path.name),
        release=options.release or _release(path),
        licence=options.licence or (_GNAF_LICENCE if gnaf else ""),
        attribution=options.attribution or (_GNAF_ATTRIBUTION if gnaf else ""),
    )


def _release(path: Path) -> str:
    """The month that the file or its folder is named after, else the file's date."""
    for name in (path.resolve().name, path.resolve().parent.name):
        if named := _MONTH_NAMED.search(name):
            return f"20{named[2]}-{_MONTHS.index(named[1].lower()) + 1:02}"
    return f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d}"


def _source(path: Path, kind: str, columns: dict[str, str], region: str) -> Source:
    if kind == "gnaf":
        return Gnaf(path)
    if kind == "gnaf-core":
        return GnafCore(path)
    return OpenAddresses(path, columns, region=region)


def _kind(path: Path, columns: dict[str, str]) -> str:
    """By what is in it: a zip or a folder is the full G-NAF, and G-NAF Core begins with its first column's name."""
    if columns:
        return "openaddresses"
    if path.is_dir() or path.suffix.lower() == ".zip":
        return "gnaf"
    if path.name.lower().removesuffix(".gz").endswith(".psv"):
        return "gnaf-core"
    if not path.is_file():
        # A pipe can be read only once, and what doesn't exist is said by who opens it.
        return "openaddresses"
    file = Opened(path)
    begins = file.text.read(len("ADDRESS_DETAIL_PID|"))
    file.close()
    return "gnaf-core" if begins == "ADDRESS_DETAIL_PID|" else "openaddresses"


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    """ "number=HouseNo" each."""
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    unknown = [pair for pair in pairs if pair.partition("=")[0] not in FIELDS or not pair.partition("=")[2]]
    if unknown:
        raise ArgumentsWrong(
            f"--column takes OURS=THEIRS, OURS one of {', '.join(FIELDS)}; not {', '.join(unknown)}"
        )
    return found


class _Bar:
    """How far it is, how fast, and how long yet; on a terminal one line that is written again, else a line a tenth."""

    def __init__(self, terminal: bool) -> None:
        self._terminal, self._began, self._said = terminal, time.monotonic(), -1

    def __call__(self, phase: str, share: float, rows: int) -> None:
        spent = time.monotonic() - self._began
        step = int(share * (100 if self._terminal else 10))
        if phase == "reading" and step == self._said:
            return
        self._said = step
        filled = round(_BAR * share)
        left = f", {spent / share - spent:,.0f} s left" if phase == "reading" and share > 0.01 else ""
        bar, rate = "#" * filled + "." * (_BAR - filled), rows / max(spent, 0.001)
        text = f"{phase:8} [{bar}] {rows:,} rows, {rate:,.0f}/s{left}"
        print(
            f"\r{text:78}" if self._terminal else text,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        if self._terminal and self._said >= 0:
            print(file=sys.stderr)


def _tell(report: Report, to: Path, *, ids: bool) -> None:
    counts = report.counts
    each = report.size_bytes / max(counts["addresses"], 1)
    print(
        f"{to}: {counts['addresses']:,} addresses in {counts['streets']:,} streets of {counts['places']:,} places"
    )
    print(f"{report.size_bytes:,} bytes, {each:.2f} an address; {report.seconds:,.0f} s")
    if ids:
        kept = counts.get("identifiers", 0)
        print(f"{kept:,} identifiers kept; {counts['addresses'] - kept:,} addresses have none that can be,")
        print(
            "  for it must be letters and up to nine digits, of an address with a number, and each address once"
        )
    left_out = sum(report.bad.values())
    if left_out:
        print(f"{left_out:,} of {report.rows:,} rows left out:")
        for reason, count in sorted(report.bad.items(), key=lambda item: -item[1]):
            row, text = report.first_bad[reason]
            print(f"  {count:>9,} {reason}; the first is row {row:,}: {_shortened(text)}")


def _shortened(text: str) -> str:
    """A row of somebody's file, on one line of a terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= _ROW_SHOWN else shown[:_ROW_SHOWN] + "…"


# ---- find, info --------------------------------------------------------------------------------------------------


def _find(options: argparse.Namespace) -> int:
    country = _country(options.country)
    path = Path(options.file) if options.file else _file_of(country)
    if wants_manual_entry(options.query):
        return _said("a box, a bag or a care-of: no file holds these, and the form has it typed", _WRONG)
    index = Index(nameless(Container(path)))
    began = time.perf_counter()
    hits = index.find(options.query[:MAX_QUERY_LENGTH], limit=max(1, min(options.limit, MAX_RESULTS)))
    spent_ms = 1000 * (time.perf_counter() - began)
    for hit in hits:
        found = suggestion_of(index, hit)
        unknown = "number" if hit.house is None else "flat"
        more = "" if found.known else f"   (this {unknown} isn't in the file)"
        identifier = index.identifier(hit)
        print(f"{found.label}{more}" + (f"   {identifier}" if identifier else ""))
    print(f"{len(hits)} found in {spent_ms:.1f} ms", file=sys.stderr)
    return 0 if hits else _WRONG


def _info(options: argparse.Namespace) -> int:
    file = Container(Path(options.file))
    meta = file.meta
    rows = [
        ("country", meta["country"]), ("source", meta["source"]), ("release", meta["release"]),
        ("licence", meta["licence"]), ("attribution", meta["attribution"]), ("built", meta["built_at"]),
        *((name.replace("_", " "), f"{count:,}") for name, count in meta["counts"].items()),
        ("bytes", f"{file.size_bytes:,}"), ("checksum", file.digest),
    ]  # fmt: skip
    for name, value in rows:
        print(f"{name:13} {value}".rstrip())
    print("Every section agrees with its checksum.")
    return 0
