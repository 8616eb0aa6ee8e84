"""A commit that was cut short while it waited for its standby is told as unknown, not as done."""

import os
import subprocess
import sys

import pytest

from tests.support.templates import ROOT

pytestmark = pytest.mark.once

# A server of its own, for what is set here holds every commit up.
_PROGRAM = """
import os, threading, time
import django, psycopg
django.setup()
from django.conf import settings
from django.db import OperationalError, connection, transaction

admin = psycopg.connect(os.environ["ALMONER_DATABASE_URL"], autocommit=True)
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE kept (n integer)")
    cursor.execute("CREATE TABLE probed (n integer)")

def cancelled():
    while True:
        waiting = admin.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchone()
        if waiting:
            admin.execute("SELECT pg_cancel_backend(%s)", waiting)
            return
        time.sleep(0.02)

def commits_wait():
    # Not when this session knows the setting: the checkpointer tells it to all, in its own time.
    with psycopg.connect(os.environ["ALMONER_DATABASE_URL"], autocommit=True) as probe:
        while not probe_waited(probe):
            pass

def probe_waited(probe):
    commit = threading.Thread(target=probe.execute, args=["INSERT INTO probed VALUES (0)"], daemon=True)
    commit.start()
    while commit.is_alive():
        if admin.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchone():
            cancelled()
            commit.join()
            return True
    return False

def told(work):
    threading.Thread(target=cancelled, daemon=True).start()
    try:
        work()
    except OperationalError as error:
        return str(error)
    return "done"

def in_a_transaction():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO kept VALUES (1)")

def by_itself():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kept VALUES (2)")

in_a_transaction()
admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
admin.execute("SELECT pg_reload_conf()")
commits_wait()
print(told(in_a_transaction))
print(told(by_itself))
# The connection goes on, and what is read is believed.
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM kept")
    print(cursor.fetchone()[0])
"""


def test_a_cancelled_wait_for_the_standby_is_no_success() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    env["DJANGO_SETTINGS_MODULE"] = "almoner.config.settings"
    done = subprocess.run(
        [ROOT / "script" / "with-postgres", sys.executable, "-c", _PROGRAM],
        env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    unknown = "a commit was not waited for: no standby may have it"
    assert done.stdout.splitlines() == [unknown, unknown, "3"]
