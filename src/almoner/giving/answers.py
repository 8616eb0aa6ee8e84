"""What a donor's request is answered with: a step as a whole page or as the section that the script swaps in."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from almoner.giving import thanks
from almoner.giving.catalogue import FormSpec, charity_at, language_root
from almoner.giving.in_page import confirm_step
from almoner.giving.models import Gift
from almoner.giving.pages import csp_hashes, render
from almoner.giving.views_model import (
    CharityLook,
    PageElement,
    Step,
    StepConfirm,
    StepPayment,
    StepWallet,
    Thanks,
)
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
    look = step.look if isinstance(step, Thanks) else step.form
    allowed = csp_hashes(look)
    nonce = "" if hashes else secrets.token_urlsafe(16)
    own = allowed.script if hashes else f"nonce-{nonce}"
    script = " ".join(f"'{source}'" for source in (own, *allowed.more))
    element = step.element if isinstance(step, StepWallet | StepPayment | StepConfirm) else None
    scripts, frames, connections = _sources(element)
    response = HttpResponse(render(step, whole=True, nonce=nonce), status=status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{allowed.style}'; script-src {script}{scripts}; img-src 'self' data:; "
        f"{frames}connect-src 'self'{connections}; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {_ancestors(look)}"
    )
    if look.framed:
        # The page to be found is the form's own.
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _ancestors(look: CharityLook) -> str:
    """Who may frame a page: nobody, but for a page that is made for it. Staff look at that on our own site too."""
    return " ".join([*look.frame_sites, "'self'"]) if look.frame_sites is not None else "'none'"


def _sources(element: PageElement | None) -> tuple[str, str, str]:
    """What a gateway's fields add to the policy's scripts, frames and connections: on their own page, and nowhere."""
    if element is None:
        return "", "", ""
    scripts, connections = (
        "".join(f" {source}" for source in sources)
        for sources in (element.script_sources, element.connect_sources)
    )
    return scripts, f"frame-src {' '.join(element.frame_sources)}; ", connections


def payment(request: HttpRequest, step: Step) -> HttpResponse:
    """The payment step, on the way there. The gateway's script runs in no page but one that is this step's alone, with
    a policy of its own: a script that would swap the step into another page gets nothing, and sends the form."""
    if fragment(request) and isinstance(step, StepWallet | StepPayment) and step.element is not None:
        return private(HttpResponse())
    return answer(request, step)


def thanks_response(step: Thanks) -> HttpResponse:
    """A gift's own page."""
    response = private(page(step, whole=True))
    # The address is the key to the gift: it is told to nobody.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def to_gift(
    request: HttpRequest, gift: Gift, attempt: Attempt, language: str, *, spec: FormSpec, token: str
) -> HttpResponse:
    """Where the donor goes now: to the gateway if it asks for them, else to where the gift stands. `token` is the
    draft, for whoever would rather pay in another way."""
    if attempt.state == State.ACTION_REQUIRED and attempt.next_action:
        return _to_gateway(request, gift, attempt, language, spec=spec, token=token)
    if fragment(request):
        seen = gift_at(request, gift.public_key)
        return private(page(thanks.thanks_of(seen, language, frame=spec.frame), whole=False))
    response = HttpResponseRedirect(thanks.address(gift.public_key, language, frame=spec.frame))
    response.status_code = 303
    return private(response)


def _to_gateway(
    request: HttpRequest, gift: Gift, attempt: Attempt, language: str, *, spec: FormSpec, token: str
) -> HttpResponse:
    """To its page, or to its script in ours. The policy lets a form be sent to ourselves only, and browsers hold a
    redirect after it against that too: to another host it is a page that goes on by itself, with a plain link. From a
    frame the link leads out of it, for no gateway lets itself be framed; the frame's script follows it."""
    action: dict[str, str] = attempt.next_action or {}
    leaves = action.get("kind") == "redirect" and spec.frame is None
    if leaves and fragment(request):
        response = HttpResponse(status=204)
        response.headers["X-Almoner-Location"] = action["url"]
        return private(response)
    if leaves and action["url"].startswith("/"):
        return private(HttpResponseRedirect(action["url"]))
    return_url = f"{language_root(language)}/give/return/{gift.public_key}/"
    step = confirm_step(
        spec, language, token=token, return_url=return_url, action=action, gateway=attempt.gateway
    )
    response = answer(request, step)
    if leaves:
        response.headers["Refresh"] = f"0;url={step.url}"
    return response


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
