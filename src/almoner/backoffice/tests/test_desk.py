"""What people bring: single gifts, batches against a count made by hand, and credits on the bank account."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from almoner.backoffice.desk.credits import suggestions
from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_gift import plain
from almoner.banking.matching import references_in
from almoner.charities.models import AuditEntry, Fund
from almoner.config import prove
from almoner.giving import actions, desk
from almoner.giving.models import BatchLine, Gift, GiftBatch, GiftSource
from almoner.kernel.clock import now
from almoner.kernel.references import new_reference, shown_reference, transfer_reference
from almoner.ledger.books import balance_minor
from almoner.ledger.models import Posting
from almoner.payments.models import Attempt, BankCredit
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt
from almoner.supporters.people import Details


def entered(world: World, **values: str) -> dict[str, str]:
    return {
        "channel": "cheque", "fund": str(world.tide.fund.pk), "amount": "1,250.50", "currency": "AUD",
        "given_on": "2026-11-20", "given_name": "Grace", "family_name": "Hale", "email": "grace@example.org",
        "country": "AU", "line1": "1 George Street", "locality": "Sydney", "region": "NSW", "postcode": "2000",
        "appeal": "WINTER", "note": "Thanked by phone",
    } | values  # fmt: skip


def test_a_gift_entered_by_hand_is_paid_posted_and_receipted(world: World) -> None:
    client = world.client("fundraiser")
    assert client.get("/admin/gifts/enter/").status_code == 200
    response = client.post("/admin/gifts/enter/", entered(world))
    gift = Gift.objects.select_related("contact").get()
    assert response.headers["Location"] == f"/admin/gifts/{gift.pk}/"
    assert (gift.channel, gift.amount_minor, gift.currency, gift.status, gift.message) == (
        "cheque", 125_050, "AUD", "settled", "Thanked by phone",
    )  # fmt: skip
    assert gift.entered_by_id == world.users["fundraiser"].pk
    assert gift.contact.address is not None
    assert (gift.contact.name, gift.contact.address["region"]) == ("Grace Hale", "NSW")
    assert GiftSource.objects.get().appeal == "WINTER"
    assert list(Posting.objects.values_list("debit__code", "credit__code", "amount_minor")) == [
        ("undeposited", "income:general", 125_050)
    ]
    assert Receipt.objects.get().amount_minor == 125_050
    assert AuditEntry.objects.get().action == "enter gift"


def test_a_form_that_is_not_the_fund_s_charity_s_is_refused_and_nothing_is_kept(world: World) -> None:
    """For one who sees several charities: by hand, and on the phone."""
    client = world.client("superuser")
    sent = entered(world, form=str(world.river.form.pk), every="1", ends="after", ends_after="8")
    for address in ("/admin/gifts/enter/", "/admin/plans/begin/"):
        answer = client.post(address, sent)
        assert answer.status_code == 200, address
        assert answer.context["form"].errors.keys() == {"form"}
        assert "This form is another charity’s." in plain(answer.content.decode())
    assert not Gift.objects.exists() and not Plan.objects.exists()


def test_the_next_gift_starts_where_the_last_one_ended(world: World) -> None:
    client = world.client("fundraiser")
    response = client.post("/admin/gifts/enter/", entered(world, another="1"), follow=True)
    page = plain(response.content.decode())
    assert "$1,250.50 AUD entered for Grace Hale." in page
    form = response.context["form"]
    assert form["given_on"].value() == "2026-11-20"
    assert form["appeal"].value() == "WINTER"
    assert not form["given_name"].value()
    assert not form["amount"].value()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"amount": "abc"}, "amount", "as a number"),
        ({"amount": "0"}, "amount", "above zero"),
        ({"amount": "12.345"}, "amount", "2 decimals"),
        ({"amount": "12.5", "currency": "JPY"}, "amount", "no decimals"),
        ({"amount": "1" + "0" * 12}, "amount", "check the zeros"),
        ({"currency": "XXX"}, "currency", "not a currency"),
        ({"currency": "A U"}, "currency", "not a currency"),
        ({"given_on": "2199-01-01"}, "given_on", "in the future"),
        ({"given_on": "yesterday"}, "given_on", "valid date"),
        ({"email": "grace"}, "email", "valid email"),
        ({"postcode": "20"}, "postcode", "Enter a"),
        ({"country": ""}, "country", "country"),
        ({"channel": "online"}, "channel", "valid choice"),
        ({"given_name": "x" * 101}, "given_name", "100 characters"),
        ({"given_name": "a\0b"}, "given_name", "Null characters"),
    ],
)
def test_what_makes_no_sense_is_said_and_kept_and_nothing_is_stored(
    world: World, values: dict[str, str], field: str, says: str
) -> None:
    response = world.client("fundraiser").post("/admin/gifts/enter/", entered(world, **values))
    assert response.status_code == 200
    assert says in " ".join(response.context["form"].errors[field])
    assert response.context["form"]["line1"].value() == "1 George Street"
    assert (Gift.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_another_charitys_fund_or_form_cannot_be_chosen(world: World) -> None:
    client = world.client("fundraiser")
    for values in ({"fund": str(world.river.fund.pk)}, {"form": str(world.river.form.pk)}):
        response = client.post("/admin/gifts/enter/", entered(world, **values))
        assert response.context["form"].errors.keys() == values.keys()
    both = world.client("superuser").post(
        "/admin/gifts/enter/", entered(world, form=str(world.river.form.pk))
    )
    assert "another charity" in both.context["form"].errors["form"][0]
    assert Gift.objects.count() == 0


def test_a_gift_without_a_name_is_still_a_gift(world: World) -> None:
    values = entered(world, channel="cash", given_name="", family_name="", email="", line1="", postcode="")
    world.client("fundraiser").post("/admin/gifts/enter/", values | {"locality": "", "region": ""})
    assert Gift.objects.get().contact.address is None


def begin(client: Client, **values: str) -> GiftBatch:
    client.post(
        "/admin/batches/new/",
        {"title": "Stack", "control_count": "2", "control_total": "170", "currency": "AUD"} | values,
    )
    return GiftBatch.objects.latest("id")


def add(client: Client, batch: GiftBatch, amount: str, **values: str) -> None:
    response = client.post(
        f"/admin/batches/{batch.pk}/",
        {
            "amount": amount, "channel": "cheque", "fund": str(Fund.objects.get(charity=batch.charity_id).pk),
            "given_on": "2026-11-20", "family_name": "Hale", "email": "hale@example.org",
        } | values,
    )  # fmt: skip
    assert response.status_code == 302, response.context["form"].errors


def test_a_batch_is_posted_when_it_comes_to_what_was_counted(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk))
    assert (batch.control_count, batch.control_total_minor, batch.charity) == (2, 17_000, world.tide.charity)
    page = plain(client.get(f"/admin/batches/{batch.pk}/").content.decode())
    assert "2 lines to go, $170.00 AUD to go" in page
    assert "autofocus" in page
    add(client, batch, "120")
    page = plain(client.get(f"/admin/batches/{batch.pk}/").content.decode())
    assert "1 line to go, $50.00 AUD to go" in page
    early = client.post(f"/admin/batches/{batch.pk}/post/", follow=True)
    assert "Nothing was posted" in early.content.decode()
    assert Gift.objects.count() == 0
    add(client, batch, "50", given_name="Tom", email="")
    assert "none: ready to post" in client.get(f"/admin/batches/{batch.pk}/").content.decode()
    done = client.post(f"/admin/batches/{batch.pk}/post/", follow=True)
    assert "Posted: 2 gifts" in done.content.decode()
    gifts = Gift.objects.order_by("total_minor")
    assert [(gift.total_minor, gift.status, gift.batch_id) for gift in gifts] == [
        (5000, "settled", batch.pk), (12_000, "settled", batch.pk),
    ]  # fmt: skip
    assert balance_minor(world.tide.charity.pk, "undeposited", "AUD") == 17_000
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "begin batch", "add line to batch", "add line to batch", "enter gift", "enter gift", "post batch",
    ]  # fmt: skip
    again = client.post(f"/admin/batches/{batch.pk}/post/", follow=True)
    assert again.status_code == 200
    assert Gift.objects.count() == 2


def test_the_next_line_is_like_the_last(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk))
    add(client, batch, "5", channel="cash", given_on="2026-11-19")
    form = client.get(f"/admin/batches/{batch.pk}/").context["form"]
    assert (form["channel"].value(), form["given_on"].value()) == ("cash", date(2026, 11, 19))


def test_too_much_is_said_too_and_a_line_can_be_removed(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk))
    for _ in range(3):
        add(client, batch, "60")
    page = plain(client.get(f"/admin/batches/{batch.pk}/").content.decode())
    assert "1 line too many, $10.00 AUD too much" in page
    line = BatchLine.objects.first()
    assert line is not None
    client.post(f"/admin/batches/{batch.pk}/lines/{line.pk}/remove/")
    assert BatchLine.objects.count() == 2
    added, removed = AuditEntry.objects.order_by("id")[1], AuditEntry.objects.latest("id")
    assert (added.action, removed.action) == ("add line to batch", "remove line from batch")
    # Whose it was would outlive an erasure here.
    assert added.detail == removed.detail == {
        "line": line.pk, "amount_minor": 6000, "fund": "general", "channel": "cheque", "given_on": "2026-11-20",
        "currency": "AUD",
    }  # fmt: skip
    assert {entry.object_id for entry in (added, removed)} == {str(batch.pk)}


def test_a_posted_batch_takes_no_lines_and_loses_none(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk), control_count="1", control_total="5")
    add(client, batch, "5")
    client.post(f"/admin/batches/{batch.pk}/post/")
    response = client.post(f"/admin/batches/{batch.pk}/", {"amount": "5"})
    assert response.headers["Location"] == "/admin/"
    line = BatchLine.objects.get()
    client.post(f"/admin/batches/{batch.pk}/lines/{line.pk}/remove/")
    assert BatchLine.objects.count() == 1


def test_a_treasurer_reads_a_batch_and_adds_nothing(world: World) -> None:
    batch = begin(world.client("fundraiser"), charity=str(world.tide.charity.pk))
    client = world.client("treasurer")
    assert "Add a line" not in client.get(f"/admin/batches/{batch.pk}/").content.decode()
    client.post(f"/admin/batches/{batch.pk}/", {"amount": "5"})
    assert BatchLine.objects.count() == 0


def test_another_charitys_batch_cannot_be_begun(world: World) -> None:
    client = world.client("fundraiser")
    response = client.post(
        "/admin/batches/new/",
        {
            "title": "x",
            "control_count": "1",
            "control_total": "1",
            "currency": "AUD",
            "charity": str(world.river.charity.pk),
        },
    )
    assert "charity" in response.context["form"].errors
    assert GiftBatch.objects.count() == 0


def credit_of(world: World, *, amount_minor: int = 5000, text: str = "") -> BankCredit:
    return desk.record_credit(
        charity=world.tide.charity, received_on=date(2026, 11, 20), amount_minor=amount_minor, currency="AUD",
        text=text, actor=world.users["fundraiser"],
    )  # fmt: skip


def test_a_credit_waits_in_suspense_until_its_gift_is_found(world: World) -> None:
    gift = world.tide.give(method="bank_transfer", amount_minor=5000)
    client = world.client("fundraiser")
    response = client.post(
        "/admin/transfers/new/",
        {"charity": str(world.tide.charity.pk), "received_on": "2026-11-20", "amount": "50", "currency": "AUD",
         "text": f"FROM NGUYEN {shown_reference(gift.reference)} GIFT"},
    )  # fmt: skip
    credit = BankCredit.objects.get()
    assert response.headers["Location"] == f"/admin/transfers/{credit.pk}/"
    assert balance_minor(world.tide.charity.pk, "suspense", "AUD") == -5000
    page = client.get(f"/admin/transfers/{credit.pk}/").content.decode()
    assert "Its reference stands in the text" in page
    matched = client.post(f"/admin/transfers/{credit.pk}/match/{gift.pk}/", follow=True)
    assert "Matched. The gift is paid" in matched.content.decode()
    gift.refresh_from_db()
    assert gift.status == "settled"
    assert balance_minor(world.tide.charity.pk, "suspense", "AUD") == 0
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "record bank credit", "match bank credit",
    ]  # fmt: skip
    again = client.post(f"/admin/transfers/{credit.pk}/match/{gift.pk}/", follow=True)
    assert "matched already" in again.content.decode()
    assert "this gift" in client.get(f"/admin/transfers/{credit.pk}/").content.decode()


def test_suggestions_by_reference_first_then_by_amount(world: World) -> None:
    named = world.tide.give(method="bank_transfer", amount_minor=7500)
    alike = world.tide.give(method="bank_transfer", amount_minor=5000)
    world.tide.give(amount_minor=5000)
    world.river.give(method="bank_transfer", amount_minor=5000)
    by_reference = suggestions(credit_of(world, text=f"x{named.reference.lower()}y"))
    assert [(match.gift, match.sure, plain(match.differs)) for match in by_reference] == [
        (named, True, "$25.00 AUD less than promised")
    ]
    by_amount = suggestions(credit_of(world, text="A SMITH"))
    assert [(match.gift, match.sure) for match in by_amount] == [(alike, False)]
    assert suggestions(credit_of(world, amount_minor=1)) == []
    typed = suggestions(credit_of(world), named.reference)
    assert [match.gift for match in typed] == [named]


def test_a_reference_is_found_wherever_it_stands() -> None:
    one, other = new_reference(), new_reference()
    # What runs together with its neighbours is now and then a second reference by chance: one window in 37.
    assert one in references_in(f"DONATION {one}")
    assert one in references_in(f"REF:{one[:4]}-{one[4:7]} {one[7:]}/THANKS")
    assert set(references_in(f"{one} AND {other}")) >= {one, other}
    assert references_in(one) == [one]
    assert one in references_in(f"SEPA {transfer_reference(one, 'EUR')} DANKE")
    assert references_in("") == []
    assert references_in("NO REFERENCE") == []


def test_a_misread_reference_is_the_one_that_was_given_out() -> None:
    assert references_in("6B7QJTW1OQ") == references_in("6B7QJTW10Q") == ["6B7QJTW10Q"]


def given_up(gift: Gift) -> Gift:
    """Sixty days have passed."""
    with time_machine.travel(now() + timedelta(days=61), tick=False):
        actions.look_at_due()
    gift.refresh_from_db()
    assert gift.status == "failed"
    return gift


def test_a_transfer_that_was_given_up_is_suggested_and_matched(world: World) -> None:
    late = given_up(world.tide.give(method="bank_transfer", amount_minor=5000))
    awaited = world.tide.give(method="bank_transfer", amount_minor=5000)
    assert [m.gift for m in suggestions(credit_of(world, text=late.reference))] == [late]
    by_amount = suggestions(credit_of(world, text="A SMITH"))
    assert [(m.gift, m.given_up) for m in by_amount] == [(awaited, False), (late, True)]
    client, credit = world.client("fundraiser"), credit_of(world, text=late.reference)
    assert "and given up since" in client.get(f"/admin/transfers/{credit.pk}/").content.decode()
    client.post(f"/admin/transfers/{credit.pk}/match/{late.pk}/")
    late.refresh_from_db()
    assert late.status == "settled"
    assert Attempt.objects.get(gift_id=late.pk).events.latest("id").name == "corrected"


def test_a_transfer_that_was_given_up_can_be_marked_as_received(world: World) -> None:
    late = given_up(world.tide.give(method="bank_transfer", amount_minor=5000))
    client = world.client("fundraiser")
    assert f"/admin/gifts/{late.pk}/received/" in client.get(f"/admin/gifts/{late.pk}/").content.decode()
    client.post(
        f"/admin/gifts/{late.pk}/received/", {"received_on": "2026-11-20", "amount": "50", "text": "late"}
    )
    late.refresh_from_db()
    assert late.status == "settled"
    # Of a paid gift no transfer is expected any more.
    assert f"/admin/gifts/{late.pk}/received/" not in client.get(f"/admin/gifts/{late.pk}/").content.decode()


def test_a_gift_is_made_of_a_credit_that_nobody_promised(world: World) -> None:
    client, credit = world.client("fundraiser"), credit_of(world, text="A SMITH THANK YOU")
    url = f"/admin/transfers/{credit.pk}/gift/"
    assert url in client.get(f"/admin/transfers/{credit.pk}/").content.decode()
    assert "A SMITH THANK YOU" in client.get(url).content.decode()
    response = client.post(
        url,
        {
            "fund": str(world.tide.fund.pk),
            "given_name": "Ann",
            "family_name": "Smith",
            "email": "a@b.example",
        },
    )
    gift = Gift.objects.select_related("contact").get()
    assert response.headers["Location"] == f"/admin/gifts/{gift.pk}/"
    assert (gift.status, gift.channel, gift.settled_minor, gift.contact.name, gift.entered_by_id) == (
        "settled", "transfer", 5000, "Ann Smith", world.users["fundraiser"].pk,
    )  # fmt: skip
    assert timezone.localtime(gift.given_at).date() == date(2026, 11, 20)
    credit.refresh_from_db()
    assert credit.attempt == Attempt.objects.get(gift_id=gift.pk)
    assert balance_minor(world.tide.charity.pk, "suspense", "AUD") == 0
    assert balance_minor(world.tide.charity.pk, "income:general", "AUD") == -5000
    assert Receipt.objects.get().amount_minor == 5000
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "record bank credit", "make gift of bank credit",
    ]  # fmt: skip
    page = plain(client.get(f"/admin/gifts/{gift.pk}/").content.decode())
    assert "Gift made of a bank credit" in page and "Bank transfer" in page
    # Once: the same page sent again makes no second gift.
    client.post(url, {"fund": str(world.tide.fund.pk), "given_name": "Ann"})
    assert Gift.objects.count() == 1
    assert broken() == []


def test_no_gift_is_made_for_another_charitys_fund(world: World) -> None:
    credit = credit_of(world)
    response = world.client("superuser").post(
        f"/admin/transfers/{credit.pk}/gift/", {"fund": str(world.river.fund.pk)}
    )
    assert "fund" in response.context["form"].errors
    with pytest.raises(desk.NotMatchable, match="another charity"):
        desk.gift_of_credit(
            credit_id=credit.pk,
            fund=world.river.fund,
            details=Details("Ann", "", ""),
            actor=world.users["superuser"],
        )
    assert Gift.objects.count() == 0


def test_a_credit_that_went_back_leaves_suspense_and_the_bank(world: World) -> None:
    client, credit = world.client("fundraiser"), credit_of(world, text="WRONG ACCOUNT")
    url = f"/admin/transfers/{credit.pk}/back/"
    assert "have your bank return it first" in client.get(url).content.decode()
    assert "booked as sent back" in client.post(url, follow=True).content.decode()
    assert [balance_minor(world.tide.charity.pk, code, "AUD") for code in ("suspense", "bank")] == [0, 0]
    assert list(Posting.objects.order_by("id").values_list("debit__code", "credit__code", "kind")) == [
        ("bank", "suspense", "credit"), ("suspense", "bank", "sent-back"),
    ]  # fmt: skip
    assert AuditEntry.objects.latest("id").action == "send back bank credit"
    page = client.get(f"/admin/transfers/{credit.pk}/").content.decode()
    assert "Sent back" in page and url not in page
    assert list(client.get("/admin/transfers/?state=unmatched").context["object_list"]) == []
    # Once, and it is nobody's gift any more.
    again = client.post(url, follow=True)
    assert "was sent back" in again.content.decode()
    gift = world.tide.give(method="bank_transfer", amount_minor=5000)
    client.post(f"/admin/transfers/{credit.pk}/match/{gift.pk}/")
    client.post(f"/admin/transfers/{credit.pk}/gift/", {"fund": str(world.tide.fund.pk)})
    gift.refresh_from_db()
    assert (gift.status, Gift.objects.count(), Posting.objects.count()) == ("awaiting", 1, 2)
    assert broken() == []


def broken() -> list[str]:
    return [f"{check.name}: {row}" for check in prove.checks() for row in check.run()]


def test_a_gift_that_waits_for_nothing_cannot_be_matched(world: World) -> None:
    paid, credit = world.tide.give(), credit_of(world)
    response = world.client("fundraiser").post(f"/admin/transfers/{credit.pk}/match/{paid.pk}/", follow=True)
    assert "does not wait for a transfer" in response.content.decode()
    credit.refresh_from_db()
    assert credit.attempt_id is None
    assert Attempt.objects.filter(method="bank_transfer").count() == 0


def test_the_list_can_show_what_is_unmatched(world: World) -> None:
    gift = world.tide.give(method="bank_transfer")
    matched, open_one = credit_of(world, text="MATCHED"), credit_of(world, text="OPEN")
    desk.match_credit(credit_id=matched.pk, gift_id=gift.pk, actor=world.users["fundraiser"])
    client = world.client("fundraiser")
    both = client.get("/admin/transfers/").content.decode()
    assert "MATCHED" in both
    assert "In suspense" in both
    rest = client.get("/admin/transfers/?state=unmatched")
    assert list(rest.context["object_list"]) == [open_one]


@pytest.mark.parametrize(
    "path", ["gifts/enter/", "batches/new/", "transfers/new/", "batch", "credit", "refund", "donor"]
)
def test_what_is_optional_says_so_and_nothing_carries_an_asterisk(world: World, path: str) -> None:
    client, tide = world.client("fundraiser"), world.tide
    gift = tide.give()
    credit = desk.record_credit(
        charity=tide.charity, received_on=date(2026, 11, 20), amount_minor=1, currency="AUD", text="",
        actor=world.users["fundraiser"],
    )  # fmt: skip
    batch = begin(client, charity=str(tide.charity.pk))
    rows = {
        "batch": f"batches/{batch.pk}/", "credit": f"transfers/{credit.pk}/gift/", "refund": f"gifts/{gift.pk}/refund/",
        "donor": f"gifts/{gift.pk}/donor/",
    }  # fmt: skip
    response = client.get(f"/admin/{rows.get(path, path)}")
    page = response.content.decode()
    assert "w-required-mark" not in page
    form = response.context["form"]
    for field in form.visible_fields():
        label = f">{field.label}{' (optional)' if field.name in OPTIONAL else ''}</"
        assert label in page, label


OPTIONAL = {
    "given_name", "family_name", "organisation", "email", "phone", "appeal", "form", "note", "text", "country", "line1",
    "line2", "locality", "region", "postcode", "dependent_locality", "sorting_code", "find",
}  # fmt: skip
