"""How a plan's state, rhythm and history are told to a fundraiser."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from almoner.backoffice import words
from almoner.backoffice.money import money
from almoner.backoffice.words import Chip
from almoner.donors.models import PlanMail
from almoner.kernel.money import format_plain
from almoner.payments.gateways.port import Decline
from almoner.plans.models import Every, Plan, PlanEvent
from almoner.plans.transitions import PeriodState, PlanState
from almoner.plans.withdrawing import Debit, Standing

EVERY: Final = {Every.MONTH: "every month", Every.QUARTER: "every three months", Every.YEAR: "every year"}
_STATES: Final = {
    PlanState.STARTING: Chip("Waits for its first payment", "wait"),
    PlanState.ACTIVE: Chip("Active", "good"),
    PlanState.RETRYING: Chip("Payment failed, tried again", "bad"),
    PlanState.PAUSED: Chip("Paused", "wait"),
    PlanState.COMPLETED: Chip("Completed", "quiet"),
    PlanState.CANCELLED: Chip("Cancelled", "quiet"),
}
PERIODS: Final = {
    PeriodState.DUE: "announced, not charged yet",
    PeriodState.CHARGING: "being paid",
    PeriodState.PAID: "paid",
    PeriodState.FAILED: "not paid",
    PeriodState.SKIPPED: "left out",
}
# Why a donor stops. The first are those of the donor's own page.
REASONS: Final = {
    "money": "Money is tight",
    "other_cause": "Gives elsewhere now",
    "too_many": "Hears too much from us, or too little",
    "mistake": "Didn’t mean to give regularly",
    "other": "Another reason",
}
_OTHER_REASONS: Final = {"erased": "the person was erased", "abandoned": "the first gift was never paid"}
REFUSED: Final = {
    "ended": "This regular gift has ended. Begin a new one with the donor instead.",
    "starting": "Its first payment isn’t made yet: ask the donor to finish it, or cancel it.",
    "past": "This day is over. Choose a later one.",
    "no_next": "That gift is no longer the next one. Look at the next date and try again.",
    "no_method": "There is nothing to charge. The donor has to give a card or an account on their own page first.",
    "amount": "Enter an amount above zero.",
}
_EVENTS: Final = {
    "started": ("Begun: the first gift is paid", "good"),
    "abandoned": ("Given up: the first gift was never paid", "quiet"),
    "recovered": ("Paid after all", "good"),
    "gave_up": ("Paused: the last try failed", "bad"),
    "paused": ("Paused", "plain"),
    "resumed": ("Goes on", "good"),
    "cancelled": ("Cancelled", "bad"),
    "completed": ("Completed: all that was promised is given", "good"),
    "returned": ("A debit came back from the bank", "bad"),
    "skipped": ("A gift left out", "plain"),
    "still_taken": ("Too late to stop a debit: the banks have it already", "bad"),
    "disputed": ("The donor’s bank gave a gift back: it waits for the donor, or for you", "bad"),
}
_BY: Final = {
    PlanEvent.By.DONOR: "the donor", PlanEvent.By.WORKER: "", PlanEvent.By.GATEWAY: "the payment service",
    PlanEvent.By.IMPORT: "the import", PlanEvent.By.STAFF: "staff",
}  # fmt: skip
_MAIL_STATES: Final = {
    PlanMail.State.QUEUED: "on its way", PlanMail.State.SENT: "sent", PlanMail.State.BOUNCED: "came back",
    PlanMail.State.SKIPPED: "not sent",
}  # fmt: skip
_MAILS: Final = {
    PlanMail.Kind.STARTED: "Thanks for beginning", PlanMail.Kind.NOTICE: "Notice of the next debit",
    PlanMail.Kind.DECLINED: "The payment failed, and is tried again",
    PlanMail.Kind.NEEDS_METHOD: "Another card or account is needed",
    PlanMail.Kind.AUTHENTICATE: "The bank wants the donor to confirm",
    PlanMail.Kind.GAVE_UP: "Paused after the last try", PlanMail.Kind.PAUSED: "Paused",
    PlanMail.Kind.RESUMED: "Goes on", PlanMail.Kind.SKIPPED: "One gift left out",
    PlanMail.Kind.CHANGED: "What was changed", PlanMail.Kind.METHOD_CHANGED: "The new way of paying is in use",
    PlanMail.Kind.CANCELLED: "Cancelled", PlanMail.Kind.COMPLETED: "Completed",
    PlanMail.Kind.EXPIRING: "The card expires soon", PlanMail.Kind.FINISH: "The link to finish it",
}  # fmt: skip


def chips(plan: Plan) -> list[Chip]:
    """A plan's state, and what it waits for."""
    if plan.state == PlanState.PAUSED and plan.decline_code == Decline.DISPUTED:
        return [Chip("Paused: a gift was given back by the bank", "bad")]
    if plan.state == PlanState.PAUSED and plan.decline_code:
        return [Chip("Paused: payments failed", "bad")]
    if plan.state == PlanState.RETRYING and plan.retry_at is None:
        return [Chip("Payment failed, waits for the donor", "bad")]
    return [_STATES.get(PlanState(plan.state), Chip(plan.state, "quiet"))]


def rhythm(plan: Plan) -> str:
    """ "every month on the 15th"."""
    return f"{EVERY.get(Every(plan.every), str(plan.every))} on day {plan.anchor.day}"


