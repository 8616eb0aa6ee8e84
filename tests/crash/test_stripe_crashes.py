"""A gift by Stripe killed by SIGKILL at every labelled point that it meets: as it is given, by its webhook, as Stripe
is asked, in its refund, its dispute and its payout, and in the daily look at the balance. Stripe runs on, as it would,
and what it holds is what our books say in the end."""

import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from pytest_django import Settings as SettingsWrapper

from almoner.config import donors
from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import LABELS
from almoner.ledger.models import Posting
from almoner.payments import gateways, replies
from almoner.payments.models import BalanceCheck, Dispute, DisputeReply, InboxMessage, Payout, PayoutEvent
from almoner.receipts.models import Receipt, ReceiptDelivery
from tests.crash.drill import armed, at_site, die, die_at_work, prove_all, visitor, work
from tests.gateways.stripe.walk import CONFIRM, CREATE, charged, give, receive, stands, stripe_at
from tests.support.gateways import stripe_server, stripe_spec
from tests.support.gateways.stripe_server import StripeServer
from tests.support.server import Site

pytestmark = pytest.mark.crash

NewSite = Callable[..., Site]
_GIVE = (
    "from almoner.charities.models import Charity; from tests.gateways.stripe.walk import give; "
    "give(Charity.objects.get(is_default=True), {outcome!r})"
)

_COMPARE = (
    "from almoner.kernel.clock import now; from almoner.payments import clearing, gateways; "
    "clearing.compare(gateways.gateway('stripe'), at=now())"
)


def _labels(*rooms: str) -> tuple[str, ...]:
    return tuple(label for label in LABELS if label.partition(".")[0] in rooms)


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with StripeServer() as server:
        yield server
    if not stripe_spec.missing():
        assert stripe_spec.errors(server.requests) == []


