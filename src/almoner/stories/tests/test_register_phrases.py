"""What is entered with numbers, in the reader's language: groups, methods, reasons, places, sources.

Staff word them on their page, beside their own words; public pages and files say them, and nothing of what is hidden.
"""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from tests.support.iati_standard import faults

from almoner.backoffice.impact.wordings import field_of
from almoner.charities.models import AuditEntry, Charity
from almoner.charities.sites import stamps
from almoner.impact.models import Dimension, Observation, Programme, Wording
from almoner.impact.proof import checks
from almoner.impact.register import Figure, correct, decide
from almoner.impact.tests.making import Person
from almoner.impact.worded import Kind, Phrase
from almoner.stories import tongues
from almoner.stories.models import StoryPage
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory, forget
from almoner.stories.tests.test_open_register import breakdown
from almoner.stories.tests.test_register_costs import asked
from almoner.stories.tests.test_tongues import page_at

pytestmark = pytest.mark.django_db
PROGRAMME: Final = "/programmes/osec-philippines/"
FIGURES: Final = "/figures/osec-philippines/restored/"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
AGE, OLDER = Phrase(Kind.BREAKDOWN, "age"), Phrase(Kind.GROUP, "older")
SMALL, MIDDLE = Phrase(Kind.GROUP, "under 12"), Phrase(Kind.GROUP, "12 to 17")
HOW = Phrase(Kind.METHOD, "Asked by telephone.")
WHY = Phrase(Kind.REASON, "A list was counted twice.")
LEAD = Phrase(Kind.ROLE, "Programme lead")
REPORT = Phrase(Kind.SOURCE, "Ending the online abuse of children")
WHERE = Phrase(Kind.PLACE, "Philippines")
POLICE = Phrase(Kind.PUBLISHER, "The police of Cebu")
SHELF = Phrase(Kind.KEPT_AT, "Archive, folder 12")
GERMAN: Final = {
    AGE: "Altersgruppe", OLDER: "Ältere", SMALL: "unter Zwölfjährige", MIDDLE: "Halbwüchsige",
    HOW: "Am Telefon gefragt.", WHY: "Eine Liste wurde doppelt gezählt.", LEAD: "Programmleitung",
    REPORT: "Das Ende des Missbrauchs im Netz", WHERE: "Philippinen", POLICE: "Die Polizei von Cebu",
    SHELF: "Archiv, Mappe 12",
}  # fmt: skip
HIDDEN: Final = ("Zwölfjährige", "Halbwüchsige", "under 12", "12 to 17")


@pytest.fixture
def figures(first_story: StoryPage) -> Observation:
    """1,013 by age, of which the number of the oldest alone may be said; and 286 of an earlier day became 250."""
    breakdown()
    wrong = Observation.objects.get(indicator__slug="restored", value=286)
    source = wrong.source
    source.pk, source.title, source.url = None, REPORT.own, "https://example.org/report"
    source.publisher, source.kept_at = POLICE.own, SHELF.own
    source.save()
    right = Figure(
        indicator=wrong.indicator, first=wrong.first, last=wrong.last, as_of=wrong.as_of, value=Decimal(250),
        source=source, method=HOW.own, place=WHERE.own,
    )  # fmt: skip
    made = correct(wrong, right, reason=WHY.own, actor=Person(-5, "ana"))
    decide(made, accepted=True, role=LEAD.own, actor=Person(-6, "ben"))
    forget()
    return made


def address() -> str:
    programme = Programme.objects.get(slug="osec-philippines")
    return reverse("backoffice:programme_words", args=[programme.pk])


def post(editor: Client, texts: dict[Phrase, str], language: str = "de", **held: str) -> Any:
    """As the page sends it. `held`: what fields held when it was made."""
    return editor.post(
        address(),
        {"language": language, **{field_of(each): text for each, text in texts.items()}, **held},
    )


