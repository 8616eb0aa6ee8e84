"""What the crash drills share: donors over a real server, two hours that pass, and the reckoning afterwards."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from unittest.mock import patch

import httpx
import pytest
from django.conf import settings
from django.test import override_settings

from almoner.config import prove
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.tests.conftest import PERSON
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.outbox.models import Job
from almoner.outbox.worker import drain, reap
from almoner.payments import gateways
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, Refund
from almoner.receipts.models import Receipt, ReceiptDelivery, ReceiptFile
from tests.support.server import Site, wait_until

KILLED = -9


def turn(*, sweep: bool = True) -> None:
    """What the worker does: the sweep (twice, for what the first one began), then all that waits in the outbox."""
    if sweep:
        actions.look_at_due()
        actions.look_at_due()
    reap()
    drain(HANDLERS)


def page_to_submit(client: httpx.Client, email: str, **chosen: str) -> dict[str, str]:
    """Walk to the last step; returns what its form sends."""
    details = client.post("/give/4840/details/", data={"amount": "50", "fund": "children"})
    typed = {**PERSON, "email": email, "action": "continue", "token": token_in(details)}
    payment = client.post("/give/4840/payment/", data=typed)
    sent = {"token": token_in(payment), "action": "give", "method": "sandbox_card"}
    return sent | {"sandbox_outcome": "success"} | chosen


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def visitor(site: Site) -> httpx.Client:
    return httpx.Client(base_url=site.base, timeout=120, trust_env=False)


def crash(site: Site, form: dict[str, str]) -> None:
    """Send the submit and see the server die before it answers."""
    with visitor(site) as client, pytest.raises(httpx.TransportError):
        client.post("/give/4840/submit/", data=form)


def ready(site: Site) -> None:
    """Wait until the server's dead worker was replaced."""

    def up() -> bool:
        try:
            return httpx.get(f"{site.base}/health/ready", timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            return False

    wait_until(up, says=lambda: site.processes[0].output)


def sandbox_of(site: Site) -> Sandbox:
    return Sandbox(site.data_dir / "sandbox.sqlite3", site_url="", secret=settings.ALMONER_SANDBOX_SECRET)


def armed(label: str) -> dict[str, str]:
    """The environment of a process that dies at this point."""
    return {"ALMONER_CRASH_ALLOWED": "1", "ALMONER_CRASH_AT": label}


def time_passes() -> None:
    """Two hours, for every row that waits for its time, and for what a dead worker held."""
    ago = now() - timedelta(hours=2)
    Attempt.objects.filter(look_at__isnull=False).update(look_at=ago, updated_at=ago, created_at=ago)
    Refund.objects.filter(look_at__isnull=False).update(look_at=ago, updated_at=ago)
    Job.objects.filter(lease_until__isnull=False).update(lease_until=ago)
    Job.objects.filter(finished_at__isnull=True).update(run_at=ago)


def die(site: Site, label: str, code: str) -> None:
    """Run Python in a process of the site's that dies at this point."""
    dead = site.start("manage", "shell", "-c", code, **armed(label))
    assert dead.wait() == KILLED, dead.output


def die_at_work(site: Site, label: str, *, sweep: bool = True) -> None:
    """The worker's turn after two hours, and its death at this point."""
    time_passes()
    die(site, label, f"from tests.crash.drill import turn; turn(sweep={sweep})")


def work(site: Site, *, sweep: bool = True) -> None:
    """The next worker's turn after two hours. Here, for a process more would cost each drill two seconds."""
    time_passes()
    with at_site(site):
        turn(sweep=sweep)


@contextmanager
def at_site(site: Site) -> Iterator[None]:
    """This process works for the site: its sandbox, and its mail."""
    with (
        override_settings(
            EMAIL_BACKEND="almoner.config.mailbox.EmailBackend",
            EMAIL_OUTBOX_DIR=site.mail_dir,
            SITE_URL=site.base,
        ),
        patch.object(gateways, "sandbox", lambda: sandbox_of(site)),
    ):
        gateways.gateways.cache_clear()
        try:
            yield
        finally:
            gateways.gateways.cache_clear()


def hold_to_account(site: Site, *, repeated: int = 0) -> None:
    """Our books against the gateway's own and the mails that went out, gift by gift; then every invariant.

    `repeated`: how many mails may have gone out twice, because a worker died between sending and saying so.
    """
    charged = {
        charge.key: charge for charge in sandbox_of(site).store.charges() if charge.state == "succeeded"
    }
    for gift in Gift.objects.all():
        attempts = Attempt.objects.filter(gift_id=gift.pk)
        captures = [charged.pop(str(attempt.pk)) for attempt in attempts if str(attempt.pk) in charged]
        by_transfer = attempts.filter(gateway="bank", state="succeeded").count()
        paid = len(captures) + by_transfer
        assert paid <= 1
        assert (gift.status == GiftStatus.SETTLED) == bool(paid), gift.status
        assert gift.status in (GiftStatus.SETTLED, GiftStatus.FAILED), "nothing is left pending"
        posted = Posting.objects.filter(
            source="attempt", source_id__in=[str(a.pk) for a in attempts], kind="charge"
        )
        assert posted.count() == paid
        _receipted(gift, paid)
    assert charged == {}, "a charge without a gift"
    _mailed(site, repeated)
    prove_all(site)


def prove_all(site: Site) -> None:
    """Every invariant that `almoner prove` knows."""
    lines: list[str] = []
    with at_site(site):
        assert prove.report(lines.append) == 0, "\n".join(lines)


def _receipted(gift: Gift, paid: int) -> None:
    """One receipt, one document, one mail that went out for each success, and none for what wasn't paid."""
    sent = ReceiptDelivery.objects.filter(gift=gift, kind="receipt", state=ReceiptDelivery.State.SENT)
    assert Receipt.objects.filter(gift=gift).count() == paid
    assert ReceiptFile.objects.filter(receipt__gift=gift).count() == paid
    assert sent.count() == paid
    assert not ReceiptDelivery.objects.filter(gift=gift, state=ReceiptDelivery.State.QUEUED).exists()


def _mailed(site: Site, repeated: int) -> None:
    """What lies in the mailbox is what the rows say was sent: nothing lost, nothing doubled, nothing else; and every
    copy carries the one document."""
    arrived: dict[str, list[EmailMessage]] = defaultdict(list)
    for file in site.mail_dir.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        arrived[str(mail["Message-ID"])].append(mail)
    sent = ReceiptDelivery.objects.filter(sent_at__isnull=False).select_related("receipt__file")
    assert set(arrived) == {delivery.message_id for delivery in sent}
    assert sum(len(copies) - 1 for copies in arrived.values()) == repeated
    for delivery in sent:
        for copy in arrived[delivery.message_id]:
            enclosed = [part.get_content() for part in copy.iter_attachments()]
            assert enclosed == ([bytes(delivery.receipt.file.pdf)] if delivery.receipt is not None else [])
