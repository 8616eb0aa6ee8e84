"""A form's QR code: as a drawing, and on a page to print in the charity's look."""

import io
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from almoner.embedding.wanted import Wanted
from almoner.giving.catalogue import FormSpec, legal_line
from almoner.giving.looks import theme
from almoner.giving.views_model import RIGHT_TO_LEFT
from almoner.kernel.clock import now
from almoner.receipts import fonts
from almoner.receipts.typesetting import logo_svg, qr_svg, settable, typeset

_TEMPLATE: Final = Path(__file__).parent / "templates" / "poster.typ"


def qr_drawing(url: str) -> bytes:
    """An SVG to print or to place, with the quiet edge that readers need, black on white for every background."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#000", light="#fff", scale=8, title=url, xmldecl=True
    )
    return out.getvalue()


def poster(spec: FormSpec, wanted: Wanted, *, site: str) -> bytes:
    """One A5 page as PDF. Raises what typst raises where the machine's fonts are broken."""
    language = wanted.language or settings.LANGUAGE_CODE
    url, palette = wanted.link(site), theme(spec.primary, spec.accent).light
    with override(language):
        words = {
            "qr_alt": _("QR code that leads to %(address)s") % {"address": url},
            "invitation": _("Scan to give, or go to"),
        }
    title = spec.say(spec.title, language)
    text = f"{title}{spec.charity.name}{words['invitation']}"
    collection = fonts.collection(fonts.font_dirs())
    values: dict[str, Any] = {
        **{name: settable(each) for name, each in words.items()},
        "title": settable(title),
        "charity": settable(spec.charity.name),
        "legal": settable(legal_line(spec.charity)),
        "url": url,
        "shown": url.partition("?")[0].partition("://")[2].rstrip("/"),
        "qr": qr_svg(url),
        "logo": logo_svg(spec.logo_svg.encode(), palette),
        "brand": palette.brand_text,
        "sans": fonts.sans(collection, text),
        "serif": fonts.serif(collection, text),
        "language": language,
        "rtl": language in RIGHT_TO_LEFT,
    }
    return typeset(_TEMPLATE, values, now().replace(microsecond=0))
