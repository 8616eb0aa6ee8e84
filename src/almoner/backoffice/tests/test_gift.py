"""One gift: its story, and each act on it, with the exact rows it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from almoner.backoffice.gifts.story import Story
from almoner.backoffice.gifts.timeline import Moment, in_order, timeline
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.giving import actions, desk
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.references import new_uuid
from almoner.ledger.models import Posting
from almoner.outbox.models import Job
from almoner.payments import gateways, progress
from almoner.payments.models import Attempt, BankCredit, Refund
from almoner.receipts import issuing
from almoner.receipts.models import Receipt, ReceiptDelivery
from almoner.supporters.models import Contact
from almoner.supporters.people import Details

GEELONG = {
    "country": "AU", "line1": "51 Little Malop Street", "line2": "", "dependent_locality": "", "locality": "Geelong",
    "region": "VIC", "postcode": "3220", "sorting_code": "", "origin": "chosen", "source": "demo", "release": "1",
}  # fmt: skip


def story_of(gift: Gift) -> Story:
    return Story(Gift.objects.select_related("charity", "contact", "fund", "form", "batch").get(pk=gift.pk))


def plain(text: str) -> str:
    """With ordinary spaces, as a test is typed."""
    return text.replace("\u00a0", " ").replace("&quot;", '"')


def told(gift: Gift) -> list[str]:
    return [plain(moment.title) for moment in timeline(story_of(gift))]


def page_of(client: Client, gift: Gift) -> str:
    response = client.get(f"/admin/gifts/{gift.pk}/")
    assert response.status_code == 200
    return plain(response.content.decode())


def test_a_paid_gift_told_from_first_to_last(world: World) -> None:
    gift = world.tide.give(amount_minor=5000, cover_minor=120)
    assert told(gift) == [
        "$51.20 AUD offered on “Tide form”",
        "Payment begun",
        "Donor confirmed the payment",
        "Paid by card (sandbox)",
        "Receipt 000001 issued over $51.20 AUD",
    ]
    paid = next(m for m in timeline(story_of(gift)) if m.title.startswith("Paid"))
    assert paid.tone == "good"
    assert tuple(map(plain, paid.books)) == (
        "$51.20 AUD: debit sandbox clearing, credit income (general)",
        "$1.20 AUD: debit sandbox fees, credit sandbox clearing",
    )


def test_a_decline_and_a_lost_answer_say_what_happened(world: World) -> None:
    declined = world.tide.give(outcome="insufficient_funds")
    assert told(declined)[-1] == "Card (sandbox) declined: insufficient funds"
    lost = world.tide.give(outcome="answer_lost")
    assert told(lost)[-1] == "No answer from the payment service: the outcome is not known yet"
    assert "Outcome not known" in page_of(world.client("fundraiser"), lost)


def test_the_figures_and_all_that_was_said(world: World) -> None:
    gift = world.tide.give(
        amount_minor=5000, cover_minor=120, name=("Aoife", "O’Connor"), address=GEELONG, tribute_kind="memory",
        tribute_name="Máire", message="For Nan", anonymous=True, source={"appeal": "WINTER", "utm_source": "news"},
    )  # fmt: skip
    actions.refund(gift_id=gift.pk, amount_minor=1000, reason="r", actor=world.users["fundraiser"])
    page = page_of(world.client("fundraiser"), gift)
    for text in (
        "Covering the cost", "$51.20 AUD", "−$1.20 AUD", "−$10.00 AUD", "$40.00 AUD", "Part refunded", "Aoife O’Connor",
        "51 Little Malop Street", "Geelong VIC 3220", "In memory of", "Máire", "For Nan", "name this donor in public",
        "WINTER", "news", "Tide fund", f"/give/thanks/{gift.public_key}/", "Australia/Sydney",
    ):  # fmt: skip
        assert text in page, text


def test_xss_markup_that_was_typed_is_shown_and_not_run(world: World) -> None:
    canary = "<script>alert(1)</script>"
    gift = world.tide.give(
        name=(canary, canary), message=canary, source={"appeal": canary, "referrer_host": canary}
    )
    for path in (
        f"gifts/{gift.pk}/",
        "gifts/",
        f"gifts/{gift.pk}/refund/",
        f"gifts/{gift.pk}/donor/",
        "mail/",
    ):
        page = world.client("fundraiser").get(f"/admin/{path}").content.decode()
        assert canary not in page, path


def test_the_page_costs_the_same_queries_however_much_happened(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    gift = world.tide.give()
    for _ in range(4):
        actions.refund(gift_id=gift.pk, amount_minor=100, reason="r", actor=world.users["fundraiser"])
    client = world.client("fundraiser")
    client.get(f"/admin/gifts/{gift.pk}/")
    with django_assert_max_num_queries(24):
        client.get(f"/admin/gifts/{gift.pk}/")


def test_a_treasurer_reads_and_refunds_and_enters_nothing(world: World) -> None:
    gift, awaiting = world.tide.give(), world.tide.give(method="bank_transfer")
    client = world.client("treasurer")
    page = page_of(client, gift)
    assert "/refund/" in page
    assert '/donor/"' not in page
    assert "/receipt/" not in page
    assert "/received/" not in page_of(client, awaiting)


def refund(client: Client, gift: Gift, **values: str) -> str:
    response = client.post(
        f"/admin/gifts/{gift.pk}/refund/", {"amount": "10", "reason": "meant less", **values}, follow=True
    )
    return plain(response.content.decode())


def test_a_refund_in_part(world: World) -> None:
    with time_machine.travel(now() - timedelta(days=3)):
        gift = world.tide.give(amount_minor=5000)
    client = world.client("fundraiser")
    page = client.get(f"/admin/gifts/{gift.pk}/refund/").content.decode()
    assert 'value="50.00"' in page
    assert "cancelled and replaced by one over what remains" in page
    assert "$10.00 AUD refunded." in refund(client, gift)
    gift.refresh_from_db()
    assert gift.refunded_minor == 1000
    done = Refund.objects.get()
    assert (done.amount_minor, done.reason, done.state, done.requested_by_id) == (
        1000, "meant less", "succeeded", world.users["fundraiser"].pk,
    )  # fmt: skip
    assert Posting.objects.get(source="refund").amount_minor == 1000
    entry = AuditEntry.objects.get(action="refund gift")
    assert (entry.actor_name, entry.object_id) == ("fundraiser", str(gift.pk))
    assert [r.amount_minor for r in Receipt.objects.order_by("turn")] == [5000, 4000]
    assert told(gift)[-4:] == [
        "Refund asked for: $10.00 AUD",
        "Refunded: $10.00 AUD",
        "Receipt 000001 cancelled and replaced",
        "Receipt 000002 issued over $40.00 AUD",
    ]


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("50.01", "Only $50.00 AUD is left of this gift."),
        ("0", "Enter an amount above zero."),
        ("-5", "Enter an amount above zero."),
        ("abc", "Enter the amount as a number"),
        ("1.234", "AUD has 2 decimals"),
        ("", "This field is required."),
        ("1e9", "Enter the amount as a number"),
    ],
)
def test_a_refund_that_makes_no_sense_changes_nothing(world: World, amount: str, says: str) -> None:
    gift = world.tide.give(amount_minor=5000)
    assert says in refund(world.client("fundraiser"), gift, amount=amount)
    assert (Refund.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_refund_needs_a_reason_and_something_left(world: World) -> None:
    gift = world.tide.give(amount_minor=5000)
    client = world.client("fundraiser")
    assert "This field is required." in refund(client, gift, reason=" ")
    assert "refunded." in refund(client, gift, amount="50")
    assert "Nothing is left" in refund(client, gift, amount="1")
    assert Refund.objects.count() == 1
    failed = world.tide.give(outcome="expired_card")
    assert "Nothing is left" in refund(client, failed, amount="1")


def test_a_refund_made_at_the_gateway_is_shown_as_that(world: World) -> None:
    gift = world.tide.give()
    charge_id = Attempt.objects.get(gift_id=gift.pk).gateway_id or ""
    gateways.sandbox().refund(charge_id, key="", amount_minor=700, currency="AUD")
    assert actions.look_by_gateway_id("sandbox", "sandbox", charge_id)
    page = world.client("fundraiser").get(f"/admin/gifts/{gift.pk}/").content.decode()
    assert "Refund made at the gateway: $7.00" in page
    assert "Refund asked for" not in page


def paid_twice(world: World) -> Gift:
    """The first payment was declined and then paid after all, beside the second one."""
    gift = world.tide.give(amount_minor=5000)
    first = Attempt.objects.get(gift_id=gift.pk)
    second = progress.begin(
        attempt_id=new_uuid(), gift_id=gift.pk, ordinal=2, charity_id=gift.charity_id, gateway="offline",
        method="cheque", amount_minor=5000, currency="AUD", income_code=first.income_code, ledger_tag="", at=now(),
    )  # fmt: skip
    with transaction.atomic():
        actions.follow(gift, progress.move(second, "awaiting", "received", at=now(), code="staff"))
    return Gift.objects.get(pk=gift.pk)


def test_a_gift_paid_twice_can_be_refunded_until_both_payments_went_back(world: World) -> None:
    gift, client = paid_twice(world), world.client("fundraiser")
    assert (gift.flag, gift.settled_minor) == ("paid_twice", 10_000)
    assert "Only $30.00 AUD is left of the payment that is refunded next" in [
        refund(client, gift, amount="20"), refund(client, gift, amount="30.01"),
    ][1]  # fmt: skip
    assert "refunded." in refund(client, gift, amount="30")
    story = story_of(gift)
    assert (story.left_minor, story.paid and story.paid.ordinal) == (5000, 1)
    assert "/refund/" in page_of(client, gift)
    page = client.get(f"/admin/gifts/{gift.pk}/refund/").content.decode()
    assert 'value="50.00"' in page
    assert "refunded." in refund(client, gift, amount="50")
    assert "Nothing is left" in refund(client, gift, amount="1")
    assert "/refund/" not in page_of(client, gift)
    amounts = Refund.objects.order_by("created_at").values_list("attempt__ordinal", "amount_minor")
    assert list(amounts) == [(2, 2000), (2, 3000), (1, 5000)]


def test_a_transfer_that_arrived_is_booked_and_matched(world: World) -> None:
    gift = world.tide.give(method="bank_transfer", amount_minor=5000)
    client = world.client("fundraiser")
    page = client.get(f"/admin/gifts/{gift.pk}/received/").content.decode()
    assert f'value="{gift.reference}"' in page
    response = client.post(
        f"/admin/gifts/{gift.pk}/received/",
        {"received_on": "2026-11-20", "amount": "48.50", "text": "TFR LESS FEE"},
        follow=True,
    )
    assert "Transfer received." in response.content.decode()
    gift.refresh_from_db()
    assert (gift.status, gift.settled_minor) == ("settled", 4850)
    credit = BankCredit.objects.get()
    assert (credit.received_on, credit.amount_minor, credit.text) == (
        date(2026, 11, 20),
        4850,
        "TFR LESS FEE",
    )
    assert told(gift)[1:] == [
        "Transfer promised: we wait for the money",
        "Seen on the bank account: $48.50 AUD",
        "Transfer received",
        "Bank credit matched to this gift",
        "Receipt 000001 issued over $48.50 AUD",
    ]
    assert "$48.50 AUD arrived, $50.00 AUD was promised" in page_of(client, gift)
    again = client.get(f"/admin/gifts/{gift.pk}/received/", follow=True)
    assert "does not wait for a transfer" in again.content.decode()


def test_a_transfer_from_the_future_is_a_slip(world: World) -> None:
    gift = world.tide.give(method="bank_transfer")
    response = world.client("fundraiser").post(
        f"/admin/gifts/{gift.pk}/received/", {"received_on": "2199-01-01", "amount": "50"}
    )
    assert "This day is in the future" in response.content.decode()
    assert BankCredit.objects.count() == 0


def test_a_receipt_is_sent_again(world: World) -> None:
    gift = world.tide.give()
    client = world.client("fundraiser")
    assert (
        "Receipt 000001 goes to ada@example.org"
        in client.get(f"/admin/gifts/{gift.pk}/receipt/").content.decode()
    )
    assert ReceiptDelivery.objects.filter(kind="resent").count() == 0
    response = client.post(f"/admin/gifts/{gift.pk}/receipt/", follow=True)
    assert "on its way again" in response.content.decode()
    mail = ReceiptDelivery.objects.get(kind="resent")
    assert mail.asked_by_id == world.users["fundraiser"].pk
    assert AuditEntry.objects.get().action == "resend receipt"
    assert "Receipt 000001 again waiting to be sent" in told(gift)


def test_one_press_sends_one_receipt_and_a_page_loaded_again_sends_another(world: World) -> None:
    gift, client = world.tide.give(), world.client("fundraiser")
    url = f"/admin/gifts/{gift.pk}/receipt/"
    page = client.get(url)
    key = {"key": str(page.context["form"]["key"].value())}
    assert f'name="key" value="{key["key"]}"' in page.content.decode()
    said = [client.post(url, key, follow=True).content.decode() for _ in range(2)]
    assert all("on its way again" in page for page in said)
    assert Job.objects.filter(dedupe_key__contains="resent").count() == 1
    assert (ReceiptDelivery.objects.filter(kind="resent").count(), AuditEntry.objects.count()) == (1, 1)
    again = {"key": str(client.get(url).context["form"]["key"].value())}
    client.post(url, again)
    assert Job.objects.filter(dedupe_key__contains="resent").count() == 2
    assert (ReceiptDelivery.objects.filter(kind="resent").count(), AuditEntry.objects.count()) == (2, 2)


def test_no_receipt_no_resending(world: World) -> None:
    failed = world.tide.give(outcome="expired_card")
    response = world.client("fundraiser").get(f"/admin/gifts/{failed.pk}/receipt/", follow=True)
    assert "There is no receipt that holds" in response.content.decode()


CORRECTED = {
    "given_name": "Ada", "family_name": "Nguyen", "organisation": "", "email": "new@example.org", "phone": "",
    "country": "AU", "line1": "1 George Street", "locality": "Sydney", "region": "New South Wales", "postcode": "2000",
}  # fmt: skip


def test_a_donors_details_are_put_right_and_the_receipt_is_made_anew(world: World) -> None:
    gift = world.tide.give(name=("Ada", "Ngyuen"), email="old@example.org", address=GEELONG)
    Contact.objects.filter(pk=gift.contact_id).update(bounced_at=gift.given_at)
    form = CORRECTED | {"anew": "on", "replacing": str(Receipt.objects.get().pk)}
    response = world.client("fundraiser").post(f"/admin/gifts/{gift.pk}/donor/", form, follow=True)
    assert "put right" in response.content.decode()
    contact = Contact.objects.select_related("supporter").get(pk=gift.contact_id)
    assert (contact.family_name, contact.email, contact.name_key) == (
        "Nguyen",
        "new@example.org",
        "nguyen ada",
    )
    assert contact.bounced_at is None
    assert contact.supporter is not None
    assert contact.supporter.email_key == "new@example.org"
    assert contact.address is not None
    assert (contact.address["region"], contact.address["origin"]) == ("NSW", "typed")
    acts = AuditEntry.objects.order_by("id")
    assert [entry.action for entry in acts] == ["correct donor", "replace receipt"]
    assert acts[0].detail == {"fields": ["family_name", "email", "address"]}
    assert [hasattr(r, "cancellation") for r in Receipt.objects.order_by("turn")] == [True, False]


def test_untouched_details_are_no_change(world: World) -> None:
    gift = world.tide.give(name=("Ada", "Nguyen"), email="new@example.org", address=GEELONG)
    same = {key: GEELONG[key] for key in ("country", "line1", "locality", "region", "postcode")}
    form = CORRECTED | same | {"replacing": str(Receipt.objects.get().pk)}
    response = world.client("fundraiser").post(f"/admin/gifts/{gift.pk}/donor/", form, follow=True)
    assert "Nothing was changed." in response.content.decode()
    assert AuditEntry.objects.count() == 0
    assert Contact.objects.get(pk=gift.contact_id).address == GEELONG


def test_an_address_is_read_by_its_countrys_rules(world: World) -> None:
    gift = world.tide.give()
    response = world.client("fundraiser").post(
        f"/admin/gifts/{gift.pk}/donor/",
        CORRECTED | {"postcode": "20", "region": "Bavaria", "replacing": "1"},
    )
    assert response.context["form"].errors.keys() == {"postcode", "region"}
    assert AuditEntry.objects.count() == 0


def test_personal_data_an_erased_donor_stays_erased(world: World) -> None:
    gift = world.tide.give(name=("Gone", "Person"))
    Contact.objects.filter(pk=gift.contact_id).update(
        erased_at=gift.given_at, given_name="", family_name="", email="", name_key=""
    )
    page = page_of(world.client("fundraiser"), gift)
    assert "details were erased" in page
    response = world.client("fundraiser").get(f"/admin/gifts/{gift.pk}/donor/", follow=True)
    assert "details were erased" in response.content.decode()


def test_what_one_act_wrote_stays_in_order_though_a_second_ends_meanwhile() -> None:
    begun = datetime(2026, 11, 20, 1, 2, 3, 999_000, tzinfo=UTC)
    entered = Moment(begun + timedelta(milliseconds=5), "Gift entered", rank=1)
    received, later = (
        Moment(begun, "Received: cheque"),
        Moment(begun + timedelta(seconds=1), "Thanked", rank=0),
    )
    assert in_order([later, received, entered]) == [entered, received, later]


def test_a_gift_that_was_entered_says_by_whom(world: World) -> None:
    gift = desk.enter_gift(
        charity=world.tide.charity, fund=world.tide.fund, details=Details("Grace", "Hale", ""), amount_minor=5000,
        currency="AUD", channel="cheque", given_on=date(2026, 11, 20), actor=world.users["fundraiser"],
    )  # fmt: skip
    assert told(gift)[:2] == ["Gift entered", "Received: cheque"]
    page = page_of(world.client("fundraiser"), gift)
    assert "20 November 2026" in page
    assert "Copy thank-you link" not in page
    assert Attempt.objects.get(gift_id=gift.pk).method == "cheque"


def test_mail_that_came_back_stands_in_the_story(world: World) -> None:
    gift = world.tide.give()
    receipt = Receipt.objects.get()
    assert receipt.gift_id == gift.pk
    ReceiptDelivery.objects.create(
        key="receipt:1", kind="receipt", gift=gift, receipt=receipt, state="bounced", reason="hard_bounce",
        message_id="<1@x>", created_at=receipt.issued_at, sent_at=receipt.issued_at, outcome_at=receipt.issued_at,
    )  # fmt: skip
    assert told(gift)[-2:] == ["Receipt 000001 sent to ada@example.org", "Receipt 000001: came back"]
    assert "there is no such mailbox" in page_of(world.client("fundraiser"), gift)
    assert issuing.JOB == "receipts.deliver"
