"""Whether Stripe is set up as it must be: asked of Stripe itself, and said problem by problem."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from almoner.payments.gateways.port import GatewayError, Problem, away, mode_problems
from almoner.payments.gateways.stripe.client import Client, Rejected, Setup
from almoner.payments.gateways.stripe.orders import LINK, OFFERS
from almoner.payments.gateways.stripe.webhooks import EVENTS

_BAD_KEY = (401, 403)


def problems(client: Client, setup: Setup, *, webhook_url: str) -> Sequence[Problem]:
    """Empty is the good case. When Stripe can't be asked, or doesn't know the key, nothing more is looked at."""
    mode = mode_problems(live=setup.live, expected=setup.live_expected, told_by="ALMONER_STRIPE_SECRET_KEY")
    try:
        account = client.get("/v1/account")
        endpoints = list(client.pages("/v1/webhook_endpoints"))
    except Rejected as error:
        return [*mode, Problem("bad_key" if error.status in _BAD_KEY else "wrong_version", str(error))]
    except GatewayError as error:
        return [*mode, away(error)]
    return [*mode, *_account(account, setup), *_webhooks(endpoints, setup, webhook_url)]


def _account(account: Mapping[str, Any], setup: Setup) -> Iterator[Problem]:
    if account["id"] != setup.account:
        yield Problem("wrong_account", account["id"])
    if not account.get("charges_enabled"):
        yield Problem("missing_capability", "charges")
    able = account.get("capabilities") or {}
    wanted = [(name, OFFERS[name].capabilities) for name in setup.methods if name in OFFERS]
    if LINK in setup.methods:
        wanted.append((LINK, ("link_payments",)))
    for name, capabilities in wanted:
        if any(able.get(capability) != "active" for capability in capabilities):
            yield Problem("missing_capability", name)


def _webhooks(endpoints: Sequence[Mapping[str, Any]], setup: Setup, webhook_url: str) -> Iterator[Problem]:
    ours = [each for each in endpoints if each["url"] == webhook_url]
    if not ours:
        path = urlsplit(webhook_url).path
        elsewhere = [each["url"] for each in endpoints if urlsplit(each["url"]).path == path]
        yield Problem("webhook_elsewhere", elsewhere[0]) if elsewhere else Problem("no_webhook", webhook_url)
        return
    active = [each for each in ours if each["status"] == "enabled"]
    if not active:
        yield Problem("webhook_disabled", webhook_url)
        return
    told = {event for each in active for event in each["enabled_events"]}
    missing = [] if "*" in told else sorted(EVENTS.keys() - told)
    if missing:
        yield Problem("webhook_missing_events", ", ".join(missing))
    for each in active:
        if each.get("api_version") not in (None, setup.api_version):
            yield Problem("wrong_version", each["api_version"])
