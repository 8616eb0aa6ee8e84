"""What the reference says is what the source says."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

from almoner.backoffice import words
from almoner.charities import appendonly
from almoner.config import cli, mail
from almoner.config.commands import demo
from almoner.donors import urls as donors_urls
from almoner.embedding import urls as embedding_urls
from almoner.giving import urls as giving_urls
from almoner.giving.status import derive
from almoner.kernel.crashpoint import LABELS
from almoner.ledger import books
from almoner.payments import urls as payments_urls
from almoner.payments.gateways.sandbox.gateway import Outcome
from almoner.payments.transitions import State
from almoner.receipts import urls as receipts_urls
from almoner.receipts import webhook_urls
from almoner.receipts.facts import Benefit, signed_facts
from almoner.receipts.tests.paper import facts
from tests.docs.pages import DOCS, DOCUMENTS, ROOT, blocks_of, name_of, rows_of, spans_of, text_of

pytestmark = pytest.mark.once

REFERENCE = DOCS / "reference"
SETTING = re.compile(r"(?:ALMONER_[A-Z_]+|PORT)")


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_what_is_written_from_the_source_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "script/write_reference.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# ---- Settings ----------------------------------------------------------------------------------------------------


def source_trees() -> Iterator[ast.Module]:
    for path in (ROOT / "src/almoner").rglob("*.py"):
        if "tests" not in path.parts and "migrations" not in path.parts:
            yield ast.parse(text_of(path))


def settings_in_source() -> set[str]:
    """Every string that is the whole name of a variable. (A prefix ends in an underscore.)"""
    return {
        node.value
        for tree in source_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value)
    }


def defaults_in_source() -> dict[str, str]:
    """Variables that are read with a plain default: `env.integer("ALMONER_WORKERS", 2, ...)`."""
    found = {}
    for tree in source_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 1:
                name, default = node.args[:2]
                if (
                    isinstance(name, ast.Constant)
                    and isinstance(name.value, str)
                    and SETTING.fullmatch(name.value)
                    and isinstance(default, ast.Constant)
                    and node.func.attr in ("integer", "flag", "text", "choice")
                ):
                    # 0 is False to a dict.
                    flag = {"True": "yes", "False": "no"}
                    found[name.value] = flag.get(str(default.value), str(default.value))
    return found


def documented_settings() -> dict[str, str]:
    rows = rows_of(text_of(REFERENCE / "settings.md"), "Variable")
    return {code_in(row[0])[0]: row[1] for row in rows}


def test_every_setting_is_documented_and_no_other() -> None:
    documented = {name.replace("…", "") for name in documented_settings()}
    # Written as text in the source only inside a longer string.
    apart = {"ALMONER_ANYMAIL_WEBHOOK_SECRET"}
    assert documented - apart == settings_in_source()


def test_settings_defaults_are_those_of_the_source() -> None:
    documented = documented_settings()
    plain = {
        name: default for name, default in defaults_in_source().items() if default and name in documented
    }
    assert len(plain) > 10
    # The mode of tools that don't say; everybody else has to.
    plain.pop("ALMONER_MODE")
    assert {n: documented[n] for n, default in plain.items() if default not in documented[n]} == {}


def test_ways_of_mail_are_those_of_the_source() -> None:
    rows = rows_of(text_of(DOCS / "how-to/mail.md"), "Address")
    named = {name.removesuffix("//").removesuffix(":") for row in rows for name in code_in(row[0])}
    assert named == {"smtp", "smtps", "smtp+plain", *mail._SERVICES}


# ---- States, books, receipts -------------------------------------------------------------------------------------


def test_a_gifts_status_follows_as_the_table_says() -> None:
    said = {}
    for row in rows_of(text_of(REFERENCE / "states.md"), "An attempt of the gift is"):
        for state in code_in(row[0]):
            said[state] = (row[1], row[2])
    true = {state.value: (derive([state]).value, words._STATUS[derive([state])].label) for state in State}
    assert said == true


def test_accounts_are_those_of_the_books() -> None:
    rows = rows_of(text_of(REFERENCE / "states.md"), "Account")
    said = {code_in(row[0])[0].partition(":")[0]: row[1].partition(",")[0] for row in rows}
    assert said == {code: str(kind) for code, kind in books._KINDS.items()}


def test_the_signed_facts_are_those_of_the_source() -> None:
    said = [code_in(row[0])[0] for row in rows_of(text_of(REFERENCE / "receipts.md"), "Key")]
    whole = facts(practice=True, benefit=Benefit(description="Dinner", value_minor=1500))
    assert set(said) == set(signed_facts(whole))


def test_every_end_of_a_payment_has_its_picture_in_the_tutorial() -> None:
    tutorial = text_of(DOCS / "tutorial/first-gift.md")
    missing = [each for each in Outcome if f"outcome-{each.value.replace('_', '-')}.png" not in tutorial]
    assert missing == []


def test_crash_points_named_in_commands_exist() -> None:
    named = [
        label for document in DOCUMENTS for label in re.findall(r"ALMONER_CRASH_AT=(\S+)", text_of(document))
    ]
    assert named and set(named) <= set(LABELS)


# ---- Addresses ---------------------------------------------------------------------------------------------------


def shown(pattern: URLPattern) -> str:
    if isinstance(pattern.pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern))
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(pattern.pattern)).strip("^$").replace("\\", "")


def test_every_address_of_donors_is_documented() -> None:
    said = {each for row in rows_of(text_of(REFERENCE / "http.md"), "Address") for each in code_in(row[0])}
    rooms = {
        "/give/": giving_urls, "/receipts/": receipts_urls, "/webhooks/": payments_urls,
        "/webhooks/mail/": webhook_urls, "/giving/": donors_urls,
        "/": embedding_urls,
    }  # fmt: skip
    true = {prefix + shown(pattern) for prefix, room in rooms.items() for pattern in room.urlpatterns}
    true.add("/give/addresses/")  # in front of Django
    assert true - said == set()
    # What stands at the root is other rooms' too.
    del rooms["/"]
    assert {each for each in said if each.startswith(tuple(rooms))} - true == set()


# ---- Privacy -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_tables_named_under_privacy_exist_and_may_be_emptied_as_said() -> None:
    tables = set(connection.introspection.table_names())
    for row in rows_of(text_of(DOCS / "explanation/privacy.md"), "What"):
        named = [name for name in code_in(row[1]) if "…" not in name]
        assert set(named) <= tables, row
        for table in named:
            guarded = table in appendonly.protected_tables()
            assert guarded == row[2].startswith("no"), (table, row[2])


# ---- Names -------------------------------------------------------------------------------------------------------


def test_subcommands_and_scripts_that_are_named_exist() -> None:
    top = cli.parser()
    known = {name for action in top._actions for name in (action.choices or ())}
    for document in DOCUMENTS:
        text = text_of(document)
        said = [*spans_of(text), *blocks_of(text, "sh")]
        commands = {
            word for each in said for word in re.findall(r"(?m)(?:^|bin/|web )almoner ([a-z]+)", each)
        }
        assert commands <= known, name_of(document)
        scripts = {word for each in said for word in re.findall(r"(?<![\w/])(script/[\w-]+(?:\.py)?)", each)}
        assert [name for name in scripts if not (ROOT / name).exists()] == [], name_of(document)


def test_source_files_that_are_named_exist() -> None:
    for document in DOCUMENTS:
        named = {
            each for each in spans_of(text_of(document)) if re.fullmatch(r"[a-z_]+(?:/[a-z_]+)+\.py", each)
        }
        missing = [each for each in named if not _source(each)]
        assert missing == [], name_of(document)


def _source(name: str) -> bool:
    return any((base / name).exists() for base in (ROOT, ROOT / "src/almoner", ROOT / "src/almoner/payments"))


def test_the_front_page_shows_what_the_demo_says() -> None:
    source = text_of(Path(demo.__file__))
    lines = blocks_of(text_of(ROOT / "README.md"), "text")[0].splitlines()
    labels = [line.strip().partition("  ")[0] for line in lines if line.startswith("  ")]
    assert len(labels) > 4
    assert [label for label in labels if label not in source] == []
