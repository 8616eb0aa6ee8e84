"""`almoner upgrade`: the database and the files at this version, then the checks. Safe to repeat."""

import argparse

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from almoner.backoffice import roles
from almoner.charities import appendonly
from almoner.config import statics


def run(options: argparse.Namespace) -> int:
    apply(verbosity=1)
    missing = list(appendonly.missing(connection))
    for name in missing:
        print(f"missing trigger: {name}")
    call_command("check", deploy=settings.MODE == "production", fail_level="ERROR")
    return 1 if missing else 0


def apply(*, verbosity: int) -> None:
    """Migrate (which installs the append-only triggers again), make staff's roles, and collect the static files."""
    call_command("migrate", interactive=False, verbosity=verbosity)
    roles.ensure_roles()
    statics.collect_if_needed()
