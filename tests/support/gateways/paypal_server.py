"""A scripted PayPal over a real loopback socket: Orders v2, Payments v2, the vault, disputes, reports, and webhooks
that are signed with a certificate which it lends.

`python -m tests.support.gateways.paypal_server --port 0`
"""

import base64
import json
import secrets
import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.gateways.described import fault_in
from tests.support.gateways.paypal_fields import (
    CAPTURE,
    DISPUTE_CALLS,
    DOCUMENTS,
    ORDER,
    PAYMENT_TOKEN,
    QUERIES,
    REFUND,
    SETUP_TOKEN,
)
from tests.support.gateways.paypal_state import WHOLE, Json, PayPalState, value_of
from tests.support.gateways.scripted import Refusal, Reply, Request, Scripted, page, send_to, serve

CLIENT_ID, SECRET, WEBHOOK_ID = "client-scripted", "secret-scripted", "1AB23456CD7890123"
SCOPES = (
    "https://uri.paypal.com/services/vault/payment-tokens/readwrite "
    "https://uri.paypal.com/services/reporting/search/read https://uri.paypal.com/services/disputes/read-seller "
    "https://uri.paypal.com/services/disputes/update-seller"
)
# What a donor of the page may choose to happen to the capture.
OUTCOMES = (
    "pending", "declined", "INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PAYER_CANNOT_PAY", "PAYER_ACCOUNT_RESTRICTED",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "COMPLIANCE_VIOLATION", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
)  # fmt: skip


