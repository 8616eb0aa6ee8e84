"""Real addresses find themselves: the whole lines of a national file, and the ends of its ranges."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import real_addresses
from tests.support.real_addresses import Checked

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        not (real_addresses.folder() / "addressr-sample.json").is_file(),
        reason="the shared address data isn't here: its licences don't let it into the repository",
    ),
]


def test_a_line_is_read_as_a_source_would_give_it() -> None:
    row = real_addresses.row_of("CARLYLE GARDENS, 60A-62 MILTON ST NORTH, ASHFIELD NSW 2131")
    assert row.street == "Milton Street North"
    assert (row.number, row.suffix, row.end, row.building) == (60, "A", 62, "Carlyle Gardens")
    assert row[1:4] == ("Ashfield", "NSW", "2131")


def test_all_of_the_sample_find_themselves_first(tmp_path: Path) -> None:
    checked = real_addresses.check_sample(tmp_path / "au.index")
    assert (checked.tried, checked.failed) == (150, [])


@pytest.mark.parametrize("check", [real_addresses.check_probes, real_addresses.check_exact])
def test_the_ends_of_ranges_are_found_first(check: Callable[[Path], Checked], tmp_path: Path) -> None:
    checked = check(tmp_path / "au.index")
    assert checked.tried >= 5_991
    assert checked.share >= 0.995, checked.failed[:20]
