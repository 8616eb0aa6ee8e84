"""Saving a new card or account for a regular gift without paying now, on the gateway's own page.

The row stands before the gateway is asked, and the plan changes only once the gateway says what was saved. Coming back
proves nothing: the donor's return, the gateway's webhook and the sweep ask the same question, and each may be first,
or alone.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from almoner.charities import sealed
from almoner.donors.models import MethodSetUp
from almoner.donors.paying import NotPayable, Way
from almoner.donors.transitions import UNDER_WAY, next_set_up_state
from almoner.donors.transitions import SetUpState as State
from almoner.giving.actions import NotOurs
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways
from almoner.payments.gateways.port import (
    AnswerLost,
    GatewayError,
    Payer,
    Refused,
    SavedMethod,
    SetsUp,
    SetUpAnswer,
    SetUpOrder,
    Status,
    TryLater,
)
from almoner.plans import changing
from almoner.plans.changing import NotChangeable
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR, lock
from almoner.plans.transitions import LIVING_STATES, PlanState

# Looked at again after as long as it has stood, within these: most donors are back at once, or never.
_LOOK_SOONEST: Final = timedelta(minutes=1)
_LOOK_LATEST: Final = timedelta(minutes=10)
# Without an answer nobody was sent to the gateway's page, and there is nothing to wait for.
_UNANSWERED: Final = timedelta(hours=1)
# Then the page is closed at the gateway: whoever agrees there later would trust in something that nobody uses.
_CLOSED: Final = timedelta(hours=24)
# One that the gateway still can't tell of then never will be.
_GIVEN_UP: Final = timedelta(days=7)
_OF_PLAN_IN_A_DAY: Final = 10


class TooMany(Exception):
    """This plan had as many set-ups in a day as anybody needs who isn't trying out cards."""


class Came(StrEnum):
    """What the donor comes back to."""

    NOTHING = ""
    SAVED = "method"
    # The gateway can't say yet.
    WAITING = "waiting"
    REFUSED = "refused"


def ways_to_set_up(plan: Plan, ways: Sequence[Way]) -> Sequence[Way]:
    """Those of `ways` with which a method can be saved without a payment."""
    if plan.state not in LIVING_STATES or plan.state == PlanState.STARTING:
        return ()
    return [way for way in ways if _sets_up(way)]


def begin(plan_id: uuid.UUID, way: Way, *, return_url: str, language: str) -> str:
    """The address of the gateway's page. Raises `NotPayable` for a plan that is over, `TooMany`, and `GatewayError`."""
    gateway = _gateway(way.gateway)
    if gateway is None:
        raise NotPayable
    row, order = _asked_for(plan_id, way, return_url=return_url, language=language)
    crash_point("set-up.before-call")
    try:
        answer = gateway.set_up(order)
    except Refused:
        _move(row, "refused")
        raise
    crash_point("set-up.after-call")
    if answer.next_action is None:
        _move(row, "refused")
        raise NotPayable
    _move(row, "opened", gateway_id=answer.gateway_id)
    return answer.next_action.url


def _asked_for(
    plan_id: uuid.UUID, way: Way, *, return_url: str, language: str
) -> tuple[MethodSetUp, SetUpOrder]:
    at, account = now(), gateways.gateway(way.gateway).account
    with transaction.atomic():
        plan = lock(plan_id)
        if plan.state not in LIVING_STATES or plan.state == PlanState.STARTING:
            raise NotPayable
        today = MethodSetUp.objects.filter(plan=plan, created_at__gt=at - timedelta(days=1))
        if today.count() >= _OF_PLAN_IN_A_DAY:
            raise TooMany
        row = MethodSetUp.objects.create(
            plan=plan,
            gateway=way.gateway,
            account=account,
            method=way.method,
            created_at=at,
            look_at=at + _LOOK_SOONEST,
        )
        return row, _order(row, plan, return_url=return_url, language=language)


def look(set_up_id: uuid.UUID) -> MethodSetUp:
    """Ask the gateway what became of it, and let the plan follow. Harmless to repeat. Raises `GatewayError`
    and `GatewayUnknown`."""
    row = MethodSetUp.objects.get(pk=set_up_id)
    gateway = _gateway(row.gateway, row.account)
    if row.state == State.OPEN and gateway is not None:
        _follow(row, _answer(row, gateway))
    return row


def _answer(row: MethodSetUp, gateway: SetsUp) -> SetUpAnswer:
    """What became of it; what the donor agreed to is saved now, and a page that nobody came back from is closed."""
    answer = gateway.retrieve_set_up(row.gateway_id)
    crash_point("set-up.after-retrieve")
    if answer.agreed:
        answer = gateway.finish_set_up(row.gateway_id, key=str(row.pk))
        crash_point("set-up.after-finish")
    elif answer.status == Status.ACTION_REQUIRED and _no_longer_wanted(row):
        answer = gateway.cancel_set_up(row.gateway_id)
        crash_point("set-up.after-cancel")
    return answer


