"""What pages and giving forms say, written down as claims: when a page is published, and of everything every night."""

from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any, Final

from django.db.models import Q
from django.utils import translation
from django.utils.html import strip_tags
from wagtail.models import Page
from wagtail.rich_text import RichText

from almoner.charities import audit, phrases
from almoner.charities.models import Charity
from almoner.giving.models import DonationForm
from almoner.giving.saying import said_by, said_in
from almoner.impact import claims, sentences, standing
from almoner.impact.claims import Carrier, Found
from almoner.impact.models import Claim, Indicator
from almoner.impact.sentences import Said, Unit
from almoner.kernel.clock import now
from almoner.stories import claim_mail, inline_figures, tongues
from almoner.stories.figures import Figures, key_of
from almoner.stories.inline_figures import Named
from almoner.stories.sites import Place, place_for

# The fields of pages whose words readers or those who share the page see.
_FIELDS: Final = ("title", "seo_title", "search_description", "summary", "heading", "intro")
# Of these, the ones in which `[figure programme/indicator style]` is the register's.
FILLED: Final = ("summary", "search_description")
# What in a block is no sentence of the page.
_NO_WORDS: Final = frozenset(
    (
        "source",
        "url",
        "credit",
        "drawing",
        "image",
        "number",
        "indicator",
        "style",
        "kind",
        "button",
        "stories",
        "name",
    )
)
_BREAK: Final = ("</p>", "</li>", "</h2>", "</h3>", "<br/>", "<hr/>")


def look_daily() -> None:
    """Read everything that is published, judge every claim, and tell owners what no longer holds. Safe to repeat."""
    for charity in Charity.objects.order_by("pk"):
        place = place_for(charity)
        if place is not None:
            _pages(place)
        _forms(charity)
        # What a version that didn't keep this accepted while the database was being upgraded.
        standing.record(Indicator.objects.filter(result__programme__charity=charity))
        claims.look(charity)
        claim_mail.ask(charity)


def keep(page: Any, place: Place) -> None:
    """Write down what a published page says now."""
    _keep(page, place, claims.units(place.charity), Figures(place.charity))


def end(page: Page, place: Place) -> None:
    """A page that is taken down says nothing."""
    claims.keep(place.charity, _carrier(page), [])


def broken(page: Any, place: Place) -> list[Claim]:
    """Of what a page would say, that which no longer holds and that nobody said to publish all the same."""
    known, figures = claims.units(place.charity), Figures(place.charity)
    return claims.broken(place.charity, _carrier(page), _found(page, place, known, figures))


def intend(page: Any, place: Place, *, reason: str, actor: audit.Actor) -> None:
    """Keep why what the page says, or is to say, is published all the same."""
    known, figures = claims.units(place.charity), Figures(place.charity)
    found = _found(page, place, known, figures)
    claims.intend(place.charity, _carrier(page), found, reason=reason, actor=actor)


def typed(page: Any, charity: Charity, known: Iterable[Unit]) -> list[Said]:
    """Every number that the page says in typed words of something that the register counts, in order."""
    language, known = tongues.language_of(page, charity), list(known)
    text = "\n".join(_texts(page))
    told_of = _told_of(page, known, charity) if language != charity.language else []
    return list(dict.fromkeys(sentences.read(text, known, language, told_of=told_of)))


def _told_of(page: Any, known: list[Unit], charity: Charity) -> list[Unit]:
    """What the page and its versions take from the register: the words of other languages are nobody's."""
    versions = page.get_translations().specific() if page.pk is not None else ()
    keys = {each.key.strip() for version in (page, *versions) for each in named(version)}
    if not keys:
        return []
    indicators = Indicator.objects.filter(result__programme__charity=charity)
    ids = {each.pk for each in indicators.select_related("result__programme") if key_of(each) in keys}
    return [each for each in known if each.indicator_id in ids]


def _pages(place: Place) -> None:
    known, figures = claims.units(place.charity), Figures(place.charity)
    public = Page.objects.live().descendant_of(place.root, inclusive=True)
    current = public.filter(Q(expire_at=None) | Q(expire_at__gt=now()))
    for page in current.specific().iterator():
        _keep(page, place, known, figures)
    claims.end_others(
        place.charity, Claim.Carrier.PAGE, (str(pk) for pk in current.values_list("pk", flat=True))
    )


