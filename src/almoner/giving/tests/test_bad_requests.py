"""Requests that no page of ours sends: forged and old tokens, other forms' and other sites', other types and sizes."""

import json
import zlib

import pytest
import time_machine
from django.test import Client

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import bump
from almoner.giving import drafts
from almoner.giving.drafts import new_draft, open_draft
from almoner.giving.models import DonationForm, FormFund, FormNumber, Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, stored, text_of, value_of
from almoner.giving.tests.conftest import PERSON, Donor, token_of
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key

LARGE = 50 * 1024 * 1024


def forged(token: str) -> list[str]:
    middle = len(token) // 2
    changed = [
        f"{token[:at]}{'A' if token[at] != 'A' else 'B'}{token[at + 1 :]}"
        for at in (0, 4, middle, len(token) - 6)
    ]
    return [
        *changed, "", "x", "é", "=" * 400, token[:-4], token[4:], token + "AAAA" * 10, token.swapcase(), "A" * 130_000,
        token[:middle], token[:middle] + token[: middle + 4], token.replace(token[40:44], ""),
    ]  # fmt: skip


@pytest.mark.parametrize("length", range(3))
def test_what_stands_behind_a_tokens_padding_is_not_forgiven(form: DonationForm, length: int) -> None:
    """However long the draft is: one length in three ends in no padding, one in one character of it, one in two."""
    draft = new_draft(
        form_id=form.pk,
        currency="AUD",
        amount_minor=2_500,
        fund_id=1,
        source={"appeal": new_public_key()[: 6 * length]},
    )
    for more in ("A", "AAAA", "=", "====", "=AAA", "\n", " "):
        with pytest.raises(drafts.DraftInvalid):
            open_draft(draft.seal() + more, form_id=form.pk)
    assert open_draft(draft.seal(), form_id=form.pk) == draft


@pytest.mark.parametrize("step", ["payment", "submit"])
def test_amount_tampering_forged_tokens(donor: Donor, step: str) -> None:
    token = token_of(donor.to_payment())
    for bad in forged(token):
        with nothing_stored_or_sent():
            page = donor._post(
                f"{step}/", {"token": bad, **PERSON, "method": "sandbox_card", "action": "give"}
            )
        assert (page.status_code, step_of(page)) == (400, "amount"), bad[:20]
        assert "Nothing was charged. Please start again here" in text_of(page)


@pytest.mark.parametrize("step", ["payment", "submit"])
def test_embeds_a_token_older_than_a_day_keeps_what_was_typed(donor: Donor, step: str) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False):
        token = token_of(donor.to_payment(message="Kept for a day"))
    with time_machine.travel(begun.timestamp() + 24 * 3600 - 5, tick=False):
        page = donor._post("payment/", {"token": token, **PERSON})
        assert step_of(page) == "payment"
    with time_machine.travel(begun.timestamp() + 24 * 3600 + 5, tick=False):
        with nothing_stored_or_sent():
            page = donor._post(f"{step}/", {"token": token, **PERSON, "method": "sandbox_card"})
        assert (page.status_code, step_of(page)) == (200, "amount")
        assert "open for more than a day" in text_of(page)
        details = donor.amount(token=token_of(page))
        assert value_of(details, "given_name") == "Ada"
        assert "Kept for a day" in text_of(details)
        # Another gift: the old identifier has had its time.
        old, new = (open_draft_unaged(each, begun.timestamp()) for each in (token, token_of(details)))
        assert old != new


def open_draft_unaged(token: str, at: float) -> object:
    with time_machine.travel(at, tick=False):
        return open_draft(token, form_id=DonationForm.objects.get().pk).gift_id


def test_a_token_of_another_form(donor: Donor, form: DonationForm) -> None:
    other = DonationForm.objects.create(
        charity=form.charity, slug="other", title="Other", methods=["sandbox_card"]
    )
    FormNumber.objects.create(form=other, charity=form.charity, number=4841)
    bump(form.charity_id)
    token = token_of(donor.to_payment())
    for step in ("payment", "submit"):
        with nothing_stored_or_sent():
            page = donor.client.post(
                f"/give/4841/{step}/", {"token": token, **PERSON, "method": "sandbox_card"}
            )
        assert page.status_code == 400
    # At the first step it isn't needed: a new one is begun without a word.
    page = donor.client.post("/give/4841/details/", {"amount": "50", "token": token})
    fund = Fund.objects.get(is_default=True)
    assert open_draft(token_of(page), form_id=other.pk).fund_id == fund.pk


