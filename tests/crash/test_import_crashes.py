"""An import killed by SIGKILL in its file's middle: what stands is whole, and the same file again brings the rest."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.plans.models import Plan
from tests.crash.drill import KILLED, armed, at_site, prove_all
from tests.support.server import Site

pytestmark = pytest.mark.crash
ROWS = 3


def files(folder: Path) -> list[str]:
    person = {"given_name": "Mira", "family_name": "Tan", "email": "mira@example.org", "currency": "AUD"}
    gift = {"amount": "40.00", "given_on": "2024-02-29", **person}
    plan = {
        "amount": "25.50", "every": "monthly", "next_on": "2031-01-31", "gateway": "sandbox",
        "method": "sandbox_card", "saved_method": "cus_7 pm_7", **person,
    }  # fmt: skip
    paths = []
    for name, row in (("gifts.csv", gift), ("plans.csv", plan)):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, ["number", *row])
            writer.writeheader()
            writer.writerows({"number": str(number), **row} for number in range(ROWS))
        paths.append(str(folder / name))
    return paths


@pytest.mark.parametrize("label", ["import.before-commit", "import.after-commit"])
def test_a_killed_import_is_whole_and_goes_on(
    new_server: Callable[..., Site], tmp_path: Path, label: str
) -> None:
    charity = demo.seed()
    site = new_server(started=False)
    command = ("import", "csv", *files(tmp_path), "--charity", charity.slug)
    dies = site.start(*command, **armed(label))
    assert dies.wait(timeout_seconds=120) == KILLED, dies.output
    with at_site(site):
        assert Gift.objects.count() == (label == "import.after-commit")
    again = site.start(*command)
    assert again.wait(timeout_seconds=120) == 0, again.output
    with at_site(site):
        assert (Gift.objects.count(), Plan.objects.count()) == (ROWS, ROWS)
    prove_all(site)
