"""An import killed by SIGKILL in its file's middle: what stands is whole, and the same file again brings the rest."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.plans.models import Period, Plan
from tests.crash.drill import KILLED, armed, at_site, prove_all
from tests.support.server import Site

pytestmark = pytest.mark.crash
ROWS = 3


def files(folder: Path) -> list[str]:
    person = {"given_name": "Mira", "family_name": "Tan", "email": "mira@example.org", "currency": "AUD"}
    gift = {"amount": "40.00", "plan_number": "0", **person}
    plan = {
        "amount": "25.50", "every": "monthly", "next_on": "2031-01-31", "gateway": "sandbox",
        "method": "sandbox_card", "saved_method": "cus_7 pm_7", **person,
    }  # fmt: skip
    paths = []
    for name, row in (("plans.csv", plan), ("gifts.csv", gift)):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, ["number", "given_on", *row])
            writer.writeheader()
            writer.writerows({"number": str(n), "given_on": f"2024-02-2{n}", **row} for n in range(ROWS))
        paths.append(str(folder / name))
    return paths


def bring(site: Site, path: str, *, dies_at: str = "") -> None:
    command = ("import", "csv", path, "--charity", "tidelight")
    process = site.start(*command, **(armed(dies_at) if dies_at else {}))
    assert process.wait(timeout_seconds=120) == (KILLED if dies_at else 0), process.output


def linked() -> int:
    return Gift.objects.filter(plan__isnull=False).count()


@pytest.mark.parametrize("label", ["import.before-commit", "import.after-commit"])
def test_a_killed_import_is_whole_and_goes_on(
    new_server: Callable[..., Site], tmp_path: Path, label: str
) -> None:
    """The gifts first: with its plan come the gifts that waited for it, or neither."""
    demo.seed()
    site, (plans, gifts) = new_server(started=False), files(tmp_path)
    committed = label == "import.after-commit"
    bring(site, gifts, dies_at=label)
    with at_site(site):
        assert Gift.objects.count() == committed
    bring(site, gifts)
    bring(site, plans, dies_at=label)
    with at_site(site):
        assert (Plan.objects.count(), linked()) == ((1, ROWS) if committed else (0, 0))
    prove_all(site)
    bring(site, plans)
    _all_stands(site)


@pytest.mark.parametrize("label", ["link.before-commit", "link.after-commit"])
def test_a_killed_link_is_whole_and_goes_on(
    new_server: Callable[..., Site], tmp_path: Path, label: str
) -> None:
    demo.seed()
    site, (plans, gifts) = new_server(started=False), files(tmp_path)
    bring(site, plans)
    bring(site, gifts, dies_at=label)
    with at_site(site):
        assert (Gift.objects.count(), linked()) == (ROWS, ROWS if label == "link.after-commit" else 0)
    prove_all(site)
    bring(site, gifts)
    _all_stands(site)


def _all_stands(site: Site) -> None:
    with at_site(site):
        assert (Gift.objects.count(), Plan.objects.count()) == (ROWS, ROWS)
        plan = Plan.objects.get(given_count=ROWS)
        assert Gift.objects.filter(plan=plan).count() == Period.objects.count() == ROWS
    prove_all(site)
