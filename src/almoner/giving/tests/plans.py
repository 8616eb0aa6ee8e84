"""A plan begun as a donor begins one, and time that passes for it."""

import uuid
from datetime import timedelta
from typing import Any

from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import DonationForm, Gift
from almoner.kernel.references import new_public_key
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.supporters.people import Details

ADA = Details(given_name="Ada", family_name="Nguyễn", email="ada@example.org")


def intent(form: DonationForm, **changes: Any) -> actions.Intent:
    """A monthly gift of 25.00 from a card that pays."""
    fund = form.charity.funds.get(is_default=True)
    values: dict[str, Any] = {
        "gift_id": uuid.uuid4(), "public_key": new_public_key(), "ordinal": 1, "charity_id": form.charity_id,
        "form_id": form.pk, "fund_id": fund.pk, "fund_code": fund.code, "details": ADA, "amount_minor": 2500,
        "cover_minor": 0, "currency": "AUD", "gateway": "sandbox", "method": "sandbox_card", "digest": "x",
        "language": "en", "description": "Lamp", "return_url": "/back/", "input": {"sandbox_outcome": "success"},
        "every": 1,
    }  # fmt: skip
    return actions.Intent(**(values | changes))


def begun(form: DonationForm, **changes: Any) -> Plan:
    asked = intent(form, **changes)
    actions.submit(asked)
    return Plan.objects.get(pk=asked.plan_id)


def run_on(sandbox: Sandbox, plan: Plan, *, to: str = "next_at", in_flight: int = 1) -> None:
    """Turn the sandbox's clock to what the plan waits for, and charge what is due then."""
    moment = getattr(plan, to)
    assert moment is not None
    sandbox.store.move_clock(moment - hooks.clock("sandbox") + timedelta(minutes=1))
    charge_due(in_flight=in_flight)
    plan.refresh_from_db()


def next_time(sandbox: Sandbox, plan: Plan, outcome: Outcome) -> None:
    sandbox.decide_next(plan.saved_method, outcome)


def periods(plan: Plan) -> list[str]:
    return list(Period.objects.filter(plan=plan).order_by("on").values_list("state", flat=True))


def events(plan: Plan) -> list[str]:
    return list(PlanEvent.objects.filter(plan=plan).order_by("id").values_list("name", flat=True))


def gifts(plan: Plan) -> list[Gift]:
    return list(Gift.objects.filter(plan=plan).order_by("period_on"))
