"""Corrections, decisions, sources and claims by another system: the register's rules hold for it, too."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from almoner.api.models import ApiCall
from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.impact import claims, standing
from almoner.impact.models import Observation, Source, Verification
from almoner.impact.register import Figure, decide, enter
from almoner.impact.tests.making import make_claim, make_figure, make_source
from almoner.kernel.clock import now

Make = Callable[..., Api]
RIGHT: dict[str, Any] = {
    "first": "2011-01-01", "last": "2022-09-15", "as_of": "2022-09-15", "value": "991", "reason": "Nine came twice.",
    "source": {"title": "Recount", "dated": "2022-10-01", "url": "https://example.org/recount"},
}  # fmt: skip
BASE = "/programmes/rescue"


@pytest.fixture
def figure(world: World) -> Figure:
    return make_figure(world.tide.charity)


@pytest.fixture
def wrong(world: World, figure: Figure) -> Observation:
    """A field worker entered it, an editor verified it."""
    made = enter(figure, actor=world.users["field worker"])
    decide(made, accepted=True, role="Lead", actor=world.users["editor"])
    return made


def rows() -> tuple[int, int, int, int]:
    return tuple(each.objects.count() for each in (Observation, Source, Verification, AuditEntry))  # type: ignore[return-value]


def stands() -> list[int]:
    return [int(each.value) for each in standing.standing()]


def test_a_correction_is_entered_once_and_waits(api: Make, world: World, wrong: Observation) -> None:
    client, path = api(Scope.IMPACT_WRITE), f"{BASE}/observations/{wrong.pk}/corrections"
    before = rows()
    first = client.post(path, RIGHT, key="recount")
    again = client.post(path, RIGHT, key="recount")
    assert (first.status_code, first.json()) == (201, again.json())
    told = first.json()
    assert (told["supersedes"], told["value"], told["reason"], told["state"]) == (
        str(wrong.pk), "991", "Nine came twice.", "waiting",
    )  # fmt: skip
    assert (rows(), stands()) == ((before[0] + 1, before[1] + 1, before[2], before[3] + 1), [1000])
    # The call died before its answer was kept, after its rows were: done again, it finds its own.
    dead = ApiCall.objects.filter(key="recount")
    assert dead.update(status=None, answer=None, begun_at=now() - timedelta(minutes=3)) == 1
    assert client.post(path, RIGHT, key="recount").json() == told
    assert rows()[:3] == (before[0] + 1, before[1] + 1, before[2])
    # Another call is another correction, of a number that has one.
    refused = client.post(path, RIGHT | {"value": "992"})
    assert (refused.status_code, refused.json()["code"]) == (422, "figure")
    assert "corrected already" in refused.json()["detail"]
    decide(Observation.objects.get(pk=told["id"]), accepted=True, role="Lead", actor=world.users["editor"])
    assert stands() == [991]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"value": "12.5"}, "whole ones"),
        ({"as_of": "2999-01-01", "last": "2999-01-01"}, "nor to come"),
        ({"source": {"title": "Recount", "dated": "2022-10-01"}}, "its address, its file, or"),
        ({"source": {"id": 2**62}}, "no source of this id"),
        ({"place": "Santa Cruz"}, "send place_confirmed with a new key"),
    ],
)
def test_a_correction_that_cannot_stand_changes_nothing(
    api: Make, wrong: Observation, changes: dict[str, Any], says: str
) -> None:
    before = rows()
    refused = api().post(f"{BASE}/observations/{wrong.pk}/corrections", RIGHT | changes)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure")
    assert says in refused.json()["detail"]
    # The token was written down.
    assert rows() == (*before[:3], before[3] + 1)


def test_what_was_sent_back_is_entered_anew_and_not_corrected(
    api: Make, world: World, figure: Figure
) -> None:
    back = enter(figure, actor=world.users["field worker"])
    decide(back, accepted=False, role="Lead", note="It says 991.", actor=world.users["editor"])
    client, before = api(Scope.IMPACT_WRITE), rows()
    refused = client.post(f"{BASE}/observations/{back.pk}/corrections", RIGHT)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure")
    assert refused.json()["detail"] == (
        "value: It was sent back and never stood, so there is nothing to correct: enter it anew."
    )
    assert rows() == before
    anew = {name: RIGHT[name] for name in ("first", "last", "as_of", "value", "source")}
    made = client.post(f"{BASE}/observations", anew | {"indicator": "rescued"})
    assert (made.status_code, made.json()["state"], made.json()["supersedes"]) == (201, "waiting", None)


def test_a_place_of_a_correction_is_confirmed(api: Make, wrong: Observation) -> None:
    sent = RIGHT | {"place": "Santa Cruz", "place_confirmed": True}
    made = api().post(f"{BASE}/observations/{wrong.pk}/corrections", sent)
    assert (made.status_code, made.json()["place"]) == (201, "Santa Cruz")


def test_a_blank_reason_is_none(api: Make, wrong: Observation) -> None:
    refused = api().post(f"{BASE}/observations/{wrong.pk}/corrections", RIGHT | {"reason": "  "})
    assert (refused.status_code, refused.json()["faults"][0]["where"]) == (422, "body.reason")
    assert Observation.objects.count() == 1


def test_several_are_verified_together_and_once(api: Make, world: World, figure: Figure) -> None:
    first = enter(figure, actor=world.users["field worker"])
    client = api(Scope.IMPACT_VERIFY)
    sent = {"observations": [str(first.pk)], "accepted": True, "role": "Lead"}
    decided = client.post(f"{BASE}/decisions", sent, key="october")
    assert (decided.status_code, decided.json()["items"][0]["state"]) == (200, "verified")
    assert decided.json() == client.post(f"{BASE}/decisions", sent, key="october").json()
    # Said again by another call, it changes nothing.
    before = rows()
    assert client.post(f"{BASE}/decisions", sent).json() == decided.json()
    assert (rows(), stands()) == (before, [1000])
    row = Verification.objects.get()
    assert (row.by_id, row.by_name, row.role) == (world.users["superuser"].pk, "root by token CRM", "Lead")
    changed = client.post(f"{BASE}/decisions", sent | {"accepted": False, "note": "It says 900."})
    assert (changed.status_code, changed.json()["code"]) == (422, "decision")
    assert changed.json()["detail"] == "It was decided on already. Nothing was decided."


def test_whoever_made_the_token_never_verifies_their_own(api: Make, world: World, figure: Figure) -> None:
    """Entered by one token of theirs, on a page, or by hand: neither another token nor they are the second person."""
    root = world.users["superuser"]
    sent = {
        "indicator": "rescued", "first": "2011-01-01", "last": "2022-12-31", "as_of": "2022-12-31", "value": "1100",
        "source": {"id": figure.source.pk},
    }  # fmt: skip
    by_token = api(Scope.IMPACT_WRITE).post(f"{BASE}/observations", sent).json()["id"]
    by_hand = str(enter(figure, actor=root).pk)
    others = str(enter(_later(figure), actor=world.users["field worker"]).pk)
    verifier = api(Scope.IMPACT_VERIFY)
    for own in ([by_token], [by_hand], [others, by_token]):
        told = {"observations": own, "accepted": True, "role": "Lead"}
        refused = verifier.post(f"{BASE}/decisions", told)
        assert (refused.status_code, refused.json()["code"]) == (422, "decision")
        assert "Somebody else has to look at it" in refused.json()["detail"]
        assert not Verification.objects.exists()


def _later(figure: Figure) -> Figure:
    day = date(2023, 3, 31)
    return Figure(
        indicator=figure.indicator, first=figure.first, last=day, as_of=day, value=figure.value, source=figure.source
    )  # fmt: skip


def test_to_send_back_takes_a_note_and_only_the_programmes_own(
    api: Make, world: World, figure: Figure
) -> None:
    made = enter(figure, actor=world.users["field worker"])
    client, sent = api(Scope.IMPACT_VERIFY), {"observations": [str(made.pk)], "role": "Lead"}
    for told, says in (
        (sent | {"accepted": False}, "note: Say what is wrong"),
        (
            sent | {"accepted": True, "observations": [str(made.pk), str(uuid.UUID(int=9))]},
            "has none of these",
        ),
    ):
        refused = client.post(f"{BASE}/decisions", told)
        assert (refused.status_code, refused.json()["code"]) == (422, "decision")
        assert says in refused.json()["detail"]
    assert client.post(f"{BASE}/decisions", sent | {"accepted": True, "role": " "}).status_code == 422
    assert not Verification.objects.exists()
    back = client.post(f"{BASE}/decisions", sent | {"accepted": False, "note": "It says 900."})
    assert (back.json()["items"][0]["state"], stands()) == ("sent_back", [])


def test_a_source_is_kept_once_and_named_by_figures(api: Make, world: World, figure: Figure) -> None:
    client = api(Scope.IMPACT_READ, Scope.IMPACT_WRITE)
    sent = {"title": "October", "dated": "2022-11-01", "kept_at": "Office in Manila", "access": "on_request"}
    made = [client.post("/sources", sent, key=key) for key in ("a", "a", "b")]
    assert [each.status_code for each in made] == [201, 201, 201]
    source = made[0].json()
    assert all(each.json() == source for each in made)
    assert (source["kept_at"], source["access"], Source.objects.count()) == (
        "Office in Manila",
        "on_request",
        2,
    )
    make_source(world.river.charity)
    assert client.get(f"/sources/{source['id']}").json() == source
    first = client.get("/sources", limit=1).json()
    assert (first["items"], bool(first["next"])) == ([source], True)
    [last] = client.get("/sources", limit=1, cursor=first["next"]).json()["items"]
    assert last["title"] == "Annual report"
    for path in (
        "/sources/x",
        "/sources/-1",
        f"/sources/{2**70}",
        f"/sources/{Source.objects.latest('pk').pk}",
    ):
        assert client.get(path).status_code == 404, path
    refused = client.post("/sources", {"title": "Nowhere", "dated": "2022-11-01"})
    assert (refused.status_code, refused.json()["code"]) == (422, "source")
    assert refused.json()["detail"].startswith("source: Say where the source can be looked at")
    assert Source.objects.count() == 3


def test_another_charitys_source_is_none(api: Make, world: World, wrong: Observation) -> None:
    rivers = make_source(world.river.charity)
    refused = api().post(f"{BASE}/observations/{wrong.pk}/corrections", RIGHT | {"source": {"id": rivers.pk}})
    assert "no source of this id" in refused.json()["detail"]


def test_claims_are_read(api: Make, world: World, wrong: Observation) -> None:
    holds = make_claim(wrong.indicator, number="over 1,000")
    broken = make_claim(wrong.indicator, number="900", wording="We rescued 900 children.")
    gone = make_claim(wrong.indicator)
    claims.finish(gone, actor=world.users["editor"])
    client = api(Scope.IMPACT_READ)
    listed = client.get("/claims").json()["items"]
    assert [(each["id"], each["state"]) for each in listed] == [
        (broken.pk, "contradicted"), (holds.pk, "holds"),
    ]  # fmt: skip
    assert (listed[0]["programme"], listed[0]["indicator"], listed[0]["observation"]) == (
        "rescue", "rescued", str(wrong.pk),
    )  # fmt: skip
    assert [each["id"] for each in client.get("/claims", state="contradicted").json()["items"]] == [broken.pk]
    assert len(client.get("/claims", ended="true").json()["items"]) == 3
    assert client.get(f"/claims/{holds.pk}").json() == listed[1]
    assert client.get(f"/claims/{2**70}").status_code == 404
    assert api(Scope.IMPACT_READ, of="river").get(f"/claims/{holds.pk}").status_code == 404
