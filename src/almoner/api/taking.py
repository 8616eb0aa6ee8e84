"""What comes in, read once into what the actions take: strictly, and nothing that isn't asked for."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from almoner.api.problems import Problem
from almoner.charities.models import Charity
from almoner.giving.importing import reading
from almoner.giving.importing.records import LineWrong
from almoner.kernel.clock import now
from almoner.kernel.money import CURRENCIES
from almoner.supporters.people import Details

# More than any gift there ever was, in minor units; far below what a column holds.
_MOST_MINOR: Final = 10**13


def _printable(text: str) -> str:
    """No database keeps a NUL, and no page shows half a character."""
    if any((char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("has characters that can't be printed")
    return text


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("is no currency's code, such as AUD")
    return code


def in_utc(moment: datetime) -> datetime:
    """Databases take fewer offsets than ISO 8601 has. Raises `ValueError` for one before the first year."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the first year, or after the last") from None


Text = Annotated[str, AfterValidator(_printable)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_printable)]
Amount = Annotated[
    int, Field(strict=True, gt=0, le=_MOST_MINOR, description="In minor units: 5000 is $50.00.")
]
Currency = Annotated[str, AfterValidator(_currency)]
Moment = Annotated[
    AwareDatetime,
    Field(description="With its offset, such as 2026-11-26T00:00:00Z."),
    AfterValidator(in_utc),
]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_printable)]


class Taken(Schema):
    model_config = ConfigDict(extra="forbid")


class AddressIn(Taken):
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    line1: Line = ""
    line2: Line = ""
    locality: Line = ""
    region: Line = ""
    postcode: Line = ""


class PersonIn(Taken):
    given_name: Line = ""
    family_name: Line = ""
    organisation: Line = ""
    email: Line = ""
    phone: Line = ""
    language: Literal["en", "de", "fr", "es", "nl", "it", "pt-br", "ar"] = "en"
    address: AddressIn | None = None

    def details(self) -> Details:
        """Raises `Problem`."""
        try:
            address = reading.postal(**self.address.dict()) if self.address is not None else None
            return reading.person(**self.dict(exclude={"address"}), address=address)
        except LineWrong as wrong:
            raise Problem(422, "person", f"person: {wrong}.") from None


class GiftIn(Taken):
    """A gift that has been received: it is posted to the ledger at once, and receipted."""

    fund: Line
    channel: Literal["phone", "cheque", "cash", "event", "transfer"]
    amount_minor: Amount
    currency: Currency
    given_on: date
    person: PersonIn
    form: Line = ""
    appeal: Annotated[Line, StringConstraints(max_length=60)] = ""
    note: Annotated[Text, StringConstraints(max_length=2000)] = ""
    benefit: Line = ""
    benefit_minor: Annotated[int, Field(strict=True, ge=0, le=_MOST_MINOR)] | None = None


class RefundIn(Taken):
    amount_minor: Amount
    reason: Annotated[Line, StringConstraints(min_length=1)]


class PauseIn(Taken):
    """Until a day, or until somebody resumes it."""

    until: date | None = None


class SkipIn(Taken):
    """The next gift's date, so that a repeated call skips no other."""

    on: date


class CancelIn(Taken):
    reason: Annotated[Line, StringConstraints(max_length=40)] = ""


class PlanAmountIn(Taken):
    """What covers the cost of it changes in proportion."""

    amount_minor: Amount


class ConsentIn(Taken):
    channel: Line
    granted: Annotated[bool, Field(strict=True)]


def today(charity: Charity) -> date:
    return now().astimezone(ZoneInfo(charity.timezone)).date()
