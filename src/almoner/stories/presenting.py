"""A page of ours as an HTTP answer: its frame, its policy, and whether it may be kept.

A reader's answer is the same bytes for everybody: it looks at no cookie but the staff's, sets none, and may be kept
by any cache. Staff get the page fresh, with Wagtail's bar.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, DateTimeField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select
from almoner.charities.sites import current_stamps
from almoner.embedding.views import asked_at
from almoner.giving.catalogue import charity_look, language_root
from almoner.giving.views_model import CharityLook
from almoner.kernel.clock import now
from almoner.stories import gate, head, inline_figures, linked_data, reading, tongues
from almoner.stories.figures import Figures
from almoner.stories.forms import PageForms
from almoner.stories.permits import shown
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place, place_at, place_of, site_asked
from almoner.stories.wording import Wording, wording

# Shared caches may hold the page a minute. A browser asks each time and mostly hears "not modified": one that kept
# the page would show it to somebody who has just signed in as staff, or has just corrected it.
_PUBLIC: Final = "public, max-age=0, s-maxage={seconds}"
_SHARED_SECONDS: Final = 60
_HOMES_MAX: Final = 100
# (stamps, site, locale) -> the path of the home page.
_homes: dict[tuple[object, int, str], str] = {}
# By the same stamps and the site: when the next of its pages lapses.
_lapses: dict[tuple[object, int], datetime | None] = {}
_STAFF_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
# A draft is a picture of itself: nothing that is pressed in it is sent, and no gift begins.
_PREVIEW_POLICY: Final = _STAFF_POLICY.replace("form-action 'self'", "form-action 'none'")


@dataclass(frozen=True)
class Frame:
    """What stands around a page's own words."""

    place: Place
    look: CharityLook
    wording: Wording
    page_forms: PageForms
    figures: Figures
    # Which pictures and quotes may be shown on it.
    permits: Permits
    # Staff who may open the admin are looking; or it is a draft's preview.
    staff: bool
    preview: bool
    url: str
    stories_url: str
    home_url: str
    # Each language in which the page can be read, this one included; () where there is but one.
    versions: tuple[tongues.Version, ...]

    @property
    def charity(self) -> Charity:
        return self.place.charity

    @property
    def root_url(self) -> str:
        return self.place.root_url

    @property
    def own_page_url(self) -> str:
        """Where a donor sees their own gifts."""
        return f"{language_root(self.look.language)}/giving/"

    @property
    def feed_url(self) -> str:
        """Beside the list of stories: "/feed.xml", "/de/feed.xml"; '' while there is no list."""
        above = self.stories_url.rstrip("/").rpartition("/")[0]
        return f"{above}/feed.xml" if self.stories_url else ""

    @property
    def oembed_url(self) -> str:
        return asked_at(self.url)

    @property
    def give_url(self) -> str:
        return self.page_forms.address()

    def words(self, text: str) -> str:
        """A text without markup, its figures as the register says them now."""
        return inline_figures.in_text(text, self.figures)


@dataclass(frozen=True)
class Plain:
    """A page that no editor writes: it stands at `path` in a charity's site and is filled by its own template."""

    title: str
    search_description: str
    # From the site's root: "/figures/rescue/rescued/".
    path: str
    template: str
    context: dict[str, Any]
    url_path: str
    # Its language, where it isn't the charity's own, and each in which it can be read.
    reads: str = ""
    versions: tuple[tongues.Version, ...] = ()
    seo_title: str = ""
    expire_at: None = None

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"page": self, "request": request}

    def get_template(self, request: HttpRequest) -> str:
        return self.template

    def public_context(self, request: HttpRequest, frame: Frame) -> dict[str, Any]:
        return self.context


def answer(page: Any, request: HttpRequest, *, preview: bool) -> HttpResponse:
    """The page as its readers get it; with `preview`, as an editor sees a draft. 404 outside every charity's site."""
    # A draft that was never saved stands where the editor wants it, not where the address says.
    place = (None if preview else place_at(site_asked(request), page)) or place_of(page)
    if place is None:
        raise Http404("This page stands in no charity's site.")
    return answer_at(place, page, request, preview=preview)


