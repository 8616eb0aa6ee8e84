"""Signing in and out, and the first page: what a donor gave, with receipts, and what they give regularly."""

import re
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from almoner.donors import links, visits
from almoner.donors.links import LinkState
from almoner.donors.models import LinkRequest
from almoner.donors.overview import overview_of
from almoner.donors.pages import page
from almoner.donors.plan_pages import lines_of
from almoner.donors.tokens import code_of
from almoner.donors.visiting import (
    Donor,
    Guest,
    donor_of,
    drop_cookie,
    for_donors,
    for_guests,
    keep_browser,
    keep_up,
    keep_visit,
    led_to,
    see_other,
    visit_of,
)
from almoner.giving.entry import Invalid, read_email
from almoner.giving.views_model import FieldError
from almoner.kernel.clock import now

_BROWSER_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@for_guests
def home(guest: Guest) -> HttpResponse:
    """The overview of a donor who is signed in; for all others the question where to send a link."""
    if guest.posts:
        return see_other(guest.to(""))
    found = visit_of(guest)
    if found is None:
        return _ask_page(guest, onward=guest.request.GET.get("to", ""))
    donor = donor_of(guest, found)
    seen = overview_of(donor, donor.request.GET.get("page", ""))
    return keep_up(page(donor, "home", _("Your giving"), seen=seen, plans=lines_of(donor)), found)


@for_guests
def ask(guest: Guest) -> HttpResponse:
    """A link is asked for. The answer is the same whether or not anybody has the address."""
    if not guest.posts:
        return see_other(guest.to(""))
    onward = guest.post.get("to", "")
    try:
        email = read_email(guest.post.get("email", ""))
    except Invalid as invalid:
        return _ask_page(guest, onward=onward, errors=invalid.errors)
    # A browser that asks again keeps its value, so that the link of an earlier mail opens in it too.
    browser = guest.browser if _BROWSER_VALUE.fullmatch(guest.browser) else links.new_browser_value()
    links.ask(
        email,
        charity=guest.charity,
        browser=browser,
        host=guest.request.get_host().rpartition(":")[0] or guest.request.get_host(),
        address=guest.address,
        language=guest.language,
        onward=onward if led_to(onward) else "",
        at=now(),
    )
    response = see_other(guest.to("sent/"))
    keep_browser(response, browser)
    return response


@for_guests
def sent(guest: Guest) -> HttpResponse:
    """After asking: look into your mail. With the field for the code that a link shows elsewhere."""
    if not guest.browser:
        return see_other(guest.to(""))
    return _sent_page(guest)


@for_guests
def enter(guest: Guest, key: str, token: str) -> HttpResponse:
    """A link is opened: a page with one button, which alone signs in."""
    link = links.look(key, token, charity=guest.charity, browser=guest.browser, at=now())
    if link is None:
        raise Http404("There is no such link.")
    if link.state == LinkState.OVER:
        return page(guest, "over", _("This link has been used, or is too old"), status=410)
    if link.state == LinkState.ELSEWHERE:
        code = code_of(link.request.key)
        status = 403 if guest.posts else 200
        return page(
            guest, "elsewhere", _("Go on in the other browser"), status=status, code=f"{code[:4]} {code[4:]}"
        )
    if not guest.posts:
        return page(guest, "enter", _("Open your page"))
    return _sign_in(guest, link.request)


@for_guests
def code(guest: Guest) -> HttpResponse:
    """The code was typed that the link shows in another browser."""
    if not guest.posts:
        return see_other(guest.to("sent/"))
    typed = "".join(char for char in guest.post.get("code", "") if char.isalnum())
    request = links.by_code(typed, charity=guest.charity, browser=guest.browser, at=now())
    if request is None:
        wrong = _("This code doesn’t hold. Check it, or ask for a new link")
        return _sent_page(guest, errors=(FieldError("code", wrong),))
    return _sign_in(guest, request)


@for_donors
def leave(donor: Donor) -> HttpResponse:
    """Sign out, here or everywhere."""
    if not donor.posts:
        return see_other(donor.to(""))
    if donor.post.get("where") == "everywhere":
        visits.end_all(donor.supporter_id, at=now())
    else:
        visits.end(donor.visit, at=now())
    response = see_other(donor.to(""))
    drop_cookie(response, settings.DONOR_COOKIE_NAME)
    return response


def _sign_in(guest: Guest, request: LinkRequest) -> HttpResponse:
    """Use the link up and begin a visit, both or neither."""
    at = now()
    assert request.supporter_id is not None
    with transaction.atomic():
        if not links.use(request, at=at):
            return page(guest, "over", _("This link has been used, or is too old"), status=410)
        before = visit_of(guest)
        if before is not None:
            visits.end(before.visit, at=at)
        token = visits.begin(charity_id=guest.charity.pk, supporter_id=request.supporter_id, at=at)
    response = see_other(guest.to(led_to(request.onward)))
    keep_visit(response, token)
    drop_cookie(response, settings.DONOR_ASK_COOKIE_NAME)
    return response


def _ask_page(guest: Guest, *, onward: str, errors: tuple[FieldError, ...] = ()) -> HttpResponse:
    values = {"email": guest.post.get("email", ""), "to": onward if led_to(onward) else ""}
    return page(guest, "ask", _("Your giving"), errors=errors, values=values)


def _sent_page(guest: Guest, *, errors: tuple[FieldError, ...] = ()) -> HttpResponse:
    return page(
        guest, "sent", _("Look into your mail"), errors=errors, values={"code": guest.post.get("code", "")}
    )
