"""The outbox's handler of the yearly message and of corrections.

A yearly message goes at most once: that it is being sent is committed before the mail server is asked, and one that is
found so later may have gone, and is left alone. A correction is owed, so it goes at least once, under one Message-ID.
What a donor was told is written down with the outcome, in one transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from anymail.signals import EventType
from django.db import transaction

from almoner.donors import corrections, since, wishes, yearly
from almoner.donors.models import ReachedMail, Told
from almoner.donors.reached_letters import correction_letter, said, said_of, stop_address, yearly_letter
from almoner.impact.translated import Reader
from almoner.impact.worded import Kind as PhraseKind
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.receipts.handing import MailRefused, compose, connected, hand_over, surely_not_taken
from almoner.receipts.letters import Letter
from almoner.supporters.models import Contact

Kind = ReachedMail.Kind
State = ReachedMail.State
_UNDELIVERED: Final = frozenset({EventType.BOUNCED, EventType.REJECTED, EventType.FAILED})
_UNWELCOME: Final = frozenset({EventType.COMPLAINED, EventType.UNSUBSCRIBED})


@dataclass(frozen=True, slots=True)
class _Parcel:
    letter: Letter
    said: list[dict[str, str]]
    headers: dict[str, str] = field(default_factory=dict)


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `yearly.JOB`. Whatever it raises is tried again."""
    mail = ReachedMail.objects.select_related(
        "charity", "contact", "correction__indicator__result__programme__charity"
    ).get(key=payload["mail"])
    if mail.state == State.SENDING and mail.kind == Kind.YEARLY:
        # Whoever sent it died, or never heard an answer. It counts as told: then a correction is owed.
        _settle(mail, State.UNKNOWN, said=mail.said)
    if mail.state not in (State.QUEUED, State.SENDING):
        return
    read_at = now()
    parcel = _pack(mail)
    if isinstance(parcel, str):
        _settle(mail, State.SKIPPED, reason=parcel)
        return
    message = compose(
        parcel.letter, charity=mail.charity, to=mail.contact.email, message_id=mail.message_id,
        headers=parcel.headers,
    )  # fmt: skip
    with connected(message):
        if not _begin(mail, parcel.said):
            return
        crash_point("reached.before-mail")
        try:
            provider_id = hand_over(message)
        except MailRefused as refusal:
            _settle(mail, State.BOUNCED, reason=refusal.reason)
            _mark_bounced(mail)
            return
        except Exception as fault:
            if surely_not_taken(fault):
                ReachedMail.objects.filter(pk=mail.pk, state=State.SENDING).update(
                    state=State.QUEUED, said=[]
                )
            raise
    crash_point("reached.after-mail")
    _settle(mail, State.SENT, said=parcel.said, at=read_at, provider_id=provider_id)


def on_report(message_id: str, event_type: str, reason: str) -> bool:
    """What a sending service tells of one of these mails; False when it is none. A complaint is a no for ever."""
    mails = ReachedMail.objects.reported(message_id)
    mail = mails.select_related("contact").first()
    if mail is None:
        return False
    if event_type in _UNWELCOME:
        wishes.choose(mail.contact, wanted=False, source=f"mail service: {event_type}", at=now())
    if event_type in _UNDELIVERED:
        mails.filter(pk=mail.pk).came_back(reason, at=now())
        if event_type != EventType.FAILED:
            _mark_bounced(mail)
    return True


def _pack(mail: ReachedMail) -> _Parcel | str:
    """The mail as it is to be sent now, or a code that says why it isn't."""
    contact = mail.contact
    if contact.erased_at is not None or contact.supporter_id is None:
        return "erased"
    if not contact.email:
        return "no_address"
    if contact.bounced_at is not None:
        return "bounced_before"
    return _yearly(mail) if mail.kind == Kind.YEARLY else _correction(mail)


def _yearly(mail: ReachedMail) -> _Parcel | str:
    contact = mail.contact
    if not yearly.of(mail.charity).on:
        return "switched_off"
    if not wishes.wants(contact.supporter_id):
        return "opted_out"
    assert contact.supporter_id is not None
    funds = since.of_person(mail.charity, contact.supporter_id)
    if not funds:
        return "nothing_new"
    stop = stop_address(mail, contact.language)
    letter = yearly_letter(funds, charity=mail.charity, contact=contact, language=contact.language, stop=stop)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return _Parcel(letter, said_of(funds, mail.charity, contact.language), headers)


def _correction(mail: ReachedMail) -> _Parcel | str:
    contact, right = mail.contact, mail.correction
    assert right is not None
    told = corrections.last_told(contact.supporter_id, right)
    if told is None or told.observation_id == right.pk:
        return "overtaken"
    stands = corrections.right_for(told)
    if stands is None:
        return "not_public"
    if stands.pk != right.pk:
        # What took its place meanwhile has a mail of its own.
        return "overtaken"
    speaks = Reader(mail.charity, contact.language, kind=PhraseKind.REASON)
    why = corrections.reasons(told, right, speaks)
    letter = correction_letter(
        told, right, why=why, charity=mail.charity, contact=contact,
        language=contact.language, unwanted=not wishes.wants(contact.supporter_id),
    )  # fmt: skip
    return _Parcel(letter, [said(right, mail.charity, contact.language)])


def _begin(mail: ReachedMail, figures: list[dict[str, str]]) -> bool:
    """Commit that it is being sent, with what it says; False when another worker was quicker."""
    mine = ReachedMail.objects.filter(pk=mail.pk, state=mail.state)
    return mine.update(state=State.SENDING, said=figures) == 1


def _settle(
    mail: ReachedMail,
    state: State,
    *,
    said: list[dict[str, str]] | None = None,
    at: datetime | None = None,
    reason: str = "",
    provider_id: str = "",
) -> None:
    """The outcome, and what was told with it: both or neither."""
    moment = now()
    with transaction.atomic():
        under_way = ReachedMail.objects.filter(pk=mail.pk, state__in=(State.QUEUED, State.SENDING))
        settled = under_way.settle(state, at=moment, reason=reason, provider_id=provider_id, said=[])
        if settled:
            Told.objects.bulk_create(
                Told(
                    mail=mail, contact=mail.contact, where=mail.kind, at=at or moment,
                    observation_id=each["observation"], language=each["language"], number=each["number"],
                    words=each["words"],
                )
                for each in said or ()
            )  # fmt: skip
    mail.state = state


def _mark_bounced(mail: ReachedMail) -> None:
    Contact.objects.filter(pk=mail.contact_id, bounced_at__isnull=True).update(bounced_at=now())
