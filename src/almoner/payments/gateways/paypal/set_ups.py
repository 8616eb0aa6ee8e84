"""PayPal accounts that are saved without a payment: a setup token to which the donor agrees on PayPal's page, and the
payment token that we ask for in its place.

Only we can ask for it: what nobody asks for saves nothing. PayPal keeps the key of that request for three hours. Later
it answers that it was done, and the token is found with its customer, whom PayPal made for this one set-up.
"""

from abc import ABC, abstractmethod
from typing import Any, Final

from almoner.payments.gateways.http import HttpRefused, Json
from almoner.payments.gateways.paypal.client import Client, issue_of
from almoner.payments.gateways.paypal.orders import LOCALE
from almoner.payments.gateways.port import (
    AnswerLost,
    NextAction,
    Refused,
    SavedMethod,
    SetUpAnswer,
    SetUpOrder,
    Status,
)

TOKENS: Final = "/v3/vault/payment-tokens"
_SETUP_TOKENS: Final = "/v3/vault/setup-tokens"
_DONE: Final = "SETUP_TOKEN_ALREADY_TOKENIZED"
# The last two: its payment token was asked for already.
_AGREED: Final = frozenset({"APPROVED", "VAULTED", "TOKENIZED"})


def set_up_body(order: SetUpOrder) -> dict[str, Any]:
    """The same order gives the same body. No customer is named: so PayPal makes one, who has this token alone."""
    context = {
        "shipping_preference": "NO_SHIPPING",
        "return_url": order.return_url,
        "cancel_url": order.return_url,
    }
    if LOCALE.fullmatch(order.language):
        context["locale"] = order.language
    wallet = {
        "usage_type": "MERCHANT",
        "usage_pattern": "RECURRING_PREPAID",
        "customer_type": "CONSUMER",
        # As with a first payment: ending one of a donor's plans leaves the other alone.
        "permit_multiple_payment_tokens": True,
        "experience_context": context,
    }
    return {"payment_source": {"paypal": wallet}}


class SetUps(ABC):
    """What PayPal does of `port.SetsUp`. A set-up is called by its setup token and its customer, with a space between:
    when the token has run out, the customer is all that leads to what was saved."""

    _client: Client

    @abstractmethod
    def retrieve_method(self, token: str) -> SavedMethod: ...

    def set_up(self, order: SetUpOrder) -> SetUpAnswer:
        made = self._client.post(_SETUP_TOKENS, set_up_body(order), key=order.key)
        return _answer(_name(made), made)

    def retrieve_set_up(self, gateway_id: str) -> SetUpAnswer:
        """A setup token runs out after three days; one that was used may be gone at once."""
        try:
            found = self._client.get(f"{_SETUP_TOKENS}/{_setup_token(gateway_id)}")
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return self._saved(gateway_id) or SetUpAnswer(gateway_id, Status.CANCELLED)
        return _answer(gateway_id, found)

    def finish_set_up(self, gateway_id: str, *, key: str) -> SetUpAnswer:
        source = {"token": {"id": _setup_token(gateway_id), "type": "SETUP_TOKEN"}}
        try:
            made = self._client.post(TOKENS, {"payment_source": source}, key=f"{key}-token")
        except HttpRefused as refused:
            return self._not_made(gateway_id, refused)
        return self._kept(gateway_id, made)

    def _not_made(self, gateway_id: str, refused: HttpRefused) -> SetUpAnswer:
        if refused.status == 409:
            raise AnswerLost("409") from refused
        issue = issue_of(refused)
        if issue == "PAYER_ACTION_REQUIRED":
            return self.retrieve_set_up(gateway_id)
        done = self._saved(gateway_id) if issue == _DONE or refused.status == 404 else None
        if done is not None:
            return done
        if refused.status in (404, 422):
            return SetUpAnswer(gateway_id, Status.FAILED)
        raise refused

    def cancel_set_up(self, gateway_id: str) -> SetUpAnswer:
        """PayPal has no call for it: what we don't finish saves nothing."""
        answer = self.retrieve_set_up(gateway_id)
        if answer.status == Status.ACTION_REQUIRED and not answer.agreed:
            return SetUpAnswer(gateway_id, Status.CANCELLED)
        return answer

    def _saved(self, gateway_id: str) -> SetUpAnswer | None:
        """What the customer of this set-up has; None: nothing."""
        customer = gateway_id.partition(" ")[2]
        if not customer:
            return None
        try:
            found = self._client.get(TOKENS, customer_id=customer).get("payment_tokens") or ()
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return None
        return self._kept(gateway_id, found[0]) if found else None

    def _kept(self, gateway_id: str, payment_token: Json) -> SetUpAnswer:
        """An answer that PayPal repeats says what once was: whether the token still stands is asked."""
        if not payment_token.get("id"):
            raise AnswerLost("a payment token that can't be read")
        saved = self.retrieve_method(str(payment_token["id"]))
        return SetUpAnswer(gateway_id, Status.SUCCEEDED, saved=saved)


def _answer(gateway_id: str, setup_token: Json) -> SetUpAnswer:
    links = setup_token.get("links") or ()
    there = next((str(each.get("href", "")) for each in links if each.get("rel") == "approve"), "")
    agreed = setup_token.get("status") in _AGREED
    action = NextAction("redirect", url=there) if there and not agreed else None
    return SetUpAnswer(gateway_id, Status.ACTION_REQUIRED, next_action=action, agreed=agreed)


def _name(made: Json) -> str:
    customer = (made.get("customer") or {}).get("id")
    if not made.get("id"):
        raise AnswerLost("a setup token that can't be read")
    return f"{made['id']} {customer or ''}".strip()


def _setup_token(gateway_id: str) -> str:
    token = gateway_id.partition(" ")[0]
    if not token:
        raise Refused("no setup token")
    return token