def test_a_token_of_another_release(donor: Donor, form: DonationForm) -> None:
    """Sealed by us, with fields that this release doesn't know, or without some that it needs."""
    draft = new_draft(form_id=form.pk, currency="AUD", amount_minor=5_000, fund_id=1, source={})
    for content in (
        {"gift_id": "00" * 16},
        {"form_id": form.pk},
        {**dict.fromkeys(draft.__slots__), "gift_id": "00" * 16, "new": 1},
    ):
        token = sealed(content)
        assert donor._post("submit/", {"token": token}).status_code == 400


def sealed(content: dict[str, object]) -> str:
    return drafts._keys().encrypt(zlib.compress(json.dumps(content).encode())).decode()


def test_a_form_that_changed_while_it_was_open(donor: Donor, form: DonationForm) -> None:
    """Its fund is gone, its smallest amount raised, its currency another: said, and everything else kept."""
    page = donor.to_payment(message="Still here")
    FormFund.objects.filter(form=form, fund__code="children").delete()
    bump(form.charity_id)
    for step in ("payment", "submit"):
        with nothing_stored_or_sent():
            answer = donor._post(
                f"{step}/",
                {"token": token_of(page), **PERSON, "method": "sandbox_card", "message": "Still here"},
            )
        assert (step_of(answer), problems(answer)) == ("amount", {"fund": "Choose where your gift should go"})
    details = donor.amount(token=token_of(answer), fund="general")
    assert "Still here" in text_of(details)

    DonationForm.objects.filter(pk=form.pk).update(minimum_minor=6_000)
    bump(form.charity_id)
    answer = donor._post("payment/", {"token": token_of(details), **PERSON})
    assert problems(answer) == {"other_amount": "Enter an amount of at least $60"}

    DonationForm.objects.filter(pk=form.pk).update(currencies="NZD")
    bump(form.charity_id)
    answer = donor._post("payment/", {"token": token_of(details), **PERSON})
    assert step_of(answer) == "amount" and problems(answer)


def test_a_form_that_was_closed_while_it_was_open(donor: Donor, form: DonationForm) -> None:
    page = donor.to_payment()
    DonationForm.objects.filter(pk=form.pk).update(active=False)
    bump(form.charity_id)
    with nothing_stored_or_sent():
        assert donor.give(page).status_code == 404


@pytest.mark.parametrize(
    "key",
    [
        "4841",
        "0",
        "99999999999999999999",
        "nothing",
        "-1",
        "４８４０",
        "4840%00",
        "%FF",
        "a" * 500,
        "4840/..",
        "4840 ",
    ],
)
def test_forms_that_there_are_not(donor: Donor, key: str) -> None:
    for path in (f"/give/{key}/", f"/give/{key}/details/", f"/ar/give/{key}/submit/"):
        with nothing_stored_or_sent():
            assert donor.client.get(path).status_code == 404, path
            assert donor.client.post(path, {"amount": "50"}).status_code in (404, 405), path


@pytest.mark.parametrize("key", ["%00", "%FF", "x" * 500, "a b", "..", "ü"])
def test_gifts_that_there_are_not(donor: Donor, key: str) -> None:
    for page in ("thanks", "return"):
        assert donor.client.get(f"/give/{page}/{key}/").status_code == 404


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "", "nonsense",
     "application/x-www-form-urlencoded; charset=utf-16"],
)  # fmt: skip
def test_wrong_content_types(donor: Donor, content_type: str) -> None:
    for step in ("details", "payment", "submit"):
        with nothing_stored_or_sent():
            answer = donor.client.generic(
                "POST", f"/give/4840/{step}/", b"amount=50", content_type=content_type
            )
        assert answer.status_code in (400, 415)


def test_bodies_that_are_no_forms(donor: Donor) -> None:
    form = "application/x-www-form-urlencoded"
    for body in (
        b"\xff\xfe\x00",
        b"%%%=%zz&;;&&==",
        b"amount",
        b"&" * 1_000,
        b"amount=%00%ff%C0%AF",
        b"amount=50&" * 50,
    ):
        with nothing_stored_or_sent():
            assert donor.client.post("/give/4840/details/", body, content_type=form).status_code == 200, body[
                :20
            ]
    for body in (b"a=1&" * 2_001, b"amount=" + b"5" * 300_000):
        with nothing_stored_or_sent():
            assert donor.client.post("/give/4840/details/", body, content_type=form).status_code in (400, 413)


