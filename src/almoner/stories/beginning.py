"""What stands at the front before a charity does: what this is, and what to do next. Whoever installs it reads it."""

from typing import Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from wagtail.models import Page, Site

from almoner.giving.assets import source_hash

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-content:center;padding:1.5rem;box-sizing:border-box;"
    "font:1.125rem/1.6 system-ui,sans-serif;color:#1f2a2e;background:#f7f5f0}"
    "main{max-width:34rem}svg{color:#14495c}h1{font-size:1.75rem;line-height:1.25;margin:.75rem 0;text-wrap:balance}"
    "p{margin:0 0 .75rem;text-wrap:pretty}.go{margin-top:1.5rem}"
    "a{display:inline-block;padding:.75rem 1.5rem;border-radius:.375rem;color:#fff;background:#14495c;font-weight:600;"
    "text-decoration:none}a:focus-visible{outline:3px solid #14495c;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{color:#e9e6df;background:#16201f}svg{color:#8fcbdc}"
    "a{color:#16201f;background:#8fcbdc}a:focus-visible{outline-color:#8fcbdc}}"
    "@media(forced-colors:active){a{border:2px solid}}"
)
_POLICY: Final = (
    f"default-src 'none'; style-src '{source_hash(_STYLE.encode())}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def is_before(site: Site) -> bool:
    """Whether the page at a site's root is the one that Wagtail's migrations leave: editors make none of its kind."""
    return site.root_page.cached_content_type.model_class() is Page


def page() -> HttpResponse:
    """Kept by nobody: it is gone with the first charity."""
    html = render_to_string("stories/beginning.html", {"style": mark_safe(_STYLE)}, using="django")  # noqa: S308 (ours)
    return HttpResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})