def _forms(charity: Charity) -> None:
    known, spoken = claims.units(charity), phrases.said_in_all(charity)
    forms = DonationForm.objects.filter(charity=charity, active=True).prefetch_related(
        "suggested_amounts", "consent_questions"
    )
    seen = []
    for form in forms:
        found = [_as_found(each, charity.language) for each in said_by(form, known, charity.language)]
        for language, said in spoken.items():
            found += [_as_found(each, language) for each in said_in(form, said, known, language)]
        claims.keep(charity, Carrier(Claim.Carrier.FORM, str(form.pk), form.title, None), found)
        seen.append(str(form.pk))
    claims.end_others(charity, Claim.Carrier.FORM, seen)


def _keep(page: Any, place: Place, known: list[Unit], figures: Figures) -> None:
    claims.keep(place.charity, _carrier(page), _found(page, place, known, figures))


def _found(page: Any, place: Place, known: list[Unit], figures: Figures) -> list[Found]:
    """What the page says of what the register counts, figures in its own language."""
    language = tongues.language_of(page, place.charity)
    with translation.override(language):
        said = [_as_found(each, language) for each in typed(page, place.charity, known)]
        return [*_registered(page, place.charity, figures), *said]


def _carrier(page: Page) -> Carrier:
    revision = page.live_revision
    owner = revision.user_id if revision is not None and revision.user_id else page.owner_id
    return Carrier(Claim.Carrier.PAGE, str(page.pk), page.title, owner)


def _registered(page: Any, charity: Charity, figures: Figures) -> Iterator[Found]:
    """The figures that the page takes from the register. One of another register shows nothing, and is no claim."""
    taken = list(named(page))
    if not taken:
        return
    indicators = Indicator.objects.filter(result__programme__charity=charity)
    ids = {key_of(each): each.pk for each in indicators.select_related("result__programme")}
    for each in taken:
        if each.key.strip() in ids:
            shown = figures.shown(each.key, each.style, each.day)
            number = shown.value if shown is not None else ""
            label = shown.label if shown is not None else each.key
            as_of = f" (as of {each.day})" if each.day is not None else ""
            wording = f"{number} {label}".strip() + as_of
            yield Found(Claim.Origin.FIGURE, ids[each.key.strip()], number, wording, each.style, day=each.day)


def named(page: Any) -> Iterator[Named]:
    """The figures that a page takes from the register, by the names that it has for them."""
    for name in FILLED:
        yield from inline_figures.named_in_text(getattr(page, name, "") or "")
    for child in getattr(page, "body", None) or ():
        yield from _named_in(child.value)


def _named_in(value: Any) -> Iterator[Named]:
    if isinstance(value, RichText):
        yield from inline_figures.named_in_html(value.source)
    elif hasattr(value, "items"):
        if value.get("indicator"):
            yield Named(value["indicator"], inline_figures.style_of(value.get("style") or ""))
        if _is_fact(value):
            yield from inline_figures.named_in_text(value["heading"])
        for inner in value.values():
            yield from _named_in(inner)
    elif hasattr(value, "__iter__") and not isinstance(value, str):
        for inner in value:
            yield from _named_in(inner)


def _texts(page: Any) -> Iterator[str]:
    """The page's typed words, each text by itself, with a mark where the register speaks."""
    for name in _FIELDS:
        text = getattr(page, name, "") or ""
        yield inline_figures.without(text) if name in FILLED else text
    for child in getattr(page, "body", None) or ():
        if child.block_type not in ("form", "related", "kept"):
            yield from _texts_in(child.value)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, RichText):
        yield _plain(value.source)
    elif isinstance(value, str):
        yield value
    elif hasattr(value, "items"):
        if value.get("value") and not value.get("indicator"):
            # A figure that is typed: the number and what it counts are one sentence.
            yield f"{value['value']} {value.get('label') or ''}"
            return
        for name, inner in value.items():
            if name == "heading" and _is_fact(value):
                yield inline_figures.without(inner)
            elif name not in _NO_WORDS:
                yield from _texts_in(inner)
    elif hasattr(value, "__iter__"):
        for inner in value:
            yield from _texts_in(inner)


def _is_fact(value: Any) -> bool:
    """A fact's heading may take figures from the register; those of other blocks are typed."""
    return "figure" in value and bool(value.get("heading"))


def _plain(html: str) -> str:
    text = inline_figures.without(html)
    for tag in _BREAK:
        text = text.replace(tag, "\n")
    return unescape(strip_tags(text))


def _as_found(said: Said, language: str) -> Found:
    return Found(Claim.Origin.READ, said.indicator_id, said.number, said.sentence, language=language)
