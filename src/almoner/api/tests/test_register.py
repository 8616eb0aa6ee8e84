"""The register of programmes, read and written by another system."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.impact.models import Dimension, Observation, Source
from almoner.impact.register import Figure, NotDecidable, correct, decide, enter
from almoner.impact.tests.making import make_figure

Make = Callable[..., Api]
SENT: dict[str, Any] = {
    "indicator": "rescued", "first": "2011-01-01", "last": "2022-12-31", "as_of": "2022-12-31", "value": "1010",
    "bound": "at_least", "place": "Philippines",
    "source": {"title": "Report", "dated": "2023-01-31", "kept_at": "Office in Manila"},
}  # fmt: skip


@pytest.fixture
def figure(world: World) -> Figure:
    made = make_figure(world.tide.charity)
    Dimension.objects.create(indicator=made.indicator, name="sex", categories=["girls", "boys"])
    return made


def test_a_figure_is_entered_once_and_waits_for_a_person(api: Make, world: World, figure: Figure) -> None:
    client = api(Scope.IMPACT_WRITE, Scope.IMPACT_READ)
    first = client.post("/programmes/rescue/observations", SENT, key="october")
    again = client.post("/programmes/rescue/observations", SENT, key="october")
    # Another key, and the figure that is there: the same row.
    other = client.post("/programmes/rescue/observations", SENT, key="october-again")
    assert [each.status_code for each in (first, again, other)] == [201, 201, 201]
    assert first.json() == again.json() == other.json()
    row = Observation.objects.get()
    told = first.json()
    assert (told["id"], told["value"], told["state"], told["stands"]) == (
        str(row.pk),
        "1010",
        "waiting",
        False,
    )
    source = told["source"]
    assert (source["title"], source["access"], source["kept_at"]) == (
        "Report",
        "internal",
        "Office in Manila",
    )
    assert (row.entered_by_id, row.entered_by_name) == (world.users["superuser"].pk, "root by token CRM")
    assert AuditEntry.objects.filter(action="enter figure", actor_name="root by token CRM").count() == 1
    with pytest.raises(NotDecidable, match="Somebody else"):
        decide(row, accepted=True, role="Editor", actor=world.users["superuser"])
    decide(row, accepted=True, role="Programme lead", actor=world.users["editor"])
    [listed] = client.get("/programmes/rescue/observations").json()["items"]
    assert (listed["state"], listed["stands"], listed["verified_role"]) == (
        "verified",
        True,
        "Programme lead",
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"value": "1020", "source": {"title": "Other", "dated": "2023-02-01", "kept_at": "Office"}},
            "The register has 1,010 for this time already",
        ),
        ({"as_of": "2022-11-30", "value": "12.5"}, "whole ones"),
        ({"indicator": "saved"}, "no such indicator"),
        ({"dimension": "sex", "category": "Maria"}, "has these groups: girls, boys"),
        ({"dimension": "town", "category": "Cebu"}, "no breakdown by town"),
        ({"as_of": "2999-01-01", "last": "2999-01-01"}, "nor to come"),
        ({"source": {"title": "Report", "dated": "2023-01-31", "url": "javascript:alert(1)"}}, "address"),
        (
            {"as_of": "2022-11-30", "source": {"title": "R", "dated": "2023-01-31"}},
            "its address, its file, or",
        ),
        (
            {"as_of": "2022-11-30", "source": {"title": "R", "dated": "2023-01-31", "kept_at": " "}},
            "where it is kept on paper",
        ),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_kept(
    api: Make, figure: Figure, changes: dict[str, Any], says: str
) -> None:
    client = api(Scope.IMPACT_WRITE)
    client.post("/programmes/rescue/observations", SENT)
    before = (Observation.objects.count(), Source.objects.count())
    refused = client.post("/programmes/rescue/observations", SENT | changes)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure")
    assert says in refused.json()["detail"]
    assert (Observation.objects.count(), Source.objects.count()) == before


def test_a_programme_is_read_whole_and_a_correction_is_followed(
    api: Make, world: World, figure: Figure, django_assert_max_num_queries: Any
) -> None:
    editor, root = world.users["editor"], world.users["superuser"]
    wrong = enter(figure, actor=editor)
    decide(wrong, accepted=True, role="Lead", actor=root)
    right = correct(wrong, figure, reason="Counted again.", actor=editor)
    decide(right, accepted=True, role="Lead", actor=root)
    client = api(Scope.IMPACT_READ)
    [programme] = client.get("/programmes").json()["items"]
    [indicator] = programme["results"][0]["indicators"]
    assert programme == client.get("/programmes/rescue").json()
    assert (indicator["slug"], indicator["dimensions"][0]["categories"]) == ("rescued", ["girls", "boys"])
    with django_assert_max_num_queries(11):
        newest, oldest = client.get("/programmes/rescue/observations", indicator="rescued").json()["items"]
    assert (newest["supersedes"], newest["stands"], newest["reason"]) == (
        str(wrong.pk),
        True,
        "Counted again.",
    )
    assert (oldest["id"], oldest["stands"], oldest["state"]) == (str(wrong.pk), False, "verified")
    assert client.get("/programmes/rescue/observations", indicator="other").json()["items"] == []
    assert uuid.UUID(newest["id"]) == right.pk


def test_a_place_that_may_show_who_is_meant_has_to_be_confirmed(
    api: Make, world: World, figure: Figure
) -> None:
    client = api(Scope.IMPACT_WRITE)
    path, village = "/programmes/rescue/observations", SENT | {"place": "Santa Cruz"}
    refused = client.post(path, village)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure")
    assert refused.json()["detail"].startswith("place: “Santa Cruz” is no country")
    assert "send place_confirmed with a new key" in refused.json()["detail"]
    assert not Observation.objects.exists() and not Source.objects.filter(title="Report").exists()
    made = client.post(path, village | {"place_confirmed": True})
    assert (made.status_code, made.json()["place"]) == (201, "Santa Cruz")
    # What is there isn't asked about again, nor is the place of one that was verified.
    assert client.post(path, village).json()["id"] == made.json()["id"]
    later = village | {"last": "2023-01-31", "as_of": "2023-01-31"}
    assert client.post(path, later).status_code == 422
    decide(Observation.objects.get(), accepted=True, role="Lead", actor=world.users["editor"])
    assert client.post(path, later).status_code == 201
