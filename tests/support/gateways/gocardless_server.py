"""A scripted GoCardless over a real loopback socket: billing requests, mandates, payments, refunds, payouts with their
items, events, and signed webhooks of many events.

`python -m tests.support.gateways.gocardless_server --port 0`
"""

import hashlib
import hmac
import json
from typing import Any

from tests.support.gateways.described import fault_in
from tests.support.gateways.gocardless_fields import LISTING, MAKING
from tests.support.gateways.gocardless_state import (
    CHARGEABLE,
    CREDITOR,
    GoCardlessState,
    Json,
    bank_day,
    first_debit,
)
from tests.support.gateways.scripted import Refusal, Reply, Request, Scripted, page, send_to, serve

ACCESS_TOKEN, WEBHOOK_SECRET = "sandbox_scripted", "webhook-secret-scripted"
_SCHEMES = {"bacs": "GBP", "becs": "AUD", "sepa_core": "EUR"}
# "Transaction minimum" of support.gocardless.com's FAQs on fees. How it refuses less isn't documented.
_LEAST = {"bacs": 100, "becs": 200, "sepa_core": 100}


class GoCardlessServer(Scripted):
    controls = (
        "agree", "submit", "move_mandate", "replace_mandate", "move", "confirm", "fail", "charge_back",
        "cancel_charge_back", "charge_fee", "pay_out", "bounce_payout", "refund", "move_refund",
    )  # fmt: skip

    def __init__(self, state: GoCardlessState | None = None) -> None:
        super().__init__()
        self.state = state or GoCardlessState()
        self.events = self.state.events
        self.secret = WEBHOOK_SECRET
        self._keys: dict[tuple[str, str], str] = {}

    def __getattr__(self, name: str) -> Any:
        """What happens at GoCardless is the state's to do."""
        if name.startswith("_") or name == "state":
            raise AttributeError(name)
        return getattr(self.state, name)

    def forget_keys(self) -> None:
        self._keys.clear()

    def signed(
        self, events: list[Json], *, at: float | None = None, secret: str = ""
    ) -> tuple[bytes, dict[str, str]]:
        body = json.dumps({"events": events, "meta": {"webhook_id": "WB1"}}).encode()
        digest = hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()
        return body, {"Content-Type": "application/json", "Webhook-Signature": digest}

    # ---- Requests -------------------------------------------------------------------------------------------------
    def route(self, request: Request) -> tuple[int, Any] | Reply:
        if request.path == "/billing/static/flow":
            return self._flow_page(request)
        if request.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            raise error(401, "invalid_api_usage", "access_token_not_found")
        if request.headers.get("gocardless-version") != "2015-07-06":
            raise error(400, "invalid_api_usage", "version_not_found")
        parts = request.path.strip("/").split("/")
        match (request.method, *parts):
            case ("POST", resource) if resource in MAKING:
                return self._make(request, resource)
            case ("POST", resource, identity, "actions", "cancel"):
                described(request.json, {})
                return 200, {resource: self._cancel(resource, identity)}
            case ("GET", resource):
                described(request.query, LISTING.get(resource, {}))
                return 200, self._list(request, resource)
            case ("GET", resource, identity):
                described(request.query, {})
                return 200, {resource: self._found(resource, identity)}
        raise error(404, "invalid_api_usage", "resource_not_found")

    def _flow_page(self, request: Request) -> Reply:
        """GoCardless's own page. Its exit leaves the billing request open; no money is asked for before its end."""
        flow = self._found("billing_request_flows", request.query["id"])
        asked = self._found("billing_requests", flow["links"]["billing_request"])
        if asked["status"] == "cancelled":
            return page("GoCardless", "This link is no longer valid.", {})
        if asked["status"] == "fulfilled":
            return send_to(flow["redirect_uri"])
        if request.method == "GET":
            wanted = asked["mandate_request"]
            text = f"{wanted['scheme']}, {wanted['currency']}: {wanted['description']}"
            return page("GoCardless", text, {"agree": "Set up this Direct Debit", "exit": "Exit"})
        if request.pressed == "exit":
            return send_to(flow["exit_uri"])
        self.state.agree(asked["id"])
        return send_to(flow["redirect_uri"])

    def _found(self, resource: str, identity: str) -> Json:
        among = getattr(self.state, resource, {})
        if not isinstance(among, dict) or identity not in among:
            raise error(404, "invalid_api_usage", "resource_not_found")
        if resource == "mandates":
            among[identity]["next_possible_charge_date"] = first_debit(among[identity]["scheme"])
        return among[identity]

    def _make(self, request: Request, resource: str) -> tuple[int, Json]:
        key = request.headers.get("idempotency-key", "")
        known = self._keys.get((resource, key)) if key else None
        if known is not None:
            raise error(
                409, "invalid_state", "idempotent_creation_conflict", links={"conflicting_resource_id": known}
            )
        content = request.json.get(resource)
        described(request.json, {resource: MAKING[resource]})
        made = getattr(self, f"_make_{resource.removesuffix('s')}")(content)
        if key:
            self._keys[resource, key] = made["id"]
        return 201, {resource: made}

    def _make_billing_request(self, content: Json) -> Json:
        asked = content.get("mandate_request") or {}
        if _SCHEMES.get(asked.get("scheme", "")) != asked.get("currency"):
            raise error(422, "validation_failed", "is_invalid")
        if content.get("links", {}).get("creditor") != CREDITOR:
            raise error(422, "invalid_api_usage", "resource_not_found")
        request_id = self.state.new("BRQ")
        made = {
            "id": request_id,
            "status": "pending",
            "mandate_request": asked,
            "metadata": content.get("metadata", {}),
            "links": {"creditor": CREDITOR},
            "created_at": self.state.stamp(),
        }
        self.state.billing_requests[request_id] = made
        self.state.tell("billing_requests", "created", made)
        return made

    def _make_billing_request_flow(self, content: Json) -> Json:
        request = self._found("billing_requests", content["links"]["billing_request"])
        if request["status"] != "pending":
            raise error(422, "invalid_state", "billing_request_not_pending")
        flow_id = self.state.new("BRF")
        made = {
            "id": flow_id,
            "authorisation_url": f"{self.base}/billing/static/flow?id={flow_id}",
            "redirect_uri": content.get("redirect_uri"),
            "exit_uri": content.get("exit_uri"),
            "links": {"billing_request": request["id"]},
        }
        self.state.billing_request_flows[flow_id] = made
        return made

    def _make_payment(self, content: Json) -> Json:
        mandate = self._found("mandates", content["links"]["mandate"])
        if mandate["links"].get("new_mandate"):
            raise error(
                422,
                "invalid_state",
                "mandate_replaced",
                links={"new_mandate": mandate["links"]["new_mandate"]},
            )
        if mandate["status"] not in CHARGEABLE:
            raise error(422, "invalid_state", "mandate_is_inactive")
        if not isinstance(content.get("amount"), int) or content["amount"] <= 0:
            raise error(422, "validation_failed", "must_be_greater_than")
        if content["amount"] < _LEAST[mandate["scheme"]]:
            raise invalid("amount", "is less than the minimum of the scheme")
        if content["currency"] != _SCHEMES[mandate["scheme"]]:
            raise error(422, "validation_failed", "invalid_currency")
        charge_date = content.get("charge_date") or mandate["next_possible_charge_date"]
        if charge_date < mandate["next_possible_charge_date"]:
            raise invalid("charge_date", "must be on or after mandate's next_possible_charge_date")
        made = {
            "id": self.state.new("PM"),
            "amount": content["amount"],
            "amount_refunded": 0,
            "currency": content["currency"],
            "status": "pending_submission",
            "charge_date": bank_day(charge_date, mandate["scheme"]),
            "description": content.get("description"),
            "metadata": content.get("metadata", {}),
            "retry_if_possible": content.get("retry_if_possible", False),
            "created_at": self.state.stamp(),
            "links": {"mandate": mandate["id"], "creditor": CREDITOR},
        }
        self.state.payments[made["id"]] = made
        self.state.tell("payments", "created", made)
        return made

    def _make_refund(self, content: Json) -> Json:
        payment = self._found("payments", content["links"]["payment"])
        if payment["status"] not in ("confirmed", "paid_out"):
            raise error(422, "invalid_state", "refund_payment_invalid_state")
        total = payment["amount_refunded"] + content["amount"]
        if content.get("total_amount_confirmation") != total:
            raise error(422, "validation_failed", "total_amount_confirmation_invalid")
        if total > payment["amount"]:
            raise error(422, "validation_failed", "refund_is_more_than_payment")
        return self.state.refund(payment["id"], content["amount"], metadata=content.get("metadata", {}))

    def _cancel(self, resource: str, identity: str) -> Json:
        found = self._found(resource, identity)
        if resource == "billing_requests":
            if found["status"] != "pending":
                raise error(422, "invalid_state", "billing_request_not_cancellable")
            found["status"] = "cancelled"
            self.state.tell(resource, "cancelled", found)
        elif resource == "mandates":
            if found["status"] not in CHARGEABLE:
                raise error(422, "invalid_state", "cancellation_failed")
            self.state.move_mandate(identity, "cancelled")
        elif found["status"] != "pending_submission":
            raise error(422, "invalid_state", "cancellation_failed")
        else:
            self.state.move(identity, "cancelled")
        return found

    def _list(self, request: Request, resource: str) -> Json:
        found = self._wanted(request, resource)
        after, start = request.query.get("after"), 0
        if after:
            start = next(at for at, each in enumerate(found) if each.get("id", str(at)) == after) + 1
        # Two a page, so that whoever reads one page only is seen.
        shown, rest = found[start : start + 2], found[start + 2 :]
        cursor = shown[-1].get("id", str(start + 1)) if rest else None
        return {resource: shown, "meta": {"cursors": {"before": None, "after": cursor}, "limit": 500}}

    def _wanted(self, request: Request, resource: str) -> list[Json]:
        query = request.query
        if resource == "creditors":
            return [self.state.creditor]
        if resource == "balances":
            return self.state.balances()
        if resource == "payout_items":
            if query["payout"] in self.gone:
                raise error(410, "invalid_api_usage", "payout_items_data_archived")
            return self.state.payout_items[query["payout"]]
        among = getattr(self.state, resource, None)
        if among is None:
            raise error(404, "invalid_api_usage", "resource_not_found")
        found = [*(among.values() if isinstance(among, dict) else among)]
        if since := query.get("created_at[gte]"):
            found = [each for each in found if each["created_at"] >= since[:23]]
        for name in ("payment", "mandate", "creditor"):
            if name in query and resource != "creditors":
                found = [each for each in found if each.get("links", {}).get(name) == query[name]]
        return found[::-1]

    # Payouts so old that their items are no longer told.
    gone: frozenset[str] = frozenset()


def described(given: Any, allowed: Any) -> None:
    """Refused as GoCardless refuses what it doesn't know."""
    if wrong := fault_in(given, allowed):
        raise error(422, "validation_failed", f"is_invalid: {wrong}")


def invalid(field: str, message: str) -> Refusal:
    """What is wrong with a field has a message and a place, and no reason."""
    detail = {"field": field, "message": message, "request_pointer": f"/payments/{field}"}
    body = {"type": "validation_failed", "code": 422, "message": "Validation failed", "errors": [detail]}
    return Refusal(422, {"error": body})


def error(status: int, kind: str, reason: str, *, links: Json | None = None) -> Refusal:
    detail = {"reason": reason, "message": reason} | ({"links": links} if links else {})
    return Refusal(status, {"error": {"type": kind, "code": status, "message": reason, "errors": [detail]}})


if __name__ == "__main__":
    serve(GoCardlessServer(), "A scripted GoCardless.")
