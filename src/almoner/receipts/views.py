"""A receipt's document, its public check, the public keys, and what the mail service tells.

A document's address is the authority to read it: 128 bits that nobody can guess, told to nobody but the donor.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from almoner.giving.assets import source_hash
from almoner.giving.catalogue import charity_look
from almoner.giving.pages import page_style
from almoner.receipts import bounces
from almoner.receipts.checking import Verdict, public_keys, verdict_of
from almoner.receipts.links import keys_path
from almoner.receipts.models import Receipt
from almoner.receipts.sealing import DocumentErased, document, with_rows
from almoner.receipts.wording import day, money

_CHECK_CSS: Final = (Path(__file__).parent / "assets" / "check.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    value: str


@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The document, made now if the worker hasn't come to it yet."""
    receipt = _receipt(token)
    try:
        content = document(receipt)
    except DocumentErased:
        return _private(
            HttpResponse(
                _("This document was erased together with its donor’s data."),
                status=410,
                content_type="text/plain; charset=utf-8",
            )
        )
    response = _private(HttpResponse(content, content_type="application/pdf"))
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt.shown_number}.pdf"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


@require_safe
def check(request: HttpRequest, token: str) -> HttpResponse:
    """For anybody who was shown a receipt: whether it is ours and holds. Never a name."""
    receipt = _receipt(token)
    verdict = verdict_of(receipt)
    language = translation.get_language() or settings.LANGUAGE_CODE
    look = charity_look(receipt.gift.charity, language, leads_on=False)
    style = page_style(look) + _CHECK_CSS
    html = render_to_string(
        "receipts/check.jinja",
        {
            "look": look,
            "style": Markup(style),  # noqa: S704 (our own stylesheets and hex colours)
            "logo": Markup(look.logo_svg),  # noqa: S704 (sanitised when it was saved)
            "verdict": verdict,
            "rows": _rows(receipt, verdict),
            "keys_url": keys_path(),
        },
        using="jinja2",
    )
    response = _private(HttpResponse(html))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{source_hash(style.encode())}'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return response


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """Every public key that signed a receipt here, for whoever checks one without asking us."""
    listed = [{"kty": "OKP", "crv": "Ed25519", "use": "sig", **key} for key in public_keys()]
    response = JsonResponse({"canonical_form": "RFC 8785", "keys": listed})
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_http_methods(["POST", "HEAD"])
def mail_events(request: HttpRequest, service: str) -> HttpResponse:
    """The sending service's webhook. HEAD is how some of them try an address out."""
    if request.method == "HEAD":
        return HttpResponse()
    try:
        bounces.receive(request, service)
    except bounces.NotConfigured as missing:
        raise Http404 from missing
    except bounces.Forged:
        return HttpResponse(status=403)
    except bounces.TooEarly:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse()


def _receipt(token: str) -> Receipt:
    found = Receipt.objects.filter(token=token).values_list("pk", flat=True).first()
    if found is None:
        raise Http404("No receipt has this address.")
    return with_rows(found)


def _rows(receipt: Receipt, verdict: Verdict) -> list[_Row]:
    rows = [
        _Row(_("Receipt number"), receipt.shown_number),
        _Row(_("Issued by"), verdict.charity),
        _Row(_("Amount received"), money(receipt.amount_minor, receipt.currency)),
        _Row(_("For"), verdict.fund),
        _Row(_("Date of gift"), day(verdict.given_on)),
        _Row(_("Date of issue"), day(verdict.issued_on)),
    ]
    if verdict.replaced_by:
        rows.append(_Row(_("Replaced by receipt"), verdict.replaced_by))
    return rows


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
