"""Killed by SIGKILL at every labelled point between the donor's submit and the settled gift, on a real server.

Two donors meet each crash: one never comes back, one sends the same page again. After a restart and a sweep every
gift stands as the gateway says, once, with one receipt, and `almoner prove` holds.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.tests.conftest import PERSON
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import LABELS
from almoner.ledger.models import Posting
from almoner.payments.gateways.sandbox.delivery import deliver_due
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, InboxMessage, Refund
from almoner.receipts.models import Receipt
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
OF_THE_SUBMIT = tuple(
    label for label in LABELS if label.partition(".")[0] in ("submit", "create", "confirm", "settle")
)
OF_WEBHOOKS = tuple(label for label in LABELS if label.startswith("webhook."))
OF_REFUNDS = tuple(label for label in LABELS if label.startswith("refund."))


def test_every_label_is_met_by_some_test() -> None:
    of_receipts = {label for label in LABELS if label.startswith("receipt.")}  # receipts/tests/test_crash.py
    assert {*OF_THE_SUBMIT, *OF_WEBHOOKS, *OF_REFUNDS, *of_receipts} == set(LABELS)


def page_to_submit(client: httpx.Client, email: str) -> dict[str, str]:
    """Walk to the last step; returns what its form sends."""
    details = client.post("/give/4840/details/", data={"amount": "50", "fund": "children"})
    typed = {**PERSON, "email": email, "action": "continue", "token": token_in(details)}
    payment = client.post("/give/4840/payment/", data=typed)
    return {
        "token": token_in(payment), "action": "give", "method": "sandbox_card", "sandbox_outcome": "success",
    }  # fmt: skip


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def visitor(site: Site) -> httpx.Client:
    return httpx.Client(base_url=site.base, timeout=30, trust_env=False)


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


def time_passes() -> None:
    """Two hours, for every row that waits for its time."""
    ago = now() - timedelta(hours=2)
    Attempt.objects.filter(look_at__isnull=False).update(look_at=ago, updated_at=ago, created_at=ago)
    Refund.objects.filter(look_at__isnull=False).update(look_at=ago, updated_at=ago)


def sweep(site: Site) -> None:
    """What the worker does after two hours: the sweep, then all that waits in the outbox."""
    time_passes()
    code = "from almoner.giving import actions; actions.look_at_due(); actions.look_at_due()"
    swept = site.start("manage", "shell", "-c", code)
    assert swept.wait() == 0, swept.output
    site.work()


def hold_to_account(site: Site) -> None:
    """Our books against the gateway's own, gift by gift; then every invariant."""
    charged = {
        charge.key: charge for charge in sandbox_of(site).store.charges() if charge.state == "succeeded"
    }
    for gift in Gift.objects.all():
        attempts = Attempt.objects.filter(gift_id=gift.pk)
        captures = [charged.pop(str(attempt.pk)) for attempt in attempts if str(attempt.pk) in charged]
        assert len(captures) <= 1
        assert (gift.status == GiftStatus.SETTLED) == bool(captures), gift.status
        assert gift.status in (GiftStatus.SETTLED, GiftStatus.FAILED), "nothing is left pending"
        assert Receipt.objects.filter(gift=gift).count() == len(captures)
        posted = Posting.objects.filter(
            source="attempt", source_id__in=[str(a.pk) for a in attempts], kind="charge"
        )
        assert posted.count() == len(captures)
    assert charged == {}, "a charge without a gift"
    proof = site.start("prove")
    assert proof.wait() == 0, proof.output


@pytest.mark.parametrize("label", OF_THE_SUBMIT)
def test_a_crash_on_the_way_loses_and_doubles_nothing(new_server: NewServer, label: str) -> None:
    demo.seed()
    site = new_server(started=False)
    site.serve(ALMONER_CRASH_ALLOWED="1", ALMONER_CRASH_AT=label)
    with visitor(site) as client:
        gone = page_to_submit(client, "gone@example.org")
        back = page_to_submit(client, "back@example.org")
    crash(site, gone)
    ready(site)
    crash(site, back)
    site.processes[0].kill()
    site.serve()
    with visitor(site) as client:
        answer = client.post("/give/4840/submit/", data=back)
        assert answer.status_code in (200, 303), answer.text
        if answer.status_code == 303:
            shown = client.get(answer.headers["location"])
            assert shown.status_code == 200
    sweep(site)
    hold_to_account(site)
    if label == "submit.before-intent":
        assert Gift.objects.count() == 1, "the donor who came back has given; the other never reached us"
    if label == "settle.after-commit":
        assert set(Gift.objects.values_list("status", flat=True)) == {GiftStatus.SETTLED}


@pytest.mark.parametrize("label", OF_WEBHOOKS)
def test_a_crash_while_a_webhook_comes_in(new_server: NewServer, label: str) -> None:
    demo.seed()
    site = new_server(started=False)
    site.serve(ALMONER_CRASH_ALLOWED="1", ALMONER_CRASH_AT=label)
    with visitor(site) as client:
        form = page_to_submit(client, "ada@example.org") | {"sandbox_outcome": "answer_lost"}
        client.post("/give/4840/submit/", data=form)
    sandbox, url = sandbox_of(site), f"{site.base}/webhooks/sandbox/"
    assert deliver_due(sandbox, url) == 0, "the server died before it answered"
    site.processes[0].kill()
    site.serve()
    with sandbox.store.write() as connection:
        connection.execute("UPDATE event SET next_at = created_at")
    assert deliver_due(sandbox, url) == 1
    assert InboxMessage.objects.count() == 1
    site.work()
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_REFUNDS)
def test_a_crash_during_a_refund(new_server: NewServer, label: str) -> None:
    demo.seed()
    staff = User.objects.create_superuser("treasurer")
    site = new_server()
    with visitor(site) as client:
        client.post("/give/4840/submit/", data=page_to_submit(client, "ada@example.org"))
    gift = Gift.objects.get()
    code = (
        "from almoner.giving import actions; from django.contrib.auth.models import User; "
        f"actions.refund(gift_id='{gift.pk}', amount_minor=1200, reason='asked', "
        f"actor=User.objects.get(pk={staff.pk}))"
    )
    died = site.start("manage", "shell", "-c", code, ALMONER_CRASH_ALLOWED="1", ALMONER_CRASH_AT=label)
    assert died.wait() == -9, died.output
    sweep(site)
    gift.refresh_from_db()
    assert gift.refunded_minor == 1200
    assert [charge.refunded_minor for charge in sandbox_of(site).store.charges()] == [1200]
    proof = site.start("prove")
    assert proof.wait() == 0, proof.output
