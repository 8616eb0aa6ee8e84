"""Django's migrate, after which the append-only triggers stand again (a table rebuilt on SQLite loses them)."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from almoner.charities import appendonly
from almoner.kernel import garbage


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with garbage.sought_rarely():
            super().handle(*args, **options)
        if not options.get("check_unapplied") and not options.get("plan"):
            appendonly.install(connections[options["database"]])
