"""Whether PayPal is set up as it must be: asked of PayPal, told in codes that staff's screens put in words."""

from typing import Final

from almoner.payments.gateways.http import HttpRefused
from almoner.payments.gateways.paypal.client import Client, Setup
from almoner.payments.gateways.port import GatewayError, Problem, away, mode_problems

# What has to arrive for a gift, a refund and a dispute to be known at once.
EVENTS: Final = (
    "CHECKOUT.ORDER.APPROVED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.RESOLVED",
    "CUSTOMER.DISPUTE.UPDATED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "VAULT.PAYMENT-TOKEN.CREATED",
    "VAULT.PAYMENT-TOKEN.DELETED",
)
# Of the app's permissions: what each is for.
_SCOPES: Final = {
    "vault": "https://uri.paypal.com/services/vault/payment-tokens/readwrite",
    "reporting": "https://uri.paypal.com/services/reporting/search/read",
    "disputes": "https://uri.paypal.com/services/disputes/read-seller",
    "answers to disputes": "https://uri.paypal.com/services/disputes/update-seller",
}


def problems(client: Client, setup: Setup, *, webhook_url: str) -> list[Problem]:
    """Empty is the good case. When PayPal can't be asked, or doesn't know the key, nothing more is looked at."""
    found = mode_problems(live=setup.live, expected=setup.live_expected, told_by="ALMONER_PAYPAL_API_BASE")
    try:
        client.token()
    except HttpRefused:
        return [*found, Problem("bad_key")]
    except GatewayError as fault:
        return [*found, away(fault)]
    found += [
        Problem("missing_capability", name) for name, scope in _SCOPES.items() if scope not in client.scopes
    ]
    return found + _of_webhook(client, setup, webhook_url=webhook_url)


def _of_webhook(client: Client, setup: Setup, *, webhook_url: str) -> list[Problem]:
    if not setup.webhook_id:
        return [Problem("missing_setting", "ALMONER_PAYPAL_WEBHOOK_ID")]
    try:
        webhook = client.get(f"/v1/notifications/webhooks/{setup.webhook_id}")
    except HttpRefused:
        return [Problem("no_webhook", setup.webhook_id)]
    except GatewayError as fault:
        return [away(fault)]
    if webhook.get("url") != webhook_url:
        return [Problem("webhook_elsewhere", str(webhook.get("url", "")))]
    names = {str(each.get("name")) for each in webhook.get("event_types") or ()}
    missing = [name for name in EVENTS if name not in names] if "*" not in names else []
    return [Problem("webhook_missing_events", ", ".join(missing))] if missing else []
