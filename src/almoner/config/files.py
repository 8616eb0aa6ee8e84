"""Static files and pictures, so that one process serves the whole product. A proxy in front may serve them instead."""

from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.static import serve

from almoner.stories.permits import serving

_FOR_EVER: Final = "public, max-age=31536000, immutable"


def static(request: HttpRequest, path: str) -> HttpResponseBase:
    """A collected file, whose name carries a hash of its content; in tests, the file itself."""
    if settings.MODE == "test":
        found = finders.find(path)
        if not isinstance(found, str):
            raise Http404(path)
        return serve(request, found.removeprefix("/"), document_root="/")
    response = serve(request, path, document_root=str(settings.STATIC_ROOT))
    response.headers["Cache-Control"] = _FOR_EVER if _hashed(path) else "public, max-age=3600"
    response.ready = True  # type: ignore[attr-defined]
    return response


def image(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture as Wagtail cut it, as long as consent to it holds; else for staff alone. Originals have no address.

    Whoever keeps it has to ask each time whether it may still be shown.
    """
    rendition = serving.rendition_at(f"images/{path}")
    if rendition is None:
        raise Http404(path)
    public = serving.is_public(rendition, request.get_host())
    if not public and not serving.is_for_staff(rendition, request):
        raise Http404(path)
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "public, no-cache" if public else "private, no-store"
    return response


def apple_pay(request: HttpRequest) -> HttpResponseBase:
    """What Apple asks of a domain whose pages offer its wallet: the file that Stripe gives out for it."""
    path = settings.STRIPE_APPLE_PAY_FILE
    if path is None:
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="text/plain; charset=utf-8")


def _hashed(path: str) -> bool:
    """Whether Django put a hash of twelve hexadecimal digits before the ending: app.0123456789ab.css"""
    parts = path.rpartition("/")[2].split(".")
    return len(parts) > 2 and len(parts[-2]) == 12 and all(char in "0123456789abcdef" for char in parts[-2])
