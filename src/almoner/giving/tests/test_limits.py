"""Limits escalate to the gateway's own page, and never shut anybody out."""

import hashlib
import uuid
from datetime import timedelta
from itertools import count

import pytest

from almoner.giving import attacks, limits
from almoner.giving.models import DonationForm, Gift, LimitHit
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor
from almoner.giving.tests.working import worked
from almoner.kernel.clock import now

HOSTED = "You will finish on a secure payment page"


def hits(
    form: DonationForm,
    number: int,
    *,
    address: str = "203.0.113.7",
    email: str = "",
    declined: int = 0,
    minutes_ago: float = 1,
) -> None:
    """So many submits of the last minutes."""
    for at in range(number):
        who = limits.who(address=address, email=email or f"{uuid.uuid4()}@example.org", form_id=form.pk)
        LimitHit.objects.create(
            attempt_id=uuid.uuid4(), at=now() - timedelta(minutes=minutes_ago), address=who.address, email=who.email,
            form=form, declined=at < declined,
        )  # fmt: skip
    limits.forget()


def under_attack(form: DonationForm) -> None:
    for at in range(30):
        hits(form, 1, address=f"192.0.2.{at}", declined=1)
    assert attacks.under_attack(form.pk, at=now())


def verdict(form: DonationForm, address: str = "203.0.113.7", email: str = "a@example.org") -> limits.Verdict:
    return limits.judge(limits.who(address=address, email=email, form_id=form.pk), at=now())


def test_nobody_is_suspect_at_first(form: DonationForm) -> None:
    assert verdict(form) == limits.Verdict()


def test_five_submits_in_ten_minutes_from_one_address(form: DonationForm) -> None:
    hits(form, 4)
    assert not verdict(form).hosted_only
    hits(form, 1)
    assert verdict(form).hosted_only
    assert not verdict(form, address="203.0.113.8").hosted_only
    LimitHit.objects.update(at=now() - timedelta(minutes=11))
    assert not verdict(form).hosted_only


def test_card_testing_a_household_of_ipv6_is_one_address(form: DonationForm) -> None:
    hits(form, 5, address="2001:db8:1:2:3:4:5:6")
    assert verdict(form, address="2001:db8:1:2::9").hosted_only
    assert not verdict(form, address="2001:db8:1:3::9").hosted_only
    assert limits.network_of("::ffff:203.0.113.7") == "203.0.113.7"
    assert limits.network_of("") == limits.network_of("nonsense") == "unknown"


def test_declines_of_the_last_hour(form: DonationForm) -> None:
    hits(form, 3, declined=3, minutes_ago=50)
    assert verdict(form) == limits.Verdict(work=30_000)
    hits(form, 2, declined=2, minutes_ago=50)
    assert verdict(form).hosted_only
    LimitHit.objects.update(at=now() - timedelta(minutes=61))
    assert verdict(form) == limits.Verdict()


def test_ten_a_day_of_one_email_address(form: DonationForm) -> None:
    for at in range(10):
        assert not verdict(form, address="198.51.100.1", email="Ada@example.org").hosted_only, at
        hits(form, 1, address=f"198.51.100.{at + 2}", email="ada@EXAMPLE.org ", minutes_ago=600)
    assert verdict(form, address="198.51.100.1", email="ADA@example.org").hosted_only
    assert not verdict(form, address="198.51.100.1", email="bo@example.org").hosted_only


def test_a_form_under_attack(form: DonationForm) -> None:
    addresses = count(1)
    for number, declined, attacked in ((19, 19, False), (1, 0, True)):
        for _ in range(number):
            hits(form, 1, address=f"192.0.2.{next(addresses)}", declined=min(declined, 1))
        assert verdict(form).guarded is attacked


def test_eight_declines_of_twenty_are_forty_percent_and_not_more(form: DonationForm) -> None:
    for at in range(20):
        hits(form, 1, address=f"192.0.2.{at}", declined=at < 8)
    assert not verdict(form).guarded
    LimitHit.objects.filter(declined=False).order_by("pk").first().delete()  # type: ignore[union-attr]
    hits(form, 1, address="192.0.2.99", declined=1)
    assert verdict(form).guarded


def test_what_is_kept_of_a_donor_is_a_keyed_hash(donor: Donor) -> None:
    donor.give(donor.to_payment())
    hit = LimitHit.objects.get()
    for value in (hit.address, hit.email):
        assert len(value) == 22
        assert "127" not in value and "ada" not in value
        assert value != hashlib.sha256(b"127.0.0.1").hexdigest()[:22]
    assert hit.attempt_id == uuid.uuid5(Gift.objects.get().pk, "attempt 1")


