"""Mandates that GoCardless saves without a payment: a billing request for a mandate, and its page, and that is all.

A mandate can be debited from the moment it is made; its bank may refuse it days later, which its events tell.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from almoner.payments.gateways.gocardless.client import Client
from almoner.payments.gateways.gocardless.schemes import BY_METHOD
from almoner.payments.gateways.gocardless.webhooks import SET_UP_KEY
from almoner.payments.gateways.http import Json, own_key
from almoner.payments.gateways.port import (
    NextAction,
    Payer,
    Refused,
    SavedMethod,
    SetUpAnswer,
    SetUpOrder,
    Status,
)

_LANGUAGES: Final = frozenset({"en", "fr", "de", "pt", "es", "it", "nl", "da", "nb", "sl", "sv"})


def flow(request_id: str, *, return_url: str, language: str, payer: Payer | None) -> dict[str, Any]:
    """The page of a billing request. Whoever leaves it comes back to the same address as who agreed."""
    content: dict[str, Any] = {
        "redirect_uri": return_url,
        "exit_uri": return_url,
        "links": {"billing_request": request_id},
    }
    if language in _LANGUAGES:
        content["language"] = language
    if payer is not None:
        content["prefilled_customer"] = {
            "given_name": payer.given_name,
            "family_name": payer.family_name,
            "email": payer.email,
        }
    return content


def mandate_of(request: Json) -> str:
    """The mandate that came of a billing request; "" while there is none."""
    found = (request.get("links") or {}).get("mandate_request_mandate")
    return str(found) if found and request.get("status") == "fulfilled" else ""


class SetUps(ABC):
    """What GoCardless does of `port.SetsUp`."""

    account: str
    _client: Client

    @abstractmethod
    def retrieve_method(self, token: str) -> SavedMethod: ...

    @abstractmethod
    def _stop(self, resource: str, identity: str) -> None: ...

    def set_up(self, order: SetUpOrder) -> SetUpAnswer:
        scheme = BY_METHOD.get(order.method)
        if scheme is None or order.currency not in (scheme.method.currencies or ()):
            raise Refused(f"{order.method} takes no {order.currency}")
        content = {
            "mandate_request": {"currency": order.currency, "scheme": scheme.code},
            "links": {"creditor": self.account},
            "metadata": {SET_UP_KEY: order.key},
        }
        request = self._client.make("billing_requests", content, key=order.key)
        request_id = str(request["id"])
        page = flow(request_id, return_url=order.return_url, language=order.language, payer=order.payer)
        made = self._client.make("billing_request_flows", page, key=f"{order.key}-flow")
        action = NextAction("redirect", url=str(made["authorisation_url"]))
        return SetUpAnswer(request_id, Status.ACTION_REQUIRED, next_action=action, key=order.key)

    def retrieve_set_up(self, gateway_id: str) -> SetUpAnswer:
        request = self._client.get("billing_requests", gateway_id)
        key = _key(request.get("metadata") or {})
        if mandate := mandate_of(request):
            return SetUpAnswer(gateway_id, Status.SUCCEEDED, saved=self.retrieve_method(mandate), key=key)
        over = request.get("status") == "cancelled"
        return SetUpAnswer(gateway_id, Status.CANCELLED if over else Status.ACTION_REQUIRED, key=key)

    def finish_set_up(self, gateway_id: str, *, key: str) -> SetUpAnswer:
        """GoCardless makes the mandate when the donor agrees."""
        return self.retrieve_set_up(gateway_id)

    def cancel_set_up(self, gateway_id: str) -> SetUpAnswer:
        """Its page asks nobody any more. A mandate that was made first is told of."""
        self._stop("billing_requests", gateway_id)
        return self.retrieve_set_up(gateway_id)


def _key(metadata: Mapping[str, Any]) -> str:
    return own_key(metadata.get(SET_UP_KEY))
