"""What a reader makes of a line: a plan, a gift, or the reason why it is neither."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from almoner.plans.transitions import PlanState
from almoner.supporters.people import Details

# What a gift's plan is called of which is known no more than that there is one.
UNNAMED_PLAN: Final = "?"


class LineWrong(ValueError):
    """Nothing of this line is imported; the text says why, for whoever runs the import."""


class FileWrong(ValueError):
    """The file is not of the format that was named."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A regular gift as its source has it. Amounts in minor units; `every` in months; dates are the charity's."""

    origin: str  # "stripe sub_1": unique in its charity
    aliases: tuple[str, ...] = field(
        default=(), kw_only=True
    )  # its further numbers, by which its gifts call it
    by_gift: str = field(
        default="", kw_only=True
    )  # what its first gift calls it, where that knows no number of it
    details: Details
    amount_minor: int
    currency: str
    every: int
    next_on: date  # the first date that the source has not charged
    day: int  # the day of the month that it falls on, where the month is long enough
    gateway: str = ""
    method: str = ""
    saved_method: str = ""
    method_label: str = ""
    method_expires: str = ""
    cover_minor: int = 0
    ends_on: date | None = None
    gifts_left: int | None = None
    given: int | None = None  # how many gifts the source has counted; None: it doesn't say
    fund: str = ""
    # It does not go on at the source: never imported, but a plan that waits for its move may begin.
    ended: bool = False
    # It came to its end there, whoever moved: it is imported as one that is over, and begins no plan.
    ended_as: PlanState | None = None
    # It came to this end there, perhaps for the move: one that waits here for that begins, and one that isn't here is
    # imported as over, unless plans are to begin.
    over_as: PlanState | None = None
    paused: bool = False
    # Whether the source goes on charging; None: the file can't tell.
    charges: bool | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GiftLine:
    """A gift that was paid elsewhere. Amounts in minor units. `refunded_minor` of it were given back there, the last of
    it on `refunded_on`."""

    origin: str  # "givewp 4711"
    details: Details
    amount_minor: int
    currency: str
    given_on: date
    fund: str = ""
    note: str = ""
    cover_minor: int = 0
    refunded_minor: int = 0
    refunded_on: date | None = None
    # What the source calls the plan that it belongs to: a plan's origin or alias. `period_on` is the date that it pays,
    # where the file tells that apart from its day.
    plan_origin: str = ""
    period_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file. `wrong` says why it is neither plan nor gift; its amount is told all the same, if it can be
    read, so that the report's totals are the file's."""

    number: int
    found: PlanLine | GiftLine | None = None
    wrong: str = ""
    amount_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What readers need to know besides the file. `dates`: a format of strptime, for dates that could be two."""

    currency: str
    timezone: str
    dates: str = ""
    columns: dict[str, str] | None = None


Reader = Callable[[Path, Reading], Iterator[Line]]
