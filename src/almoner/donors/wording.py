"""A regular gift in words, for its mails and its pages: whole sentences in the active language."""

from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from almoner.giving.wording import method_name
from almoner.plans.models import Plan
from almoner.receipts.facts import one_line
from almoner.receipts.wording import day, money, unbroken

# Why a donor stops, if they care to say. The codes stand in the plan's row.
REASONS: Final = {
    "money": gettext_noop("My money is tight just now"),
    "other_cause": gettext_noop("I give elsewhere now"),
    "too_many": gettext_noop("I hear too much from you, or too little"),
    "mistake": gettext_noop("I didn’t mean to give regularly"),
    "other": gettext_noop("Another reason"),
}


def promise(amount_minor: int, currency: str, every: int) -> str:
    """ "$50.00 AUD every month"."""
    words = {
        1: _("%(amount)s every month"),
        3: _("%(amount)s every three months"),
        12: _("%(amount)s every year"),
    }
    return words[every] % {"amount": unbroken(money(amount_minor, currency))}


def promise_of(plan: Plan) -> str:
    return promise(plan.total_minor, plan.currency, plan.every)


def paid_by(plan: Plan) -> str:
    """ "Visa ···· 4242", or the way of paying where nothing more is known."""
    return one_line(plan.method_label) or method_name(plan.method)


def why_declined(code: str) -> str:
    """What may be said of a decline: lost, stolen, and all that would help a thief share one wording."""
    if code == "insufficient_funds":
        return _("Your bank says that there was not enough money.")
    if code == "expired_card":
        return _("Your bank says that the card has expired.")
    if code == "authentication":
        return _("Your bank wants you to confirm it yourself.")
    return _("Your bank gave no reason that we may see.")


def reason_label(code: str) -> str:
    return _(REASONS[code])


def day_of(text: str) -> str:
    """A date that was kept as "2026-12-24", in words; "" for none."""
    return day(date.fromisoformat(text)) if text else ""


def month_of(text: str) -> str:
    """ "2026-12" as cards write it: "12/2026"."""
    year, _dash, month = text.partition("-")
    return f"{month}/{year}" if month else ""
