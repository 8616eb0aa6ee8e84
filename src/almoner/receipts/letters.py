"""The mails about a gift, in words: what a donor reads, the same in text and in HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.charities.models import Charity
from almoner.giving.catalogue import phrases_of
from almoner.giving.looks import ColourInvalid, theme
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference, transfer_reference
from almoner.kernel.spoken import Spoken
from almoner.receipts.facts import one_line
from almoner.receipts.links import check_path, pdf_path, site_of
from almoner.receipts.models import Receipt, ReceiptCancellation, ReceiptDelivery
from almoner.receipts.sealing import method_words
from almoner.receipts.wording import apart, day, money, right_to_left, unbroken
from almoner.supporters.models import Contact

_PLAIN_COLOUR: Final = "#1f5f5b"
Kind = ReceiptDelivery.Kind
Reason = ReceiptCancellation.Reason


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled fact. `code`: figures and letters that must be copied exactly, always from left to right. `url` leads
    to how it is known; `note` is said of it, smaller."""

    label: str
    value: str
    code: bool = False
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail before it is dressed. `paragraphs` come before the lines and `after` behind them."""

    language: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    action: Line | None = None
    # A second link, smaller: where anybody may check what this mail carries, or the other way to do what it asks.
    check: Line | None = None
    after: tuple[str, ...] = ()
    practice: str = ""
    charity_name: str = ""
    footer: tuple[str, ...] = ()
    colour: str = _PLAIN_COLOUR

    @property
    def direction(self) -> str:
        return "rtl" if right_to_left(self.language) else "ltr"

    def text(self) -> str:
        with translation.override(self.language):
            return render_to_string("receipts/mail_text.jinja", {"letter": self}, using="jinja2")

    def html(self) -> str:
        with translation.override(self.language):
            return render_to_string("receipts/mail_html.jinja", {"letter": self}, using="jinja2")


def receipt_letter(receipt: Receipt, kind: Kind, *, before: Receipt | None) -> Letter:
    """A mail that carries a receipt, or says that one no longer holds. `before` is the one that it replaces.

    Needs the rows of `sealing.with_rows` on both.
    """
    with translation.override(receipt.language):
        return _COMPOSERS[kind](receipt, before)


def instructions_letter(gift: Gift) -> Letter:
    """How to send a promised transfer. Needs the gift's charity, contact and fund."""
    with translation.override(gift.language):
        amount = money(gift.total_minor, gift.currency)
        bank = [Line(row["label"], one_line(row["value"]), code=True) for row in gift.charity.bank_details]
        return _letter(
            gift,
            gift.language,
            subject=_("How to send your gift to %(charity)s") % _named(gift.charity),
            paragraphs=(
                _("Thank you for your gift. One thing is left: please send %(amount)s from your bank.")
                % {"amount": unbroken(amount)},
                _("Please write the reference exactly so: it is how we find your gift."),
            ),
            lines=(
                *bank,
                Line(_("Amount"), amount, code=True),
                Line(_("Reference"), transfer_reference(gift.reference, gift.currency), code=True),
            ),
            after=(_("When your transfer arrives, usually within two working days, we send your receipt."),),
            practice=False,
        )


# ---- Each kind -----------------------------------------------------------------------------------------------------


def _receipt(receipt: Receipt, before: Receipt | None) -> Letter:
    words = {"amount": _amount(receipt.amount_minor, receipt), **_named(receipt.gift.charity)}
    thanks = _("Thank you for your gift of %(amount)s to %(charity)s. Your receipt is attached.") % words
    return _with_document(
        receipt,
        subject=_("Your receipt %(number)s from %(charity)s"),
        paragraphs=(thanks, *_own_words(receipt.gift)),
    )


def _resent(receipt: Receipt, before: Receipt | None) -> Letter:
    words = {"amount": _amount(receipt.amount_minor, receipt), **_named(receipt.gift.charity)}
    again = _("Here is the receipt for your gift of %(amount)s to %(charity)s again. It is attached.") % words
    return _with_document(receipt, subject=_("Your receipt %(number)s from %(charity)s"), paragraphs=(again,))


def _replaced(receipt: Receipt, before: Receipt | None) -> Letter:
    assert before is not None
    words = {
        "old": before.shown_number,
        "new": receipt.shown_number,
        "back": _amount(before.amount_minor - receipt.amount_minor, receipt),
        "left": _amount(receipt.amount_minor, receipt),
    }
    if before.cancellation.reason == Reason.REFUNDED and before.amount_minor > receipt.amount_minor:
        why = _("We have given back %(back)s of your gift, so receipt %(old)s no longer holds.") % words
        now_holds = _("Receipt %(new)s takes its place. It is for the %(left)s that remain, and is attached.")
    elif before.cancellation.reason == Reason.RETURNED and before.amount_minor > receipt.amount_minor:
        why = _("Your bank has taken back %(back)s of your gift, so receipt %(old)s no longer holds.") % words
        now_holds = _("Receipt %(new)s takes its place. It is for the %(left)s that remain, and is attached.")
    elif before.cancellation.reason == Reason.DETAILS:
        why = _("Your details have been put right, so receipt %(old)s no longer holds.") % words
        now_holds = _("Receipt %(new)s takes its place, and is attached.")
    else:
        why = _("Receipt %(old)s no longer holds, because the amount of your gift has changed.") % words
        now_holds = _("Receipt %(new)s takes its place. It is for %(left)s, and is attached.")
    return _with_document(
        receipt,
        subject=_("Receipt %(number)s from %(charity)s replaces an earlier one"),
        paragraphs=(why, now_holds % words),
    )


