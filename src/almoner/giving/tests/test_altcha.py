"""Proof of work by ALTCHA's protocol: one attempt, one form, one hour; and nothing that can be made up."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from almoner.giving import altcha, limits
from almoner.giving.tests.working import solution
from almoner.kernel.clock import now

MOST = 2_000


def asked(bound_to: str = "one", **more: Any) -> dict[str, Any]:
    return json.loads(altcha.challenge(bound_to, **({"most": MOST, "at": now()} | more)).to_json())  # type: ignore[no-any-return]


def solved(posted: str, bound_to: str = "one", **more: Any) -> bool:
    return altcha.solved(posted, bound_to, **({"most": MOST, "at": now()} | more))


def test_the_protocols_own_names_and_hashes(settings: Any) -> None:
    """A challenge as the library altcha 2.3.0 made and verified it, with the key that this secret gives."""
    settings.SECRET_KEY = "a secret of this test alone"
    posted = {
        "algorithm": "SHA-256",
        "challenge": "b28abb5468e944d2330a2abd2920b80759d7b91534b45564ae59fa80398c75d6",
        "number": 1234,
        "salt": "00112233445566778899aabb?expires=4102444800&most=2000&for=one&",
        "signature": "813dcdf7f701eeed584555de5b5bcb207738271a18614429ab8ebe073fb3761d",
    }
    assert solved(base64.b64encode(json.dumps(posted).encode()).decode())


def test_who_did_the_work_passes_and_each_challenge_is_another() -> None:
    first, second = asked(), asked()
    assert first["salt"] != second["salt"] and first["maxnumber"] == MOST
    assert solved(solution(first)) and solved(solution(second))


def test_it_is_for_one_attempt_of_one_draft_of_one_form() -> None:
    gift_id = uuid.uuid4()
    mine = limits.bound_to(1, gift_id, 1)
    answer = solution(asked(mine))
    assert solved(answer, mine)
    for other in (
        limits.bound_to(2, gift_id, 1),
        limits.bound_to(1, gift_id, 2),
        limits.bound_to(1, uuid.uuid4(), 1),
    ):
        assert not solved(answer, other)


def test_it_holds_for_an_hour() -> None:
    at = now()
    answer = solution(asked(at=at))
    assert solved(answer, at=at + timedelta(minutes=59))
    assert not solved(answer, at=at + timedelta(minutes=61))


def test_work_from_before_an_attack_is_too_little_in_it() -> None:
    answer = solution(asked())
    assert solved(answer) and not solved(answer, most=MOST * 10)


def _changed(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda answer: answer | more


@pytest.mark.parametrize(
    "change",
    [
        _changed(number=-1),
        _changed(number=True),
        _changed(number="7"),
        _changed(number=1.0),
        _changed(number=10**400),
        _changed(salt="x?expires=9999999999&most=2000&for=one&"),
        _changed(salt=None),
        _changed(salt="\ud800"),
        _changed(signature="0" * 64),
        _changed(signature="é"),
        _changed(signature=None),
        _changed(algorithm="SHA-1"),
        # The challenge itself is worked out anew; what is signed is its hash.
        lambda answer: answer | {"salt": answer["salt"].replace("expires=", "expires=9")},
        lambda answer: answer | {"salt": answer["salt"] + "1", "number": answer["number"]},
    ],
)
def test_nothing_else_passes(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    answer = json.loads(base64.b64decode(solution(asked())))
    assert not solved(base64.b64encode(json.dumps(change(answer)).encode()).decode())


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "x",
        "é",
        "e30=",
        "W10=",
        "bnVsbA==",
        "W" * 2_000,
        base64.b64encode(b"[" * 700).decode(),
        "e30= ",
        "e3\n0=",
    ],
)
def test_what_is_no_answer_at_all(posted: str) -> None:
    assert not solved(posted)
