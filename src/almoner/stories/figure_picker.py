"""Choosing a figure for a sentence: a list of what the register says now, in each way that it can be said."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from draftjs_exporter.dom import DOM
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    KEEP_WHITESPACE,
    InlineEntityElementHandler,
)
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from almoner.charities import reader
from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.impact import standing
from almoner.impact.models import Indicator, Observation, Replacement
from almoner.impact.saying import Style
from almoner.stories.figures import key_of, said
from almoner.stories.inline_figures import MISSING, day_of, style_of
from almoner.stories.sites import place_of

FEATURE: Final = "figure"
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """An indicator and the ways to say what stands for it: (style, words), each words once."""

    key: str
    title: str
    programme: str
    as_of: date
    ways: list[tuple[str, str]]


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The picker, as Wagtail's modal asks for it. `page` in the query is the page that is written, or its parent."""
    if not page_permission_policy.user_has_any_permission(request.user, ["add", "change", "publish"]):
        raise PermissionDenied
    asked = request.GET.get("q", "").strip()
    found, day = _indicators(_charities(request), asked), day_of(request.GET.get("day", ""))
    stand = _standing(found, day)
    choices = sorted((_choice(each) for each in stand), key=lambda each: (each.programme, each.title))
    context = {
        "choices": choices[:_MOST],
        "more": len(choices) > _MOST,
        "asked": asked,
        "day": day,
        "page": request.GET.get("page", ""),
    }
    return render_modal_workflow(
        request, "stories/figure_picker.html", template_vars=context, json_data={"step": "figures"}
    )


def feature() -> EntityFeature:
    return EntityFeature(
        {
            "type": "FIGURE",
            "icon": "order",
            "description": "Figure from the register",
            "attributes": ["indicator", "wording", "day"],
            "chooserUrls": {"figures": reverse_lazy("stories_figures")},
        },
        js=["stories/figure-entity.js", "stories/pasted.js"],
    )


class FigureElementHandler(InlineEntityElementHandler):
    """From what is kept to what the editor shows: the words of now, which can't be typed into."""

    mutability = "IMMUTABLE"

    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, str]:
        found = {"indicator": attrs.get("indicator", ""), "wording": attrs.get("wording", "")}
        return found | ({"day": attrs["day"]} if "day" in attrs else {})

    def handle_starttag(self, name: str, attrs: Any, state: Any, contentstate: Any) -> None:
        super().handle_starttag(name, attrs, state, contentstate)
        given = dict(attrs)
        day = day_of(given.get("day", ""))
        state.current_block.text += _words(given.get("indicator", ""), given.get("wording", ""), day)
        state.leading_whitespace = KEEP_WHITESPACE


def kept(props: dict[str, Any]) -> Any:
    """From the editor to what is kept: the name, the style, and the day, if one was chosen. The words that stood there
    are dropped."""
    told = {"embedtype": "figure", "indicator": props["indicator"], "wording": props["wording"]}
    day = day_of(props.get("day") or "")
    return DOM.create_element("embed", told | ({"day": day.isoformat()} if day is not None else {}))


CONVERSION: Final[dict[str, Any]] = {
    "from_database_format": {'embed[embedtype="figure"]': FigureElementHandler("FIGURE")},
    "to_database_format": {"entity_decorators": {"FIGURE": kept}},
}


def _charities(request: HttpRequest) -> QuerySet[Charity]:
    """The charity in whose site the page stands, if it is one's own; without a page, all of one's own."""
    own = charities_of(request.user)
    number = request.GET.get("page", "")
    page = Page.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    place = place_of(page) if page is not None else None
    return own.filter(pk=place.charity.pk) if place is not None else own


def _indicators(charities: QuerySet[Charity], asked: str) -> QuerySet[Indicator]:
    found = Indicator.objects.filter(result__programme__public=True, result__programme__charity__in=charities)
    for word in asked.split():
        found = found.filter(
            Q(title__icontains=word) | Q(slug__icontains=word) | Q(nouns__icontains=word)
            | Q(result__programme__title__icontains=word) | Q(result__programme__slug__icontains=word)
        )  # fmt: skip
    return found


def indicator_choices() -> list[tuple[str, Any]]:
    """For a list: by programme, (name in the register, title) of each indicator of the charities of whoever asks."""
    user = reader.bound()
    found = Indicator.objects.select_related("result__programme__charity").order_by(
        "result__programme__charity__name", "result__programme__title", "result__ordinal", "ordinal", "pk"
    )
    if user is not None:
        found = found.filter(result__programme__charity__in=charities_of(user))
    groups: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for each in found:
        programme = each.result.programme
        _, rows = groups.setdefault(programme.pk, (programme.title, []))
        rows.append((key_of(each), capfirst(each.title)))
    return [("", "None"), *groups.values()]


def _choice(observation: Observation) -> Choice:
    ways: dict[str, str] = {}
    for style in Style:
        ways.setdefault(said(observation, style), style.value)
    indicator = observation.indicator
    return Choice(
        key=key_of(indicator),
        title=indicator.title,
        programme=indicator.result.programme.title,
        as_of=observation.as_of,
        ways=[(style, words) for words, style in ways.items()],
    )


def _standing(indicators: QuerySet[Indicator], day: date | None) -> list[Observation]:
    """What stands of each now, or as of a day, as pages say it (`disclosing.at`)."""
    if day is None:
        return list(standing.newest(indicators).values())
    rows = standing.standing().filter(indicator__in=indicators, dimension="", as_of__lte=day)
    newest = {each.indicator_id: each for each in rows.order_by("as_of", "last", "entered_at")}
    wrong = Replacement.objects.filter(
        new__indicator__in=indicators, new__dimension="", new__as_of__gt=day, old__as_of__lte=day
    )
    moved = dict(wrong.values_list("new__indicator_id").annotate(Max("old__as_of")))
    return [each for key, each in newest.items() if each.as_of >= moved.get(key, each.as_of)]


def _words(key: str, wording: str, day: date | None) -> str:
    """What the editor reads; the bare name where two charities have a figure of that name."""
    programme, _, slug = key.partition("/")
    found = _standing(Indicator.objects.filter(slug=slug, result__programme__slug=programme), day)
    if len(found) != 1:
        return key if found else MISSING
    return said(found[0], style_of(wording))
