"""Regular gifts: read, paused, resumed, skipped, changed and cancelled. Their donors are told of each change."""

import uuid
from collections.abc import Callable
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router

from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.paging import Cursor, Limit, Page, moment, page_of
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.api.shapes import PlanOut
from almoner.api.taking import CancelIn, PauseIn, PlanAmountIn, SkipIn
from almoner.kernel.references import normalise_reference, valid_reference
from almoner.payments import gateways
from almoner.plans import changing
from almoner.plans.changing import NotChangeable
from almoner.plans.models import Plan
from almoner.plans.progress import Actor, Moved
from almoner.plans.transitions import PlanState

router = Router(tags=["plans"])
_OUTCOMES: Final = {200: PlanOut, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody}
_REFUSED: Final = {
    "ended": "It has ended, and nothing of it changes any more.",
    "starting": "Its first gift is not paid yet.",
    "past": "This day is past, or its gift is being charged already.",
    "no_next": "That is not the day of its next gift.",
    "no_method": "Nothing is saved that could be charged: its donor has to give a way to pay first.",
    "amount": "It must be more than nothing.",
}


@router.get("", **takes(Scope.PLANS_READ), response=Page[PlanOut], operation_id="list_plans")
def listing(
    request: HttpRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    state: Annotated[PlanState | None, Query(description="Only these.")] = None,
) -> Page[PlanOut]:
    """The newest first."""
    caller = caller_of(request)
    plans = Plan.objects.filter(charity=caller.charity).select_related("fund", "contact")
    if state is not None:
        plans = plans.filter(state=state)
    found, after = page_of(plans, by={"created_at": moment, "id": uuid.UUID}, cursor=cursor, limit=limit)
    return Page[PlanOut](items=[_shown(plan, caller) for plan in found], next=after)


@router.get(
    "/{reference}",
    **takes(Scope.PLANS_READ),
    response={200: PlanOut, 404: ProblemBody},
    operation_id="get_plan",
)
def one(request: HttpRequest, reference: str) -> PlanOut:
    caller = caller_of(request)
    return _shown(_find(caller, reference), caller)


@router.post("/{reference}/pause", **takes(Scope.PLANS_WRITE), response=_OUTCOMES, operation_id="pause_plan")
def pause(request: HttpRequest, reference: str, sent: PauseIn, key: Key) -> Outcome:
    return _do(request, reference, key, lambda plan, by: changing.pause(plan.pk, by=by, until=sent.until))


@router.post(
    "/{reference}/resume", **takes(Scope.PLANS_WRITE), response=_OUTCOMES, operation_id="resume_plan"
)
def resume(request: HttpRequest, reference: str, key: Key) -> Outcome:
    return _do(request, reference, key, lambda plan, by: changing.resume(plan.pk, by=by))


@router.post("/{reference}/skip", **takes(Scope.PLANS_WRITE), response=_OUTCOMES, operation_id="skip_gift")
def skip(request: HttpRequest, reference: str, sent: SkipIn, key: Key) -> Outcome:
    return _do(request, reference, key, lambda plan, by: changing.skip(plan.pk, by=by, on=sent.on))


@router.post(
    "/{reference}/cancel", **takes(Scope.PLANS_WRITE), response=_OUTCOMES, operation_id="cancel_plan"
)
def cancel(request: HttpRequest, reference: str, sent: CancelIn, key: Key) -> Outcome:
    """For good. What was saved is forgotten at the gateway."""
    return _do(request, reference, key, lambda plan, by: changing.cancel(plan.pk, by=by, reason=sent.reason))


@router.post(
    "/{reference}/amount",
    **takes(Scope.PLANS_WRITE),
    response=_OUTCOMES,
    operation_id="change_plan_amount",
)
def amount(request: HttpRequest, reference: str, sent: PlanAmountIn, key: Key) -> Outcome:
    """From the next gift on, in the plan's own currency."""

    def change(plan: Plan, by: Actor) -> Plan:
        step_minor = gateways.step_minor(plan.method, plan.currency)
        if sent.amount_minor % step_minor:
            raise Problem(422, "step", f"amount_minor: its way of paying takes multiples of {step_minor}.")
        least_minor = gateways.least_minor(plan.method, plan.currency)
        if sent.amount_minor < least_minor:
            raise Problem(422, "least", f"amount_minor: its way of paying takes no less than {least_minor}.")
        cover_minor = changing.cover_for(plan, sent.amount_minor)
        return changing.change_amount(plan.pk, by=by, amount_minor=sent.amount_minor, cover_minor=cover_minor)

    return _do(request, reference, key, change)


def _do(request: HttpRequest, reference: str, key: str, change: Callable[[Plan, Actor], object]) -> Outcome:
    caller = caller_of(request)
    plan = _find(caller, reference)

    def act(_: uuid.UUID) -> PlanOut:
        try:
            change(plan, Actor.of_staff(caller.actor))
        except NotChangeable as refusal:
            raise Problem(422, refusal.code, _REFUSED[refusal.code]) from None
        except Moved:
            raise Problem(
                409, "moved", "It changed just now. Read it, and call again with a new key."
            ) from None
        return _shown(_find(caller, reference), caller)

    return once(request, key, act, status=200)


def _find(caller: Caller, reference: str) -> Plan:
    if not valid_reference(reference):
        raise not_found()
    plans = Plan.objects.filter(charity=caller.charity, reference=normalise_reference(reference))
    plan = plans.select_related("fund", "contact").first()
    if plan is None:
        raise not_found()
    return plan


def _shown(plan: Plan, caller: Caller) -> PlanOut:
    return PlanOut.of(plan, people=caller.may(Scope.SUPPORTERS_READ))
