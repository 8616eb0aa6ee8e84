"""What other sites ask for: the element's script, and oEmbed."""

from typing import Final
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from almoner.embedding.hooks import Story, hooks
from almoner.embedding.script import script_of
from almoner.embedding.wanted import NoForm, Wanted, path_at, wanted_at
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
    """A form or a story by its link, for systems that speak oEmbed 1.0: with an element where the form has sites, else
    the link alone."""
    site, url = absolute(request, ""), request.GET.get("url", "")
    as_xml = request.GET.get("format", "json") == "xml"
    if request.GET.get("format", "json") not in ("json", "xml"):
        return _refused("The formats are json and xml.", status=501)
    try:
        answer = _of_form(request, wanted_at(url, site=site), site=site)
    except NoForm:
        answer = _of_story(request, path_at(url, site=site), site=site)
    if answer is None:
        return _refused(
            f"There is no such form or story. Name one of this site by url=, such as {site}/give/4840/",
            status=404,
        )
    return _for_any_site(_xml(answer) if as_xml else JsonResponse(answer))


def discovery(url: str) -> str:
    """What a form's page says of its oEmbed, as a Link header. `url` is the page's own, absolute."""
    kinds = (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
    return ", ".join(
        f'<{asked_at(url)}&format={name}>; rel="alternate"; type="{media}"' for name, media in kinds
    )


def asked_at(url: str) -> str:
    """Where oEmbed answers for a page, by the page's own address: absolute, as those who look for it need it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{OEMBED_PATH}?{urlencode({'url': url})}"


def _of_form(request: HttpRequest, wanted: Wanted, *, site: str) -> Answer | None:
    spec = _spec_of(request, wanted.key)
    if spec is None:
        return None
    told = _told(
        spec.charity.name, spec.say(spec.title, wanted.language or settings.LANGUAGE_CODE), site=site
    )
    return told | _rich(request, _element(spec, wanted, site)) if spec.sites else told


def _of_story(request: HttpRequest, path: str, *, site: str) -> Answer | None:
    """Its title leads to it, and its form stands below where it may."""
    charity = charity_at(request.get_host())
    story = hooks.story_at(request, path) if charity is not None and path else None
    if charity is None or story is None:
        return None
    told = _told(charity.name, story.title, site=site)
    if story.author:
        told["author_name"] = story.author
    spec = _spec_of(request, story.form)
    if spec is None or not spec.sites:
        return told
    spoken = "" if story.language == settings.LANGUAGE_CODE else story.language
    return told | _rich(request, _led_by(story, _element(spec, Wanted(story.form, spoken), site)))


def _spec_of(request: HttpRequest, key: str) -> FormSpec | None:
    charity = charity_at(request.get_host())
    return form_of(charity, key) if charity is not None and key else None


def _told(charity_name: str, title: str, *, site: str) -> Answer:
    return {
        "version": "1.0",
        "type": "link",
        "title": title,
        "provider_name": charity_name,
        "provider_url": site,
        "cache_age": _KEPT_SECONDS,
    }


def _rich(request: HttpRequest, html: str) -> Answer:
    return {
        "type": "rich",
        "html": html,
        "width": _at_most(request.GET.get("maxwidth", ""), _WIDTH),
        "height": _at_most(request.GET.get("maxheight", ""), _HEIGHT),
    }


def _element(spec: FormSpec, wanted: Wanted, site: str) -> SafeString:
    with override(wanted.language or None):
        words = _("Give: %(form)s") % {"form": spec.say(spec.title, get_language() or settings.LANGUAGE_CODE)}
    return wanted.element(site, words=words)


def _led_by(story: Story, element: SafeString) -> SafeString:
    return format_html(
        '<p lang="{}"><a href="{}">{}</a></p>\n{}', story.language, story.url, story.title, element
    )


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
