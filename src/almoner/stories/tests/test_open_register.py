"""The register in public: a programme's page, JSON, a table and IATI say the same, and nothing that is hidden."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.iati_standard import faults

from almoner.charities.models import Charity, Fund
from almoner.impact import demo as register_demo
from almoner.impact import iati, shelf, translated
from almoner.impact.iati import Taken
from almoner.impact.models import (
    Indicator,
    Observation,
    Partner,
    Partnership,
    Programme,
    Result,
    Source,
    Target,
    Translation,
)
from almoner.impact.opendata import plain
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, decide, enter
from almoner.impact.tests.making import make_breakdown, make_charity, make_indicator, make_source
from almoner.ledger import books
from almoner.stories.models import StoryPage

pytestmark = pytest.mark.django_db
PAGE = f"/programmes/{register_demo.SLUG}/"
FILES = (
    "/data/programmes.json",
    "/data/figures.csv",
    "/data/iati-activities.xml",
    "/data/iati-organisation.xml",
)


def take(*figures: Figure) -> None:
    ana, ben = User.objects.get_or_create(username="ana")[0], User.objects.get_or_create(username="ben")[0]
    for each in figures:
        decide(enter(each, actor=ana), accepted=True, role="Programme lead", actor=ben)


def breakdown() -> None:
    """1,013 of whom 7 are of one group: of three groups only the largest may be said."""
    wrong = Observation.objects.get(indicator__slug="restored")
    rows = make_breakdown(
        Figure(
            indicator=wrong.indicator, first=wrong.first, last=date(2023, 5, 1), as_of=date(2023, 5, 1),
            value=Decimal(0), source=wrong.source,
        ),
        {"under 12": 7, "12 to 17": 33, "older": 973},
    )  # fmt: skip
    take(*rows)


def test_a_programme_has_a_page(first_story: StoryPage, reader: Client) -> None:
    breakdown()
    Target.objects.create(
        indicator=Indicator.objects.get(slug="restored"),
        first=date(2011, 1, 1),
        last=date(2027, 12, 31),
        value=1500,
    )
    answer = reader.get(PAGE)
    page = answer.content.decode()
    for words in (
        "<b>1,013</b>",
        "over 1,000",
        ">973<",
        "<b>1,500</b>",
        "c-rail",
        "<table",
        "Philippine National Police",
    ):
        assert words in page, words
    assert f'href="/figures/{register_demo.SLUG}/restored/"' in page
    assert ">7<" not in page and ">33<" not in page
    assert "s-maxage" in answer["Cache-Control"] and not answer.cookies
    listed = reader.get("/programmes/").content.decode()
    assert PAGE in listed
    # From both it is a step to the same as data.
    for path in ("/data/programmes.json", "/data/figures.csv", "/data/iati-activities.xml"):
        assert f'href="{path}"' in listed and f'href="{path}"' in page
    assert PAGE in reader.get("/sitemap.xml").content.decode()
    assert f'href="{PAGE}"' in reader.get(f"/figures/{register_demo.SLUG}/rescued/").content.decode()
    Programme.objects.update(public=False)
    assert reader.get(PAGE).status_code == 404


def test_the_files_say_what_stands_and_nothing_hidden(first_story: StoryPage, reader: Client) -> None:
    breakdown()
    found = reader.get(FILES[0]).json()
    told = [
        (each["id"], one["group"], one["value"], one["bound"])
        for programme in found["programmes"]
        for result in programme["results"]
        for each in result["indicators"]
        for one in each["numbers"]
    ]
    assert told == [
        ("rescued", "", "1000", "more_than"), ("freed-that-day", "", "12", "exact"),
        ("arrested", "", "321", "exact"), ("restored", "", "286", "exact"), ("restored", "", "1013", "exact"),
        ("restored", "older", "973", "exact"),
        # Of Project Boost: small, and let out.
        ("identified", "", "2", "exact"), ("arrested", "", "1", "exact"),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(reader.get(FILES[1]).content.decode())))
    assert [(each["indicator"], each["group"], each["value"]) for each in rows] == [
        (name, group, value) for name, group, value, _ in told
    ]
    xml = reader.get(FILES[2]).content.decode()
    assert 'value="973"' in xml and 'value="33"' not in xml and 'value="7"' not in xml
    assert "demonstration, check" not in xml + reader.get(FILES[0]).content.decode()


@pytest.mark.parametrize(("access", "told"), [("public", True), ("on_request", False), ("internal", False)])
def test_where_a_source_lies_is_told_if_anybody_can_read_it(
    first_story: StoryPage, reader: Client, access: str, told: bool
) -> None:
    """Its title and how it was counted are; an address behind a door is nobody's business."""
    before = Observation.objects.get(indicator__slug="restored")
    address = "https://files.example.org/aftercare-2023"
    source = Source.objects.create(
        charity=before.source.charity, title="Aftercare, 2023", dated=date(2023, 5, 2), url=address, access=access,
        created_at=before.source.created_at,
    )  # fmt: skip
    take(
        Figure(
            indicator=before.indicator, first=before.first, last=date(2023, 5, 1), as_of=date(2023, 5, 1),
            value=Decimal(300), source=source, method="From two lists, each name once.",
        )
    )  # fmt: skip
    evidence = reader.get(f"/figures/{register_demo.SLUG}/restored/").content.decode()
    assert "<b>300</b>" in evidence and "From two lists, each name once." in evidence
    assert "Aftercare, 2023" in evidence and (address in evidence) is told
    assert address not in reader.get(PAGE).content.decode()
    assert {(address in reader.get(path).content.decode()) is told for path in FILES[:3]} == {True}


