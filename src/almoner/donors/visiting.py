"""What a request to the donor's own page says, read once: whose site, in which language, which donor, what it posts.

Every answer from here is private, is kept by nobody, and is never shown in a frame. A POST comes from our own pages:
its Origin says so, and a signed-in donor's carries a token that is bound to the visit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from almoner.charities.models import Charity
from almoner.donors import visits
from almoner.donors.models import Visit
from almoner.donors.tokens import is_mac, mac
from almoner.giving.asking import language_of
from almoner.giving.catalogue import charity_at, language_root
from almoner.kernel.clock import now
from almoner.kernel.references import valid_reference

# Pages of a plan to which mails lead straight.
_LED_TO: Final = {"plan-method": "method"}


@dataclass(frozen=True, slots=True)
class Guest:
    """Anybody, at one charity's site. `post` is empty for a GET."""

    request: HttpRequest
    charity: Charity
    language: str
    post: Mapping[str, str]

    @property
    def posts(self) -> bool:
        return self.request.method == "POST"

    @property
    def address(self) -> str:
        return str(self.request.META.get("REMOTE_ADDR", ""))

    @property
    def browser(self) -> str:
        """The asking browser's value; "" when it has none."""
        return self.request.COOKIES.get(settings.DONOR_ASK_COOKIE_NAME, "")

    def to(self, path: str) -> str:
        """An address of this page in the donor's language: "plans/K7Q2M9XTB4/" -> "/ar/giving/plans/K7Q2M9XTB4/"."""
        return f"{language_root(self.language)}/giving/{path}"


@dataclass(frozen=True, slots=True)
class Donor(Guest):
    """A guest who is signed in."""

    visit: Visit

    @property
    def supporter_id(self) -> int:
        return self.visit.supporter_id

    @property
    def csrf(self) -> str:
        """What each form of this visit carries: worthless in any other."""
        return mac("csrf", str(self.visit.pk))


def for_guests(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view(guest, ...)`, whoever asks."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        return kept_by_nobody(_foreign(request) or view(_guest(request), **kwargs))

    return guarded


def for_holders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view(guest, ...)`, for whoever holds the key in the address. A mail service posts there too, from its own place
    and as it likes (RFC 8058), so the key alone says what a POST may do."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        return kept_by_nobody(view(_guest(request), **kwargs))

    return guarded


def for_donors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view(donor, ...)` for whoever is signed in; all others are asked to, and come back to where they wanted."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        refused = _foreign(request)
        if refused is not None:
            return kept_by_nobody(refused)
        guest = _guest(request)
        found = visit_of(guest)
        if found is None:
            onward = _onward(request, kwargs)
            return kept_by_nobody(see_other(guest.to("") + (f"?to={quote(onward)}" if onward else "")))
        donor = donor_of(guest, found)
        if donor.posts and not is_mac("csrf", str(donor.visit.pk), donor.post.get("csrf", "")):
            return kept_by_nobody(
                refusal(_("This page was open for too long. Go back, load it anew and try again."))
            )
        return kept_by_nobody(keep_up(view(donor, **kwargs), found))

    return guarded


def visit_of(guest: Guest) -> visits.Found | None:
    """Asked once a request: it may replace the token."""
    token = guest.request.COOKIES.get(settings.DONOR_COOKIE_NAME, "")
    return visits.find(token, charity=guest.charity, at=now())


def donor_of(guest: Guest, found: visits.Found) -> Donor:
    return Donor(guest.request, guest.charity, guest.language, guest.post, found.visit)


def keep_up(response: HttpResponse, found: visits.Found) -> HttpResponse:
    """Give the browser the token that took the old one's place, unless the view itself had a say in it."""
    if found.new_token and settings.DONOR_COOKIE_NAME not in response.cookies:
        keep_visit(response, found.new_token)
    return response


def keep_visit(response: HttpResponse, token: str) -> None:
    """Lax: a link in a mail of ours opens the page of a donor who is signed in. Gone when the browser is closed."""
    _set_cookie(response, settings.DONOR_COOKIE_NAME, token, max_age=None)


def keep_browser(response: HttpResponse, value: str) -> None:
    """For an hour: the mail may be slow, and its link is good for ten minutes from when it left."""
    _set_cookie(response, settings.DONOR_ASK_COOKIE_NAME, value, max_age=3600)


def drop_cookie(response: HttpResponse, name: str) -> None:
    _set_cookie(response, name, "", max_age=0)


def see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def refusal(text: str, *, status: int = 403) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    headers = response.headers
    headers["Cache-Control"] = "no-store"
    # A link's key stands in an address, which no other site is told. "no-referrer" would blank the Origin of our own
    # forms too, by which they are known.
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def led_to(onward: str) -> str:
    """Where `onward` leads behind the root of this page; "" for what leads to none of its pages."""
    reference, _, page = onward.partition("/")
    if not valid_reference(reference) or page not in ("", *_LED_TO.values()):
        return ""
    return f"plans/{reference}/{page}/" if page else f"plans/{reference}/"


def _onward(request: HttpRequest, kwargs: Mapping[str, str]) -> str:
    """The plan that a link was on the way to, and its page where mails lead straight to that."""
    match, reference = request.resolver_match, kwargs.get("reference", "")
    page = _LED_TO.get(match.url_name or "", "") if match is not None else ""
    return f"{reference}/{page}" if reference and page else reference


def _guest(request: HttpRequest) -> Guest:
    charity = charity_at(request.get_host())
    if charity is None:
        raise Http404("No charity answers here.")
    # A second value of a name is nothing that our forms send.
    post = {name: request.POST[name] for name in request.POST} if request.method == "POST" else {}
    return Guest(request, charity, language_of(request), post)


def _foreign(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a POST that none of our pages sends."""
    if request.method != "POST":
        return None
    if request.content_type != "application/x-www-form-urlencoded":
        return refusal(_("Send the form as it is."), status=415)
    origin = request.headers.get("Origin", "")
    site = request.headers.get("Sec-Fetch-Site", "")
    if (origin and origin != f"{request.scheme}://{request.get_host()}") or site not in (
        "",
        "same-origin",
        "none",
    ):
        return refusal(_("This form was sent from another site."))
    return None


def _set_cookie(response: HttpResponse, name: str, value: str, *, max_age: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
