"""Disputes as staff work: seen in time, answered once with what is known, given up, and what became of it."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from almoner.backoffice.disputes import work
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Charity
from almoner.config import donors
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference
from almoner.ledger.books import balance_minor
from almoner.outbox.models import Job
from almoner.outbox.queue import Retry
from almoner.outbox.worker import drain
from almoner.payments import asking, gateways, proof, replies
from almoner.payments.gateways.port import AnswerLost, DisputeAnswer, DisputeStatus, Evidence
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, Dispute, DisputeFile, DisputeReply, Refund
from almoner.receipts.models import Receipt

PDF = b"%PDF-1.7 a letter"


def disputed(world: World, *, days: int = 10, **more: object) -> Dispute:
    """A gift of 50.00 that its bank questions, told by the gateway."""
    gift = world.tide.give(**more)  # type: ignore[arg-type]
    attempt = Attempt.objects.get(gift_id=gift.pk)
    dispute_id = gateways.sandbox().open_dispute(attempt.gateway_id or "", days=days)
    assert actions.look_at_dispute("sandbox", "sandbox", dispute_id)
    return Dispute.objects.get(gateway_id=dispute_id)


def url(name: str, dispute: Dispute) -> str:
    return reverse(f"backoffice:{name}", args=[dispute.pk])


def send() -> None:
    drain({replies.JOB: HANDLERS[replies.JOB]})


def test_the_soonest_is_first_and_decided_ones_have_lists_of_their_own(world: World) -> None:
    later, sooner, lost = (
        disputed(world, days=9),
        disputed(world, days=1),
        disputed(world, amount_minor=7_700),
    )
    gateways.sandbox().move_dispute(lost.gateway_id, DisputeStatus.LOST)
    actions.look_at_dispute("sandbox", "sandbox", lost.gateway_id)
    client = world.client("fundraiser")
    page = client.get(reverse("backoffice:disputes")).content.decode()
    assert page.index(str(sooner.pk)) < page.index(str(later.pk))
    assert str(lost.pk) not in page
    assert "23 hours left" in page
    reference = Gift.objects.get(pk=sooner.attempt.gift_id).reference
    assert page.index(shown_reference(reference)) < page.index("8 days left"), "whose it is"
    assert "8 days left" in page
    only_lost = client.get(reverse("backoffice:disputes"), {"state": "lost"}).content.decode()
    assert str(lost.pk) in only_lost
    assert str(later.pk) not in only_lost


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Australia/Sydney", datetime(2035, 11, 26, 20, tzinfo=UTC), "27 November"),
        ("Pacific/Honolulu", datetime(2035, 11, 27, 5, tzinfo=UTC), "26 November"),
    ],
)
def test_its_last_day_is_the_charity_s(world: World, zone: str, at: datetime, day: str) -> None:
    Charity.objects.update(timezone=zone)
    found = disputed(world)
    Dispute.objects.update(respond_by=at)
    client = world.client("fundraiser")
    assert f"The first by {day}. What" in client.get("/admin/").content.decode()
    gift = client.get(reverse("backoffice:gift", args=[found.attempt.gift_id])).content.decode()
    assert f"answer by {day} 2035" in gift


def test_a_practised_dispute_opens_once_and_only_on_a_payment_that_stands(
    world: World, sandbox: Sandbox
) -> None:
    gifts = {
        "paid": world.tide.give(),
        "declined": world.tide.give(outcome="lost_card"),
        "refunded": world.tide.give(),
        "debited": world.tide.give(method="sandbox_debit", outcome="debit_settles"),
    }
    actions.refund(gift_id=gifts["refunded"].pk, amount_minor=100, reason="r", actor=world.users["superuser"])
    charges = {name: Attempt.objects.get(gift_id=gift.pk).gateway_id for name, gift in gifts.items()}
    anybody = Client()
    assert anybody.get("/sandbox/").content.count(b"/sandbox/dispute/") == 1
    for name in ("paid", "paid", "declined", "refunded", "debited"):
        assert anybody.post(f"/sandbox/dispute/{charges[name]}/").status_code == 302
    assert sandbox.disputes() == {charges["paid"]: "needs_response"}
    assert b"/sandbox/dispute/" not in anybody.get("/sandbox/").content
    assert anybody.get(f"/sandbox/dispute/{charges['paid']}/").status_code == 405
    assert anybody.post("/sandbox/dispute/sb_nothing/").status_code == 404
    donors.fetch_events()
    drain(HANDLERS)
    dispute = Dispute.objects.get()
    assert (dispute.attempt.gift_id, dispute.state) == (gifts["paid"].pk, "needs_response")
    assert str(dispute.pk) in world.client("fundraiser").get(reverse("backoffice:disputes")).content.decode()


def books(world: World) -> dict[str, int]:
    """What each account of the gateway's stands at, in cents."""
    charity = world.tide.charity
    codes = ("clearing", "disputes", "dispute-fees", "dispute-losses")
    return {code: balance_minor(charity.pk, f"{code}:sandbox", charity.currency) for code in codes}


