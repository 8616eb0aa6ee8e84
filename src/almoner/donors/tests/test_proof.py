"""`almoner prove` finds a debit that no mail announced, and a mail that nobody will send."""

from collections.abc import Callable
from datetime import timedelta

from almoner.charities.sealed import columns
from almoner.donors import proof, setting_up
from almoner.donors.models import MethodSetUp, PlanMail
from almoner.donors.paying import Way
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import begun, run_on
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.plans import changing
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR

Work = Callable[[], int]


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in proof.checks()}
    return {name: rows for name, rows in found.items() if rows}


def test_a_debit_that_no_mail_announced_is_named(form: DonationForm, sandbox: Sandbox, work: Work) -> None:
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    run_on(sandbox, plan)
    work()
    period = Period.objects.get(plan=plan, notice_sent_at__isnull=False)
    assert broken() == {}
    PlanMail.objects.filter(kind=PlanMail.Kind.NOTICE).update(state="bounced")
    assert broken() == {}
    PlanMail.objects.filter(kind=PlanMail.Kind.NOTICE).update(sent_at=None)
    assert broken() == {"debits announced": [f"plan {plan.pk}: {period.on}"]}


def test_a_saved_card_that_pays_for_two_plans_is_named(
    form: DonationForm, plan: Plan, sandbox: Sandbox
) -> None:
    setting_up.begin(plan.pk, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
    row = MethodSetUp.objects.get()
    sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    saved = setting_up.look(row.pk).token
    other = begun(form)
    assert broken() == {}
    Plan.objects.filter(pk=other.pk).update(**columns(other, {"saved_method": saved}))
    assert broken() == {"methods used once": [f"plan {plan.pk}"]}


def test_a_mail_that_nobody_will_send_is_named(plan: Plan) -> None:
    changing.pause(plan.pk, by=DONOR)
    mail = PlanMail.objects.latest("pk")
    PlanMail.objects.filter(pk=mail.pk).update(created_at=now() - timedelta(hours=2))
    assert broken() == {}
    Job.objects.filter(kind="donors.plan", state="ready").update(state="done", finished_at=now())
    assert broken() == {"plan mails": [f"mail {mail.key}"]}
