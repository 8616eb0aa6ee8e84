"""The worker killed by SIGKILL at every labelled point that it meets, from a donor's submit to the mailed receipt.

Each drill begins with a donor's own submit on a real server. The worker dies, the next one takes its place, and in the
end the books, the gateway, the documents and the mailbox say the same.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from almoner.giving import demo, desk
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.crashpoint import LABELS
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.delivery import deliver_due
from almoner.payments.gateways.sandbox.gateway import DEBIT_DAYS
from almoner.payments.models import Attempt, InboxMessage
from almoner.receipts.models import ReceiptDelivery
from tests.crash.drill import (
    armed,
    crash,
    die,
    die_at_work,
    hold_to_account,
    page_to_submit,
    sandbox_of,
    visitor,
    work,
)
from tests.support.server import Site

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
OF_SETTLING = tuple(label for label in LABELS if label.startswith("settle."))
OF_MATCHING = tuple(label for label in LABELS if label.startswith("match."))
OF_RECEIPTS = tuple(label for label in LABELS if label.startswith("receipt."))
# Where a submit was cut off, so that the worker comes to the point.
OF_LOOKING = {
    "look.after-retrieve": "",
    "look.after-cancel": "create.after-commit",
    "look.after-create": "submit.after-intent",
    "look.after-withdrawal": "submit.after-intent",
}


def given(new_server: NewServer, **chosen: str) -> Site:
    """A site on which a donor has submitted."""
    demo.seed()
    site = new_server()
    with visitor(site) as client:
        answer = client.post("/give/4840/submit/", data=page_to_submit(client, "ada@example.org", **chosen))
        assert answer.status_code == 303, answer.text
    return site


@pytest.mark.parametrize("label", OF_SETTLING)
def test_killed_while_the_sweep_settles(new_server: NewServer, label: str) -> None:
    site = given(new_server, sandbox_outcome="answer_lost")
    die_at_work(site, label)
    work(site)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_SETTLING)
def test_killed_while_a_webhook_settles(new_server: NewServer, label: str) -> None:
    site = given(new_server, sandbox_outcome="answer_lost")
    assert deliver_due(sandbox_of(site), f"{site.base}/webhooks/sandbox/") == 1
    die_at_work(site, label, sweep=False)
    # The webhook's own job is run again: no sweep helps it.
    work(site, sweep=False)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    assert InboxMessage.objects.get().state == InboxMessage.State.DONE
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_SETTLING)
def test_killed_while_a_debit_settles(new_server: NewServer, label: str) -> None:
    site = given(new_server, method="sandbox_debit", sandbox_outcome="debit_settles")
    work(site)
    assert Gift.objects.get().status == GiftStatus.PROCESSING
    sandbox = sandbox_of(site)
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    assert sandbox.settle_due() == 1
    die_at_work(site, label)
    work(site)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_MATCHING)
def test_killed_while_staff_match_a_transfer(new_server: NewServer, label: str) -> None:
    site = given(new_server, method="bank_transfer")
    gift, staff = Gift.objects.select_related("charity").get(), User.objects.create_superuser("treasurer")
    credit = desk.record_credit(
        charity=gift.charity,
        received_on=date(2026, 11, 24),
        amount_minor=4000,
        currency="AUD",
        text="",
        actor=staff,
    )
    die(
        site,
        label,
        "from almoner.giving import desk; from django.contrib.auth.models import User; "
        f"desk.match_credit(credit_id='{credit.pk}', gift_id='{gift.pk}', actor=User.objects.get(pk={staff.pk}))",
    )
    if label == "match.before-commit":
        assert Gift.objects.get().status == GiftStatus.AWAITING
        desk.match_credit(credit_id=credit.pk, gift_id=gift.pk, actor=staff)
    else:
        with pytest.raises(desk.NotMatchable):
            desk.match_credit(credit_id=credit.pk, gift_id=gift.pk, actor=staff)
    work(site)
    assert Gift.objects.get().settled_minor == 4000
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_LOOKING)
def test_killed_between_what_a_gateway_said_and_its_commit(new_server: NewServer, label: str) -> None:
    demo.seed()
    site, cut_off = new_server(started=False), OF_LOOKING[label]
    site.serve(**(armed(cut_off) if cut_off else {}))
    with visitor(site) as client:
        form = page_to_submit(
            client, "ada@example.org", sandbox_outcome="success" if cut_off else "answer_lost"
        )
        if not cut_off:
            client.post("/give/4840/submit/", data=form)
    if cut_off:
        crash(site, form)
    before = Attempt.objects.values().get()
    die_at_work(site, label)
    if label != "look.after-withdrawal":
        assert Attempt.objects.values("state", "gateway_id").get() == {
            name: before[name] for name in ("state", "gateway_id")
        }, "it died before it could write down what it knew"
    work(site)
    assert Gift.objects.get().status == (GiftStatus.FAILED if cut_off else GiftStatus.SETTLED)
    assert len(list(sandbox_of(site).store.charges())) == 1
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_RECEIPTS)
def test_killed_on_the_way_from_the_gift_to_the_mailbox(new_server: NewServer, label: str) -> None:
    site = given(new_server)
    die_at_work(site, label)
    assert Job.objects.get(dedupe_key__startswith="mail receipt:").state == "leased"
    work(site)
    assert ReceiptDelivery.objects.get().state == ReceiptDelivery.State.SENT
    # Only where the mail was out and nobody had said so does it go twice, and then it is the same one.
    hold_to_account(site, repeated=1 if label == "receipt.after-mail" else 0)
