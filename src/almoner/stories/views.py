"""What a site has beside its pages: the sitemap, robots.txt, and our drawings as files in a charity's colours."""

import re
from collections import defaultdict
from typing import Any, Final

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from almoner.charities.sites import NoCharity, charity_for
from almoner.giving.assets import source_hash
from almoner.impact.models import Programme
from almoner.kernel.clock import now
from almoner.stories import illustrations, programmes, tongues
from almoner.stories.sites import Place, site_asked

_COLOUR = re.compile(r"[0-9a-f]{6}")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ENTRIES_MAX: Final = 50_000


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page of the site that anybody may read."""
    site = _site(request)
    pages = Page.objects.live().public().descendant_of(site.root_page, inclusive=True).order_by("path")
    lapsed = Q(expire_at__isnull=False, expire_at__lte=now())
    found = list(pages.exclude(lapsed).select_related("locale")[:_ENTRIES_MAX])
    together = defaultdict(list)
    for page in found:
        together[page.translation_key].append(page)
    place = _place_at(site)
    entries = [
        {
            "path": page.url_path.removeprefix(site.root_page.url_path),
            "changed": page.last_published_at,
            "versions": tongues.among(together[page.translation_key], place) if place else (),
        }
        for page in found
    ]
    entries += _programmes(place) if place else []
    body = render_to_string("stories/sitemap.xml", {"root": f"{site.root_url}/", "entries": entries})
    return _ready(HttpResponse(body, content_type="application/xml; charset=utf-8"), "public, max-age=600")


def _programmes(place: Place) -> list[dict[str, Any]]:
    """The page of each public programme, and the one of all of them where there are any, in each language."""
    found = Programme.objects.filter(charity=place.charity, public=True).order_by("pk")
    paths = [programmes.address(each) for each in found]
    listed = [reverse("stories-programmes"), *paths] if paths else []
    return [
        {"path": way.removeprefix("/"), "changed": None, "versions": versions}
        for path in listed
        for versions in [tongues.told(path, "", place)]
        for way in [each.path for each in versions] or [path]
    ]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ("User-agent: *", "Disallow: /admin/", f"Sitemap: {_site(request).root_url}/sitemap.xml", "")
    return _ready(
        HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"), "public, max-age=3600"
    )


@require_safe
def drawing(request: HttpRequest, name: str, primary: str, accent: str) -> HttpResponse:
    """One of our drawings in two colours, as `illustrations.address` writes them."""
    if name not in illustrations.NAMES or not (_COLOUR.fullmatch(primary) and _COLOUR.fullmatch(accent)):
        raise Http404(name)
    colours = {"primary": f"#{primary}", "accent": f"#{accent}"}
    response = HttpResponse(illustrations.standalone(name, **colours), content_type="image/svg+xml")
    allowed = source_hash(illustrations.style_of(*colours.values()).encode())
    response["Content-Security-Policy"] = f"default-src 'none'; style-src '{allowed}'; frame-ancestors 'none'"
    response["Cache-Control"] = _FOR_EVER
    return response


def _site(request: HttpRequest) -> Site:
    site = site_asked(request)
    if site is None:
        raise Http404("No site answers here.")
    return site


def _place_at(site: Site) -> Place | None:
    try:
        return Place(charity_for(site.hostname), site)
    except NoCharity:
        return None


def _ready(response: HttpResponse, cache_control: str) -> HttpResponse:
    response["Cache-Control"] = cache_control
    response.ready = True  # type: ignore[attr-defined]
    return response
