"""Saving a new card or account for a regular gift without paying now, on the gateway's own page.

The row stands before the gateway is asked, and the plan changes only once the gateway says what was saved. Coming back
proves nothing: the donor's return and the sweep ask the same question, and either may be first, or alone.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import transaction

from almoner.donors.models import MethodSetUp
from almoner.donors.paying import NotPayable, Way
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways
from almoner.payments.gateways.port import (
    GatewayError,
    Payer,
    Refused,
    SavedMethod,
    SetsUp,
    SetUpOrder,
    Status,
)
from almoner.plans import changing
from almoner.plans.changing import NotChangeable
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR, lock
from almoner.plans.transitions import LIVING_STATES, PlanState

State = MethodSetUp.State

_LOOK_AGAIN: Final = timedelta(minutes=10)
# Without an answer nobody was sent to the gateway's page, and there is nothing to wait for.
_UNANSWERED: Final = timedelta(hours=1)
# The longest that a gateway's page lives is a day: one that still can't be told of then never will be.
_GIVEN_UP: Final = timedelta(days=7)
_OF_PLAN_IN_A_DAY: Final = 10


class TooMany(Exception):
    """This plan had as many set-ups in a day as anybody needs who isn't trying out cards."""


def ways_to_set_up(plan: Plan, ways: Sequence[Way]) -> Sequence[Way]:
    """Those of `ways` with which a method can be saved without a payment."""
    if plan.state not in LIVING_STATES or plan.state == PlanState.STARTING:
        return ()
    return [way for way in ways if _sets_up(way)]


def begin(plan_id: uuid.UUID, way: Way, *, return_url: str, language: str) -> str:
    """The address of the gateway's page. Raises `NotPayable` for a plan that is over, `TooMany`, and `GatewayError`."""
    gateway, at = gateways.gateway(way.gateway), now()
    if not isinstance(gateway, SetsUp):
        raise NotPayable
    with transaction.atomic():
        plan = lock(plan_id)
        if plan.state not in LIVING_STATES or plan.state == PlanState.STARTING:
            raise NotPayable
        if (
            MethodSetUp.objects.filter(plan=plan, created_at__gt=at - timedelta(days=1)).count()
            >= _OF_PLAN_IN_A_DAY
        ):
            raise TooMany
        row = MethodSetUp.objects.create(
            plan=plan,
            gateway=way.gateway,
            account=gateway.account,
            method=way.method,
            created_at=at,
            look_at=at + _LOOK_AGAIN,
        )
        order = _order(row, plan, return_url=return_url, language=language)
    crash_point("set-up.before-call")
    try:
        answer = gateway.set_up(order)
    except Refused:
        _end(row, State.LEFT)
        raise
    crash_point("set-up.after-call")
    MethodSetUp.objects.filter(pk=row.pk, state=State.NEW).update(
        state=State.OPEN, gateway_id=answer.gateway_id
    )
    if answer.next_action is None:
        raise NotPayable
    return answer.next_action.url


def look(set_up_id: uuid.UUID) -> MethodSetUp:
    """Ask the gateway what became of it, and let the plan follow. Harmless to repeat. Raises `GatewayError`
    and `GatewayUnknown`."""
    row = MethodSetUp.objects.get(pk=set_up_id)
    if row.state != State.OPEN:
        return row
    gateway = gateways.gateway(row.gateway, row.account)
    if not isinstance(gateway, SetsUp):
        return row
    answer = gateway.retrieve_set_up(row.gateway_id)
    crash_point("set-up.after-retrieve")
    if answer.status == Status.CANCELLED:
        _end(row, State.LEFT)
    elif answer.status == Status.SUCCEEDED and answer.saved is not None:
        _follow(row, answer.saved)
    return row


def look_back(limit: int = 50) -> int:
    """Those whose donor never came back; returns how many are over now."""
    at, over = now(), 0
    MethodSetUp.objects.filter(state=State.NEW, created_at__lt=at - _UNANSWERED).update(
        state=State.LEFT, look_at=None, ended_at=at
    )
    MethodSetUp.objects.filter(state=State.OPEN, created_at__lt=at - _GIVEN_UP).update(
        state=State.LEFT, look_at=None, ended_at=at
    )
    due = MethodSetUp.objects.filter(state=State.OPEN, look_at__lte=at).order_by("look_at")
    for set_up_id in list(due.values_list("pk", flat=True)[:limit]):
        MethodSetUp.objects.filter(pk=set_up_id, state=State.OPEN).update(look_at=at + _LOOK_AGAIN)
        # If the gateway can't say now, it is asked again.
        with suppress(GatewayError, gateways.GatewayUnknown):
            over += look(set_up_id).state != State.OPEN
    return over


def open_of(plan: Plan) -> Sequence[uuid.UUID]:
    """Up to three set-ups of this plan whose donor may be coming back, the oldest first: so the newest one stays."""
    found = MethodSetUp.objects.filter(plan=plan, state=State.OPEN).order_by("-created_at")
    return list(found.values_list("pk", flat=True)[:3])[::-1]


def _follow(row: MethodSetUp, saved: SavedMethod) -> None:
    """The plan takes what was saved, in the transaction that ends the row: of several who look, one does it. What was
    forgotten already, in favour of a newer one, isn’t usable, and never comes back in its place."""
    if not saved.usable:
        _end(row, State.OVERTAKEN)
        return
    try:
        changing.change_method(
            row.plan_id, by=DONOR, gateway=row.gateway, account=row.account, method=row.method, saved=saved,
            taking=lambda: _end(row, State.DONE),
        )  # fmt: skip
    except NotChangeable:
        # The plan is over, and nobody may charge what was saved for it.
        gateways.gateway(row.gateway, row.account).forget_method(saved.token)
        _end(row, State.OVERTAKEN)
        return
    crash_point("set-up.after-change")


def _end(row: MethodSetUp, state: State) -> bool:
    """False when somebody else has ended it."""
    at = now()
    ended = MethodSetUp.objects.filter(pk=row.pk, state__in=(State.NEW, State.OPEN)).update(
        state=state, look_at=None, ended_at=at
    )
    if ended:
        row.state, row.look_at, row.ended_at = state, None, at
    return bool(ended)


def _sets_up(way: Way) -> bool:
    gateway = gateways.gateway(way.gateway)
    methods = gateway.capabilities().methods
    return isinstance(gateway, SetsUp) and any(each.code == way.method and each.sets_up for each in methods)


def _order(row: MethodSetUp, plan: Plan, *, return_url: str, language: str) -> SetUpOrder:
    same = (plan.gateway, plan.account) == (row.gateway, row.account)
    contact = plan.contact
    return SetUpOrder(
        key=str(row.pk),
        currency=plan.currency,
        method=row.method,
        reference=plan.reference,
        return_url=return_url,
        language=language,
        old_token=plan.saved_method if same else "",
        payer=Payer(contact.given_name, contact.family_name, contact.email),
    )
