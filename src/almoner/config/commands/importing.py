"""`almoner import SOURCE FILE…`: plans, gifts and stories that were somewhere else before."""

import argparse
import json
import sys
import tomllib
from pathlib import Path

from almoner.charities.models import Charity, Fund
from almoner.config.commands import wordpress
from almoner.config.commands.wordpress import ArgumentsWrong
from almoner.giving.importing.records import FileWrong, Reading
from almoner.giving.importing.running import run as run_import
from almoner.giving.importing.writing import Wish

_WRONG, _FAULTY_ARGUMENTS = 1, 2


def run(options: argparse.Namespace) -> int:
    try:
        charity = charity_of(options.charity)
        if options.source == "wordpress":
            return wordpress.run(options, charity)
        _only_of_stories(options)
        wish = Wish(charity, _fund(charity, options.fund), activate=options.activate, paused=options.paused)
        reading = Reading(
            currency=(options.currency or charity.currency).upper(),
            timezone=charity.timezone,
            dates=options.dates,
            columns=_columns(options.columns),
        )
    except ArgumentsWrong as wrong:
        return _said(str(wrong), _FAULTY_ARGUMENTS)
    paths = [Path(name) for name in options.files]
    try:
        report = run_import(
            options.source,
            paths,
            reading,
            wish,
            dry_run=options.dry_run,
            tell=lambda text: print(text, file=sys.stderr),
        )
    except FileWrong as wrong:
        return _said(str(wrong), _WRONG)
    except OSError as error:
        return _said(f"{error.filename or 'the file'}: {error.strerror or error}", _WRONG)
    if options.dry_run:
        print("A dry run: nothing was imported.")
    report.tell(print)
    return 0 if report.balances() else _WRONG


def charity_of(slug: str) -> Charity:
    charity = Charity.objects.filter(slug=slug).first()
    if charity is None:
        raise ArgumentsWrong(f"there is no charity {slug}")
    return charity


def _only_of_stories(options: argparse.Namespace) -> None:
    if named := [name for name in wordpress.OURS if getattr(options, name)]:
        raise ArgumentsWrong(f"--{named[0].replace('_', '-')} is only for wordpress")


def _fund(charity: Charity, code: str | None) -> Fund:
    funds = Fund.objects.filter(charity=charity)
    fund = (funds.filter(code=code) if code else funds.filter(is_default=True)).first()
    if fund is None:
        raise ArgumentsWrong(f"the charity has no fund {code}" if code else "name a fund with --fund")
    return fund


def _columns(name: str | None) -> dict[str, str] | None:
    if name is None:
        return None
    try:
        text = Path(name).read_text(encoding="utf-8")
        found = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    except (OSError, ValueError) as error:
        raise ArgumentsWrong(f"{name} can't be read ({error})") from None
    if not isinstance(found, dict) or not all(isinstance(theirs, str) for theirs in found.values()):
        raise ArgumentsWrong(f"{name} must name our columns and, of each, theirs")
    return found


def _said(text: str, code: int) -> int:
    print(f"almoner import: {text}", file=sys.stderr)
    return code
