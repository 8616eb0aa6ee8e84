"""From a gift to another system that checks what it hears, with a library that isn't ours."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from almoner.api import tokens
from almoner.api.scopes import Scope
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.kernel.clock import now
from almoner.outbox import worker
from almoner.outbox.models import Job
from almoner.payments.models import Event
from almoner.payments.transitions import ATTEMPT_EDGES, REFUND_EDGES, RefundState, State
from almoner.plans import changing
from almoner.plans.progress import Actor
from almoner.plans.transitions import PLAN_EDGES
from almoner.receipts.models import Receipt
from almoner.webhooks import endpoints, proof, sending, sources
from almoner.webhooks.models import Delivery, Endpoint, EndpointSecret, Tail, Try
from almoner.webhooks.tests.conftest import PAGE, Heard, Hook, Receiver, secret_on, time_comes

MakeHook = Callable[..., Hook]


def told(heard: Heard, *secrets: str) -> dict[str, Any]:
    """What a message says, once its signature was found right for each of the secrets."""
    for secret in secrets:
        Webhook(secret).verify(heard.body, heard.headers)
    found: dict[str, Any] = json.loads(heard.body)
    assert found["id"] == heard.headers["webhook-id"]
    return found


def all_told(receiver: Receiver, secret: str) -> dict[str, dict[str, Any]]:
    return {message["type"]: message for message in (told(heard, secret) for heard in receiver.heard)}


def api_of(world: World) -> Callable[[str], Any]:
    _, text = tokens.mint(
        charity=world.tide.charity, name="CRM", scopes=tuple(Scope), expires_at=None, actor=world.users["superuser"]
    )  # fmt: skip
    return lambda path: Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {text}"}).json()


def broken() -> list[str]:
    return [name for check in proof.checks() for name in check.run()]


def test_a_gift_is_told_signed_and_as_the_api_gives_it(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made = hook(f"{receiver.base}/hooks?a=1")
    gift = world.tide.give()

    assert sending.work() == 3

    assert {heard.path for heard in receiver.heard} == {"/hooks?a=1"}
    heard, api = all_told(receiver, made.secret), api_of(world)
    assert set(heard) == {"supporter.created", "gift.succeeded", "receipt.issued"}
    message = heard["gift.succeeded"]
    assert message["data"] == {"gift": api(f"/gifts/{gift.reference}")}
    assert message["data"]["gift"]["person"]["given_name"] == "Ada"
    assert (message["charity"], message["api_version"]) == ("tide", "1")
    assert heard["receipt.issued"]["data"] == {"receipt": api("/receipts/1")}
    person = message["data"]["gift"]["supporter"]
    assert heard["supporter.created"]["data"] == {"supporter": api(f"/supporters/{person}")}
    assert set(Delivery.objects.values_list("state", "tries")) == {("done", 1)}
    assert set(Try.objects.values_list("status", "why", "answer")) == {(204, "", "")}
    # All is said, and nothing comes twice.
    assert sending.work() == 0
    assert broken() == []


def test_what_becomes_of_gifts_plans_and_people_is_told(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made, root = hook(receiver.base), world.users["superuser"]
    world.tide.give(method="bank_transfer")
    world.tide.give(outcome="do_not_honour")
    gift = world.tide.give()
    actions.refund(gift_id=gift.pk, amount_minor=500, reason="meant less", actor=root)
    plan = world.tide.promise()
    changing.pause(plan.pk, by=Actor.of_staff(root))
    changing.resume(plan.pk, by=Actor.of_staff(root))
    changing.cancel(plan.pk, by=Actor.of_staff(root))
    client = world.client("superuser")
    client.post(f"/admin/gifts/{gift.pk}/donor/erase/", {"typed": "erase"})

    while sending.work():
        pass

    heard = all_told(receiver, made.secret)
    assert set(heard) >= {
        "gift.awaiting", "gift.failed", "gift.succeeded", "gift.refunded", "plan.started", "plan.paused",
        "plan.resumed", "plan.cancelled", "receipt.issued", "receipt.cancelled", "supporter.created",
        "supporter.erased",
    }  # fmt: skip
    refunded, api = heard["gift.refunded"]["data"], api_of(world)
    assert refunded["refund"] == api(f"/gifts/{gift.reference}/refunds")[0]
    assert refunded["refund"]["amount_minor"] == 500
    assert heard["plan.cancelled"]["data"] == {"plan": api(f"/plans/{plan.reference}")}
    # A body is made when it is sent: of a person who was erased by then it says no more.
    erased = heard["supporter.erased"]["data"]
    assert (erased["gift"]["reference"], erased["gift"]["person"]["email"]) == (gift.reference, "")
    assert erased["supporter"]["erased_at"]
    assert b"Ada" not in b"".join(heard.body for heard in receiver.heard)


def test_receipts_that_hold_no_more_and_details_put_right_are_told(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made, root = hook(receiver.base, types=["receipt.cancelled", "gift.corrected"]), world.users["superuser"]
    gift, back = world.tide.give(email="ada@example.org"), world.tide.give(email="eve@example.org")
    client, page = world.client("superuser"), f"/admin/gifts/{gift.pk}/donor/"
    typed = {"given_name": "Adele", "family_name": "Nguyễn", "email": "ada@example.org", "country": "AU"}
    client.post(page, {**typed, "anew": "on", "replacing": str(Receipt.objects.get(gift=gift).pk)})
    actions.refund(gift_id=back.pk, amount_minor=back.settled_minor or 0, reason="a mistake", actor=root)
    # What is replaced and what is taken back for good; the new ones hold.
    while sending.work():
        pass

    heard, api = [told(one, made.secret) for one in receiver.heard], api_of(world)
    receipts = {
        each["data"]["receipt"]["number"]: each["data"]["receipt"]
        for each in heard
        if "receipt" in each["data"]
    }
    assert {number: (each["status"], each["cancelled_for"]) for number, each in receipts.items()} == {
        1: ("replaced", "details"), 2: ("cancelled", "refunded")
    }  # fmt: skip
    assert receipts[2] == api("/receipts/2")
    (corrected,) = [each["data"]["gift"] for each in heard if each["type"] == "gift.corrected"]
    assert (corrected["reference"], corrected["person"]["given_name"]) == (gift.reference, "Adele")
    assert len(heard) == 3


def test_every_move_of_a_gift_and_a_plan_is_told_or_is_no_news() -> None:
    """A new state or move has to be thought of here."""
    gifts = set(ATTEMPT_EDGES.values()) - sources.GIFT.keys()
    assert gifts == {State.CREATED, State.CONFIRMING, State.ACTION_REQUIRED, State.UNKNOWN}
    assert set(REFUND_EDGES.values()) - sources.REFUND.keys() == {
        RefundState.SUBMITTED, RefundState.UNKNOWN
    }  # fmt: skip
    # The first gift was never paid: the plan never began.
    assert {event for _, event in PLAN_EDGES} - sources.PLAN.keys() == {"abandoned"}
    assert {*sources.GIFT.values(), *sources.REFUND.values(), *sources.PLAN.values()} <= sources.TYPES.keys()


def test_without_people_nobody_is_named_and_only_what_was_chosen_is_told(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made = hook(receiver.base, types=["gift.succeeded"], people="")
    other = hook(f"{receiver.base}/river", types=["gift.succeeded"], charity=str(world.river.charity.pk))
    world.tide.give()

    assert sending.work() == 1

    (heard,) = receiver.heard
    gift = told(heard, made.secret)["data"]["gift"]
    assert (gift["person"], gift["message"], gift["tribute"]) == (None, None, None)
    assert b"Ada" not in heard.body
    with pytest.raises(WebhookVerificationError):
        told(heard, other.secret)


def test_what_happened_before_it_was_switched_on_is_not_told(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    world.tide.give()
    made = hook(f"{receiver.base}/now-and-then", types=["gift.succeeded"])
    client = world.client("superuser")
    client.post(f"{PAGE}{made.id}/switch/", {"to": "off"})
    world.tide.give()
    assert sending.work() == 0
    # While nobody listens nothing is read, and what was missed is not made up for when somebody does.
    hook(f"{receiver.base}/always", types=["gift.succeeded"])
    assert Tail.objects.get(source="payments_event").after == Event.objects.latest("pk").pk
    missed = world.tide.give()
    client.post(f"{PAGE}{made.id}/switch/", {"to": "on"})
    gift = world.tide.give()

    assert sending.work() == 3
    heard = [(one.path, json.loads(one.body)["data"]["gift"]["reference"]) for one in receiver.heard]
    assert sorted(heard) == sorted(
        [("/always", missed.reference), ("/always", gift.reference), ("/now-and-then", gift.reference)]
    )


def test_a_receiver_that_fails_hears_the_same_again_until_it_is_given_up_and_replayed(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made = hook(receiver.base, types=["gift.succeeded"])
    receiver.answers = [(500, {}, b"Nguy\xe1\xbb\x85n\0 is down")]
    world.tide.give()
    waits = []
    for _ in range(len(sending.WAITS_SECONDS)):
        before = now()
        assert sending.work() == 1
        delivery = Delivery.objects.get()
        assert delivery.state == "waiting" and delivery.next_at
        waits.append((delivery.next_at - before).total_seconds())
        # It has to wait, and the endpoint rests.
        assert sending.work() == 0
        time_comes()
    assert all(
        wait <= found <= 1.2 * wait + 5 for wait, found in zip(sending.WAITS_SECONDS, waits, strict=True)
    )
    assert sending.work() == 1
    assert Delivery.objects.values_list("state", "tries").get() == ("failed", 10)
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert len({heard.body for heard in receiver.heard}) == 1
    assert set(Try.objects.values_list("status", "answer")) == {(500, "Nguyễn\ufffd is down")}
    time_comes()
    assert sending.work() == 0

    receiver.answers, client = [(200, {}, b"ok")], world.client("superuser")
    client.post(f"{PAGE}{made.id}/replay/", {"hours": "24"})

    assert sending.work() == 1
    assert Delivery.objects.values_list("state", "tries").get() == ("done", 1)
    assert len({told(heard, made.secret)["id"] for heard in receiver.heard}) == 1
    assert made.row.failures == 0
    client.post(f"{PAGE}{made.id}/messages/{Delivery.objects.get().pk}/replay/")
    assert sending.work() == 1
    assert len(receiver.heard) == 12
    assert AuditEntry.objects.filter(action="replay webhook").count() == 2


def test_an_endpoint_that_fails_is_asked_with_one_message_and_what_waited_comes_when_it_is_well(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made = hook(receiver.base, types=["gift.succeeded"])
    receiver.answers = [(503, {"Retry-After": "900"}, b"")]
    for _ in range(6):
        world.tide.give()
    # As many as go at once; then it is left alone for as long as it asks.
    begun = now()
    assert sending.work() == 4
    rests = made.row.rests_until
    assert rests is not None and begun <= rests - timedelta(seconds=900) <= now()
    assert sending.work() == 0
    time_comes()
    assert sending.work() == 1

    receiver.answers = [(200, {}, b"")]
    time_comes()
    assert sending.work() == 6
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(("status", "days"), [(410, 0), (500, 5)])
def test_an_endpoint_that_is_gone_or_fails_for_days_is_switched_off_and_staff_see_it(
    world: World, hook: MakeHook, receiver: Receiver, mailoutbox: list[EmailMessage], status: int, days: int
) -> None:
    made = hook(receiver.base, types=["gift.succeeded"])
    receiver.answers = [(500, {}, b""), (status, {}, b"")]
    world.tide.give()
    sending.work()
    assert made.row.active
    type(made.row).objects.update(failing_since=now() - timedelta(days=days))
    time_comes()
    sending.work()

    endpoint, client = made.row, world.client("superuser")
    assert (endpoint.active, endpoint.off_reason) == (False, "gone" if status == 410 else "failing")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor_name) == ("switch off webhook", "system")
    # Whoever may mend it is written to, once; the fundraiser may not.
    User.objects.filter(pk__in=[user.pk for user in world.users.values()]).update(email="staff@example.org")
    User.objects.create_superuser("second", "second@example.org")
    User.objects.create_superuser("left", "left@example.org", is_active=False)
    for _ in range(2):
        worker.drain({endpoints.OFF_JOB: HANDLERS[endpoints.OFF_JOB]})
        Job.objects.filter(kind=endpoints.OFF_JOB).update(state="ready", finished_at=None, lease_owner="")
        Job.objects.filter(kind=endpoints.OFF_JOB, payload__has_key="user").update(
            state="done", finished_at=now()
        )
    assert sorted(mail.to for mail in mailoutbox) == [["second@example.org"], ["staff@example.org"]]
    assert mailoutbox[0].subject == "Switched off: the webhook “CRM”"
    body = mailoutbox[0].body
    assert (
        "of The Tide Charity" in body
        and f"{settings.SITE_URL}{PAGE}{made.id}/" in body
        and "1 message waits for it." in body
    )
    assert endpoint.get_off_reason_display() in body
    assert "webhook that switched itself off" in client.get("/admin/").content.decode()
    page = client.get(f"{PAGE}{made.id}/").content.decode()
    assert "It was switched off on" in page
    time_comes()
    assert sending.work() == 0
    # What waited goes out when it is switched on.
    receiver.answers = [(200, {}, b"")]
    client.post(f"{PAGE}{made.id}/switch/", {"to": "on"})
    assert sending.work() == 1
    assert Delivery.objects.get().state == "done"
    assert "webhook that switched itself off" not in client.get("/admin/").content.decode()


def test_after_a_rotation_both_secrets_are_good_for_a_day(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    made, client = hook(receiver.base, types=["gift.succeeded"]), world.client("superuser")
    newer = secret_on(client.post(f"{PAGE}{made.id}/secret/").content.decode())
    assert newer.startswith("whsec_") and newer != made.secret
    world.tide.give()
    sending.work()
    told(receiver.heard[-1], made.secret, newer)
    assert len(receiver.heard[-1].headers["webhook-signature"].split()) == 2

    EndpointSecret.objects.filter(good_until__isnull=False).update(good_until=now())
    world.tide.give()
    sending.work()
    told(receiver.heard[-1], newer)
    with pytest.raises(WebhookVerificationError):
        told(receiver.heard[-1], made.secret)
    # No page and no row shows what signs.
    shown = client.get(f"{PAGE}{made.id}/").content.decode() + client.get(PAGE).content.decode()
    kept = " ".join(EndpointSecret.objects.values_list("secret", flat=True))
    assert not any(secret in text for secret in (made.secret, newer) for text in (shown, kept))


def test_a_secret_of_another_installation_signs_nothing(
    world: World, hook: MakeHook, receiver: Receiver, settings: Any
) -> None:
    made = hook(receiver.base, types=["gift.succeeded"])
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, as after it was changed and the old one kept beside it"
    world.tide.give()
    assert sending.work() == 1
    told(receiver.heard[0], made.secret)

    # Within an hour it stands under the new one, and the old one may go.
    older = EndpointSecret.objects.values_list("secret", flat=True).get()
    sending.tend()
    settings.SECRET_KEY_FALLBACKS = []
    world.tide.give()
    assert sending.work() == 1
    told(receiver.heard[1], made.secret)

    EndpointSecret.objects.update(secret=older)
    world.tide.give()
    sending.work()
    assert len(receiver.heard) == 2
    assert Try.objects.latest("pk").why == "no_secret"


def test_a_bug_with_one_message_costs_the_others_nothing(
    world: World, hook: MakeHook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hook(receiver.base, types=["gift.succeeded", "receipt.issued"])
    world.tide.give()
    genuine = sending.body_of

    def poisoned(delivery: Delivery, endpoint: Endpoint) -> bytes:
        if delivery.type == "gift.succeeded":
            raise ZeroDivisionError
        return genuine(delivery, endpoint)

    monkeypatch.setattr(sending, "body_of", poisoned)
    assert sending.work() == 2
    assert [told(heard, made.secret)["type"] for heard in receiver.heard] == ["receipt.issued"]
    assert Try.objects.get(delivery__type="gift.succeeded").why == "fault"
    monkeypatch.undo()
    time_comes()
    assert sending.work() == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_a_test_goes_out_whatever_was_chosen(world: World, hook: MakeHook, receiver: Receiver) -> None:
    made, client = hook(receiver.base, types=["plan.started"]), world.client("superuser")
    client.post(f"{PAGE}{made.id}/test/")
    assert sending.work() == 1
    message = told(receiver.heard[0], made.secret)
    assert (message["type"], message["data"]) == ("webhook.test", {})
    assert "webhook.test" in client.get(f"{PAGE}{made.id}/").content.decode()


def test_what_a_receiver_answered_goes_with_an_erased_donor(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    hook(receiver.base, types=["gift.succeeded"])
    receiver.answers = [(400, {}, b"Ada is unknown to us")]
    gift = world.tide.give()
    sending.work()
    assert Try.objects.get().answer == "Ada is unknown to us"
    world.client("superuser").post(f"/admin/gifts/{gift.pk}/donor/erase/", {"typed": "erase"})
    assert Try.objects.get().answer == ""


def test_last_months_log_is_forgotten_and_what_waits_is_not(
    world: World, hook: MakeHook, receiver: Receiver
) -> None:
    hook(receiver.base, types=["gift.succeeded"])
    receiver.answers = [(200, {}, b""), (500, {}, b"")]
    for _ in range(2):
        world.tide.give()
    sending.work()
    Delivery.objects.update(made_at=now() - timedelta(days=31))
    assert sending.prune() == 1
    assert Delivery.objects.get().state == "waiting"
    assert Try.objects.count() == 1


def test_prove_names_what_is_not_as_it_must_be(world: World, hook: MakeHook, receiver: Receiver) -> None:
    hook(receiver.base, types=["gift.succeeded"])
    world.tide.give()
    sending.work()
    delivery, ago = Delivery.objects.get(), now() - timedelta(hours=2)
    assert broken() == []
    Try.objects.update(status=500)
    assert broken() == [str(delivery)]
    Delivery.objects.update(state="waiting", next_at=ago, finished_at=None)
    assert broken() == [f"{delivery}, due {ago:%Y-%m-%d %H:%M} UTC"]
