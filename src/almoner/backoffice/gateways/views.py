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

from almoner.backoffice import access, words
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.payments import gateways
from almoner.payments.gateways.advice import Advice, advice, problems_of
from almoner.payments.gateways.port import Method
from almoner.payments.models import InboxMessage

# Without these a gateway isn't used, or isn't told of what happens.
_NEEDED: Final = {
    "stripe": (
        "ALMONER_STRIPE_ACCOUNT", "ALMONER_STRIPE_SECRET_KEY", "ALMONER_STRIPE_PUBLISHABLE_KEY",
        "ALMONER_STRIPE_WEBHOOK_SECRETS", "ALMONER_STRIPE_CURRENCIES",
    ),
    "paypal": (
        "ALMONER_PAYPAL_CLIENT_ID", "ALMONER_PAYPAL_SECRET", "ALMONER_PAYPAL_MERCHANT_ID", "ALMONER_PAYPAL_WEBHOOK_ID",
    ),
    "gocardless": (
        "ALMONER_GOCARDLESS_ACCESS_TOKEN", "ALMONER_GOCARDLESS_CREDITOR", "ALMONER_GOCARDLESS_WEBHOOK_SECRETS",
    ),
}  # fmt: skip
# What else each reads. Names only: no screen shows what they hold.
_READS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "sandbox": ("Sandbox", ("ALMONER_SANDBOX",)),
    "stripe": (
        "Stripe",
        (
            "ALMONER_STRIPE_METHODS", "ALMONER_STRIPE_API_BASE", "ALMONER_STRIPE_API_VERSION",
            "ALMONER_STRIPE_APPLE_PAY_FILE",
        ),
    ),
    "paypal": ("PayPal", ("ALMONER_PAYPAL_API_BASE",)),
    "gocardless": ("GoCardless", ("ALMONER_GOCARDLESS_METHODS", "ALMONER_GOCARDLESS_API_BASE")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A gateway as the page shows it. `heard_at` is of the webhooks whose bodies are still kept: 90 days."""

    code: str
    name: str
    reads: Sequence[str]
    missing: Sequence[str]
    set_up: bool
    hook: str
    methods: Sequence[tuple[str, str, str]]
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
    problems = problems_of(gateway, webhook_url=_hook(code))
    audit.record(
        actor=request.user,
        charity=None,
        action="test gateway",
        object_type="gateway",
        object_id=code,
        detail={"found": [problem.code for problem in problems]},
    )
    return _page(request, tested=code, found=[advice(problem) for problem in problems])


def _hook(code: str) -> str:
    """Where the gateway's webhook has to go."""
    return settings.SITE_URL.rstrip("/") + reverse("webhook", args=[code])


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
    name, more = _READS[code]
    gateway = gateways.gateways().get(code)
    able = gateway.capabilities() if gateway is not None else None
    return Row(
        code,
        name,
        reads=(*_NEEDED.get(code, ()), *more),
        missing=[each for each in _NEEDED.get(code, ()) if not _is_set(each)],
        set_up=able is not None,
        hook=_hook(code),
        methods=[_method(method, able.currencies) for method in able.methods] if able is not None else (),
        heard_at=heard_at,
    )


def _is_set(name: str) -> bool:
    """Stripe's settings stand in Django's without our prefix."""
    return bool(getattr(settings, name, "") or getattr(settings, name.removeprefix("ALMONER_"), ""))


def _method(method: Method, of_gateway: frozenset[str] | None) -> tuple[str, str, str]:
    """In words: what it is, in which currencies, and whether it can be charged again."""
    currencies = method.currencies if method.currencies is not None else of_gateway
    again = "Single gifts only"
    if method.repeats:
        again = "Single and regular gifts"
    if method.repeats and method.notice_days:
        days = "working days" if method.notice_in_working_days else "days"
        again = f"{again}; told {method.notice_days} {days} before each debit"
    return words.method(method.code), ", ".join(sorted(currencies)) if currencies else "All", again
