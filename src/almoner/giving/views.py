"""The donor's steps over HTTP, up to the last one (`paying`), and the page of a gift.

Every step is a POST to an address of its own that answers 200 with the next step as HTML: it works alone, and a small
script swaps it in place. Nothing is kept here between steps but what the form itself carries. Only the submit
redirects. These requests carry no authority, so there is no CSRF cookie: the draft's seal, Origin and limits guard
them.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from almoner.giving import actions, funnel, limits, steps, thanks, wallets
from almoner.giving.answers import answer, gift_at, page, payment, private, thanks_response
from almoner.giving.asking import (
    Ask,
    Outdated,
    a_step,
    absolute,
    brings_source,
    draft_in,
    form_at,
    language_of,
    standing_draft,
    with_referrer,
)
from almoner.giving.assets import asset_of
from almoner.giving.drafts import Draft, DraftExpired, DraftInvalid, new_draft
from almoner.giving.entry import (
    Invalid,
    carried_source,
    keepable,
    read_amount,
    read_source,
    typed_values,
    unprintable,
)
from almoner.giving.framing import frame_of
from almoner.giving.hooks import hooks
from almoner.giving.linking import read_link
from almoner.giving.paying import submit
from almoner.giving.regular import EVERY
from almoner.giving.returning import back_to_amount, start_again
from almoner.giving.views_model import FieldError, suffix_of
from almoner.kernel.clock import now
from almoner.payments.gateways.port import GatewayError
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer
from almoner.payments.transitions import State

__all__ = ["asset_file", "come_back", "form_page", "submit", "take_amount", "take_details", "thanks_page"]

_AMOUNT_FIELDS = (
    *(f"{name}{suffix_of(each)}" for name in ("amount", "other_amount") for each in EVERY),
    "frequency", "currency", "fund", "story", "appeal", "utm_source", "utm_medium", "utm_campaign", "utm_content",
    "utm_term", "referrer_host", "referrer", "page_url",
)  # fmt: skip


@require_safe
def form_page(request: HttpRequest, key: str, colours: str | None = None) -> HttpResponse:
    """The first step: the same bytes for everybody, so that any cache may hold it."""
    spec, language = form_at(request, key, colours)
    values, note = read_link(request.GET.dict(), spec, language)
    other_currency, brought = bool(request.GET.get("currency")), brings_source(request)
    if other_currency or brought:
        # A link of ours was followed. It brings along where the donor came from, in its address or the one it stood at.
        source = with_referrer(request, request.GET.dict())
        values |= carried_source({**source, "referrer": source["referrer_host"]})
    response = page(steps.amount_step(spec, language, values=values, note=note), whole=True, hashes=True)
    if other_currency or brought:
        private(response)
    else:
        response.headers["Cache-Control"] = "public, max-age=60"
    if colours is None and (found := hooks.discovery(absolute(request, request.path))):
        response.headers["Link"] = found
    # The server may keep it ready as bytes; an address with a currency it never does.
    response.ready = not brought or other_currency  # type: ignore[attr-defined]
    return response


@a_step
def take_amount(ask: Ask) -> HttpResponse:
    """Step 1 -> 2."""
    if ask.spec.closed:
        return answer(ask.request, steps.amount_step(ask.spec, ask.language))
    values = _amount_values(ask.post)
    try:
        entry = read_amount(values, ask.spec)
    except Invalid as invalid:
        shown = {name: keepable(text) for name, text in values.items()}
        token = ask.post.get("token", "")
        step = steps.amount_step(ask.spec, ask.language, values=shown, errors=invalid.errors, token=token)
        return answer(ask.request, step)
    fund_id = ask.spec.funds[entry.fund].pk
    draft = standing_draft(ask)
    if draft is None:
        draft = new_draft(
            form_id=ask.spec.form_id,
            currency=entry.currency,
            amount_minor=entry.amount_minor,
            fund_id=fund_id,
            frequency=entry.frequency,
            source=read_source(
                with_referrer(ask.request, values), sites=ask.spec.sites if ask.spec.frame else ()
            ),
        )
    else:
        draft = replace(
            draft,
            currency=entry.currency,
            amount_minor=entry.amount_minor,
            fund_id=fund_id,
            frequency=entry.frequency,
        )
    if ask.act == "wallet" and (page_of := _wallets(ask, draft)) is not None:
        return page_of
    funnel.count(ask.spec.form_id, "details", ask.device, timezone=ask.spec.charity.timezone)
    return answer(ask.request, steps.details_step(ask.spec, draft, ask.language))


def _wallets(ask: Ask, draft: Draft) -> HttpResponse | None:
    """The wallets' page; None where they can't be offered now: the details are asked instead."""
    verdict = limits.judge(ask.who(draft.values.get("email", "")), at=now())
    step = wallets.wallet_step(ask.spec, draft, ask.language, verdict=verdict)
    if step is None:
        return None
    shown = payment(ask.request, step)
    if shown.content:
        funnel.count(ask.spec.form_id, "payment", ask.device, timezone=ask.spec.charity.timezone)
    return shown


def _amount_values(post: Mapping[str, str]) -> dict[str, str]:
    """The first step's fields. A page that was not made here may have one amount and a frequency beside it."""
    values = {name: post[name][:300] for name in _AMOUNT_FIELDS if post.get(name)}
    frequency = post.get("frequency")
    suffix = suffix_of(frequency) if frequency in EVERY else ""
    if suffix and not any(f"{name}{suffix}" in post for name in ("amount", "other_amount")):
        values |= {
            f"{name}{suffix}": values.pop(name) for name in ("amount", "other_amount") if name in values
        }
    return values


