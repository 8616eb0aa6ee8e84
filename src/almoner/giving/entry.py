"""HTTP text in, typed values out: each step's fields are read once here, and everything behind is typed.

Errors follow the GOV.UK Design System: they say what to do, and the same words stand in the summary and at the field.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from almoner.charities.amounts import in_words
from almoner.giving.catalogue import FormSpec
from almoner.giving.framing import claimed_page
from almoner.giving.regular import Schedule
from almoner.giving.views_model import CurrencyChoice, FieldError, Frequency, suffix_of
from almoner.kernel.cards import holds_card, scrub
from almoner.kernel.money import AmountInvalid, CurrencyUnknown, exponent, parse_amount

TYPED_FIELDS: Final = (
    "given_name", "family_name", "email", "phone", "country", "address_query", "address_choice",
    "address_line1", "address_line2", "address_dependent_locality", "address_locality", "address_region",
    "address_postcode", "address_sorting_code", "address_found", "tribute_kind", "tribute_name", "message",
    "anonymous", "cover", "plan_day", "plan_gifts", "plan_until",
)  # fmt: skip
SOURCE_FIELDS: Final = (
    "story", "appeal", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "referrer_host",
)  # fmt: skip
_SOURCE_MAX: Final = {"appeal": 60, "referrer_host": 253}
# What is kept of a field that is far too long, so that the donor may see and shorten it.
_KEEP_MAX: Final = 11_000
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# What contacts and chats put around and into what is copied from them: marks of direction and of no width.
_ZERO_WIDTH_SPACE: Final = "\u200b"
# Dashes and brackets as keyboards, contacts and East Asian typing write them.
_NOT_IN_PHONES = re.compile(r"[^\d\s+＋()（）./\\‐‑‒–—―−－\-,;x#*]")
_EXTENSION = re.compile(r"\bext(?:ension)?\b\.?", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# How long a regular gift can be promised: as many years as 600 monthly ones take.
_LONGEST_YEARS: Final = 50
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
_check_email = EmailValidator()

# Where nearly all donors' mail lives; one slip away from one of these is probably a slip.
_MAIL_HOSTS: Final = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "live.com", "bigpond.com", "optusnet.com.au",
    "yahoo.com.au", "hotmail.co.uk", "outlook.com.au", "live.com.au", "proton.me", "protonmail.com", "btinternet.com",
    "yahoo.co.uk", "xtra.co.nz", "aol.com", "msn.com", "me.com", "gmx.de", "web.de", "comcast.net",
)  # fmt: skip
# Real hosts that look like a slip of one above.
_REAL_HOSTS: Final = frozenset(
    {"ymail.com", "mail.com", "gmx.com", "email.com", "pm.me", "gmx.net", "aim.com", "live.ca"}
)


class Invalid(Exception):
    """What was typed can't be taken; `errors` say what to do."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*(error.text for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class AmountEntry:
    """Step 1, read."""

    amount_minor: int
    currency: str
    fund: str
    frequency: Frequency = "once"


@dataclass(frozen=True, slots=True)
class DetailsEntry:
    """Step 2, read, but for the address, which has its own rules by country."""

    given_name: str
    family_name: str
    email: str
    phone: str
    tribute_kind: str
    tribute_name: str
    message: str
    anonymous: bool
    cover: bool
    # Of a regular gift: the day of the month on which it comes again (0: as on the day it began), and how many there
    # shall be in all, or the last day on which one may come (None: until the donor stops it).
    plan_day: int = 0
    plan_gifts: int | None = None
    plan_until: date | None = None


def read_amount(values: Mapping[str, str], spec: FormSpec) -> AmountEntry:
    """Read the first step; raises `Invalid`."""
    currency = values.get("currency") or spec.currencies[0].currency
    choice = next((c for c in spec.currencies if c.currency == currency), None)
    if choice is None:
        raise Invalid(FieldError("amount", _("Choose one of the currencies that this form takes.")))
    frequency = _read_frequency(values, choice)
    suffix = suffix_of(frequency)
    name = ("other_amount" if values.get(f"amount{suffix}", "other") == "other" else "amount") + suffix
    text = values.get(name, "")
    try:
        amount_minor = parse_amount(text, currency)
    except (AmountInvalid, CurrencyUnknown) as wrong:
        code = wrong.code if isinstance(wrong, AmountInvalid) else "not_a_number"
        raise Invalid(FieldError(name, _amount_error(code, name, currency))) from None
    if amount_minor % (step_minor := spec.step_minor(currency)):
        raise Invalid(FieldError(name, step_error(step_minor, currency)))
    limits = {"least": _money(choice.min_minor, currency), "most": _money(choice.max_minor, currency)}
    if amount_minor < choice.min_minor:
        raise Invalid(FieldError(name, _("Enter an amount of at least %(least)s") % limits))
    if amount_minor > choice.max_minor:
        text = _(
            "Enter an amount of at most %(most)s. To give more, please write to us: we would love to hear from you."
        )
        raise Invalid(FieldError(name, text % limits))
    return AmountEntry(amount_minor, currency, _read_fund(values, spec), frequency)