def word(editor: Client, texts: dict[Phrase, str], language: str = "de", **held: str) -> None:
    """What pages say from the next request on: those that are kept ready are dropped."""
    stamp = stamps()
    assert post(editor, texts, language, **held).status_code == 302
    assert stamps() > stamp


def kept() -> list[tuple[str, str, str, str]]:
    return list(Wording.objects.order_by("pk").values_list("language", "kind", "own", "text"))


def test_pages_say_them_and_mark_what_has_none(figures: Observation, reader: Client, editor: Client) -> None:
    before = {path: page_at(reader, f"/de{path}") for path in (PROGRAMME, FIGURES)}
    for phrase in (HOW, WHY, LEAD, REPORT, WHERE, POLICE, SHELF):
        assert f'<bdi lang="en">{phrase.own}</bdi>' in before[FIGURES], phrase
    assert '<h3 lang="en" dir="auto">Age</h3>' in before[PROGRAMME]
    assert '<td><bdi lang="en">older</bdi></td>' in before[PROGRAMME]
    assert ' lang="en">\u2068older\u2069</text>' in before[PROGRAMME]
    word(editor, GERMAN)
    programme, known = page_at(reader, f"/de{PROGRAMME}"), page_at(reader, f"/de{FIGURES}")
    for phrase in (HOW, WHY, LEAD, REPORT, WHERE, POLICE, SHELF):
        assert f"<bdi>{GERMAN[phrase]}</bdi>" in known and f">{phrase.own}<" not in known, phrase
    assert "<h3>Altersgruppe</h3>" in programme and "<td>Ältere</td>" in programme
    assert ">Ältere</text>" in programme and "Ältere: 973</desc>" in programme and "older" not in programme
    # Of another source, which nobody worded: each word is marked for itself.
    assert '<bdi lang="en">IJM Australia</bdi>' in known and ">IJM Australia<" in page_at(reader, FIGURES)
    arabic = page_at(reader, f"/ar{FIGURES}")
    assert f'<bdi lang="en">{HOW.own}</bdi>' in arabic and GERMAN[HOW] not in arabic
    own = page_at(reader, FIGURES) + page_at(reader, PROGRAMME)
    assert (
        HOW.own in own and "<td>older</td>" in own and not [each for each in GERMAN.values() if each in own]
    )


def test_nothing_hidden_is_said_in_any_language(figures: Observation, reader: Client, editor: Client) -> None:
    """All three groups are worded; two of them are hidden, and so are the words for them."""
    word(editor, GERMAN)
    word(editor, {SMALL: "Petits", OLDER: "Plus âgés"}, "fr")
    paths = [f"{root}{path}" for root in ("", "/de", "/ar") for path in (PROGRAMME, FIGURES, "/programmes/")]
    for path in (*paths, "/data/programmes.json", "/data/figures.csv", "/data/iati-activities.xml"):
        body = reader.get(path).content.decode()
        assert not [each for each in (*HIDDEN, "Petits") if each in body], path
    # Nor does a wording alone make a language that the register is told in.
    assert reader.get(f"/fr{FIGURES}").status_code == 302


def test_a_story_s_chart_and_its_table(
    figures: Observation, write: WriteStory, place: Place, reader: Client, editor: Client
) -> None:
    body = [
        {"type": "chart", "value": {"indicator": "osec-philippines/restored", "label": "", "kind": "bars"}}
    ]
    page: Any = tongues.begin(write("Cared for", body=body), "de", place, user=None)
    page.save_revision().publish()
    forget()
    assert '<th scope="row"><bdi lang="en">older</bdi></th>' in page_at(reader, page.url)
    word(editor, GERMAN)
    html = page_at(reader, page.url)
    assert '<th scope="row">Ältere</th>' in html and ">Ältere</text>" in html and "older" not in html


