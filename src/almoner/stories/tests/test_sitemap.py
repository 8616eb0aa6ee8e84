"""The sitemap: every public page once, with its languages and a time that is true; in files where it is long."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice.impact.wordings import field_of
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, FormFund
from almoner.impact import releasing
from almoner.impact.models import Indicator, Observation, Programme, Source, Wording
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import Person
from almoner.impact.worded import Phrase
from almoner.kernel.clock import now
from almoner.stories import sitemap, tongues
from almoner.stories.models import StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory, forget
from almoner.stories.tests.test_register_costs import grow
from almoner.stories.tests.test_register_translated import of_indicator
from almoner.stories.tests.test_tongues import page_at

pytestmark = pytest.mark.django_db
ROOT: Final = "http://testserver"
EVIDENCE: Final = "/figures/osec-philippines/restored/"
ANA: Final = Person(-1, "ana")
BEN: Final = Person(-2, "ben")
_SPACES: Final = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def listed(xml: str) -> dict[str, tuple[str, dict[str, str]]]:
    """By path: when it changed, and the address of each language. No path stands there twice."""
    found = {}
    urls = ET.fromstring(xml).findall("s:url", _SPACES)  # noqa: S314 (our own)
    for url in urls:
        links = url.findall("x:link", _SPACES)
        path = url.findtext("s:loc", "", _SPACES).removeprefix(ROOT)
        changed = url.findtext("s:lastmod", "", _SPACES)
        found[path] = (changed, {each.attrib["hreflang"]: each.attrib["href"] for each in links})
    assert len(found) == len(urls)
    return found


def changed(reader: Client, path: str = EVIDENCE) -> datetime | None:
    text = listed(page_at(reader, "/sitemap.xml"))[path][0]
    return datetime.fromisoformat(text) if text else None


def test_how_each_public_figure_is_known_stands_there_in_each_language(reader: Client) -> None:
    found = listed(page_at(reader, "/sitemap.xml"))
    public = Indicator.objects.filter(result__programme__public=True)
    ways = {
        f"{prefix}/figures/{each.result.programme.slug}/{each.slug}/"
        for each in public.select_related("result__programme")
        for prefix in ("", "/de", "/ar")
    }
    assert {path for path in found if "/figures/" in path} == ways and len(ways) == 3 * public.count() >= 9
    own = ROOT + EVIDENCE
    alternates = {"en": own, "x-default": own, "de": f"{ROOT}/de{EVIDENCE}", "ar": f"{ROOT}/ar{EVIDENCE}"}
    for path in (EVIDENCE, f"/de{EVIDENCE}", f"/ar{EVIDENCE}"):
        assert found[path][1] == alternates and page_at(reader, path)


def test_a_hidden_programme_s_figures_do_not(reader: Client) -> None:
    Programme.objects.filter(slug="osec-philippines").update(public=False)
    forget()
    assert "osec-philippines" not in page_at(reader, "/sitemap.xml")


def test_a_form_stands_there_in_each_language_that_donors_give_in(reader: Client) -> None:
    found = listed(page_at(reader, "/sitemap.xml"))
    own = f"{ROOT}/give/4840/"
    others = ("ar", "de", "es", "fr", "it", "nl", "pt-br")
    alternates = {"en": own, "x-default": own} | {code: f"{ROOT}/{code}/give/4840/" for code in others}
    for path in ("/give/4840/", *(f"/{code}/give/4840/" for code in others)):
        assert found[path] == ("", alternates)
        # Each page says the same of itself.
        head = page_at(reader, path).partition("</head>")[0]
        assert f'<link rel="canonical" href="{ROOT}{path}">' in head
        links = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', head)
        assert dict(links) == alternates and len(links) == len(alternates)
    assert "hreflang" not in page_at(reader, "/give/4840/frame/")


def test_only_forms_that_take_gifts_stand_there(reader: Client, charity: Charity) -> None:
    fund = Fund.objects.create(charity=charity, code="wells", name="Wells")
    paid, unpaid = ["bank_transfer"], ["stripe_card"]
    for slug, active, methods in (
        ("wells", True, paid),
        ("bare", True, paid),
        ("off", False, paid),
        ("unpaid", True, unpaid),
    ):
        form = DonationForm.objects.create(
            charity=charity, slug=slug, title=slug, currencies="AUD", methods=methods, active=active
        )
        if slug != "bare":
            FormFund.objects.create(form=form, fund=fund)

    def standing() -> set[str]:
        forget()
        found = listed(page_at(reader, "/sitemap.xml"))
        return {path for path in found if path.startswith("/give/") and page_at(reader, path)}

    assert standing() == {"/give/4840/", "/give/wells/", "/give/bare/"}
    # Where no fund is the default, a form that names none takes no gifts.
    Fund.objects.filter(is_default=True).update(active=False)
    assert "/give/wells/" in standing() and "/give/bare/" not in standing()
    Fund.objects.update(active=False)
    assert standing() == set()
    forget()
    assert reader.get("/give/wells/").status_code == 404


# ---- When it changed -----------------------------------------------------------------------------------------------


def test_it_changes_with_each_number_that_is_told_and_with_no_other(reader: Client) -> None:
    def at(day: int, act: Callable[[], object]) -> Any:
        with time_machine.travel(datetime(2031, 1, day, tzinfo=UTC), tick=False):
            return act()

    def seen() -> int:
        """The day in January on which it changed."""
        when = changed(reader)
        assert when is not None and (when.year, when.month) == (2031, 1)
        return when.day

    first = at(1, lambda: verified(restored(1200, date(2030, 12, 1))))
    assert seen() == 1
    waits = at(2, lambda: enter(restored(1300, date(2030, 12, 3)), actor=ANA))
    at(3, lambda: decide(waits, accepted=False, role="Lead", note="No.", actor=BEN))
    assert seen() == 1
    hidden = at(4, lambda: verified(restored(2, date(2010, 3, 1), first=date(2010, 1, 1))))
    asked = at(5, lambda: releasing.release(hidden, reason="In its source.", actor=ANA))
    assert seen() == 1
    at(6, lambda: releasing.approve(asked, actor=BEN))
    assert seen() == 6
    at(7, lambda: releasing.take_back(asked, reason="Withdrawn.", actor=BEN))
    assert seen() == 7
    right = at(8, lambda: correct(first, restored(3, date(2030, 12, 1)), reason="Miscounted.", actor=ANA))
    assert seen() == 7
    at(9, lambda: decide(right, accepted=True, role="Lead", actor=BEN))
    # It is hidden, and yet takes the other's place.
    assert "Miscounted" not in page_at(reader, EVIDENCE)
    assert seen() == 9


def restored(value: int, day: date, *, first: date | None = None) -> Figure:
    before = Observation.objects.filter(indicator__slug="restored", dimension="").earliest("entered_at")
    return Figure(
        indicator=before.indicator, first=first or before.first, last=day, as_of=day, value=Decimal(value),
        source=before.source,
    )  # fmt: skip


def verified(figure: Figure) -> Observation:
    made = enter(figure, actor=ANA)
    decide(made, accepted=True, role="Lead", actor=BEN)
    return made


def test_it_changes_with_its_words_and_with_no_other_figure_s(reader: Client, editor: Client) -> None:
    indicator = Indicator.objects.get(slug="restored")
    sent, then = of_indicator(indicator) | {"title": "People cared for"}, now() + timedelta(hours=1)
    with time_machine.travel(then, tick=False):
        answer = editor.post(reverse("backoffice:edit_indicator", args=[indicator.pk]), sent)
        assert answer["Location"] == reverse("backoffice:programme", args=[indicator.result.programme_id])
        for prefix in ("", "/de", "/ar"):
            assert changed(reader, prefix + EVIDENCE) == then
        other = changed(reader, "/figures/osec-philippines/rescued/")
    assert other is not None and other < then


def word(editor: Client, kind: str, own: str) -> None:
    programme = Programme.objects.get(slug="osec-philippines")
    sent = {"language": "de", field_of(Phrase(kind, own)): f"Auf Deutsch: {kind}"}
    answer = editor.post(reverse("backoffice:programme_words", args=[programme.pk]), sent)
    assert answer.status_code == 302 and Wording.objects.latest("pk").own == own


def test_a_wording_changes_the_page_that_it_stands_on_in_its_language_alone(
    reader: Client, editor: Client, german: None
) -> None:
    number = Observation.objects.select_related("source", "verification").get(
        indicator__slug="restored", value=286
    )
    pages = ["/de" + EVIDENCE, EVIDENCE, "/ar" + EVIDENCE, "/de/figures/project-boost/identified/"]
    before = [changed(reader, page) for page in pages]
    seen, moment = list(before), now()
    # The neighbour's numbers are of another place, and have the same source.
    for kind, own, moved in (
        ("place", number.place, [0]), ("publisher", number.source.publisher, [0, 3]),
        ("role", number.verification.role, [0, 3]),
    ):  # fmt: skip
        moment += timedelta(minutes=5)
        with time_machine.travel(moment, tick=False):
            word(editor, kind, own)
            assert f"Auf Deutsch: {kind}" in page_at(reader, pages[0])
            seen = [moment if at in moved else then for at, then in enumerate(seen)]
            assert [changed(reader, page) for page in pages] == seen, kind
    assert seen[1:3] == before[1:3]


def test_a_wording_that_no_reader_finds_changes_no_page(
    reader: Client, editor: Client, charity: Charity, german: None
) -> None:
    number = Observation.objects.select_related("source", "verification").get(
        indicator__slug="restored", value=286
    )
    verified(replace(restored(2, date(2010, 3, 1), first=date(2010, 1, 1)), method="Hidden."))
    enter(replace(restored(1300, date(2024, 3, 1)), method="Waits."), actor=ANA)
    inside = Source.objects.create(
        charity=charity,
        title="Inside",
        dated=date(2024, 1, 1),
        kept_at="Archive",
        access="internal",
        created_at=now(),
    )
    verified(replace(restored(1200, date(2024, 1, 1)), source=inside))
    pages = ["/de" + EVIDENCE, EVIDENCE, "/ar" + EVIDENCE]
    before, then = [changed(reader, page) for page in pages], now() + timedelta(minutes=5)
    other = Charity.objects.create(
        slug="northwind", name="Northwind", legal_name="Northwind e.V.", country="DE", timezone="Europe/Berlin",
        currency="EUR", email="n@example.org", mail_from="n@example.org", language="en",
    )  # fmt: skip
    with time_machine.travel(then, tick=False):
        word(editor, "method", "Hidden.")
        word(editor, "method", "Waits.")
        for whose, language, kind, own in (
            (other, "de", "place", number.place), (charity, "de", "group", number.place),
            (charity, "fr", "place", number.place), (charity, "en", "place", number.place),
            (charity, "de", "kept_at", "Archive"),
        ):  # fmt: skip
            Wording.objects.create(
                charity=whose,
                kind=kind,
                language=language,
                own=own,
                text="Anders",
                by_id=1,
                by_name="n",
                at=then,
            )
        forget()
        assert [changed(reader, page) for page in pages] == before


def test_one_of_which_nothing_was_ever_told_names_no_time(reader: Client, charity: Charity) -> None:
    result = Programme.objects.get(slug="osec-philippines").results.earliest("pk")
    Indicator.objects.create(result=result, slug="new", title="New", rule="Each once.")
    assert changed(reader, "/figures/osec-philippines/new/") is None


# ---- In several files ----------------------------------------------------------------------------------------------


def parts(reader: Client) -> list[str]:
    answer = reader.get("/sitemap.xml")
    assert answer["Content-Type"].startswith("application/xml") and b"<sitemapindex" in answer.content
    found = ET.fromstring(answer.content).findall("s:sitemap/s:loc", _SPACES)  # noqa: S314 (our own)
    return [(each.text or "").removeprefix(ROOT) for each in found]


@pytest.fixture
def german(first_story: StoryPage, place: Place) -> None:
    page = tongues.begin(first_story, "de", place, user=None)
    page.save_revision().publish()


@pytest.mark.parametrize("longest", [1, 7, 12])
def test_a_long_one_is_an_index_of_files_that_say_the_same(
    reader: Client, german: None, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    whole = listed(page_at(reader, "/sitemap.xml"))
    monkeypatch.setattr(sitemap, "FILE_MAX", longest)
    names = parts(reader)
    assert len(names) == len(set(names)) > 3
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for name in names:
        answer = reader.get(name)
        assert answer["Content-Type"].startswith("application/xml")
        each = listed(answer.content.decode())
        # What stands in eight languages is never parted.
        assert 0 < len(each) <= max(longest, 8) and not found.keys() & each.keys()
        found |= each
    assert found == whole
    assert any("de" in versions for path, (_, versions) in found.items() if path.startswith("/stories/"))


def test_it_is_one_file_up_to_the_last_address(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = len(listed(page_at(reader, "/sitemap.xml")))
    monkeypatch.setattr(sitemap, "FILE_MAX", fits)
    assert len(listed(page_at(reader, "/sitemap.xml"))) == fits
    monkeypatch.setattr(sitemap, "FILE_MAX", fits - 1)
    assert parts(reader) == [f"/sitemap-{kind}-1.xml" for kind in ("pages", "programmes", "figures", "forms")]


@pytest.mark.parametrize("name", ["pages-0", "pages-2", "figures-2", "nothing-1", "pages--1"])
def test_no_other_part_is_found(reader: Client, name: str) -> None:
    assert reader.get(f"/sitemap-{name}.xml").status_code == 404


def test_a_part_names_its_own_site_s_pages(reader: Client, neighbour: StoryPage, write: WriteStory) -> None:
    write("Wind in the north", index=neighbour)
    there = reader.get("/sitemap-pages-1.xml", headers={"host": "localhost"}).content
    assert b"<loc>http://localhost/stories/wind-in-the-north/</loc>" in there and b"four-reasons" not in there
    assert reader.get("/sitemap-figures-1.xml", headers={"host": "localhost"}).status_code == 404


# ---- What it costs -------------------------------------------------------------------------------------------------


def test_it_asks_as_often_for_two_figures_as_for_forty(
    reader: Client,
    editor: Client,
    german: None,
    write: WriteStory,
    monkeypatch: pytest.MonkeyPatch,
    settings: SettingsWrapper,
) -> None:
    settings.STAMP_AGE_SECONDS = 60  # as a process in its second second

    def asked() -> dict[str, int]:
        monkeypatch.setattr(sitemap, "FILE_MAX", 10_000)
        counts = {"whole": queries(reader, "/sitemap.xml")}
        # As in the middle of many files: what a page is told in beside it is asked for.
        monkeypatch.setattr(sitemap, "FILE_MAX", 6)
        for name in (
            "/sitemap.xml",
            "/sitemap-pages-1.xml",
            "/sitemap-programmes-1.xml",
            "/sitemap-figures-1.xml",
            "/sitemap-forms-1.xml",
        ):
            counts[name] = queries(reader, name)
        return counts

    grow(2)
    assert asked() == QUERIES
    word(editor, "place", "Philippines")
    assert asked() == {name: count + WORDED.get(name, 0) for name, count in QUERIES.items()}
    for number in range(5):
        write(f"More {number}")
    grow_more(40)
    word(editor, "publisher", "IJM Australia")
    assert asked() == {name: count + WORDED.get(name, 0) for name, count in QUERIES.items()}


QUERIES: Final = {
    "whole": 13,
    "/sitemap.xml": 8,
    "/sitemap-pages-1.xml": 10,
    "/sitemap-programmes-1.xml": 8,
    "/sitemap-figures-1.xml": 12,
    "/sitemap-forms-1.xml": 8,
}
# Where the words stand is asked once there are any in another language.
WORDED: Final = {"whole": 1, "/sitemap-figures-1.xml": 1}


def grow_more(indicators: int) -> None:
    Programme.objects.filter(slug="wells").update(slug="few")
    grow(indicators)


def queries(reader: Client, path: str) -> int:
    page_at(reader, path)
    with CaptureQueriesContext(connection) as captured:
        page_at(reader, path)
    return len([each for each in captured if not re.match("SAVEPOINT|RELEASE", each["sql"])])
