import pytest

from almoner.config import prove
from almoner.kernel.proof import Check


@pytest.mark.django_db
def test_every_room_is_asked_and_a_new_installation_holds() -> None:
    lines: list[str] = []
    assert prove.report(lines.append) == 0
    asked = len(prove.checks())
    assert lines[-1] == f"\nchecked {asked}, held {asked}, broken 0"
    names = [check.name for check in prove.checks()]
    assert len(names) == len(set(names))


def test_a_broken_check_names_its_rows_and_is_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        prove,
        "checks",
        lambda: [
            Check("sound", "It holds.", lambda: iter(())),
            Check("sums", "They agree.", lambda: iter(f"gift {number}" for number in range(30))),
        ],
    )
    lines: list[str] = []
    assert prove.report(lines.append) == 1
    assert lines[0].startswith("holds ") and lines[1].startswith("broken")
    # Twenty are named, and that there are more is said.
    assert sum("gift" in line for line in lines) == 20
    assert lines[-2].strip() == "and more"
    assert lines[-1] == "\nchecked 2, held 1, broken 1"
