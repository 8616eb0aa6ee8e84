"""A page of ours as an HTTP answer: its frame, its policy, and whether it may be kept.

A reader's answer is the same bytes for everybody: it looks at no cookie but the staff's, sets none, and may be kept
by any cache. Staff get the page fresh, with Wagtail's bar.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe

from almoner.charities.models import Charity
from almoner.giving.catalogue import charity_look
from almoner.giving.views_model import CharityLook
from almoner.stories import head, linked_data, reading
from almoner.stories.forms import PageForms
from almoner.stories.shelves import address
from almoner.stories.sites import charity_of, root_of
from almoner.stories.wording import Wording, wording

# Shared caches may hold the page a minute. A browser asks each time and mostly hears "not modified": one that kept
# the page would show it to somebody who has just signed in as staff, or has just corrected it.
_PUBLIC: Final = "public, max-age=0, s-maxage=60"
_STAFF_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Frame:
    """What stands around a page's own words."""

    charity: Charity
    look: CharityLook
    wording: Wording
    page_forms: PageForms
    # Staff who may open the admin are looking; or it is a draft's preview.
    staff: bool
    preview: bool
    root_url: str
    url: str
    home_url: str
    stories_url: str

    @property
    def give_url(self) -> str:
        return self.page_forms.address()


def answer(page: Any, request: HttpRequest, *, preview: bool) -> HttpResponse:
    """The page as its readers get it; with `preview`, as an editor sees a draft. 404 outside every charity's site."""
    charity = charity_of(page)
    if charity is None:
        raise Http404("This page stands in no charity's site.")
    request.is_preview = preview  # type: ignore[attr-defined]
    staff = preview or _is_staff(request)
    with translation.override(charity.language), timezone.override(ZoneInfo(charity.timezone)):
        html, policy = _render(page, request, charity, staff=staff, preview=preview)
    response = HttpResponse(html)
    if staff:
        response["Content-Security-Policy"] = _STAFF_POLICY
        response["Cache-Control"] = "private, no-store"
        return response
    response["Content-Security-Policy"] = policy
    return _kept(request, response, page)


def _render(
    page: Any, request: HttpRequest, charity: Charity, *, staff: bool, preview: bool
) -> tuple[str, str]:
    """The HTML and its Content-Security-Policy. The body comes first: the head must know which form stands in it."""
    body = getattr(page, "body", ())
    frame = _frame(page, charity, first=reading.first_form(body, charity), staff=staff, preview=preview)
    context: dict[str, Any] = page.get_context(request)
    context.update(frame=frame, page_forms=frame.page_forms, say=frame.wording)
    context.update(page.public_context(request, frame))
    context["body_html"] = _body(body, context)
    embedded = frame.page_forms.embedded
    style = head.style(frame.look, embedded.theme_css if embedded else "")
    context.update(
        style=mark_safe(style),  # noqa: S308 (our own stylesheets and hexadecimal colours)
        icon=head.icon(frame.look),
        form_script=embedded.script if embedded else None,
        copy_script=mark_safe(head.COPY_SCRIPT),  # noqa: S308 (a constant)
        share=head.share(page, frame.url),
        linked_data=linked_data.script(page, frame),
        picture=head.picture(page, frame.root_url),
        charity_logo=mark_safe(charity.logo_svg),  # noqa: S308 (cleaned when it was saved)
    )
    html = render_to_string(page.get_template(request), context, request=request)
    return html, head.policy(style, embedded.script.integrity if embedded else "")


def _frame(page: Any, charity: Charity, *, first: str, staff: bool, preview: bool) -> Frame:
    root = root_of(charity)
    index = root.get_children().live().filter(content_type__model="storyindexpage").first() if root else None
    url = page.full_url or ""
    parts = page.get_url_parts()
    root_url = parts[1] if parts and parts[1] else ""
    return Frame(
        charity=charity,
        look=charity_look(charity, charity.language),
        wording=wording(),
        page_forms=PageForms(
            charity=charity,
            language=charity.language,
            story_id=page.pk or 0,
            editor=staff,
            first=first,
        ),
        staff=staff,
        preview=preview,
        root_url=root_url,
        url=url,
        home_url=address(root, root_url) if root else "/",
        stories_url=address(index, root_url) if index else "",
    )


def _body(body: Any, context: dict[str, Any]) -> SafeString | str:
    return body.stream_block.render(body, context=context) if body else ""


def _is_staff(request: HttpRequest) -> bool:
    """Asked only of those who carry the staff's cookie: to look at the session would make the answer private."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    return bool(user and user.has_perm("wagtailadmin.access_admin"))


def _kept(request: HttpRequest, response: HttpResponse, page: Any) -> HttpResponse:
    """The answer with its ETag, or 304; marked as the same for everybody unless the page is for some readers only."""
    if page.get_view_restrictions().exists():
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = _PUBLIC
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
    response["ETag"] = etag
    # The same for everybody: the server may keep it in memory until a charity's content changes.
    response.ready = True  # type: ignore[attr-defined]
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response
