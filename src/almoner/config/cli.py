"""The `almoner` command. Each subcommand is a module of `almoner.config.commands`."""

import argparse
import os
import sys
from importlib import import_module

import django
from django.core.management import execute_from_command_line

from almoner import __version__
from almoner.kernel.environment import SettingInvalid, SettingsInvalid

_FAULTY_SETTINGS = 2


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Returns the exit code: 0 well, 1 something is wrong, 2 settings or arguments are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
    try:
        if arguments[:1] == ["manage"]:
            execute_from_command_line(["almoner manage", *arguments[1:]])
            return 0
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
    django.setup(set_prefix=False)
    # Found by name, and only now: commands import models, which can't be imported before the setup.
    command = import_module(f"almoner.config.commands.{options.command}")
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
    commands.add_parser(
        "manage", help="Django's own commands: almoner manage migrate, shell, createsuperuser ..."
    )
    return top


def _serving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="the whole product on this machine, with a demonstration charity")
    demo.add_argument(
        "--port",
        type=int,
        default=None,
        help="where it answers (default: PORT, else 8000; 0 takes a free one)",
    )
    serve = commands.add_parser("serve", help="the web server")
    serve.add_argument(
        "--host", default=None, help="address to listen at (default: ALMONER_HOST, else 127.0.0.1)"
    )
    serve.add_argument("--port", type=int, default=None, help="default: PORT, else 8000")
    worker = commands.add_parser("worker", help="the worker: receipts, mail, sweeps")
    worker.add_argument("--threads", type=int, default=None, help="default: ALMONER_WORKER_THREADS, else 2")
    worker.add_argument("--once", action="store_true", help="do what is ready now, then stop")


def _looking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check", help="whether this installation is set up well, and what to do if not"
    )
    check.add_argument(
        "--no-mail", action="store_true", help="leave out the mail server and the sender's DNS"
    )
    commands.add_parser("prove", help="whether every invariant holds in the live database")


def _keeping(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="database and uploads into one file, while the site runs")
    backup.add_argument("file", help="where to write it, such as almoner-2026-11-24.tar; must not exist")
    restore = commands.add_parser("restore", help="database and uploads out of a backup; stop the site first")
    restore.add_argument("file", help="a file that `almoner backup` wrote")
    restore.add_argument("--force", action="store_true", help="overwrite a database that holds something")
    commands.add_parser("upgrade", help="bring the database and files to this version; safe to repeat")
