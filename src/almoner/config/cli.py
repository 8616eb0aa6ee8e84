"""The `almoner` command. Each subcommand is a module of `almoner.config.commands`."""

import argparse
import os
import sys
from importlib import import_module
from typing import TypeAlias

import django
from django.core.management import execute_from_command_line

from almoner import __version__
from almoner.kernel import garbage
from almoner.kernel.environment import SettingInvalid, SettingsInvalid

_FAULTY_SETTINGS = 2


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Returns the exit code: 0 well, 1 something is wrong, 2 settings or arguments are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
    try:
        if arguments[:1] == ["manage"] and arguments[1:2] not in ([], ["-h"], ["--help"]):
            with garbage.kept():
                django.setup()
            # As they stand: Django's commands have options of their own.
            execute_from_command_line(["almoner manage", *arguments[1:]])
            return 0
        if arguments == ["manage"]:
            arguments = ["manage", "--help"]
        return _run(parser().parse_args(arguments))
    except (SettingInvalid, SettingsInvalid) as invalid:
        print(invalid, file=sys.stderr)
        return _FAULTY_SETTINGS


def _run(options: argparse.Namespace) -> int:
    if options.command == "demo":
        # Settings are read after this, and by the processes that the demo starts.
        os.environ["ALMONER_MODE"] = "demo"
    if options.command not in ("serve", "worker"):
        # What they print is for a person at a terminal.
        os.environ.setdefault("ALMONER_LOG_LEVEL", "WARNING")
    if not os.environ.get("ALMONER_MODE"):
        raise SettingInvalid("ALMONER_MODE", "must say demo or production.")
    with garbage.kept():
        django.setup(set_prefix=False)
        # Found by name, and only now: commands import models, which can't be imported before the setup.
        # (No module can be called "import".)
        name = "importing" if options.command == "import" else options.command
        command = import_module(f"almoner.config.commands.{name}")
    code: int = command.run(options)
    return code


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="almoner",
        description="Online giving for charities. Settings come from the environment; see docs/reference/settings.md.",
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serving(commands)
    _looking(commands)
    _keeping(commands)
    _moving(commands)
    _telling_figures(commands)
    _sealing(commands)
    _finding(commands)
    _managing(commands)
    return top


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _days(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 3_660:
        raise argparse.ArgumentTypeError("must be a number of days from 1 to 3660")
    return int(text)


def _add(commands: _Commands, name: str, says: str, *more: str) -> argparse.ArgumentParser:
    """A subcommand. `says` is its line in the list of all; its own help goes on with `more`, a sentence each."""
    described = " ".join((f"{says[:1].upper()}{says[1:]}.", *more))
    return commands.add_parser(name, help=says, description=described)


def _serving(commands: _Commands) -> None:
    demo = _add(
        commands,
        "demo",
        "the whole product on this machine, with a demonstration charity",
        "Ctrl-C stops it, and a second start keeps its data, in ALMONER_DATA_DIR (default: ./data).",
    )
    demo.add_argument(
        "--port",
        type=int,
        default=None,
        help="where it answers (default: PORT, else 8000; 0 takes a free one)",
    )
    serve = _add(
        commands,
        "serve",
        "the web server",
        "ALMONER_WORKERS and ALMONER_THREADS say how much it does at once. SIGTERM ends it when what it does is done.",
    )
    serve.add_argument(
        "--host", default=None, help="address to listen at (default: ALMONER_HOST, else 127.0.0.1)"
    )
    serve.add_argument("--port", type=int, default=None, help="default: PORT, else 8000")
    worker = _add(
        commands,
        "worker",
        "the worker: receipts, mail, sweeps",
        "Any number may run; each job is done by one. SIGTERM ends it when its jobs in hand are done.",
    )
    worker.add_argument("--threads", type=int, default=None, help="default: ALMONER_WORKER_THREADS, else 2")
    worker.add_argument("--once", action="store_true", help="do what is ready now, then stop")


def _looking(commands: _Commands) -> None:
    check = _add(
        commands,
        "check",
        "whether this installation is set up well, and what to do if not",
        "It looks at the settings, the database, the disk, the clock, the address files, the fonts, each "
        "gateway, the mail server and the DNS of each sender, changes nothing, and answers 1 if something is wrong.",
    )
    check.add_argument(
        "--no-mail", action="store_true", help="leave out the mail server and the sender's DNS"
    )
    check.add_argument(
        "--no-gateways", action="store_true", help="leave out asking each gateway whether it is set up well"
    )
    prove = _add(
        commands,
        "prove",
        "whether every invariant holds in the live database, and at each gateway",
        "It names the rows that break one, with both sides where a gateway says otherwise, and answers 1 if there are "
        "any; 3 if none does and a gateway could not be asked. It changes nothing but taking in what no webhook told.",
    )
    asked = prove.add_mutually_exclusive_group()
    asked.add_argument("--offline", action="store_true", help="ask no gateway, and take nothing in")
    asked.add_argument(
        "--days", type=_days, help="ask gateways only about what was made or moved in so many days: quick"
    )


def _keeping(commands: _Commands) -> None:
    backup = _add(
        commands,
        "backup",
        "database and uploads into one file, while the site runs",
        "The secret key is not in it: keep that too, and apart from it.",
    )
    backup.add_argument("file", help="where to write it, such as almoner-2026-11-24.tar; must not exist")
    restore = _add(
        commands,
        "restore",
        "database and uploads out of a backup; stop the site first",
        "Everything is checked before anything is touched, and what stood before stays if the backup can't be read. "
        "It ends with what prove says.",
    )
    restore.add_argument("file", help="a file that `almoner backup` wrote")
    restore.add_argument("--force", action="store_true", help="overwrite a database that holds something")
    _add(
        commands,
        "upgrade",
        "bring the database and files to this version; safe to repeat",
        "It migrates, puts the append-only triggers back, makes the staff's roles and collects the static files.",
    )


def _moving(commands: _Commands) -> None:
    importing = _add(
        commands,
        "import",
        "plans and gifts from Stripe, GiveWP, Charitable or any CSV; stories from WordPress",
        "Nobody is written to. Plans wait until --activate says that the source was stopped. Gifts that name their "
        "plan are linked to it, whichever comes first. A file that comes twice imports nothing more. Rows that can't "
        "be imported are named, and it answers 1 if the report does not balance.",
    )
    add = importing.add_argument
    add(
        "source",
        choices=("stripe", "givewp", "charitable", "csv", "wordpress"),
        help="where the files are from",
    )
    add("files", nargs="+", metavar="file", help="exports of the source")
    add("--charity", required=True, metavar="SLUG", help="the charity that they become part of")
    add(
        "--fund", metavar="CODE", help="the fund of all that names none (default: the charity's default fund)"
    )
    add("--currency", metavar="CODE", help="of files that name none (default: the charity's)")
    add(
        "--dates",
        metavar="FORMAT",
        default="",
        help="how the file writes dates, in the signs of strptime (default: ISO, or months by name)",
    )
    add("--columns", metavar="FILE", help="a JSON or TOML file of our columns' names and theirs, for csv")
    add("--paused", action="store_true", help="take plans too that can't be charged here; they wait")
    add("--activate", action="store_true", help="begin the plans: they were stopped at the source")
    add("--dry-run", action="store_true", help="say the same, and import nothing")
    _telling_stories(importing)
    _reading_statements(commands)
    export = _add(
        commands,
        "export",
        "all of a charity's gifts, plans, people and tokens as CSV and JSON",
        "Files that only you can read, with a manifest of counts, totals and checksums. What it writes of plans and "
        "gifts, `almoner import csv` reads.",
    )
    export.add_argument("folder", help="where to write; must not exist, or be empty")
    export.add_argument("--charity", required=True, metavar="SLUG", help="whose")
    export.add_argument(
        "--for",
        dest="system",
        choices=("npsp", "raisers-edge", "civicrm"),
        help="only gifts that were paid, and their donors, as this system imports them",
    )


def _reading_statements(commands: _Commands) -> None:
    statements = _add(
        commands,
        "statements",
        "the bank's statements: import, list, undo",
        "What staff do under Statements, in the same steps; the audit log names the command line.",
    )
    actions = statements.add_subparsers(
        dest="action", required=True, metavar="ACTION", help="import, list or undo"
    )
    importing = _add(
        actions,
        "import",
        "book a file of the bank: CSV or CAMT.053",
        "Each line is booked once, however often a file brings it, and goes to the gift or payout that it names.",
    )
    importing.add_argument("file", help="as the bank gives it, up to 20 MB")
    importing.add_argument("--account", required=True, metavar="NAME", help="the bank account's name")
    importing.add_argument(
        "--charity", metavar="SLUG", help="whose, where several have an account of this name"
    )
    importing.add_argument(
        "--map",
        metavar="FILE",
        help="a JSON file of a CSV's columns, as a dry run prints it (default: as the account's last file)",
    )
    importing.add_argument(
        "--again",
        choices=["leave", "book"],
        help="what to do with lines that have the day and amount of what is in the books already, in other words: "
        "leave the same payments out, or book others too (default: stop and name them)",
    )
    importing.add_argument("--dry-run", action="store_true", help="say what would be read, and book nothing")
    listing = _add(actions, "list", "the newest statements, each with its number")
    listing.add_argument("--charity", metavar="SLUG", help="only this charity's")
    listing.add_argument("--limit", type=int, default=20, help="how many at the most (default: 20)")
    undo = _add(
        actions,
        "undo",
        "take a statement back, line by line, by reversal",
        "What was refunded or sent back since stays, and is named.",
    )
    undo.add_argument("statement", help="its number, as `almoner statements list` shows it")


def _telling_stories(importing: argparse.ArgumentParser) -> None:
    add = importing.add_argument_group("for wordpress").add_argument
    add(
        "--form",
        action="append",
        default=[],
        metavar="TAG:NUMBER=OURS",
        help="the form of ours that stands where a shortcode of theirs stood, such as "
        "give_form:12=rescue; once for each",
    )
    add(
        "--images",
        metavar="FOLDER",
        help="a copy of the old site's wp-content/uploads, to take pictures from",
    )
    add(
        "--fetch-images",
        action="store_true",
        help="fetch pictures that are not in the folder from the old site",
    )
    add(
        "--publish",
        action="store_true",
        help="publish what was public there and is whole here (default: drafts)",
    )
    add(
        "--report",
        metavar="FILE",
        help="a CSV with a line for each post (default: beside you, EXPORT.report.csv)",
    )


def _telling_figures(commands: _Commands) -> None:
    impact = _add(
        commands,
        "impact",
        "the register of programmes: import figures",
        "What staff do under Impact; the audit log names the command line, and staff verify what it enters.",
    )
    actions = impact.add_subparsers(dest="action", required=True, metavar="ACTION", help="import")
    importing = _add(
        actions,
        "import",
        "enter figures from a CSV file",
        "Each row is one figure, however often a file brings it. It answers 1 where a row was not taken.",
    )
    importing.add_argument("file", help="a programme's template with its values, up to 5 MB")
    importing.add_argument(
        "--charity", metavar="SLUG", help="whose programmes, where there are several charities"
    )
    importing.add_argument(
        "--dry-run", action="store_true", help="say what would become of each row, and enter nothing"
    )
    importing.add_argument(
        "--places-confirmed",
        action="store_true",
        help="enter places of people at risk too that are no countries and stand with no verified figure yet",
    )


def _sealing(commands: _Commands) -> None:
    keys = _add(
        commands,
        "keys",
        "the keys that seal secrets in the database: show, rotate",
        "ALMONER_FIELD_KEYS holds them, the newest first: it seals, and all of them open.",
    )
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION", help="show or rotate")
    _add(
        actions,
        "show",
        "how many secrets stand under which key",
        "It answers 1 where one stands open, or under a key that is not here.",
    )
    _add(
        actions,
        "rotate",
        "bring all secrets under the newest key",
        "It may run while gifts come in, be killed, and run again. It answers 1 where one can't be opened.",
    )


def _finding(commands: _Commands) -> None:
    addresses = _add(
        commands,
        "addresses",
        "the address finder's files: build, find, info",
        "Each country has one file, in ALMONER_ADDRESSES_DIR; a running server uses a new one within a second.",
    )
    actions = addresses.add_subparsers(
        dest="action", required=True, metavar="ACTION", help="build, find or info"
    )
    _building(
        _add(
            actions,
            "build",
            "make a country's file from G-NAF, G-NAF Core, OpenAddresses or any CSV",
            "The new file takes the old one's place when it is whole; an interrupted build leaves the old one.",
        )
    )
    find = _add(
        actions,
        "find",
        "what donors would be offered for a text",
        "It answers 1 where nothing is found.",
    )
    find.add_argument("query", help='what somebody types, such as "3/12 geor"')
    find.add_argument("--country", default="AU", help="ISO 3166-1 code of two letters (default: AU)")
    find.add_argument("--file", help="a file elsewhere (default: the country's, in ALMONER_ADDRESSES_DIR)")
    find.add_argument("--limit", type=int, default=8, help="how many at the most, up to 20 (default: 8)")
    info = _add(
        actions,
        "info",
        "source, release, licence, counts and checksum of a file",
        "All of it is read and compared with its checksums; it answers 1 if it is damaged.",
    )
    info.add_argument("file", help="a file that `almoner addresses build` wrote")


def _building(build: argparse.ArgumentParser) -> None:
    add = build.add_argument
    add(
        "sources",
        nargs="+",
        metavar="source",
        help="files of one country: G-NAF's zip or its folder, GNAF_CORE.psv, CSV or GeoJSON a line, gzipped or not",
    )
    add("--country", required=True, help="ISO 3166-1 code of two letters, such as AU")
    add("--to", metavar="FILE", help="where to write it (default: XX.addresses in ALMONER_ADDRESSES_DIR)")
    add(
        "--source",
        metavar="NAME",
        help="the data's name, kept with each address (default: G-NAF's, or the file's)",
    )
    add("--release", help="which release it is (default: the month in the file's name, else the file's date)")
    add("--licence", help="what the data may be used for (default: G-NAF's for G-NAF, else nothing)")
    add(
        "--attribution",
        help="whom to name, shown below the search field (default: Geoscape Australia for G-NAF, else nobody)",
    )
    add(
        "--format",
        choices=("auto", "gnaf", "gnaf-core", "openaddresses"),
        default="auto",
        help="what the files are (default: auto, by what is in them); openaddresses takes any CSV",
    )
    add(
        "--column",
        dest="columns",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="a CSV's own column, such as number=HouseNo; once for each. Ours are number, number_last, suffix, street, "
        "unit, level, building, dependent_locality, locality, region, postcode and id",
    )
    add("--region", default="", help="the state of files that don't say theirs, such as NSW")
    add("--ids", action="store_true", help="keep the source's identifiers too, in four more bytes an address")


def _managing(commands: _Commands) -> None:
    manage = _add(
        commands,
        "manage",
        "Django's own commands: almoner manage migrate, shell, createsuperuser ...",
        "All that follows is handed to Django. Often wanted: createsuperuser, changepassword, shell, dbshell, "
        "showmigrations. `almoner manage help` lists all of them, `almoner manage help COMMAND` says more about one.",
    )
    manage.add_argument("arguments", nargs=argparse.REMAINDER, help="a command of Django's, and its options")
