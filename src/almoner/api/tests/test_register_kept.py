"""What the register counts, made and changed by another system: by the rules of staff's pages, with their log."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from almoner.api.models import ApiCall
from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api
from almoner.api.tests.test_register import SENT
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, ContentStamp
from almoner.impact.models import Dimension, Indicator, Partner, Partnership, Programme, Result, Target
from almoner.impact.register import Figure, enter
from almoner.impact.tests.making import make_figure

Make = Callable[..., Api]
WELLS: dict[str, Any] = {
    "slug": "wells", "title": "Wells", "starts_on": "2026-01-01", "country": "KE", "sector": "14030",
    "partners": [{"name": "Water Board", "kind": "11", "role": "4"}, {"name": "Water Board", "role": "1"}],
}  # fmt: skip
DUG: dict[str, Any] = {
    "slug": "dug", "title": "Wells dug", "rule": "Each well once, when water runs.", "cumulative": False,
    "at_risk": False, "breakdowns": [{"name": "depth", "categories": ["shallow", "deep"]}],
    "targets": [{"first": "2026-01-01", "last": "2026-12-31", "value": "40"}],
}  # fmt: skip
TABLES = (Programme, Partner, Partnership, Result, Indicator, Dimension, Target, AuditEntry)


@pytest.fixture
def client(api: Make) -> Api:
    return api(Scope.IMPACT_MANAGE)


@pytest.fixture
def figure(world: World) -> Figure:
    """Its indicator is broken down by sex, and the girls have a figure."""
    made = make_figure(world.tide.charity)
    Dimension.objects.create(indicator=made.indicator, name="sex", categories=["girls", "boys"])
    cell = Figure(
        indicator=made.indicator, first=made.first, last=made.last, as_of=made.as_of, value=Decimal(700),
        source=made.source, dimension="sex", category="girls",
    )  # fmt: skip
    enter(cell, actor=world.users["editor"])
    return made


def rows() -> tuple[int, ...]:
    return tuple(each.objects.count() for each in TABLES)


def test_a_programme_is_made_whole_and_once(client: Api, world: World) -> None:
    before = rows()
    first = client.post("/programmes", WELLS, key="wells")
    again = [client.post("/programmes", WELLS, key=key) for key in ("wells", "another")]
    assert [first.status_code, *(each.status_code for each in again)] == [201, 201, 201]
    assert first.json() == again[0].json() == again[1].json()
    # One programme, one partner in two roles, one entry of the log.
    assert [now - then for now, then in zip(rows(), before, strict=True)] == [1, 1, 2, 0, 0, 0, 0, 1]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor_name) == ("make programme", "root by token CRM")
    assert sorted(entry.detail["changed"]) == [
        "country", "partners", "sector", "slug", "starts_on", "title",
    ]  # fmt: skip
    told = first.json()
    assert (told["country"], told["public"], len(told["partners"]), told["results"]) == ("KE", True, 2, [])
    # The call died before its answer was kept.
    ApiCall.objects.filter(key="wells").delete()
    assert client.post("/programmes", WELLS, key="wells").json() == told
    other = client.post("/programmes", WELLS | {"title": "Springs"})
    assert (other.status_code, other.json()["code"]) == (422, "register")
    assert other.json()["detail"] == "slug: There is another of this name: change that one."
    assert Programme.objects.get(slug="wells").title == "Wells"


def test_results_and_indicators_with_their_rules_breakdowns_and_targets(client: Api, world: World) -> None:
    client.post("/programmes", WELLS)
    path = "/programmes/wells/results"
    made = [client.post(path, {"kind": "1", "title": "Water"}).json() for _ in range(2)]
    assert made[0] == made[1] and len(made[0]["results"]) == 1
    result = made[0]["results"][0]["id"]
    before = rows()
    answers = [client.post(f"{path}/{result}/indicators", DUG) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert [now - then for now, then in zip(rows(), before, strict=True)] == [0, 0, 0, 0, 1, 1, 1, 1]
    [shown] = answers[0].json()["results"][0]["indicators"]
    assert (shown["rule"], shown["cumulative"], shown["at_risk"], shown["every_months"]) == (
        DUG["rule"],
        False,
        False,
        1,
    )
    assert shown["dimensions"] == [{"name": "depth", "categories": ["shallow", "deep"], "adds_up": True}]
    assert shown["targets"] == DUG["targets"]
    # A list that is sent is whole, and what isn't sent stays.
    changed = client.post(
        "/programmes/wells/indicators/dug",
        {"targets": [{"first": "2027-01-01", "last": "2027-12-31", "value": "60"}], "baseline_value": "3"},
    )
    [shown] = changed.json()["results"][0]["indicators"]
    assert (changed.status_code, shown["rule"], shown["baseline_value"], len(shown["dimensions"])) == (
        200, DUG["rule"], "3", 1,
    )  # fmt: skip
    assert [each["value"] for each in shown["targets"]] == ["60"]
    assert sorted(AuditEntry.objects.latest("pk").detail["changed"]) == ["baseline_value", "targets"]
    renamed = client.post(f"{path}/{result}", {"title": "Clean water"})
    assert (renamed.status_code, renamed.json()["results"][0]["title"]) == (200, "Clean water")


def test_pages_say_it_from_now_on(client: Api, world: World, figure: Figure) -> None:
    def stamp() -> int:
        return sum(ContentStamp.objects.filter(charity=world.tide.charity).values_list("version", flat=True))

    before = stamp()
    assert (
        client.post("/programmes/rescue", {"title": "Rescue and care"}).json()["title"] == "Rescue and care"
    )
    assert stamp() == before + 1
    # It is so already: neither written nor logged.
    counted = rows()
    assert client.post("/programmes/rescue", {"title": "Rescue and care"}).status_code == 200
    assert (stamp(), rows()) == (before + 1, counted)


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("/programmes/rescue", {"ends_on": "2000-01-01"}, "ends_on: It ends before it starts."),
        ("/programmes/rescue", {"funds": ["none"]}, "funds: The charity has no fund none."),
        ("/programmes/rescue", {"partners": [{"name": "Police", "role": "4"}]}, "partners: Say what kind"),
        ("/programmes/rescue/indicators/rescued", {"measure": "percent"}, "measure: It has figures already"),
        (
            "/programmes/rescue/indicators/rescued",
            {"cumulative": False},
            "cumulative: It has figures already",
        ),
        ("/programmes/rescue/indicators/rescued", {"breakdowns": []}, "by sex has figures: it has to stay"),
        (
            "/programmes/rescue/indicators/rescued",
            {"title": "Freed", "breakdowns": [{"name": "sex", "categories": ["boys", "men"]}]},
            "figures of the group girls: it has to stay",
        ),
        (
            "/programmes/rescue/indicators/rescued",
            {"breakdowns": [{"name": "sex", "categories": ["girls"]}]},
            "Name 2 to 40 groups",
        ),
        (
            "/programmes/rescue/indicators/rescued",
            {"targets": [{"first": "2026-12-31", "last": "2026-01-01", "value": "1"}]},
            "targets: A target’s last day is before its first.",
        ),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_changed(
    client: Api, figure: Figure, path: str, sent: dict[str, Any], says: str
) -> None:
    before, titles = rows(), [*Indicator.objects.values_list("title", flat=True)]
    refused = client.post(path, sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "register")
    assert says in refused.json()["detail"]
    assert (rows(), [*Indicator.objects.values_list("title", flat=True)]) == (before, titles)


def test_an_indicators_name_is_one_of_the_programmes(client: Api, figure: Figure) -> None:
    made = client.post("/programmes/rescue/results", {"kind": "1", "title": "Other"}).json()
    [other] = [each["id"] for each in made["results"] if each["title"] == "Other"]
    sent = {"slug": "rescued", "title": "Rescued too", "rule": "Each once."}
    refused = client.post(f"/programmes/rescue/results/{other}/indicators", sent)
    assert refused.json()["detail"] == "slug: The programme has another indicator of this name."
    assert Indicator.objects.count() == 1


@pytest.mark.parametrize("name", ["slug", "charity", "nothing"])
def test_a_name_never_changes(client: Api, figure: Figure, name: str) -> None:
    refused = client.post("/programmes/rescue", {name: "other"})
    assert (refused.status_code, refused.json()["faults"][0]["where"]) == (422, f"body.{name}")


def test_a_fund_is_the_charitys_own(client: Api, world: World, figure: Figure) -> None:
    code = world.tide.fund.code
    told = client.post("/programmes/rescue", {"funds": [code]}).json()
    assert told["funds"] == [code]
    assert [*Programme.objects.get().funds.all()] == [world.tide.fund]


# What each write asks of the database, by its path: whose token it is and the key it is sent with, the programme (once
# to look whether there is one, once more behind the lock), what is written with its log, and the whole programme that
# answers, which alone is read to its last target. Savepoints count, too.
WRITES: dict[str, tuple[dict[str, Any], int]] = {
    "": (WELLS | {"slug": "springs"}, 45),
    "/rescue": ({"title": "Rescue and care", "funds": ["general"], "partners": WELLS["partners"]}, 54),
    "/rescue/results": ({"kind": "1", "title": "Water"}, 33),
    "/rescue/results/{result}": ({"title": "Clean water"}, 34),
    "/rescue/results/{result}/indicators": (DUG, 46),
    "/rescue/indicators/rescued": ({"title": "Brought home", "targets": DUG["targets"]}, 44),
    "/rescue/observations": (SENT, 28),
}


@pytest.mark.parametrize("path", WRITES)
def test_no_write_reads_more_than_it_answers(
    client: Api, api: Make, figure: Figure, django_assert_num_queries: Any, path: str
) -> None:
    sent, queries = WRITES[path]
    caller = api(Scope.IMPACT_WRITE) if path.endswith("observations") else client
    place = path.format(result=figure.indicator.result_id)
    with django_assert_num_queries(queries):
        answer = caller.post(f"/programmes{place}", sent)
    assert answer.status_code in (200, 201), answer.content
