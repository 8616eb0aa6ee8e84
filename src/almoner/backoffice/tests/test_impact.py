"""The register as people keep it: a month on one form, a second person, corrections in the open, files, what is due."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Charity
from almoner.config.wiring import HANDLERS
from almoner.impact import importing, standing
from almoner.impact.models import (
    Dimension,
    FigureFile,
    Indicator,
    Observation,
    Source,
    Verification,
)
from almoner.impact.register import Figure, enter
from almoner.impact.tests.making import make_indicator, make_result, make_source
from almoner.outbox.worker import drain

REPORT = b"%PDF-1.7 October"


@pytest.fixture(autouse=True)
def _now() -> Any:
    """20 November in Sydney: October is over."""
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def indicator(world: World) -> Indicator:
    """Children rescued since 2011, by age."""
    found = make_indicator(world.tide.charity, since=date(2011, 1, 1))
    Dimension.objects.create(indicator=found, name="age", categories=["child", "grown up"])
    return found


@pytest.fixture
def field(world: World) -> Client:
    return world.client("field worker")


@pytest.fixture
def editor(world: World) -> Client:
    return world.client("editor")


def month_url(indicator: Indicator, month: str = "2026-10") -> str:
    url = reverse("backoffice:figures_of_month", args=[indicator.result.programme_id])
    return f"{url}?month={month}"


def typed(indicator: Indicator, value: str = "1,200", **more: Any) -> dict[str, Any]:
    pk = indicator.pk
    return {
        f"value_{pk}": value, f"bound_{pk}": "exact", f"as_of_{pk}": "2026-10-31", "source_title": "October report",
        "source_dated": "2026-11-05", "source_kept_at": "Office, folder 12", "source_access": "internal",
    } | more  # fmt: skip


def rows() -> tuple[int, int, int]:
    return Observation.objects.count(), Source.objects.count(), AuditEntry.objects.count()


def accept(
    world: World, *figures: Observation, who: str = "editor", do: str = "accept", note: str = ""
) -> Any:
    sent = {"figures": [each.pk for each in figures], "role": "Programme lead", "do": do, "note": note}
    return world.client(who).post(reverse("backoffice:figure_queue"), sent)


def test_a_month_is_entered_on_one_form_and_stands_once_another_has_looked(
    world: World, indicator: Indicator, field: Client
) -> None:
    dimension = indicator.dimensions.get()
    sent = typed(indicator) | {
        f"cell_{dimension.pk}_0": "900", f"cell_{dimension.pk}_1": "300", f"place_{indicator.pk}": "Philippines",
        "source_file": SimpleUploadedFile("october.pdf", REPORT),
    }  # fmt: skip
    assert field.post(month_url(indicator), sent).status_code == 302
    figures = Observation.objects.order_by("category")
    assert [*figures.values_list("dimension", "category", "value", "first", "last", "as_of", "place")] == [
        ("", "", 1200, date(2011, 1, 1), date(2026, 10, 31), date(2026, 10, 31), "Philippines"),
        ("age", "child", 900, date(2011, 1, 1), date(2026, 10, 31), date(2026, 10, 31), "Philippines"),
        ("age", "grown up", 300, date(2011, 1, 1), date(2026, 10, 31), date(2026, 10, 31), "Philippines"),
    ]  # fmt: skip
    source = Source.objects.get()
    assert (source.file_name, source.file_sha256, source.access) == (
        "october.pdf", hashlib.sha256(REPORT).hexdigest(), "internal",
    )  # fmt: skip
    assert standing.newest([indicator]) == {}
    # Sent again, by a second press of the button, it is there already.
    again = field.post(month_url(indicator), typed(indicator))
    assert b"Enter at least one figure" in again.content
    assert Observation.objects.count() == 3
    # Whoever entered it isn't asked, and can't: a field worker verifies nothing.
    assert accept(world, *figures, who="field worker").headers["Location"] == "/admin/"
    assert accept(world, *figures).status_code == 302
    assert standing.newest([indicator])[indicator.pk].value == 1200
    assert {*Verification.objects.values_list("role", "accepted")} == {("Programme lead", True)}
    assert AuditEntry.objects.filter(action="verify figure").count() == 3


def test_a_point_that_may_stand_between_thousands_is_asked_about(
    world: World, indicator: Indicator, field: Client
) -> None:
    """Whoever writes 1.200 for 1,200 would have entered one; with a zero more it is a number of four decimals."""
    for value in ("1.200", "1.000", "12.000"):
        answer = field.post(month_url(indicator), typed(indicator, value)).content.decode()
        assert f"If it is {value.replace('.', '')}, leave the point out" in answer
        sent = {
            "charity": world.tide.charity.pk,
            "file": filled(world.tide.charity, ROW.replace("1200", value)),
        }
        report = field.get(field.post(reverse("backoffice:figure_files"), sent).headers["Location"])
        assert f"If value is {value.replace('.', '')}, leave the point out" in report.content.decode()
        assert "Enter 1 figure" not in report.content.decode()
    assert Observation.objects.count() == 0
    assert field.post(month_url(indicator), typed(indicator, "1000.0")).status_code == 302
    assert [each.value for each in Observation.objects.all()] == [1000]


def test_the_number_of_everybody_stands_above_its_groups(
    world: World, indicator: Indicator, field: Client
) -> None:
    source = make_source(world.tide.charity)
    day = date(2026, 10, 31)
    for minute, group in enumerate(("", "grown up", "child")):
        with time_machine.travel(datetime(2026, 11, 20, 2, minute, tzinfo=UTC), tick=False):
            figure = Figure(
                indicator=indicator, first=date(2011, 1, 1), last=day, as_of=day, value=Decimal(900 + minute),
                source=source, dimension="age" if group else "", category=group,
            )  # fmt: skip
            enter(figure, actor=world.users["field worker"])
    listed = field.get(reverse("backoffice:indicator", args=[indicator.pk])).context["rows"]
    assert [row["figure"].category for row in listed] == ["", "child", "grown up"]


def test_nobody_verifies_their_own_and_all_or_none_are_decided(world: World, indicator: Indicator) -> None:
    editor = world.client("editor")
    editor.post(month_url(indicator), typed(indicator))
    own = Observation.objects.get()
    shown = editor.get(reverse("backoffice:figure_queue")).content.decode()
    assert "Nothing waits for you" in shown
    refused = accept(world, own)
    assert "Somebody else has decided on one of these" in refused.content.decode()
    assert "Tick each figure" in accept(world).content.decode()
    world.client("superuser").post(month_url(indicator, "2026-09"), typed(indicator, "1100", **{
        f"as_of_{indicator.pk}": "2026-09-30"}))  # fmt: skip
    other = Observation.objects.get(value=1100)
    assert accept(world, other, own).status_code == 200
    assert Verification.objects.count() == 0
    assert "Say what is wrong" in accept(world, other, do="back").content.decode()
    assert accept(world, other, do="back", note="The report says 1,001.").status_code == 302
    assert Verification.objects.get().accepted is False
    # What was sent back is asked for again.
    form = world.client("superuser").get(month_url(indicator, "2026-09")).content.decode()
    assert f'name="value_{indicator.pk}"' in form


def test_a_slip_is_asked_about_before_anything_is_kept(
    world: World, indicator: Indicator, field: Client
) -> None:
    field.post(
        month_url(indicator, "2026-09"), typed(indicator, "1100", **{f"as_of_{indicator.pk}": "2026-09-30"})
    )
    before = rows()
    file = SimpleUploadedFile("october.pdf", REPORT)
    falls = field.post(month_url(indicator), typed(indicator, "110", source_file=file))
    text = falls.content.decode()
    assert "counts from the beginning: it can’t fall" in text
    assert "Of october.pdf the fingerprint was taken" in text
    assert rows() == before
    sure = re.search(r'name="sure"\s+value="(\w+)"', text)
    kept = re.search(r'name="source_kept" value="([^"]+)"', text)
    assert sure is not None
    assert kept is not None
    # Assured of 110, and now it is 11,000: asked about anew.
    jump = field.post(month_url(indicator), typed(indicator, "11,000", sure=sure[1]))
    assert "ten times as many" in jump.content.decode()
    assert rows() == before
    sent = typed(indicator, "110", sure=sure[1], source_kept=kept[1])
    assert field.post(month_url(indicator), sent).status_code == 302
    newest = Observation.objects.latest("as_of")
    assert (newest.value, newest.source.file_sha256) == (110, hashlib.sha256(REPORT).hexdigest())


def test_a_number_of_another_place_is_asked_about_for_it_is_told_in_the_other_s_place(
    indicator: Indicator, field: Client
) -> None:
    named = f"place_{indicator.pk}"
    first = typed(indicator, "1100", **{f"as_of_{indicator.pk}": "2026-09-30", named: "Philippines"})
    assert field.post(month_url(indicator, "2026-09"), first).status_code == 302
    before = rows()
    other = field.post(month_url(indicator), typed(indicator, "1150", **{named: "Kenya"})).content.decode()
    assert "It was 1,100 on 30 September 2026, in Philippines. This number, of Kenya alone" in other
    assert rows() == before
    same = field.post(month_url(indicator), typed(indicator, "1150", **{named: "philippines "}))
    assert same.status_code == 302


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"value": "12.5"}, "whole ones"),
        ({"value": "many"}, "Write it as a number"),
        ({"value": "-3"}, "Write it as a number"),
        ({"as_of": "2026-11-21"}, "nor to come"),
        ({"source_title": ""}, "Name the source"),
        ({"source_dated": "yesterday"}, "Enter a valid date"),
        ({"source_kept": "forged:by:hand", "value": ""}, "Enter at least one figure"),
        ({"cell": "3"}, "adds up to 6, and not to 1,200"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    world: World, indicator: Indicator, field: Client, changes: dict[str, str], says: str
) -> None:
    dimension = indicator.dimensions.get()
    names = {
        "value": f"value_{indicator.pk}",
        "as_of": f"as_of_{indicator.pk}",
        "cell": f"cell_{dimension.pk}_0",
    }
    sent = typed(indicator) | {names.get(name, name): value for name, value in changes.items()}
    if "cell" in changes:
        sent[f"cell_{dimension.pk}_1"] = changes["cell"]
    before = rows()
    answer = field.post(month_url(indicator), sent)
    assert (answer.status_code, rows()) == (200, before)
    assert says in answer.content.decode()
    head, _, _ = answer.content.decode().partition("<fieldset")
    # What was typed into a field is said above all of them, too; what several together are is said beside them.
    assert "Nothing is kept yet." in head
    assert (says in head) == ("cell" not in changes)
    assert "October report" in answer.content.decode() or "source_title" in changes


def test_a_correction_takes_its_place_in_the_open(world: World, indicator: Indicator, field: Client) -> None:
    field.post(month_url(indicator), typed(indicator))
    wrong = Observation.objects.get()
    accept(world, wrong)
    url = reverse("backoffice:correct_figure", args=[wrong.pk])
    right = {
        "value": "1191", "bound": "exact", "first": "2011-01-01", "last": "2026-10-31", "as_of": "2026-10-31",
        "reason": " ", "source": wrong.source_id,
    }  # fmt: skip
    assert field.post(url, right).status_code == 200
    assert Observation.objects.count() == 1
    assert field.post(url, right | {"reason": "Nine were counted twice."}).status_code == 302
    assert standing.newest([indicator])[indicator.pk].value == 1200
    first = Observation.objects.get(supersedes=wrong)
    accept(world, first, do="back", note="It is 1,192.")
    # One that was sent back is corrected in its turn, and takes the place of the number before both.
    again = reverse("backoffice:correct_figure", args=[first.pk])
    assert (
        field.post(again, right | {"value": "1192", "reason": "Eight were counted twice."}).status_code == 302
    )
    accept(world, Observation.objects.get(supersedes=first))
    assert [each.value for each in standing.standing()] == [1192]
    page = field.get(reverse("backoffice:indicator", args=[indicator.pk])).content.decode()
    for words in ("Corrected", "Sent back", "It is 1,192.", "Eight were counted twice.", "1,192"):
        assert words in page, words
    assert "already" in field.post(url, right | {"reason": "Once more."}).content.decode()


def test_what_is_due_what_waits_and_what_is_stale(
    world: World, indicator: Indicator, field: Client, django_assert_max_num_queries: Any
) -> None:
    listing = reverse("backoffice:programmes")
    assert "1 due" in field.get(listing).content.decode()
    old = typed(indicator, "900", **{f"as_of_{indicator.pk}": "2026-08-31"})
    field.post(month_url(indicator, "2026-08"), old)
    accept(world, Observation.objects.get())
    page = field.get(reverse("backoffice:programme", args=[indicator.result.programme_id])).content.decode()
    assert "Due: October 2026" in page
    assert "Stale" in page
    field.post(month_url(indicator), typed(indicator))
    shown = field.get(listing).content.decode()
    assert ("1 due" in shown, "1 to verify" in shown) == (False, True)
    with CaptureQueriesContext(connection) as few:
        field.get(listing)
    for number in range(5):
        make_indicator(world.tide.charity, result=make_result(world.tide.charity, f"p{number}"))
    with django_assert_max_num_queries(len(few)):
        field.get(listing)


def test_a_field_worker_meets_no_donor(world: World, field: Client) -> None:
    world.tide.give(name=("Grace", "Fieldcanary"), email="fieldcanary@example.org")
    home = field.get("/admin/").content.decode()
    assert "canary" not in home
    for name in ("gifts", "plans", "credits", "income", "audit", "mail"):
        assert field.get(reverse(f"backoffice:{name}")).headers["Location"] == "/admin/", name
        assert reverse(f"backoffice:{name}") not in home
    assert reverse("backoffice:programmes") in home


def filled(charity: Charity, *rows: str) -> SimpleUploadedFile:
    head = "programme,indicator,dimension,category,first,last,as_of,value,bound,source_title,source_date,source_kept_at"
    return SimpleUploadedFile("figures.csv", "\r\n".join((head, *rows)).encode("utf-8-sig"))


ROW = "rescue,rescued,,,2011-01-01,2026-10-31,2026-10-31,1200,exact,October report,2026-11-05,Office"


def test_a_long_file_goes_on_where_a_worker_died(world: World, indicator: Indicator, field: Client) -> None:
    """A hundred rows at a time: each is entered once, and what is refused is told by its own row."""
    charity, wrong = world.tide.charity, {2, 101, 102, 201, 251}
    days = [date(2026, 10, 31) - timedelta(days=250 - at) for at in range(250)]
    rows = [
        ROW.replace("2026-10-31", f"{day}").replace("1200", f"{1000 + at}") for at, day in enumerate(days)
    ]
    rows = [
        row.replace("rescued", "saved") if at in wrong else row for at, row in enumerate(rows, start=2)
    ]  # fmt: skip
    sent = {"charity": charity.pk, "file": filled(charity, *rows)}
    url = field.post(reverse("backoffice:figure_files"), sent).headers["Location"]
    assert field.post(url).status_code == 302
    handed_in = FigureFile.objects.get()

    def die(file: FigureFile) -> None:
        raise InterruptedError

    for done in (100, 200):
        with pytest.raises(InterruptedError):
            importing.enter_file({"file": str(handed_in.pk)}, after=die)
        handed_in.refresh_from_db()
        assert (handed_in.state, handed_in.done, handed_in.entered) == (
            "reading", done, done - len([row for row in wrong if row < done + 2]),
        )  # fmt: skip
    drain({importing.JOB: HANDLERS[importing.JOB]})
    handed_in.refresh_from_db()
    assert (handed_in.state, handed_in.done, handed_in.content) == ("done", 250, None)
    assert (handed_in.entered, handed_in.known, handed_in.refused) == (245, 0, 5)
    assert [each["row"] for each in handed_in.report] == sorted(wrong)
    entered = Observation.objects.order_by("as_of").values_list("as_of", "value")
    assert list(entered) == [
        (day, 1000 + at) for at, day in enumerate(days) if at + 2 not in wrong
    ]  # fmt: skip


def test_a_file_is_judged_row_by_row_and_entered_once(
    world: World, indicator: Indicator, field: Client
) -> None:
    charity = world.tide.charity
    file = filled(
        charity, ROW, ROW, ROW.replace("1200", "1300"), ROW.replace(",,,", ",age,child,").replace("1200", "900"),
        ROW.replace(",,,", ",age,Maria,"), ROW.replace("2026-10-31", "31/10/2026"), ROW.replace("rescued", "saved"),
        ROW.replace("1200", ""),
    )  # fmt: skip
    answer = field.post(reverse("backoffice:figure_files"), {"charity": charity.pk, "file": file})
    url = answer.headers["Location"]
    report = field.get(url).content.decode()
    for words in (
        "The register has it.",
        "has 1,200 for this time already",
        "has these groups: child, grown up",
        "is a day as 2026-10-31, not “31/10/2026”",
        "There is no indicator saved of a programme rescue",
        "Enter 2 figures",
    ):
        assert words in report, words
    assert Observation.objects.count() == 0
    for _ in range(2):
        assert field.post(url).status_code == 302
        drain({importing.JOB: HANDLERS[importing.JOB]})
    handed_in = FigureFile.objects.get()
    assert (handed_in.state, handed_in.entered, handed_in.known, handed_in.refused) == ("done", 2, 1, 4)
    assert (handed_in.content, [each["row"] for each in handed_in.report]) == (None, [4, 6, 7, 8])
    assert {*Observation.objects.values_list("category", "value", "entered_by_name", "source__title")} == {
        ("", 1200, "field-worker", "October report"), ("child", 900, "field-worker", "October report"),
    }  # fmt: skip
    # The same file another day enters nothing.
    again = field.post(
        reverse("backoffice:figure_files"), {"charity": charity.pk, "file": filled(charity, ROW)}
    )
    assert "Enter 1" not in field.get(again.headers["Location"]).content.decode()
    assert Source.objects.count() == 1


def test_a_row_that_is_not_new_shows_what_stood_there(
    world: World, indicator: Indicator, field: Client
) -> None:
    file = filled(
        world.tide.charity, ROW, ROW, ROW.replace(",,,", ",age,Maria,"), ROW.replace("1200", "<b>12</b>"),
        ROW.replace("rescued", "x" * 41), ROW.replace("2026-10-31,1200", ",1200"),
        ROW.replace("2026-10-31,1200", "31/10/2026,1200"),
    )  # fmt: skip
    sent = {"charity": world.tide.charity.pk, "file": file}
    report = field.get(
        field.post(reverse("backoffice:figure_files"), sent).headers["Location"]
    ).content.decode()
    cells = re.findall(r'<td class="bo-number">(\d+)</td>\s*<td>(.*?)</td>', report, re.DOTALL)
    figures = {int(row): re.sub("<[^>]+>", "", cell.replace("<span", " <span")) for row, cell in cells}
    assert figures == {
        2: f"1200 {indicator.title} as of 31 Oct 2026",
        3: "1200 rescued as of 2026-10-31",
        4: "1200 rescued (age: Maria) as of 2026-10-31",
        5: "&lt;b&gt;12&lt;/b&gt; rescued as of 2026-10-31",
        6: f"1200 {'x' * 40}… as of 2026-10-31",
        7: "1200 rescued",
        8: "1200 rescued as of 31/10/2026",
    }


def test_a_template_is_of_the_charity_s_last_month(world: World) -> None:
    """In Honolulu it is still November, whatever the clock of the reader's first charity in Sydney says."""
    Charity.objects.filter(pk=world.river.charity.pk).update(timezone="Pacific/Honolulu")
    programme = make_indicator(world.river.charity).result.programme
    with time_machine.travel(datetime(2026, 12, 1, 5, 0, tzinfo=UTC), tick=False):
        client = world.client("superuser")
        found = client.get(reverse("backoffice:figures_template", args=[programme.pk]))
        page = client.get(reverse("backoffice:figures_of_month", args=[programme.pk]), {"month": "2026-12"})
    assert found.headers["Content-Disposition"].endswith('-2026-10.csv"')
    assert "2026-10" in page.context["earlier"]


