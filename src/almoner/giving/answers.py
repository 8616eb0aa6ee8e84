"""What a donor's request is answered with: a step as a whole page or as the section that the script swaps in."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from almoner.giving import thanks
from almoner.giving.catalogue import charity_at
from almoner.giving.models import Gift
from almoner.giving.pages import csp_hashes, render
from almoner.giving.views_model import Step, Thanks
from almoner.payments.models import Attempt
from almoner.payments.transitions import State


def fragment(request: HttpRequest) -> bool:
    """Whether our script asks, which needs the section alone."""
    return request.headers.get("X-Almoner-Fragment") == "1"


def answer(request: HttpRequest, step: Step, *, status: int = 200) -> HttpResponse:
    """A step as the answer to a POST. `no-store` would break the browser's Back, so it is `no-cache`."""
    return private(page(step, whole=not fragment(request), status=status))


def page(step: Step, *, whole: bool, hashes: bool = False, status: int = 200) -> HttpResponse:
    """With `hashes` nothing in it is of this answer alone; else its script carries a nonce."""
    if not whole:
        return HttpResponse(render(step, whole=False), status=status)
    allowed = csp_hashes(step.look if isinstance(step, Thanks) else step.form)
    nonce = "" if hashes else secrets.token_urlsafe(16)
    script = f"'{allowed.script}' '{allowed.finder}'" if hashes else f"'nonce-{nonce}' '{allowed.finder}'"
    response = HttpResponse(render(step, whole=True, nonce=nonce), status=status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{allowed.style}'; script-src {script}; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def thanks_response(step: Thanks) -> HttpResponse:
    """A gift's own page."""
    response = private(page(step, whole=True))
    # The address is the key to the gift: it is told to nobody.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def to_gift(request: HttpRequest, gift: Gift, attempt: Attempt, language: str) -> HttpResponse:
    """Where the donor goes now: to the gateway's page if it asks for them, else to where the gift stands."""
    action = attempt.next_action or {}
    if attempt.state == State.ACTION_REQUIRED and action.get("kind") == "redirect":
        response: HttpResponse = HttpResponseRedirect(action["url"])
        if fragment(request):
            response = HttpResponse(status=204)
            response.headers["X-Almoner-Location"] = action["url"]
        return private(response)
    if fragment(request):
        return private(page(thanks.thanks_of(gift_at(request, gift.public_key), language), whole=False))
    response = HttpResponseRedirect(thanks.address(gift.public_key, language))
    response.status_code = 303
    return private(response)


def gift_at(request: HttpRequest, public_key: str) -> thanks.Seen:
    """The gift of this charity that a key opens; 404 when there is none."""
    charity = charity_at(request.get_host())
    gift = thanks.gift_at(public_key, charity) if charity is not None else None
    if gift is None:
        raise Http404("There is no gift at this address.")
    return gift


def private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-cache"
    return response
