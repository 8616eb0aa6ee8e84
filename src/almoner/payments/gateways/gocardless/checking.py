"""Whether GoCardless is set up as it must be: asked of GoCardless, told in codes that staff's screens put in words."""

from collections.abc import Iterator

from almoner.payments.gateways.gocardless.client import Client, Setup
from almoner.payments.gateways.gocardless.schemes import SCHEMES
from almoner.payments.gateways.http import HttpRefused, Json
from almoner.payments.gateways.port import GatewayError, Problem


def problems(client: Client, setup: Setup, *, webhook_url: str) -> list[Problem]:
    try:
        creditors = {str(each.get("id")): each for each in client.pages("creditors")}
        sent = next(client.pages("webhooks"), None)
    except HttpRefused as refused:
        return [Problem("bad_key" if refused.status in (401, 403) else "wrong_version", str(refused))]
    except GatewayError as fault:
        return [Problem("unreachable", str(fault))]
    found = []
    if setup.live_expected == ("sandbox" in setup.api_base):
        found.append(Problem("wrong_mode", setup.api_base))
    if setup.creditor not in creditors:
        found.append(Problem("wrong_account", ", ".join(sorted(creditors))))
    else:
        found += _of_creditor(creditors[setup.creditor])
    return found + list(_of_webhook(sent, setup, webhook_url=webhook_url))


def _of_creditor(creditor: Json) -> Iterator[Problem]:
    if creditor.get("verification_status") != "successful":
        yield Problem("missing_capability", "verification")
    if creditor.get("can_create_refunds") is False:
        yield Problem("missing_capability", "refunds")
    enabled = {
        str(each.get("scheme"))
        for each in creditor.get("scheme_identifiers") or ()
        if each.get("status", "active") == "active"
    }
    for scheme in SCHEMES:
        name = "sepa" if scheme.code == "sepa_core" else scheme.code
        if not {name, scheme.code} & enabled:
            yield Problem("missing_capability", name)


def _of_webhook(sent: Json | None, setup: Setup, *, webhook_url: str) -> Iterator[Problem]:
    """GoCardless doesn't tell where it sends, but lists what it has sent."""
    if not setup.webhook_secrets or sent is None:
        yield Problem("no_webhook")
    elif sent.get("url") != webhook_url:
        yield Problem("webhook_elsewhere", str(sent.get("url", "")))