def test_older_numbers_are_folded_where_there_are_any(first_story: StoryPage, reader: Client) -> None:
    before = Observation.objects.get(indicator__slug="restored")
    address, folded = f"/figures/{register_demo.SLUG}/restored/", '<details class="s-numbers">'
    for number in range(1, 8):
        day = date(2023, number, 1)
        if Observation.objects.filter(indicator=before.indicator).count() == 6:
            assert folded not in reader.get(address).content.decode()
        take(
            Figure(
                indicator=before.indicator, first=before.first, last=day, as_of=day, value=Decimal(300 + number),
                source=before.source,
            )
        )  # fmt: skip
    opened, away = reader.get(address).content.decode().split(folded)
    assert [f"<b>{each}</b>" in opened for each in (307, 306, 305, 304, 303, 302)] == [True] * 6
    assert [f"<b>{each}</b>" in away for each in (301, 286)] == [True] * 2 and "<b>302</b>" not in away


# In Sydney the 27th has begun and in Honolulu it hasn't, whatever UTC's day is.
DAYS = [
    ("Australia/Sydney", datetime(2030, 11, 26, 20, 0, tzinfo=UTC), "2030-11-27", "+11:00", ("2", "2")),
    ("Pacific/Honolulu", datetime(2030, 11, 27, 5, 0, tzinfo=UTC), "2030-11-26", "-10:00", ("1", "1")),
]


@pytest.mark.parametrize(("zone", "at", "day", "offset", "begun"), DAYS)
def test_days_are_the_charity_s(
    first_story: StoryPage,
    reader: Client,
    zone: str,
    at: datetime,
    day: str,
    offset: str,
    begun: tuple[str, str],
) -> None:
    """A figure is verified, and a programme begins on the 27th."""
    Charity.objects.update(timezone=zone)
    before = Observation.objects.get(indicator__slug="restored")
    Programme.objects.filter(slug=register_demo.SLUG).update(starts_on=date(2030, 11, 27))
    with time_machine.travel(at, tick=False):
        take(
            Figure(
                indicator=before.indicator, first=before.first, last=date(2023, 5, 1), as_of=date(2023, 5, 1),
                value=Decimal(300), source=before.source,
            )
        )  # fmt: skip
        evidence = reader.get(f"/figures/{register_demo.SLUG}/restored/").content.decode()
        told, table, activities, organisation = (reader.get(path).content.decode() for path in FILES)
    other = "2030-11-26" if day == "2030-11-27" else "2030-11-27"
    assert f'datetime="{day}"' in evidence and f'datetime="{other}"' not in evidence
    assert f'"on": "{day}"' in told and f'"on": "{other}"' not in told
    assert day in table and other not in table
    activity = next(
        each
        for each in ElementTree.fromstring(activities).iter("iati-activity")  # noqa: S314 (our own document)
        if "2030-11-27" in [one.get("iso-date") for one in each.iter("activity-date")]
    )
    status, start = activity.find("activity-status"), activity.find("activity-date")
    assert status is not None and start is not None
    assert (status.get("code"), start.get("type")) == begun
    midnight = f"{day}T00:00:00{offset}"
    assert activity.get("last-updated-datetime") == midnight
    assert f'last-updated-datetime="{midnight}"' in organisation


