"""A worker killed at each point between the job and its end: the next one leaves one document and one mail."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from tests.support.databases import LiveDb
from tests.support.mailsink import MailSink

from almoner.config.wiring import HANDLERS
from almoner.giving import demo, desk
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import LABELS
from almoner.outbox.models import Job
from almoner.outbox.models import State as JobState
from almoner.outbox.worker import drain, reap
from almoner.receipts import proof
from almoner.receipts.models import ReceiptDelivery, ReceiptFile, ReceiptSeal
from almoner.supporters.people import Details

POINTS = [label for label in LABELS if label.startswith("receipt.")]
WORKER = """
import django
django.setup()
from almoner.config.wiring import HANDLERS
from almoner.outbox.worker import drain
drain(HANDLERS)
"""


def _gift() -> Gift:
    charity = demo.seed()
    return desk.enter_gift(
        charity=charity,
        fund=charity.funds.get(is_default=True),
        details=Details(given_name="Ada", family_name="Nguyễn", email="ada@example.org"),
        amount_minor=5000,
        currency="AUD",
        channel="cheque",
        given_on=date(2026, 11, 23),
        actor=User.objects.create_user("sam"),
    )


def _work(live_db: LiveDb, sink: MailSink, crash_at: str = "") -> int:
    crash = {"ALMONER_CRASH_ALLOWED": "1", "ALMONER_CRASH_AT": crash_at} if crash_at else {}
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "almoner.config.settings",
        "ALMONER_MODE": "test",
        "ALMONER_DATABASE_URL": live_db.url,
        "ALMONER_MAIL_URL": sink.url,
        "ALMONER_RECEIPT_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        **crash,
    }
    return subprocess.run([sys.executable, "-c", WORKER], env=env, timeout=120, check=False).returncode


@pytest.mark.crash
@pytest.mark.parametrize("label", POINTS)
def test_a_killed_worker_leaves_nothing_undone_and_nothing_double(
    live_db: LiveDb, mail_sink: MailSink, label: str
) -> None:
    gift = _gift()
    assert _work(live_db, mail_sink, label) == -9
    assert Job.objects.get(dedupe_key__startswith="mail receipt:").state == JobState.LEASED
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    assert reap() == 1
    assert _work(live_db, mail_sink) == 0
    assert drain(HANDLERS) == 0
    assert ReceiptDelivery.objects.get(gift=gift).state == ReceiptDelivery.State.SENT
    assert ReceiptSeal.objects.count() == 1
    kept = bytes(ReceiptFile.objects.get().pdf)
    # Only where the mail was out and nobody had said so does it go twice, and then it is the same one.
    assert len(mail_sink.messages) == (2 if label == "receipt.after-mail" else 1)
    assert len({message["Message-ID"] for message in mail_sink.messages}) == 1
    assert all(next(message.iter_attachments()).get_content() == kept for message in mail_sink.messages)
    assert not [row for check in proof.checks() for row in check.run()]
