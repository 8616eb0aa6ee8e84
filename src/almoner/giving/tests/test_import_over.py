"""Regular gifts that are over at their source: they come with their history, and nothing of them is ever charged."""

from pathlib import Path
from typing import Any

import pytest

from almoner.giving.importing.report import Fate
from almoner.giving.models import Gift
from almoner.giving.tests.test_importing import (
    PERSON,
    Import,
    bring,
    gift_row,
    holds,
    plan_row,
    said,
    table,
    wish,
)
from almoner.outbox.models import Job
from almoner.plans.models import Plan

__all__ = ["bring", "said", "wish"]


def ended_rows(source: str) -> list[dict[str, Any]]:
    """One that was cancelled and one that is completed; of neither is the last date known."""
    if source == "csv":
        over = plan_row(next_on="", gifts_given="3", gifts_left="")
        return [over | {"number": each, "state": each} for each in ("cancelled", "completed")]
    if source == "givewp":
        over = {
            "period": "month", "frequency": "1", "recurring_amount": "25.5000000000", "bill_times": "3", "given": "3",
            "created": "2024-01-05 10:00:00", "expiration": "0000-00-00 00:00:00", "profile_id": "",
            "payment_mode": "live", "email": PERSON["email"], "currency": "AUD", "customer": "cus_7",
            "payment_method": "pm_7",
        }  # fmt: skip
        return [over | {"id": each, "status": each} for each in ("cancelled", "completed")]
    over = {
        "Billing Period": "month", "Billing Amount": "25.50", "Start Date": "Friday, January 5, 2024",
        "Donor Email": PERSON["email"], "Recurring Donation Gateway": "stripe",
    }  # fmt: skip
    return [
        over | {"Recurring Donation ID": each, "Recurring Donation Status": f"charitable-{each}"}
        for each in ("cancelled", "completed")
    ]


def ended_gift(source: str, number: int, plan: str) -> dict[str, Any]:
    on = f"2024-0{number}-05"
    if source == "csv":
        return gift_row(f"{plan} {number}", given_on=on, plan_number=plan)
    if source == "givewp":
        return {
            "Donation ID": f"{plan} {number}", "Donation Total": "40.00", "Currency Code": "AUD",
            "Donation Status": "Complete", "Donation Date": on, "Email Address": PERSON["email"],
            "subscription_id": plan, "Payment Type": "renewal",
        }  # fmt: skip
    return {
        "Donation ID": f"{plan} {number}", "Donation Amount": "40.00", "Date of Donation": on,
        "Donation Status": "Paid", "Email": PERSON["email"], "Parent Donation ID": plan,
    }  # fmt: skip


@pytest.mark.parametrize("gifts_first", [True, False])
@pytest.mark.parametrize("source", ["csv", "givewp", "charitable"])
def test_a_plan_that_is_over_comes_with_its_history_and_is_never_charged(
    bring: Import, tmp_path: Path, source: str, gifts_first: bool
) -> None:
    plans = table(tmp_path / "plans.csv", ended_rows(source))
    past = [ended_gift(source, number, plan) for plan in ("cancelled", "completed") for number in (1, 2, 3)]
    files = [plans, table(tmp_path / "gifts.csv", past)][:: -1 if gifts_first else 1]
    reports = [bring(source, path) for path in files]
    told: list[str] = []
    reports[files.index(plans)].tell(told.append)
    assert "of these plans, over at their source: 2" in told and "It balances." in told
    assert any(each.startswith("AUD: 51.00 read = 51.00 plans imported + ") for each in told)
    assert all(each.balances() for each in reports) and Job.objects.count() == 0
    for plan in Plan.objects.all():
        assert plan.imported_from is not None and plan.imported_from.endswith(plan.state)
        assert (plan.next_on, plan.next_at, plan.saved_method, plan.given_count) == (None, None, "", 3)
        assert Gift.objects.filter(plan=plan).count() == 3 and plan.given_elsewhere == 0
        assert list(plan.events.values_list("name", "to_state")) == [("imported", plan.state)]
    assert holds()
    # Neither does it begin, whatever is asked for.
    again = bring(source, *files, activate=True, paused=True)
    assert (again.fates, again.activated) == ({Fate.KNOWN: 8}, 0)
    assert set(Plan.objects.values_list("state", flat=True)) == {"cancelled", "completed"} and holds()


def test_one_that_ended_at_its_source_begins_none_that_waits_here(bring: Import, tmp_path: Path) -> None:
    bring("csv", table(tmp_path / "plans.csv", [plan_row()]))
    over = table(tmp_path / "over.csv", [plan_row(state="cancelled")])
    assert bring("csv", over, activate=True).activated == 0
    assert Plan.objects.get().state == "paused"
