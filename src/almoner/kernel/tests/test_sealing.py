"""Seals: what they hold, where they open, and which key they ask for."""

import pytest

from almoner.kernel.sealing import Key, KeyMissing, Ring, SealBroken, is_sealed, key_id_of

OLD, NEW = Key.of(b"o" * 32), Key.of(b"n" * 32)
RING = Ring((NEW, OLD))
HERE = "plans_plan.saved_method of row 7"


@pytest.mark.parametrize("text", ["cus_1 pm_1", "", "é½ 日本", "00ff", "00FF", "a" * 255, "0" * 40])
def test_what_is_sealed_opens_where_it_was_sealed(text: str) -> None:
    sealed = RING.seal(text, HERE)
    assert is_sealed(sealed) and key_id_of(sealed) == NEW.id
    assert len(text) < 3 or text not in sealed
    assert RING.open(sealed, HERE) == text
    assert RING.seal(text, HERE) != sealed, "no two seals are alike"


def test_a_seed_of_twenty_bytes_fits_into_its_column() -> None:
    assert len(RING.seal("0123456789abcdef" * 2 + "01234567", HERE)) == 80


def test_elsewhere_it_does_not_open() -> None:
    sealed = RING.seal("cus_1 pm_1", HERE)
    with pytest.raises(
        SealBroken, match=r"of row 8 was altered, or sealed for another row.*Nothing was changed"
    ):
        RING.open(sealed, "plans_plan.saved_method of row 8")


@pytest.mark.parametrize("at", [15, 30, -1])
def test_altered_it_does_not_open(at: int) -> None:
    sealed = RING.seal("cus_1 pm_1", HERE)
    other = "A" if sealed[at] != "A" else "Q"
    broken = sealed[:at] + other + (sealed[at + 1 :] if at != -1 else "")
    with pytest.raises(SealBroken):
        RING.open(broken, HERE)


@pytest.mark.parametrize("rest", ["", "x", "é", "AAAA"])
def test_cut_short_it_does_not_open(rest: str) -> None:
    with pytest.raises(SealBroken):
        RING.open(RING.newest + rest, HERE)


def test_older_keys_open_and_the_first_seals() -> None:
    assert RING.open(Ring((OLD,)).seal("kept", HERE), HERE) == "kept"
    assert key_id_of(RING.seal("kept", HERE)) == NEW.id


def test_a_missing_key_is_named_with_what_to_do() -> None:
    with pytest.raises(
        KeyMissing, match=rf"sealed under key {OLD.id}, which is not here.*ALMONER_FIELD_KEYS"
    ):
        Ring((NEW,)).open(Ring((OLD,)).seal("kept", HERE), HERE)


def test_a_mark_is_the_same_for_the_same_and_of_its_key() -> None:
    assert RING.mark("pm_1") == RING.mark("pm_1") != RING.mark("pm_2")
    assert RING.marks("pm_1") == [NEW.mark("pm_1"), OLD.mark("pm_1")]
    assert len(RING.mark("pm_1")) == 30 and "pm_1" not in RING.mark("pm_1")


def test_no_key_shows_itself() -> None:
    assert "nnnn" not in repr(RING)
