"""What needs a person, over all of the reader's charities: each with how many, and where to look."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localtime

from almoner.backoffice import access
from almoner.backoffice.crm.held import held_of
from almoner.backoffice.gifts.filters import spelt_out
from almoner.backoffice.money import money
from almoner.backoffice.reports import register, troubled
from almoner.backoffice.reports.mail import dead_jobs, troubled_mails
from almoner.backoffice.reports.need import Need, counted, noun
from almoner.backoffice.webhooks import switched_off
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.payments.models import IN_SUSPENSE, BalanceCheck, BankCredit, Dispute, Refund
from almoner.payments.transitions import DisputeState, RefundState

# A transfer that was promised and hasn't come: after this the donor may have forgotten.
LATE_AFTER: Final = timedelta(days=14)
LOST_SINCE: Final = timedelta(days=30)
SPELT_OUT_SINCE: Final = timedelta(days=30)


def needs(request: HttpRequest) -> list[Need]:
    """Empty is the good case. Each is told to those alone who can do something about it."""
    money = _of_gifts(request) if access.may(request.user, access.VIEW_GIFTS) else ()
    return [*money, *_formless(request), *_webhooks(request), *register.needs(request)]


def _formless(request: HttpRequest) -> Iterator[Need]:
    """Charities at which nobody can give: every one, on its first day."""
    if not access.may(request.user, access.EDIT_FORMS):
        return
    own = access.charities(request)
    taking = DonationForm.objects.filter(charity__in=own, active=True).values_list("charity_id", flat=True)
    if without := {charity.pk for charity in own} - set(taking):
        number = str(len(without))
        yield Need(
            number, noun(number, "charity takes no gifts", "charities take no gifts"),
            "It has no form that does. Make one: amounts, funds, what to ask, and how to pay.",
            reverse("forms:add"), "wait",
        )  # fmt: skip


def _of_gifts(request: HttpRequest) -> list[Need]:
    """One query a line."""
    return [
        *_gifts(request),
        *_refunds(request),
        *_disputes(request),
        *_lost(request),
        *_regular(request),
        *_transfers(request),
        *_balances(request),
        *_mail(request),
        *_salesforce(request),
    ]


def _gifts(request: HttpRequest) -> Iterator[Need]:
    gifts = access.within(Gift.objects.all(), request)
    if number := counted(gifts.filter(status=GiftStatus.UNKNOWN)):
        yield Need(
            number, noun(number, "gift whose outcome is not known", "gifts whose outcome is not known"),
            "The payment service did not answer. We keep asking; don’t let the donor pay again.",
            _list(status="unknown"),
        )  # fmt: skip
    if number := counted(gifts.exclude(flag="")):
        yield Need(
            number, noun(number, "gift paid twice or not as asked", "gifts paid twice or not as asked"),
            "Compare with the payment service’s dashboard, and refund what is too much.",
            _list(status="flagged"),
        )  # fmt: skip
    late = now() - LATE_AFTER
    if number := counted(gifts.filter(status=GiftStatus.AWAITING, given_at__lt=late)):
        yield Need(
            number, noun(number, "transfer promised over 14 days ago", "transfers promised over 14 days ago"),
            "Look at the bank’s statement, or write a friendly word to the donor.",
            _list(status="awaiting", given_to=f"{localtime(late):%Y-%m-%d}"), "wait",
        )  # fmt: skip


def _refunds(request: HttpRequest) -> Iterator[Need]:
    unknown = Refund.objects.filter(state=RefundState.UNKNOWN)
    lost = access.within(unknown, request, "attempt__charity_id")
    if number := counted(lost):
        oldest = lost.order_by("created_at").values_list("attempt__gift_id", flat=True)[0]
        yield Need(
            number, noun(number, "refund whose outcome is not known", "refunds whose outcome is not known"),
            "We keep asking. After a day we no longer send it: look at the payment service’s dashboard, and say on "
            "the gift’s page if it was not made.",
            reverse("backoffice:gift", args=[oldest]),
        )  # fmt: skip


def _disputes(request: HttpRequest) -> Iterator[Need]:
    """Those that wait for the charity's answer, with the first deadline."""
    waiting = Dispute.objects.filter(state__in=(DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE))
    mine = access.within(waiting, request, "attempt__charity_id")
    if number := counted(mine):
        first = mine.order_by(F("respond_by").asc(nulls_last=True))[0]
        until = f"The first by {localtime(first.respond_by):%-d %B}. " if first.respond_by else ""
        yield Need(
            number, noun(number, "payment that a donor’s bank questions", "payments that donors’ banks question"),
            f"{until}What isn’t answered in time is lost.", reverse("backoffice:disputes"),
        )  # fmt: skip


