"""`almoner import wordpress EXPORT.xml`: the stories and pages of a WordPress site."""

import argparse
import sys
from pathlib import Path
from typing import Final

from almoner.charities.models import Charity
from almoner.stories.forms import DONATION_TAGS, exists
from almoner.stories.wordpress.export import ExportWrong
from almoner.stories.wordpress.fetching import Fetcher
from almoner.stories.wordpress.moves import NoList, Recorded, wish_of
from almoner.stories.wordpress.pictures import Pictures
from almoner.stories.wordpress.report import ReportFile
from almoner.stories.wordpress.running import Telling
from almoner.stories.wordpress.running import run as run_import
from almoner.stories.wordpress.writing import Wish

_WRONG: Final = 1
# What the other sources are asked for, and means nothing of stories.
_NOT_OURS: Final = ("fund", "currency", "dates", "columns", "paused", "activate")
OURS: Final = ("form", "images", "fetch_images", "publish", "report")


class ArgumentsWrong(ValueError):
    """What was asked can't be meant; the text says what can."""


def run(options: argparse.Namespace, charity: Charity) -> int:
    """Raises `ArgumentsWrong`."""
    if named := [name for name in _NOT_OURS if getattr(options, name)]:
        raise ArgumentsWrong(f"--{named[0]} is not for wordpress")
    if len(options.files) != 1:
        raise ArgumentsWrong("one export at a time: WordPress's own importer takes its parts one by one, too")
    export, wish = Path(options.files[0]), _wish(options, charity)
    report_path = Path(options.report or f"{export.name}.report.csv")
    folder = Path(options.images) if options.images else None
    if folder is not None and not folder.is_dir():
        raise ArgumentsWrong(f"{folder} is no folder")
    if report_path.resolve() == export.resolve():
        raise ArgumentsWrong("the report would overwrite the export")
    fetcher = Fetcher() if options.fetch_images else None
    to_file = ReportFile(report_path)
    lines = to_file if options.dry_run else Recorded(to_file, wish, file_name=export.name)
    try:
        print(f"reading {export.name}", file=sys.stderr)
        report = run_import(
            export,
            wish,
            Pictures(charity, folder=folder, fetcher=fetcher),
            lines,
            Telling(lambda text: print(text, file=sys.stderr)),
            dry_run=options.dry_run,
        )
    except ExportWrong as wrong:
        print(f"almoner import: {export.name}, {wrong}", file=sys.stderr)
        return _WRONG
    except OSError as error:
        print(f"almoner import: {error.filename or export}: {error.strerror or error}", file=sys.stderr)
        return _WRONG
    finally:
        if fetcher is not None:
            fetcher.close()
    if isinstance(lines, Recorded):
        lines.finish(report)
    else:
        print("A dry run: nothing was imported.")
    report.tell(print)
    print(f"a line for each post and page: {report_path}")
    return 0 if report.balances() else _WRONG


def _wish(options: argparse.Namespace, charity: Charity) -> Wish:
    forms = _forms(options.form, charity)
    try:
        return wish_of(
            charity, [[tag, number, ours] for (tag, number), ours in forms.items()], publish=options.publish
        )
    except NoList as wrong:
        raise ArgumentsWrong(str(wrong)) from None


def _forms(typed: list[str], charity: Charity) -> dict[tuple[str, str], str]:
    """`pronto-donation-form:4840=rescue`, as often as there are forms."""
    forms = {}
    for each in typed:
        theirs, equals, ours = each.partition("=")
        tag, colon, number = theirs.partition(":")
        if not (equals and colon and number):
            raise ArgumentsWrong(f"--form {each} must be TAG:NUMBER=OURS, such as give_form:12=rescue")
        if tag not in DONATION_TAGS:
            raise ArgumentsWrong(f"--form {each}: {tag} is none of {', '.join(DONATION_TAGS)}")
        if not exists(charity, ours):
            raise ArgumentsWrong(f"--form {each}: no form of {charity.slug} answers to {ours}")
        forms[tag, number] = ours
    return forms