@pytest.fixture
def site(
    new_server: NewSite, stripe: StripeServer, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Site:
    """Not started: what dies is a process of its own, and this one goes on with the same gateway."""
    demo.seed()
    settings.STRIPE_ACCOUNT = "acct_1Scripted"
    here = stripe_at(stripe.base)
    monkeypatch.setattr(gateways, "stripe", lambda: here)
    gateways.gateways.cache_clear()
    return new_server(
        started=False,
        ALMONER_STRIPE_ACCOUNT="acct_1Scripted",
        ALMONER_STRIPE_API_BASE=stripe.base,
        ALMONER_STRIPE_SECRET_KEY=stripe_server.SECRET_KEY,
        ALMONER_STRIPE_PUBLISHABLE_KEY="pk_test_scripted",
        ALMONER_STRIPE_WEBHOOK_SECRETS=stripe_server.WEBHOOK_SECRET,
        ALMONER_STRIPE_CURRENCIES="AUD",
        ALMONER_STRIPE_METHODS="card,link,checkout,becs,bacs,sepa",
    )


def _reckoned(site: Site, stripe: StripeServer) -> None:
    gateways.gateways.cache_clear()
    stands(stripe)
    prove_all(site)


@pytest.mark.parametrize("label", _labels("submit", "create", "confirm", "settle"))
def test_a_crash_while_a_gift_is_given(site: Site, stripe: StripeServer, label: str) -> None:
    die(site, label, _GIVE.format(outcome="success"))
    work(site)
    paid = charged(stripe)
    assert paid == (label.partition(".")[0] in ("confirm", "settle"))
    statuses = list(Gift.objects.values_list("status", flat=True))
    assert statuses == ([] if label in ("submit.before-intent", "submit.before-commit") else
                        [GiftStatus.SETTLED if paid else GiftStatus.FAILED])  # fmt: skip
    _reckoned(site, stripe)


@pytest.mark.parametrize(
    "label", ["look.after-retrieve", "look.after-cancel", "look.after-create", "look.after-withdrawal"]
)
def test_a_crash_while_stripe_is_asked(site: Site, stripe: StripeServer, label: str) -> None:
    lost = CREATE if label in ("look.after-create", "look.after-withdrawal") else CONFIRM
    stripe.fault("drop_answer" if label != "look.after-cancel" else "drop_request", lost)
    gateways.gateways.cache_clear()
    give(demo.seed())
    die_at_work(site, label)
    work(site)
    assert charged(stripe) == (label == "look.after-retrieve")
    _reckoned(site, stripe)


@pytest.mark.parametrize("label", _labels("webhook"))
def test_a_crash_while_a_webhook_comes_in(site: Site, stripe: StripeServer, label: str) -> None:
    stripe.fault("drop_answer", CONFIRM)
    give(demo.seed())
    (told,) = stripe.undelivered()
    site.serve(**armed(label))
    with visitor(site) as client, pytest.raises(httpx.TransportError):
        _tell(client, stripe, told)
    site.processes[0].kill()
    site.serve()
    with visitor(site) as client:
        assert _tell(client, stripe, told).status_code == 204
    assert InboxMessage.objects.count() == 1
    work(site, sweep=False)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    _reckoned(site, stripe)


@pytest.mark.parametrize("label", _labels("refund"))
def test_a_crash_during_a_refund(site: Site, stripe: StripeServer, label: str) -> None:
    staff = User.objects.create_superuser("treasurer")
    give(demo.seed())
    gift = Gift.objects.get()
    code = (
        "from almoner.giving import actions; from django.contrib.auth.models import User; "
        f"actions.refund(gift_id='{gift.pk}', amount_minor=1200, reason='asked', "
        f"actor=User.objects.get(pk={staff.pk}))"
    )
    die(site, label, code)
    work(site)
    gift.refresh_from_db()
    assert gift.refunded_minor == 1200
    assert [each["amount"] for each in stripe.state.refunds] == [1200]
    _reckoned(site, stripe)


@pytest.mark.parametrize("ends", ["lost", "won"])
@pytest.mark.parametrize("label", _labels("dispute"))
def test_a_crash_while_a_dispute_is_decided(site: Site, stripe: StripeServer, label: str, ends: str) -> None:
    attempt = give(demo.seed())
    work(site)
    dispute_id = str(stripe.state.open_dispute(attempt.gateway_id or "")["id"])
    receive(stripe)
    work(site)
    stripe.state.move_dispute(dispute_id, ends)
    receive(stripe)
    die_at_work(site, label, sweep=False)
    decided = {ends} if label == "dispute.after-commit" else {"needs_response"}
    assert set(Dispute.objects.values_list("state", flat=True)) == decided
    work(site, sweep=False)
    assert Dispute.objects.get().state == ends
    assert list(Dispute.objects.get().events.order_by("id").values_list("name", flat=True)) == [
        "opened",
        ends,
    ]
    assert Receipt.objects.valid().count() == (ends == "won")
    mails = ["receipt", "cancelled"] if ends == "lost" else ["receipt"]
    assert list(ReceiptDelivery.objects.order_by("id").values_list("kind", flat=True)) == mails
    assert len(list(site.mail_dir.glob("*.eml"))) == len(mails)
    assert InboxMessage.objects.exclude(state=InboxMessage.State.DONE).count() == 0
    _reckoned(site, stripe)


@pytest.mark.parametrize("label", _labels("reply"))
def test_a_crash_while_a_dispute_is_answered(site: Site, stripe: StripeServer, label: str) -> None:
    staff = User.objects.create_superuser("treasurer")
    attempt = give(demo.seed())
    work(site)
    stripe.state.open_dispute(attempt.gateway_id or "")
    receive(stripe)
    work(site)
    with transaction.atomic():
        replies.ask(
            Dispute.objects.get().pk, kind=DisputeReply.Kind.EVIDENCE, said=replies.Said("We know Ada."),
            by_id=staff.pk, by_name="treasurer", at=now(), reply_id=uuid.uuid4(),
        )  # fmt: skip
    die_at_work(site, label, sweep=False)
    assert (Dispute.objects.get().state, DisputeReply.objects.get().state) == ("needs_response", "asked")
    work(site, sweep=False)
    assert (Dispute.objects.get().state, DisputeReply.objects.get().state) == ("under_review", "sent")
    asked = [each for each in stripe.requests if each.method == "POST" and "/disputes/" in each.path]
    assert len(asked) == 1
    receive(stripe)
    work(site, sweep=False)
    _reckoned(site, stripe)


@pytest.mark.parametrize("ends", ["paid", "failed"])
@pytest.mark.parametrize("label", _labels("payout"))
def test_a_crash_while_a_payout_is_booked(site: Site, stripe: StripeServer, label: str, ends: str) -> None:
    give(demo.seed())
    stripe.state.move_payout(stripe.state.make_payout()["id"], ends)
    receive(stripe)
    die_at_work(site, label, sweep=False)
    assert Payout.objects.count() == (label == "payout.after-commit")
    work(site, sweep=False)
    assert Payout.objects.get().state == ends
    assert list(PayoutEvent.objects.order_by("id").values_list("name", flat=True)) == ["made", ends]
    assert Posting.objects.filter(source="payout").count() == (2 if ends == "failed" else 1)
    _reckoned(site, stripe)


@pytest.mark.parametrize("label", _labels("balance"))
def test_a_crash_while_the_balance_is_compared(site: Site, stripe: StripeServer, label: str) -> None:
    give(demo.seed())
    stripe.state.make_payout()
    stripe.state.held["aud"] += 77
    die(site, label, _COMPARE)
    assert BalanceCheck.objects.filter(gateway="stripe").count() == (label == "balance.after-commit")
    gateways.gateways.cache_clear()
    with at_site(site):
        donors.compare_balances()
        donors.compare_balances()
    assert BalanceCheck.objects.get(gateway="stripe").difference_minor == -77
    assert Payout.objects.count() == 1
    stripe.state.held["aud"] -= 77
    _reckoned(site, stripe)


def _tell(client: httpx.Client, stripe: StripeServer, told: dict[str, object]) -> httpx.Response:
    body, signature = stripe.signed(told)
    return client.post("/webhooks/stripe/", content=body, headers={"Stripe-Signature": signature})
