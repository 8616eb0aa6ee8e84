"""Accounts that the scripted PayPal saves without a payment: setup tokens, and the payment tokens made of them.

After PayPal's description (vault_payment_tokens_v3.json of github.com/paypal/paypal-rest-api-specifications) and its
pages on errors: a setup token that nobody agreed to is refused (PAYER_ACTION_REQUIRED), and so is one that was used
(SETUP_TOKEN_ALREADY_TOKENIZED), unless the request carries the key that used it, which PayPal keeps for three hours.
"""

from abc import ABC, abstractmethod
from typing import Any

Json = dict[str, Any]


class PayPalSetUps(ABC):
    base: str
    tokens: dict[str, Json]
    setup_tokens: dict[str, Json]

    @abstractmethod
    def number(self) -> str: ...

    @abstractmethod
    def tell(self, kind: str, resource: Json) -> None: ...

    def make_setup_token(self, body: Json) -> Json:
        number = self.number()
        wallet = body["payment_source"]["paypal"]
        token: Json = {
            "id": f"set{number}",
            "customer": body.get("customer") or {"id": f"cus{number}"},
            "status": "PAYER_ACTION_REQUIRED",
            "payment_source": {
                "paypal": {key: value for key, value in wallet.items() if key != "experience_context"}
            },
            "links": [
                {"rel": "approve", "href": f"{self.base}/agreements/approve?approval_session_id=set{number}"},
                {"rel": "self", "href": f"{self.base}/v3/vault/setup-tokens/set{number}"},
            ],
        }
        self.setup_tokens[token["id"]] = token
        return token

    def approve_setup_token(self, token_id: str) -> None:
        """The donor agrees on PayPal's page. No webhook tells of it."""
        token = self.setup_tokens[token_id]
        assert token["status"] == "PAYER_ACTION_REQUIRED", token["status"]
        token["status"] = "APPROVED"

    def make_payment_token(self, setup_token: Json) -> Json:
        token = {
            "id": f"tok{self.number().lower()}",
            "customer": setup_token["customer"],
            "payment_source": setup_token["payment_source"],
        }
        setup_token["status"] = "VAULTED"
        self.tokens[token["id"]] = token
        self.tell("VAULT.PAYMENT-TOKEN.CREATED", token)
        return token

    def tokens_of(self, customer_id: str) -> Json:
        """A customer's list; one who has none is answered with none."""
        found = [token for token in self.tokens.values() if token["customer"]["id"] == customer_id]
        return {"customer": {"id": customer_id}, "payment_tokens": found}

    def forget_setup_token(self, token_id: str) -> None:
        """As after three days."""
        del self.setup_tokens[token_id]
