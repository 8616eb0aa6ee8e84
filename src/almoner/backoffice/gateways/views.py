"""The gateways of this installation, and a button that asks one whether it is set up as it must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from almoner.backoffice import access
from almoner.backoffice.gateways.problems import Advice, advice
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.payments import gateways
from almoner.payments.gateways.port import Gateway, GatewayError, Problem
from almoner.payments.models import InboxMessage

# Names only: no screen shows what they hold.
_READS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "sandbox": ("Sandbox", ("ALMONER_SANDBOX",)),
    "stripe": (
        "Stripe",
        (
            "ALMONER_STRIPE_ACCOUNT", "ALMONER_STRIPE_SECRET_KEY", "ALMONER_STRIPE_PUBLISHABLE_KEY",
            "ALMONER_STRIPE_WEBHOOK_SECRETS", "ALMONER_STRIPE_CURRENCIES", "ALMONER_STRIPE_METHODS",
        ),
    ),
    "paypal": (
        "PayPal",
        (
            "ALMONER_PAYPAL_CLIENT_ID", "ALMONER_PAYPAL_SECRET", "ALMONER_PAYPAL_MERCHANT_ID",
            "ALMONER_PAYPAL_WEBHOOK_ID",
        ),
    ),
    "gocardless": (
        "GoCardless",
        (
            "ALMONER_GOCARDLESS_ACCESS_TOKEN", "ALMONER_GOCARDLESS_CREDITOR", "ALMONER_GOCARDLESS_WEBHOOK_SECRETS",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A gateway as the page shows it. `heard_at` is of the webhooks whose bodies are still kept: 90 days."""

    code: str
    name: str
    reads: Sequence[str]
    set_up: bool
    methods: Sequence[str]
    currencies: Sequence[str]
    heard_at: datetime | None


@require_safe
@access.needs(access.SUPERUSER)
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@access.needs(access.SUPERUSER)
def test(request: HttpRequest, code: str) -> HttpResponse:
    """Asks the gateway, outside any transaction; the answer is shown, and its codes are in the log."""
    gateway = gateways.gateways().get(code)
    if gateway is None or code not in _READS:
        raise Http404
    problems = _ask(gateway)
    audit.record(
        actor=request.user,
        charity=None,
        action="test gateway",
        object_type="gateway",
        object_id=code,
        detail={"found": [problem.code for problem in problems]},
    )
    return _page(request, tested=code, found=[advice(problem) for problem in problems])


def _ask(gateway: Gateway) -> Sequence[Problem]:
    hook = settings.SITE_URL.rstrip("/") + reverse("webhook", args=[gateway.code])
    try:
        return gateway.check(webhook_url=hook)
    except GatewayError as error:
        return [Problem("unreachable", str(error))]


def _page(request: HttpRequest, *, tested: str = "", found: Sequence[Advice] = ()) -> HttpResponse:
    context = {
        "title": "Gateways",
        "breadcrumbs_items": crumbs(("Gateways", "")),
        "rows": _rows(),
        "tested": tested,
        "found": found,
    }
    return render(request, "backoffice/gateways.html", context)


def _rows() -> list[Row]:
    told = InboxMessage.objects.filter(body__isnull=False).values_list("gateway")
    heard = dict(told.annotate(last=Max("received_at")))
    # Where the sandbox may not be, nobody needs to set it up.
    shown = [code for code in _READS if code != "sandbox" or code in gateways.gateways()]
    return [_row(code, heard.get(code)) for code in shown]


def _row(code: str, heard_at: datetime | None) -> Row:
    name, reads = _READS[code]
    gateway = gateways.gateways().get(code)
    if gateway is None:
        return Row(code, name, reads, set_up=False, methods=(), currencies=(), heard_at=heard_at)
    able = gateway.capabilities()
    methods = [method.code for method in able.methods]
    return Row(code, name, reads, True, methods, sorted(able.currencies or ()), heard_at)
