"""The donor's four steps over HTTP.

Every step is a POST to an address of its own that answers 200 with the next step as HTML: it works alone, and a small
script swaps it in place. Nothing is kept here between steps but what the form itself carries. Only the submit
redirects. These requests carry no authority, so there is no CSRF cookie: the draft's seal, Origin and limits guard
them.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from almoner.giving import actions, funnel, limits, steps, thanks
from almoner.giving.assets import asset_of
from almoner.giving.catalogue import FormSpec, Way, charity_at, form_of, language_root
from almoner.giving.drafts import Draft, DraftExpired, DraftInvalid, new_draft, open_draft
from almoner.giving.entry import Invalid, keepable, read_amount, read_source, typed_values, unprintable
from almoner.giving.models import Gift
from almoner.giving.pages import csp_hashes, render
from almoner.giving.views_model import CharityLook, FieldError, Step, Thanks
from almoner.giving.wording import decline as decline_words
from almoner.kernel.clock import now
from almoner.payments.gateways.port import GatewayError
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer
from almoner.payments.transitions import State

_AMOUNT_FIELDS = ("currency", "amount", "other_amount", "fund", "story", "appeal", "utm_source", "utm_medium",
                  "utm_campaign", "utm_content", "utm_term", "referrer_host", "referrer")  # fmt: skip
_DECLINED = frozenset({State.FAILED, State.CANCELLED})

View = Callable[..., HttpResponse]


@require_safe
def form_page(request: HttpRequest, key: str) -> HttpResponse:
    """The first step: the same bytes for everybody, so that any cache may hold it."""
    spec, language = _spec(request, key)
    values = {
        name: request.GET[name][:40] for name in ("amount", "fund", "currency") if request.GET.get(name)
    }
    look = spec.look(language)
    values = thanks.prefilled(look, values)
    response = _page(steps.amount_step(spec, language, values=values), look, whole=True, hashes=True)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.ready = True  # type: ignore[attr-defined]  # the server may keep it ready as bytes
    return response


def _step(view: View) -> View:
    """A POST of one step: form fields only, from our own pages only, read once into a plain dict."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, key: str) -> HttpResponse:
        if request.method != "POST":
            # The address of a step, reloaded or shared: its form begins anew.
            spec, language = _spec(request, key)
            return _private(HttpResponseRedirect(spec.prefix(language)))
        if request.content_type != "application/x-www-form-urlencoded":
            return HttpResponse(
                _("Send the form as it is."), status=415, content_type="text/plain; charset=utf-8"
            )
        origin = request.headers.get("Origin", "")
        if origin and origin != f"{request.scheme}://{request.get_host()}":
            return HttpResponse(
                _("This form was sent from another site."),
                status=403,
                content_type="text/plain; charset=utf-8",
            )
        spec, language = _spec(request, key)
        return view(request, spec, language, _posted(request))

    return guarded


@_step
def take_amount(request: HttpRequest, spec: FormSpec, language: str, post: Mapping[str, str]) -> HttpResponse:
    """Step 1 -> 2."""
    values = {name: post[name][:200] for name in _AMOUNT_FIELDS if post.get(name)}
    try:
        entry = read_amount(values, spec)
    except Invalid as invalid:
        shown = {name: keepable(text) for name, text in values.items()}
        token = post.get("token", "")
        step = steps.amount_step(spec, language, values=shown, errors=invalid.errors, token=token)
        return _answer(request, step, spec)
    fund = spec.funds[entry.fund]
    source = read_source(_with_referrer(request, values))
    standing = _standing_draft(post.get("token", ""), spec)
    if standing is None:
        draft = new_draft(
            form_id=spec.form_id,
            currency=entry.currency,
            amount_minor=entry.amount_minor,
            fund_id=fund.pk,
            source=source,
        )
    else:
        draft = _changed(standing, currency=entry.currency, amount_minor=entry.amount_minor, fund_id=fund.pk)
    funnel.count(spec.form_id, "details", request.headers.get("User-Agent", ""))
    return _answer(request, steps.details_step(spec, draft, language), spec)