def test_whoever_has_a_file_entered_answers_for_it(
    world: World, indicator: Indicator, field: Client, editor: Client
) -> None:
    """Handed in by one and entered by another, it can't be verified by that other."""
    sent = {"charity": world.tide.charity.pk, "file": filled(world.tide.charity, ROW)}
    url = field.post(reverse("backoffice:figure_files"), sent).headers["Location"]
    assert editor.post(url).status_code == 302
    drain({importing.JOB: HANDLERS[importing.JOB]})
    figure = Observation.objects.get()
    assert figure.entered_by_name == "editor"
    accept(world, figure)
    assert not Verification.objects.exists()
    assert accept(world, figure, who="treasurer").status_code == 302
    assert Verification.objects.get().accepted


def test_a_template_comes_back_as_it_went_out(world: World, indicator: Indicator, field: Client) -> None:
    url = reverse("backoffice:figures_template", args=[indicator.result.programme_id])
    template = b"".join(field.get(url).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert template.count("\r\n") == 4
    assert "rescue,rescued,Children rescued,age,grown up,2011-01-01,2026-10-31,2026-10-31,,exact" in template
    value = template.replace("2026-10-31,,exact,,,,,,,", "2026-10-31,7,exact,,,Report,,2026-11-05,,Office")
    file = SimpleUploadedFile("f.csv", value.replace(",", ";").encode("utf-8-sig"))
    answer = field.post(reverse("backoffice:figure_files"), {"charity": world.tide.charity.pk, "file": file})
    assert "Enter 3 figures" in field.get(answer.headers["Location"]).content.decode()


def test_a_group_that_a_spreadsheet_would_run_comes_back_too(
    world: World, indicator: Indicator, field: Client
) -> None:
    Dimension.objects.update(categories=["-18", "+18"])
    url = reverse("backoffice:figures_template", args=[indicator.result.programme_id])
    template = b"".join(field.get(url).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "age,'-18," in template and "age,'+18," in template
    value = template.replace("2026-10-31,,exact,,,,,,,", "2026-10-31,7,exact,,,Report,,2026-11-05,,Office")
    file = SimpleUploadedFile("f.csv", value.encode("utf-8-sig"))
    answer = field.post(reverse("backoffice:figure_files"), {"charity": world.tide.charity.pk, "file": file})
    assert "Enter 3 figures" in field.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n1,2\n", "lacks the headings: programme"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "CSV"),
        (b'programme,"indi', "CSV"),
    ],
)
def test_what_is_no_table_is_refused(world: World, field: Client, content: bytes, says: str) -> None:
    file = SimpleUploadedFile("f.csv", content)
    answer = field.post(reverse("backoffice:figure_files"), {"charity": world.tide.charity.pk, "file": file})
    assert says in answer.content.decode()
    assert FigureFile.objects.count() == 0
