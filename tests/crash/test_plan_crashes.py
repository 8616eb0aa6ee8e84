"""Workers, donors and staff killed by SIGKILL at every labelled point of a plan's life.

Each drill dies once; then two workers at once take over. In the end no period is lost and none charged twice, by the
gateway's own books, and `almoner prove` holds.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from almoner.giving import actions, demo
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests import plans
from almoner.kernel.crashpoint import LABELS
from almoner.outbox.queue import Retry
from almoner.payments.gateways.sandbox.gateway import Outcome
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.forgetting import deliver
from almoner.plans.hooks import hooks
from almoner.plans.models import OldMethod, Period, Plan
from almoner.plans.progress import DONOR
from tests.crash.drill import KILLED, armed, at_site, die, prove_all, sandbox_of, time_passes, work
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
OF_THE_BEGINNING = tuple(
    label for label in LABELS if label.partition(".")[0] in ("submit", "create", "confirm", "settle")
)
OF_BEGUN = ("plan.begun",)
OF_RENEWALS = tuple(label for label in LABELS if label.startswith("renew."))
OF_RETRIES = tuple(label for label in LABELS if label.startswith("retry."))
OF_PAUSES = ("plan.before-change", "plan.after-change")
OF_METHODS = ("plan.before-method", "plan.after-method")
OF_CANCELLING = ("plan.before-cancel", "plan.after-cancel", "plan.after-forget")

CHARGE = "from almoner.giving import actions; actions.charge_due(in_flight=2)"
BEGIN = (
    "from almoner.giving.models import DonationForm; from almoner.giving.tests import plans; from uuid import UUID; "
    "plans.begun(DonationForm.objects.get(), gift_id=UUID('{gift}'))"
)
CHANGE = "from almoner.plans import changing; from almoner.plans.progress import DONOR; changing.{act}"
METHOD = (
    "from almoner.payments import gateways; from almoner.plans import changing; "
    "from almoner.plans.progress import DONOR; changing.change_method('{plan}', by=DONOR, gateway='sandbox', "
    "account='sandbox', method='sandbox_card', saved=gateways.sandbox().retrieve_method('{token}'))"
)


@pytest.fixture
def site(new_server: NewServer) -> Site:
    """The demonstration's charity; no server runs, for workers are what dies here."""
    demo.seed()
    return new_server(started=False)


def begun(site: Site, count: int = 1) -> list[Plan]:
    form = DonationForm.objects.get()
    with at_site(site):
        return [plans.begun(form) for _ in range(count)]


def month_passes(site: Site, *plans: Plan, to: str = "next_at") -> None:
    """Until the last of them is due: midnight, where the charity is, may have passed while they began."""
    with at_site(site):
        moment = max(getattr(plan, to) for plan in plans)
        sandbox_of(site).store.move_clock(moment - hooks.clock("sandbox") + timedelta(hours=1))


def two_workers(site: Site) -> None:
    """What was left open is looked at, and two workers charge at once."""
    time_passes()
    both = [site.start("manage", "shell", "-c", CHARGE) for _ in range(2)]
    for worker in both:
        assert worker.wait(timeout_seconds=120) == 0, worker.output
    work(site)
    with at_site(site):
        actions.charge_due(in_flight=2)


def charges(site: Site) -> Counter[tuple[uuid.UUID, object]]:
    """(plan, period) -> how often the gateway took money for it."""
    owner = {str(pk): gift_id for pk, gift_id in Attempt.objects.values_list("pk", "gift_id")}
    period = {pk: (plan_id, on) for pk, plan_id, on in Gift.objects.values_list("pk", "plan_id", "period_on")}
    taken = [charge for charge in sandbox_of(site).store.charges() if charge.state == "succeeded"]
    return Counter(period[owner[charge.key]] for charge in taken)


def hold_to_account(site: Site, given: int) -> None:
    """Every plan has so many gifts, each charged once."""
    assert set(charges(site).values()) <= {1}, "a period was charged twice"
    for plan in Plan.objects.all():
        assert plan.given_count == sum(1 for plan_id, _ in charges(site) if plan_id == plan.pk) == given
    prove_all(site)


@pytest.mark.parametrize("label", OF_RENEWALS)
def test_a_worker_dies_while_it_charges(site: Site, label: str) -> None:
    three = begun(site, 3)
    month_passes(site, *three)
    die(site, label, CHARGE)
    two_workers(site)
    hold_to_account(site, given=2)
    assert set(Plan.objects.values_list("state", flat=True)) == {"active"}


@pytest.mark.parametrize("label", (*OF_RENEWALS, *OF_RETRIES))
def test_a_worker_dies_while_it_tries_again(site: Site, label: str) -> None:
    (plan,) = begun(site)
    sandbox_of(site).decide_next(plan.saved_method, Outcome.INSUFFICIENT_FUNDS)
    month_passes(site, plan)
    with at_site(site):
        actions.charge_due(in_flight=1)
    plan.refresh_from_db()
    assert plan.state == "retrying"
    sandbox_of(site).decide_next(plan.saved_method, Outcome.SUCCESS)
    month_passes(site, plan, to="retry_at")
    die(site, label, CHARGE)
    two_workers(site)
    hold_to_account(site, given=2)
    plan.refresh_from_db()
    assert (plan.state, plan.declines, plan.retry_at) == ("active", 0, None)
    assert Attempt.objects.filter(gift_id=Period.objects.latest("on").gift_id).count() == 2