@_step
def take_details(
    request: HttpRequest, spec: FormSpec, language: str, post: Mapping[str, str]
) -> HttpResponse:
    """Step 2 -> 3, or back to 1, or one of the address finder's small steps."""
    try:
        draft = _open(post, spec)
    except (DraftInvalid, DraftExpired, _Outdated) as broken:
        return _start_again(request, spec, language, broken)
    values = typed_values(post, draft.asked)
    if post.get("accept_email"):
        values["email"] = keepable(post["accept_email"][:254])
    draft = _changed(draft, values=values)
    act = post.get("action", "continue")
    if act == "back":
        return _back_to_amount(request, spec, language, draft)
    if act in ("find", "use", "manual"):
        return _address_act(request, spec, language, draft, act)
    try:
        person = steps.read_person(values, spec, errors=unprintable(post))
    except Invalid as invalid:
        return _answer(request, steps.details_step(spec, draft, language, errors=invalid.errors), spec)
    funnel.count(spec.form_id, "payment", request.headers.get("User-Agent", ""))
    verdict = limits.judge(_who(request, spec, person.entry.email), at=now())
    return _answer(request, steps.payment_step(spec, draft, person, language, verdict=verdict), spec)


@_step
def submit(request: HttpRequest, spec: FormSpec, language: str, post: Mapping[str, str]) -> HttpResponse:
    """Step 3: give. The only step that writes, and the only one that redirects."""
    try:
        draft = _open(post, spec)
    except (DraftExpired, _Outdated) as broken:
        # A page that comes back after its gift was made shows that gift, however old the page is.
        if Gift.objects.filter(pk=broken.draft.gift_id).exists():
            return _to_gift(request, *actions.standing(broken.draft.gift_id), language)
        return _start_again(request, spec, language, broken)
    except DraftInvalid as broken:
        return _start_again(request, spec, language, broken)
    if post.get("accept_email"):
        draft = _changed(draft, values={**draft.values, "email": keepable(post["accept_email"][:254])})
    try:
        person = steps.read_person(draft.values, spec)
    except Invalid as invalid:
        return _answer(request, steps.details_step(spec, draft, language, errors=invalid.errors), spec)
    if post.get("action") == "back":
        return _answer(request, steps.details_step(spec, draft, language), spec)
    person_who = _who(request, spec, person.entry.email)
    verdict = limits.judge(person_who, at=now())
    if verdict.work_bits and not limits.work_done(
        limits.work_salt(draft.gift_id, draft.ordinal), post.get("work", ""), verdict.work_bits
    ):
        # Without the script, or without its work, the gateway's own page is the way.
        verdict = replace(verdict, hosted_only=True)
    way = _chosen_way(post, spec, draft, verdict)
    outcome = steps.outcome_of(way, post.get("sandbox_outcome", ""))
    if way is None or post.get("accept_email"):
        error = (
            () if post.get("accept_email") else (FieldError("method", _("Choose how you would like to pay")),)
        )
        step = steps.payment_step(
            spec, draft, person, language, verdict=verdict, errors=error, outcome=outcome
        )
        return _answer(request, step, spec)
    intent = steps.intent_of(
        spec, draft, person, way,
        language=language,
        return_url=f"{language_root(language)}/give/return/{draft.public_key}/",
        sandbox_outcome=outcome,
        who=person_who,
    )  # fmt: skip
    funnel.count(spec.form_id, "submit", request.headers.get("User-Agent", ""))
    gift, attempt = actions.submit(intent)
    if attempt.state not in _DECLINED or gift.content_digest != intent.digest:
        return _to_gift(request, gift, attempt, language)
    words = decline_words(attempt.decline_code, guarded=limits.judge(person_who, at=now()).guarded)
    draft = replace(draft, ordinal=attempt.ordinal + 1)
    step = steps.payment_step(
        spec, draft, person, language,
        verdict=verdict, decline=words, chosen=way.method, outcome=outcome,
    )  # fmt: skip
    return _answer(request, step, spec)


@require_GET
def thanks_page(request: HttpRequest, public_key: str) -> HttpResponse:
    """Where a gift stands, from the database: bookmarkable, and safe to reload."""
    language = _language(request)
    step = thanks.thanks_of(_gift(request, public_key), language)
    return _thanks_response(request, step)


