"""The words of a receipt: one wording for each country's rules, versioned by the date from which it holds.

A gift gets the wording that held on the day it was made. Rules change by adding an entry, never by editing one: what
was printed in the past can then always be explained.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import formats, translation
from django.utils.translation import gettext as _

from almoner.charities.amounts import in_words
from almoner.receipts.facts import ReceiptFacts, one_line

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled fact. A value may have several lines."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A receipt in words, in the order in which it is read."""

    wording: str
    language: str
    title: str
    # Set for the sandbox's receipts, and empty for all others.
    practice: str
    number_label: str
    number: str
    thanks: str
    amount_label: str
    amount: str
    rows: tuple[Row, ...]
    statements: tuple[str, ...]
    check_title: str
    check_text: str
    check_alt: str
    footer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """`code` is kept with each receipt. `title` and `statements` speak the active language."""

    code: str
    since: date
    title: Callable[[ReceiptFacts], str]
    statements: Callable[[ReceiptFacts], list[str]]


def right_to_left(language: str) -> bool:
    return language.partition("-")[0] in _RIGHT_TO_LEFT


def wording_for(*, country: str, deductible: bool, on: date) -> Wording:
    """The wording that held on a day for a charity's country; the general one where no country has its own."""
    versions = _WORDINGS.get((country.upper(), deductible)) or _GENERAL
    held = [version for version in versions if version.since <= on]
    return max(held or versions[:1], key=lambda version: version.since)


def compose(facts: ReceiptFacts) -> Page:
    """The receipt in words, in its own language."""
    wording = wording_for(country=facts.charity.country, deductible=facts.fund.deductible, on=facts.given_on)
    with translation.override(facts.language):
        return Page(
            wording=wording.code,
            language=facts.language,
            title=wording.title(facts),
            practice=_("Practice mode: no money moved, and this is not a receipt for tax.")
            if facts.practice
            else "",
            number_label=_("Receipt number"),
            number=one_line(facts.number),
            thanks=_thanks(facts),
            amount_label=_("Amount received"),
            amount=money(facts.amount_minor, facts.currency),
            rows=tuple(_rows(facts)),
            statements=tuple(wording.statements(facts)),
            check_title=_("Check this receipt"),
            check_text=_(
                "Anyone may check that this receipt is ours and still holds. The page shows no name."
            ),
            check_alt=_("QR code of the address at which this receipt can be checked"),
            footer=tuple(_footer(facts)),
        )


def offline_method_name(code: str) -> str:
    """How a gift was made that staff entered, in the active language; "" for ways of paying online."""
    names = {
        "cheque": _("Cheque"),
        "cash": _("Cash"),
        "phone": _("By phone"),
        "event": _("At an event"),
    }
    return names.get(code, "")


def money(amount_minor: int, currency: str) -> str:
    """An amount that names its currency by its ISO code too: "$50.00 AUD", "KWD 5.000"."""
    return in_words(amount_minor, currency, home="")


def day(moment: date) -> str:
    """ "24 November 2026", in the active language."""
    return formats.date_format(moment, "DATE_FORMAT")


def apart(text: str) -> str:
    """Text inside a sentence of the other direction: kept apart, so that neither turns the other round."""
    bare = one_line(text)
    around = right_to_left(translation.get_language() or "en")
    mixed = any((unicodedata.bidirectional(char) in ("R", "AL")) != around for char in bare)
    turns = around or any(unicodedata.bidirectional(char) in ("R", "AL") for char in bare)
    return f"{_ISOLATE}{bare}{_END_ISOLATE}" if mixed and turns else bare


def unbroken(text: str) -> str:
    """The same, and kept on one line: an amount or a number that is read as one."""
    return apart(text).replace(" ", "\u00a0")


def _thanks(facts: ReceiptFacts) -> str:
    if not one_line(facts.donor.name):
        return _("Thank you for this gift.")
    return _("Thank you, %(name)s.") % {"name": apart(facts.donor.name)}