def looked() -> None:
    donors.fetch_events()
    drain(HANDLERS)


def all_holds() -> None:
    asked = asking.Asked(gateways.gateway("sandbox"))
    assert [row for check in (*proof.checks(), *asking.checks(asked)) for row in check.run()] == []


@pytest.mark.parametrize(
    ("end", "clearing", "losses", "receipts"),
    [("won", 4_882 - 1_500, 0, 1), ("lost", -118 - 1_500, 5_000, 0)],
)
def test_a_dispute_is_walked_from_the_board_to_its_end(
    world: World, end: str, clearing: int, losses: int, receipts: int
) -> None:
    gift, client, anybody = world.tide.give(), world.client("treasurer"), Client()
    charge = Attempt.objects.get(gift_id=gift.pk).gateway_id
    assert books(world) == {"clearing": 4_882, "disputes": 0, "dispute-fees": 0, "dispute-losses": 0}
    anybody.post(f"/sandbox/dispute/{charge}/")
    looked()
    dispute = Dispute.objects.get()
    taken = {"clearing": -1_618, "disputes": 5_000, "dispute-fees": 1_500, "dispute-losses": 0}
    assert (dispute.state, books(world)) == ("needs_response", taken)
    all_holds()
    # Before an answer lies there, no bank decides; nor in words of somebody's own.
    ends = f"/sandbox/dispute/{charge}/end/"
    assert ends not in anybody.get("/sandbox/").content.decode()
    assert anybody.post(ends, {"end": end}).status_code == 302
    client.post(url("answer_dispute", dispute), {"text": "We know Ada."})
    send()
    anybody.post(ends, {"end": "prevented"})
    looked()
    dispute.refresh_from_db()
    assert (dispute.state, books(world)) == ("under_review", taken)
    all_holds()
    assert anybody.get("/sandbox/").content.decode().count(ends) == 1
    anybody.post(ends, {"end": end})
    other = {"won": "lost", "lost": "won"}[end]
    anybody.post(ends, {"end": other})
    looked()
    dispute.refresh_from_db()
    assert [event.name for event in dispute.events.order_by("id")] == ["opened", "answered", end]
    assert books(world) == {
        "clearing": clearing, "disputes": 0, "dispute-fees": 1_500, "dispute-losses": losses,
    }  # fmt: skip
    assert Receipt.objects.valid().filter(gift=gift.pk).count() == receipts
    assert ends not in anybody.get("/sandbox/").content.decode()
    assert anybody.get(ends).status_code == 405
    all_holds()


def test_what_nobody_answers_in_its_time_is_lost(world: World, sandbox: Sandbox) -> None:
    asked = world.tide.give()
    inquiry = sandbox.open_dispute(
        Attempt.objects.get(gift_id=asked.pk).gateway_id or "", state=DisputeStatus.INQUIRY
    )
    dispute = disputed(world)
    for days, states in (("3", ["inquiry", "needs_response"]), ("31", ["prevented", "lost"])):
        Client().post("/sandbox/clock/", {"days": days})
        looked()
        found = [Dispute.objects.get(gateway_id=each).state for each in (inquiry, dispute.gateway_id)]
        assert found == states
    assert books(world) == {
        "clearing": 4_882 - 1_618, "disputes": 0, "dispute-fees": 1_500, "dispute-losses": 5_000,
    }  # fmt: skip
    all_holds()


