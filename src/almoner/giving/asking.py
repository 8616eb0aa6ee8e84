"""What a donor's request says, read once: which form, in which language, the fields it posts, the draft it carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from almoner.giving import limits, steps
from almoner.giving.answers import page, private
from almoner.giving.catalogue import FormSpec, charity_at, form_of
from almoner.giving.drafts import Draft, DraftExpired, DraftInvalid, open_draft
from almoner.giving.framing import frame_of
from almoner.giving.views_model import FieldError


@dataclass(frozen=True, slots=True)
class Ask:
    """A donor's POST of one step."""

    request: HttpRequest
    spec: FormSpec
    language: str
    post: Mapping[str, str]

    @property
    def device(self) -> str:
        return self.request.headers.get("User-Agent", "")

    @property
    def act(self) -> str:
        """Which button was pressed; "" for the Enter key of an old browser."""
        return self.post.get("action", "")

    def who(self, email: str) -> limits.Who:
        address = self.request.META.get("REMOTE_ADDR", "")
        return limits.who(address=address, email=email, form_id=self.spec.form_id)


class Outdated(Exception):
    """The form was changed since the donor opened it, and no longer takes what the draft holds."""

    def __init__(self, draft: Draft, errors: tuple[FieldError, ...]) -> None:
        super().__init__("outdated")
        self.draft = draft
        self.errors = errors


def a_step(view: Callable[[Ask], HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST of one step: form fields only, from our own pages only, read once into a plain dict."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, key: str, colours: str | None = None) -> HttpResponse:
        if request.method != "POST":
            # The address of a step, reloaded or shared: its form begins anew, unless the script finds a draft in the
            # history. A redirect would lose that.
            spec, language = form_at(request, key, colours)
            return private(page(steps.amount_step(spec, language), whole=True, hashes=True))
        if request.content_type != "application/x-www-form-urlencoded":
            return _refused(_("Send the form as it is."), status=415)
        origin = request.headers.get("Origin", "")
        if origin and origin != f"{request.scheme}://{request.get_host()}":
            return _refused(_("This form was sent from another site."), status=403)
        spec, language = form_at(request, key, colours)
        # A second value of a name is nothing that our forms send.
        return view(Ask(request, spec, language, {name: request.POST[name] for name in request.POST}))

    return guarded


def form_at(request: HttpRequest, key: str, colours: str | None = None) -> tuple[FormSpec, str]:
    """The form of an address and the language it is asked for in; 404 when this charity has none of that name.
    `colours` are a frame's, "" for the form's own; None: it stands in a page of its own."""
    charity = charity_at(request.get_host())
    spec = form_of(charity, key) if charity is not None else None
    if spec is None:
        raise Http404("No form of this charity has that number.")
    return spec.framed(frame_of(colours)), language_of(request)


def language_of(request: HttpRequest) -> str:
    return getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)


def draft_in(ask: Ask) -> Draft:
    """The draft that a step carries; raises `DraftInvalid`, `DraftExpired` or `Outdated`."""
    draft = open_draft(ask.post.get("token", ""), form_id=ask.spec.form_id)
    if errors := steps.outdated(ask.spec, draft):
        raise Outdated(draft, errors)
    return draft


def standing_draft(ask: Ask) -> Draft | None:
    """The draft of a donor who came back to the first step; a broken one starts anew without a word."""
    if not ask.post.get("token"):
        return None
    try:
        return open_draft(ask.post["token"], form_id=ask.spec.form_id)
    except DraftExpired as expired:
        return expired.draft.afresh()
    except DraftInvalid:
        return None


def absolute(request: HttpRequest, path: str) -> str:
    """An address on the site that the donor is at, as a gateway needs it to send them back."""
    return f"{urlsplit(settings.SITE_URL).scheme}://{request.get_host()}{path}"


def with_referrer(request: HttpRequest, values: Mapping[str, str]) -> dict[str, str]:
    """Without the script, story and UTM parameters are still in the address of the page that the form stood in."""
    source = dict(values)
    source.setdefault("referrer_host", source.get("referrer", ""))
    host, told = _told_by_referrer(request)
    if host != request.get_host():
        source["referrer_host"] = source["referrer_host"] or urlsplit(f"//{host}").hostname or ""
        return source
    return {name: value for name, value in told.items() if _is_source(name)} | source


def brings_source(request: HttpRequest) -> bool:
    """Whether a page of ours led here whose address says where its reader came from, and this one's doesn't.

    The first step is the same for everybody else, and the post of it has this page's address alone to go by.
    """
    host, told = _told_by_referrer(request)
    return (
        host == request.get_host()
        and any(map(_is_campaign, told))
        and not any(map(_is_campaign, request.GET))
    )


def _is_campaign(name: str) -> bool:
    return name.startswith("utm_") or name == "appeal"


def _is_source(name: str) -> bool:
    return _is_campaign(name) or name == "story"


def _told_by_referrer(request: HttpRequest) -> tuple[str, dict[str, str]]:
    """Host (with its port) and query of the page that led here; of a name that stands twice, the first."""
    try:
        address = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "", {}
    if address.query.count("&") >= 40:
        return address.netloc, {}
    return address.netloc, dict(reversed(parse_qsl(address.query, max_num_fields=40)))


def _refused(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
