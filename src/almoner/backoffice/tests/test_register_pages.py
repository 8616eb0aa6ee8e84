"""What is counted, made and changed on staff's pages: the same rules and the same log as by the API."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, ContentStamp
from almoner.impact.models import Dimension, Indicator, Observation, Programme, Source
from almoner.impact.register import Figure, decide, enter
from almoner.impact.tests.making import make_figure


@pytest.fixture
def client(world: World) -> Client:
    return world.client("editor")


@pytest.fixture
def indicator(world: World) -> Indicator:
    """Broken down by sex, and the girls have a figure; by home, and nobody has."""
    made = make_figure(world.tide.charity)
    for name, categories in (("sex", ["girls", "boys"]), ("home", ["own", "foster"])):
        Dimension.objects.create(indicator=made.indicator, name=name, categories=categories)
    cell = Figure(
        indicator=made.indicator, first=made.first, last=made.last, as_of=made.as_of, value=Decimal(700),
        source=made.source, dimension="sex", category="girls",
    )  # fmt: skip
    enter(cell, actor=world.users["editor"])
    return made.indicator


def of_indicator(indicator: Indicator, **more: str) -> dict[str, str]:
    """Its page as it stands, with its two breakdowns."""
    sent = {
        "title": indicator.title, "rule": indicator.rule, "nouns": indicator.nouns, "every_months": "1",
        "ordinal": "0", "at_risk": "on", "more_is_better": "on",
    }  # fmt: skip
    for name, there in (("dimensions", 2), ("targets", 0), ("translations", 0)):
        sent |= {f"{name}-TOTAL_FORMS": str(there), f"{name}-INITIAL_FORMS": str(there)}
    for at, each in enumerate(indicator.dimensions.order_by("ordinal", "pk")):
        row = {"id": str(each.pk), "name": each.name, "groups": ", ".join(each.categories), "adds_up": "on"}
        sent |= {f"dimensions-{at}-{name}": value for name, value in row.items()}
    return sent | more


def stamp(world: World) -> int:
    return sum(ContentStamp.objects.filter(charity=world.tide.charity).values_list("version", flat=True))


def test_what_is_made_and_changed_is_logged_and_shown(client: Client, world: World) -> None:
    before = stamp(world)
    sent: dict[str, Any] = {
        "charity": world.tide.charity.pk, "slug": "wells", "title": "Wells", "starts_on": "2026-01-01", "public": "on",
    }  # fmt: skip
    assert client.post(reverse("backoffice:new_programme"), sent).status_code == 302
    made = Programme.objects.get(slug="wells")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id, entry.actor_name) == ("make programme", str(made.pk), "editor")
    assert sorted(entry.detail["changed"]) == ["slug", "starts_on", "title"]
    assert stamp(world) == before + 1


def test_what_was_sent_back_is_entered_anew(world: World, indicator: Indicator) -> None:
    """By its address, too, and when it is sent back while somebody corrects it: what was typed is still there."""
    wrong, field = Observation.objects.get(), world.client("field worker")
    address = reverse("backoffice:correct_figure", args=[wrong.pk])
    listed = reverse("backoffice:indicator", args=[indicator.pk])
    assert "Enter the correction" in field.get(address).content.decode()
    assert address in field.get(listed).content.decode()
    decide(wrong, accepted=False, role="Lead", note="It says 691.", actor=world.users["superuser"])
    before = (Observation.objects.count(), Source.objects.count(), AuditEntry.objects.count())
    sent = {
        "value": "691", "bound": "exact", "first": wrong.first, "last": wrong.last, "as_of": wrong.as_of,
        "reason": "Nine were counted twice.", "source_title": "A recount", "source_dated": "2022-10-01",
        "source_kept_at": "Office, folder 12", "source_access": "internal",
    }  # fmt: skip
    answer = field.post(address, sent)
    page = answer.content.decode()
    assert (
        answer.status_code == 200
        and "It was sent back and never stood, so there is nothing to correct" in page
    )
    for kept in (
        'value="691"',
        "Nine were counted twice.",
        'value="A recount"',
        "Office, folder 12",
        "It says 691.",
    ):
        assert kept in page, kept
    assert (Observation.objects.count(), Source.objects.count(), AuditEntry.objects.count()) == before
    anew = f"{reverse('backoffice:figures_of_month', args=[indicator.result.programme_id])}?month={wrong.last:%Y-%m}"
    for shown in (page, field.get(address).content.decode()):
        assert f'href="{anew}"' in shown and "Enter the correction" not in shown
    assert address not in field.get(listed).content.decode()
    assert f"cell_{indicator.dimensions.get(name='sex').pk}_0" in field.get(anew).content.decode()


def test_a_breakdown_without_figures_may_go(client: Client, world: World, indicator: Indicator) -> None:
    before = stamp(world)
    address = reverse("backoffice:edit_indicator", args=[indicator.pk])
    assert client.post(address, of_indicator(indicator, **{"dimensions-1-DELETE": "on"})).status_code == 302
    assert [each.name for each in indicator.dimensions.all()] == ["sex"]
    assert AuditEntry.objects.latest("pk").action == "change indicator"
    assert stamp(world) == before + 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"dimensions-0-DELETE": "on"}, "The breakdown by sex has figures: it has to stay."),
        ({"dimensions-0-groups": "boys, men"}, "There are figures of the group girls: it has to stay."),
        ({"dimensions-0-groups": "girls"}, "Name 2 to 40 groups, of at most 60 characters each."),
        ({"dimensions-0-name": "gender"}, "It has figures: its name has to stay."),
    ],
)
def test_what_has_figures_stays(
    client: Client, world: World, indicator: Indicator, sent: dict[str, str], says: str
) -> None:
    before = (stamp(world), AuditEntry.objects.count())
    found = client.post(
        reverse("backoffice:edit_indicator", args=[indicator.pk]),
        of_indicator(indicator, title="Freed", **sent),
    )
    assert found.status_code == 200 and says in found.content.decode()
    indicator.refresh_from_db()
    assert indicator.title != "Freed"
    assert {each.name: each.categories for each in indicator.dimensions.all()} == {
        "sex": ["girls", "boys"], "home": ["own", "foster"],
    }  # fmt: skip
    assert (stamp(world), AuditEntry.objects.count()) == before


def test_what_it_measures_stays_once_it_has_figures(client: Client, indicator: Indicator) -> None:
    address = reverse("backoffice:edit_indicator", args=[indicator.pk])
    assert "It has figures already: make another indicator instead." in client.get(address).content.decode()
    client.post(address, of_indicator(indicator, measure="percent"))
    indicator.refresh_from_db()
    assert indicator.measure == Indicator.Measure.COUNT