@require_GET
def come_back(request: HttpRequest, public_key: str) -> HttpResponse:
    """From a gateway's page. Coming back proves nothing: the gateway is asked, and the page reads the database."""
    gift = _gift(request, public_key)
    attempt = Attempt.objects.filter(gift_id=gift.gift_id).order_by("ordinal").last()
    if attempt is not None and attempt.state in (State.ACTION_REQUIRED, State.UNKNOWN, State.CONFIRMING):
        # If the gateway can't say now, the sweep asks again, and the page says that the answer is awaited.
        with suppress(GatewayError, AmountsDiffer):
            actions.look(attempt.pk, code="return")
    return _private(HttpResponseRedirect(thanks.address(public_key, _language(request))))


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


def _spec(request: HttpRequest, key: str) -> tuple[FormSpec, str]:
    charity = charity_at(request.get_host())
    spec = form_of(charity, key) if charity is not None else None
    if spec is None:
        raise Http404("No form of this charity has that number.")
    return spec, _language(request)


def _language(request: HttpRequest) -> str:
    return getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)


def _posted(request: HttpRequest) -> dict[str, str]:
    """The fields, each once: a second value of a name is nothing that our forms send."""
    return {name: request.POST[name] for name in request.POST}


def _who(request: HttpRequest, spec: FormSpec, email: str) -> limits.Who:
    return limits.who(address=request.META.get("REMOTE_ADDR", ""), email=email, form_id=spec.form_id)


def _gift(request: HttpRequest, public_key: str) -> thanks.Seen:
    charity = charity_at(request.get_host())
    gift = thanks.gift_at(public_key, charity) if charity is not None else None
    if gift is None:
        raise Http404("There is no gift at this address.")
    return gift


def _standing_draft(token: str, spec: FormSpec) -> Draft | None:
    """The draft of a donor who came back to the first step; a broken one starts anew without a word."""
    if not token:
        return None
    try:
        return open_draft(token, form_id=spec.form_id)
    except DraftExpired as expired:
        return expired.draft.afresh()
    except DraftInvalid:
        return None


class _Outdated(Exception):
    """The form was changed since the donor opened it, and no longer takes what the draft holds."""

    def __init__(self, draft: Draft, errors: tuple[FieldError, ...]) -> None:
        super().__init__("outdated")
        self.draft = draft
        self.errors = errors


def _open(post: Mapping[str, str], spec: FormSpec) -> Draft:
    """The draft that a step carries; raises `DraftInvalid`, `DraftExpired` or `_Outdated`."""
    draft = open_draft(post.get("token", ""), form_id=spec.form_id)
    if errors := steps.outdated(spec, draft):
        raise _Outdated(draft, errors)
    return draft


def _changed(draft: Draft, **changes: object) -> Draft:
    """A draft with other content. After a decline that is another gift: the declined one stays as it was."""
    changed = replace(draft, **changes)  # type: ignore[arg-type]
    if draft.ordinal > 1 and steps.digest_of(changed, 0) != steps.digest_of(draft, 0):
        return changed.afresh()
    return changed


def _with_referrer(request: HttpRequest, values: Mapping[str, str]) -> dict[str, str]:
    """Without the script the UTM parameters are still in the address of the page that the form stood in."""
    source = dict(values)
    source.setdefault("referrer_host", source.get("referrer", ""))
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return source
    if page.netloc == request.get_host():
        for name, value in (
            parse_qsl(page.query, max_num_fields=40)[:40] if page.query.count("&") < 40 else ()
        ):
            if name.startswith("utm_") or name == "appeal":
                source.setdefault(name, value)
    elif page.netloc:
        source.setdefault("referrer_host", page.hostname or "")
    return source


def _back_to_amount(
    request: HttpRequest,
    spec: FormSpec,
    language: str,
    draft: Draft,
    *,
    errors: tuple[FieldError, ...] = (),
) -> HttpResponse:
    values = thanks.amount_values(
        spec.look(language), draft, fund_codes={f.pk: f.code for f in spec.funds.values()}
    )
    step = steps.amount_step(spec, language, values=values, errors=errors, token=draft.seal())
    return _answer(request, step, spec)


