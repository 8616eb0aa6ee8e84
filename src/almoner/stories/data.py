"""The register as files for others: JSON, a table, and IATI, each at an address that stays."""

import hashlib
import json
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from almoner.charities.models import Charity
from almoner.impact import iati, opendata, shelf, translated
from almoner.kernel.clock import now
from almoner.stories import moneys
from almoner.stories.sites import place_asked

_KEPT: Final = "public, max-age=0, s-maxage=60"


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    charity = place_asked(request).charity
    found = opendata.as_json(charity, shelf.programmes(charity), translated.words(charity))
    body = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return _answer(request, body, "application/json")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    body = opendata.as_csv(shelf.programmes(place_asked(request).charity)).encode()
    return _answer(request, body, "text/csv; charset=utf-8")


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """IATI 2.03. Made anew each day, for its dates say what is over."""
    charity = place_asked(request).charity
    found = shelf.programmes(charity)
    at = _day_began(charity)
    money = moneys.taken(charity, [each.programme for each in found], at=at)
    body = iati.activities(charity, found, money, at=at, words=translated.words(charity))
    return _answer(request, body, "application/xml; charset=utf-8")


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    charity = place_asked(request).charity
    at = _day_began(charity)
    report = request.build_absolute_uri(reverse("stories-data-json"))
    body = iati.organisation(charity, at=at, report_url=report)
    return _answer(request, body, "application/xml; charset=utf-8")


def _day_began(charity: Charity) -> datetime:
    """Where the charity is."""
    zone = ZoneInfo(charity.timezone)
    return now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _answer(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """The file with its ETag, or 304. Anybody's page may read it: nothing of it is anybody's own."""
    response = HttpResponse(body, content_type=content_type)
    response["Cache-Control"] = _KEPT
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{opendata.LICENCE}>; rel="license"'
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response["ETag"] = etag
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response
