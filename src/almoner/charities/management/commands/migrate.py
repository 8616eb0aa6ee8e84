"""Django's migrate, after which the append-only triggers stand again (a table rebuilt on SQLite loses them).

An empty database is filled at once, where that comes to the same.
"""

from typing import Any, Final

from django.core.management.commands import migrate
from django.db import connections

from almoner.charities import appendonly, new_database
from almoner.kernel import garbage

# With any of these, something else is asked for than all that this version has.
_SOMETHING_ELSE: Final = ("app_label", "check_unapplied", "fake", "fake_initial", "plan", "run_syncdb")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options.get(name) for name in _SOMETHING_ELSE):
            made = new_database.make(connection)
            if made and options["verbosity"] >= 1:
                self.stdout.write(f"A new database: as {made} migrations leave it.")
        with garbage.sought_rarely():
            super().handle(*args, **options)
        if not options.get("check_unapplied") and not options.get("plan"):
            appendonly.install(connection)