def test_open_data_name_the_languages(figures: Observation, reader: Client, editor: Client) -> None:
    word(editor, GERMAN)
    word(editor, {HOW: "سُئلوا هاتفيًا."}, "ar")
    # Without how it was counted, IATI has no comment in that language.
    word(editor, {WHERE: "Filipinas", POLICE: "La policía de Cebú"}, "es")
    found = reader.get("/data/programmes.json").json()
    numbers = [
        number
        for result in found["programmes"][0]["results"]
        for indicator in result["indicators"]
        for number in indicator["numbers"]
    ]
    (right,) = [each for each in numbers if each["id"] == str(figures.pk)]
    assert right["method"] == HOW.own and right["translations"] == [
        {"language": "ar", "method": "سُئلوا هاتفيًا."},
        {"language": "de", "place": GERMAN[WHERE], "method": GERMAN[HOW]},
        {"language": "es", "place": "Filipinas"},
    ]
    assert right["place"] == WHERE.own and right["source"]["publisher"] == POLICE.own
    assert right["source"]["translations"] == [
        {"language": "de", "title": GERMAN[REPORT], "publisher": GERMAN[POLICE], "kept_at": GERMAN[SHELF]},
        {"language": "es", "publisher": "La policía de Cebú"},
    ]
    rows = list(csv.DictReader(io.StringIO(reader.get("/data/figures.csv").content.decode())))
    assert [(each["place"], each["source_publisher"]) for each in rows if each["value"] == "250"] == [
        (WHERE.own, POLICE.own)
    ]
    (oldest,) = [each for each in numbers if each["group"]]
    assert oldest["translations"] == [{"language": "de", "breakdown": "Altersgruppe", "group": "Ältere"}]
    body = reader.get("/data/iati-activities.xml").content
    assert list(faults(body)) == []
    said = {
        (each.get(LANG), each.text)
        for each in ET.fromstring(body).iter("narrative")  # noqa: S314 (our own file)
    }
    as_of = figures.as_of.isoformat()
    assert said >= {
        (None, f"As of {as_of}; Philippines; {HOW.own}"), ("de", f"Stand: {as_of}; Philippinen; {GERMAN[HOW]}"),
        ("ar", f"حتى {as_of}؛ Philippines؛ سُئلوا هاتفيًا."), ("de", GERMAN[REPORT]),
    }  # fmt: skip


def test_a_comment_in_iati_is_in_the_charity_s_language(figures: Observation, reader: Client) -> None:
    """When the source says more than it knows, too."""
    for language, said in (
        ("en", "As of 2022-09-15; Philippines; over 1,000; "),
        ("de", "Stand: 2022-09-15; Philippines; über 1.000; "),
    ):
        Charity.objects.filter(slug="tidelight").update(language=language)
        forget()
        body = reader.get("/data/iati-activities.xml").content
        assert list(faults(body)) == [] and f"<narrative>{said}" in body.decode(), language


def test_a_comment_in_iati_mixes_no_languages(figures: Observation, reader: Client, editor: Client) -> None:
    """Where a number has a method, it is commented in the languages of that; else in those of its place."""
    word(editor, {WHERE: "Filipinas"}, "es")
    word(editor, {HOW: "سُئلوا هاتفيًا."}, "ar")
    root = ET.fromstring(reader.get("/data/iati-activities.xml").content)  # noqa: S314 (our own file)
    said = {
        value: [
            (each.get(LANG), each.text) for each in root.findall(f".//actual[@value='{value}']/comment/*")
        ]
        for value in ("250", "321", "1000")
    }
    # Nobody worded its method.
    assert [language for language, _ in said.pop("1000")] == [None]
    assert said == {
        "250": [
            (None, "As of 2022-12-31; Philippines; Asked by telephone."),
            ("ar", "حتى 2022-12-31؛ Philippines؛ سُئلوا هاتفيًا."),
        ],
        "321": [(None, "As of 2022-12-31; Philippines"), ("es", "A fecha de 2022-12-31; Filipinas")],
    }  # fmt: skip


