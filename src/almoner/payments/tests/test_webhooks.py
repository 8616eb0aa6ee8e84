"""Webhooks: kept once and only when signed; what they say is a reason to look and no fact."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments import inbox
from almoner.payments.gateways.port import WebhookEvent
from almoner.payments.gateways.sandbox.gateway import SIGNATURE_AGE_SECONDS, Sandbox
from almoner.payments.models import InboxMessage

pytestmark = pytest.mark.django_db
URL = "/webhooks/sandbox/"
BODY = json.dumps(
    {
        "id": "sbe_1",
        "account": "sandbox",
        "type": "charge.succeeded",
        "object": "sbx_1",
        "created": "2026-11-24T00:00:00+00:00",
    }
).encode()


def post(body: bytes, signature: str | None, url: str = URL, **more: str) -> int:
    headers = {"Sandbox-Signature": signature} if signature is not None else {}
    answer = Client().post(url, body, content_type="application/json", headers=headers | more)
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


def kept() -> tuple[int, int]:
    return InboxMessage.objects.count(), Job.objects.count()


def test_a_signed_message_is_kept_with_the_work_that_it_asks_for(sandbox: Sandbox) -> None:
    assert post(BODY, sandbox.sign(BODY, int(time.time()))) == 204
    message = InboxMessage.objects.get()
    assert (message.gateway, message.account, message.event_id, message.event_type, message.object_id) == (
        "sandbox", "sandbox", "sbe_1", "charge.succeeded", "sbx_1",
    )  # fmt: skip
    assert (bytes(message.body or b""), message.state) == (BODY, "received")
    assert (Job.objects.get().kind, Job.objects.get().payload) == (inbox.KIND, {"message": message.pk})


def test_all_that_one_body_tells_is_kept_and_what_is_known_of_it_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GoCardless sends many events in one body, and some of them again in the next."""
    read = sandbox.read_webhook

    def several(body: bytes, headers: Mapping[str, str], *, at: datetime) -> list[WebhookEvent]:
        (event,) = read(body, headers, at=at)
        return [replace(event, event_id=each) for each in json.loads(body)["also"]]

    monkeypatch.setattr(sandbox, "read_webhook", several)
    for ids in (["a", "b"], ["b", "c"], ["a"]):
        body = json.dumps(json.loads(BODY) | {"also": ids}).encode()
        assert post(body, sandbox.sign(body, int(time.time()))) == 204
    assert list(InboxMessage.objects.order_by("id").values_list("event_id", flat=True)) == ["a", "b", "c"]
    # The body is kept once, not with each of its events.
    assert [bool(message.body) for message in InboxMessage.objects.order_by("id")] == [True, False, True]
    assert Job.objects.count() == 3


def test_the_same_message_again_is_thanked_for_and_not_kept(sandbox: Sandbox) -> None:
    for _ in range(3):
        assert post(BODY, sandbox.sign(BODY, int(time.time()))) == 204
    assert kept() == (1, 1)


def test_webhook_forgery_what_the_gateway_did_not_sign_is_refused_and_not_kept(sandbox: Sandbox) -> None:
    stamp = int(time.time())
    good = sandbox.sign(BODY, stamp)
    other = Sandbox(sandbox.store.path, site_url="", secret="another secret")
    forged = [
        None, "", ",", "x", good.partition(",")[2], f"{stamp}", f"{stamp},", f"{stamp + 1},{good.partition(',')[2]}",
        good[:-1], good + "0", good.upper(), f"１２{good}", f"{stamp},é", "9" * 400 + "," + "0" * 64,
        other.sign(BODY, stamp), sandbox.sign(BODY + b" ", stamp),
    ]  # fmt: skip
    for signature in forged:
        assert post(BODY, signature) == 400, signature
    assert post(BODY.replace(b"sbx_1", b"sbx_2"), good) == 400
    assert post(b"", good) == 400
    assert kept() == (0, 0)


def test_webhook_forgery_an_old_message_is_refused_and_one_from_the_future_too(sandbox: Sandbox) -> None:
    for age in (SIGNATURE_AGE_SECONDS + 5, -SIGNATURE_AGE_SECONDS - 5):
        assert post(BODY, sandbox.sign(BODY, int(time.time()) - age)) == 400
    assert kept() == (0, 0)
    assert post(BODY, sandbox.sign(BODY, int(time.time()) - SIGNATURE_AGE_SECONDS + 5)) == 204


def test_an_unknown_gateway_is_not_found_and_one_without_a_machine_signs_nothing(sandbox: Sandbox) -> None:
    signature = sandbox.sign(BODY, int(time.time()))
    assert post(BODY, signature, "/webhooks/stripe/") == 404
    assert post(BODY, signature, "/webhooks/bank/") == 400
    assert Client().get(URL).status_code == 405
    assert kept() == (0, 0)


def test_a_large_message_is_refused_unread(sandbox: Sandbox) -> None:
    body = BODY + b" " * 300_000
    assert post(body, sandbox.sign(body, int(time.time()))) == 413
    assert kept() == (0, 0)


def test_bodies_are_emptied_after_ninety_days(sandbox: Sandbox) -> None:
    post(BODY, sandbox.sign(BODY, int(time.time())))
    assert inbox.prune(at=now() + timedelta(days=89)) == 0
    assert inbox.prune(at=now() + timedelta(days=91)) == 1
    message = InboxMessage.objects.get()
    assert (message.body, message.event_id) == (None, "sbe_1")