# What a spreadsheet runs behind a blank too, and what some take for the same sign.
@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@x", "\t=1", " =HYPERLINK(1)", "\u00a0=1", "＝1+1"])
def test_csv_and_spreadsheets_open_data_holds_no_formula(
    first_story: StoryPage, reader: Client, typed: str
) -> None:
    Indicator.objects.filter(slug="rescued").update(title=typed)
    rows = list(csv.DictReader(io.StringIO(reader.get(FILES[1]).content.decode(), newline="")))
    assert [each["title"] for each in rows if each["indicator"] == "rescued"] == [f"'{typed}"]


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_kept_by_its_etag(first_story: StoryPage, reader: Client, path: str) -> None:
    answer = reader.get(path)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"], bool(answer.cookies)) == (
        200,
        "*",
        False,
    )
    assert "creativecommons.org" in answer["Link"]
    assert reader.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304
    if path.endswith(".xml"):
        assert list(faults(answer.content)) == []


def test_sums_of_money_tell_no_gift(first_story: StoryPage, reader: Client) -> None:
    charity = Charity.objects.get()
    fund = Fund.objects.create(charity=charity, code="rescue", name="Rescue")
    Programme.objects.get(slug=register_demo.SLUG).funds.add(fund)
    for number in range(12):
        month = 1 if number < 9 else 2
        books.post(
            [books.Entry(debit="bank:main", credit="income:rescue", amount_minor=1_000 + number, kind="charge")],
            charity_id=charity.pk, currency=charity.currency, source="gift", source_id=str(number),
            at=datetime(2026, month, 10, 3, tzinfo=UTC),
        )  # fmt: skip
    with time_machine.travel(datetime(2026, 2, 20, tzinfo=UTC), tick=False):
        assert "<transaction>" not in reader.get(FILES[2]).content.decode()
    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        answer = reader.get(FILES[2])
    assert answer.content.count(b"<transaction>") == 1 and b">120.66</value>" in answer.content
    assert b"Gifts: 12, from 2026-01-01 to 2026-02-28" in answer.content
    assert list(faults(answer.content)) == []


@pytest.mark.parametrize(
    ("language", "own", "german"),
    [
        ("en", "Gifts: 12, from 2026-01-01 to 2026-02-28", "Spenden: 12, vom 2026-01-01 bis zum 2026-02-28"),
        (
            "ar",
            "التبرّعات: 12، من 2026-01-01 إلى 2026-02-28",
            "Spenden: 12, vom 2026-01-01 bis zum 2026-02-28",
        ),
    ],
)
def test_sums_of_money_are_described_in_the_languages_of_their_programme(
    language: str, own: str, german: str
) -> None:
    charity = make_charity("gives")
    charity.language = language
    charity.save()
    programme = make_indicator(charity).result.programme
    Translation.objects.create(
        programme=programme, language="de", title="Rettung", text="Wir holen sie heraus."
    )
    told = {programme.pk: [Taken(date(2026, 1, 1), date(2026, 2, 28), "120.66", "AUD", 12)]}
    at = datetime(2026, 3, 20, tzinfo=UTC)
    document = iati.activities(
        charity, shelf.programmes(charity), told, at=at, words=translated.words(charity)
    )
    assert list(faults(document)) == []
    (activity,) = ElementTree.fromstring(document).iter("iati-activity")  # noqa: S314 (our own document)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    said = [(each.get(lang), each.text) for each in activity.findall("transaction/description/narrative")]
    assert (activity.get(lang), said) == (language, [(None, own), ("de", german)])


_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30)
_DAYS = st.dates(date(2015, 1, 1), date(2024, 12, 31))


