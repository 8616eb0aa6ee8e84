"""What the head of a page needs: its one style element, its policy, its icon, its picture for those who share it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.templatetags.static import static
from django.utils.html import escape

from almoner.consents.models import Channel
from almoner.consents.standing import Verdict
from almoner.giving.assets import asset, minify_css, source_hash
from almoner.giving.views_model import CharityLook
from almoner.stories import illustrations, renditions
from almoner.stories.permits.permits import Permits
from almoner.stories.tongues import Version

_ASSETS: Final = Path(__file__).parent / "assets"
SHARE_WIDTH: Final = 1200
SHARE_HEIGHT: Final = 630
# The only script of ours on a story beside the form's, allowed by its hash: without it there is no button.
COPY_SCRIPT: Final = (
    'for(const b of document.querySelectorAll("[data-copy]"))if(navigator.clipboard){b.hidden=false;'
    "b.onclick=async()=>{await navigator.clipboard.writeText(b.dataset.copy);b.textContent=b.dataset.done}}"
)


# Languages as those who show a shared page know them, each with one country.
_LOCALES: Final = {
    "en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "nl": "nl_NL", "it": "it_IT", "pt-br": "pt_BR",
    "ar": "ar_AR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Locales:
    """Of the page, and of its other languages, as Open Graph writes them: "de_DE"."""

    own: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareLinks:
    """Plain addresses: nothing of anybody else's is loaded until a reader follows one."""

    mail: str
    whatsapp: str
    facebook: str
    x: str


@dataclass(frozen=True, slots=True)
class SharePicture:
    """What others show when the page is shared: a whole address, and what can be seen there."""

    url: str
    alt: str
    width: int = SHARE_WIDTH
    height: int = SHARE_HEIGHT


@lru_cache(maxsize=128)
def style(look: CharityLook, form_css: str, *, drawn: bool) -> str:
    """All of the page's styles. `form_css` is the theme of the form that stands in it; '' when there is none. `drawn`:
    there is a chart, or there may be."""
    shared = asset("give.css" if form_css else "tokens.css").body.decode()
    art = illustrations.art_css(look.primary, look.accent)
    return shared + _css("stories") + (_css("drawn") if drawn else "") + look.theme.css() + art + form_css


@lru_cache(maxsize=256)
def policy(style_text: str, form_scripts: tuple[str, ...]) -> str:
    """The page's Content-Security-Policy: styles and scripts by hash alone. `form_scripts` are "sha256-…"."""
    scripts = " ".join(f"'{each}'" for each in (source_hash(COPY_SCRIPT.encode()), *form_scripts))
    return (
        f"default-src 'none'; style-src '{source_hash(style_text.encode())}'; "
        f"script-src {scripts}; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=128)
def icon(look: CharityLook) -> str:
    """The charity's initial on its colour, inside the page: a file of its own would be one more request."""
    palette = look.theme.light
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="8" fill="{palette.brand}"/>'
        '<text x="16" y="23" font-family="Georgia,serif" font-size="20" text-anchor="middle" '
        f'fill="{palette.on_brand}">{escape(look.charity_name[:1].upper())}</text></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="/:=\"' ")


def share(page: Any, url: str) -> ShareLinks:
    title = page.title
    return ShareLinks(
        mail="mailto:?" + urlencode({"subject": title, "body": f"{title}\n{url}"}, quote_via=quote),
        whatsapp="https://wa.me/?" + urlencode({"text": f"{title} {url}"}, quote_via=quote),
        facebook="https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": url}),
        x="https://x.com/intent/post?" + urlencode({"text": title, "url": url}, quote_via=quote),
    )


def locales(language: str, versions: Iterable[Version], country: str) -> Locales:
    """`country` is the charity's: English is spelt as it does there."""
    known = _LOCALES | ({"en": "en_US"} if country == "US" else {})
    return Locales(known[language], tuple(known[each.language] for each in versions if not each.here))


def lead(page: Any, permits: Permits) -> tuple[renditions.Responsive | None, Verdict | None]:
    """The picture at the story's head, and what is recorded for it; None where its drawing stands."""
    image = getattr(page, "lead_image", None)
    if image is None:
        return None, None
    verdict = permits.picture(image, Channel.WEB)
    return (renditions.responsive(image, renditions.HEAD) if verdict.allowed else None), verdict


def picture(page: Any, root_url: str, permits: Permits) -> SharePicture:
    """The story's own picture, else its drawing as a PNG: those who show shared links read no SVG."""
    image = getattr(page, "lead_image", None)
    if image is not None and permits.picture(image, Channel.SOCIAL).allowed:
        rendition = image.get_rendition(renditions.SOCIAL)
        return SharePicture(root_url + rendition.url, page.lead_alt, rendition.width, rendition.height)
    drawing = illustrations.known(getattr(page, "drawing", ""))
    return SharePicture(root_url + static(f"stories/share/{drawing}.png"), illustrations.NAMES[drawing])


@lru_cache
def _css(name: str) -> str:
    return minify_css((_ASSETS / f"{name}.css").read_text("utf-8"))
