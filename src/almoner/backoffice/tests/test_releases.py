"""Hidden figures and why; a small one let out by two, refused, taken back; and the publisher of the open data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.charities.sites import stamps
from almoner.impact import disclosing, iati, register
from almoner.impact.models import Observation, Publisher, Release, ReleaseApproval, ReleaseEnd, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure
from almoner.impact.tests.making import Person, make_breakdown, make_figure

HIDDEN = reverse("backoffice:hidden_figures")
QUEUE = reverse("backoffice:release_queue")
_ANA, _BEN = Person(-1, "ana"), Person(-2, "ben")


@pytest.fixture
def figure(world: World) -> Figure:
    return make_figure(world.tide.charity)


def take(*figures: Figure) -> list[Observation]:
    found = [register.enter(each, actor=_ANA) for each in figures]
    for each in found:
        register.decide(each, accepted=True, role="Lead", actor=_BEN)
    return found


def victims(figure: Figure, count: int = 2, *, year: int = 2022) -> Observation:
    day = date(year, 11, 30)
    few = replace(
        figure, value=Decimal(count), bound=Bound.EXACT, first=date(year, 11, 1), last=day, as_of=day
    )
    return take(few)[0]


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def ask_for(world: World, observation: Observation, who: str = "field worker") -> Release:
    url = reverse("backoffice:release_figure", args=[observation.pk])
    sent = {"reason": "Page 4 of the partner's report.", "looked": "on"}
    assert world.client(who).post(url, sent).status_code == 302
    return Release.objects.latest("pk")


def rows() -> tuple[int, int, int, int]:
    return (
        Release.objects.count(), ReleaseApproval.objects.count(), ReleaseEnd.objects.count(),
        AuditEntry.objects.count(),
    )  # fmt: skip


def test_staff_see_what_is_hidden_and_why(world: World, figure: Figure) -> None:
    assert "everything that was verified is public" in text(world.client("fundraiser"), HIDDEN)
    take(*make_breakdown(figure, {"under 12": 9, "12 to 17": 30, "older": 61}))
    later = {"under 12": 40, "12 to 17": 64, "older": 64}
    take(*make_breakdown(figure, later, last=date(2023, 9, 15)))
    take(*make_breakdown(figure, {"under 12": 70, "12 to 17": 80, "older": 90}, last=date(2024, 9, 15))[:2])
    shown = text(world.client("fundraiser"), HIDDEN)
    for words in (
        "Fewer than ten people",
        "what it leaves of the total would give a smaller group away",
        "It differs by fewer than ten from a number that was published before",
        "It waits: every group of the breakdown has to be verified",
    ):
        assert words in shown, words
    assert ">61<" not in shown and "Let it out" not in shown
    page = text(world.client("fundraiser"), reverse("backoffice:indicator", args=[figure.indicator.pk]))
    assert "Not public: Fewer than ten people" in page


def test_the_list_takes_as_many_queries_however_many_there_are(world: World, figure: Figure) -> None:
    client = world.client("editor")
    victims(figure)
    with CaptureQueriesContext(connection) as few:
        text(client, HIDDEN)
    for year in range(2012, 2020):
        ask_for(world, victims(figure, year=year))
    with CaptureQueriesContext(connection) as many:
        text(client, HIDDEN)
    assert len(many) == len(few)


def test_a_small_figure_is_let_out_by_two_people_and_taken_back(world: World, figure: Figure) -> None:
    two = victims(figure)
    editor = world.client("editor")
    assert "Let it out" in text(world.client("field worker"), HIDDEN)
    url = reverse("backoffice:release_figure", args=[two.pk])
    before = rows()
    for sent in ({}, {"reason": "In their report."}, {"looked": "on", "reason": "  "}):
        assert world.client("field worker").post(url, sent).status_code == 200
    assert rows() == before
    asked = ask_for(world, two)
    assert "Small figures to let out (1)" in text(editor, reverse("backoffice:programmes"))
    assert "Page 4 of the partner" in text(editor, QUEUE)
    assert "Waits for a second person" in text(editor, HIDDEN)
    decide = reverse("backoffice:decide_release", args=[asked.pk])
    assert "Tick" not in text(editor, decide)
    stamp = stamps()
    assert editor.post(decide, {"do": "agree"}).status_code == 302
    assert disclosing.public().get() == two
    assert stamps() > stamp
    assert (
        "It was agreed already. Nothing was decided." in editor.post(decide, {"do": "agree"}).content.decode()
    )
    back = reverse("backoffice:take_back_release", args=[asked.pk])
    assert back in text(editor, QUEUE)
    assert editor.post(back, {"reason": " "}).status_code == 200
    assert editor.post(back, {"reason": "They withdrew it."}).status_code == 302
    assert not disclosing.public().exists()
    assert "They withdrew it." in text(editor, HIDDEN) and "Taken back" in text(editor, HIDDEN)
    done = AuditEntry.objects.filter(object_type="observation", object_id=str(two.pk)).order_by("pk")
    assert [(each.action, each.actor_name) for each in done][-3:] == [
        ("ask to show small figure", world.users["field worker"].username),
        ("show small figure", world.users["editor"].username),
        ("hide small figure again", world.users["editor"].username),
    ]


def test_nobody_decides_on_what_they_asked_for(world: World, figure: Figure) -> None:
    asked = ask_for(world, victims(figure), who="editor")
    editor = world.client("editor")
    shown = text(editor, QUEUE)
    assert "Nothing waits for you" in shown and "1 that you asked for waits" in shown
    before = rows()
    decide = reverse("backoffice:decide_release", args=[asked.pk])
    for sent in ({"do": "agree"}, {"do": "refuse", "note": "No."}):
        assert "Somebody else has to decide" in editor.post(decide, sent).content.decode()
    assert rows() == before
    treasurer = world.client("treasurer")
    assert "Say why" in treasurer.post(decide, {"do": "refuse"}).content.decode()
    assert rows() == before
    assert treasurer.post(decide, {"do": "refuse", "note": "It names the village."}).status_code == 302
    assert not disclosing.public().exists()
    assert "It names the village." in text(editor, HIDDEN) and "Refused" in text(editor, HIDDEN)
    ask_for(world, Observation.objects.get(), who="editor")
    assert Release.objects.latest("pk").attempt == 2


def test_what_cannot_be_let_out_says_why(world: World, figure: Figure) -> None:
    take(*make_breakdown(figure, {"under 12": 9, "12 to 17": 30, "older": 61}))
    client = world.client("field worker")
    beside = Observation.objects.get(category="12 to 17")
    url = reverse("backoffice:release_figure", args=[beside.pk])
    assert "It isn’t small itself" in text(client, url)
    before = rows()
    assert client.post(url, {"reason": "In the report.", "looked": "on"}).status_code == 200
    assert rows() == before
    inside = Source.objects.create(
        charity=world.tide.charity, title="Own list", dated=date(2021, 1, 1), access="internal",
        created_at=figure.source.created_at,
    )  # fmt: skip
    two = victims(replace(figure, source=inside), year=2021)
    url = reverse("backoffice:release_figure", args=[two.pk])
    assert "Its source isn’t public" in text(client, url)
    assert url not in text(client, HIDDEN)


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("AU-ABN-12 345", "Leave out blanks"),
        ("AU-ABN-12/345", "Leave out the sign /"),
        ("ABN-12345678901", "Begin with the country"),
        ("au-ABN-12345678901", "Begin with the country"),
        ("AU-abn-12345678901", "After the country comes the register"),
        ("AU-ABN", "The number in the register is missing"),
        ("AU-ABN-", "The number in the register is missing"),
        ("AU-ABN-12é", "letters, digits, dots"),
    ],
)
def test_a_malformed_identifier_is_refused_with_what_is_wrong(
    world: World, identifier: str, why: str
) -> None:
    url = reverse("backoffice:publisher", args=[world.tide.charity.pk])
    before = AuditEntry.objects.count()
    answer = world.client("editor").post(url, {"iati_identifier": identifier, "kind": "22"})
    assert answer.status_code == 200 and why in answer.content.decode()
    assert (Publisher.objects.count(), AuditEntry.objects.count()) == (0, before)


def test_the_publisher_stands_in_the_exports(world: World) -> None:
    charity, editor = world.tide.charity, world.client("editor")
    url = reverse("backoffice:publisher", args=[charity.pk])
    made_up = iati.publisher(charity)
    shown = text(editor, url)
    assert made_up.made_up and f">{made_up.identifier}<" in shown and "No identifier is entered" in shown
    stamp = stamps()
    sent = {"iati_identifier": " GB-CHC-1234567 ", "name": "Tide Trust", "kind": "60"}
    assert editor.post(url, sent).status_code == 302
    assert iati.publisher(charity) == iati.Organisation("GB-CHC-1234567", "Tide Trust", "60", made_up=False)
    assert stamps() > stamp
    shown = text(editor, url)
    assert ">GB-CHC-1234567<" in shown and ">Foundation<" in shown and "No identifier" not in shown
    assert AuditEntry.objects.latest("pk").action == "change publisher"
    assert (
        world.client("editor").get(reverse("backoffice:publisher", args=[world.river.charity.pk])).status_code
        == 404
    )
