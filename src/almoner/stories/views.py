"""What a site has beside its pages and their sitemap: robots.txt, and our drawings as files in a charity's colours."""

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from almoner.giving.assets import source_hash
from almoner.stories import illustrations
from almoner.stories.sitemap import answering, site_of
from almoner.stories.sites import root_url

_COLOUR = re.compile(r"[0-9a-f]{6}")
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    site = site_of(request)
    told = ("Disallow: /admin/", f"Sitemap: {root_url(site)}/sitemap.xml")
    # Before a charity answers nothing is to be found.
    lines = ("User-agent: *", *(told if answering(site) is not None else ("Disallow: /",)), "")
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


def _ready(response: HttpResponse, cache_control: str) -> HttpResponse:
    response["Cache-Control"] = cache_control
    response.ready = True  # type: ignore[attr-defined]
    return response