def test_a_refund_in_the_gateways_own_pages_is_found_and_posted(world: World, sandbox: Sandbox) -> None:
    gift, declined, held = world.tide.give(), world.tide.give(outcome="lost_card"), disputed(world)
    actions.refund(gift_id=gift.pk, amount_minor=1_000, reason="r", actor=world.users["superuser"])
    debit = world.tide.give(method="sandbox_debit", outcome="debit_settles")
    charges = {each.gift_id: each.gateway_id for each in Attempt.objects.all()}
    Client().post("/sandbox/clock/", {"days": "3"})
    looked()
    page = Client().get("/sandbox/").content.decode()
    assert re.findall("/sandbox/refund/(.*?)/", page) == [charges[debit.pk], charges[gift.pk]]
    before = books(world)["clearing"]
    for each in (gift.pk, gift.pk, declined.pk, held.attempt.gift_id, debit.pk):
        assert Client().post(f"/sandbox/refund/{charges[each]}/").status_code == 302
    # What was given back can't be called back as well.
    Client().post(f"/sandbox/return/{charges[debit.pk]}/")
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 1_000, "nobody told us yet"
    looked()
    found = Refund.objects.order_by("id").values_list("attempt__gift_id", "amount_minor", "state")
    assert sorted(found, key=lambda row: row[1]) == [
        (gift.pk, 1_000, "succeeded"), (gift.pk, 4_000, "succeeded"), (debit.pk, 5_000, "succeeded"),
    ]  # fmt: skip
    assert books(world)["clearing"] == before - 9_000
    assert not Receipt.objects.valid().filter(gift__in=(gift.pk, debit.pk)).exists()
    said = world.client("treasurer").get(reverse("backoffice:gift", args=[gift.pk])).content.decode()
    assert "Refund made at the gateway: " in said
    assert b"/sandbox/refund/" not in Client().get("/sandbox/").content
    all_holds()


