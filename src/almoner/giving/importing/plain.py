"""Any CSV: our own columns, which `almoner export` writes too, or others by a map of ours to theirs."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from almoner.giving.importing import reading
from almoner.giving.importing.reading import Row
from almoner.giving.importing.records import FileWrong, GiftLine, Line, LineWrong, PlanLine, Reading
from almoner.kernel.clock import now
from almoner.plans import schedule
from almoner.plans.models import Every
from almoner.plans.transitions import PlanState
from almoner.supporters.people import Details

PERSON_COLUMNS: Final = (
    "given_name", "family_name", "organisation", "email", "phone", "language", "address_line1", "address_line2",
    "address_locality", "address_region", "address_postcode", "address_country",
)  # fmt: skip
PLAN_COLUMNS: Final = (
    "number", "amount", "cover", "currency", "every", "next_on", "day", "ends_on", "gifts_given", "gifts_left", "state",
    "fund", "gateway", "account", "method", "saved_method", "method_label", "method_expires", *PERSON_COLUMNS,
)  # fmt: skip
GIFT_COLUMNS: Final = (
    "number", "amount", "cover", "currency", "given_on", "plan_number", "period_on", "fund", "note", "status",
    "refunded_minor", "refunded_on", *PERSON_COLUMNS,
)  # fmt: skip
_RHYTHMS: Final = {
    **{str(every.value): int(every) for every in Every},
    **{every.label: int(every) for every in Every},
    "month": 1, "quarter": 3, "year": 12, "annually": 12, "annual": 12,
}  # fmt: skip
# What a plan may be called that goes on, one that waits, and one that is over; of any other nothing is known.
_LIVING: Final = ("", "active", "retrying", "starting")
_ENDED: Final = (PlanState.CANCELLED, PlanState.COMPLETED)


def read(path: Path, given: Reading) -> Iterator[Line]:
    """Plans where there is a column `every`, else gifts. Raises `FileWrong`."""
    columns = given.columns or {}
    unknown = columns.keys() - {*PLAN_COLUMNS, *GIFT_COLUMNS}
    if unknown:
        raise FileWrong(f"the map names columns that we don't have: {', '.join(sorted(unknown))}")
    theirs = {name: columns.get(name, name) for name in (*PLAN_COLUMNS, *GIFT_COLUMNS)}
    for number, row in reading.table(path, (theirs["number"], theirs["amount"])):
        ours = {name: row.get(their, "") for name, their in theirs.items()}
        make = partial(_plan if theirs["every"] in row else _gift, ours, given)
        currency = ours["currency"] or given.currency
        yield reading.line_of(number, ours["amount"], currency, make)


def _plan(row: Row, given: Reading, amount_minor: int, currency: str) -> PlanLine:
    state = row["state"].lower()
    ended_as = PlanState(state) if state in _ENDED else None
    if state not in (*_LIVING, "paused", *_ENDED):
        raise LineWrong(f"it does not go on at the source ({state})")
    if ended_as is not None and not row["next_on"]:
        next_on = schedule.local_date(now(), given.timezone)
    else:
        next_on = reading.day(reading.needed(row, "next_on"), given.dates, name="next_on")
    day = reading.whole(row["day"], name="day") or next_on.day
    if day > 31:
        raise LineWrong(f"no month has a day {day}")
    return PlanLine(
        origin=f"csv {reading.needed(row, 'number')}",
        details=_person(row),
        amount_minor=amount_minor,
        cover_minor=_cover(row, currency),
        currency=currency,
        every=rhythm(row["every"]),
        next_on=next_on,
        day=day,
        gateway=row["gateway"],
        method=row["method"],
        saved_method=row["saved_method"],
        method_label=row["method_label"],
        method_expires=row["method_expires"],
        ends_on=reading.optional_day(row["ends_on"], given.dates, name="ends_on"),
        gifts_left=reading.whole(row["gifts_left"], name="gifts_left"),
        given=reading.count(row["gifts_given"], name="gifts_given"),
        fund=row["fund"],
        paused=state == "paused",
        ended_as=ended_as,
    )


def _gift(row: Row, given: Reading, amount_minor: int, currency: str) -> GiftLine:
    if row["status"].lower() not in ("", "settled", "paid"):
        raise LineWrong(f"it is not paid at the source ({row['status']})")
    number = row["plan_number"]
    return GiftLine(
        origin=f"csv {reading.needed(row, 'number')}",
        details=_person(row),
        amount_minor=amount_minor,
        cover_minor=_cover(row, currency),
        currency=currency,
        given_on=reading.day(reading.needed(row, "given_on"), given.dates, name="given_on"),
        fund=row["fund"],
        note=row["note"],
        refunded_minor=reading.count(row["refunded_minor"], name="refunded_minor") or 0,
        refunded_on=reading.optional_day(row["refunded_on"], given.dates, name="refunded_on"),
        plan_origin=f"csv {number}" if number else "",
        period_on=reading.optional_day(row["period_on"], given.dates, name="period_on") if number else None,
    )


def rhythm(text: str) -> int:
    """Months between two gifts. Raises `LineWrong` for a rhythm that we don't offer."""
    try:
        return _RHYTHMS[text.strip().lower()]
    except KeyError:
        raise LineWrong(f"every {text!r} is not offered: monthly, quarterly or yearly") from None


def _cover(row: Row, currency: str) -> int:
    text = row["cover"]
    return reading.money(text, currency) if text.strip("0.,") else 0


def _person(row: Row) -> Details:
    return reading.person(
        given_name=row["given_name"],
        family_name=row["family_name"],
        organisation=row["organisation"],
        email=row["email"],
        phone=row["phone"],
        language=row["language"],
        address=reading.postal(
            row["address_country"],
            line1=row["address_line1"],
            line2=row["address_line2"],
            locality=row["address_locality"],
            region=row["address_region"],
            postcode=row["address_postcode"],
        ),
    )