def _no_longer_wanted(row: MethodSetUp) -> bool:
    over = now() - row.created_at > _CLOSED
    return over or not Plan.objects.filter(pk=row.plan_id, state__in=LIVING_STATES).exists()


def look_at_told(gateway: str, account: str, told: str) -> bool:
    """A gateway told of a set-up, by our key or its own name; False of one that it answered faster than we kept its
    answer. Raises `NotOurs`, besides what `look` raises."""
    found = MethodSetUp.objects.filter(_called(told), gateway=gateway, account=account).first()
    if found is None:
        raise NotOurs(told)
    return found.state != State.NEW and look(found.pk) is not None


def look_back(limit: int = 50) -> int:
    """Those whose donor never came back; returns how many are over now."""
    at, over = now(), 0
    lost = Q(state=State.NEW, created_at__lt=at - _UNANSWERED)
    untold = Q(state=State.OPEN, created_at__lt=at - _GIVEN_UP)
    for row in MethodSetUp.objects.filter(lost | untold)[:limit]:
        _move(row, "given_up")
    due = MethodSetUp.objects.filter(state=State.OPEN, look_at__lte=at).order_by("look_at")
    for row in list(due[:limit]):
        MethodSetUp.objects.filter(pk=row.pk, state=State.OPEN).update(look_at=at + _wait(row, at))
        # If the gateway can't say now, it is asked again.
        with suppress(GatewayError, gateways.GatewayUnknown):
            over += look(row.pk).state != State.OPEN
    return over


def come_back(plan: Plan) -> Came:
    """The donor is back from the gateway's page: up to three set-ups are looked at, the oldest first, so that the
    newest one stays, and tells what the donor is told."""
    found = MethodSetUp.objects.filter(plan=plan, state=State.OPEN).order_by("-created_at")
    came = Came.NOTHING
    for set_up_id in list(found.values_list("pk", flat=True)[:3])[::-1]:
        try:
            state = look(set_up_id).state
        except (AnswerLost, TryLater):
            came = Came.WAITING
        except (Refused, gateways.GatewayUnknown):
            continue
        else:
            came = {State.DONE: Came.SAVED, State.FAILED: Came.REFUSED}.get(State(state), came)
    return came


def _follow(row: MethodSetUp, answer: SetUpAnswer) -> None:
    if answer.status == Status.CANCELLED:
        _move(row, "cancelled")
    elif answer.status == Status.FAILED:
        _move(row, "failed")
    elif answer.status == Status.SUCCEEDED and answer.saved is not None:
        _take(row, answer.saved)


def _take(row: MethodSetUp, saved: SavedMethod) -> None:
    """The plan takes what was saved, in the transaction that ends the row: of several who look, one does it. What was
    forgotten already, in favour of a newer one, isn’t usable, and never comes back in its place."""
    if not saved.usable:
        _move(row, "overtaken")
        return
    try:
        changing.change_method(
            row.plan_id, by=DONOR, gateway=row.gateway, account=row.account, method=row.method, saved=saved,
            taking=lambda: _move(row, "saved", token=saved.token),
        )  # fmt: skip
    except NotChangeable:
        # The plan is over, and nobody may charge what was saved for it.
        gateways.gateway(row.gateway, row.account).forget_method(saved.token)
        _move(row, "overtaken")
        return
    crash_point("set-up.after-change")


def _move(row: MethodSetUp, event: str, **columns: str) -> bool:
    """False when somebody else has moved it meanwhile. Raises `IllegalSetUpMove`."""
    state, at = next_set_up_state(row.state, event), now()
    changes: dict[str, Any] = {"state": state, **columns}
    if state not in UNDER_WAY:
        changes |= {"look_at": None, "ended_at": at}
    moved = MethodSetUp.objects.filter(pk=row.pk, state=row.state).update(**sealed.columns(row, changes))
    if moved:
        for name, value in changes.items():
            setattr(row, name, value)
    return bool(moved)


def _wait(row: MethodSetUp, at: datetime) -> timedelta:
    return min(_LOOK_LATEST, max(_LOOK_SOONEST, at - row.created_at))


def _called(told: str) -> Q:
    """By our key, by the gateway's name of it, or by the part of that name which the gateway tells."""
    named = Q(gateway_id=told) | Q(gateway_id__endswith=f" {told}")
    try:
        return named | Q(pk=uuid.UUID(told))
    except ValueError:
        return named


def _gateway(code: str, account: str = "") -> SetsUp | None:
    """None for one that can't save a method alone. Raises `GatewayUnknown`."""
    found = gateways.gateway(code, account)
    return found if isinstance(found, SetsUp) else None


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
