"""Saved methods as their gateways hold them: cards are renewed by their banks, mandates revoked at theirs."""

from datetime import datetime

from django.db import transaction

from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.port import Refused, SavedMethod
from almoner.plans.beginning import kept
from almoner.plans.changing import try_again_soon
from almoner.plans.hooks import News
from almoner.plans.models import Plan
from almoner.plans.progress import GATEWAY, lock, note, tell
from almoner.plans.transitions import LIVING_STATES


def look_at_method(gateway: str, account: str, token: str) -> bool:
    """Ask how a saved method stands, and bring the plans that use it in line; False when none does.

    Raises `AnswerLost` or `TryLater`.
    """
    # Some gateways tell of a method by a part of our token, which ends with it.
    plans = Plan.objects.filter(Plan.charged_to(token), gateway=gateway, account__in=("", account))
    first = plans.only("saved_method").first()
    token = first.saved_method if first is not None else token
    known = list(plans.filter(state__in=LIVING_STATES).values_list("pk", flat=True))
    if not known:
        return plans.exists()
    try:
        saved = gateways.gateway(gateway, account).retrieve_method(token)
    except Refused:
        # It is no longer there at all.
        saved = SavedMethod(token=token, kind="", label="", usable=False)
    for plan_id in known:
        with transaction.atomic():
            plan = lock(plan_id)
            if plan.saved_method == token and plan.state in LIVING_STATES:
                _bring_in_line(plan, saved, at=now())
    return True


def _bring_in_line(plan: Plan, saved: SavedMethod, *, at: datetime) -> None:
    """`plan` is locked."""
    changes = kept(saved) if saved.label else {"method_usable": saved.usable}
    if all(getattr(plan, name) == value for name, value in changes.items()):
        return
    lost = plan.method_usable and not saved.usable
    # A hard decline is the bank's last word of a card, unless the card itself is another one now.
    renewed = saved.usable and saved.expires != plan.method_expires
    if not lost and not renewed and not plan.method_usable:
        changes["method_usable"] = False
    detail = {"what": "method", "usable": changes["method_usable"], "expires": saved.expires}
    event = note(plan, by=GATEWAY, at=at, detail=detail, **changes)
    if lost:
        tell(plan, News.METHOD_UNUSABLE, at=at, event=event)
    elif renewed:
        try_again_soon(plan, at=at)
