"""What changes something is done once for a key, whatever is repeated, lost or killed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from almoner.api import calling
from almoner.api.models import ApiCall
from almoner.api.tests.conftest import Api
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.port import Method
from almoner.payments.models import Refund
from almoner.plans.models import Plan, PlanEvent
from almoner.receipts.models import Receipt
from almoner.supporters.models import Consent, ConsentWording

Make = Callable[..., Api]
CHEQUE: dict[str, Any] = {
    "fund": "general", "channel": "cheque", "amount_minor": 7500, "currency": "AUD", "given_on": "2026-11-20",
    "person": {"given_name": "Grace", "family_name": "Hopper", "email": "grace@example.org",
               "address": {"country": "AU", "line1": "1 George Street", "locality": "Sydney", "postcode": "2000"}},
    "appeal": "XMAS26", "form": "give", "note": "by post",
}  # fmt: skip


def test_a_gift_is_entered_once_with_its_receipt(api: Make, world: World) -> None:
    client = api()

    first = client.post("/gifts", CHEQUE, key="import-1")
    again = client.post("/gifts", CHEQUE, key="import-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    gift = Gift.objects.get()
    told = first.json()
    assert (told["reference"], told["status"], told["settled_minor"]) == (gift.reference, "settled", 7500)
    assert (gift.channel, gift.message, gift.source.appeal, gift.form) == (
        "cheque",
        "by post",
        "XMAS26",
        world.tide.form,
    )
    assert gift.contact.address is not None
    assert gift.contact.address["line1"] == "1 George Street"
    assert gift.entered_by_id == world.users["superuser"].pk
    assert Receipt.objects.get().gift == gift
    assert AuditEntry.objects.filter(action="enter gift").count() == 1


def test_a_key_names_one_call_for_ever(api: Make, world: World) -> None:
    client = api()
    client.post("/gifts", CHEQUE, key="import-1")

    other = client.post("/gifts", CHEQUE | {"amount_minor": 1}, key="import-1")

    assert (other.status_code, other.json()["code"]) == (422, "key_taken")
    assert Gift.objects.get().amount_minor == 7500
    # Another token's keys are its own.
    assert api().post("/gifts", CHEQUE, key="import-1").status_code == 201
    assert Gift.objects.count() == 2


def test_a_call_under_way_is_not_begun_again(api: Make, world: World) -> None:
    client = api()
    client.post("/gifts", CHEQUE, key="import-1")
    ApiCall.objects.update(status=None, answer=None)

    again = client.post("/gifts", CHEQUE, key="import-1")

    assert (again.status_code, again.json()["code"], again.headers["Retry-After"]) == (409, "under_way", "2")
    assert Gift.objects.count() == 1


def test_one_that_died_in_the_middle_is_taken_up_and_does_nothing_twice(api: Make, world: World) -> None:
    client, gift = api(), world.tide.give(amount_minor=5000)
    back = {"amount_minor": 1000, "reason": "meant less"}
    entered = client.post("/gifts", CHEQUE, key="a").json()
    given_back = client.post(f"/gifts/{gift.reference}/refunds", back, key="b").json()
    # As it stands when the process is killed after the work, and before its answer is kept.
    ApiCall.objects.update(status=None, answer=None, begun_at=now() - timedelta(minutes=3))

    assert client.post("/gifts", CHEQUE, key="a").json() == entered
    assert client.post(f"/gifts/{gift.reference}/refunds", back, key="b").json() == given_back

    gift.refresh_from_db()
    assert Gift.objects.count() == 2
    assert Refund.objects.count() == 1
    assert gift.refunded_minor == 1000


def test_a_refusal_is_an_answer_too(api: Make, world: World) -> None:
    client, gift = api(), world.tide.give(amount_minor=5000)
    path, back = f"/gifts/{gift.reference}/refunds", {"amount_minor": 5001, "reason": "meant less"}

    first, again = (client.post(path, back, key="b") for _ in range(2))

    assert first.status_code == again.status_code == 422
    assert first.json() == again.json()
    assert (first.json()["code"], first.json()["detail"]) == (
        "not_refundable",
        "That is more than is left of this gift.",
    )
    assert not Refund.objects.exists()


def test_a_refund_is_told_as_it_stands(api: Make, world: World) -> None:
    client, gift = api(), world.tide.give(amount_minor=5000)

    told = client.post(f"/gifts/{gift.reference}/refunds", {"amount_minor": 5000, "reason": "asked for it"})

    assert told.status_code == 201
    refund = Refund.objects.get()
    assert (told.json()["state"], told.json()["id"], refund.reason) == (
        "succeeded",
        str(refund.pk),
        "asked for it",
    )
    assert client.get(f"/gifts/{gift.reference}/refunds").json() == [told.json()]
    assert client.get(f"/gifts/{gift.reference}").json()["refunded_minor"] == 5000


def test_a_plan_is_paused_resumed_skipped_changed_and_cancelled(api: Make, world: World) -> None:
    client, plan = api(), world.tide.promise(amount_minor=2500)

    def do(what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = client.post(f"/plans/{plan.reference}/{what}", body)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    assert do("pause")["state"] == "paused"
    assert do("resume")["state"] == "active"
    before = Plan.objects.get()
    assert do("skip", {"on": str(before.next_on)})["next_on"] > str(before.next_on)
    assert do("amount", {"amount_minor": 4000})["amount_minor"] == 4000
    done = do("cancel", {"reason": "told the CRM"})
    assert (done["state"], done["cancel_reason"], done["next_on"]) == ("cancelled", "told the CRM", None)
    events = PlanEvent.objects.filter(by="staff").order_by("pk")
    assert list(events.values_list("name", flat=True)) == [
        "paused",
        "resumed",
        "skipped",
        "changed",
        "cancelled",
    ]

    refused = client.post(f"/plans/{plan.reference}/pause")
    assert (refused.status_code, refused.json()["code"]) == (422, "ended")


@pytest.mark.parametrize(("amount_minor", "code"), [(2550, "step"), (300, "least")])
def test_an_amount_that_a_plan_s_way_of_paying_does_not_take(
    api: Make, world: World, monkeypatch: pytest.MonkeyPatch, amount_minor: int, code: str
) -> None:
    plan = world.tide.promise(amount_minor=2500)
    picky = Method("sandbox_card", "card", repeats=True, steps={"AUD": 100}, least={"AUD": 500})
    monkeypatch.setattr(gateways, "method_of_plans", {"sandbox_card": picky}.get)
    told = api().post(f"/plans/{plan.reference}/amount", {"amount_minor": amount_minor})
    assert (told.status_code, told.json()["code"]) == (422, code)
    assert Plan.objects.get().amount_minor == 2500 and not PlanEvent.objects.filter(name="changed").exists()


def test_what_a_person_told_elsewhere_is_kept_with_its_day(api: Make, world: World) -> None:
    ConsentWording.objects.create(
        charity=world.tide.charity, channel="email", version=1, text="May we write to you?", created_at=now()
    )
    person = world.tide.give().contact.supporter_id
    client = api()

    told = client.post(f"/supporters/{person}/consents", {"channel": "email", "granted": False}, key="c")
    client.post(f"/supporters/{person}/consents", {"channel": "email", "granted": False}, key="c")

    assert told.status_code == 201
    assert Consent.objects.get().source == "api: CRM"
    [known] = client.get(f"/supporters/{person}").json()["consents"]
    assert (known["channel"], known["granted"], known["source"]) == ("email", False, "api: CRM")
    unknown = client.post(f"/supporters/{person}/consents", {"channel": "fax", "granted": True})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "channel")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"amount_minor": 0}, "body.amount_minor"),
        ({"amount_minor": "75"}, "body.amount_minor"),
        ({"amount_minor": 75.0}, "body.amount_minor"),
        ({"amount_minor": 10**30}, "body.amount_minor"),
        ({"currency": "XXX"}, "body.currency"),
        ({"channel": "online"}, "body.channel"),
        ({"given_on": "yesterday"}, "body.given_on"),
        ({"note": "a\0b"}, "body.note"),
        ({"surprise": 1}, "body.surprise"),
        ({"fund": "none"}, "fund"),
        ({"form": "none"}, "form"),
        ({"given_on": "2099-01-01"}, "given_on"),
        ({"person": {}}, "person"),
        ({"person": {"email": "no address"}}, "person"),
        ({"person": {"given_name": "x" * 150}}, "person"),
        ({"channel": "event"}, "benefit"),
        ({"benefit": "dinner"}, "benefit"),
    ],
)
def test_what_is_not_right_is_named_and_changes_nothing(
    api: Make, world: World, change: dict[str, Any], where: str
) -> None:
    answer = api().post("/gifts", CHEQUE | change)

    assert answer.status_code == 422
    told = answer.json()
    assert where in ([fault["where"] for fault in told.get("faults", [])] or [told["code"]])
    assert not Gift.objects.exists()


@pytest.mark.parametrize("key", [None, "", "two words", "x" * 256, "é"])
def test_a_call_without_a_name_of_its_own_is_refused(api: Make, world: World, key: str | None) -> None:

    headers = {"Authorization": f"Bearer {api().text}"} | (
        {"Idempotency-Key": key} if key is not None else {}
    )
    answer = Client().post("/api/v1/gifts", CHEQUE, content_type="application/json", headers=headers)

    assert answer.status_code == 422
    assert [fault["where"] for fault in answer.json()["faults"]] == ["header.Idempotency-Key"]
    assert not Gift.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"amount_minor": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(api: Make, world: World, body: bytes) -> None:

    headers = {"Authorization": f"Bearer {api().text}", "Idempotency-Key": "k"}
    answer = Client().post("/api/v1/gifts", body, content_type="application/json", headers=headers)

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Gift.objects.exists()


def test_calls_of_last_week_are_forgotten_and_their_gifts_are_not_made_again(api: Make, world: World) -> None:
    client = api()
    client.post("/gifts", CHEQUE, key="old")
    ApiCall.objects.update(begun_at=now() - timedelta(days=8))
    assert calling.prune() == 1

    assert client.post("/gifts", CHEQUE, key="old").status_code == 201
    assert Gift.objects.count() == 1