@given(st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_register_is_valid_iati(data: st.DataObject) -> None:
    slug = f"c{Charity.objects.count()}"
    charity = make_charity(slug)
    charity.legal_name = data.draw(_WORDS)
    indicator = make_indicator(
        charity, title=data.draw(_WORDS), rule=data.draw(_WORDS), at_risk=data.draw(st.booleans()),
        measure=data.draw(st.sampled_from(Indicator.Measure)), cumulative=data.draw(st.booleans()),
        more_is_better=data.draw(st.booleans()),
        baseline_value=data.draw(st.none() | st.decimals(0, 10**6, places=4)), baseline_on=data.draw(st.none() | _DAYS),
    )  # fmt: skip
    programme = indicator.result.programme
    programme.title, programme.summary = data.draw(_WORDS), data.draw(_WORDS)
    programme.country = data.draw(st.sampled_from(["", "PH", "KE"]))
    programme.sector = data.draw(st.sampled_from(["", "15160", "16010"]))
    programme.starts_on = data.draw(_DAYS)
    programme.ends_on = data.draw(st.none() | st.dates(programme.starts_on, date(2030, 1, 1)))
    programme.save()
    Result.objects.create(programme=programme, kind="1", title=data.draw(_WORDS))
    for name in data.draw(st.lists(_WORDS, max_size=2, unique=True)):
        kind = data.draw(st.sampled_from(Partner.Kind))
        partner = Partner.objects.create(charity=charity, name=name, kind=kind)
        role = data.draw(st.sampled_from(Partnership.Role))
        Partnership.objects.create(programme=programme, partner=partner, role=role)
    first, last = sorted((data.draw(_DAYS), data.draw(_DAYS)))
    Target.objects.create(indicator=indicator, first=first, last=last, value=data.draw(st.integers(0, 10**6)))
    source = make_source(charity)
    figure = Figure(
        indicator=indicator, first=first, last=last, as_of=last, source=source, method=data.draw(_WORDS),
        value=Decimal(data.draw(st.integers(0, 100))), bound=data.draw(st.sampled_from(Bound)),
    )  # fmt: skip
    take(figure, replace(figure, value=Decimal(data.draw(st.integers(10, 100)))))
    shelved = shelf.programmes(charity)
    taken = {programme.pk: [Taken(first, last, "12.50", "AUD", 10)]}
    at = datetime(2026, 11, 20, tzinfo=UTC)
    activities = iati.activities(charity, shelved, taken, at=at)
    assert list(faults(activities)) == []
    says_of_numbers(activities, shelved[0].results[0].measured[0])
    assert list(faults(iati.organisation(charity, at=at, report_url="https://example.org/data"))) == []


BOUNDS = {Bound.EXACT: "", Bound.AT_LEAST: "at least ", Bound.MORE_THAN: "over "}


def says_of_numbers(activities: bytes, measured: shelf.Measured) -> None:
    """What they measure, whether more is better, and each number with how its source gives it."""
    (told,) = ElementTree.fromstring(activities).iter("indicator")  # noqa: S314 (our own document)
    indicator = measured.indicator
    assert told.get("measure") == ("2" if indicator.percent else "1")
    assert told.get("ascending") == ("1" if indicator.more_is_better else "0")
    numbers = {
        each.get("value"): each.findtext("comment/narrative", "").partition("; ")[2]
        for each in told.iter("actual")
    }
    assert set(numbers) == {plain(each.value) for each in measured.wholes}
    for each in measured.wholes:
        if begins := BOUNDS[Bound(each.bound)]:
            assert numbers[plain(each.value)].startswith(f"{begins}{plain(each.value)}")


def test_the_standard_refuses_what_is_not_so() -> None:
    """So that no fault found means that one would have been."""
    charity = make_charity("other")
    make_indicator(charity)
    document = iati.activities(charity, shelf.programmes(charity), {}, at=datetime(2026, 11, 20, tzinfo=UTC))
    assert list(faults(document)) == []
    assert list(faults(document.replace(b'activity-status code="2"', b'activity-status code="99"')))
    assert list(
        faults(document.replace(b"<iati-identifier>", b"<name>").replace(b"</iati-identifier>", b"</name>"))
    )
