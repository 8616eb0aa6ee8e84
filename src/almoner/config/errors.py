"""The pages of last resort. They need no database, no template engine and no other file."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, get_language_bidi, get_language_from_path, override
from django.utils.translation import gettext as _

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-content:center;padding:1.5rem;box-sizing:border-box;"
    "font:1.125rem/1.6 system-ui,sans-serif;color:#1f2a2e;background:#f7f5f0}"
    "main{max-width:34rem}h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem;text-wrap:balance}"
    "p{margin:0 0 .75rem;text-wrap:pretty}a{display:inline-block;padding:.625rem 0;color:#14495c;font-weight:600;"
    "text-underline-offset:.2em}a:focus-visible,button:focus-visible{outline:3px solid;outline-offset:2px}"
    "button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.375rem;color:#fff;"
    "background:#14495c}"
    "@media(prefers-color-scheme:dark){body{color:#e9e6df;background:#16201f}a{color:#8fcbdc}"
    "button{color:#16201f;background:#8fcbdc}}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_CSP: Final = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
_RETRY_SECONDS: Final = 5


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away. A page that was only being read can be asked for again."""
    response = page(request, status=503, again=request.method == "GET")
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response


def busy(request: HttpRequest, typed: Sequence[tuple[str, str]]) -> HttpResponse:
    """Too much to do just now, in the active language. What was typed stands in the page, without a script and without
    a row: its one button sends the same once more."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in typed
    )
    kept = _("What you typed is kept. Press the button to go on from here.")
    form = (
        f"<p>{escape(kept)}</p>"
        f'<form method="post" action="{escape(request.get_full_path())}">{fields}'
        f"<p><button>{escape(_('Try again'))}</button></p></form>"
    )
    response = _whole(_words(503)[:2], form, status=503)
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response


def page(request: HttpRequest, *, status: int, again: bool = False) -> HttpResponse:
    """A whole page that says what happened and what to do, in its address's language: what raised may have left that.

    `again` offers the same address once more. A page that reloads by itself would take the place from under a reader.
    """
    with override(get_language_from_path(request.path_info) or get_language()):
        return _page(status, again)


def _page(status: int, again: bool) -> HttpResponse:
    return _whole(_words(status), _onward(status, again), status=status)


def _whole(words: Sequence[str], onward: str, *, status: int) -> HttpResponse:
    heading, *lines = words
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    direction = "rtl" if get_language_bidi() else "ltr"
    html = (
        f'<!doctype html><html lang="{get_language()}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(heading)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(heading)}</h1>{paragraphs}{onward}</main></body></html>"
    )
    return HttpResponse(
        html, status=status, headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store"}
    )


def _onward(status: int, again: bool) -> str:
    """Where to go from here: after a fault of ours only back, for the front page may be at fault too."""
    if again:
        address, words = "", _("Try again")
    elif status < 500:
        address, words = "/", _("Go to the front page")
    else:
        return ""
    return f'<p><a href="{address}">{escape(words)}</a></p>'


def _words(status: int) -> tuple[str, ...]:
    match status:
        case 404:
            return (
                _("Page not found"),
                _("If you typed the address, check it. If you followed a link, the page may have moved."),
            )
        case 403:
            return (
                _("You can’t open this page"),
                _("Your account does not allow it, or your visit here has ended."),
            )
        case 500:
            return (
                _("Something went wrong on our side"),
                _(
                    "We have been told. If you had already pressed Give, don’t give again: look for our email first."
                ),
            )
        case 503:
            return (
                _("We’ll be right back"),
                _("This page can’t be shown for a moment. Please try again in a few seconds."),
                _("If you were giving, trying again with the same page never charges you twice."),
            )
        case _:
            return (
                _("That didn’t reach us in a form we can read"),
                _("Nothing was charged. Please go back to the form and try again."),
            )
