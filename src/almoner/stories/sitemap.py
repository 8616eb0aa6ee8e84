"""The sitemap: every page of a site that anybody may read, with its languages and the time when it changed last.

One file while all of it fits, else an index of several. A file holds fewer addresses than the protocol's 50,000: one in
eight languages names each of them, and 50,000 of these would be more than its 50 MB.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from almoner.charities.models import AuditEntry
from almoner.charities.sites import NoCharity, charity_for
from almoner.giving.catalogue import address_of
from almoner.giving.opened import key_of, open_forms
from almoner.impact import disclosing, worded
from almoner.impact.models import Indicator, Programme
from almoner.kernel.clock import now
from almoner.stories import tongues
from almoner.stories.sites import Place, root_url, site_asked
from almoner.stories.tongues import Version

FILE_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One address, from the site's root without its slash. `changed` is None where nobody keeps when it did."""

    path: str
    changed: datetime | None
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Pages of one kind. `size` of them stand at `tongues` addresses each; `entries` has some, as a slice does."""

    size: int
    tongues: int
    entries: Callable[[int, int], list[Entry]]

    @property
    def addresses(self) -> int:
        return self.size * self.tongues

    @property
    def in_file(self) -> int:
        return max(1, FILE_MAX // self.tongues)

    @property
    def files(self) -> int:
        return -(-self.size // self.in_file)

    def file(self, number: int) -> list[Entry]:
        return self.entries((number - 1) * self.in_file, number * self.in_file)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    site = site_of(request)
    found = _sections(site)
    if sum(each.addresses for each in found.values()) <= FILE_MAX:
        return _listed(site, [entry for each in found.values() for entry in each.entries(0, each.size)])
    names = [
        reverse("stories-sitemap-part", args=[kind, number])
        for kind, each in found.items()
        for number in range(1, each.files + 1)
    ]
    return _answered("stories/sitemap_index.xml", {"urls": [root_url(site) + name for name in names]})


@require_safe
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One of the files that the index names."""
    site = site_of(request)
    section = _sections(site).get(kind)
    if section is None or not 1 <= number <= section.files:
        raise Http404("No such part of the sitemap.")
    return _listed(site, section.file(number))


def site_of(request: HttpRequest) -> Site:
    site = site_asked(request)
    if site is None:
        raise Http404("No site answers here.")
    return site


def _sections(site: Site) -> dict[str, Section]:
    """By the word for them in the files' names, in the order of the one file."""
    place = answering(site)
    if place is None:
        return {}
    return {
        "pages": _pages(site, place), "programmes": _programmes(place), "figures": _figures(place),
        "forms": _forms(place),
    }  # fmt: skip


def answering(site: Site) -> Place | None:
    """None where no charity answers: nothing of that site is shown to anybody, and its host may be Wagtail's."""
    try:
        return Place(charity_for(site.hostname), site)
    except NoCharity:
        return None


def _listed(site: Site, entries: list[Entry]) -> HttpResponse:
    return _answered("stories/sitemap.xml", {"root": f"{root_url(site)}/", "entries": entries})