def answer_at(place: Place, page: Any, request: HttpRequest, *, preview: bool = False) -> HttpResponse:
    """The same of a page whose place is known: a page of Wagtail's, or a `Plain` one."""
    if not preview and page.expire_at is not None and page.expire_at <= now():
        raise Http404("This page has lapsed.")
    charity = place.charity
    request.is_preview = preview  # type: ignore[attr-defined]
    staff = preview or _is_staff(request)
    # Asked first: it tells the page's own language, too.
    versions = page.versions if isinstance(page, Plain) else tongues.versions(page, place)
    language = tongues.language_of(page, charity)
    with translation.override(language), timezone.override(ZoneInfo(charity.timezone)):
        html, policy, permits = _render(page, request, place, versions, staff=staff, preview=preview)
    response = HttpResponse(html)
    if staff:
        response["Content-Security-Policy"] = _PREVIEW_POLICY if preview else _STAFF_POLICY
        response["Cache-Control"] = "private, no-store"
        return response
    response["Content-Security-Policy"] = policy
    until = shown_until(place, permits)
    return _kept(request, response, until=until, shared=not permits.of_people)


def _render(
    page: Any,
    request: HttpRequest,
    place: Place,
    versions: tuple[tongues.Version, ...],
    *,
    staff: bool,
    preview: bool,
) -> tuple[str, str, Permits]:
    """The HTML, its Content-Security-Policy, and by what its pictures and quotes are shown. The body comes first: the
    head must know which form stands in it."""
    body = getattr(page, "body", ())
    first = reading.first_form(body, place.charity)
    frame = _frame(page, place, versions, first=first, staff=staff, preview=preview)
    context: dict[str, Any] = page.get_context(request)
    context.update(
        frame=frame,
        page_forms=frame.page_forms,
        figures=frame.figures,
        permits=frame.permits,
        say=frame.wording,
        summary=frame.words(getattr(page, "summary", "")),
        description=frame.words(page.search_description or getattr(page, "summary", "")),
    )
    # What it lists is named before the first verdict, and so read together with what the page itself shows.
    context.update(page.public_context(request, frame))
    context["lead"], context["lead_verdict"] = head.lead(page, frame.permits)
    context["body_html"] = _body(body, context)
    embedded = frame.page_forms.embedded
    drawn = isinstance(page, Plain) or reading.has_drawings(body)
    style = head.style(frame.look, embedded.theme_css if embedded else "", drawn=drawn)
    context.update(
        style=mark_safe(style),  # noqa: S308 (our own stylesheets and hexadecimal colours)
        icon=head.icon(frame.look),
        # It would send what is pressed by itself, past the policy.
        form_script=embedded.script if embedded and not preview else None,
        warning=gate.warning(page, place) if preview else "",
        copy_script=mark_safe(f"<script>{head.COPY_SCRIPT}</script>"),  # noqa: S308 (a constant)
        share=head.share(page, frame.url),
        locales=head.locales(frame.look.language, versions, place.charity.country),
        linked_data=linked_data.script(page, frame),
        picture=head.picture(page, frame.root_url, frame.permits),
        charity_logo=mark_safe(place.charity.logo_svg),  # noqa: S308 (cleaned when it was saved)
    )
    html = render_to_string(page.get_template(request), context, request=request, using="django")
    return html, head.policy(style, embedded.scripts if embedded else ()), frame.permits


def _frame(
    page: Any, place: Place, versions: tuple[tongues.Version, ...], *, first: str, staff: bool, preview: bool
) -> Frame:
    charity, language = place.charity, tongues.language_of(page, place.charity)
    permits = Permits(charity, fundraising=shown.asks_for_gifts(getattr(page, "body", ()), first))
    permits.know(shown.images(page), shown.quotes(page))
    return Frame(
        place=place,
        look=charity_look(charity, language),
        wording=wording(),
        page_forms=PageForms(
            charity=charity,
            language=language,
            story_id=_story_id(page),
            editor=staff,
            first=first,
            preview=preview,
        ),
        figures=Figures(charity, language, editor=staff),
        permits=permits,
        staff=staff,
        preview=preview,
        url=place.root_url + place.address(page),
        stories_url=_stories_url(page, place),
        home_url=_home_url(page, place),
        versions=versions,
    )