@pytest.mark.parametrize("label", (*OF_THE_BEGINNING, *OF_BEGUN))
def test_the_server_dies_while_a_plan_begins(site: Site, label: str) -> None:
    gift_id = uuid.uuid4()
    die(site, label, BEGIN.format(gift=gift_id))
    two_workers(site)
    if not Gift.objects.exists():
        assert not Plan.objects.exists()
        begin_again(site, gift_id, ordinal=1)
    elif Gift.objects.get().status == "failed":
        assert Plan.objects.get().state == "starting"
        begin_again(site, gift_id, ordinal=2)
    plan = Plan.objects.get()
    assert (plan.state, Gift.objects.get().status) == ("active", "settled")
    assert plan.saved_method
    hold_to_account(site, given=1)


def begin_again(site: Site, gift_id: uuid.UUID, *, ordinal: int) -> None:
    """The donor sends the same page once more."""
    with at_site(site):
        plans.begun(DonationForm.objects.get(), gift_id=gift_id, ordinal=ordinal)


@pytest.mark.parametrize("label", OF_CANCELLING)
def test_a_plan_is_cancelled_and_somebody_dies(site: Site, label: str) -> None:
    (plan,) = begun(site)
    due = plan.next_at
    assert due is not None
    die(site, label, CHANGE.format(act=f"cancel('{plan.pk}', by=DONOR, reason='money')"))
    plan.refresh_from_db()
    assert plan.state == ("active" if label == "plan.before-cancel" else "cancelled")
    assert OldMethod.objects.filter(done_at__isnull=False).count() == 0
    with at_site(site):
        changing.cancel(plan.pk, by=DONOR)
    work(site)
    assert not sandbox_of(site).retrieve_method(plan.saved_method).usable
    assert OldMethod.objects.get().done_at is not None
    sandbox_of(site).store.move_clock(timedelta(days=40))
    two_workers(site)
    hold_to_account(site, given=1)


@pytest.mark.parametrize("label", OF_METHODS)
def test_a_method_is_replaced_and_somebody_dies(site: Site, label: str) -> None:
    plan, other = begun(site, 2)
    token = other.saved_method
    with at_site(site):
        changing.change_end(other.pk, by=DONOR, ends_after=1)
    code = METHOD.format(plan=plan.pk, token=token)
    die(site, label, code)
    with at_site(site):
        saved = sandbox_of(site).retrieve_method(token)
        changing.change_method(
            plan.pk, by=DONOR, gateway="sandbox", account="sandbox", method="sandbox_card", saved=saved
        )
    work(site)
    assert not sandbox_of(site).retrieve_method(plan.saved_method).usable, "the old one"
    assert sandbox_of(site).retrieve_method(token).usable
    assert OldMethod.objects.get().done_at is not None
    month_passes(site, plan)
    two_workers(site)
    plan.refresh_from_db()
    assert (plan.given_count, plan.saved_method) == (2, token)
    prove_all(site)


@pytest.mark.parametrize("label", OF_PAUSES)
def test_a_plan_is_paused_and_somebody_dies(site: Site, label: str) -> None:
    (plan,) = begun(site)
    die(site, label, CHANGE.format(act=f"pause('{plan.pk}', by=DONOR)"))
    with at_site(site):
        changing.pause(plan.pk, by=DONOR)
    assert plan.events.filter(name="paused").count() == 1
    sandbox_of(site).store.move_clock(timedelta(days=40))
    two_workers(site)
    hold_to_account(site, given=1)


def test_a_cancel_meets_a_charge_that_is_under_way(site: Site) -> None:
    """The charge ends as it ends, none goes out after it, and only then is the method forgotten."""
    (plan,) = begun(site)
    month_passes(site, plan)
    die(site, "renew.after-confirm", CHARGE)
    with at_site(site):
        changing.cancel(plan.pk, by=DONOR)
    old = OldMethod.objects.get()
    assert old.done_at is None, "its charge is under way"
    with at_site(site), pytest.raises(Retry):
        deliver({"old_method": old.pk})
    two_workers(site)
    time_passes()
    work(site)
    assert OldMethod.objects.get().done_at is not None
    hold_to_account(site, given=2)
    assert Plan.objects.get().state == "cancelled"


def test_two_workers_share_what_is_due(site: Site) -> None:
    many = begun(site, 20)
    month_passes(site, *many)
    workers = [site.start("manage", "shell", "-c", CHARGE) for _ in range(3)]
    for worker in workers:
        assert worker.wait(timeout_seconds=120) == 0, worker.output
    hold_to_account(site, given=2)


def test_the_worker_itself_charges_when_a_month_was_let_pass(site: Site) -> None:
    (plan,) = begun(site)
    month_passes(site, plan)
    worker = site.start("worker")
    wait_until(lambda: Plan.objects.get().given_count == 2, says=lambda: worker.output)
    assert worker.stop() == 0
    hold_to_account(site, given=2)


def test_a_worker_that_is_armed_and_has_nothing_to_do_lives(site: Site) -> None:
    """The drills above would notice nothing if a point were never reached."""
    begun(site)
    idle = site.start("manage", "shell", "-c", CHARGE, **armed("renew.before-commit"))
    assert idle.wait() == 0 != KILLED
