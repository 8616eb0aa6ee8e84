"""Every command of the documentation is run here, or somewhere else that is named."""

import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from almoner.impact.demo import SLUG
from almoner.receipts.facts import canonical_bytes
from almoner.receipts.signing import signing_keys
from almoner.receipts.tests.paper import facts
from almoner.receipts.typesetting import render_pdf
from almoner.webhooks import keys
from tests.docs.pages import DOCS, DOCUMENTS, ROOT, blocks_of, commands_of, name_of, text_of
from tests.docs.test_on_a_server import WALK
from tests.support import templates
from tests.support.databases import database_name
from tests.support.server import Site

pytestmark = pytest.mark.once

# What CI runs (.ci/run), or another test.
ELSEWHERE = {
    r"(?:PORT=\d+ )?script/demo": "tests/test_demo.py, and every picture of the documentation",
    r"(?:ALMONER_TEST_ON=sqlite )?script/test(?: \S+)?": ".ci/run",
    r"script/check": ".ci/run",
    r"script/wordpress": "tests/wordpress, by its fixture",
    r"\.venv/bin/python script/wordpress-plugin": "tests/wordpress, whose plugin comes out of that file",
    r"script/setup": "tests/test_setup.py, and .ci/run",
    r"ALMONER_CRASH_ALLOWED=1 ALMONER_CRASH_AT=\S+ script/demo": "the tests marked crash",
    r"\.venv/bin/python script/messages": "the tests of the catalogs",
    r"script/bench \S+(?: --\w+ \S+)*": "tests/bench/test_benches.py",
    r"script/cluster drill": "nowhere by itself, for it takes ten minutes; tests/cluster holds what it is made of",
    r"almoner check": "src/almoner/config/tests",
    r"almoner keys (?:rotate|show)": "src/almoner/config/tests/test_keys.py",
    r"almoner addresses (?:build|find|info) .*": "tests/test_addresses_command.py",
    r"almoner impact import .*": "src/almoner/config/tests/test_impact_command.py",
    r"almoner import wordpress .*": "src/almoner/stories/tests/test_wordpress.py, and tests/test_wordpress_large.py",
    r"almoner import \S+ .*": "src/almoner/giving/tests/test_importing.py, and config/tests/test_exporting.py",
    r"almoner export \S+ .*": "src/almoner/config/tests/test_exporting.py",
    r"curl -H \"Authorization: Bearer \$TOKEN\" .*": "the test of the API, below",
    r"curl --get https://api\.stripe\.com/.*": "nowhere: it needs Stripe's own machines and an account's key",
    r"almoner manage createsuperuser": "Django's own",
    r"docker .*": "nowhere: it wants a daemon; tests/test_deployment.py reads the compose files and the chart's parts",
    r"kubectl .*": "nowhere: it wants a cluster",
    r"helm upgrade .*": "tests/test_deployment.py, by Helm's own engine; nowhere on a cluster",
    r"curl --silent --output keys\.json \S+/receipts/keys\.json": "the test of the receipt, below",
    r"pdfdetach .*": "the test of the receipt, below",
}
# Walked through in their order, in a temporary root.
ON_A_SERVER = {command for document in WALK for command in commands_of(DOCS / "how-to" / document)}


COMMANDS = sorted({command for document in DOCUMENTS for command in commands_of(document)})


def prove(site: Site, command: str) -> None:
    done = almoner(site, "prove")
    assert "broken 0" in done, done


def upgrade(site: Site, command: str) -> None:
    assert "System check identified no issues" in almoner(site, "upgrade")


def back_up_and_restore(site: Site, command: str) -> None:
    """The backup as it is written, but into this test's folder; then into an empty place."""
    file = site.data_dir / Path(shlex.split(command)[-1]).name
    almoner(site, "backup", str(file))
    place = site.data_dir / "restored"
    place.mkdir()
    url = templates.empty(database_name("restored"), place)
    try:
        elsewhere = {"ALMONER_DATA_DIR": str(place), "ALMONER_DATABASE_URL": url}
        assert "broken 0" in almoner(site, "restore", str(file), **elsewhere)
        # It holds something now, and is overwritten only by who says so.
        assert "broken 0" in almoner(site, "restore", "--force", str(file), **elsewhere)
    finally:
        templates.drop(url)


def random_key(site: Site, command: str) -> None:
    made = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout.strip()
    assert len(b64decode(made)) == int(command.split()[-1])
    name = "ALMONER_RECEIPT_KEYS" if command.endswith("32") else "ALMONER_SECRET_KEY"
    # The settings take what the command prints.
    almoner(site, "manage", "check", **{name: made})


def country_names(site: Site, command: str) -> None:
    names_in = runpy.run_path(str(ROOT / "script/country-names"))["names_in"]
    for language in shlex.split(command)[2:]:
        assert len(names_in(language)) > 240


_MINT = """
from django.contrib.auth.models import User
from almoner.api import tokens
from almoner.api.scopes import Scope
from almoner.charities.models import Charity
charity = Charity.objects.get()
for pk, name in ((1, "ada"), (2, "ben")):
    made = tokens.mint(charity=charity, name="CRM", scopes=Scope, expires_at=None, actor=User(pk=pk, username=name))
    print(made[1])
"""