def test_fifty_megabytes_without_a_server_in_front(donor: Donor) -> None:
    """The server refuses by length, unread (tests/test_server.py); Django would too."""
    with nothing_stored_or_sent():
        answer = donor.client.post(
            "/give/4840/submit/", b"x" * LARGE, content_type="application/x-www-form-urlencoded"
        )
    assert answer.status_code in (400, 413)


def test_other_methods(donor: Donor) -> None:
    for method in ("put", "patch", "delete", "options", "trace"):
        for step in ("details", "payment", "submit"):
            assert getattr(donor.client, method)(f"/give/4840/{step}/").status_code in (405, 415)
    assert donor.client.post("/give/4840/", {"amount": "50"}).status_code == 405


def test_a_steps_address_opened_by_itself_begins_the_form(donor: Donor) -> None:
    for root in ("", "/ar"):
        for step in ("details", "payment", "submit"):
            answer = donor.client.get(f"{root}/give/4840/{step}/?amount=7")
            assert (answer.status_code, step_of(answer)) == (200, "amount")
            assert f'action="{root}/give/4840/details/"' in answer.content.decode()
            assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver:81", "https://testserver", "x"]
)
def test_csrf_a_form_on_another_site(donor: Donor, origin: str) -> None:
    page = donor.to_payment()
    with nothing_stored_or_sent():
        answer = donor.client.post(
            "/give/4840/submit/",
            {"token": token_of(page), "method": "sandbox_card"},
            headers={"Origin": origin},
        )
    assert answer.status_code == 403
    answer = donor.client.post(
        "/give/4840/submit/",
        {"token": token_of(page), "method": "sandbox_card"},
        headers={"Origin": "http://testserver"},
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "referer", ["http://[", "http://\u2100/", "http://testserver/?" + "a=1&" * 500, "x" * 9_000, "//", "\x00"]
)
def test_a_referrer_is_never_an_error(donor: Donor, referer: str) -> None:
    page = donor.client.post("/give/4840/details/", {"amount": "50"}, headers={"Referer": referer})
    assert step_of(page) == "details"
    assert donor.give(donor.details(page)).status_code == 303


def test_a_source_is_cut_and_never_an_error(donor: Donor) -> None:
    wild = "\x00<b>\r\n'\"" + "é" * 500
    page = donor.amount(
        story="999999999999999999999",
        appeal=wild,
        utm_source=wild,
        utm_term=wild,
        referrer=wild,
        utm_medium="  ",
    )
    assert donor.give(donor.details(page)).status_code == 303
    source = Gift.objects.get().source
    assert (source.story_id, source.referrer_host, source.utm_medium) == (None, "", "")
    assert source.appeal == ("<b> '\"" + "é" * 500)[: len(source.appeal)]
    assert (len(source.appeal), "\x00" in source.utm_source) == (59, False)


def test_another_charitys_gift_and_form_are_not_found(donor: Donor, charity: Charity) -> None:
    donor.give(donor.to_payment())
    gift = Gift.objects.get()
    other = Charity.objects.create(
        slug="other", name="Other", legal_name="Other", country="NZ", timezone="Pacific/Auckland",
        currency="NZD", email="a@b.example", mail_from="a@b.example",
    )  # fmt: skip
    other.hosts.create(host="other.example")
    bump(other.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ALLOWED_HOSTS", ["testserver", "other.example"])
        stranger = Client(headers={"Host": "other.example"})
        assert stranger.get("/give/4840/").status_code == 404
        assert stranger.get(f"/give/thanks/{gift.public_key}/").status_code == 404
    assert donor.client.get(f"/give/thanks/{gift.public_key}/").status_code == 200


def test_a_host_that_is_not_ours(donor: Donor) -> None:
    before = stored()
    for host in ("evil.example", "testserver.evil.example", "test server", "testserver:x"):
        assert Client(headers={"Host": host}).get("/give/4840/").status_code == 400
    assert stored() == before
