"""Words for methods, declines and the sandbox's outcomes, in the reader's language."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from almoner.giving.views_model import Decline, MethodChoice
from almoner.payments.gateways.sandbox.gateway import Outcome

_METHODS: Final = {
    "sandbox_card": (gettext_noop("Card"), gettext_noop("Credit or debit card, here on this page")),
    "sandbox_hosted": (
        gettext_noop("Card, on a separate page"),
        gettext_noop("You finish on the payment provider’s own page and come back here"),
    ),
    "sandbox_debit": (
        gettext_noop("Bank debit"),
        gettext_noop("Taken from your bank account; it takes about three days"),
    ),
    "stripe_element": (
        gettext_noop("Card"),
        gettext_noop("Or Apple Pay, Google Pay or Link, where you have them"),
    ),
    "stripe_checkout": (
        gettext_noop("Card, on a separate page"),
        gettext_noop("You finish on the payment provider’s own page and come back here"),
    ),
    "stripe_becs": (
        gettext_noop("Australian bank account"),
        gettext_noop("By direct debit (BECS), from your bank"),
    ),
    "stripe_bacs": (
        gettext_noop("British bank account"),
        gettext_noop("By Direct Debit, under its guarantee"),
    ),
    "stripe_sepa": (
        gettext_noop("European bank account"),
        gettext_noop("By SEPA direct debit, with your IBAN"),
    ),
    "paypal": (gettext_noop("PayPal"), gettext_noop("You finish at PayPal and come back here")),
    "gocardless_becs": (
        gettext_noop("Australian bank account"),
        gettext_noop("By direct debit (BECS): you agree to it at GoCardless and come back here"),
    ),
    "gocardless_bacs": (
        gettext_noop("British bank account"),
        gettext_noop(
            "By Direct Debit, under its guarantee: you agree to it at GoCardless and come back here"
        ),
    ),
    "gocardless_sepa": (
        gettext_noop("European bank account"),
        gettext_noop("By SEPA direct debit: you agree to it at GoCardless and come back here"),
    ),
    "bank_transfer": (
        gettext_noop("Bank transfer"),
        gettext_noop("You send it from your own bank, with a reference that we show you"),
    ),
}
_OUTCOMES: Final = {
    Outcome.SUCCESS: gettext_noop("The payment succeeds"),
    Outcome.EXPIRED_CARD: gettext_noop("Declined: the card has expired"),
    Outcome.INSUFFICIENT_FUNDS: gettext_noop("Declined: not enough money"),
    Outcome.AUTHENTICATION_FAILED: gettext_noop("Declined: the bank could not confirm it was you"),
    Outcome.LOST_CARD: gettext_noop("Declined: the card was reported lost"),
    Outcome.STOLEN_CARD: gettext_noop("Declined: the card was reported stolen"),
    Outcome.INCORRECT_CODE: gettext_noop("Declined: the security code is wrong"),
    Outcome.DO_NOT_HONOUR: gettext_noop("Declined: the bank gives no reason"),
    Outcome.AUTHENTICATE: gettext_noop("The bank asks you to confirm first"),
    Outcome.ANSWER_LOST: gettext_noop("It succeeds, but the answer is lost on the way"),
    Outcome.TIMEOUT_AFTER: gettext_noop("It succeeds, but the answer comes too late"),
    Outcome.TIMEOUT_BEFORE: gettext_noop("The provider never hears us"),
    Outcome.BUSY: gettext_noop("The provider is too busy"),
    Outcome.DEBIT_SETTLES: gettext_noop("Bank debit: it settles after three days"),
    Outcome.DEBIT_FAILS: gettext_noop("Bank debit: it fails after three days"),
}


def method_choice(code: str) -> MethodChoice:
    """How a method is offered to donors."""
    label, hint = _METHODS[code]
    return MethodChoice(code, _(label), _(hint))


def method_name(code: str) -> str:
    """A method in a word or two, for a summary and a receipt."""
    return _(_METHODS[code][0]) if code in _METHODS else ""


def outcome_label(outcome: Outcome) -> str:
    return _(_OUTCOMES[outcome])


def decline(code: str, *, guarded: bool, kept: str | None = None) -> Decline:
    """Why a payment wasn't taken, and what to do now. Lost, stolen, wrong code and the rest share one wording; under
    attack all do, for each difference would teach a card tester something. `kept`: what became of what was typed."""
    other = kept or _("Nothing was charged, and all that you typed is still here.")
    if guarded or code not in _NAMED:
        return Decline(
            _("Your bank did not take this payment"),
            _("Please check the details and try once more, or choose another way to pay.") + " " + other,
        )
    title, action = _NAMED[code]
    return Decline(_(title), f"{_(action)} {other}")


def decline_elsewhere(code: str, *, guarded: bool, kept: bool, debit: bool = False) -> Decline:
    """The same on the gift's own page, where no field stands: `kept` if trying again brings back what was typed. A
    `debit` that fails days later was of no card."""
    text = (
        _("Nothing was charged. Press “Try again”: what you typed is kept.")
        if kept
        else _("Nothing was charged.")
    )
    if debit and code == "insufficient_funds" and not guarded:
        action = _("Please give a smaller amount, or choose another way to pay.")
        return Decline(_("There was not enough money in this account"), f"{action} {text}")
    return decline(code, guarded=guarded, kept=text)


def earlier_try(code: str, *, guarded: bool) -> str:
    """For a page from before a decline: what it sent was not tried. `code` is why the earlier try failed, if that is
    to be said: "" after a change of mind."""
    if not code:
        return _("Your earlier try did not go through, and nothing was charged. Press the button to try now.")
    why = decline(code, guarded=guarded).title
    return _(
        "Your earlier try did not go through: “%(why)s”. Nothing was charged. Press the button to try again."
    ) % {"why": why}


_NAMED: Final = {
    "expired_card": (
        gettext_noop("This card has expired"),
        gettext_noop("Please use another card, or choose another way to pay."),
    ),
    "insufficient_funds": (
        gettext_noop("There was not enough money on this card"),
        gettext_noop(
            "Please use another card, go back and give a smaller amount, or choose another way to pay."
        ),
    ),
    "authentication": (
        gettext_noop("Your bank could not confirm that it was you"),
        gettext_noop(
            "Please try again and confirm the payment with your bank, or choose another way to pay."
        ),
    ),
    "try_later": (
        gettext_noop("The payment provider is very busy"),
        gettext_noop("Please press the button again in a minute, or choose another way to pay."),
    ),
    "refused": (
        gettext_noop("This way of paying is not available for this gift"),
        gettext_noop("Please choose another way to pay."),
    ),
}
