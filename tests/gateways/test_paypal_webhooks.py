"""PayPal's webhooks: in any order and number the same end; forged ones are nothing."""

import random
from datetime import timedelta

import httpx
import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import SignatureInvalid
from almoner.payments.models import Attempt, InboxMessage
from tests.gateways.paypal_walk import capture, give, order
from tests.gateways.walk import events, holds, receive, state, work
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


def test_webhooks_in_any_order_and_number_end_the_same(charity: Charity, paypal: PayPalServer) -> None:
    attempt = give(charity)
    paypal.outcomes("pending")
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    paypal.settle(capture(paypal))
    paypal.refund(capture(paypal), "10.00")
    told = paypal.untold() * 2
    random.Random(7).shuffle(told)
    receive(paypal, "paypal", told)
    work()
    work()
    assert (state(), Gift.objects.get().refunded_minor) == (("settled", "succeeded"), 1_000)
    holds("paypal")


def test_a_webhook_before_the_answer(
    charity: Charity, paypal: PayPalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PayPal tells of the capture, and the worker looks, while our own call still waits for its answer."""
    attempt = give(charity)
    paypal.approve(order(paypal))
    gateway = gateways.gateway("paypal")
    confirm = gateway.confirm

    def overtaken(gateway_id: str, **more: object) -> object:
        answer = confirm(gateway_id, **more)  # type: ignore[arg-type]
        receive(paypal, "paypal", paypal.untold())
        work()
        return answer

    monkeypatch.setattr(gateway, "confirm", overtaken)
    assert actions.look(attempt.pk).state == "succeeded"
    assert events().count("succeeded") == 1
    holds("paypal")


def test_lost_webhooks_are_found_in_paypal_s_list(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.refund(capture(paypal), "10.00")
    paypal.refund(capture(paypal), "5.00")
    # approved, completed, refunded twice: two pages of the list.
    assert inbox.fetch(gateways.gateway("paypal"), at=now()) == 4
    assert inbox.fetch(gateways.gateway("paypal"), at=now()) == 0
    work()
    assert Gift.objects.get().refunded_minor == 1_500
    holds("paypal")


def test_webhook_forgery_what_paypal_did_not_sign_is_refused(paid: Attempt, paypal: PayPalServer) -> None:
    told = paypal.untold()[-1:]
    body, good = paypal.signed(told)
    stranger = httpx.URL(good["PayPal-Cert-Url"])
    forged: list[tuple[bytes, dict[str, str]]] = [
        (body + b" ", good),
        (body.replace(b"COMPLETED", b"PENDING", 1), good),
        paypal.signed(told, webhook_id="ANOTHER"),
        (body, good | {"PayPal-Transmission-Sig": "AAAA"}),
        (body, good | {"PayPal-Transmission-Sig": "not base64"}),
        (body, good | {"PayPal-Transmission-Id": "another"}),
        (body, good | {"PayPal-Auth-Algo": "SHA1withRSA"}),
        (body, good | {"PayPal-Transmission-Time": "yesterday"}),
        # Signed by a key of the forger's own, whose certificate stands elsewhere, or seems to stand at PayPal's.
        (body, good | {"PayPal-Cert-Url": f"https://evil.example{stranger.path}"}),
        (body, good | {"PayPal-Cert-Url": f"https://api.paypal.com.evil.example{stranger.path}"}),
        (body, good | {"PayPal-Cert-Url": f"https://api.paypal.com@evil.example{stranger.path}"}),
        (body, good | {"PayPal-Cert-Url": f"http://api.paypal.com{stranger.path}"}),
        (body, good | {"PayPal-Cert-Url": f"{paypal.base}/elsewhere/cert-1"}),
        (body, good | {"PayPal-Cert-Url": f"{paypal.base}/v1/notifications/certs/../../../cert-1"}),
        (body, good | {"PayPal-Cert-Url": f"{paypal.base}/v1/notifications/certs/cert-2"}),
        (body, {name: value for name, value in good.items() if name != "PayPal-Cert-Url"}),
        (body, {}),
        paypal.signed(told, at=(now() - timedelta(days=4)).timestamp()),
        paypal.signed(told, at=(now() + timedelta(minutes=10)).timestamp()),
    ]
    key_of_another = paypal.signed(told, name="another")
    forged.append((key_of_another[0], key_of_another[1] | {"PayPal-Cert-Url": good["PayPal-Cert-Url"]}))
    for path in ("elsewhere/another", "v1/notifications/certs/../../../elsewhere/another"):
        named = key_of_another[1] | {"PayPal-Cert-Url": f"{paypal.base}/{path}"}
        forged.append((key_of_another[0], named))
    gateway = gateways.gateway("paypal")
    for number, (content, headers) in enumerate(forged):
        with pytest.raises(SignatureInvalid):
            inbox.receive(gateway, body=content, headers=httpx.Headers(headers), at=now())
            pytest.fail(str(number))
    assert InboxMessage.objects.count() == 0
    assert inbox.receive(gateway, body=body, headers=httpx.Headers(good), at=now()) == 1
    # PayPal repeats a message for three days.
    late, headers = paypal.signed(told, at=(now() - timedelta(days=2)).timestamp())
    assert inbox.receive(gateway, body=late, headers=httpx.Headers(headers), at=now()) == 0


def test_the_certificate_is_fetched_once_and_forgers_do_not_make_us_fetch_many(
    paid: Attempt, paypal: PayPalServer
) -> None:
    receive(paypal, "paypal", paypal.untold())
    assert paypal.count("certs/cert-1") == 1
    body, headers = paypal.signed([{"id": "WH-1", "event_type": "x", "resource": {}}])
    gateway = gateways.gateway("paypal")
    for number in range(30):
        named = headers | {"PayPal-Cert-Url": f"{paypal.base}/v1/notifications/certs/made-up-{number}"}
        with pytest.raises(Exception, match="certificate"):
            gateway.read_webhook(body, httpx.Headers(named), at=now())
    assert paypal.count("certs/made-up") < 10
    # And PayPal's own messages are still taken.
    assert gateway.read_webhook(body, httpx.Headers(headers), at=now()) == ()


def test_a_webhook_that_cannot_be_verified_now_is_sent_again(
    client: object, paid: Attempt, paypal: PayPalServer
) -> None:
    body, headers = paypal.signed(paypal.untold()[-1:])
    for fault in ("drop_answer", "unavailable", "busy", "garbage"):
        paypal.fault(fault, "certs/")
    for expected in (503, 503, 503, 503, 204):
        answer = client.post("/webhooks/paypal/", body, content_type="application/json", headers=headers)  # type: ignore[attr-defined]
        assert answer.status_code == expected
    assert InboxMessage.objects.count() == 1
