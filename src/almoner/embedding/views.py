"""What other sites ask for: the element's script, and oEmbed."""

from typing import Final
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from almoner.embedding.script import script_of
from almoner.embedding.wanted import NoForm, Wanted, wanted_at
from almoner.giving.asking import absolute
from almoner.giving.catalogue import FormSpec, charity_at, form_of

OEMBED_PATH: Final = "/oembed"
# A form's size until it has said how high it is.
_WIDTH: Final = 640
_HEIGHT: Final = 900
_KEPT_SECONDS: Final = 3600

Answer = dict[str, str | int]


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The same for all sites, so any cache may hold it; an hour at most, for its address stays when it changes."""
    response = HttpResponse(script_of(absolute(request, "")), content_type="text/javascript; charset=utf-8")
    response.ready = True  # type: ignore[attr-defined]
    return _for_any_site(response)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """A form by its link, for systems that speak oEmbed 1.0: an element where a form has sites, else the link alone."""
    site = absolute(request, "")
    as_xml = request.GET.get("format", "json") == "xml"
    if request.GET.get("format", "json") not in ("json", "xml"):
        return _refused("The formats are json and xml.", status=501)
    try:
        wanted = wanted_at(request.GET.get("url", ""), site=site)
    except NoForm:
        return _refused(f"Name a form of this site by url=, such as {site}/give/4840/", status=404)
    charity = charity_at(request.get_host())
    spec = form_of(charity, wanted.key) if charity is not None else None
    if spec is None:
        return _refused("There is no such form.", status=404)
    answer = _answer(spec, wanted, request, site=site)
    return _for_any_site(_xml(answer) if as_xml else JsonResponse(answer))


def discovery(url: str) -> str:
    """What a form's page says of its oEmbed, as a Link header. `url` is the page's own, absolute."""
    parts = urlsplit(url)
    asked = f"{parts.scheme}://{parts.netloc}{OEMBED_PATH}?{urlencode({'url': url})}"
    kinds = (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
    return ", ".join(f'<{asked}&format={name}>; rel="alternate"; type="{media}"' for name, media in kinds)


def _answer(spec: FormSpec, wanted: Wanted, request: HttpRequest, *, site: str) -> Answer:
    common: Answer = {
        "version": "1.0",
        "type": "rich" if spec.sites else "link",
        "title": spec.title,
        "provider_name": spec.charity.name,
        "provider_url": site,
        "cache_age": _KEPT_SECONDS,
    }
    if not spec.sites:
        return common
    with override(wanted.language or None):
        words = _("Give: %(form)s") % {"form": spec.title}
    return common | {
        "html": wanted.element(site, words=words),
        "width": _at_most(request.GET.get("maxwidth", ""), _WIDTH),
        "height": _at_most(request.GET.get("maxheight", ""), _HEIGHT),
    }


def _at_most(asked: str, usual: int) -> int:
    return min(int(asked), usual) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else usual


def _xml(answer: Answer) -> HttpResponse:
    root = Element("oembed")
    for name, value in answer.items():
        SubElement(root, name).text = str(value)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def _refused(text: str, *, status: int) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _for_any_site(response: HttpResponse) -> HttpResponse:
    """It says nothing of anybody, and any page may read it, isolated ones too."""
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
