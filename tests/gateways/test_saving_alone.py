"""Another way to pay, saved without a payment at PayPal and at GoCardless: over a socket, with faults."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from almoner.charities.models import Charity
from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp
from almoner.donors.paying import Way
from almoner.donors.setting_up import Came
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun
from almoner.payments import gateways
from almoner.payments.gateways.port import AnswerLost, Refused, TryLater
from almoner.payments.models import InboxMessage
from almoner.plans import changing, forgetting
from almoner.plans.hooks import News, PlanNews, hooks
from almoner.plans.models import OldMethod, Plan
from almoner.plans.progress import DONOR
from tests.gateways import gocardless_walk
from tests.gateways.gocardless_walk import LOST
from tests.gateways.walk import broken, receive, work
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.gateways.scripted import Scripted

pytestmark = pytest.mark.django_db

PAYPAL, BACS = Way("paypal", "paypal"), Way("gocardless_bacs", "gocardless")
SETUP_TOKENS, PAYMENT_TOKENS = "POST /v3/vault/setup-tokens$", "POST /v3/vault/payment-tokens$"
BACK = "https://lamp.example/giving/plans/x/back/"


@dataclass
class Told:
    """What the donor was told, in turn."""

    news: list[News]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    said = Told([])
    monkeypatch.setattr(hooks, "on_plan", lambda news: _hear(said, news))
    return said


def _hear(said: Told, news: PlanNews) -> None:
    said.news.append(news.name)


@pytest.fixture
def plan(charity: Charity, told: Told) -> Plan:
    """Paid by the sandbox's card, and in pounds, which both gateways take."""
    form = DonationForm.objects.get(charity=charity)
    made = begun(form, currency="GBP")
    told.news.clear()
    return made


def begin(plan: Plan, way: Way) -> MethodSetUp:
    """The donor presses the button, and is sent to the gateway's page."""
    there = setting_up.begin(plan.pk, way, return_url=BACK, language="en")
    assert there.startswith("http://127.0.0.1:")
    return MethodSetUp.objects.get(state="open")


def token(row: MethodSetUp) -> str:
    return row.gateway_id.partition(" ")[0]


def agree(server: Scripted, row: MethodSetUp) -> None:
    """The donor agrees on the gateway's page."""
    if isinstance(server, PayPalServer):
        server.approve_setup_token(token(row))
    else:
        server.agree(row.gateway_id)  # type: ignore[attr-defined]


def saved(server: Scripted) -> str:
    """The newest method that the gateway holds."""
    among = server.state.tokens if isinstance(server, PayPalServer) else server.state.mandates  # type: ignore[attr-defined]
    return [*among][-1]


def tell(server: Scripted, way: Way, *, times: int = 1) -> None:
    events = server.untold()
    for _ in range(times):
        receive(server, way.gateway, events)
    work()


def unchanged(plan: Plan, told: Told) -> None:
    now = Plan.objects.get(pk=plan.pk)
    assert (now.saved_method, now.method, now.method_usable) == (plan.saved_method, plan.method, True)
    assert gateways.sandbox().retrieve_method(plan.saved_method).usable, "the old one holds"
    assert told.news == [] and not OldMethod.objects.exists()
    assert broken() == []


def taken_over(plan: Plan, way: Way, told: Told, new: str) -> None:
    """The plan is charged to what was saved, the old method is forgotten at its gateway, and the donor told, once."""
    now = Plan.objects.get(pk=plan.pk)
    assert (now.gateway, now.method, now.saved_method, now.method_usable) == (
        way.gateway, way.method, new, True,
    )  # fmt: skip
    assert not gateways.sandbox().retrieve_method(plan.saved_method).usable
    row = MethodSetUp.objects.get(state="done")
    assert (row.token, told.news) == (new, [News.METHOD_CHANGED])
    assert Gift.objects.count() == 1, "and nothing was paid"
    assert broken() == []


