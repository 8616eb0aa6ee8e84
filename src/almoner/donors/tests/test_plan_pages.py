"""The pages that change a regular gift: the exact answer, then the exact rows; on refusal, that nothing changed."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils.html import escape

from almoner.charities.models import Charity, CharityHost
from almoner.donors.tests.conftest import Browser, heading, words
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun, events, gifts, periods
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan, PlanEvent
from almoner.plans.schedule import add_months
from almoner.receipts.wording import day
from almoner.supporters.people import Details

Work = Callable[[], int]
CHANGES = ("amount", "day", "end", "method", "details", "pause", "resume", "skip", "cancel")
FORMS: dict[str, dict[str, str]] = {
    "amount": {"amount": "40"}, "day": {"day": "9"}, "end": {"ends": "after", "ends_after": "9"},
    "method": {"method": "sandbox_hosted"},
    "details": {"given_name": "Eve"}, "pause": {"months": "1"},
    "resume": {}, "skip": {"on": "2026-12-25"}, "cancel": {"reason": "money"},
}  # fmt: skip


@pytest.fixture
def inside(browser: Browser, plan: Plan) -> Browser:
    browser.sign_in()
    mail.outbox.clear()
    return browser


def row(plan: Plan) -> dict[str, Any]:
    return Plan.objects.filter(pk=plan.pk).values().get()


def at(plan: Plan, name: str = "") -> str:
    return f"plans/{plan.reference}/{name + '/' if name else ''}"


# ---- Seen ------------------------------------------------------------------------------------------------------------


def test_the_first_page_shows_the_plan_and_when_it_comes_next(inside: Browser, plan: Plan) -> None:
    page = words(inside.get())
    assert plan.next_on is not None
    assert "25.00" in page and "every month" in page and f"is on {day(plan.next_on)}." in page
    assert f'href="/giving/plans/{plan.reference}/"' in page
    assert "regular gift" in page


def test_its_own_page_shows_method_history_and_what_can_be_done(inside: Browser, plan: Plan) -> None:
    answer = inside.get(at(plan))
    assert (answer.status_code, heading(answer)) == (200, "Your regular gift")
    page = words(answer)
    assert escape(plan.method_label) in page and "Given</span>" in page
    for name in set(CHANGES) - {"resume"}:
        assert f'href="/giving/plans/{plan.reference}/{name}/"' in page
        assert inside.get(at(plan, name)).status_code == 200


@pytest.mark.parametrize("name", ["", *CHANGES])
def test_who_isnt_signed_in_is_asked_to_and_comes_back_here(browser: Browser, plan: Plan, name: str) -> None:
    before = row(plan)
    for answer in (browser.get(at(plan, name)), browser.post(at(plan, name), FORMS.get(name))):
        onward = f"{plan.reference}/method" if name == "method" else plan.reference
        assert (answer.status_code, answer["Location"]) == (303, f"/giving/?to={onward}")
    assert row(plan) == before


@pytest.mark.parametrize("further", ["", "/method"])
def test_who_was_on_the_way_to_a_plan_gets_there(
    browser: Browser, plan: Plan, work: Work, further: str
) -> None:
    onward = plan.reference + further
    page = words(browser.get(f"?to={onward}"))
    assert f'name="to" value="{onward}"' in page
    browser.ask(to=onward)
    work()
    found = re.search(r"http://[^/\s]+(/giving/enter/\S+)", str(mail.outbox[-1].body))
    assert found
    assert browser.post(found[1])["Location"] == f"/giving/plans/{onward}/"


@pytest.mark.parametrize(
    "onward", ["//evil.example", "K7Q2M9XTB5", "<b>", "PLAN/cancel", "PLAN//evil.example"]
)
def test_nobody_is_led_elsewhere(browser: Browser, plan: Plan, onward: str) -> None:
    onward = onward.replace("PLAN", plan.reference)
    assert 'name="to"' not in words(browser.get("", data=None, QUERY_STRING=f"to={onward}"))


# ---- Another's -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *CHANGES])
def test_object_access_another_persons_plan_is_not_found(
    inside: Browser, form: DonationForm, name: str
) -> None:
    ben = Details(given_name="Ben", family_name="Okri", email="ben@example.org")
    theirs = begun(form, details=ben)
    before = row(theirs)
    assert inside.get(at(theirs, name)).status_code == 404
    assert inside.send(at(theirs, name), FORMS.get(name)).status_code == (404 if name else 303)
    assert row(theirs) == before
    assert theirs.reference not in words(inside.get())


def test_another_charitys_plan_is_not_found(inside: Browser, plan: Plan) -> None:
    other = Charity.objects.create(
        slug="other", name="Other", legal_name="Other Ltd", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="o@o.example", mail_from="o@o.example",
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(charity=other)
    before = row(plan)
    for name in CHANGES:
        assert inside.get(at(plan, name)).status_code == 404
        assert inside.send(at(plan, name), FORMS[name]).status_code == 404
    assert row(plan) == before
    CharityHost.objects.update_or_create(host="localhost", defaults={"charity": other})
    assert inside.get(at(plan), HTTP_HOST="localhost").status_code == 303


@pytest.mark.parametrize("name", CHANGES)
def test_a_forged_post_changes_nothing(inside: Browser, plan: Plan, name: str) -> None:
    before = row(plan)
    assert inside.post(at(plan, name), FORMS[name] or {"x": "y"}).status_code == 403
    assert inside.post(at(plan, name), {"csrf": "A" * 32, **FORMS[name]}).status_code == 403
    assert row(plan) == before and PlanEvent.objects.filter(plan=plan).count() == 1


@pytest.mark.parametrize("name", CHANGES)
def test_reading_a_page_changes_nothing(inside: Browser, plan: Plan, name: str) -> None:
    before = row(plan)
    inside.get(at(plan, name))
    inside.client.head(f"/giving/{at(plan, name)}")
    assert row(plan) == before


# ---- Changed ---------------------------------------------------------------------------------------------------------


def done(inside: Browser, plan: Plan, name: str, **data: str) -> str:
    """Send a change; returns the page that says it is done."""
    answer = inside.send(at(plan, name), data)
    assert (answer.status_code, answer["Location"]) == (303, f"/giving/plans/{plan.reference}/?done={name}")
    plan.refresh_from_db()
    return words(inside.get(answer["Location"]))


def test_the_amount_is_changed_and_told(inside: Browser, plan: Plan, work: Work) -> None:
    page = done(inside, plan, "amount", amount="$40")
    assert "The amount is changed. We confirm it by email." in page and "40.00" in page
    assert (plan.amount_minor, plan.cover_minor, plan.state) == (4000, 0, "active")
    event = PlanEvent.objects.filter(plan=plan).latest("id")
    assert (event.name, event.by, event.detail["to_minor"]) == ("changed", "donor", 4000)
    work()
    assert [each.to for each in mail.outbox] == [["ada@example.org"]]


def test_the_cover_of_the_cost_stays_in_proportion(inside: Browser, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(cover_minor=75)
    done(inside, plan, "amount", amount="50")
    assert (plan.amount_minor, plan.cover_minor) == (5000, 150)


@pytest.mark.parametrize("typed", ["", "abc", "0", "-5", "0.001", "1", "99999999", "1e9", "1.000"])
def test_an_amount_that_cant_be_is_said_beside_the_field(inside: Browser, plan: Plan, typed: str) -> None:
    before = row(plan)
    answer = inside.send(at(plan, "amount"), {"amount": typed})
    assert answer.status_code == 422
    assert 'id="give-amount-error"' in words(answer) and "<title>Error: " in words(answer)
    assert f'value="{typed}"' in words(answer)
    assert row(plan) == before


def test_the_day_is_changed(inside: Browser, plan: Plan) -> None:
    wanted = 9 if plan.anchor.day != 9 else 10
    page = done(inside, plan, "day", day=str(wanted))
    assert plan.next_on is not None and plan.next_on.day == wanted
    assert f"is on {day(plan.next_on)}." in page


@pytest.mark.parametrize("typed", ["", "0", "32", "x", "1.5", "-1"])
def test_a_day_that_isnt_one_is_refused(inside: Browser, plan: Plan, typed: str) -> None:
    before = row(plan)
    assert inside.send(at(plan, "day"), {"day": typed}).status_code == 422
    assert row(plan) == before


def test_a_chosen_day_stands_when_the_end_is_changed_or_a_pause_is_over(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    soon = changing.timing.today_of(plan, plan.charity.timezone) + timedelta(days=4)
    done(inside, plan, "day", day=str(soon.day))
    chosen = plan.next_on
    sent = {"end": {"ends": "after", "ends_after": "9"}, "pause": {"months": "1"}, "resume": {}}
    for name in sent:
        done(inside, plan, name, **sent[name])
        assert plan.next_on == (None if name == "pause" else chosen)
    sandbox.store.move_clock(timedelta(days=6))
    assert charge_due(in_flight=1) == 0 and len(gifts(plan)) == 1


ADDRESS = {
    "address_line1": "1 George Street", "address_locality": "Sydney", "address_region": "NSW",
    "address_postcode": "2000",
}  # fmt: skip


def test_details_are_changed_for_later_gifts_and_not_for_earlier(inside: Browser, plan: Plan) -> None:
    page = done(
        inside, plan, "details", given_name="Adela", family_name="O’Nguyễn", phone="0412 345 678", **ADDRESS
    )
    assert "Adela O’Nguyễn" in page
    contact = plan.contact
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.email) == (
        "Adela O’Nguyễn",
        "0412 345 678",
        "ada@example.org",
    )
    assert contact.address is not None and contact.address["postcode"] == "2000"
    assert gifts(plan)[0].contact.given_name == "Ada"


def test_the_email_address_cant_be_changed_here(inside: Browser, plan: Plan) -> None:
    inside.send(at(plan, "details"), {"given_name": "Ada", "email": "eve@example.org"})
    plan.contact.refresh_from_db()
    assert plan.contact.email == "ada@example.org"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_name": "", "family_name": ""}, "given_name"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"given_name": "A\x00da"}, "given_name"),
        ({**ADDRESS, "address_postcode": "99999"}, "address_postcode"),
        ({"address_line1": "1 George Street"}, "address_locality"),
    ],
)
def test_details_that_cant_be_are_said_beside_their_field(
    inside: Browser, plan: Plan, changes: dict[str, str], field: str
) -> None:
    answer = inside.send(at(plan, "details"), {"given_name": "Ada", **changes})
    assert answer.status_code == 422 and f'id="give-{field}-error"' in words(answer)
    plan.contact.refresh_from_db()
    assert (plan.contact.name, plan.contact.address) == ("Ada Nguyễn", None)
    assert PlanEvent.objects.filter(plan=plan).count() == 1


@pytest.mark.parametrize(
    ("typed", "ends", "mailed"),
    [
        (
            {"ends": "on", "ends_on": "2031-05-01"},
            (date(2031, 5, 1), None),
            "ends on 1 May 2031: no gift is taken",
        ),
        ({"ends": "after", "ends_after": " 12 "}, (None, 12), "ends after 12 gifts in all"),
        ({"ends": ""}, (None, None), "goes on until you stop it"),
    ],
)
def test_its_end_is_changed_and_confirmed_by_mail(
    inside: Browser, plan: Plan, work: Work, typed: dict[str, str], ends: Any, mailed: str
) -> None:
    Plan.objects.filter(pk=plan.pk).update(ends_after=40)
    page = done(inside, plan, "end", **typed)
    assert "When your regular gift ends is changed. We confirm it by email." in page
    assert ((plan.ends_on, plan.ends_after), plan.state) == (ends, "active")
    work()
    (message,) = mail.outbox
    assert mailed in " ".join(str(message.body).split())


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends": "on", "ends_on": "soon"}, "ends_on"),
        ({"ends": "on", "ends_on": "2020-01-01"}, "ends_on"),
        ({"ends": "after", "ends_after": "a dozen"}, "ends_after"),
        ({"ends": "after", "ends_after": "1"}, "ends_after"),
        ({"ends": "after", "ends_after": "1201"}, "ends_after"),
    ],
)
def test_an_end_that_cant_be_is_refused(
    inside: Browser, plan: Plan, typed: dict[str, str], field: str
) -> None:
    before = row(plan)
    answer = inside.send(at(plan, "end"), typed)
    page = words(answer)
    assert answer.status_code == 422 and f'id="give-{field}-error"' in page
    assert f'value="{typed[field]}"' in page, "what was typed stands"
    assert row(plan) == before and events(plan) == ["started"]


@pytest.mark.parametrize("months", [1, 2, 3])
def test_it_is_paused_for_months_and_goes_on_by_itself(
    inside: Browser, plan: Plan, months: int, sandbox: Any
) -> None:
    page = done(inside, plan, "pause", months=str(months))
    assert "Your regular gift is paused." in page
    today = changing.timing.today_of(plan, plan.charity.timezone)
    assert (plan.state, plan.resume_on, plan.next_at) == ("paused", add_months(today, months), None)
    assert f"goes on by itself on {day(add_months(today, months))}." in page


def test_it_is_paused_until_a_day(inside: Browser, plan: Plan) -> None:
    until = changing.timing.today_of(plan, plan.charity.timezone) + timedelta(days=200)
    done(inside, plan, "pause", months="date", until=until.isoformat())
    assert (plan.state, plan.resume_on) == ("paused", until)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"months": "7"},
        {"months": "date"},
        {"months": "date", "until": "soon"},
        {"months": "date", "until": "2020-01-01"},
        {"months": "date", "until": "2999-01-01"},
    ],
)
def test_a_pause_that_cant_be_is_refused(inside: Browser, plan: Plan, data: dict[str, str]) -> None:
    answer = inside.send(at(plan, "pause"), {"months": "", **data})
    assert answer.status_code == 422 and 'id="give-until-error"' in words(answer)
    plan.refresh_from_db()
    assert plan.state == "active"


def test_a_paused_plan_is_resumed(inside: Browser, plan: Plan) -> None:
    done(inside, plan, "pause", months="3")
    assert f'href="/giving/plans/{plan.reference}/resume/"' in words(inside.get(at(plan)))
    page = done(inside, plan, "resume", go="on")
    assert "Your regular gift goes on. Thank you." in page
    assert plan.state == "active" and plan.next_on is not None


def test_the_next_gift_is_left_out_once_however_often_it_is_pressed(inside: Browser, plan: Plan) -> None:
    on = plan.next_on
    assert on is not None
    assert f'name="on" value="{on.isoformat()}"' in words(inside.get(at(plan, "skip")))
    for _ in range(2):
        done(inside, plan, "skip", on=on.isoformat())
    assert plan.next_on == add_months(plan.anchor, 2)
    assert periods(plan) == ["paid", "skipped"] and events(plan) == ["started", "skipped"]


@pytest.mark.parametrize("on", ["", "x", "2020-01-01"])
def test_another_date_is_not_left_out(inside: Browser, plan: Plan, on: str) -> None:
    before = row(plan)
    assert inside.send(at(plan, "skip"), {"on": on}).status_code in (303, 422)
    assert row(plan) == before and events(plan) == ["started"]


def test_it_is_stopped_in_one_step_and_true_at_the_gateway(
    inside: Browser, plan: Plan, sandbox: Sandbox, work: Work
) -> None:
    page = words(inside.get(at(plan, "cancel")))
    assert "You can pause it instead." in page and page.count("<button") == 1
    page = done(inside, plan, "cancel", reason="money")
    assert "Your regular gift has ended." in page and "Ended on " in page
    assert (plan.state, plan.cancel_reason, plan.next_at) == ("cancelled", "money", None)
    assert not sandbox.retrieve_method(plan.saved_method).usable
    work()
    assert [str(each.subject) for each in mail.outbox] == [
        "Your regular gift to Tidelight Foundation has ended"
    ]
    for name in CHANGES:
        assert inside.get(at(plan, name)).status_code == 404
        assert inside.send(at(plan, name), FORMS[name]).status_code == 404


@pytest.mark.parametrize("reason", ["", "nonsense", "<script>"])
def test_no_reason_is_needed_and_none_is_made_up(inside: Browser, plan: Plan, reason: str) -> None:
    done(inside, plan, "cancel", reason=reason)
    assert (plan.state, plan.cancel_reason) == ("cancelled", "")


def test_what_can_no_longer_be_done_is_said(inside: Browser, plan: Plan) -> None:
    done(inside, plan, "pause", months="1")
    Plan.objects.filter(pk=plan.pk).update(method_usable=False)
    answer = inside.send(at(plan, "resume"), {"go": "on"})
    assert answer.status_code == 422 and "There is nothing that could be charged" in words(answer)
    plan.refresh_from_db()
    assert plan.state == "paused"


# ---- Another way to pay ----------------------------------------------------------------------------------------------


def test_the_next_gift_is_given_now_with_another_card_which_is_kept(
    inside: Browser, plan: Plan, sandbox: Sandbox, work: Work
) -> None:
    old, on = plan.saved_method, plan.next_on
    assert on is not None
    page = words(inside.get(at(plan, "method")))
    assert 'value="sandbox_hosted"' in page and 'value="sandbox_card"' not in page
    assert f"It takes the place of the gift on {day(on)}" in page
    answer = inside.send(at(plan, "method"), {"method": "sandbox_hosted"})
    assert answer.status_code == 303 and "/sandbox/" in answer["Location"]
    gift = gifts(plan)[1]
    attempt = Attempt.objects.get(gift_id=gift.pk)
    assert (gift.period_on, attempt.ordinal, attempt.state) == (on, 1, "action_required")
    sandbox.decide(attempt.gateway_id or "", Outcome.SUCCESS)
    answer = inside.get(at(plan, "back"))
    assert (answer.status_code, answer["Location"]) == (303, f"/giving/plans/{plan.reference}/")
    plan.refresh_from_db()
    assert plan.saved_method != old and plan.next_on == add_months(plan.anchor, 2)
    assert periods(plan) == ["paid", "paid"]
    work()
    assert not sandbox.retrieve_method(old).usable
    subjects = {str(each.subject) for each in mail.outbox if not each.attachments}
    assert subjects == {"Your regular gift to Tidelight Foundation is paid in another way"}
    sandbox.store.move_clock(timedelta(days=40))
    charge_due(in_flight=1)
    assert len(gifts(plan)) == 2


def test_who_goes_away_from_the_gateways_page_is_charged_on_the_day_as_before(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    old, on = plan.saved_method, plan.next_on
    inside.send(at(plan, "method"), {"method": "sandbox_hosted"})
    gift = gifts(plan)[1]
    attempt = Attempt.objects.get(gift_id=gift.pk)
    sandbox.cancel(attempt.gateway_id or "")
    inside.get(at(plan, "back"))
    gift.refresh_from_db()
    assert gift.status == "failed"
    assert charge_due(in_flight=1) == 0
    period = plan.periods.get(on=on)
    assert period.wake_at is not None
    sandbox.store.move_clock(period.wake_at - hooks.clock("sandbox") + timedelta(minutes=1))
    assert charge_due(in_flight=1) == 1
    gift.refresh_from_db()
    plan.refresh_from_db()
    assert (gift.status, gift.period_on, plan.saved_method, periods(plan)) == (
        "settled",
        on,
        old,
        ["paid", "paid"],
    )
    assert Attempt.objects.filter(gift_id=gift.pk).count() == 2


def test_the_next_gift_is_given_once_however_often_it_is_pressed(inside: Browser, plan: Plan) -> None:
    for _ in range(3):
        assert inside.send(at(plan, "method"), {"method": "sandbox_hosted"}).status_code in (303, 422, 200)
    assert len(gifts(plan)) == 2 and Attempt.objects.filter(gift_id=gifts(plan)[1].pk).count() == 1


@pytest.mark.parametrize("method", ["", "sandbox_card", "sandbox_debit", "nonsense"])
def test_no_other_way_is_taken_for_the_next_gift(inside: Browser, plan: Plan, method: str) -> None:
    before = row(plan)
    assert inside.send(at(plan, "method"), {"method": method}).status_code == 422
    assert row(plan) == before and len(gifts(plan)) == 1


def test_a_debit_whose_notice_is_due_is_not_taken_early(inside: Browser, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(method="sandbox_debit")
    before = row(plan)
    page = words(inside.get(at(plan, "method")))
    assert 'name="save"' in page and 'name="method"' not in page, "saved alone, and nothing given"
    assert inside.send(at(plan, "method"), {"method": "sandbox_hosted"}).status_code == 200
    assert row(plan) == before and len(gifts(plan)) == 1


def test_with_a_declined_gift_that_one_is_paid_or_a_card_saved_that_then_pays_it(
    inside: Browser, plan: Plan, declined: Gift, sandbox: Sandbox
) -> None:
    page = words(inside.get(at(plan, "method")))
    assert f'href="/giving/pay/{declined.public_key}/"' in page and 'name="method"' not in page
    there = inside.send(at(plan, "method"), {"save": "sandbox_hosted"})["Location"]
    inside.post(urlsplit(there).path, {"outcome": "success"})
    inside.get(at(plan, "back"))
    charge_due(in_flight=1)
    declined.refresh_from_db()
    assert (declined.status, row(plan)["state"]) == ("settled", "active")


def test_the_plans_page_leads_to_where_a_declined_gift_is_paid(
    inside: Browser, plan: Plan, declined: Gift
) -> None:
    page = words(inside.get(at(plan)))
    assert f'href="/giving/pay/{declined.public_key}/"' in page
    assert "Your last gift could not be taken." in page
