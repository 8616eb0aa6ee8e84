"""`almoner addresses build | find | info`: the address finder's files, made, asked and looked at."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from almoner.addresses.building import About, Report, build
from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.index_finder import SUFFIX, IndexFinder
from almoner.addresses.port import FinderUnavailable
from almoner.addresses.sources.gnaf import Gnaf
from almoner.addresses.sources.gnaf_core import GnafCore
from almoner.addresses.sources.openaddresses import FIELDS, OpenAddresses
from almoner.addresses.sources.reading import Source, SourceUnreadable

_BAR: Final = 24


def run(options: argparse.Namespace) -> int:
    try:
        match options.action:
            case "build":
                return _build(options)
            case "find":
                return _find(options)
            case _:
                return _info(Path(options.file))
    except (SourceUnreadable, IndexUnusable, FinderUnavailable, ValueError, OSError) as error:
        print(f"almoner addresses: {error}", file=sys.stderr)
        return 1


def _build(options: argparse.Namespace) -> int:
    country = options.country.upper()
    folder = Path(settings.ADDRESSES_DIR)
    to = Path(options.to) if options.to else folder / f"{country}{SUFFIX}"
    to.parent.mkdir(parents=True, exist_ok=True)
    columns = _columns(options.columns)
    sources = [_source(Path(name), options.format, columns, options.region) for name in options.sources]
    about = About(
        source=options.source or Path(options.sources[0]).name,
        release=options.release,
        licence=options.licence,
        attribution=options.attribution,
    )
    bar = _Bar(sys.stderr.isatty())
    report = build(sources, country=country, to=to, about=about, ids=options.ids, progress=bar)
    bar.end()
    _tell(report, to)
    return 0


def _source(path: Path, kind: str, columns: dict[str, str], region: str) -> Source:
    if kind == "auto":
        kind = _kind(path, columns)
    if kind == "gnaf":
        return Gnaf(path)
    if kind == "gnaf-core":
        return GnafCore(path)
    return OpenAddresses(path, columns, region=region)


def _kind(path: Path, columns: dict[str, str]) -> str:
    """By what is in it: a zip or a folder is the full G-NAF, and "ADDRESS_DETAIL_PID|" begins G-NAF Core."""
    if path.is_dir() or path.suffix.lower() == ".zip":
        return "gnaf"
    if not columns and path.name.lower().removesuffix(".gz").endswith(".psv"):
        return "gnaf-core"
    return "openaddresses"


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    """ "number=HouseNo" each."""
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    unknown = sorted({*found} - {*FIELDS}) or [pair for pair in pairs if "=" not in pair]
    if unknown:
        raise ValueError(
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
        if self._terminal:
            print(file=sys.stderr)


def _tell(report: Report, to: Path) -> None:
    counts = report.counts
    each = report.size_bytes / max(counts["addresses"], 1)
    print(
        f"{to}: {counts['addresses']:,} addresses in {counts['streets']:,} streets of {counts['places']:,} places"
    )
    print(f"{report.size_bytes:,} bytes, {each:.2f} an address; {report.seconds:,.0f} s")
    left_out = sum(report.bad.values())
    if left_out:
        print(f"{left_out:,} of {report.rows:,} rows left out:")
        for reason, count in sorted(report.bad.items(), key=lambda item: -item[1]):
            print(f"  {count:>9,} {reason}; the first is row {report.first_bad[reason]:,}")


def _find(options: argparse.Namespace) -> int:
    path = (
        Path(options.file)
        if options.file
        else Path(settings.ADDRESSES_DIR) / f"{options.country.upper()}{SUFFIX}"
    )
    finder = IndexFinder(options.country.upper(), path)
    began = time.perf_counter()
    found = finder.find(options.query, limit=options.limit)
    spent_ms = 1000 * (time.perf_counter() - began)
    for each in found:
        print(each.label if each.known else f"{each.label}   (this number isn't in the file)")
    print(f"{len(found)} found in {spent_ms:.1f} ms, opening the file included", file=sys.stderr)
    return 0 if found else 1


def _info(path: Path) -> int:
    file = Container(path)
    meta = file.meta
    rows = [
        ("country", meta["country"]), ("source", meta["source"]), ("release", meta["release"]),
        ("licence", meta["licence"]), ("attribution", meta["attribution"]), ("built", meta["built_at"]),
        *((name.replace("_", " "), f"{count:,}") for name, count in meta["counts"].items()),
        ("bytes", f"{file.size_bytes:,}"), ("checksum", file.digest),
    ]  # fmt: skip
    for name, value in rows:
        print(f"{name:13} {value}")
    print("Every section agrees with its checksum.")
    return 0
