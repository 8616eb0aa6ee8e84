"""Attack mode: how it begins and ends, what it asks, and that dead counters stop nobody."""

import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.db import DatabaseError, OperationalError, connection
from tests.support.databases import LiveDb
from time_machine import TimeMachineFixture

from almoner.giving import attacks, demo, limits
from almoner.giving.drafts import new_draft, open_draft
from almoner.giving.models import Attack, Course, DonationForm, Gift, LimitHit
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.test_limits import HOSTED, UNDONE, hits, under_attack, verdict
from almoner.giving.tests.working import worked
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.gateway import Sandbox


def attacked(form: DonationForm, **later: float) -> bool:
    attacks.forget()
    return attacks.under_attack(form.pk, at=now() + timedelta(**later))


# The ladder


def test_an_address_that_tries_on_and_on_works_for_the_hosted_page_too(
    donor: Donor, form: DonationForm
) -> None:
    """Twenty within ten minutes: a hall's donors pass, each with a second's work of their browser's own; whoever
    doesn't do it is refused with words, and the gateway hears nothing."""
    hits(form, 19, address="127.0.0.1")
    page = donor.to_payment(message="Kept")
    assert HOSTED in text_of(page) and "data-challenge" not in text_of(page)
    hits(form, 1, address="127.0.0.1")
    assert verdict(form, "127.0.0.1") == limits.Verdict(work=30_000, hosted_only=True, closed=True)
    for method in ("sandbox_hosted", "sandbox_card", "bank_transfer"):
        with nothing_stored_or_sent():
            answer = donor.give(page, method=method)
        assert step_of(answer) == "payment" and "Kept" in text_of(answer)
        assert UNDONE in problems(answer)[""]
        assert "please try again in ten minutes" in problems(answer)[""]
        assert "hello@tidelight.example" in problems(answer)[""]
    assert LimitHit.objects.filter(course=Course.TURNED).count() == 3
    # What was turned back is no try: it makes nothing worse.
    assert donor.give(answer, method="sandbox_hosted", altcha=worked(answer)).status_code == 302
    assert LimitHit.objects.latest("id").course == Course.HOSTED


@pytest.mark.parametrize(
    ("declines", "work", "hosted", "closed"),
    [(0, 0, False, False), (3, 30_000, False, False), (5, 30_000, True, False), (20, 30_000, True, True)],
)
def test_card_testing_the_ladder_by_declines(
    form: DonationForm, declines: int, work: int, hosted: bool, closed: bool
) -> None:
    hits(form, declines, declined=declines, minutes_ago=50)
    assert verdict(form) == limits.Verdict(work=work, hosted_only=hosted, closed=closed)


@pytest.mark.parametrize(
    ("given", "hosted", "closed"), [(9, False, False), (10, True, False), (40, True, True)]
)
def test_the_ladder_by_email(form: DonationForm, given: int, hosted: bool, closed: bool) -> None:
    for at in range(given):
        hits(form, 1, address=f"198.51.100.{at}", email="ada@example.org", minutes_ago=60)
    found = verdict(form, "203.0.113.1", "ada@example.org")
    assert (found.hosted_only, found.closed) == (hosted, closed)


def test_card_testing_fifty_behind_one_address_are_all_let_through(donor: Donor) -> None:
    for at in range(50):
        page = donor.to_payment(email=f"donor{at}@example.org")
        asks = {"altcha": worked(page)} if "data-challenge" in text_of(page) else {}
        method = "sandbox_hosted" if HOSTED in text_of(page) else "sandbox_card"
        assert donor.give(page, method=method, **asks).status_code in (302, 303), at
    assert Gift.objects.count() == 50


def test_card_testing_one_solution_is_one_try_however_often_and_wherever_it_is_shown(
    donor: Donor, form: DonationForm
) -> None:
    under_attack(form)
    page = donor.to_payment()
    answer = worked(page)
    assert donor.give(page, altcha=answer).status_code == 303
    for _ in range(2):
        # The same gift is shown, and nothing is tried again.
        assert donor.give(page, altcha=answer).status_code == 303
    other = Donor(type(donor.client)())
    with nothing_stored_or_sent():
        refused = other.give(other.to_payment(email="bo@example.org"), altcha=answer)
    assert step_of(refused) == "payment"
    assert Gift.objects.count() == 1
    assert LimitHit.objects.filter(course=Course.WORKED).count() == 1


# Signs


def test_many_declines_at_once_are_seen_at_once(form: DonationForm) -> None:
    """A process looks every ten seconds: time for hundreds of cards, unless it hears the declines."""
    assert not attacked(form)
    for at in range(20):
        who = limits.who(address=f"192.0.2.{at}", email=f"t{at}@example.org", form_id=form.pk)
        limits.count_submit(who, attempt_id=uuid.UUID(int=at), at=now())
    for at in range(20):
        limits.mark_declined(uuid.UUID(int=at), form_id=form.pk)
        if at == 6:
            assert not attacks.under_attack(form.pk, at=now())
    assert attacks.under_attack(form.pk, at=now())
    assert Attack.objects.get().sign == "declines"