@pytest.fixture(params=["paypal", "gocardless"])
def server(request: pytest.FixtureRequest) -> Scripted:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def way(server: Scripted) -> Way:
    return PAYPAL if isinstance(server, PayPalServer) else BACS


# ---- Both ------------------------------------------------------------------------------------------------------------


def test_it_is_changed_only_when_it_is_true_at_the_gateway(
    server: Scripted, way: Way, plan: Plan, told: Told
) -> None:
    begin(plan, way)
    assert setting_up.come_back(plan) == Came.NOTHING, "coming back proves nothing"
    unchanged(plan, told)
    agree(server, MethodSetUp.objects.get())
    unchanged(plan, told)
    assert setting_up.come_back(plan) == Came.SAVED
    taken_over(plan, way, told, saved(server))
    assert setting_up.come_back(plan) == Came.NOTHING
    tell(server, way, times=2)
    taken_over(plan, way, told, saved(server))
    assert not InboxMessage.objects.exclude(state="done").exists()


def test_who_leaves_the_gateways_page_changes_nothing_and_can_agree_no_more_after_a_day(
    server: Scripted, way: Way, plan: Plan, told: Told
) -> None:
    row = begin(plan, way)
    assert setting_up.come_back(plan) == Came.NOTHING
    MethodSetUp.objects.update(created_at=row.created_at - timedelta(hours=25))
    assert setting_up.look(row.pk).state == "left"
    if isinstance(server, GoCardlessServer):
        assert server.state.billing_requests[row.gateway_id]["status"] == "cancelled"
        tell(server, way)
    else:
        agree(server, row)
        assert setting_up.look(row.pk).state == "left" and server.count(PAYMENT_TOKENS) == 0
    unchanged(plan, told)


def test_who_agrees_as_the_page_is_closed_has_agreed(
    server: Scripted, way: Way, plan: Plan, told: Told
) -> None:
    row = begin(plan, way)
    MethodSetUp.objects.update(created_at=row.created_at - timedelta(hours=25))
    agree(server, row)
    assert setting_up.look(row.pk).state == "done"
    taken_over(plan, way, told, saved(server))


@pytest.mark.parametrize("fault", ["drop_request", "drop_answer", "garbage", "busy"])
def test_a_page_whose_address_is_lost_sends_nobody_anywhere(
    server: Scripted, way: Way, plan: Plan, told: Told, fault: str
) -> None:
    server.fault(fault, "POST /(v3/vault/setup-tokens|billing_requests)$", seconds=3.5)
    with pytest.raises((AnswerLost, TryLater)):
        setting_up.begin(plan.pk, way, return_url=BACK, language="en")
    unchanged(plan, told)
    row = begin(plan, way)
    agree(server, row)
    assert setting_up.look(row.pk).state == "done"
    MethodSetUp.objects.filter(state="new").update(created_at=row.created_at - timedelta(hours=2))
    setting_up.look_back()
    assert sorted(MethodSetUp.objects.values_list("state", flat=True)) == ["done", "left"]
    taken_over(plan, way, told, saved(server))


@pytest.mark.parametrize("fault", ["drop_answer", "unavailable"])
def test_a_look_whose_answer_is_lost_is_made_again(
    server: Scripted, way: Way, plan: Plan, told: Told, fault: str
) -> None:
    row = begin(plan, way)
    agree(server, row)
    server.fault(fault, "GET /(v3/vault/setup-tokens|billing_requests)/", seconds=3.5)
    assert setting_up.come_back(plan) == Came.WAITING
    unchanged(plan, told)
    MethodSetUp.objects.update(look_at=row.created_at)
    assert setting_up.look_back() == 1
    taken_over(plan, way, told, saved(server))


def test_a_plan_that_ended_meanwhile_leaves_nothing_to_charge(
    server: Scripted, way: Way, plan: Plan, told: Told
) -> None:
    row = begin(plan, way)
    changing.cancel(plan.pk, by=DONOR)
    agree(server, row)
    assert setting_up.look(row.pk).state == "overtaken"
    if isinstance(server, PayPalServer):
        assert not server.state.tokens
    else:
        assert [each["status"] for each in server.state.mandates.values()] == ["cancelled"]  # type: ignore[attr-defined]
    assert told.news == [News.CANCELLED] and broken() == []


