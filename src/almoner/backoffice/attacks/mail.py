"""The mail to staff when an attack has begun by itself, as the worker sends it: once each."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.backoffice import access
from almoner.backoffice.attacks.words import SIGNS
from almoner.giving.attacks import MAIL_JOB
from almoner.giving.models import Attack
from almoner.outbox.queue import enqueue

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `attacks.MAIL_JOB`: first a job for each who may switch it off, for this charity, so that
    who was written to isn't written to again when another's mail fails; then one's mail."""
    attack = Attack.objects.select_related("form__charity").get(pk=payload["attack"])
    if "user" not in payload:
        for user in _recipients(attack):
            enqueue(MAIL_JOB, f"{attack.pk} {user.pk}", {"attack": attack.pk, "user": user.pk})
        return
    for user in _recipients(attack).filter(pk=payload["user"]):
        _message(attack, user).send()


def _recipients(attack: Attack) -> "QuerySet[User]":
    able = User.objects.with_perm(f"backoffice.{access.MANAGE_ATTACKS}", backend=_BACKEND)
    mine = Q(is_superuser=True) | Q(charity_scopes__charity_id=attack.form.charity_id)
    return able.filter(mine).exclude(email="").distinct().order_by("pk")


def _message(attack: Attack, user: User) -> EmailMessage:
    context = {
        "attack": attack,
        "sign": SIGNS[attack.sign],
        "link": settings.SITE_URL + reverse("backoffice:attack", args=[attack.form_id]),
        "calm_minutes": settings.LIMIT_ATTACK_CALM_MINUTES,
    }
    return EmailMessage(
        subject=f"Somebody tests stolen cards on your form {attack.form.slug}",
        body=render_to_string("backoffice/attacks/begun.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