def test_hits_are_forgotten_after_two_days(form: DonationForm) -> None:
    hits(form, 1)
    assert limits.prune(at=now() + timedelta(days=1)) == 0
    assert limits.prune(at=now() + timedelta(days=3)) == 1


def test_a_suspect_pays_on_the_hosted_page_and_is_never_refused(donor: Donor, form: DonationForm) -> None:
    page = donor.to_payment(message="Kept")
    hits(form, 5, address="127.0.0.1")
    with nothing_stored_or_sent():
        answer = donor.give(page)
    assert (step_of(answer), problems(answer)) == ("payment", {"method": "Choose how you would like to pay"})
    assert 'value="sandbox_card"' not in text_of(answer) and 'value="sandbox_debit"' not in text_of(answer)
    assert HOSTED in text_of(answer) and "Kept" in text_of(answer)
    assert donor.give(answer, method="sandbox_hosted").headers["Location"].startswith("/sandbox/checkout/")
    assert donor.give(donor.to_payment(), method="bank_transfer").status_code == 303


def test_five_real_attempts_and_the_sixth(donor: Donor) -> None:
    for _ in range(5):
        assert donor.give(donor.to_payment()).status_code == 303
    page = donor.to_payment()
    assert HOSTED in text_of(page)
    assert donor.give(page, method="sandbox_hosted").status_code == 302
    assert Gift.objects.count() == 6


UNDONE = "your browser has to do a short calculation first: press the button once more"


@pytest.mark.parametrize("declined", [0, 4, 9])
def test_a_form_without_a_hosted_way_asks_for_work_and_shuts_nobody_out(
    donor: Donor, form: DonationForm, declined: int
) -> None:
    form.methods = ["sandbox_card", "sandbox_debit"]
    form.save()
    # The page was opened before the limit was reached, so its script had nothing to do.
    page = donor.to_payment(message="Kept")
    hits(form, 9, address="127.0.0.1", declined=declined)
    with nothing_stored_or_sent():
        answer = donor.give(page, method="sandbox_debit")
    assert step_of(answer) == "payment"
    assert UNDONE in problems(answer)[""]
    assert "hello@tidelight.example" in problems(answer)[""]
    assert 'value="sandbox_debit" checked' in text_of(answer) and "Kept" in text_of(answer)
    assert HOSTED not in text_of(answer)
    with nothing_stored_or_sent():
        assert UNDONE in problems(donor.give(answer, altcha="1"))[""]
    assert donor.give(answer, altcha=worked(answer)).status_code == 303
    fresh = donor.to_payment()
    assert donor.give(fresh, altcha=worked(fresh)).status_code == 303


def test_a_small_gift_passes_a_form_under_attack_without_a_hosted_way(
    donor: Donor, form: DonationForm
) -> None:
    form.methods = ["sandbox_card"]
    form.save()
    under_attack(form)
    page = donor.details(donor.amount(amount="other", other_amount="2"))
    with nothing_stored_or_sent():
        assert UNDONE in problems(donor.give(page))[""]
    assert donor.give(page, altcha=worked(page)).status_code == 303


def test_the_decline_that_reaches_the_limit_asks_for_the_next_work_itself(
    donor: Donor, form: DonationForm
) -> None:
    form.methods = ["sandbox_card"]
    form.save()
    page = donor.to_payment()
    hits(form, 2, address="127.0.0.1", declined=2)
    declined = donor.give(page, "lost_card")
    assert donor.give(declined, altcha=worked(declined)).status_code == 303


def test_small_gifts_pass_under_attack_and_declines_share_one_wording(
    donor: Donor, form: DonationForm
) -> None:
    under_attack(form)
    page = donor.to_payment()
    assert donor.give(page, method="sandbox_hosted", altcha=worked(page)).status_code == 302
    page = donor.details(donor.amount(amount="other", other_amount="2"))
    answer = donor.give(page, "expired_card", altcha=worked(page))
    assert "Your bank did not take this payment" in text_of(answer)
    assert "expired" not in text_of(answer).split("Practice mode")[0]
    # The same work buys nothing more: the next attempt has a challenge of its own.
    again = donor.give(answer, altcha=worked(page))
    assert step_of(again) == "payment" and problems(again)
    assert Gift.objects.filter(status="settled").count() == 0


def test_a_decline_counts_and_neither_a_success_nor_a_busy_gateway_does(donor: Donor) -> None:
    donor.give(donor.to_payment(), "lost_card")
    donor.give(donor.to_payment())
    donor.give(donor.to_payment(), "busy")
    assert Gift.objects.latest("given_at").status == "failed"
    assert list(LimitHit.objects.order_by("id").values_list("declined", flat=True)) == [True, False, False]