def test_a_page_whose_plan_is_over_is_closed(server: Scripted, way: Way, plan: Plan, told: Told) -> None:
    """Nobody has agreed: a page that leads to nothing doesn't wait until it is a day old."""
    row = begin(plan, way)
    changing.cancel(plan.pk, by=DONOR)
    assert setting_up.look(row.pk).state == "left"
    assert told.news == [News.CANCELLED] and broken() == []


# ---- PayPal ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "conflict"])
def test_a_token_whose_answer_is_lost_is_asked_for_under_the_same_key(
    paypal: PayPalServer, plan: Plan, told: Told, fault: str
) -> None:
    row = begin(plan, PAYPAL)
    agree(paypal, row)
    paypal.fault(fault, PAYMENT_TOKENS, seconds=3.5)
    assert setting_up.come_back(plan) == Came.WAITING
    unchanged(plan, told)
    if paypal.state.tokens:
        tell(paypal, PAYPAL, times=2)
    else:
        setting_up.look(row.pk)
    assert len(paypal.state.tokens) == 1
    taken_over(plan, PAYPAL, told, saved(paypal))


@pytest.mark.parametrize("days", [False, True], ids=["after hours", "after days"])
def test_a_token_whose_key_is_forgotten_is_found_with_its_customer(
    paypal: PayPalServer, plan: Plan, told: Told, days: bool
) -> None:
    row = begin(plan, PAYPAL)
    agree(paypal, row)
    paypal.fault("drop_answer", PAYMENT_TOKENS)
    assert setting_up.come_back(plan) == Came.WAITING
    paypal.forget_keys()
    if days:
        paypal.forget_setup_token(token(row))
    assert setting_up.look(row.pk).state == "done"
    assert len(paypal.state.tokens) == 1
    taken_over(plan, PAYPAL, told, saved(paypal))


def test_an_account_that_paypal_refuses_is_told_of(paypal: PayPalServer, plan: Plan, told: Told) -> None:
    row = begin(plan, PAYPAL)
    agree(paypal, row)
    paypal.outcomes("PAYER_ACCOUNT_RESTRICTED")
    assert setting_up.come_back(plan) == Came.REFUSED
    assert MethodSetUp.objects.get().state == "failed"
    unchanged(plan, told)


def test_a_token_that_the_donor_took_away_at_once_is_not_charged(
    paypal: PayPalServer, plan: Plan, told: Told
) -> None:
    row = begin(plan, PAYPAL)
    agree(paypal, row)
    paypal.fault("drop_answer", PAYMENT_TOKENS)
    setting_up.come_back(plan)
    paypal.revoke(saved(paypal))
    assert setting_up.look(row.pk).state == "overtaken"
    unchanged(plan, told)


def test_one_account_may_be_saved_for_each_of_a_donors_plans(paypal: PayPalServer, plan: Plan) -> None:
    begin(plan, PAYPAL)
    (asked,) = [each.json for each in paypal.requests if each.line == "POST /v3/vault/setup-tokens"]
    wallet = asked["payment_source"]["paypal"]
    assert asked.keys() == {"payment_source"} and wallet["permit_multiple_payment_tokens"] is True
    assert wallet["experience_context"]["return_url"] == wallet["experience_context"]["cancel_url"] == BACK


# ---- GoCardless ------------------------------------------------------------------------------------------------------


def test_a_scheme_that_takes_other_money_is_refused_and_all_is_as_it_was(
    gocardless: GoCardlessServer, plan: Plan, told: Told
) -> None:
    with pytest.raises(Refused):
        begin(plan, Way("gocardless_becs", "gocardless"))
    assert MethodSetUp.objects.get().state == "left" and not gocardless.state.billing_requests
    unchanged(plan, told)