def _lost(request: HttpRequest) -> Iterator[Need]:
    """Nobody can do anything about it any more, and somebody should know."""
    lost = Dispute.objects.filter(state=DisputeState.LOST, updated_at__gte=now() - LOST_SINCE)
    mine = access.within(lost, request, "attempt__charity_id")
    if number := counted(mine):
        newest = mine.order_by("-updated_at").values_list("attempt__gift_id", flat=True)[0]
        yield Need(
            number, noun(number, "payment lost to a dispute", "payments lost to disputes"),
            "In the last 30 days. The donor’s bank keeps the money: the loss is booked, and the receipt was cancelled "
            "or replaced.",
            reverse("backoffice:gift", args=[newest]), "wait",
        )  # fmt: skip


def _regular(request: HttpRequest) -> Iterator[Need]:
    url = reverse("backoffice:troubled")
    if number := counted(troubled.untold(request)):
        yield Need(
            number,
            noun(number, "regular gift whose donor can’t be told", "regular gifts whose donors can’t be told"),
            "The donor has to act, and no mail reaches them. Ring or write.", f"{url}#untold",
        )  # fmt: skip
    if number := counted(troubled.unannounced(request)):
        yield Need(
            number, noun(number, "debit that can’t be announced", "debits that can’t be announced"),
            "No mail reaches the donor, and nothing is debited without notice.", f"{url}#unannounced",
        )  # fmt: skip
    if number := counted(troubled.stuck(request)):
        yield Need(
            number, noun(number, "regular gift due and not charged", "regular gifts due and not charged"),
            "For over a day. Somebody who runs this installation has to look at the worker.", f"{url}#stuck",
        )  # fmt: skip
    if number := counted(troubled.unfinished(request)):
        yield Need(
            number, noun(number, "regular gift not finished", "regular gifts not finished"),
            "Begun on the phone over a week ago. Ask whether the link arrived.", f"{url}#unfinished", "wait",
        )  # fmt: skip


def _balances(request: HttpRequest) -> Iterator[Need]:
    """Of the whole installation: a gateway's account may hold several charities' money."""
    if not access.may(request.user, access.VIEW_REPORTS):
        return
    for check in BalanceCheck.objects.exclude(difference_minor=0).order_by("gateway", "currency"):
        more = "more" if check.difference_minor > 0 else "less"
        yield Need(
            money(abs(check.difference_minor), check.currency), f"{more} in the books than at {check.gateway}",
            f"As of {localtime(check.at):%-d %B}: {check.sources}. Have “almoner prove” run, and compare with the "
            "dashboard.",
            _list(status="flagged"),
        )  # fmt: skip


def _transfers(request: HttpRequest) -> Iterator[Need]:
    suspense = BankCredit.objects.filter(IN_SUSPENSE)
    unmatched = access.within(suspense, request)
    if number := counted(unmatched):
        yield Need(
            number, noun(number, "bank credit in suspense", "bank credits in suspense"),
            "Money that came in and is nobody’s gift yet.",
            f"{reverse('backoffice:credits')}?state=unmatched", "wait",
        )  # fmt: skip


def _mail(request: HttpRequest) -> Iterator[Need]:
    url = reverse("backoffice:mail")
    if number := counted(troubled_mails(request)):
        yield Need(
            number, noun(number, "mail that came back or failed", "mails that came back or failed"),
            "In the last 30 days. Put the address right, or send the receipt by post.", url,
        )  # fmt: skip
    yield from _spelt_out(request)
    if jobs := dead_jobs(request):
        yield Need(
            str(len(jobs)), "task that was given up" if len(jobs) == 1 else "tasks that were given up",
            "Work that failed again and again. Somebody who runs this installation has to look.", url,
        )  # fmt: skip


def _salesforce(request: HttpRequest) -> Iterator[Need]:
    if number := counted(held_of(request)):
        yield Need(
            number, noun(number, "gift that Salesforce did not take", "gifts that Salesforce did not take"),
            "Each says what to mend, here or there; then it is sent again.", reverse("backoffice:salesforce_held"),
        )  # fmt: skip


def _spelt_out(request: HttpRequest) -> Iterator[Need]:
    """A receipt is never stuck on a name, so somebody has to see what it made of it."""
    seals = spelt_out().filter(at__gte=now() - SPELT_OUT_SINCE)
    if number := counted(access.within(seals, request, "receipt__charity_id")):
        yield Need(
            number, noun(number, "receipt with a name spelt out", "receipts with a name spelt out"),
            "In the last 30 days. No font here can show the name: have fonts installed, then issue the receipt anew.",
            _list(status="spelt_out"),
        )  # fmt: skip


def _webhooks(request: HttpRequest) -> Iterator[Need]:
    if not access.may(request.user, access.SUPERUSER):
        return
    if number := counted(switched_off(access.charities(request))):
        yield Need(
            number, noun(number, "webhook that switched itself off", "webhooks that switched themselves off"),
            "The other system failed for days, or said that it is gone. It is told nothing until somebody looks.",
            reverse("backoffice:webhooks"),
        )  # fmt: skip


def _list(**filters: str) -> str:
    return f"{reverse('backoffice:gifts')}?{urlencode(filters)}"
