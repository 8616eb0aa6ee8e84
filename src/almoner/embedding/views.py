"""What other sites ask for: the element's script, and oEmbed."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from almoner.embedding.script import script_of
from almoner.giving.asking import absolute


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The same for all sites, so any cache may hold it; an hour at most, for its address stays when it changes."""
    response = HttpResponse(script_of(absolute(request, "")), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    _for_any_site(response)
    response.ready = True  # type: ignore[attr-defined]
    return response


def _for_any_site(response: HttpResponse) -> None:
    """It says nothing of anybody, and any page may read it, isolated ones too."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
