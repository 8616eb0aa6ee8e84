"""How states and events are told to a fundraiser: what happened, in plain words, and how it stands."""

from dataclasses import dataclass
from typing import Final

from almoner.backoffice.money import money
from almoner.giving.models import Gift, GiftStatus
from almoner.payments.models import Attempt, DisputeEvent, Event, RefundEvent
from almoner.receipts.models import ReceiptDelivery


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a word or two. `tone` is good, wait, bad or quiet: a colour beside the words, never instead."""

    label: str
    tone: str


_STATUS: Final = {
    GiftStatus.PENDING: Chip("Being paid", "wait"),
    GiftStatus.AWAITING: Chip("Awaiting transfer", "wait"),
    GiftStatus.PROCESSING: Chip("Processing", "wait"),
    GiftStatus.UNKNOWN: Chip("Outcome not known", "bad"),
    GiftStatus.SETTLED: Chip("Paid", "good"),
    GiftStatus.RETURNED: Chip("Returned by the bank", "bad"),
    GiftStatus.FAILED: Chip("Not paid", "quiet"),
}
_FLAGS: Final = {
    "paid_twice": "Paid twice",
    "back_twice": "Given back twice",
    "amounts_differ": "Amounts differ",
}
FLAG_HELP: Final = {
    "paid_twice": "More than one payment for this gift went through. Refund the one that is too much.",
    "back_twice": "The donor’s bank took back a payment of which we had refunded a part already: the donor has that "
    "part twice. Write to them, or bear it.",
    "amounts_differ": "The payment service reports another amount than we asked for. Nothing was booked: "
    "compare with its dashboard before you tell the donor anything.",
}

_METHODS: Final = {
    "card": "Card", "sandbox_card": "Card (sandbox)", "sandbox_hosted": "Hosted checkout (sandbox)",
    "sandbox_debit": "Direct debit (sandbox)", "bank_transfer": "Bank transfer", "cheque": "Cheque", "cash": "Cash",
    "phone": "Phone", "event": "Event", "transfer": "Bank transfer",
    "imported": "Imported",
    "stripe_element": "Card or wallet (Stripe)", "stripe_checkout": "Stripe’s page",
    "stripe_becs": "BECS debit (Stripe)",
    "stripe_bacs": "Bacs debit (Stripe)", "stripe_sepa": "SEPA debit (Stripe)", "paypal": "PayPal",
    "gocardless_becs": "BECS debit (GoCardless)", "gocardless_bacs": "Bacs debit (GoCardless)",
    "gocardless_sepa": "SEPA debit (GoCardless)",
}  # fmt: skip

_DECLINES: Final = {
    "expired_card": "the card has expired",
    "insufficient_funds": "insufficient funds",
    "authentication": "the bank’s check was not passed",
    "disputed": "given back to the donor by their bank",
    "generic": "declined by the bank",
    "refused": "refused by the payment service",
    "try_later": "the payment service was not available",
}

_EVENTS: Final = {
    "created": "Payment begun",
    "refused": "Payment not accepted",
    "given_up": "Given up: the payment service never answered, and nothing was charged",
    "awaiting": "Transfer promised: we wait for the money",
    "received": "Transfer received",
    "expired": "Given up: the transfer never came",
    "unmatched": "Match undone: the transfer was not this gift’s, or its statement was taken back",
    "confirming": "Donor confirmed the payment",
    "unknown": "No answer from the payment service: the outcome is not known yet",
    "action_required": "Donor sent to the bank’s own check",
    "processing": "Debit accepted: the bank takes some days",
    "succeeded": "Paid",
    "failed": "Not paid",
    "cancelled": "Cancelled at the payment service: nothing was charged",
    "corrected": "Paid after all: the payment service corrected itself",
    "returned": "Returned by the bank: the money went back",
    "collected": "Collected after all",
    "fee_changed": "The gateway’s fee was corrected",
}
_REFUND_EVENTS: Final = {
    "submitted": "Refund asked for",
    "unknown": "No answer about the refund yet: we keep asking",
    "succeeded": "Refunded",
    "failed": "Refund failed: the money is still with the charity",
    "corrected": "Refunded after all: the payment service made it",
}
_DISPUTE_EVENTS: Final = {
    "inquiry": ("The donor’s bank asks about it", "bad"),
    "opened": ("Disputed by the donor’s bank, and taken back for now", "bad"),
    "answered": ("The dispute was answered", "plain"),
    "reopened": ("The bank asks for more", "bad"),
    "won": ("Dispute won: the money is back", "good"),
    "lost": ("Dispute lost", "bad"),
    "prevented": ("The bank’s question came to nothing", "good"),
    "fee_changed": ("The dispute’s fee was corrected", "plain"),
}
_GOOD: Final = frozenset({"succeeded", "received", "corrected", "collected"})
_BAD: Final = frozenset({"failed", "refused", "unknown", "returned", "unmatched", "given_up", "expired"})

_SENDERS: Final = {
    "answer": "the payment service answered", "look": "we asked the payment service",
    "sweep": "we asked the payment service", "webhook": "the payment service told us", "abandoned": "the donor left",
}  # fmt: skip


def chips(gift: Gift) -> list[Chip]:
    """A gift's status, what was given back of it, and anything a person has to look at."""
    found = [refund_chip(gift) or _STATUS.get(GiftStatus(gift.status), Chip(gift.status, "quiet"))]
    if gift.flag:
        found.append(Chip(_FLAGS.get(gift.flag, gift.flag.replace("_", " ")), "bad"))
    return found