def _address_act(request: HttpRequest, spec: FormSpec, language: str, draft: Draft, act: str) -> HttpResponse:
    """Find, use, or enter by hand: the same step again, with everything typed still there."""
    if act == "manual":
        return _answer(request, steps.details_step(spec, draft, language, manual=True), spec)
    if act == "find":
        if not draft.values.get("address_query", "").strip():
            error = FieldError(
                "address_query", _("Type the beginning of your address, such as 12 George Street")
            )
            return _answer(request, steps.details_step(spec, draft, language, errors=(error,)), spec)
        found, manual = steps.find_addresses(draft.values)
        return _answer(
            request, steps.details_step(spec, draft, language, suggestions=found, manual=manual), spec
        )
    chosen = steps.use_address(draft.values)
    if chosen is None:
        found, manual = steps.find_addresses(draft.values)
        error = FieldError("address_choice", _("Choose one of the addresses, or enter yours by hand"))
        step = steps.details_step(spec, draft, language, errors=(error,), suggestions=found, manual=manual)
        return _answer(request, step, spec)
    draft = replace(draft, values={**draft.values, **chosen})
    return _answer(request, steps.details_step(spec, draft, language, manual=True), spec)


def _chosen_way(post: Mapping[str, str], spec: FormSpec, draft: Draft, verdict: limits.Verdict) -> Way | None:
    ways = steps.offered_ways(spec, draft.currency, verdict)
    return next((way for way in ways if way.method == post.get("method")), None)


def _start_again(
    request: HttpRequest, spec: FormSpec, language: str, broken: DraftInvalid | DraftExpired | _Outdated
) -> HttpResponse:
    """A token that is too old, or older than the form, keeps what was typed; one that isn't ours has nothing to keep.
    Nothing is stored."""
    if isinstance(broken, _Outdated):
        return _back_to_amount(request, spec, language, broken.draft, errors=broken.errors)
    if isinstance(broken, DraftExpired):
        text = _(
            "This page was open for more than a day. Please check the amount and continue: the rest is kept."
        )
        return _back_to_amount(request, spec, language, broken.draft.afresh(), errors=(FieldError("", text),))
    text = _("We could not read what this page sent. Nothing was charged. Please start again here.")
    return _answer(
        request, steps.amount_step(spec, language, errors=(FieldError("", text),)), spec, status=400
    )


def _to_gift(request: HttpRequest, gift: Gift, attempt: Attempt, language: str) -> HttpResponse:
    """Where the donor goes now: to the gateway's page if it asks for them, else to where the gift stands."""
    action = attempt.next_action or {}
    if attempt.state == State.ACTION_REQUIRED and action.get("kind") == "redirect":
        response: HttpResponse = HttpResponseRedirect(action["url"])
        if _fragment(request):
            response = HttpResponse(status=204)
            response.headers["X-Almoner-Location"] = action["url"]
        return _private(response)
    address = thanks.address(gift.public_key, language)
    if _fragment(request):
        step = thanks.thanks_of(_gift(request, gift.public_key), language)
        response = HttpResponse(render(step, whole=False))
        return _private(response)
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return _private(response)


def _fragment(request: HttpRequest) -> bool:
    return request.headers.get("X-Almoner-Fragment") == "1"


def _answer(request: HttpRequest, step: Step, spec: FormSpec, *, status: int = 200) -> HttpResponse:
    """A step as the answer to a POST. `no-store` would break the browser's Back, so it is `no-cache`."""
    look = step.look if isinstance(step, Thanks) else step.form
    return _private(_page(step, look, whole=not _fragment(request), status=status))


def _thanks_response(request: HttpRequest, step: Thanks) -> HttpResponse:
    response = _private(_page(step, step.look, whole=True))
    # The address is the key to the gift: it is told to nobody.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(
    step: Step, look: CharityLook, *, whole: bool, hashes: bool = False, status: int = 200
) -> HttpResponse:
    if not whole:
        return HttpResponse(render(step, whole=False), status=status)
    allowed = csp_hashes(look)
    nonce = "" if hashes else secrets.token_urlsafe(16)
    script = f"'{allowed.script}'" if hashes else f"'nonce-{nonce}'"
    response = HttpResponse(render(step, whole=True, nonce=nonce), status=status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{allowed.style}'; script-src {script}; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-cache"
    return response
