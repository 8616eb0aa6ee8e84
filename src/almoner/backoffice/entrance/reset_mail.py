"""The mail with which a forgotten password is set anew, as the worker sends it."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

JOB: Final = "staff.reset"
_SUBJECT: Final = "Set a new password for Almoner"


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `JOB`: a mail to each account with the address that was typed, which may be none."""
    for user in User.objects.filter(pk__in=payload["users"], is_active=True):
        _message(user).send()


def _message(user: User) -> EmailMessage:
    """The token is made now, so that its hour begins when the mail leaves. Its link leads to the address that the
    settings name, never to a host that a request named."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse(
        "wagtailadmin_password_reset_confirm", args=[uid, default_token_generator.make_token(user)]
    )
    context = {
        "link": settings.SITE_URL + path,
        "username": user.get_username(),
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    return EmailMessage(
        subject=_SUBJECT,
        body=render_to_string("backoffice/reset_email.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