@a_step
def take_details(ask: Ask) -> HttpResponse:
    """Step 2 -> 3, or back to 1, or one of the address finder's small steps."""
    try:
        draft = draft_in(ask)
    except (DraftInvalid, DraftExpired, Outdated) as broken:
        return start_again(ask, broken)
    values = typed_values(ask.post, draft.asked)
    if ask.post.get("accept_email"):
        values["email"] = keepable(ask.post["accept_email"][:254])
    draft = replace(draft, values=values)
    if ask.act == "back":
        return back_to_amount(ask, draft)
    if ask.act in ("find", "use", "manual"):
        return _address_act(ask, draft)
    draft, errors = steps.with_choice(draft, ask.spec)
    try:
        person = steps.read_person(draft, ask.spec, errors=[*unprintable(ask.post), *errors])
    except Invalid as invalid:
        found, manual = steps.found_so_far(draft, ask.spec)
        step = steps.details_step(
            ask.spec, draft, ask.language, errors=invalid.errors, suggestions=found, manual=manual
        )
        return answer(ask.request, step)
    verdict = limits.judge(ask.who(person.entry.email), at=now())
    shown = payment(ask.request, steps.payment_step(ask.spec, draft, person, ask.language, verdict=verdict))
    if shown.content:
        # Without, the script sends the same form once more, for a page of its own.
        funnel.count(ask.spec.form_id, "payment", ask.device, timezone=ask.spec.charity.timezone)
    return shown


@require_GET
def thanks_page(request: HttpRequest, public_key: str, colours: str | None = None) -> HttpResponse:
    """Where a gift stands, from the database: bookmarkable, and safe to reload."""
    gift, awaited = gift_at(request, public_key), "awaited" in request.GET
    step = thanks.thanks_of(gift, language_of(request), awaited=awaited, frame=frame_of(colours))
    return thanks_response(step)


@require_GET
def come_back(request: HttpRequest, public_key: str, colours: str | None = None) -> HttpResponse:
    """From a gateway's page, or from ours to look again. Coming back proves nothing: the gateway is asked, and the page
    reads the database."""
    gift = gift_at(request, public_key)
    address = thanks.address(public_key, language_of(request), frame=frame_of(colours))
    attempt = Attempt.objects.filter(gift_id=gift.gift_id).order_by("ordinal").last()
    if attempt is not None and attempt.state in (State.ACTION_REQUIRED, State.UNKNOWN, State.CONFIRMING):
        try:
            actions.look(attempt.pk, code="return")
        except (GatewayError, AmountsDiffer):
            # The sweep asks again. Until then nobody may say that nothing was charged.
            address += "?awaited=1"
    return private(HttpResponseRedirect(address))


@require_safe
def asset_file(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """The stylesheet and the script, under their own digest: they may be kept for ever."""
    found = asset_of(digest)
    if found is None or found.name != name:
        raise Http404
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.gzipped if zipped else found.body, content_type=found.content_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _address_act(ask: Ask, draft: Draft) -> HttpResponse:
    """Find, use, or enter by hand: the same step again, with everything typed still there."""
    errors: tuple[FieldError, ...] = ()
    found, manual = None, True
    if ask.act == "find" and not draft.values.get("address_query", "").strip():
        text = _("Type the beginning of your address, such as 12 George Street")
        errors, manual = (FieldError("address_query", text),), False
    elif ask.act == "find":
        found, manual = steps.find_addresses(draft.values)
    elif ask.act == "use":
        chosen = steps.use_address(draft.values)
        if chosen is None:
            found, manual = steps.find_addresses(draft.values)
            text = _("Choose one of the addresses, or enter yours by hand")
            errors = (FieldError("address_choice", text),)
        else:
            draft = replace(draft, values={**draft.values, **chosen})
    step = steps.details_step(
        ask.spec,
        draft,
        ask.language,
        errors=errors,
        suggestions=found,
        manual=manual,
        filled=ask.act == "use" and not errors,
    )
    return answer(ask.request, step)