@lru_cache(maxsize=2)
def pair(name: str) -> tuple[rsa.RSAPrivateKey, bytes]:
    """A key and its certificate, made once."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, SHA256())
    )
    return key, certificate.public_bytes(Encoding.PEM)


class PayPalServer(Scripted):
    controls = (
        "approve", "forget_order", "settle", "reverse", "refund", "settle_refund", "withdraw", "revoke",
        "open_dispute", "resolve_dispute", "approve_setup_token", "forget_setup_token", "expire_tokens",
        "forget_keys", "outcomes",
    )  # fmt: skip

    def __init__(self, state: PayPalState | None = None) -> None:
        super().__init__()
        self.state = state or PayPalState()
        self.events = self.state.events
        self.webhook: Json = {"id": WEBHOOK_ID, "url": "", "event_types": [{"name": "*"}]}
        self.scopes = SCOPES
        self._access: set[str] = set()
        self._keys: dict[tuple[str, str], Json] = {}

    def start(self, port: int = 0) -> None:
        super().start(port)
        self.state.base = self.base

    def __getattr__(self, name: str) -> Any:
        """What happens at PayPal is the state's to do."""
        if name.startswith("_") or name == "state":
            raise AttributeError(name)
        return getattr(self.state, name)

    def outcomes(self, *names: str, names_list: list[str] | None = None) -> None:
        self.state.outcomes += [*names, *(names_list or [])]

    def expire_tokens(self) -> None:
        self._access.clear()

    def forget_keys(self) -> None:
        """As after six hours, or 45 days."""
        self._keys.clear()

    # ---- Webhooks -------------------------------------------------------------------------------------------------
    def signed(
        self,
        events: list[Json],
        *,
        at: float | None = None,
        webhook_id: str = WEBHOOK_ID,
        name: str = "cert-1",
    ) -> tuple[bytes, dict[str, str]]:
        (event,) = events
        body = json.dumps(event).encode()
        sent_at = datetime.fromtimestamp(at, UTC) if at is not None else datetime.now(UTC)
        stamp, sent_id = sent_at.strftime("%Y-%m-%dT%H:%M:%SZ"), secrets.token_hex(16)
        signed = f"{sent_id}|{stamp}|{webhook_id}|{zlib.crc32(body)}".encode()
        signature = pair(name)[0].sign(signed, padding.PKCS1v15(), SHA256())
        return body, {
            "Content-Type": "application/json",
            "PayPal-Transmission-Id": sent_id,
            "PayPal-Transmission-Time": stamp,
            "PayPal-Transmission-Sig": base64.b64encode(signature).decode(),
            "PayPal-Auth-Algo": "SHA256withRSA",
            "PayPal-Cert-Url": f"{self.base}/v1/notifications/certs/{name}",
        }

    # ---- Requests -------------------------------------------------------------------------------------------------
    def route(self, request: Request) -> tuple[int, Any] | Reply:
        parts = request.path.strip("/").split("/")
        if parts[:3] == ["v1", "notifications", "certs"]:
            if parts[3] != "cert-1":
                raise Refusal(404, {})
            return 200, pair("cert-1")[1]
        if parts[0] == "elsewhere":
            # Whatever else the host lends, such as what anybody may upload there.
            return 200, pair(parts[1])[1]
        if request.path == "/checkoutnow":
            return self._approval(request)
        if request.path == "/v1/oauth2/token":
            return self._token(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._access:
            raise Refusal(401, {"error": "invalid_token"})
        check(request.query, QUERIES.get(request.path, {}) if request.method == "GET" else {})
        check_headers(request)
        match (request.method, *parts):
            case ("POST", "v2", "checkout", "orders"):
                return self._keyed(request, self._create, required=True)
            case ("GET", "v2", "checkout", "orders", order_id):
                return 200, self._found(self.state.orders, order_id)
            case ("POST", "v2", "checkout", "orders", _, "capture"):
                return self._keyed(request, self._capture)
            case ("GET", "v2", "payments", "captures", capture_id):
                return 200, self._found(self.state.captures, capture_id)
            case ("POST", "v2", "payments", "captures", _, "refund"):
                return self._keyed(request, self._refund)
            case ("GET", "v2", "payments", "refunds", refund_id):
                return 200, self._found(self.state.refunds, refund_id)
            case ("POST", "v3", "vault", "setup-tokens"):
                return self._keyed(request, self._set_up, required=True)
            case ("GET", "v3", "vault", "setup-tokens", token):
                return 200, self._found(self.state.setup_tokens, token)
            case ("POST", "v3", "vault", "payment-tokens"):
                return self._keyed(request, self._finish, required=True)
            case ("GET", "v3", "vault", "payment-tokens"):
                return 200, self.state.tokens_of(request.query["customer_id"])
            case ("GET", "v3", "vault", "payment-tokens", token):
                return 200, self._found(self.state.tokens, token)
            case ("DELETE", "v3", "vault", "payment-tokens", token):
                self._found(self.state.tokens, token)
                self.state.revoke(token)
                return 204, None
            case ("GET", "v1", "customer", "disputes", dispute_id):
                return 200, self._found(self.state.disputes, dispute_id)
            case ("POST", "v1", "customer", "disputes", dispute_id, call) if call in DISPUTE_CALLS:
                return self._keyed(request, lambda asked: self._answer(asked, dispute_id, call))
            case ("GET", "v1", "notifications", "webhooks", webhook_id):
                return 200, self._found({WEBHOOK_ID: self.webhook}, webhook_id)
            case ("GET", "v1", "notifications", "webhooks-events"):
                return 200, self._events(request)
            case ("GET", "v1", "reporting", "balances"):
                return 200, self.state.balances()
            case ("GET", "v1", "reporting", "transactions"):
                return 200, self._transactions(request)
        raise refused(404, "RESOURCE_NOT_FOUND")

    def _approval(self, request: Request) -> Reply:
        """PayPal's own page. What the donor chooses to pay with is declined only when it is captured."""
        order = self._found(self.state.orders, request.query["token"])
        context = order["_context"]
        if order["status"] != "PAYER_ACTION_REQUIRED":
            return send_to(f"{context['return_url']}?token={order['id']}")
        amount = order["purchase_units"][0]["amount"]
        if request.method == "GET":
            outcomes = {name: f"Pay, and it ends as {name}" for name in OUTCOMES}
            buttons = {"approve": "Pay now", **outcomes, "cancel": "Cancel and return"}
            return page("PayPal", f"{amount['value']} {amount['currency_code']}", buttons)
        if request.pressed == "cancel":
            return send_to(f"{context['cancel_url']}?token={order['id']}")
        if request.pressed in OUTCOMES:
            order["_outcome"] = request.pressed
        self.state.approve(order["id"])
        return send_to(f"{context['return_url']}?token={order['id']}&PayerID=PAYER1")

    def _token(self, request: Request) -> tuple[int, Json]:
        pair_given = request.headers.get("authorization", "").removeprefix("Basic ")
        if pair_given != base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode():
            raise Refusal(401, {"error": "invalid_client"})
        token = secrets.token_hex(16)
        self._access.add(token)
        return 200, {"access_token": token, "expires_in": 32400, "scope": self.scopes}

    def _keyed(self, request: Request, act: Any, *, required: bool = False) -> tuple[int, Json]:
        """The same PayPal-Request-Id at the same place: what it made stands, and is shown as it is now."""
        key = request.headers.get("paypal-request-id", "")
        if not key and (required and "payment_source" in request.json):
            raise refused(400, "PAYPAL_REQUEST_ID_REQUIRED")
        known = self._keys.get((request.path, key)) if key else None
        if known is not None:
            return 200, known
        made = act(request)
        if key:
            self._keys[request.path, key] = made
        return 201, made

    def _answer(self, request: Request, dispute_id: str, call: str) -> Json:
        """A part of JSON and files, by the links that the dispute shows."""
        dispute = self._found(self.state.disputes, dispute_id)
        if not any(link["href"].endswith(f"/{call}") for link in dispute.get("links", ())):
            raise refused(422, "ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE")
        fields, file_part = DISPUTE_CALLS[call]
        said: Json = {"files": []}
        for part in request.parts():
            if part.name == "input":
                check(json.loads(part.content), fields)
                said |= json.loads(part.content)
            elif part.name != file_part or part.content_type not in DOCUMENTS or not part.file_name:
                raise refused(400, "INVALID_PARAMETER_VALUE")
            elif len(part.content) >= 10_000_000:
                raise refused(400, "FILE_TOO_LARGE")
            else:
                said["files"].append((part.file_name, part.content_type, part.content))
        self.state.answered(dispute_id, call, said)
        return {
            "links": [
                {"href": f"{self.base}/v1/customer/disputes/{dispute_id}", "rel": "self", "method": "GET"}
            ]
        }

    def _create(self, request: Request) -> Json:
        body = request.json
        check(body, ORDER)
        unit = body["purchase_units"][0]
        amount = unit["amount"]
        if amount["currency_code"] in WHOLE and "." in amount["value"]:
            raise refused(422, "DECIMALS_NOT_SUPPORTED")
        if value_of(amount) <= 0:
            raise refused(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
        if unit.get("payee", {}).get("merchant_id") != self.state.merchant_id:
            raise refused(422, "PAYEE_ACCOUNT_INVALID")
        order_id = f"ORD{self.state.number()}"
        waits = "payment_source" in body
        order: Json = {
            "id": order_id,
            "intent": body["intent"],
            "status": "PAYER_ACTION_REQUIRED" if waits else "CREATED",
            "purchase_units": body["purchase_units"],
            "create_time": self.state.stamp(),
            "links": [
                {"rel": "self", "href": f"{self.base}/v2/checkout/orders/{order_id}"},
                {
                    "rel": "payer-action" if waits else "approve",
                    "href": f"{self.base}/checkoutnow?token={order_id}",
                },
            ],
        }
        if waits:
            order["payment_source"] = {"paypal": {}}
            wallet = body["payment_source"]["paypal"]
            order["_context"] = wallet.get("experience_context", {})
            order["_vault"] = "vault" in wallet.get("attributes", {})
        self.state.orders[order_id] = order
        return order

    def _set_up(self, request: Request) -> Json:
        check(request.json, SETUP_TOKEN)
        return self.state.make_setup_token(request.json)

    def _finish(self, request: Request) -> Json:
        check(request.json, PAYMENT_TOKEN)
        token = self._found(self.state.setup_tokens, request.json["payment_source"]["token"]["id"])
        if token["status"] == "PAYER_ACTION_REQUIRED":
            raise refused(422, "PAYER_ACTION_REQUIRED")
        if token["status"] != "APPROVED":
            raise refused(422, "SETUP_TOKEN_ALREADY_TOKENIZED")
        outcome = self.state.outcomes.pop(0) if self.state.outcomes else ""
        if outcome:
            raise refused(422, outcome)
        return self.state.make_payment_token(token)

    def _capture(self, request: Request) -> Json:
        order = self._found(self.state.orders, request.path.split("/")[4])
        check(request.json, CAPTURE)
        if order["status"] == "COMPLETED":
            raise refused(422, "ORDER_ALREADY_CAPTURED")
        wallet = request.json.get("payment_source", {}).get("paypal", {})
        if wallet:
            if wallet.get("vault_id") not in self.state.tokens:
                raise refused(422, "TOKEN_ID_NOT_FOUND")
        elif order["status"] != "APPROVED":
            raise refused(422, "ORDER_NOT_APPROVED")
        outcome = order.get("_outcome") or (
            self.state.outcomes.pop(0) if self.state.outcomes else "completed"
        )
        if outcome.isupper():
            raise refused(422, outcome)
        self.state.capture(order, outcome=outcome)
        if order.get("_vault") and outcome == "completed":
            self.state.vault(order)
        return order

    def _refund(self, request: Request) -> Json:
        capture = self._found(self.state.captures, request.path.split("/")[4])
        body = request.json
        check(body, REFUND)
        if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
            raise refused(422, "CAPTURE_FULLY_REFUNDED")
        if value_of(body["amount"]) > self.state.left(capture):
            raise refused(422, "REFUND_AMOUNT_EXCEEDED")
        outcome = self.state.refund_outcomes.pop(0) if self.state.refund_outcomes else "COMPLETED"
        return self.state.refund(
            capture["id"], body["amount"]["value"], key=body.get("custom_id", ""), status=outcome
        )

    def _found(self, among: dict[str, Json], identity: str) -> Json:
        if identity not in among:
            raise refused(404, "INVALID_RESOURCE_ID")
        return among[identity]

    def _events(self, request: Request) -> Json:
        since = request.query.get("start_time", "")
        page = int(request.query.get("page", "0"))
        found = [each for each in reversed(self.state.events) if each["create_time"] >= since]
        # Three a page, so that whoever reads one page only is seen.
        shown, links = found[page * 3 : page * 3 + 3], []
        if found[page * 3 + 3 :]:
            path = f"/v1/notifications/webhooks-events?start_time={since}&page={page + 1}"
            links.append({"rel": "next", "href": f"https://api.paypal.com{path}"})
        return {"events": shown, "links": links}

    def _transactions(self, request: Request) -> Json:
        start, end = request.query["start_date"], request.query["end_date"]
        span = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        if span > timedelta(days=31):
            raise refused(400, "INVALID_REQUEST")
        found = [
            {"transaction_info": info}
            for info in self.state.movements
            if start[:19] <= info["transaction_initiation_date"][:19] <= end[:19]
        ]
        page = int(request.query.get("page", "1"))
        return {
            "transaction_details": found[(page - 1) * 2 : page * 2],
            "total_pages": max(1, -(-len(found) // 2)),
        }


def refused(status: int, issue: str) -> Refusal:
    return Refusal(
        status, {"name": issue if status == 404 else "UNPROCESSABLE_ENTITY", "details": [{"issue": issue}]}
    )


def check(body: Json, allowed: Any) -> None:
    if where := fault_in(body, allowed):
        raise Refusal(
            400, {"name": "INVALID_REQUEST", "details": [{"field": where, "issue": "INVALID_PARAMETER"}]}
        )


def check_headers(request: Request) -> None:
    """A key is one of at most 108 characters, and what is sent says that it is JSON, or an answer to a dispute."""
    key, kind = request.headers.get("paypal-request-id", ""), request.headers.get("content-type", "")
    wanted = "multipart/form-data" if "/disputes/" in request.path else "application/json"
    if len(key) > 108 or (request.raw and not kind.startswith(wanted)):
        raise refused(400, "INVALID_REQUEST")


if __name__ == "__main__":
    serve(PayPalServer(), "A scripted PayPal.")
