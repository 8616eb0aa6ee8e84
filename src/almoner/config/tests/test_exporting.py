"""What leaves is whole, private, safe in a spreadsheet, and comes back as it was."""

import csv
import hashlib
import json
import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from almoner.charities.models import Charity, Fund
from almoner.config import cli, exporting, prove
from almoner.config.commands import export, importing
from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp
from almoner.donors.paying import Way
from almoner.giving import actions
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests import plans
from almoner.giving.tests.conftest import Donor
from almoner.payments import gateways
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.plans import changing
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR
from almoner.plans.transitions import PlanState


def almoner(arguments: list[str]) -> int:
    """The command, in this test's own settings."""
    options = cli.parser().parse_args(arguments)
    code: int = {"import": importing, "export": export}[options.command].run(options)
    return code


def other_charity(charity: Charity) -> Charity:
    """Another one with the same funds, as on a new installation."""
    funds = list(Fund.objects.filter(charity=charity))
    other = Charity.objects.get(pk=charity.pk)
    other.pk, other.slug, other.is_default = None, "other", False
    other.save()
    for fund in funds:
        fund.pk, fund.charity = None, other
        fund.save()
    return other


def test_plans_and_gifts_come_back_to_the_cent(
    charity: Charity, form: DonationForm, sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = plans.begun(form), plans.begun(form)
    # Of both, and one gift was given back in part.
    plans.run_on(sandbox, first)
    changing.change_end(first.pk, by=DONOR, ends_after=5)
    _, latest = plans.gifts(first)
    staff = User.objects.create_superuser("treasurer")
    actions.refund(gift_id=latest.pk, amount_minor=700, reason="asked", actor=staff)
    folder = tmp_path / "out"
    assert almoner(["export", str(folder), "--charity", charity.slug]) == 0
    other = other_charity(charity)
    files = [str(folder / "plans.csv"), str(folder / "gifts.csv")]
    assert almoner(["import", "csv", *files, "--charity", "other", "--activate"]) == 0
    out = capsys.readouterr().out
    assert "It balances." in out and "linked to their regular gifts: 4" in out
    kept = (
        "amount_minor", "cover_minor", "currency", "every", "next_on", "method", "fund__code",
        "given_count", "given_elsewhere", "ends_after",
    )  # fmt: skip
    theirs, ours = (
        sorted(Plan.objects.filter(charity=each, state=PlanState.ACTIVE).values_list(*kept), key=str)
        for each in (charity, other)
    )
    assert theirs == ours and len(ours) == 2
    tokens = [
        {plan.saved_method for plan in Plan.objects.filter(charity=each, state=PlanState.ACTIVE)}
        for each in (charity, other)
    ]
    assert tokens[0] == tokens[1] and len(tokens[1]) == 2
    figures = (
        "total_minor", "settled_minor", "refunded_minor", "currency", "status", "contact__email", "frequency",
        "period_on", "plan__next_on", "plan__given_count",
    )  # fmt: skip
    theirs, ours = (
        sorted(Gift.objects.filter(charity=each).values_list(*figures)) for each in (charity, other)
    )
    assert theirs == ours and len(ours) == 4
    dates = Period.objects.order_by("on").values_list("on", "state", "plan__given_count")
    assert [*dates.filter(plan__charity=charity)] == [*dates.filter(plan__charity=other)]
    assert prove.report(lambda line: None) == 0


def test_files_are_private_and_the_manifest_says_what_they_hold(
    charity: Charity, form: DonationForm, tmp_path: Path
) -> None:
    plan = plans.begun(form)
    setting_up.begin(plan.pk, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
    row = MethodSetUp.objects.get()
    gateways.sandbox().decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    setting_up.look(row.pk)
    plan.refresh_from_db()
    folder = tmp_path / "out"
    manifest = exporting.write(charity, folder)
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
        if name.endswith(".jsonl"):
            assert len((folder / name).read_text().splitlines()) == entry["rows"]
    assert manifest["files"]["plans.csv"]["totals_minor"] == {plan.currency: plan.total_minor}
    assert json.loads((folder / "manifest.json").read_text()) == manifest
    (token,) = map(json.loads, (folder / "tokens.jsonl").read_text().splitlines())
    (set_up,) = map(json.loads, (folder / "set_ups.jsonl").read_text().splitlines())
    assert (set_up["plan_id"], set_up["state"], set_up["token"]) == (str(plan.pk), "done", plan.saved_method)
    assert f"{token['customer']} {token['token']}".strip() == Plan.objects.get().saved_method
    (attempt,) = map(json.loads, (folder / "attempts.jsonl").read_text().splitlines())
    assert attempt["gateway_id"]
    with pytest.raises(exporting.PlaceTaken):
        exporting.write(charity, folder)


def test_csv_and_spreadsheets_no_cell_is_a_formula(donor: Donor, charity: Charity, tmp_path: Path) -> None:
    donor.give(donor.to_payment(given_name="=HYPERLINK(1)"))
    exporting.write(charity, tmp_path / "out")
    with (tmp_path / "out" / "gifts.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["given_name"] == "'=HYPERLINK(1)"


def test_another_charity_s_rows_stay(charity: Charity, form: DonationForm, tmp_path: Path) -> None:
    plans.begun(form)
    manifest = exporting.write(other_charity(charity), tmp_path / "out")
    assert {entry["rows"] for entry in manifest["files"].values()} == {0}


def test_arguments_that_cannot_be_meant(charity: Charity, tmp_path: Path) -> None:
    path = tmp_path / "gifts.csv"
    path.write_text("number,amount\n")
    assert almoner(["import", "csv", str(path), "--charity", "nobody"]) == 2
    assert almoner(["import", "csv", str(path), "--charity", charity.slug, "--fund", "none"]) == 2
    assert almoner(["import", "csv", str(tmp_path / "none"), "--charity", charity.slug]) == 1
    assert almoner(["import", "csv", str(path), "--charity", charity.slug]) == 0