def test_a_table_says_places_where_there_are_several(
    figures: Observation, reader: Client, editor: Client
) -> None:
    word(editor, {WHERE: "Philippinen"})
    rows = re.findall(r'<th scope="row">\s*(<time.*?)\s*</th>', page_at(reader, f"/de{PROGRAMME}"), re.DOTALL)
    said = [re.sub("<time[^>]*>|</time>", "", each) for each in rows]
    assert said == ["01.05.2023", "31.12.2022, <bdi>Philippinen</bdi>", "01.05.2023"]


def test_who_and_when_and_nothing_is_overwritten(
    figures: Observation, reader: Client, editor: Client
) -> None:
    """A wording is changed by another beside it, and taken back by an empty one."""
    rows = list(Observation.objects.order_by("pk").values())
    word(editor, {HOW: "Telefonisch erfragt."})
    word(editor, {HOW: "Am Telefon gefragt."}, **{f"initial-{field_of(HOW)}": "Telefonisch erfragt."})
    assert "<bdi>Am Telefon gefragt.</bdi>" in page_at(reader, f"/de{FIGURES}")
    word(editor, {HOW: ""}, **{f"initial-{field_of(HOW)}": "Am Telefon gefragt."})
    assert f'<bdi lang="en">{HOW.own}</bdi>' in page_at(reader, f"/de{FIGURES}")
    texts = ("Telefonisch erfragt.", "Am Telefon gefragt.", "")
    assert kept() == [("de", "method", HOW.own, text) for text in texts]
    assert {each.by_name for each in Wording.objects.all()} == {"editor"}
    entries = AuditEntry.objects.filter(action="word figures")
    assert [each.detail for each in entries.order_by("id")] == [{"language": "de", "count": 1}] * 3
    assert list(Observation.objects.order_by("pk").values()) == rows
    for check in checks():
        assert list(check.run()) == [], check.name
    for change in ({"text": "Anders"}, None):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            one = Wording.objects.order_by("pk")[:1]
            found = Wording.objects.filter(pk__in=[each.pk for each in one])
            found.update(**change) if change else found._raw_delete(found.db)


def test_a_page_that_stood_open_undoes_nothing(figures: Observation, editor: Client) -> None:
    """Another person worded the method meanwhile; this page held it empty and changes the source alone."""
    word(editor, {HOW: GERMAN[HOW]})
    word(editor, {HOW: "", REPORT: GERMAN[REPORT]})
    assert post(editor, {HOW: GERMAN[HOW], REPORT: GERMAN[REPORT]}).status_code == 302
    assert kept() == [("de", "method", HOW.own, GERMAN[HOW]), ("de", "source", REPORT.own, GERMAN[REPORT])]