def _rows(facts: ReceiptFacts) -> list[Row]:
    donor = one_line(facts.donor.name) or _("Name not given")
    rows = [
        Row(_("Received from"), _lines(donor, *facts.donor.address_lines)),
        Row(_("Date of gift"), (day(facts.given_on),)),
        Row(_("Given by"), _lines(facts.method)),
        Row(_("For"), _lines(facts.fund.name)),
        Row(_("Date of issue"), (day(facts.issued_on),)),
    ]
    if facts.replaces:
        replaces = _("This receipt replaces receipt %(number)s, which no longer holds.")
        rows.append(Row(_("Replaces"), (replaces % {"number": apart(facts.replaces)},)))
    return [row for row in rows if row.lines]


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(apart(text) for text in texts if one_line(text))


def _footer(facts: ReceiptFacts) -> list[str]:
    charity = facts.charity
    numbers = [f"{one_line(number.label)} {one_line(number.value)}" for number in charity.tax_numbers]
    reach = [one_line(text) for text in (charity.email, charity.phone, charity.website)]
    address = [one_line(line) for line in charity.address_lines]
    parts = ([charity.legal_name, *numbers], address, reach)
    lines = (" · ".join(apart(text) for text in part if one_line(text)) for part in parts)
    return [line for line in lines if line]


# ---- Any country -------------------------------------------------------------------------------------------------


def _general_title(facts: ReceiptFacts) -> str:
    return _("Donation receipt")


def _general_statements(facts: ReceiptFacts) -> list[str]:
    return [
        _("This receipt is for a donation to %(charity)s.") % {"charity": apart(facts.charity.legal_name)},
        _in_return(facts),
    ]


def _in_return(facts: ReceiptFacts) -> str:
    if facts.benefit is None:
        return _("Nothing was given in return.")
    return _("Given in return: %(benefit)s, worth %(value)s.") % {
        "benefit": apart(facts.benefit.description),
        "value": unbroken(money(facts.benefit.value_minor, facts.currency)),
    }


# ---- Australia ---------------------------------------------------------------------------------------------------
# Income Tax Assessment Act 1997, section 30-228: the name of the fund, authority or institution that is endorsed, its
# ABN, and the fact that it is a gift; for a contribution to an event its amount and the benefit's value with GST.


def _dgr_title(facts: ReceiptFacts) -> str:
    return (
        _("Receipt for a tax-deductible gift") if facts.benefit is None else _("Receipt for a contribution")
    )


def _dgr_statements(facts: ReceiptFacts) -> list[str]:
    fund = apart(facts.fund.endorsed_name)
    named = {"fund": fund, "abn": unbroken(facts.fund.endorsed_abn)}
    if facts.benefit is not None:
        return [_dgr_contribution(facts, named), _dgr_endorsed(fund)]
    first = facts.given_on.year if facts.given_on.month >= 7 else facts.given_on.year - 1
    year = _(
        "Gifts of $2 or more are tax deductible in Australia; this one belongs to the tax year %(year)s."
    )
    return [
        _("This receipt is for a gift to %(fund)s, ABN %(abn)s.") % named,
        _dgr_endorsed(fund),
        year % {"year": unbroken(f"{first}–{(first + 1) % 100:02d}")},
        _in_return(facts),
    ]


def _dgr_endorsed(fund: str) -> str:
    return _("%(fund)s is endorsed as a deductible gift recipient.") % {"fund": fund}


def _dgr_contribution(facts: ReceiptFacts, named: dict[str, str]) -> str:
    assert facts.benefit is not None
    words = _(
        "This receipt is for a contribution of %(amount)s to %(fund)s, ABN %(abn)s. Given in return: %(benefit)s, "
        "with a market value of %(value)s including GST."
    )
    return words % {
        **named,
        "amount": unbroken(money(facts.amount_minor, facts.currency)),
        "benefit": apart(facts.benefit.description),
        "value": unbroken(money(facts.benefit.value_minor, facts.currency)),
    }


def _not_endorsed_statements(facts: ReceiptFacts) -> list[str]:
    return [*_general_statements(facts), _("This gift is not tax deductible in Australia.")]


# The earliest date of each list stands for "always, as far as this product goes back".
_SO_FAR: Final = date(1997, 7, 1)
_GENERAL: Final = (Wording("GENERAL-1997", _SO_FAR, _general_title, _general_statements),)
_WORDINGS: Final[dict[tuple[str, bool], tuple[Wording, ...]]] = {
    ("AU", True): (Wording("AU_DGR-1997", _SO_FAR, _dgr_title, _dgr_statements),),
    ("AU", False): (Wording("AU_GENERAL-1997", _SO_FAR, _general_title, _not_endorsed_statements),),
}
