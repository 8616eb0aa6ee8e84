"""What a donor typed to change a regular gift, read once; raises `Invalid` with what to do about it."""

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from almoner.addresses.fields import fields_for
from almoner.addresses.postal import AddressInvalid, read_address
from almoner.charities.amounts import in_words
from almoner.giving.catalogue import form_with_id
from almoner.giving.entry import Invalid, keepable, step_error, without_marks
from almoner.giving.views_model import FieldError
from almoner.kernel.money import AmountInvalid, exponent, parse_amount
from almoner.payments import gateways
from almoner.plans import timing
from almoner.plans.models import Plan
from almoner.receipts.wording import day
from almoner.supporters.people import Details

ADDRESS_PREFIX: Final = "address_"
# For a plan without a form, in major units.
_LEAST, _MOST = 1, 50_000
# A hundred years of months.
_MOST_GIFTS: Final = 1200


def read_amount(text: str, plan: Plan) -> int:
    """Minor units of the plan's currency, within what its form takes."""
    try:
        amount_minor = parse_amount(text, plan.currency)
    except AmountInvalid as wrong:
        said = (
            _("Enter an amount")
            if wrong.code == "empty"
            else _("Enter an amount in figures, such as 50 or 12.50")
        )
        raise Invalid(FieldError("amount", said)) from None
    if amount_minor % (step_minor := gateways.step_minor(plan.method, plan.currency)):
        raise Invalid(FieldError("amount", step_error(step_minor, plan.currency)))
    least, most = _limits(plan)
    least = max(least, gateways.least_minor(plan.method, plan.currency))
    if amount_minor < least:
        words = {"least": in_words(least, plan.currency, short=True)}
        raise Invalid(FieldError("amount", _("Enter an amount of at least %(least)s") % words))
    if amount_minor > most:
        words = {"most": in_words(most, plan.currency, short=True)}
        raise Invalid(FieldError("amount", _("Enter an amount of at most %(most)s, or write to us") % words))
    return amount_minor


def read_day(text: str) -> int:
    """A day of the month."""
    if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 31:
        return int(text)
    raise Invalid(FieldError("day", _("Choose a day of the month")))


def read_date(text: str) -> date | None:
    """A date as `<input type=date>` sends it; None for anything else."""
    try:
        return date.fromisoformat(text.strip()) if len(text) < 12 else None
    except ValueError:
        return None


def read_end(values: Mapping[str, str], plan: Plan) -> tuple[date | None, int | None]:
    """The last day, or the number of gifts in all. An end that leaves no gift to come would end it at once, which is
    another page's."""
    if values["ends"] == "on":
        return _last_day(values["ends_on"], plan), None
    if values["ends"] == "after":
        return None, _gifts_in_all(values["ends_after"], plan)
    return None, None


def _last_day(text: str, plan: Plan) -> date:
    last = read_date(text)
    if last is None:
        raise Invalid(FieldError("ends_on", _("Enter the last day, as a date such as 2027-03-01")))
    earliest = plan.next_on or timing.today_of(plan, plan.charity.timezone) + timedelta(days=1)
    if last < earliest:
        words = {"date": day(earliest)}
        raise Invalid(FieldError("ends_on", _("Choose %(date)s or a later day, or stop this gift") % words))
    return last


def _gifts_in_all(text: str, plan: Plan) -> int:
    typed = without_marks(text).strip()
    count = int(typed) if typed.isdecimal() and len(typed) <= 4 else 0
    if not 1 <= count <= _MOST_GIFTS:
        raise Invalid(FieldError("ends_after", _("Enter a number of gifts, such as 12")))
    if count <= plan.given_count:
        words = {"least": plan.given_count + 1}
        raise Invalid(FieldError("ends_after", _("Enter %(least)s or more, or stop this gift") % words))
    return count


def read_details(values: Mapping[str, str], plan: Plan) -> Details:
    """Name, phone and address; the email address is the key to this page, and stays."""
    contact = plan.contact
    errors: list[FieldError] = []
    names = {name: _line(values, name, most, errors) for name, most in _LINES.items()}
    if not (names["given_name"] or names["family_name"] or contact.organisation):
        errors.insert(0, FieldError("given_name", _("Enter your first name")))
    address = _address(values, plan, errors)
    if errors:
        raise Invalid(*errors)
    return Details(
        **names,
        email=contact.email,
        organisation=contact.organisation,
        address=address,
        language=contact.language,
    )


def country_of(plan: Plan) -> str:
    """Where the donor's address is, as far as anything says it."""
    return str((plan.contact.address or {}).get("country", "")) or plan.charity.country


_LINES: Final = {"given_name": 100, "family_name": 100, "phone": 40}


def _line(values: Mapping[str, str], name: str, most: int, errors: list[FieldError]) -> str:
    """One line in any script."""
    typed = values.get(name, "").strip()
    text = unicodedata.normalize("NFC", without_marks(typed) if name == "phone" else typed)
    if text != keepable(text) or "\n" in text or "\r" in text:
        errors.append(FieldError(name, _("Remove the characters that can’t be printed")))
    elif len(text) > most:
        errors.append(FieldError(name, _("Write at most %(most)s characters") % {"most": most}))
    return text


def _address(values: Mapping[str, str], plan: Plan, errors: list[FieldError]) -> dict[str, Any] | None:
    """None where none was given, and none stood there before."""
    country = country_of(plan)
    typed = {each.name: values.get(ADDRESS_PREFIX + each.name, "") for each in fields_for(country)}
    if plan.contact.address is None and not any(text.strip() for text in typed.values()):
        return None
    try:
        address = read_address(country, typed).to_dict()
    except AddressInvalid as invalid:
        errors += [FieldError(ADDRESS_PREFIX + name, text) for name, text in invalid.errors.items()]
        return None
    before = plan.contact.address
    if before is not None and all(
        before.get(name) == text for name, text in address.items() if name in typed
    ):
        # As it stood, with what is known of where it came from.
        return before
    return address


def _limits(plan: Plan) -> tuple[int, int]:
    spec = form_with_id(plan.charity, plan.form_id) if plan.form_id is not None else None
    for choice in spec.currencies if spec is not None else ():
        if choice.currency == plan.currency:
            return choice.min_minor, choice.max_minor
    unit = 10 ** exponent(plan.currency)
    return _LEAST * unit, _MOST * unit