def read_details(values: Mapping[str, str], spec: FormSpec, *, frequency: Frequency = "once") -> DetailsEntry:
    """Read the second step, with the schedule of a regular gift; raises `Invalid` with every error at once."""
    errors: list[FieldError] = []
    read = _Reader({**values, "phone": without_marks(values.get("phone", ""))}, errors)
    given_name = read.line("given_name", 100, required=_("Enter your first name"))
    family_name = read.line("family_name", 100)
    email = _read_email(values.get("email", ""), errors)
    phone = _read_phone(read, spec)
    tribute_kind = values.get("tribute_kind", "") if spec.asks.tribute else ""
    if tribute_kind not in ("", "memory", "honour"):
        errors.append(
            FieldError("tribute_kind", _("Choose whether the gift is in memory or in honour of someone"))
        )
    needed = _("Enter the name of the person your gift is dedicated to") if tribute_kind else ""
    tribute_name = read.line("tribute_name", 120, required=needed) if spec.asks.tribute else ""
    message = read.text("message", 500) if spec.asks.message else ""
    schedule = Schedule(frequency)
    if frequency != "once":
        schedule = _read_schedule(values, frequency, errors, today=spec.today())
    if errors:
        raise Invalid(*errors)
    return DetailsEntry(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        tribute_kind=tribute_kind,
        tribute_name=tribute_name if tribute_kind else "",
        message=message,
        anonymous=spec.asks.anonymity and values.get("anonymous") == "yes",
        cover=spec.asks.cover and values.get("cover") == "yes",
        plan_day=schedule.day,
        plan_gifts=schedule.gifts,
        plan_until=schedule.until,
    )


def typed_values(post: Mapping[str, str], asked: Collection[str]) -> dict[str, str]:
    """What stands in the second step's fields, bounded and without what no field could hold: kept while errors are
    put right. Only known names, so that a token can't be stuffed; `asked` are the channels of its consent questions."""
    names = (*TYPED_FIELDS, *(f"consent_{channel}" for channel in asked))
    values = {name: keepable(post[name]) for name in names if post.get(name)}
    if "email" in values:
        values["email"] = without_marks(values["email"])
    return values


def unprintable(post: Mapping[str, str]) -> tuple[FieldError, ...]:
    """An error for each field of the second step that held a character which no field could, or a card number: it is
    shown without."""
    text = _("Remove the characters that can’t be printed")
    errors = [FieldError(name, text) for name in TYPED_FIELDS if _CONTROL.search(post.get(name, ""))]
    errors += [FieldError(name, _card_here()) for name in TYPED_FIELDS if holds_card(post.get(name, ""))]
    email = _pasted(post.get("email", ""))
    if email != without_marks(email):
        # Nobody can find what can't be seen: it is taken out, and the donor says whether the rest is right.
        errors.append(FieldError("email", _hidden_in_email()))
    return tuple(errors)


def keepable(text: str) -> str:
    """A typed text as it can be shown again: bounded, and without card numbers and the characters that no field can
    hold."""
    return scrub(_CONTROL.sub("", text[:_KEEP_MAX]), instead="")


def without_marks(text: str) -> str:
    """Without characters that are never seen: zero-width ones and marks of direction."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _pasted(email: str) -> str:
    """An address as it was copied: what stood around it and zero-width spaces are no part of it."""
    bare = email.replace(_ZERO_WIDTH_SPACE, "")
    start, end = 0, len(bare)
    while start < end and _unseen(bare[start]):
        start += 1
    while end > start and _unseen(bare[end - 1]):
        end -= 1
    return bare[start:end]


def _unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Cf"


def _card_here() -> str:
    return _(
        "This looks like a card number. We took it out: your card is asked for later, on the payment step"
    )


def _hidden_in_email() -> str:
    return _("Check your email address: a hidden character stood in it, and was taken out")


def read_source(values: Mapping[str, str], *, sites: tuple[str, ...] = ()) -> dict[str, str]:
    """Where the donor came from. Nobody is troubled with errors here: what is odd is cut or left out. `sites` are
    those whose pages may show the form in a frame, if it stands in one."""
    source = {
        name: keepable(values.get(name, "")).strip()[: _SOURCE_MAX.get(name, 100)] for name in SOURCE_FIELDS
    }
    source = {name: " ".join(text.split()) for name, text in source.items()}
    story = source["story"]
    source["story"] = story if story.isascii() and story.isdigit() and len(story) < 16 else ""
    host = source["referrer_host"].lower()
    source["referrer_host"] = host if _HOST.fullmatch(host) else ""
    source["page_url"] = claimed_page(values.get("page_url", ""), sites)
    return {name: text for name, text in source.items() if text}


def carried_source(query: Mapping[str, str]) -> dict[str, str]:
    """Where the donor came from, as a link of ours carries it from one first step to another: hidden fields' values."""
    source = read_source({**query, "referrer_host": query.get("referrer", "")})
    source["referrer"] = source.pop("referrer_host", "")
    return {name: text for name, text in source.items() if text}


def suggested_email(email: str) -> str:
    """The whole address that was probably meant ("ada@gmail.com" for "ada@gmial.com"), or "". It never blocks."""
    mailbox, at, host = email.rpartition("@")
    host = host.lower()
    if not at or host in _MAIL_HOSTS or host in _REAL_HOSTS:
        return ""
    near = next((known for known in _MAIL_HOSTS if _one_slip(host, known)), "")
    return f"{mailbox}@{near}" if near else ""


class _Reader:
    """Reads text fields of one step and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, str], errors: list[FieldError]) -> None:
        self._values = values
        self._errors = errors

    def line(self, name: str, max_length: int, *, required: str = "") -> str:
        """One line of text in any script, trimmed."""
        text = self._values.get(name, "")
        if "\n" in text or "\r" in text:
            self._errors.append(FieldError(name, _("Write this on one line, without line breaks")))
            return ""
        return self._checked(name, text, max_length, required=required)

    def text(self, name: str, max_length: int) -> str:
        """Text that may have several lines."""
        return self._checked(name, self._values.get(name, "").replace("\r\n", "\n"), max_length, required="")

    def _checked(self, name: str, text: str, max_length: int, *, required: str) -> str:
        text = unicodedata.normalize("NFC", text.strip())
        if _CONTROL.search(text):
            self._errors.append(FieldError(name, _("Remove the characters that can’t be printed")))
        elif len(text) > max_length:
            self._errors.append(
                FieldError(name, _("Write at most %(most)s characters") % {"most": max_length})
            )
        elif required and not _visible(text):
            self._errors.append(FieldError(name, required))
        else:
            return text
        return ""


def _visible(text: str) -> bool:
    """Whether there is anything to see: zero-width signs alone are no name."""
    return any(unicodedata.category(char)[0] not in "CZ" for char in text)


def _read_frequency(values: Mapping[str, str], choice: CurrencyChoice) -> Frequency:
    """Nobody gives monthly who didn't say so: what isn't said is once, or what alone is offered."""
    asked = values.get("frequency") or choice.frequency
    known = next((each for each in choice.frequencies if each == asked), None)
    if known is not None:
        return known
    if choice.frequencies == ("once",):
        # The form's own field says "once": a page of another make asked for more than is offered here.
        text = _("This form takes single gifts only. To give once, choose an amount and continue.")
        raise Invalid(FieldError("amount", text))
    raise Invalid(FieldError("frequency", _("Choose how often you would like to give")))


def _read_schedule(
    values: Mapping[str, str], frequency: Frequency, errors: list[FieldError], *, today: date
) -> Schedule:
    """The day and the end of a regular gift: after so many, or on a date."""
    typed = [values.get(name, "").strip() for name in ("plan_day", "plan_gifts", "plan_until")]
    day, gifts, until_text = typed
    wrong = len(errors)
    if day and not _whole(day, least=1, most=31):
        errors.append(FieldError("plan_day", _("Choose a day of the month")))
    if gifts and not _whole(gifts, least=2, most=600):
        text = _("Enter a number of gifts from 2 to 600, or leave this empty to give until you stop it")
        errors.append(FieldError("plan_gifts", text))
    if len(errors) > wrong:
        return Schedule(frequency)
    schedule = Schedule(frequency, int(day or 0), int(gifts) if gifts else None)
    until = _read_until(until_text, schedule, errors, today=today) if until_text else None
    return replace(schedule, until=until)


def _read_until(text: str, schedule: Schedule, errors: list[FieldError], *, today: date) -> date | None:
    """The last day of a regular gift, as a date field writes it. Before the second one, it would be a single gift."""
    if schedule.gifts is not None:
        error = _("Choose one end: a last date, or a number of gifts")
        errors.append(FieldError("plan_until", error))
        return None
    try:
        until = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        until = None
    second_on = schedule.next_on(today)
    farthest = date(today.year + _LONGEST_YEARS, 12, 31)
    if until is None:
        error = _("Enter a date in the form %(example)s") % {"example": farthest.isoformat()}
    elif until < second_on:
        error = _("Choose a date on or after %(date)s, when the second gift comes") % {
            "date": date_format(second_on, "DATE_FORMAT")
        }
    elif until > farthest:
        error = _("Choose a date up to %(date)s, or leave this empty to give until you stop it") % {
            "date": date_format(farthest, "DATE_FORMAT")
        }
    else:
        return until
    errors.append(FieldError("plan_until", error))
    return None


def _whole(text: str, *, least: int, most: int) -> bool:
    return text.isdecimal() and len(text) <= 4 and least <= int(text) <= most


def _read_fund(values: Mapping[str, str], spec: FormSpec) -> str:
    fund = values.get("fund") or next(iter(spec.funds))
    if fund not in spec.funds:
        raise Invalid(FieldError("fund", _("Choose where your gift should go")))
    return fund


def read_email(typed: str) -> str:
    """An email address by itself, as it was typed or pasted; raises `Invalid`."""
    errors: list[FieldError] = []
    email = _read_email(typed, errors)
    if errors:
        raise Invalid(*errors)
    return email


def _read_email(typed: str, errors: list[FieldError]) -> str:
    text = _("Enter an email address in the form name@example.com")
    email = _pasted(typed)
    if not email:
        errors.append(FieldError("email", _("Enter your email address, so that we can send your receipt")))
        return ""
    if email != without_marks(email):
        errors.append(FieldError("email", _hidden_in_email()))
        return ""
    try:
        if (
            len(email) > 254
            or _CONTROL.search(email)
            or any(char.isspace() or char in "<>,;" for char in email)
        ):
            raise ValidationError("")
        _check_email(email)
    except ValidationError:
        errors.append(FieldError("email", text))
        return ""
    return email


def _read_phone(read: _Reader, spec: FormSpec) -> str:
    if spec.asks.phone == "no":
        return ""
    required = _("Enter your phone number") if spec.asks.phone == "required" else ""
    phone = read.line("phone", 40, required=required)
    digits = sum(char.isdigit() for char in phone)
    if phone and (digits < 5 or _NOT_IN_PHONES.search(_EXTENSION.sub("", phone))):
        read._errors.append(
            FieldError("phone", _("Enter a phone number, such as 02 5550 1234 or +61 2 5550 1234"))
        )
    return phone


def _amount_error(code: str, name: str, currency: str) -> str:
    if code == "empty":
        return (
            _("Enter an amount")
            if name.startswith("other_amount")
            else _("Choose an amount, or enter another")
        )
    if code == "too_precise":
        return step_error(1, currency)
    if code == "not_positive":
        return _("Enter an amount above zero")
    if code == "too_large":
        return _("Enter a smaller amount")
    return _("Enter an amount in figures, such as 50 or 12.50")


def step_error(step_minor: int, currency: str) -> str:
    """For an amount that is no multiple of `step_minor`, a power of ten."""
    decimals = exponent(currency) - (len(str(step_minor)) - 1)
    if decimals <= 0:
        return _("Enter a whole amount, such as 1000")
    words = _("Enter an amount with at most %(count)s digits after the point, such as 12.50")
    return words % {"count": decimals}


def _money(amount_minor: int, currency: str) -> str:
    return in_words(amount_minor, currency, short=True)


def _one_slip(typed: str, meant: str) -> bool:
    """One letter missing, added, changed, or two neighbours swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant))
    )
    rest_typed, rest_meant = typed[start:], meant[start:]
    return (
        rest_typed[1:] == rest_meant[1:]
        or rest_typed[1:] == rest_meant
        or rest_typed == rest_meant[1:]
        or (rest_typed[:2] == rest_meant[:2][::-1] and rest_typed[2:] == rest_meant[2:])
    )