def method(plan: Plan) -> str:
    """ "Visa ···· 4242", or the way of paying where nothing more is known."""
    return plan.method_label or words.method(plan.method)


def day(on: date | str | None) -> str:
    if not on:
        return ""
    found = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{found:%-d %B %Y}"


def end(plan: Plan) -> str:
    if plan.ends_on is not None:
        return f"on {day(plan.ends_on)}"
    return f"after {plan.ends_after} gifts in all" if plan.ends_after else "when somebody stops it"


def standing(plan: Plan) -> str:
    """What comes next, in a sentence."""
    if plan.state == PlanState.RETRYING and plan.retry_at is None:
        return f"{_failed(plan)} It is not tried again: the donor has to act."
    if plan.state == PlanState.RETRYING:
        return f"{_failed(plan)} It is tried again."
    if plan.state == PlanState.PAUSED and plan.decline_code == Decline.DISPUTED:
        return (
            "The donor’s bank gave a gift back to them, by a lost dispute or a claim. Nothing is charged until the "
            "donor sets it going again, or you do for them: talk with them first."
        )
    if plan.state == PlanState.PAUSED and plan.decline_code:
        return "Paused after the last try. One payment by the donor sets it going again."
    if plan.state == PlanState.PAUSED:
        return (
            f"Goes on by itself on {day(plan.resume_on)}."
            if plan.resume_on
            else "Paused until somebody resumes it."
        )
    if plan.state == PlanState.STARTING:
        return "Nothing is charged before the donor has made the first payment."
    if plan.state == PlanState.ACTIVE and plan.next_on is None:
        return "The last gift is under way."
    return ""


def debit(found: Debit, currency: str) -> str:
    """A debit that is at the payment service: "25.00 AUD on 29 December 2026, too late to be stopped"."""
    more = {
        Standing.WANTED: "",
        Standing.ASKED: ", and the payment service was asked to stop it",
        Standing.TOO_LATE: ", too late to be stopped: the banks have it already",
    }[found.standing]
    return f"{money(found.amount_minor, currency)} on {day(found.on)}{more}"


def _failed(plan: Plan) -> str:
    return f"The last payment failed ({words.decline(plan.decline_code)})."


def event(told: PlanEvent, currency: str) -> tuple[str, str]:
    """A line of the timeline and its tone."""
    if told.name == "changed":
        return _changed(told.detail, currency), "plain"
    if told.name == "declined":
        final = " It is not tried again with this card or account." if told.detail.get("final") else ""
        return f"Payment failed: {words.decline(str(told.detail.get('code', 'generic')))}.{final}", "bad"
    if told.name == "gave_up" and told.detail.get("what") == Decline.DISPUTED:
        return "Paused: the donor’s bank gave a gift back", "bad"
    text, tone = _EVENTS.get(told.name, (told.name.replace("_", " ").capitalize(), "plain"))
    return text, tone


def event_notes(told: PlanEvent) -> tuple[str, ...]:
    detail, notes = told.detail, []
    if detail.get("on") and detail.get("what") != "end":
        notes.append(f"the gift of {day(str(detail['on']))}")
    if told.name == "paused" and detail.get("until"):
        notes.append(f"until {day(str(detail['until']))}")
    if detail.get("reason"):
        notes.append(f"reason: {reason(str(detail['reason']))}")
    return tuple(notes)


def reason(code: str) -> str:
    found = REASONS.get(code) or _OTHER_REASONS.get(code) or code.replace("_", " ")
    return found[0].lower() + found[1:]


def by(told: PlanEvent, names: Mapping[int, str]) -> str:
    if told.actor_id is not None:
        return names.get(told.actor_id, "staff")
    return _BY.get(PlanEvent.By(told.by), "")


def mail(sent: PlanMail) -> tuple[str, str]:
    """What it was, and what became of it: "Mail: Paused", "sent"."""
    state = _MAIL_STATES[PlanMail.State(sent.state)]
    why = f", {words.mail_reason_of(sent.reason)}" if sent.reason else ""
    return f"Mail: {_MAILS[PlanMail.Kind(sent.kind)]}", f"{state}{why}"


def promise(plan: Plan) -> str:
    """ "25.00 AUD every month"."""
    return f"{format_plain(plan.total_minor, plan.currency)} {plan.currency} {EVERY[Every(plan.every)]}"


def _changed(detail: Mapping[str, Any], currency: str) -> str:
    what = detail.get("what")
    if what == "amount":
        before, after = (money(int(detail[key]), currency) for key in ("from_minor", "to_minor"))
        return f"Amount changed from {before} to {after}"
    if what == "day":
        return f"Day changed from {detail.get('from')} to {detail.get('to')}"
    if what == "every":
        before, after = (EVERY.get(Every(int(detail[key])), "") for key in ("from", "to"))
        return f"Changed from {before} to {after}"
    if what == "end":
        if detail.get("on"):
            return f"Ends on {day(str(detail['on']))} now"
        return (
            f"Ends after {detail['after']} gifts now"
            if detail.get("after")
            else "Goes on until it is stopped now"
        )
    if what == "contact":
        return "Donor’s details put right"
    if what == "method":
        return f"Paid by {words.method(str(detail.get('to', ''))).lower()} from now on"
    if what == "given_before":
        return "Given where it came from, so not charged here"
    if what == "retry":
        return "The failed payment is tried with the new card or account"
    return f"Changed: {str(what).replace('_', ' ')}"
