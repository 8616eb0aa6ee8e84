"""`almoner prove` asks each gateway: what differs is named with its day and both sides; who is away is not asked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.config import cli
from almoner.kernel.clock import now
from almoner.payments.models import Attempt, InboxMessage, Payout
from almoner.plans.schedule import local_date
from almoner.receipts.models import Receipt, ReceiptCancellation
from tests.gateways.stripe.walk import give, receive
from tests.gateways.walk import work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(charity: Charity, stripe: StripeServer, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """A gift that was paid, and told of."""
    monkeypatch.setenv("ALMONER_MODE", "test")
    attempt = give(charity)
    receive(stripe)
    work()
    attempt.refresh_from_db()
    return attempt


def proved(capsys: pytest.CaptureFixture[str], *options: str, **later: float) -> tuple[int, list[str]]:
    """What `almoner prove` answers so much later, and what it says of what does not hold."""
    capsys.readouterr()
    with time_machine.travel(now() + timedelta(**later), tick=True):
        code = cli.run(["prove", *options])
    said = capsys.readouterr().out.splitlines()
    return code, [line.strip() for line in said if line.startswith(" ") or not line.startswith("holds")]


def test_all_is_held_against_the_gateway(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = stripe.state.make_payout()
    receive(stripe)
    work()
    code, said = proved(capsys)
    assert (code, len(said)) == (0, 2), said
    # The bank has it, the gateway says.
    stripe.state.move_payout(made["id"], "paid")
    assert proved(capsys)[0] == 0, "what no webhook told is asked for first"
    assert Payout.objects.get().state == "paid"


def here() -> str:
    """Today, where the charity is."""
    return local_date(now(), "Australia/Sydney").isoformat()


@pytest.mark.parametrize("offline", [False, True])
def test_what_differs_is_named_with_both_sides(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str], offline: bool
) -> None:
    Attempt.objects.filter(pk=paid.pk).update(settled_minor=4_900)
    stripe.state.held["aud"] += 77
    code, said = proved(capsys, *(["--offline"] if offline else []))
    text = "\n".join(said)
    day = here()
    assert code == 1, "the database alone knows of the other amount"
    whole = "the whole balance: the books hold $48.82 AUD, stripe $49.59 AUD, and nothing of ours explains it"
    assert (whole in text) is not offline
    ours = f"attempt {paid.pk} and charge {paid.gateway_id} of {day}"
    assert (f"{ours}: here succeeded $49.00 AUD" in text or offline) is True
    if not offline:
        assert "stripe succeeded $50.00 AUD, refunded $0.00 AUD, fee $1.18 AUD" in text
    assert ("not asked  clearing (stripe)" in text) is offline


def test_a_missed_webhook_is_named_for_a_day_and_taken_in(
    paid: Attempt, charity: Charity, stripe: StripeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = proved(capsys)
    assert code == 0
    made = stripe.state.make_payout()
    event = stripe.undelivered()[-1]
    # Too fresh to be missed: its webhook may be on its way.
    code, said = proved(capsys, minutes=30)
    assert code == 0, said
    InboxMessage.objects.filter(event_id=event["id"]).delete()
    code, said = proved(capsys, hours=2)
    assert code == 1
    missed = [line for line in said if line.startswith("event ")]
    assert len(missed) == 1
    assert f"event {event['id']} of " in missed[0]
    assert f"payout.created of {made['id']}; it was taken in" in missed[0]
    assert InboxMessage.objects.get(event_id=event["id"]).missed
    assert Payout.objects.get().state == "in_transit"
    assert proved(capsys, hours=20)[0] == 1
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        work()
    assert [line for line in proved(capsys, hours=28)[1] if line.startswith("event ")] == []


def test_a_gateway_that_is_away_is_not_asked_and_the_others_are(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stripe.fault("unavailable", ".*", times=10_000)
    code, said = proved(capsys)
    assert code == 3
    text = "\n".join(said)
    assert text.count("stripe gave no answer") == text.count("not asked  ") == 6
    assert "(sandbox)" not in text, "the other gateway was asked, and all held"
    assert ", broken 0, not asked 6" in text


def test_successes_and_receipts_are_held_against_each_other(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both of ours may be wrong in the same way: the gateway's list is somebody else's."""
    assert proved(capsys)[0] == 0
    # A receipt over what the gateway says has gone back.
    charge = stripe.state._charge_of(stripe.state.find(paid.gateway_id or ""))
    charge["amount_refunded"] = 1_200
    text = "\n".join(proved(capsys)[1])
    assert f"attempt {paid.pk} of {here()}: stripe holds $38.00 AUD, receipts: $50.00 AUD" in text
    charge["amount_refunded"] = 0
    ReceiptCancellation.objects.create(receipt=Receipt.objects.get(), reason="refunded", at=now())
    code, said = proved(capsys)
    assert code == 1
    assert f"attempt {paid.pk} of {here()}: stripe holds $50.00 AUD, receipts: none" in "\n".join(said)


def test_what_is_asked_about_is_said_and_what_is_older_is_left(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = stripe.state.find(paid.gateway_id or "")
    fresh["created"] -= 40 * 86_400
    old = now() - timedelta(days=40)
    Attempt.objects.filter(pk=paid.pk).update(created_at=old, updated_at=old)
    InboxMessage.objects.update(received_at=old)
    stripe.requests.clear()
    code, said = proved(capsys, "--days", "7")
    assert code == 0
    assert any("asked about what was made or moved since" in line for line in said), said
    assert [each.path for each in stripe.requests if (paid.gateway_id or "-") in each.path] == []
    fresh["amount"] = fresh["amount_received"] = 5_001
    assert proved(capsys, "--days", "7")[0] == 0, "the whole balance is the same, and nothing told of it"
    assert proved(capsys)[0] == 1
    # An event tells of it: it is asked about, however old it is.
    InboxMessage.objects.filter(object_id=paid.gateway_id).update(received_at=now())
    assert proved(capsys, "--days", "7")[0] == 1


@pytest.mark.parametrize("ends", ["failed", "unknown there", "other amount"])
def test_a_payout_that_is_something_else_there(
    paid: Attempt, stripe: StripeServer, capsys: pytest.CaptureFixture[str], ends: str
) -> None:
    made = stripe.state.make_payout()
    receive(stripe)
    work()
    payout = Payout.objects.get()
    there: dict[str, Any] = stripe.state.find(made["id"])
    if ends == "failed":
        Payout.objects.update(state="banked")
        there["status"] = "failed"
        says = f", there {made['id']}: here banked $48.82 AUD; stripe failed $48.82 AUD"
    elif ends == "other amount":
        there["amount"] = 4_881
        says = "here in_transit $48.82 AUD; stripe processing $48.81 AUD"
    else:
        stripe.state.payouts.clear()
        says = "here in_transit $48.82 AUD, stripe none"
    code, said = proved(capsys)
    assert code == 1
    assert any(f"payout {payout.pk} of {here()}" in line and says in line for line in said), said
