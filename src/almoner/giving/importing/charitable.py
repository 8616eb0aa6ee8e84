"""Charitable: the CSVs of its donations and of its recurring donations, by the columns' own headings."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from almoner.giving.importing import reading
from almoner.giving.importing.plain import rhythm
from almoner.giving.importing.reading import Row
from almoner.giving.importing.records import FileWrong, GiftLine, Line, LineWrong, PlanLine, Reading
from almoner.kernel.clock import now
from almoner.plans import schedule
from almoner.plans.transitions import PlanState
from almoner.supporters.people import Details

_PAID: Final = ("paid", "charitable-completed")
_REFUNDED: Final = ("refunded", "charitable-refunded")
_GOES_ON: Final = "active"
_ENDED: Final = {
    "cancelled": PlanState.CANCELLED, "expired": PlanState.CANCELLED, "completed": PlanState.COMPLETED,
}  # fmt: skip
# The plugin's own export lacks it: docs/how-to/move-in.md says how a site adds it.
_SUBSCRIPTION: Final = "Gateway Subscription ID"
_LAST: Final = "Recurring Donation Gateway"


def read(path: Path, given: Reading) -> Iterator[Line]:
    """Recurring donations where there is a column Billing Amount, else donations. Raises `FileWrong`."""
    for number, row in reading.table(path, ()):
        if "Billing Amount" in row:
            yield reading.line_of(number, row["Billing Amount"], given.currency, partial(_plan, row, given))
        elif "Donation Amount" in row and "Donation ID" in row:
            yield reading.line_of(number, row["Donation Amount"], given.currency, partial(_gift, row, given))
        else:
            raise FileWrong(
                f"{path.name} has neither Donation ID and Donation Amount nor Billing Amount among its columns"
            )


def _gift(row: Row, given: Reading, amount_minor: int, currency: str) -> GiftLine:
    status = row.get("Donation Status", "")
    if status.lower() not in (*_PAID, *_REFUNDED):
        raise LineWrong(f"it is not paid at the source ({status or 'no status'})")
    if row.get("Made in Test Mode", "").lower() in ("1", "yes", "true"):
        raise LineWrong("it was made in test mode")
    # One donation may be for two campaigns, a row each.
    number = reading.needed(row, "Donation ID")
    campaign, plan = row.get("Campaign ID", ""), row.get("Parent Donation ID", "")
    return GiftLine(
        origin=f"charitable {number}" + (f"/{campaign}" if campaign else ""),
        details=_person(row),
        amount_minor=amount_minor,
        currency=currency,
        given_on=reading.day(reading.needed(row, "Date of Donation"), given.dates),
        note=row.get("Campaign Title", ""),
        # The export knows no amount of it and no day.
        refunded_minor=amount_minor if status.lower() in _REFUNDED else 0,
        plan_origin=f"charitable plan {plan}" if plan not in ("", "0") else "",
    )


def _plan(row: Row, given: Reading, amount_minor: int, currency: str) -> PlanLine:
    row = _under_its_headings(row)
    status = row.get("Recurring Donation Status", "")
    plainly = status.lower().removeprefix("charitable-")
    ended_as = _ENDED.get(plainly)
    if plainly != _GOES_ON and ended_as is None:
        raise LineWrong(f"it does not go on at the source ({status or 'no status'})")
    every = rhythm(row.get("Billing Period", ""))
    started_on = reading.day(reading.needed(row, "Start Date"), given.dates, name="Start Date")
    # Its export knows no next date: what was charged is charged up to today.
    after = schedule.local_date(now(), given.timezone)
    number = schedule.number_from(started_on, every, after) if started_on < after else 0
    own, at_gateway = (
        f"charitable plan {reading.needed(row, 'Recurring Donation ID')}",
        row.get(_SUBSCRIPTION, ""),
    )
    return PlanLine(
        # The same subscription comes out of Stripe too, and is one plan.
        origin=f"stripe {at_gateway}" if at_gateway.startswith("sub_") else own,
        aliases=(own,) if at_gateway.startswith("sub_") else (),
        details=_person(row),
        amount_minor=amount_minor,
        currency=currency,
        every=every,
        next_on=schedule.occurrence(started_on, every, number),
        day=started_on.day,
        gateway=row.get(_LAST, "").lower(),
        ended_as=ended_as,
    )


def _under_its_headings(row: Row) -> Row:
    """The export has a heading End Date and no cell for it: what follows stands one heading too far left, and the last
    heading has none."""
    names, cells = list(row), list(row.values())
    if "End Date" not in names or _LAST in names:
        return row
    missing = names.index("End Date")
    return dict(zip([*names[:missing], *names[missing + 1 :], _LAST], cells, strict=True))


def _person(row: Row) -> Details:
    """Older exports call the columns of a person the donor's."""

    def of(*names: str) -> str:
        return next((row[name] for name in names if row.get(name)), "")

    return reading.person(
        given_name=of("First Name", "Donor First Name"),
        family_name=of("Last Name", "Donor Last Name"),
        email=of("Email", "Donor Email"),
        phone=of("Phone Number"),
        address=reading.postal(
            of("Country"),
            line1=of("Address"),
            line2=of("Address 2"),
            locality=of("City"),
            region=of("State"),
            postcode=of("Postcode"),
        ),
    )