def refund_chip(gift: Gift) -> Chip | None:
    """Only of a gift that was paid: a refund in part, or the whole."""
    if gift.status != GiftStatus.SETTLED or not gift.refunded_minor:
        return None
    whole = gift.refunded_minor >= (gift.settled_minor or 0)
    return Chip("Refunded" if whole else "Part refunded", "quiet" if whole else "good")


def method(code: str) -> str:
    return _METHODS.get(code, code.replace("_", " ").capitalize())


def decline(code: str) -> str:
    return _DECLINES.get(code, code.replace("_", " "))


def channel(code: str) -> str:
    return {"online": "Online"}.get(code, _METHODS.get(code, code))


def in_return(benefit: str, benefit_minor: int | None, currency: str) -> str:
    """ "Dinner, worth $30.00 AUD", "nothing", or "" where nobody asked."""
    if benefit_minor is None:
        return ""
    return f"{benefit}, worth {money(benefit_minor, currency)}" if benefit_minor else "nothing"


def attempt_event(event: Event, attempt: Attempt) -> tuple[str, str]:
    """A line of the timeline and its tone: "Card declined: insufficient funds", "bad"."""
    tone = "good" if event.name in _GOOD else "bad" if event.name in _BAD else "plain"
    if event.name in ("failed", "refused"):
        why = decline(event.code) if event.code and event.code not in _SENDERS else decline("generic")
        return f"{method(attempt.method)} declined: {why}", tone
    if event.name == "received" and attempt.gateway == "offline":
        return f"Received: {method(attempt.method).lower()}", tone
    text = _EVENTS.get(event.name, event.name.replace("_", " ").capitalize())
    if event.name in _GOOD and event.name != "received":
        text = f"{text} by {method(attempt.method).lower()}" if event.name == "succeeded" else text
    return text, tone


def account(code: str) -> str:
    """An account of the ledger as a person would call it: "clearing:stripe" -> "stripe clearing"."""
    kind, _, of = code.partition(":")
    names = {
        "bank": "bank", "undeposited": "money not yet banked", "suspense": "suspense", "clearing": f"{of} clearing",
        "income": f"income ({of})", "refunds": f"refunds ({of})", "fees": f"{of} fees",
        "in_transit": f"{of} in transit", "disputes": f"{of} disputes", "dispute-fees": f"{of} dispute fees",
        "dispute-losses": f"lost disputes ({of})",
    }  # fmt: skip
    return names.get(kind, code)


def told_by(code: str) -> str:
    """Who brought the news, for a small line under it; "" when it was the donor's own request."""
    return _SENDERS.get(code, "")


def dispute_event(event: DisputeEvent) -> tuple[str, str]:
    return _DISPUTE_EVENTS.get(event.name, (event.name.capitalize(), "plain"))


def refund_event(event: RefundEvent) -> tuple[str, str]:
    tone = {"succeeded": "good", "corrected": "good", "failed": "bad", "unknown": "bad"}.get(
        event.name, "plain"
    )
    return _REFUND_EVENTS.get(event.name, event.name.capitalize()), tone


_MAILS: Final = {
    ReceiptDelivery.Kind.RECEIPT: "Receipt {number}",
    ReceiptDelivery.Kind.RESENT: "Receipt {number} again",
    ReceiptDelivery.Kind.REPLACED: "Replacement receipt {number}",
    ReceiptDelivery.Kind.CANCELLED: "Notice that receipt {number} is cancelled",
    ReceiptDelivery.Kind.INSTRUCTIONS: "How to send the transfer",
}
_MAIL_STATES: Final = {
    ReceiptDelivery.State.BOUNCED: "came back",
    ReceiptDelivery.State.FAILED: "could not be sent",
    ReceiptDelivery.State.SKIPPED: "not sent",
}
_MAIL_REASONS: Final = {
    "no_address": "the donor gave no email address",
    "bounced_before": "mail to this address came back before",
    "erased": "the donor’s details were erased",
    "overtaken": "it was no longer needed",
    "refused": "the mail server refused it",
    "rejected": "the mail service refused it",
    "hard_bounce": "there is no such mailbox",
    "spam": "it was reported as spam",
}


def mail_of(mail: ReceiptDelivery) -> str:
    """What a mail was: "Receipt 000123 again". Needs `receipt` loaded."""
    number = mail.receipt.shown_number if mail.receipt is not None else ""
    return _MAILS[ReceiptDelivery.Kind(mail.kind)].format(number=number)


def mail_state(mail: ReceiptDelivery) -> str:
    return _MAIL_STATES.get(ReceiptDelivery.State(mail.state), mail.get_state_display())


def mail_reason(mail: ReceiptDelivery) -> tuple[str, ...]:
    return (mail_reason_of(mail.reason),) if mail.reason else ()


def mail_reason_of(code: str) -> str:
    return _MAIL_REASONS.get(code, code.replace("_", " "))