def test_the_list_asks_as_much_of_many_as_of_one(world: World) -> None:
    client, counts = world.client("fundraiser"), []
    for _ in range(2):
        disputed(world)
        client.get(reverse("backoffice:disputes"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("backoffice:disputes"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_known_is_gathered(world: World) -> None:
    world.tide.give(amount_minor=2_000)
    dispute = disputed(world)
    page = world.client("fundraiser").get(url("dispute", dispute)).content.decode()
    for text in (
        "Ada Nguyễn", "ada@example.org", "A donation of", "50.00", "did not ask them to confirm",
        "1 since", "none of them disputed", "9 days left", "make this payment",
    ):  # fmt: skip
        assert text in page, text


def test_an_answer_is_sent_by_the_worker_and_wins(world: World) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    file = SimpleUploadedFile("letter.pdf", PDF)
    sent = {"text": "winning_evidence: we know Ada.", "documents": [file], "key": str(uuid.uuid4())}
    assert client.post(url("answer_dispute", dispute), sent).status_code == 302
    reply = DisputeReply.objects.get()
    assert (reply.kind, reply.state, reply.text) == ("evidence", "asked", "winning_evidence: we know Ada.")
    assert [(each.content_type, bytes(each.content or b"")) for each in reply.files.all()] == [
        ("application/pdf", PDF)
    ]
    assert AuditEntry.objects.latest("id").action == "answer dispute"
    dispute.refresh_from_db()
    assert dispute.state == "needs_response", "nothing is sent while staff wait"
    file.seek(0)
    client.post(url("answer_dispute", dispute), sent)
    # Somebody else's answer, from a page of its own.
    other = world.client("fundraiser").post(url("answer_dispute", dispute), {"text": "more"}, follow=True)
    assert "answered already" in other.content.decode()
    assert DisputeReply.objects.count() == 1
    send()
    dispute.refresh_from_db()
    reply.refresh_from_db()
    assert (dispute.state, reply.state, DisputeReply.objects.count()) == ("won", "sent", 1)
    assert "Answered from here" in client.get(url("dispute", dispute)).content.decode()
    assert Receipt.objects.valid().filter(gift=dispute.attempt.gift_id).exists()
    client.post(url("answer_dispute", dispute), {"text": "more"})
    assert DisputeReply.objects.count() == 1


def test_what_is_given_up_is_lost_and_its_receipt_cancelled(world: World) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    assert Receipt.objects.valid().filter(gift=dispute.attempt.gift_id).exists()
    client.post(url("accept_dispute", dispute), {})
    send()
    dispute.refresh_from_db()
    assert dispute.state == "lost"
    assert not Receipt.objects.valid().filter(gift=dispute.attempt.gift_id).exists()
    charity = world.tide.charity
    assert balance_minor(charity.pk, "dispute-losses:sandbox", charity.currency) == 5_000
    asked = asking.Asked(gateways.gateway("sandbox"))
    assert [row for check in (*proof.checks(), *asking.checks(asked)) for row in check.run()] == []


def test_what_is_no_document_is_refused_and_the_text_kept(world: World) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    sent = {"text": "We know Ada.", "documents": [SimpleUploadedFile("letter.pdf", b"MZ a program")]}
    page = client.post(url("answer_dispute", dispute), sent)
    assert "letter.pdf is no PDF, JPEG or PNG" in page.content.decode()
    assert "We know Ada." in page.content.decode()
    many = {"text": "x", "documents": [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(4)]}
    assert "Choose 3 files at most" in client.post(url("answer_dispute", dispute), many).content.decode()
    big = {"text": "x", "documents": [SimpleUploadedFile("big.pdf", PDF + b"0" * 4_500_000)]}
    assert "over 4.5 MB" in client.post(url("answer_dispute", dispute), big).content.decode()
    assert (DisputeReply.objects.count(), DisputeFile.objects.count()) == (0, 0)


def test_an_answer_whose_outcome_is_lost_is_not_sent_twice(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute, sent = disputed(world), []

    def losing(gateway_id: str, evidence: Evidence) -> DisputeAnswer:
        sent.append(evidence)
        Sandbox.submit_evidence(sandbox, gateway_id, evidence)
        raise AnswerLost("no answer in time")

    monkeypatch.setattr(sandbox, "submit_evidence", losing)
    world.client("treasurer").post(url("answer_dispute", dispute), {"text": "We know Ada."})
    reply = DisputeReply.objects.get()
    with pytest.raises(Retry):
        work.deliver({"reply": str(reply.pk)})
    reply.refresh_from_db()
    assert reply.state == "asked"
    work.deliver({"reply": str(reply.pk)})
    reply.refresh_from_db()
    dispute.refresh_from_db()
    assert (reply.state, dispute.state, len(sent)) == ("sent", "under_review", 1)
    assert sent[0].facts["customer_email"] == "ada@example.org"
    assert sent[0].facts["product_description"].startswith("A donation of")


def test_what_the_gateway_refuses_may_be_answered_anew(world: World, sandbox: Sandbox) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    client.post(url("answer_dispute", dispute), {"text": "We know Ada."})
    sandbox.move_dispute(dispute.gateway_id, DisputeStatus.UNDER_REVIEW)
    send()
    # Somebody was faster in the gateway's own pages: it is answered, and ours is not read.
    dispute.refresh_from_db()
    assert (dispute.state, DisputeReply.objects.get().state) == ("under_review", "sent")


def test_staff_who_may_answer_are_written_to_when_it_opens_and_when_its_day_is_near(world: World) -> None:
    for name, user in world.users.items():
        User.objects.filter(pk=user.pk).update(email=f"{name.replace(' ', '-').replace('’', '')}@example.org")
    dispute = disputed(world)

    def told() -> list[list[str]]:
        mail.outbox.clear()
        work.tell()
        drain({work.MAIL: HANDLERS[work.MAIL]})
        return [sorted(each.to) for each in mail.outbox]

    ours = told()
    assert len(ours) == 1
    assert {"fundraiser@example.org", "treasurer@example.org", "superuser@example.org"} <= set(ours[0])
    assert not {"editor@example.org", "river-fundraiser@example.org"} & set(ours[0])
    assert str(dispute.pk) in mail.outbox[0].body
    assert "Ada" not in mail.outbox[0].body
    assert told() == []
    with time_machine.travel(now() + timedelta(days=8), tick=True):
        assert len(told()) == 1
        assert told() == []


def test_a_gateway_that_takes_no_answers_says_where_to_go(world: World) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    Attempt.objects.filter(pk=dispute.attempt_id).update(gateway="paypal", account="")
    page = client.get(url("dispute", dispute)).content.decode()
    assert "takes no answers from here" in page
    assert reverse("backoffice:answer_dispute", args=[dispute.pk]) not in page
    client.post(url("answer_dispute", dispute), {"text": "We know Ada."})
    assert (DisputeReply.objects.count(), Job.objects.filter(kind=replies.JOB).count()) == (0, 0)


def test_what_was_said_goes_with_the_person_and_when_all_is_long_over(world: World) -> None:
    dispute, client = disputed(world), world.client("treasurer")
    file = SimpleUploadedFile("letter.pdf", PDF)
    client.post(url("answer_dispute", dispute), {"text": "losing_evidence Ada", "documents": [file]})
    send()
    assert replies.prune(at=now() + timedelta(days=100)) == 0
    assert replies.prune(at=now() + timedelta(days=200)) == 1
    assert (DisputeReply.objects.get().text, DisputeFile.objects.get().content) == ("", None)
    assert Gift.objects.filter(pk=dispute.attempt.gift_id).exists()