def _cancelled(receipt: Receipt, before: Receipt | None) -> Letter:
    words = {"number": receipt.shown_number, "amount": _amount(receipt.amount_minor, receipt)}
    if receipt.cancellation.reason == Reason.RETURNED:
        why = _("Your bank has taken back the payment of your gift of %(amount)s.")
    elif receipt.cancellation.reason == Reason.UNMATCHED:
        why = _("We had taken a transfer of %(amount)s for your gift by mistake. We still wait for yours.")
    else:
        why = _("We have given back your gift of %(amount)s. Your bank may take a few days to show it.")
    keep = _("Receipt %(number)s no longer holds. Please don’t use it for your tax return.")
    return _letter(
        receipt.gift,
        receipt.language,
        subject=_("Receipt %(number)s from %(charity)s no longer holds")
        % {**words, **_named(receipt.gift.charity)},
        paragraphs=(why % words, keep % words),
        lines=_facts(receipt),
        practice=_is_practice(receipt),
    )


_COMPOSERS: Final[dict[Kind, Callable[[Receipt, Receipt | None], Letter]]] = {
    Kind.RECEIPT: _receipt,
    Kind.RESENT: _resent,
    Kind.REPLACED: _replaced,
    Kind.CANCELLED: _cancelled,
}


# ---- What they share -----------------------------------------------------------------------------------------------


def _with_document(receipt: Receipt, *, subject: str, paragraphs: tuple[str, ...]) -> Letter:
    charity = receipt.gift.charity
    site = site_of(charity)
    return _letter(
        receipt.gift,
        receipt.language,
        subject=subject % {"number": receipt.shown_number, **_named(charity)},
        paragraphs=paragraphs,
        lines=_facts(receipt),
        action=Line(_("Download your receipt (PDF)"), site + pdf_path(receipt.token)),
        check=Line(_("Check this receipt"), site + check_path(receipt.token)),
        after=(_("Anyone may check that this receipt is ours and still holds. The page shows no name."),),
        practice=_is_practice(receipt),
    )


def _letter(
    gift: Gift,
    language: str,
    *,
    subject: str,
    paragraphs: tuple[str, ...],
    practice: bool,
    lines: tuple[Line, ...] = (),
    action: Line | None = None,
    check: Line | None = None,
    after: tuple[str, ...] = (),
) -> Letter:
    return Letter(
        language=language,
        subject=one_line(subject),
        greeting=greeting(gift.contact),
        paragraphs=paragraphs,
        lines=lines,
        action=action,
        check=check,
        after=(*after, questions(gift.charity, gift.reference)),
        practice=_("Practice mode: no money moved, and this is not a receipt for tax.") if practice else "",
        charity_name=one_line(gift.charity.name),
        footer=footer(gift.charity),
        colour=colour(gift.charity),
    )


def questions(charity: Charity, reference: str) -> str:
    """Where a person answers, in the active language."""
    return _("Questions? Write to %(email)s and name your reference, %(reference)s.") % {
        "email": apart(charity.email),
        "reference": unbroken(shown_reference(reference)),
    }


def greeting(contact: Contact) -> str:
    """In the active language."""
    name = one_line(contact.given_name or contact.name)
    return _("Dear %(name)s,") % {"name": apart(name)} if name else _("Dear friend,")


def _facts(receipt: Receipt) -> tuple[Line, ...]:
    zone = ZoneInfo(receipt.gift.charity.timezone)
    lines = (
        Line(_("Receipt number"), receipt.shown_number, code=True),
        Line(_("Amount received"), money(receipt.amount_minor, receipt.currency), code=True),
        Line(_("Date of gift"), day(receipt.given_at.astimezone(zone).date())),
        Line(_("Given by"), method_words(receipt.attempt.method)),
        named(receipt.gift.charity, receipt.gift.fund.name),
    )
    return tuple(line for line in lines if line.value)


def _own_words(gift: Gift) -> tuple[str, ...]:
    """The form's own thank-you, as its editors wrote it, in the active language where they said it there."""
    if gift.form is None:
        return ()
    blocks = in_words(gift.charity, gift.form.thanks_text).replace("\r\n", "\n").split("\n\n")
    return tuple(one_line(block) for block in blocks if one_line(block))


def in_words(charity: Charity, text: str) -> Spoken:
    """What the charity calls it, in the active language where somebody said it there."""
    return phrases_of(charity, get_language() or charity.language).say(text)


def named(charity: Charity, fund: str) -> Line:
    """What a gift is for: the fund's name in the active language, or marked as the charity's own."""
    said = in_words(charity, fund)
    return Line(_("For"), Spoken(one_line(said), said.language))


def footer(charity: Charity) -> tuple[str, ...]:
    """Who writes, in the active language."""
    numbers = [f"{row['label']} {row['value']}" for row in charity.tax_numbers]
    lines = (
        ", ".join([charity.legal_name, *numbers]),
        ", ".join(line for line in charity.address_lines.splitlines() if line.strip()),
        _("This mail is part of your gift, and comes whatever you chose about other mail."),
    )
    return tuple(one_line(line) for line in lines if one_line(line))


def _named(charity: Charity) -> dict[str, str]:
    return {"charity": apart(charity.name)}


def _amount(amount_minor: int, receipt: Receipt) -> str:
    return unbroken(money(amount_minor, receipt.currency))


def _is_practice(receipt: Receipt) -> bool:
    return receipt.attempt.gateway == "sandbox"


def colour(charity: Charity) -> str:
    """The charity's own where words can be read in it."""
    try:
        return theme(charity.colour_primary, charity.colour_accent).light.brand_text
    except ColourInvalid:
        return _PLAIN_COLOUR