def _stories_url(page: Any, place: Place) -> str:
    """Where the list of stories in the page's language is; '' while there is none. A story stands in it, so none is
    looked for."""
    if getattr(page, "is_story", False):
        return place.address(page).rstrip("/").rpartition("/")[0] + "/"
    lists = place.root.get_descendants().live().filter(content_type__model="storyindexpage")
    index = lists.filter(locale__language_code=tongues.code_of(page)).first()
    return place.address(index) if index is not None else ""


def _home_url(page: Any, place: Place) -> str:
    """The home page in the page's language, where one is published; else the site's. Remembered until a page is
    published or taken down."""
    code = tongues.code_of(page)
    if code == settings.LANGUAGE_CODE:
        return "/"
    key = (current_stamps(), place.site.pk, code)
    if key not in _homes:
        if len(_homes) >= _HOMES_MAX:
            _homes.clear()
        homes = place.root.get_children().live().filter(content_type__model="homepage")
        home = homes.filter(locale__language_code=code).first()
        _homes[key] = place.address(home) if home is not None else "/"
    return _homes[key]


def _story_id(page: Any) -> int:
    """What a gift from this page remembers; 0 for a page that is no story, and for a draft that was never saved."""
    return (page.pk or 0) if getattr(page, "is_story", False) else 0


def _body(body: Any, context: dict[str, Any]) -> SafeString | str:
    return body.stream_block.render(body, context=context) if body else ""


def _is_staff(request: HttpRequest) -> bool:
    """Asked only of those who carry the staff's cookie: to look at the session would make the answer private."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    return bool(user and user.has_perm("wagtailadmin.access_admin"))


def forget() -> None:
    """Read again what is remembered, for the database is another one."""
    _homes.clear()
    _lapses.clear()
    tongues.forget()


def shown_until(place: Place, permits: Permits) -> datetime | None:
    """When a page of the site may change by itself: another one lapses, or consent to something on this one does."""
    return min((at for at in (_first_to_lapse(place), permits.changes_at) if at is not None), default=None)


def _first_to_lapse(place: Place) -> datetime | None:
    """When the next of the site's pages lapses: this one, or one that it lists or leads to. Remembered until that has
    come, or a page is published or taken down."""
    key, at = (current_stamps(), place.site.pk), now()
    until = _lapses.get(key)
    if key not in _lapses or (until is not None and until <= at):
        if len(_lapses) >= _HOMES_MAX:
            _lapses.clear()
        found = _lapsing.first(root=place.root.path, at=at)
        _lapses[key] = until = found[0] if found is not None else None
    return until


_lapsing: Final = Select[tuple[datetime]](
    lambda: (
        Page.objects.filter(
            live=True,
            path__startswith=Given("root", CharField()),
            expire_at__gt=Given("at", DateTimeField()),
        )
        .order_by("expire_at")
        .values_list("expire_at")[:1]
    )
)


def _kept(
    request: HttpRequest, response: HttpResponse, *, until: datetime | None, shared: bool
) -> HttpResponse:
    """The answer with its ETag, or 304. One that looked at the session (a page for some readers only) isn't kept, and
    none for longer than `until`. Without `shared` no cache of others keeps it: it shows people, who may ask us to stop.
    """
    if request.session.accessed:
        response["Cache-Control"] = "private, no-store"
        return response
    seconds = _SHARED_SECONDS if shared else 0
    if until is not None:
        seconds = max(0, min(seconds, math.floor((until - now()).total_seconds())))
    response["Cache-Control"] = _PUBLIC.format(seconds=seconds)
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
    response["ETag"] = etag
    # The same for everybody: the server may keep it in memory until a charity's content changes.
    response.ready = True  # type: ignore[attr-defined]
    response.ready_until = until  # type: ignore[attr-defined]
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response