def test_small_gifts_alone_are_no_sign(form: DonationForm) -> None:
    for at in range(40):
        hits(form, 1, address=f"192.0.2.{at}")
    LimitHit.objects.update(small=True)
    assert not attacked(form)
    LimitHit.objects.filter(pk__in=LimitHit.objects.values("pk")[:9]).update(declined=True)
    assert attacked(form)
    assert Attack.objects.get().sign == "small"


def test_a_gift_below_what_is_suggested_is_counted_as_small(donor: Donor) -> None:
    donor.give(donor.to_payment())
    donor.give(donor.details(donor.amount(amount="other", other_amount="2")))
    assert list(LimitHit.objects.order_by("id").values_list("small", flat=True)) == [False, True]


def test_three_addresses_with_many_declines(form: DonationForm) -> None:
    for at in range(2):
        hits(form, 5, address=f"192.0.2.{at}", declined=5)
    assert not attacked(form)
    hits(form, 5, address="192.0.2.9", declined=5)
    assert attacked(form)
    assert Attack.objects.get().sign == "addresses"


def test_an_attack_that_goes_from_form_to_form(form: DonationForm) -> None:
    for number in range(5):
        other = DonationForm.objects.create(charity=form.charity, slug=f"form{number}", title="Another")
        for at in range(15):
            hits(other, 1, address=f"192.0.2.{number * 20 + at}", declined=1)
    assert not attacked(form)  # which nobody has touched
    hits(form, 1, address="192.0.2.200", declined=1)
    assert attacked(form)
    assert Attack.objects.get().sign == "site"


def test_what_was_sent_to_the_hosted_page_hides_no_declines(form: DonationForm) -> None:
    for at in range(20):
        hits(form, 1, address=f"192.0.2.{at}", declined=1)
    for at in range(200):
        hits(form, 1, address=f"198.51.100.{at}")
    LimitHit.objects.filter(declined=False).update(course=Course.HOSTED)
    assert attacked(form)


# Beginning and ending


def test_it_begins_once_and_tells_staff_once(form: DonationForm) -> None:
    under_attack(form)
    assert attacked(form) and attacked(form)
    attack = Attack.objects.get()
    assert (attack.form, attack.begun_by, attack.sign, attack.ended_at) == (form, "", "declines", None)
    assert (attack.seen["tried"], attack.seen["declined"], attack.seen["addresses"]) == (30, 30, 30)
    assert list(Job.objects.filter(kind=attacks.MAIL_JOB).values_list("payload", flat=True)) == [
        {"attack": attack.pk}
    ]


def test_it_goes_on_while_they_are_turned_away_and_ends_after_half_an_hour_of_calm(
    form: DonationForm,
) -> None:
    under_attack(form)
    assert attacked(form, minutes=12)  # no sign any more, and not yet calm
    LimitHit.objects.update(course=Course.TURNED, declined=False, at=now() + timedelta(minutes=25))
    assert attacked(form, minutes=26)
    assert attacked(form, minutes=55)
    assert not attacked(form, minutes=57)
    attack = Attack.objects.get()
    assert attack.ended_at is not None and (attack.ended_by, attack.quiet_until) == ("", None)
    assert attack.seen["turned"] == 30 and attack.seen["declined"] == 30


def test_it_ends_on_a_form_that_nobody_opens(form: DonationForm) -> None:
    under_attack(form)
    attacks.tend(at=now() + timedelta(minutes=20))
    assert Attack.objects.get().ended_at is None
    attacks.tend(at=now() + timedelta(minutes=31))
    assert Attack.objects.get().ended_at is not None


def test_what_staff_end_does_not_begin_by_itself_for_an_hour(form: DonationForm) -> None:
    under_attack(form)
    assert attacks.end(Attack.objects.get(), at=now(), by="kim")
    assert not attacks.end(Attack.objects.get(), at=now(), by="kim")
    assert not attacked(form)
    LimitHit.objects.update(at=now() + timedelta(minutes=61))
    assert attacked(form, minutes=62)
    assert [each.ended_by for each in Attack.objects.order_by("id")] == ["kim", ""]


def test_a_second_process_finds_the_attack_that_the_first_began(form: DonationForm) -> None:
    found = attacks.Seen(tried=20, declined=20)
    for _ in range(2):
        attacks.begin(form.pk, sign="declines", found=found, at=now())
    assert Attack.objects.count() == 1
    assert Job.objects.filter(kind=attacks.MAIL_JOB).count() == 1


def test_under_attack_a_single_decline_leads_to_the_hosted_page(form: DonationForm) -> None:
    under_attack(form)
    assert verdict(form, "203.0.113.50") == limits.Verdict(work=300_000, guarded=True)
    hits(form, 1, address="203.0.113.50", declined=1)
    assert verdict(form, "203.0.113.50") == limits.Verdict(work=300_000, hosted_only=True, guarded=True)