HERE: dict[str, Callable[[Site, str], None]] = {
    r"(?:ALMONER_MODE=demo )?(?:\.venv/bin/)?almoner prove": prove,
    r"almoner upgrade": upgrade,
    r"almoner (?:backup|restore|restore --force) /var/lib/almoner-backups/[\w-]+\.tar": back_up_and_restore,
    r"openssl rand -base64 32": random_key,
    r"openssl rand -base64 48": random_key,
    r"\.venv/bin/python script/country-names [a-z ]+": country_names,
}


def almoner(site: Site, *arguments: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "almoner", *arguments],
        env=site.env | env, cwd=site.data_dir, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def one_of(patterns: Any, command: str) -> Any:
    return next((pattern for pattern in patterns if re.fullmatch(pattern, command)), None)


def test_every_command_is_run_somewhere() -> None:
    unknown = [
        f"{name_of(document)}: {command}"
        for document in DOCUMENTS
        for command in commands_of(document)
        if not one_of(HERE, command) and not one_of(ELSEWHERE, command) and command not in ON_A_SERVER
    ]
    assert unknown == []


def test_every_pattern_has_its_command() -> None:
    unused = [p for p in (*HERE, *ELSEWHERE) if not any(re.fullmatch(p, command) for command in COMMANDS)]
    assert unused == []


# One command for each way of running: three backups into three files are one thing.
RUN_HERE = {one_of(HERE, command): command for command in COMMANDS if one_of(HERE, command)}


@pytest.mark.parametrize("pattern", RUN_HERE, ids=RUN_HERE.get)
def test_the_command_works(new_server: Callable[..., Site], pattern: str) -> None:
    HERE[pattern](new_server(started=False), RUN_HERE[pattern])


def test_the_api_answers_as_the_how_to_says(demo_site: Site) -> None:
    minted = almoner(demo_site, "manage", "shell", "--verbosity=0", "-c", _MINT)
    ada, ben = (line for line in minted.splitlines() if line.startswith("almoner_"))
    told: list[Any] = []
    figure = ""
    for command in commands_of(DOCS / "how-to/connect-a-system.md"):
        here = command.replace("https://give.example.org", demo_site.base).replace('"general"', '"children"')
        here = here.replace("/programmes/rescue/", f"/programmes/{SLUG}/")
        # Who verifies is somebody else.
        token = ben if "/decisions" in command else ada
        done = subprocess.run(
            ["bash", "-c", here],
            env=os.environ | {"TOKEN": token, "FIGURE": figure},
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        figure = answer.get("id", figure)
        told.append([each.get("state") for each in answer["items"]] if "items" in answer else answer)
    gifts, gift, entered, decided, corrected, wells = told
    assert isinstance(gifts, list)
    assert gift["settled_minor"] == 5000
    assert (entered["value"], entered["state"], decided) == ("1250", "waiting", ["verified"])
    assert (corrected["value"], corrected["supersedes"]) == ("1249", entered["id"])
    assert (wells["slug"], [each["name"] for each in wells["partners"]]) == ("wells", ["Water Board"])


@pytest.mark.django_db
def test_a_receipt_is_verified_as_the_reference_says(tmp_path: Path) -> None:
    receipt = facts("Grace Nguyễn")
    sealed = render_pdf(receipt, signing_keys()[0].sign(canonical_bytes(receipt)))
    (tmp_path / "receipt.pdf").write_bytes(sealed.pdf)
    (tmp_path / "keys.json").write_bytes(Client().get("/receipts/keys.json").content)
    document = DOCS / "reference/receipts.md"
    detach = next(command for command in commands_of(document) if command.startswith("pdfdetach"))
    subprocess.run(shlex.split(detach), cwd=tmp_path, check=True)
    program = "\n".join(blocks_of(text_of(document), "python"))
    assert "assert" in program
    assert "000123" in _run(program, tmp_path)
    altered = (tmp_path / "receipt.json").read_text().replace('"amount_minor": 5000', '"amount_minor": 5001')
    (tmp_path / "receipt.json").write_text(altered)
    with pytest.raises(subprocess.CalledProcessError, match="status 1"):
        _run(program, tmp_path)


@pytest.mark.once
def test_a_message_is_read_as_the_how_to_says() -> None:
    (program,) = blocks_of(text_of(DOCS / "how-to/send-events.md"), "python")
    known: dict[str, Any] = {}
    exec(program, known)  # noqa: S102
    secret, other, body, sent_at = keys.mint(), keys.mint(), b'{"type":"gift.succeeded"}', int(time.time())

    def read(body: bytes, *secrets: str, sent_at: int = sent_at) -> Any:
        signature = keys.signatures(secrets, message_id="msg_1", timestamp=sent_at, body=body)
        headers = {"webhook-id": "msg_1", "webhook-timestamp": str(sent_at), "webhook-signature": signature}
        return known["read"](secret, headers, b'{"type":"gift.succeeded"}')

    assert read(body, secret) == read(body, other, secret) == {"type": "gift.succeeded"}
    for wrong in (lambda: read(body, other), lambda: read(body + b" ", secret)):
        with pytest.raises(ValueError, match="not signed"):
            wrong()
    with pytest.raises(ValueError, match="too long ago"):
        read(body, secret, sent_at=sent_at - 400)


def _run(program: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout
