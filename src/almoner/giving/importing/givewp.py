"""GiveWP: the CSV of its donations export, by the columns' own headings, and its subscriptions' table as CSV.

Held against GiveWP's source: the headings of Give_Export_Donations_CSV, the columns of give_subscriptions (0 in
`bill_times` is without end; `expiration` is the next renewal), SubscriptionPeriod and SubscriptionStatus. The table
knows neither person nor currency nor saved method: those stand with donations, and docs/how-to/move-in.md joins them.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from almoner.giving.importing import reading
from almoner.giving.importing.plain import rhythm
from almoner.giving.importing.reading import Row
from almoner.giving.importing.records import (
    UNNAMED_PLAN,
    FileWrong,
    GiftLine,
    Line,
    LineWrong,
    PlanLine,
    Reading,
)
from almoner.plans.transitions import PlanState

_PAID: Final = ("complete", "completed", "publish", "renewal")
_REFUNDED: Final = "refunded"
_GOES_ON: Final = ("active",)
_ENDED: Final = {
    "cancelled": PlanState.CANCELLED, "expired": PlanState.CANCELLED, "refunded": PlanState.CANCELLED,
    "completed": PlanState.COMPLETED,
}  # fmt: skip


def read(path: Path, given: Reading) -> Iterator[Line]:
    """Subscriptions where there is a column `recurring_amount`, else donations. Raises `FileWrong`."""
    for number, row in reading.table(path, ()):
        currency = row.get("Currency Code") or row.get("currency") or given.currency
        if "recurring_amount" in row:
            # Kept with ten decimals, of which all but the currency's own are 0.
            amount = row["recurring_amount"]
            amount = amount.rstrip("0") if "." in amount else amount
            yield reading.line_of(number, amount, currency, partial(_plan, row, given))
        elif "Donation Total" in row and "Donation ID" in row:
            yield reading.line_of(number, row["Donation Total"], currency, partial(_gift, row, given))
        else:
            raise FileWrong(
                f"{path.name} has neither Donation ID and Donation Total nor recurring_amount among its columns"
            )


def _gift(row: Row, given: Reading, amount_minor: int, currency: str) -> GiftLine:
    status = row.get("Donation Status", "")
    if status.lower() not in (*_PAID, _REFUNDED):
        raise LineWrong(f"it is not paid at the source ({status or 'no status'})")
    return GiftLine(
        origin=f"givewp {reading.needed(row, 'Donation ID')}",
        details=reading.person(
            given_name=row.get("First Name", ""),
            family_name=row.get("Last Name", ""),
            organisation=row.get("Company Name", ""),
            email=row.get("Email Address", ""),
            address=reading.postal(
                row.get("Country", ""),
                line1=row.get("Address 1", ""),
                line2=row.get("Address 2", ""),
                locality=row.get("City", ""),
                region=row.get("State", ""),
                postcode=row.get("Zip", ""),
            ),
        ),
        amount_minor=amount_minor,
        currency=currency,
        given_on=reading.day(reading.needed(row, "Donation Date"), given.dates),
        note=row.get("Form Title", ""),
        # It is called so when all of it went back, and the export knows no day of that.
        refunded_minor=amount_minor if status.lower() == _REFUNDED else 0,
        plan_origin=_plan_of(row),
    )


def _plan_of(row: Row) -> str:
    """What the subscription is called that a donation belongs to; "" for one that belongs to none. Old first donations
    don't say, but their subscription names them; a renewal that doesn't can't be found."""
    number, kind = row.get("subscription_id", ""), row.get("Payment Type", "").lower()
    if number not in ("", "0"):
        return f"givewp sub {number}"
    if kind == "subscription":
        return f"givewp first {row['Donation ID']}"
    return UNNAMED_PLAN if kind == "renewal" else ""


def _plan(row: Row, given: Reading, amount_minor: int, currency: str) -> PlanLine:
    status = row.get("status", "").lower()
    ended_as = _ENDED.get(status)
    if status not in _GOES_ON and ended_as is None:
        raise LineWrong(f"it does not go on at the source ({row.get('status') or 'no status'})")
    if row.get("payment_mode", "").lower() == "test":
        raise LineWrong("it was made in test mode")
    # One that is over has no next renewal that could be read: it fell on the day on which it was begun.
    dated = "expiration" if ended_as is None or not row.get("created") else "created"
    next_on = reading.day(reading.needed(row, dated), given.dates, name=dated)
    profile, own = row.get("profile_id", ""), f"givewp sub {reading.needed(row, 'id')}"
    first = row.get("parent_payment_id", "")
    counted = reading.count(row.get("given", ""), name="given")
    return PlanLine(
        # The same subscription comes out of Stripe too, and is one plan.
        origin=f"stripe {profile}" if profile.startswith("sub_") else own,
        aliases=(own,) if profile.startswith("sub_") else (),
        by_gift=f"givewp first {first}" if first not in ("", "0") else "",
        details=reading.person(
            given_name=row.get("first_name", ""),
            family_name=row.get("last_name", ""),
            email=row.get("email", ""),
        ),
        amount_minor=amount_minor,
        currency=currency,
        every=_every(row),
        next_on=next_on,
        day=next_on.day,
        gifts_left=_gifts_left(row, counted) if ended_as is None else None,
        given=counted,
        ended_as=ended_as,
        gateway="stripe" if profile.startswith("sub_") else row.get("gateway", ""),
        method="stripe_element" if profile.startswith("sub_") else "",
        saved_method=" ".join(filter(None, (row.get("customer"), row.get("payment_method")))),
    )


def _gifts_left(row: Row, given: int | None) -> int | None:
    """None where it goes on without end. Without a count of what was given nobody could say when it ends."""
    if row.get("bill_times", "") in ("", "0"):
        return None
    promised = reading.whole(row["bill_times"], name="bill_times") or 0
    if given is None:
        raise LineWrong(f"it ends after {promised} gifts, and no column given says how many there were")
    if promised <= given:
        raise LineWrong(f"all of its {promised} gifts were given")
    return promised - given


def _every(row: Row) -> int:
    period, times = row.get("period", ""), row.get("frequency") or "1"
    months = rhythm(period) * (reading.whole(times, name="frequency") or 1)
    return rhythm(str(months))
