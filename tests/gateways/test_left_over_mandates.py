"""A gift given once leaves no mandate behind: when its debit is over, the mandate is cancelled at GoCardless, unless a
plan is charged to it."""

from datetime import timedelta

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.charities.sealed import columns
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.payments.models import Attempt
from almoner.plans.models import Plan
from tests.gateways.gocardless_walk import agreed, agrees, give, payment, tell
from tests.gateways.walk import state
from tests.support.gateways.gocardless_server import GoCardlessServer

pytestmark = pytest.mark.django_db

CANCEL = "POST /mandates/.*/cancel$"


def mandate(server: GoCardlessServer) -> str:
    (found,) = server.state.mandates.values()
    return str(found["status"])


def asked(server: GoCardlessServer) -> int:
    return sum("/mandates/" in each.path and each.method == "POST" for each in server.requests)


@pytest.mark.parametrize("method", ["gocardless_bacs", "gocardless_becs", "gocardless_sepa"])
def test_it_stands_until_the_debit_is_settled(
    charity: Charity, gocardless: GoCardlessServer, method: str
) -> None:
    agreed(charity, gocardless, method=method)
    gocardless.move(payment(gocardless), "submitted")
    tell(gocardless)
    drain(HANDLERS)
    assert (mandate(gocardless), state()) == ("pending_submission", ("processing", "processing"))
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    assert mandate(gocardless) == "pending_submission", "nothing is asked of it inside the transaction"
    drain(HANDLERS)
    tell(gocardless)
    drain(HANDLERS)
    assert (mandate(gocardless), state(), asked(gocardless)) == ("cancelled", ("settled", "succeeded"), 1)
    agrees(gocardless, Attempt.objects.get().currency)


def test_it_goes_when_the_debit_fails(charity: Charity, gocardless: GoCardlessServer) -> None:
    agreed(charity, gocardless)
    gocardless.fail(payment(gocardless))
    tell(gocardless)
    drain(HANDLERS)
    assert (mandate(gocardless), state()) == ("cancelled", ("failed", "failed"))
    agrees(gocardless)


def test_a_late_failure_and_a_second_telling_ask_once(charity: Charity, gocardless: GoCardlessServer) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    drain(HANDLERS)
    gocardless.fail(payment(gocardless))
    tell(gocardless)
    drain(HANDLERS)
    assert (mandate(gocardless), state(), asked(gocardless)) == ("cancelled", ("returned", "returned"), 1)
    agrees(gocardless)


@pytest.mark.parametrize(
    "fault", ["drop_request", "drop_answer", "stall_answer", "error_before", "error_after", "busy"]
)
def test_an_answer_that_is_lost_is_asked_for_again(
    charity: Charity, gocardless: GoCardlessServer, fault: str
) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    gocardless.fault(fault, CANCEL)
    drain(HANDLERS)
    left = Job.objects.get(dedupe_key__startswith="left over:")
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        drain(HANDLERS)
        left.refresh_from_db()
    assert (mandate(gocardless), left.state, state()) == ("cancelled", "done", ("settled", "succeeded"))
    agrees(gocardless)


def test_one_that_the_donor_cancelled_first_is_no_trouble(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    agreed(charity, gocardless)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    gocardless.move_mandate(next(iter(gocardless.state.mandates)), "cancelled")
    drain(HANDLERS)
    assert Job.objects.get(dedupe_key__startswith="left over:").state == "done"


def test_a_plan_keeps_its_mandate(charity: Charity, gocardless: GoCardlessServer) -> None:
    agreed(charity, gocardless, every=1)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    drain(HANDLERS)
    assert (mandate(gocardless), Plan.objects.get().state) == ("pending_submission", "active")
    assert not Job.objects.filter(dedupe_key__startswith="left over:").exists()


def test_one_that_a_plan_is_charged_to_meanwhile_is_kept(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    attempt = give(charity)
    gocardless.agree(str(attempt.gateway_id))
    actions.look(attempt.pk)
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    single = next(iter(gocardless.state.mandates))
    agreed(charity, gocardless, every=1)
    plan = Plan.objects.get()
    Plan.objects.update(**columns(plan, {"saved_method": single}))
    drain(HANDLERS)
    assert gocardless.state.mandates[single]["status"] == "pending_submission"
    assert Job.objects.get(dedupe_key__startswith="left over:").state == "done"
