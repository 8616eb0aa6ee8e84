"""What stands before every view: security headers for all, and the donor's own short path."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import get_resolver
from django.utils import translation
from wagtail_2fa.middleware import VerifyUserMiddleware

from almoner.config import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_log = logging.getLogger(__name__)

_DONOR_ROOTS: Final = frozenset(
    {
        "api",
        "give",
        "giving",
        "receipts",
        "sandbox",
        "webhooks",
        "health",
        "metrics",
        "static",
        "almoner-form.js",
        "oembed",
    }
)
# Asked by supervisors and payment providers, whose Host header names whatever they were told.
_ANY_HOST: Final = ("/health/", "/metrics")
_LANGUAGES: Final = frozenset(code for code, _ in settings.LANGUAGES)
_FORM_TYPES: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

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
PUBLIC_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=(), browsing-topics=()",
}


def is_donor_path(path: str) -> bool:
    """Whether `path` belongs to the giving path, such as /give/..., /ar/give/..., /receipts/... or /webhooks/..."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first in _LANGUAGES:
        first = rest.partition("/")[0]
    return first in _DONOR_ROOTS


class SecurityHeaders:
    """Sends http to https, and gives every answer that has a body its headers. A view that sets one keeps its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._hsts = ""
        if settings.SECURE_HSTS_SECONDS:
            subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            self._hsts = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and not _any_host(request):
            # Never to the host of the request: a forged one would send people elsewhere.
            return HttpResponsePermanentRedirect(settings.SITE_URL + request.get_full_path())
        response = self._get_response(request)
        headers = response.headers
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # A browser puts the headers of a 304 in the place of those it kept: a policy that isn't the page's own
            # would block the page's style and scripts. What it kept has all of these.
            return response
        for name, value in PUBLIC_HEADERS.items():
            headers.setdefault(name, value)
        if self._hsts:
            headers.setdefault("Strict-Transport-Security", self._hsts)
        staff = request.path_info.startswith("/admin/")
        headers.setdefault("Content-Security-Policy", _STAFF_CSP if staff else _STRICT_CSP)
        policy = headers["Content-Security-Policy"]
        if "frame-ancestors 'none'" in policy:
            headers.setdefault("X-Frame-Options", "DENY")
        elif "frame-ancestors 'self'" in policy:
            headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response


class DonorPath:
    """Calls a donor's view at once: no session of staff's, no CSRF cookie, no messages. Donors' requests carry no
    authority, but for those to their own page, whose room reads its cookie and guards its forms itself; and other
    systems carry a token, which no browser sends by itself.

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
            return self._call(request)

    def _call(self, request: HttpRequest) -> HttpResponseBase:
        if not _any_host(request):
            # Raises for a host that isn't ours.
            request.get_host()
        match = get_resolver(settings.ROOT_URLCONF).resolve(request.path_info)
        request.resolver_match = match
        if (
            request.method == "POST"
            and not _is_form(request)
            and not request.path_info.startswith(("/webhooks/", "/api/"))
        ):
            return errors.page(request, status=415)
        try:
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except (OperationalError, InterfaceError) as error:
            response = _unavailable(request, error)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The same for views that Django's full stack calls."""
        if isinstance(exception, OperationalError | InterfaceError):
            return _unavailable(request, exception)
        return None


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """A database that is away for a moment: the page says so and tries again."""
    _log.error("the database could not be asked: %s", type(error).__name__)
    return errors.unavailable(request)


class VerifiedStaff:
    """Two factors for staff. A request without the staff's cookie isn't asked who it is.

    Asking reads the session, and an answer made after that varies with the cookie: no cache could keep a story.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._verify: GetResponse = VerifyUserMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._get_response(request)
        return self._verify(request)


def _any_host(request: HttpRequest) -> bool:
    return request.path_info.startswith(_ANY_HOST)


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in _FORM_TYPES