def _answered(template: str, context: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(
        render_to_string(template, context), content_type="application/xml; charset=utf-8"
    )
    response["Cache-Control"] = "public, max-age=600"
    response.ready = True  # type: ignore[attr-defined]
    return response


# ---- What editors write --------------------------------------------------------------------------------------------


def _pages(site: Site, place: Place) -> Section:
    """Each language of a page is a page of its own."""
    public = Page.objects.live().public().descendant_of(site.root_page, inclusive=True).order_by("path")
    lapsed = Q(expire_at__isnull=False, expire_at__lte=now())
    pages = public.exclude(lapsed).select_related("locale")

    def entries(start: int, end: int) -> list[Entry]:
        found = list(pages[start:end])
        # In one file with all of them, each stands beside its translations already.
        keys = {each.translation_key for each in found}
        beside = found if end - start >= size else pages.filter(translation_key__in=keys)
        return _with_versions(found, beside, site, place)

    size = pages.count()
    return Section(size, 1, entries)


def _with_versions(pages: list[Page], beside: Iterable[Page], site: Site, place: Place) -> list[Entry]:
    together = defaultdict(list)
    for page in beside:
        together[page.translation_key].append(page)
    return [
        Entry(
            page.url_path.removeprefix(site.root_page.url_path),
            page.last_published_at,
            tongues.among(together[page.translation_key], place),
        )
        for page in pages
    ]


# ---- What the register tells ---------------------------------------------------------------------------------------


def _programmes(place: Place) -> Section:
    """The page of each public programme, and the one of all of them where there are any."""
    slugs = Programme.objects.filter(charity=place.charity, public=True).order_by("pk")
    found = [reverse("stories-programme", args=[slug]) for slug in slugs.values_list("slug", flat=True)]
    paths = [reverse("stories-programmes"), *found] if found else []

    def entries(start: int, end: int) -> list[Entry]:
        return [entry for path in paths[start:end] for entry in _in_each_language(path, place)]

    return Section(len(paths), len(tongues.offered(place)), entries)


def _figures(place: Place) -> Section:
    """How each figure is known."""
    public = Indicator.objects.filter(
        result__programme__charity=place.charity, result__programme__public=True
    )

    def entries(start: int, end: int) -> list[Entry]:
        rows = list(
            public.order_by("pk").values_list("pk", "slug", "result__programme", "result__programme__slug")[
                start:end
            ]
        )
        changed = _changed(place, {pk: programme for pk, _, programme, _ in rows})
        said = worded.changed(place.charity, changed)
        return [
            entry
            for pk, slug, _, programme in rows
            for entry in _in_each_language(
                reverse("stories-evidence", args=[programme, slug]), place, changed.get(pk), said.get(pk)
            )
        ]

    return Section(public.count(), len(tongues.offered(place)), entries)


# ---- Where gifts are given -----------------------------------------------------------------------------------------


def _forms(place: Place) -> Section:
    """Each form that takes gifts, in all languages that donors can give in. Nobody keeps when one changed: what it asks
    stands in many rows."""
    forms = open_forms(place.charity)

    def entries(start: int, end: int) -> list[Entry]:
        return [entry for form in forms[start:end] for entry in _form(key_of(form), place)]

    return Section(len(forms), len(settings.LANGUAGES), entries)


def _form(key: str, place: Place) -> list[Entry]:
    ways = {code: address_of(key, code) for code, _ in settings.LANGUAGES}
    own = place.charity.language
    versions = tuple(
        Version(code, tongues.NAMES[code], way, place.root_url + way, here=False, original=code == own)
        for code, way in ways.items()
    )
    return [Entry(way.removeprefix("/"), None, versions) for way in ways.values()]


# ---- What all of them share ----------------------------------------------------------------------------------------


def _in_each_language(
    path: str, place: Place, changed: datetime | None = None, said: Mapping[str, datetime] | None = None
) -> list[Entry]:
    """`said`: by language, when what stands with its numbers was worded last, which changes the page there alone."""
    versions = tongues.told(path, "", place)
    ways = [(each.language, each.path) for each in versions] or [(place.charity.language, path)]
    times = {language: [at, changed or at] for language, at in (said or {}).items()}
    return [
        Entry(way.removeprefix("/"), max(times.get(language, ()), default=changed), versions)
        for language, way in ways
    ]


def _changed(place: Place, programmes: dict[int, int]) -> dict[int, datetime]:
    """When the page of each indicator changed: its numbers, or its names and those of its programme, which staff write.
    `programmes` has the programme of each."""
    numbers = disclosing.changed(programmes)
    words = _edited(place)
    found = {}
    for indicator, programme in programmes.items():
        times = (
            numbers.get(indicator),
            words.get(("indicator", str(indicator))),
            words.get(("programme", str(programme))),
        )
        if known := [each for each in times if each is not None]:
            found[indicator] = max(known)
    return found


def _edited(place: Place) -> dict[tuple[str, str], datetime]:
    rows: QuerySet[AuditEntry] = AuditEntry.objects.filter(
        charity=place.charity, object_type__in=("indicator", "programme")
    )
    times = rows.order_by().values_list("object_type", "object_id").annotate(Max("at"))
    return {(kind, key): at for kind, key, at in times}
