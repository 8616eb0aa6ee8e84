"""The mail that says that a day's proof of the books is red, to everybody who may see them."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.backoffice import access
from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.ledger.models import DayProved
from almoner.outbox.queue import enqueue

JOB: Final = "staff.red_day"
_SHOWN: Final = 10


def ask(proved: DayProved) -> None:
    """Ask for a mail to each reader of the books, in the caller's transaction: one a day, however often it is run."""
    for user in readers(proved.charity):
        enqueue(
            JOB,
            f"red:{proved.charity_id}:{proved.day}:{user.pk}",
            {"proved": proved.pk, "user": user.pk},
        )


def readers(charity: Charity) -> list[User]:
    """Staff with an address who may see the charity's books."""
    staff = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return [
        user
        for user in staff
        if access.may(user, access.VIEW_REPORTS) and charities_of(user).filter(pk=charity.pk).exists()
    ]


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `JOB`. Who may no longer see the books by then is told nothing."""
    proved = DayProved.objects.select_related("charity").get(pk=payload["proved"])
    user = User.objects.filter(pk=payload["user"]).first()
    if user is None or user not in readers(proved.charity):
        return
    context = {
        "proved": proved,
        "charity": proved.charity,
        "findings": proved.findings[:_SHOWN],
        "more": max(0, len(proved.findings) - _SHOWN),
        "link": settings.SITE_URL + reverse("backoffice:day_proved", args=[proved.pk]),
    }
    EmailMessage(
        subject=f"The books of {proved.charity.name} differ on {proved.day:%-d %B %Y}",
        body=render_to_string("backoffice/red_day_email.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