def test_the_page_asks_for_what_is_missing_first(figures: Observation, editor: Client) -> None:
    Dimension.objects.filter(name="age").update(
        categories=["under 12", "12 to 17", "older", "<b>unknown</b>"]
    )
    page = editor.get(address(), {"language": "de"}).content.decode()
    own = re.findall(r'<label class="w-field__label" for="[^"]+"><bdi>(.*?)</bdi></label>', page)
    assert own[:7] == [
        "age", "under 12", "12 to 17", "older", escape("<b>unknown</b>"), HOW.own,
        "The source gives no exact number: an operation that freed 12 took the count past 1,000.",
    ]  # fmt: skip
    names = [WHERE.own, POLICE.own, "IJM Australia", SHELF.own]
    assert {WHY.own, LEAD.own, REPORT.own, *names} <= set(own) and len(set(own)) == len(own)
    words = len(own) - len(names)
    assert f"{words} of {words} are missing" in page
    assert "4 of 4 places and publishers have no German name here" in page
    assert f'name="{field_of(HOW)}" cols="40" rows="2" lang="de" dir="auto"' in page
    word(editor, GERMAN)
    page = editor.get(address(), {"language": "de"}).content.decode()
    assert f"{words - 8} of {words} are missing in German" in page
    assert "1 of 4 places and publishers has no German name here" in page
    assert "Kept by editor on " in page and 'value="Ältere"' in page
    assert "Nobody reads the register in" not in page
    assert (
        "Nobody reads the register in French yet"
        in editor.get(address(), {"language": "fr"}).content.decode()
    )
    # Neither the charity's own language nor one that is none.
    for language in ("en", "xx"):
        assert "are missing in German" in editor.get(address(), {"language": language}).content.decode()


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({OLDER: "Kinder", SMALL: "kinder"}, "readers couldn’t tell one group from the other"),
        # What the other group is called as long as nobody words it.
        ({OLDER: "Under 12"}, "readers couldn’t tell one group from the other"),
        ({OLDER: "Ä" * 81}, "at most 80 characters"),
    ],
)
def test_what_is_refused(
    figures: Observation, editor: Client, texts: dict[Phrase, str], problem: str
) -> None:
    answer = post(editor, texts)
    assert answer.status_code == 200 and problem in answer.content.decode()
    assert kept() == [] and not AuditEntry.objects.filter(action="word figures").exists()


def test_only_words_of_this_programme_are_taken(figures: Observation, editor: Client) -> None:
    word(editor, {Phrase(Kind.GROUP, "nobody's"): "niemandes", OLDER: "Ältere"})
    assert kept() == [("de", "group", "older", "Ältere")]


def test_words_of_another_charity_stay_its_own(
    figures: Observation, reader: Client, charity: Charity
) -> None:
    other = Charity.objects.create(
        slug="northwind", name="Northwind", legal_name="Northwind e.V.", country="DE", timezone="Europe/Berlin",
        currency="EUR", email="n@example.org", mail_from="n@example.org", language="en",
    )  # fmt: skip
    said: dict[str, Any] = {"kind": "method", "language": "de", "own": HOW.own, "by_id": 1, "by_name": "n"}
    Wording.objects.create(charity=other, text="Fremd.", at=figures.entered_at, **said)
    assert "Fremd." not in page_at(reader, f"/de{FIGURES}")
    Wording.objects.create(charity=charity, text="Eigen.", at=figures.entered_at, **said)
    forget()
    assert "<bdi>Eigen.</bdi>" in page_at(reader, f"/de{FIGURES}")


def arabic_separators(html: str) -> Iterator[str]:
    """What stands between two elements of a list on a page."""
    yield from re.findall(r"</(?:time|bdi|q|a|b)>([,،] )<(?:time|bdi|q|a)", html)


def test_lists_are_separated_as_the_language_does(figures: Observation, reader: Client) -> None:
    for root, comma in (("", ", "), ("/de", ", "), ("/ar", "، ")):
        found = list(arabic_separators(page_at(reader, root + FIGURES)))
        assert len(found) >= 8 and set(found) == {comma}, root
    bars = page_at(reader, f"/ar{PROGRAMME}")
    assert ": 250؛ 20" in bars and "; 20" not in re.sub("<style.*?</style>", "", bars, flags=re.DOTALL)


def test_as_many_queries_however_many_words(figures: Observation, reader: Client, editor: Client) -> None:
    few = {path: asked(reader, f"/de{path}") for path in (PROGRAMME, FIGURES)}
    of_staff = asked(editor, address())
    word(editor, GERMAN)
    Dimension.objects.filter(name="age").update(categories=[f"{age} years" for age in range(30)])
    assert {path: asked(reader, f"/de{path}") for path in (PROGRAMME, FIGURES)} == few
    assert asked(editor, address()) == of_staff
    # Names, phrases, and the stamps twice: see `test_it_costs_one_query_and_the_stamps`.
    assert {path: few[path] - asked(reader, path) for path in few} == {PROGRAMME: 4, FIGURES: 4}
