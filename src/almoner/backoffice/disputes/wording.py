"""Disputes in the words that staff read."""

from typing import Final

from django.utils.timezone import localtime

from almoner.backoffice.words import Chip
from almoner.kernel.clock import now
from almoner.payments.models import Dispute
from almoner.payments.replies import OPEN_STATES
from almoner.payments.transitions import DisputeState

_CHIPS: Final = {
    DisputeState.INQUIRY: Chip("The bank asks", "wait"),
    DisputeState.NEEDS_RESPONSE: Chip("Waits for an answer", "bad"),
    DisputeState.UNDER_REVIEW: Chip("The bank decides", "wait"),
    DisputeState.WON: Chip("Won", "good"),
    DisputeState.LOST: Chip("Lost", "bad"),
    DisputeState.PREVENTED: Chip("Came to nothing", "good"),
}
_REASONS: Final = {
    "fraudulent": "The cardholder says that they didn’t make this payment",
    "unauthorised": "The payer says that they didn’t make this payment",
    "duplicate": "Charged twice, they say",
    "unrecognized": "The cardholder doesn’t recognise it",
    "credit_not_processed": "A refund was promised and didn’t come, they say",
    "product_not_received": "What was paid for didn’t come, they say",
    "merchandise_or_service_not_received": "What was paid for didn’t come, they say",
    "subscription_canceled": "The regular gift had been stopped, they say",
    "general": "No reason was given",
}


def chip(dispute: Dispute) -> Chip:
    return _CHIPS[DisputeState(dispute.state)]


def reason(code: str) -> str:
    """The gateway's word for it in a sentence; a word that isn't known here stands as it is."""
    return _REASONS.get(code.lower(), code.replace("_", " ").capitalize())


def deadline(dispute: Dispute) -> str:
    """The day by which an answer is wanted, counted down while one is."""
    if dispute.respond_by is None:
        return "No date is told"
    day = f"{localtime(dispute.respond_by):%-d %b %Y}"
    return f"{day}, {left(dispute)}" if dispute.state in OPEN_STATES else day


def left(dispute: Dispute) -> str:
    """How long there is still to answer."""
    if dispute.respond_by is None:
        return ""
    seconds = (dispute.respond_by - now()).total_seconds()
    if seconds < 0:
        return "too late"
    hours = int(seconds // 3600)
    if hours < 48:
        return f"{hours} {'hour' if hours == 1 else 'hours'} left"
    return f"{hours // 24} days left"
