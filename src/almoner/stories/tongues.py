"""A page in several languages: which language it is in, which others it can be read in, and how a translation begins.

A translation stands below the site's home, at "/de/stories/…", and is tied to its original by Wagtail's locale and
`translation_key`. What stands in Wagtail's first locale is in the charity's own language.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, Q, UUIDField
from django.utils import translation
from wagtail.models import Locale, Page

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select
from almoner.charities.sites import current_stamps
from almoner.impact import translated
from almoner.kernel.clock import now
from almoner.stories.sites import Place, restricted
from almoner.stories.wording import wording

if TYPE_CHECKING:
    from django.contrib.auth.models import User

NAMES: Final = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Version:
    """A page as it can be read now in one language. `name` is the language's own name for itself."""

    language: str
    name: str
    path: str
    url: str
    # It is the one that is being read.
    here: bool
    # It is in the charity's own language: for readers of every other one.
    original: bool


# (stamps, site) -> the languages of what no editor writes.
_offered: dict[tuple[object, int], tuple[str, ...]] = {}
_OFFERED_MAX: Final = 100


def code_of(page: Any) -> str:
    """Of its locale; what no editor writes says it by itself."""
    if reads := getattr(page, "reads", ""):
        return str(reads)
    locale = getattr(page, "locale", None)
    return str(locale.language_code) if locale is not None else str(settings.LANGUAGE_CODE)


def language_of(page: Any, charity: Charity) -> str:
    return getattr(page, "reads", "") or spoken(code_of(page), charity)


def spoken(code: str, charity: Charity) -> str:
    """The language of what stands in a locale."""
    return charity.language if code == settings.LANGUAGE_CODE else code


def versions(page: Any, place: Place) -> tuple[Version, ...]:
    """Each language in which readers find this page now, in the order of the settings; () where there is but one."""
    if getattr(page, "pk", None) is None or not hasattr(page, "translation_key"):
        return ()
    found = _together.all(key=page.translation_key, own=page.pk, root=place.root.path, at=now())
    # Itself among them, so that nobody has to ask for its locale.
    for pk, _, locale_id, code in found:
        if pk == page.pk:
            page.locale = Locale(pk=locale_id, language_code=code)
    return _in_order([_version(way, code, place, here=pk == page.pk) for pk, way, _, code in found])


_together: Final = Select[tuple[int, str, int, str]](
    lambda: Page.objects.filter(
        Q(pk=Given("own", BigIntegerField()))
        | Q(live=True) & ~restricted() & (Q(expire_at=None) | Q(expire_at__gt=Given("at", DateTimeField()))),
        translation_key=Given("key", UUIDField()),
        path__startswith=Given("root", CharField()),
    ).values_list("pk", "url_path", "locale_id", "locale__language_code")
)


def offered(place: Place) -> tuple[str, ...]:
    """The languages in which the register is told: the charity's own, those that it has words in, and those of the
    site's pages. Remembered until the charity's content changes."""
    key = (current_stamps(), place.site.pk)
    if key not in _offered:
        if len(_offered) >= _OFFERED_MAX:
            _offered.clear()
        pages = Page.objects.live().filter(path__startswith=place.root.path).order_by()
        codes = set(pages.values_list("locale__language_code", flat=True).distinct())
        found = {spoken(code, place.charity) for code in codes} | translated.languages(place.charity)
        _offered[key] = tuple(code for code in NAMES if code in found | {place.charity.language})
    return _offered[key]


def forget() -> None:
    """Read again what is remembered, for the database is another one."""
    _offered.clear()


def address(path: str, language: str, charity: Charity) -> str:
    """Of what no editor writes, in a language: "/programmes/", "/de/programmes/"."""
    return translated.root(charity, language) + path


def elsewhere(path: str, language: str, place: Place) -> str:
    """Where a page is that was asked for in a language in which it isn't told, or not at this address; else empty."""
    told = not language or (language in offered(place) and language != place.charity.language)
    return "" if told else path


def standing(path: str, language: str, place: Place) -> dict[str, Any]:
    """Where what no editor writes stands in a language ("" is the charity's own), as `presenting.Plain` takes it."""
    reads = language or place.charity.language
    way = address(path, reads, place.charity)
    return {
        "path": way,
        "url_path": place.root.url_path + way.removeprefix("/"),
        "reads": reads,
        "versions": told(path, reads, place),
    }


def told(path: str, here: str, place: Place) -> tuple[Version, ...]:
    """Each language in which what no editor writes can be read; `here` is this page's. () where there is but one."""
    own = place.charity.language
    found = []
    for code in offered(place):
        way = address(path, code, place.charity)
        found.append(Version(code, NAMES[code], way, place.root_url + way, code == here, code == own))
    return _in_order(found)


def among(pages: list[Page], place: Place) -> tuple[Version, ...]:
    """The same of pages that are known to be one another's translations, and published: `locale` is on each."""
    return _in_order([_version(each.url_path, code_of(each), place, here=False) for each in pages])


def _in_order(found: list[Version]) -> tuple[Version, ...]:
    order = list(NAMES)
    return tuple(sorted(found, key=lambda each: order.index(each.language))) if len(found) > 1 else ()


def _version(url_path: str, code: str, place: Place, *, here: bool) -> Version:
    language = spoken(code, place.charity)
    path = place.address_of(url_path)
    original = code == settings.LANGUAGE_CODE
    return Version(language, NAMES.get(language, language), path, place.root_url + path, here, original)


def missing(page: Page, charity: Charity) -> list[tuple[str, str]]:
    """(code, name) of the languages that this page has no version in, drafts counted."""
    there = {spoken(code_of(each), charity) for each in page.get_translations(inclusive=True)}
    return [each for each in settings.LANGUAGES if each[0] not in there]


def begin(page: Page, language: str, place: Place, *, user: "User | None") -> Page:
    """A draft of the page in another language, with the original's words to write over; what stands above it comes
    into being with it. Safe to repeat: a version that exists is returned."""
    with transaction.atomic():
        locale, _ = Locale.objects.get_or_create(language_code=language)
        above = page.get_ancestors(inclusive=True).filter(depth__gte=place.root.depth).order_by("depth")
        for each in above:
            last = _translated(each.specific, locale, place, user)
    return last


def _translated(page: Any, locale: Locale, place: Place, user: "User | None") -> Page:
    found: Page | None = page.get_translation_or_none(locale)
    if found is not None:
        return found
    if page.pk == place.root.pk:
        made: Page = page.copy(
            to=page, update_attrs={"locale": locale, "slug": locale.language_code}, copy_revisions=False,
            keep_live=False, reset_translation_key=False, user=user,
        )  # fmt: skip
        return made
    made = page.copy_for_translation(locale)
    if page.content_type.model == "storyindexpage":
        _speak(made.specific, locale.language_code)
    return made


def _speak(index: Any, language: str) -> None:
    """The list says nothing of its own but its name, which is one of our words: it can be read at once."""
    with translation.override(language):
        index.title, index.intro = wording().stories, ""
    index.save_revision().publish()
