"""Whether GoCardless is set up as it must be: asked of GoCardless, told in codes that staff's screens put in words."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from almoner.payments.gateways.gocardless.client import Client, Setup
from almoner.payments.gateways.gocardless.schemes import schemes_of
from almoner.payments.gateways.http import HttpRefused, Json
from almoner.payments.gateways.port import GatewayError, Problem, away, mode_problems

# Of the newest webhooks that were sent, to whomever.
_LOOKED_AT: Final = 100


def problems(client: Client, setup: Setup, *, webhook_url: str) -> list[Problem]:
    """Empty is the good case. When GoCardless can't be asked, or doesn't know the key, nothing more is looked at."""
    found = mode_problems(
        live=setup.live, expected=setup.live_expected, told_by="ALMONER_GOCARDLESS_API_BASE"
    )
    try:
        creditors = {str(each.get("id")): each for each in client.pages("creditors")}
        sent = list(islice(client.pages("webhooks"), _LOOKED_AT))
    except HttpRefused as refused:
        return [*found, Problem("bad_key" if refused.status in (401, 403) else "wrong_version", str(refused))]
    except GatewayError as fault:
        return [*found, away(fault)]
    if setup.creditor not in creditors:
        found.append(Problem("wrong_account", ", ".join(sorted(creditors))))
    else:
        found += _of_creditor(creditors[setup.creditor], setup)
    return found + list(_of_webhook(sent, setup, webhook_url=webhook_url))


def _of_creditor(creditor: Json, setup: Setup) -> Iterator[Problem]:
    if creditor.get("verification_status") != "successful":
        yield Problem("missing_capability", "verification")
    if creditor.get("can_create_refunds") is False:
        yield Problem("missing_capability", "refunds")
    enabled = {
        str(each.get("scheme"))
        for each in creditor.get("scheme_identifiers") or ()
        if each.get("status", "active") == "active"
    }
    for scheme in schemes_of(setup.methods):
        name = scheme.code.removesuffix("_core")
        if not {name, scheme.code} & enabled:
            yield Problem("missing_capability", name)


def _of_webhook(sent: Sequence[Json], setup: Setup, *, webhook_url: str) -> Iterator[Problem]:
    """GoCardless doesn't tell where it sends, but lists what it has sent, newest first, and how that went. Others may
    listen too."""
    if not setup.webhook_secrets:
        yield Problem("missing_setting", "ALMONER_GOCARDLESS_WEBHOOK_SECRETS")
        return
    if not sent:
        yield Problem("no_webhook")
        return
    ours = [each for each in sent if each.get("url") == webhook_url]
    if not ours:
        yield Problem("webhook_elsewhere", str(sent[0].get("url", "")))
    elif ours[0].get("successful") is False:
        yield Problem("webhook_failing", f"{webhook_url}: {ours[0].get('response_code') or 'no answer'}")
