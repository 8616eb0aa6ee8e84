"""Card numbers planted wherever donors, gateways, files and banks may write: a backup's bytes hold none."""

import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Final

from django.db import connection
from tests.support.databases import LiveDb

from almoner.banking.models import BankAccount, StatementLine
from almoner.charities.models import Charity
from almoner.config import backups, cli
from almoner.config.commands import importing, statements
from almoner.config.wiring import HANDLERS
from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.test_card_numbers import FIELDS, NUMBER, PLANTED
from almoner.kernel.cards import TAKEN_OUT
from almoner.kernel.clock import now
from almoner.outbox.worker import drain
from almoner.payments.gateways.sandbox.gateway import Sandbox

SPACED, DASHED = PLANTED[1:]
PLANTED_BYTES: Final = re.compile(rb"4242[\s-]?4242[\s-]?4242[\s-]?4242")


def by_donors() -> None:
    donor = Donor(
        UrlencodedClient(HTTP_USER_AGENT=f"Card {NUMBER}", HTTP_REFERER=f"https://a.example/?{NUMBER}")
    )
    for name in FIELDS:
        donor.to_payment(**{name: f"Ada {SPACED}"})
    amount = donor.amount(utm_source=SPACED, utm_term=DASHED, appeal=NUMBER, referrer=f"{NUMBER}.example.org")
    assert donor.give(donor.details(amount), confirmation_token=NUMBER, method_card=NUMBER).status_code == 303
    donor.client.post(f"/webhooks/sandbox/?{NUMBER}", {"card": NUMBER}, content_type="application/json")


def by_a_file(folder: Path) -> None:
    file = folder / "gifts.csv"
    file.write_text(
        "number,amount,currency,given_on,given_name,family_name,email,note\n"
        f"1,5.00,AUD,2026-01-05,Bo,Reed {NUMBER},bo@example.org,card {SPACED}\n"
    )
    assert importing.run(cli.parser().parse_args(["import", "csv", str(file), "--charity", "tidelight"])) == 0


def by_a_bank(folder: Path) -> None:
    charity = Charity.objects.get()
    BankAccount.objects.create(charity=charity, name="Everyday", currency="AUD", created_at=now())
    file, columns = folder / f"may-{NUMBER}.csv", folder / "columns.json"
    file.write_text(f"Date,Narrative,Amount\n01/05/2026,CARD {SPACED} GIFT,12.00\n")
    columns.write_text(
        '{"date": 0, "date_order": "dmy", "amount": 2, "decimal": ".", "text": [1], "skip": 1}'
    )
    asked = ["statements", "import", str(file), "--account", "Everyday", "--map", str(columns)]
    assert statements.run(cli.parser().parse_args(asked)) == 0
    assert StatementLine.objects.count() == 1


def backed_up(folder: Path) -> bytes:
    """All that a backup holds; a dump of PostgreSQL's is unpacked too."""
    target = folder / "backup.tar"
    backups.write(target)
    whole = target.read_bytes()
    with tarfile.open(target) as tar:
        if "almoner.pgdump" in tar.getnames():
            dump = tar.extractfile("almoner.pgdump")
            assert dump is not None
            told = subprocess.run(
                ["pg_restore", "--file=-"], input=dump.read(), capture_output=True, check=True
            )
            whole += told.stdout
    return whole


def test_card_testing_what_is_planted_is_in_no_backup(
    live_db: LiveDb, sandbox: Sandbox, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    demo.seed()
    by_donors()
    by_a_file(tmp_path)
    by_a_bank(tmp_path)
    drain(HANDLERS)
    assert Gift.objects.count() == 2
    whole = backed_up(tmp_path)
    # What stood round a number is there.
    for kept in (TAKEN_OUT, "bo@example.org", "ada@example.org", "GIFT"):
        assert kept.encode() in whole, kept
    assert PLANTED_BYTES.findall(whole) == []
    # The test can fail: the same number, written by nobody's leave, is found.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supporters_contact SET phone = %s", [DASHED])
    assert PLANTED_BYTES.findall(backed_up_again(tmp_path))


def backed_up_again(folder: Path) -> bytes:
    (folder / "backup.tar").unlink()
    return backed_up(folder)
