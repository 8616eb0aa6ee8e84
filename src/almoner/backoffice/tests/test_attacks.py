"""Attack mode as staff meet it: what they see, the switch, and the mail."""

import re
import smtplib
import uuid
from datetime import timedelta
from unittest import mock

from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse

from almoner.backoffice.attacks import mail as attack_mail
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.giving import attacks, limits
from almoner.giving.models import Attack, Course, LimitHit
from almoner.kernel.clock import now
from almoner.outbox import worker
from almoner.outbox.models import Job


def submits(form_id: int, number: int, *, course: Course = Course.HERE, declined: bool = False) -> None:
    for at in range(number):
        who = limits.who(address=f"192.0.2.{at}", email=f"{uuid.uuid4()}@example.org", form_id=form_id)
        LimitHit.objects.create(
            attempt_id=uuid.uuid4(), at=now() - timedelta(minutes=3), address=who.address, email=who.email,
            form_id=form_id, course=course, declined=declined,
        )  # fmt: skip


def entries() -> list[tuple[str, str]]:
    kept = AuditEntry.objects.filter(action__startswith="switch attack").order_by("id")
    return list(kept.values_list("action", "actor_name"))


def test_what_is_seen_is_drawn_and_tabled_and_the_switch_is_audited(world: World) -> None:
    form = world.tide.form
    submits(form.pk, 3)
    submits(form.pk, 12, declined=True)
    submits(form.pk, 7, course=Course.HOSTED)
    submits(form.pk, 5, course=Course.TURNED)
    client = world.client("treasurer")
    page, switch = (
        reverse("backoffice:attack", args=[form.pk]),
        reverse("backoffice:switch_attack", args=[form.pk]),
    )
    text = client.get(page).content.decode()
    assert "Attack mode is off" in text and "12 address" in text
    assert re.findall(r'data-label="([^"]+)"\s+class="bo-number">\s*<div>(\d+)</div>', text)[-4:] == [
        ("Paid in the page", "3"), ("Sent to the gateway’s page", "7"), ("Turned back", "5"), ("Declined", "12"),
    ]  # fmt: skip
    assert 'aria-label="Submits of the last hour, ten minutes a bar"' in text and ">27</text>" in text
    for _ in range(2):
        assert client.post(switch, {"do": "on"}).status_code == 302
    attack = Attack.objects.get()
    assert (attack.sign, attack.begun_by, attack.ended_at) == ("staff", "treasurer", None)
    assert "Attack mode is on" in client.get(page).content.decode()
    assert "<strong>On</strong>" in client.get(reverse("backoffice:attacks")).content.decode()
    for _ in range(2):
        assert client.post(switch, {"do": "off"}).status_code == 302
    attack.refresh_from_db()
    assert attack.ended_by == "treasurer" and attack.quiet_until is not None
    text = client.get(page).content.decode()
    assert "until" in text and "does not begin by itself" in text and "Staff switched it on" in text
    assert entries() == [("switch attack mode on", "treasurer"), ("switch attack mode off", "treasurer")]
    # Switched off against what is seen: it stays off.
    submits(form.pk, 20, declined=True)
    attacks.forget()
    assert not attacks.under_attack(form.pk, at=now())


def test_nothing_else_is_a_switch(world: World) -> None:
    url = reverse("backoffice:switch_attack", args=[world.tide.form.pk])
    for do in ("", "off", "maybe"):
        assert world.client("editor").post(url, {"do": do}).status_code == 302
    assert Attack.objects.count() == 0 and entries() == []


def test_the_mail_goes_once_to_each_of_the_charity_who_may_switch_it(world: World) -> None:
    submits(world.tide.form.pk, 21, declined=True)
    attacks.forget()
    assert attacks.under_attack(world.tide.form.pk, at=now())
    attack = Attack.objects.get()
    for name, user in world.users.items():
        user.email = f"{name.replace(' ', '-')}@tide.example"
        user.save()
    send, refused = EmailMessage.send, ["superuser@tide.example"]

    def once_refused(message: EmailMessage) -> int:
        if message.to == refused:
            refused.clear()
            raise smtplib.SMTPServerDisconnected("gone")
        return send(message)

    with mock.patch.object(EmailMessage, "send", once_refused):
        for _ in range(2):
            worker.drain({attacks.MAIL_JOB: attack_mail.deliver})
            Job.objects.filter(kind=attacks.MAIL_JOB).update(run_at=now())
    told = sorted(each.to[0] for each in mail.outbox)
    assert told == ["editor@tide.example", "superuser@tide.example", "treasurer@tide.example"]
    assert set(Job.objects.filter(kind=attacks.MAIL_JOB).values_list("state", flat=True)) == {"done"}
    message = mail.outbox[0]
    assert message.subject == f"Somebody tests stolen cards on your form {attack.form.slug}"
    assert "21 payments in the page, 21 of them declined" in message.body
    assert reverse("backoffice:attack", args=[attack.form_id]) in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
