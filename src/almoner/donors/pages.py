"""The donor's own pages: values in, a whole page out, in the looks of the form. None needs a script or allows one."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from markupsafe import Markup

from almoner.donors.visiting import Donor, Guest
from almoner.giving.assets import asset, minify_css, scoped, source_hash
from almoner.giving.catalogue import charity_look, language_root
from almoner.giving.views_model import CharityLook, FieldError, LanguageLink

_CSS: Final = Path(__file__).parent / "assets" / "donors.css"


def page(
    guest: Guest,
    name: str,
    title: str,
    *,
    status: int = 200,
    errors: tuple[FieldError, ...] = (),
    leads_outside: bool = False,
    **values: Any,
) -> HttpResponse:
    """A page of the template `name`. With `errors` it is answered as 422, and says so in its title.

    `leads_outside`: its form ends on a gateway's page, to which a policy of 'self' alone would not let it be sent on.
    """
    look = _look(guest)
    style = asset("page.css").body.decode() + look.theme.css() + _own_css()
    context = {
        "look": look,
        "title": title,
        "errors": errors,
        "faults": {error.field: error.text for error in reversed(errors)},
        "style": Markup(style),  # noqa: S704 (our own stylesheets and hex colours)
        "logo": Markup(look.logo_svg),  # noqa: S704 (sanitised when it was saved)
        "root": guest.to(""),
        "csrf": guest.csrf if isinstance(guest, Donor) else "",
        **values,
    }
    html = render_to_string(f"donors/{name}.jinja", context, using="jinja2")
    response = HttpResponse(html, status=422 if errors else status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{source_hash(style.encode())}'; img-src 'self' data:; "
        f"form-action 'self'{' https:' if leads_outside else ''}; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@lru_cache(maxsize=1)
def _own_css() -> str:
    return scoped(minify_css(_CSS.read_text("utf-8")))


def _look(guest: Guest) -> CharityLook:
    """The charity's, with the page itself in the other languages. A link's own address stays with its mail's."""
    rest = guest.request.path_info.removeprefix(language_root(guest.language))
    return replace(
        charity_look(guest.charity, guest.language),
        languages=tuple(
            LanguageLink(code, name, language_root(code) + rest)
            for code, name in settings.LANGUAGES
            if code != guest.language and not guest.posts
        ),
    )
