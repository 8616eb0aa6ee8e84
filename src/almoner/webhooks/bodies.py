"""What is sent: the object as the API gives it, in the shape of Standard Webhooks. Made when it is sent, of what stands
then: so it is never older than what another call would say, and nothing of a person is kept for it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, Final

from ninja.responses import NinjaJSONEncoder

from almoner.api import people, receipts
from almoner.api.gifts import JOINED
from almoner.api.shapes import GiftOut, PlanOut, RefundOut
from almoner.giving.models import Gift
from almoner.payments.models import Dispute, Refund
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt
from almoner.supporters.models import Supporter
from almoner.webhooks.models import Delivery, Endpoint
from almoner.webhooks.sources import TEST

API_VERSION: Final = "1"


class NothingThere(Exception):
    """What a delivery tells of is not there any more."""


def body_of(delivery: Delivery, endpoint: Endpoint) -> bytes:
    """Raises `NothingThere`."""
    kind = delivery.type if delivery.type in _MADE_BY else delivery.type.partition(".")[0]
    told = {
        "id": delivery.message_id,
        "type": delivery.type,
        "timestamp": delivery.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "api_version": API_VERSION,
        "charity": endpoint.charity.slug,
        "data": _MADE_BY[kind](delivery, endpoint),
    }
    return json.dumps(told, cls=NinjaJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


def _gift(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    gift = Gift.objects.filter(pk=delivery.object_id).select_related(*JOINED).first()
    if gift is None:
        raise NothingThere
    told: dict[str, Any] = {"gift": GiftOut.of(gift, people=endpoint.people).dict()}
    if delivery.type.startswith("gift.refund"):
        told["refund"] = RefundOut.of(Refund.objects.get(pk=delivery.detail_id), gift).dict()
    elif delivery.type.startswith("gift.dispute"):
        dispute = Dispute.objects.get(pk=delivery.detail_id)
        names = ("id", "state", "reason", "amount_minor", "currency", "respond_by")
        told["dispute"] = {name: getattr(dispute, name) for name in names}
    return told


def _plan(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    plan = Plan.objects.filter(pk=delivery.object_id).select_related("fund", "contact").first()
    if plan is None:
        raise NothingThere
    return {"plan": PlanOut.of(plan, people=endpoint.people).dict()}


def _receipt(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    found = list(Receipt.objects.filter(pk=delivery.object_id).select_related("gift", "cancellation"))
    if not found:
        raise NothingThere
    return {"receipt": receipts.shown(found, endpoint.charity)[0].dict()}


def _supporter(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    found = Supporter.objects.filter(pk=delivery.object_id)
    if not found:
        raise NothingThere
    return {"supporter": people.shown(found)[0].dict()}


def _erased(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    told = _gift(delivery, endpoint)
    person = Supporter.objects.filter(pk=told["gift"]["supporter"])
    return {**told, "supporter": people.shown(person)[0].dict() if person else None}


def _nothing(delivery: Delivery, endpoint: Endpoint) -> Mapping[str, Any]:
    return {}


_MADE_BY: Final[dict[str, Callable[[Delivery, Endpoint], Mapping[str, Any]]]] = {
    "gift": _gift,
    "plan": _plan,
    "receipt": _receipt,
    "supporter": _supporter,
    "supporter.erased": _erased,
    TEST: _nothing,
}
