"""The address finder's endpoint, in front of Django: it is asked at every key, and needs nothing of a request's making.

Its answer is the same for every host, person and page, so neither host nor cookie is looked at.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.utils import translation

from almoner.config import network
from almoner.config.middleware import PUBLIC_HEADERS
from almoner.giving.finding import Addresses, Reply

# Path -> language, as /give/ and /ar/give/ have it.
_PATHS: Final = {
    f"{'' if code == settings.LANGUAGE_CODE else '/' + code}/give/addresses/": code
    for code, _ in settings.LANGUAGES
}


class Keystrokes:
    """Answers GET and HEAD of the endpoint; `trusted_proxies` as for the site's other limits."""

    def __init__(self, *, trusted_proxies: int) -> None:
        self._trusted_proxies = trusted_proxies
        https = settings.SECURE_HSTS_SECONDS
        self._addresses = Addresses(
            common=[
                *PUBLIC_HEADERS.items(),
                # No page elsewhere reads it or loads it; there is no Access-Control-Allow-Origin either.
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
                ("X-Frame-Options", "DENY"),
                ("X-Robots-Tag", "noindex"),
                *([("Strict-Transport-Security", f"max-age={https}")] if https else []),
            ]
        )

    def answer(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes] | None:
        """The whole answer, or None when something else is asked for."""
        language = _PATHS.get(environ["PATH_INFO"])
        if language is None:
            return None
        with translation.override(language):
            reply = self._reply(environ)
        start_response(reply.status, reply.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]

    def _reply(self, environ: dict[str, Any]) -> Reply:
        client = network.client_address(
            environ.get("HTTP_X_FORWARDED_FOR", ""),
            peer=environ.get("REMOTE_ADDR", ""),
            trusted_proxies=self._trusted_proxies,
        )
        return self._addresses.reply(
            environ.get("QUERY_STRING", ""),
            client=client,
            if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
        )
