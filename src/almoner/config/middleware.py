"""What stands before every view: security headers for all, and the donor's own short path."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_DONOR_ROOTS: Final = ("give", "receipts", "sandbox", "webhooks")
_LANGUAGES: Final = frozenset(code for code, _ in settings.LANGUAGES)

# What an answer gets unless its view says something else.
_STRICT_CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Wagtail's editor writes scripts and styles into its pages, shows previews in frames, and images from blobs.
_STAFF_CSP: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=(), browsing-topics=()",
}


def is_donor_path(path: str) -> bool:
    """Whether `path` belongs to the giving path: /give/..., /ar/give/..., /receipts/..., /sandbox/..., /webhooks/..."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first in _LANGUAGES:
        first = rest.partition("/")[0]
    return first in _DONOR_ROOTS


class SecurityHeaders:
    """Headers that every answer carries. A view that sets one keeps its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        staff = request.path_info.startswith("/admin/")
        response.headers.setdefault("Content-Security-Policy", _STAFF_CSP if staff else _STRICT_CSP)
        policy = response.headers["Content-Security-Policy"]
        if "frame-ancestors 'none'" in policy:
            response.headers.setdefault("X-Frame-Options", "DENY")
        elif "frame-ancestors 'self'" in policy:
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response


class DonorPath:
    """Calls a donor's view at once. Donors' requests carry no authority: no session, no CSRF cookie, no messages.

    The language stands in the URL (/ar/give/...) and is active while the view runs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_donor_path(request.path_info):
            return self._get_response(request)
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            match = get_resolver(settings.ROOT_URLCONF).resolve(request.path_info)
            request.resolver_match = match
            response = match.func(request, *match.args, **match.kwargs)
        if not isinstance(response, HttpResponse | HttpResponseBase):
            raise TypeError(f"{match.view_name} gave no answer.")
        return response