def test_a_webhook_comes_before_the_donor_and_twice(
    gocardless: GoCardlessServer, plan: Plan, told: Told
) -> None:
    row = begin(plan, BACS)
    agree(gocardless, row)
    tell(gocardless, BACS, times=2)
    taken_over(plan, BACS, told, saved(gocardless))
    assert setting_up.come_back(plan) == Came.NOTHING
    assert len(gocardless.state.mandates) == 1 and not gocardless.state.payments


def test_a_webhook_overtakes_our_own_commit(gocardless: GoCardlessServer, plan: Plan, told: Told) -> None:
    row = begin(plan, BACS)
    agree(gocardless, row)
    events = gocardless.untold()
    MethodSetUp.objects.update(state="new", gateway_id="")
    receive(gocardless, "gocardless", events)
    work()
    unchanged(plan, told)
    assert InboxMessage.objects.filter(state="parked").exists()
    MethodSetUp.objects.update(state="open", gateway_id=row.gateway_id)
    work()
    taken_over(plan, BACS, told, saved(gocardless))


def test_an_account_whose_events_bring_no_metadata_is_understood(
    gocardless: GoCardlessServer, plan: Plan, told: Told
) -> None:
    gocardless.state.resource_metadata = False
    row = begin(plan, BACS)
    agree(gocardless, row)
    tell(gocardless, BACS)
    taken_over(plan, BACS, told, saved(gocardless))


def test_a_mandate_that_failed_before_anybody_looked_is_not_charged(
    gocardless: GoCardlessServer, plan: Plan, told: Told
) -> None:
    row = begin(plan, BACS)
    agree(gocardless, row)
    gocardless.move_mandate(saved(gocardless), "failed")
    tell(gocardless, BACS)
    assert MethodSetUp.objects.get(pk=row.pk).state == "overtaken"
    unchanged(plan, told)


def test_a_mandate_that_fails_later_asks_the_donor_again(
    gocardless: GoCardlessServer, plan: Plan, told: Told
) -> None:
    row = begin(plan, BACS)
    agree(gocardless, row)
    tell(gocardless, BACS)
    gocardless.move_mandate(saved(gocardless), "failed")
    tell(gocardless, BACS, times=2)
    now = Plan.objects.get(pk=plan.pk)
    assert (now.saved_method, now.method_usable) == (saved(gocardless), False)
    assert told.news == [News.METHOD_CHANGED, News.METHOD_UNUSABLE]
    second = begin(plan, BACS)
    agree(gocardless, second)
    assert setting_up.come_back(plan) == Came.SAVED
    assert Plan.objects.get(pk=plan.pk).method_usable


def test_an_old_mandate_is_cancelled_once_the_new_one_holds_and_not_before(
    charity: Charity, gocardless: GoCardlessServer, told: Told
) -> None:
    gocardless_walk.agreed(charity, gocardless, every=1)
    gocardless.confirm(gocardless_walk.payment(gocardless))
    gocardless_walk.tell(gocardless)
    plan = Plan.objects.get()
    told.news.clear()
    old = plan.saved_method
    row = begin(plan, BACS)
    setting_up.come_back(plan)
    assert gocardless.state.mandates[old]["status"] == "pending_submission"
    agree(gocardless, row)
    assert gocardless.state.mandates[old]["status"] == "pending_submission"
    gocardless.fault("drop_request", f"POST /mandates/{old}/actions/cancel")
    assert setting_up.come_back(plan) == Came.SAVED
    new = Plan.objects.get().saved_method
    assert (new, gocardless.state.mandates[old]["status"]) == (saved(gocardless), "pending_submission")
    assert told.news == [], "told once the old one is forgotten"
    work_off(OldMethod.objects.get())
    assert [gocardless.state.mandates[each]["status"] for each in (old, new)] == [
        "cancelled", "pending_submission",
    ]  # fmt: skip
    assert told.news == [News.METHOD_CHANGED]
    tell(gocardless, BACS)
    assert Plan.objects.get().method_usable and broken() == []


def work_off(old: OldMethod) -> None:
    forgetting.deliver({"old_method": old.pk})