# Under attack the hosted page costs work too


WAIT = "Without it, please wait for one minute and press the button then"


def test_under_attack_the_hosted_page_is_opened_after_the_work(donor: Donor, form: DonationForm) -> None:
    under_attack(form)
    page = donor.to_payment(message="Kept")
    for method in ("sandbox_hosted", "sandbox_card"):
        with nothing_stored_or_sent():
            page = donor.give(page, method=method)
        assert step_of(page) == "payment" and "Kept" in text_of(page) and HOSTED in text_of(page)
        assert UNDONE in problems(page)[""] and WAIT in problems(page)[""]
        assert "hello@tidelight.example" in problems(page)[""]
    assert donor.give(page, method="sandbox_hosted", altcha=worked(page)).status_code == 302
    assert LimitHit.objects.latest("id").course == Course.HOSTED
    assert LimitHit.objects.filter(course=Course.TURNED).count() == 2


def test_under_attack_a_bank_transfer_costs_no_work(donor: Donor, form: DonationForm) -> None:
    under_attack(form)
    page = donor.give(donor.to_payment())
    assert donor.give(page, method="bank_transfer").status_code == 303


def test_without_javascript_a_minute_opens_the_hosted_page_once(
    donor: Donor, form: DonationForm, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(now(), tick=False)
    under_attack(form)
    page = donor.give(donor.to_payment())
    # Pressing again meanwhile begins no new wait.
    time_machine.shift(59)
    with nothing_stored_or_sent():
        page = donor.give(page, method="sandbox_hosted")
    time_machine.shift(1)
    assert donor.give(page, method="sandbox_hosted").status_code == 302
    assert LimitHit.objects.latest("id").course == Course.WAITED
    # The same page again leads to the same gift; another gift, or another try at this one, waits anew.
    assert donor.give(page, method="sandbox_hosted").status_code in (302, 303)
    assert Gift.objects.count() == 1
    other = donor.to_payment(email="bo@example.org")
    with nothing_stored_or_sent():
        assert WAIT in problems(donor.give(other, method="sandbox_hosted"))[""]


def test_testers_who_wait_open_no_more_than_twenty_pages_in_ten_minutes(
    form: DonationForm, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(now(), tick=False)
    under_attack(form)
    donors = [Donor(UrlencodedClient(REMOTE_ADDR=f"198.51.100.{at}")) for at in range(22)]
    pages = [each.give(each.to_payment(email=f"w{at}@example.org")) for at, each in enumerate(donors)]
    time_machine.shift(60)
    answers = [each.give(page, method="sandbox_hosted") for each, page in zip(donors, pages, strict=True)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [200] * 2
    assert "please try again in ten minutes" in problems(answers[-1])[""]
    assert Gift.objects.count() == 20
    # One who does the work passes at any time, and one who waits again when the ten minutes are over.
    assert (
        donors[20].give(answers[20], method="sandbox_hosted", altcha=worked(answers[20])).status_code == 302
    )
    time_machine.shift(600)
    assert donors[21].give(answers[21], method="sandbox_hosted").status_code == 302


def test_a_wait_is_for_one_attempt_at_one_gift() -> None:
    draft = new_draft(form_id=1, currency="AUD", amount_minor=1, fund_id=1, source={}).waiting(100)
    assert open_draft(draft.seal(), form_id=1) == draft and draft.waiting(200) == draft
    assert draft.has_waited(60, at=160) and not draft.has_waited(60, at=159)
    for other in (draft.afresh(), draft.next_try(2), draft.successor("x")):
        assert not other.has_waited(60, at=10_000)


# Dead counters


def test_dead_counters_stop_no_gift(live_db: LiveDb, sandbox: Sandbox) -> None:
    """The table can neither be read nor written."""
    demo.seed()
    donor = Donor(UrlencodedClient())
    with connection.schema_editor() as editor:
        editor.alter_db_table(LimitHit, "giving_limithit", "giving_away")
    try:
        attacks.forget()
        assert donor.give(donor.to_payment()).status_code == 303
        declined = donor.give(donor.to_payment(), "expired_card")
        assert "This card has expired" in text_of(declined)
        assert donor.give(declined).status_code == 303
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(LimitHit, "giving_away", "giving_limithit")
    assert list(Gift.objects.values_list("status", flat=True)) == ["settled", "settled"]
    assert LimitHit.objects.count() == 0


@pytest.mark.parametrize("fault", [DatabaseError, OperationalError])
def test_a_dead_table_of_attacks_stops_nobody(
    donor: Donor, form: DonationForm, fault: type[DatabaseError]
) -> None:
    with mock.patch.object(attacks, "under_attack", side_effect=fault("gone")):
        assert donor.give(donor.to_payment()).status_code == 303
        assert not limits.under_attack(form.pk, at=now())
