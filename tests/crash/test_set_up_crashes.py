"""A donor saves another card without paying, and whoever sees to it is killed at every labelled point."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp
from almoner.donors.paying import Way
from almoner.giving import demo
from almoner.giving.models import DonationForm
from almoner.giving.tests import plans
from almoner.kernel.crashpoint import LABELS
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.plans.models import OldMethod, Plan
from tests.crash.drill import at_site, die, prove_all, sandbox_of, work
from tests.crash.test_agreed_crashes import There, there
from tests.support.server import Site

pytestmark = pytest.mark.crash

__all__ = ["there"]

OF_BEGINNING = ("set-up.before-call", "set-up.after-call")
OF_LOOKING = ("set-up.after-retrieve", "set-up.after-change")
OF_AGREED = ("set-up.after-retrieve", "set-up.after-finish", "set-up.after-change")
OF_CLOSING = ("set-up.after-cancel",)

BEGIN = (
    "from almoner.donors import setting_up; from almoner.donors.paying import Way; "
    "setting_up.begin('{plan}', Way('sandbox_hosted', 'sandbox'), return_url='/', language='en')"
)
LOOK = "from almoner.donors import setting_up; setting_up.look('{set_up}')"


@pytest.fixture
def site(new_server: Callable[..., Site]) -> Site:
    demo.seed()
    return new_server(started=False)


def begun(site: Site) -> Plan:
    with at_site(site):
        return plans.begun(DonationForm.objects.get())


def begin_again(site: Site, plan: Plan) -> MethodSetUp:
    """The donor presses the button (once more), and agrees."""
    with at_site(site):
        setting_up.begin(plan.pk, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
    row = MethodSetUp.objects.get(state="open")
    sandbox_of(site).decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    return row


def hold_to_account(site: Site, plan: Plan, row: MethodSetUp) -> None:
    saved = sandbox_of(site).retrieve_set_up(row.gateway_id).saved
    assert saved is not None and saved.usable
    old, plan = plan.saved_method, Plan.objects.get(pk=plan.pk)
    assert (plan.saved_method, plan.method_label) == (saved.token, saved.label)
    assert not sandbox_of(site).retrieve_method(old).usable
    assert OldMethod.objects.get().done_at is not None
    assert MethodSetUp.objects.get(pk=row.pk).state == "done"
    prove_all(site)


def test_every_point_of_a_set_up_is_here() -> None:
    assert {each for each in LABELS if each.startswith("set-up.")} == {
        *OF_BEGINNING, *OF_LOOKING, *OF_AGREED, *OF_CLOSING,
    }  # fmt: skip


@pytest.mark.parametrize("label", OF_BEGINNING)
def test_the_server_dies_while_a_set_up_begins(site: Site, label: str) -> None:
    plan = begun(site)
    die(site, label, BEGIN.format(plan=plan.pk))
    assert MethodSetUp.objects.get().state == "new"
    assert Plan.objects.get().saved_method == plan.saved_method
    row = begin_again(site, plan)
    with at_site(site):
        setting_up.look(row.pk)
    work(site)
    hold_to_account(site, plan, row)


@pytest.mark.parametrize("label", OF_LOOKING)
def test_whoever_looks_at_it_dies(site: Site, label: str) -> None:
    plan = begun(site)
    row = begin_again(site, plan)
    die(site, label, LOOK.format(set_up=row.pk))
    # The plan's change and the row's end are one commit.
    over = label == "set-up.after-change"
    assert MethodSetUp.objects.get().state == ("done" if over else "open")
    MethodSetUp.objects.filter(state="open").update(look_at=row.created_at)
    with at_site(site):
        assert setting_up.look_back() == (0 if over else 1)
        assert setting_up.look_back() == 0
    work(site)
    hold_to_account(site, plan, row)


@pytest.mark.parametrize("label", OF_CLOSING)
def test_whoever_closes_a_page_that_nobody_came_back_from_dies(site: Site, label: str) -> None:
    plan = begun(site)
    with at_site(site):
        setting_up.begin(plan.pk, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
    row = MethodSetUp.objects.get()
    MethodSetUp.objects.update(created_at=row.created_at - timedelta(hours=25), look_at=row.created_at)
    die(site, label, LOOK.format(set_up=row.pk))
    assert MethodSetUp.objects.get().state == "open"
    sandbox_of(site).decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    with at_site(site):
        assert setting_up.look_back() == 1
    assert (MethodSetUp.objects.get().state, Plan.objects.get().saved_method) == ("left", plan.saved_method)
    assert sandbox_of(site).retrieve_method(plan.saved_method).usable
    prove_all(site)


@pytest.mark.parametrize("label", OF_AGREED)
def test_whoever_looks_at_what_was_agreed_to_at_paypal_or_gocardless_dies(there: There, label: str) -> None:
    """One token at the gateway, however often it was asked for."""
    if there.code == "gocardless" and label == "set-up.after-finish":
        pytest.skip("GoCardless makes the mandate itself, when the donor agrees")
    method = "paypal" if there.code == "paypal" else "gocardless_bacs"
    with at_site(there.site):
        plan = plans.begun(DonationForm.objects.get(), currency="GBP")
        setting_up.begin(plan.pk, Way(method, there.code), return_url="https://x.example/", language="en")
    row = MethodSetUp.objects.get()
    there.agree_to_save(row.gateway_id)
    die(there.site, label, LOOK.format(set_up=row.pk))
    MethodSetUp.objects.filter(state="open").update(look_at=row.created_at)
    with at_site(there.site):
        assert setting_up.look_back() == (0 if label == "set-up.after-change" else 1)
    work(there.site)
    (token,) = there.saved()
    now = Plan.objects.get()
    assert (now.gateway, now.saved_method, now.method_usable) == (there.code, token, True)
    assert not sandbox_of(there.site).retrieve_method(plan.saved_method).usable
    assert (MethodSetUp.objects.get().token, OldMethod.objects.get().done_at is not None) == (token, True)
    prove_all(there.site)
