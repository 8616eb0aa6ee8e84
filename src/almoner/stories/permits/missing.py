"""What a page would not show, and why, in words for its editor: asked before it is published."""

from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from almoner.consents.models import Channel
from almoner.consents.standing import Verdict
from almoner.stories import reading
from almoner.stories.permits import marking, shown
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place

_LEAD_ONLY: Final = (Channel.LISTS, Channel.SOCIAL, Channel.FEED)


def missing(page: Any, place: Place) -> list[SafeString]:
    """What stands between the page and its publishing."""
    words = "{} has no description. Write one, or say that it merely decorates."
    return unshown(page, place) + [format_html(words, where) for where in shown.wordless(page)]


def unshown(page: Any, place: Place) -> list[SafeString]:
    """What nobody agreed to, or no longer does: readers don't see it, on a page that is public already either."""
    permits = _permits(page, place)
    found = []
    for where, image in shown.placed_images(page):
        verdict = permits.picture(image, Channel.WEB)
        if not verdict.allowed:
            found.append(_said(where, verdict, f"?picture={image.pk}"))
    for words in shown.quotes(page):
        verdict = permits.words(words, Channel.WEB)
        if not verdict.allowed:
            found.append(_said(f"The quote “{words[:60].strip()}…”", verdict, ""))
    return found


def narrower(page: Any, place: Place) -> list[str]:
    """Where the picture at its head will not be shown although the page shows it: no reason not to publish."""
    image = getattr(page, "lead_image", None)
    permits = _permits(page, place)
    if image is None or not permits.picture(image, Channel.WEB).allowed:
        return []
    verdicts = ((channel, permits.picture(image, channel)) for channel in _LEAD_ONLY)
    return [f"{channel.label}: {verdict.why}." for channel, verdict in verdicts if not verdict.allowed]


def _permits(page: Any, place: Place) -> Permits:
    """Every picture is looked at, if nobody has yet: one that was sent again is known again."""
    for image in shown.images(page):
        marking.mark(image)
    body = getattr(page, "body", ())
    asks = shown.asks_for_gifts(body, reading.first_form(body, place.charity))
    permits = Permits(place.charity, fundraising=asks)
    permits.know(shown.images(page), shown.quotes(page))
    return permits


def _said(what: str, verdict: Verdict, query: str) -> SafeString:
    """With the way to what would let it be shown. Another consent beside one that refuses lets nothing be shown."""
    if verdict.refused_by is None:
        link, words = reverse("stories_consent_new") + query, "Record what was agreed"
    else:
        link, words = reverse("stories_consent", args=[verdict.refused_by.pk]), "See what was agreed"
    return format_html(
        '{} can’t be shown: {}. <a href="{}">{}</a>, or take it out.', what, verdict.why, link, words
    )
