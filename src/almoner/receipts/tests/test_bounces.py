"""What the sending service tells of our mails: bounces, deliveries, forgeries, and news that comes before its time."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.kernel.references import new_uuid
from almoner.outbox.models import Job
from almoner.receipts import bounces, desk, posting
from almoner.receipts.models import ReceiptDelivery
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Contact

Work = Callable[[], int]
State = ReceiptDelivery.State


def _postmark(settings: Any) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "WEBHOOK_SECRET": "user:pass"}


def _tell(client: Client, event: dict[str, object], proof: str = "user:pass") -> int:
    token = base64.b64encode(proof.encode()).decode()
    answer = client.post(
        "/webhooks/mail/postmark/",
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": f"Basic {token}"},
    )
    return answer.status_code


BOUNCE = {
    "RecordType": "Bounce",
    "MessageID": "pm-1",
    "Type": "HardBounce",
    "Email": "ada@example.org",
    "ID": 1,
}
DELIVERED = {"RecordType": "Delivery", "MessageID": "pm-1", "Recipient": "ada@example.org"}


def test_a_reported_bounce_is_recorded(client: Client, give: Give, work: Work, settings: Any) -> None:
    give()
    work()
    ReceiptDelivery.objects.update(provider_id="pm-1")
    _postmark(settings)
    assert _tell(client, DELIVERED) == 200
    assert ReceiptDelivery.objects.get().state == State.DELIVERED
    assert _tell(client, BOUNCE) == 200
    assert _tell(client, DELIVERED) == 200
    delivery = ReceiptDelivery.objects.get()
    assert (delivery.state, delivery.reason) == (State.BOUNCED, "bounced")
    assert Contact.objects.get().bounced_at is not None


def test_webhook_forgery_a_forged_report_changes_nothing(
    client: Client, give: Give, work: Work, settings: Any
) -> None:
    give()
    work()
    ReceiptDelivery.objects.update(provider_id="pm-1")
    _postmark(settings)
    assert _tell(client, BOUNCE, proof="user:wrong") == 403
    assert ReceiptDelivery.objects.get().state == State.SENT
    assert Contact.objects.get().bounced_at is None


@pytest.mark.filterwarnings("ignore:Your Anymail webhooks are insecure")
def test_a_service_that_is_not_ours_or_not_secured_has_no_webhook(
    client: Client, charity: Charity, settings: Any
) -> None:
    assert _tell(client, BOUNCE) == 404
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t"}
    assert _tell(client, BOUNCE) == 404


def test_reports_about_other_mails_are_left_alone(client: Client, charity: Charity, settings: Any) -> None:
    _postmark(settings)
    assert _tell(client, {**BOUNCE, "MessageID": "pm-other"}) == 200


# ---- Before we have noted that the mail was sent ---------------------------------------------------------------------


class ToldAtOnce(EmailBackend):
    """The service takes the mail, and tells of it before it answers us. `tell` is put here by the test."""

    tell: Callable[[], object]

    def send_messages(self, messages: Any) -> int:
        sent = super().send_messages(messages)
        type(self).tell()
        return sent


def _sent_while_told(settings: Any, work: Work, event: str) -> None:
    """The worker sends the receipt; an event that names it by our Message-ID comes in meanwhile."""
    settings.EMAIL_BACKEND = f"{__name__}.ToldAtOnce"
    ToldAtOnce.tell = staticmethod(
        lambda: bounces.record(mail.outbox[-1].extra_headers["Message-ID"], event, "mailbox_full")
    )
    work()


def test_a_bounce_that_overtakes_our_note_of_the_sending_stands(
    give: Give, work: Work, settings: Any
) -> None:
    give()
    _sent_while_told(settings, work, "bounced")
    delivery = ReceiptDelivery.objects.get()
    assert (delivery.state, delivery.reason) == (State.BOUNCED, "mailbox_full")
    assert delivery.sent_at is not None
    assert Contact.objects.get().bounced_at is not None
    # The job, repeated, sends nothing more.
    posting.deliver(Job.objects.get().payload)
    assert len(mail.outbox) == 1


def test_a_delivery_that_overtakes_it_stands_too(give: Give, work: Work, settings: Any) -> None:
    give()
    _sent_while_told(settings, work, "delivered")
    assert ReceiptDelivery.objects.get().state == State.DELIVERED


def test_a_bounce_by_a_name_that_we_dont_know_yet_is_to_be_told_again(
    client: Client, give: Give, work: Work, settings: Any, staff: Any
) -> None:
    """Postmark names mails by an identifier that its answer gives us, and that answer isn't noted yet."""
    gift = give(email="Ada@Example.org")
    work()
    waiting = desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)
    _postmark(settings)
    assert _tell(client, BOUNCE) == 503
    assert ReceiptDelivery.objects.get(pk=waiting.pk).state == State.QUEUED
    assert _tell(client, {**BOUNCE, "Email": "somebody@else.example"}) == 200
    ReceiptDelivery.objects.filter(pk=waiting.pk).update(state=State.SENT, provider_id="pm-1", sent_at=now())
    assert _tell(client, BOUNCE) == 200
    assert ReceiptDelivery.objects.get(pk=waiting.pk).state == State.BOUNCED


@pytest.mark.parametrize(
    "service",
    # Amazon's and Resend's need packages of their own, which an installation that uses them adds.
    [
        "brevo",
        "mailersend",
        "mailgun",
        "mailjet",
        "mandrill",
        "postal",
        "postmark",
        "sendgrid",
        "sparkpost",
        "unisender_go",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_every_service_has_a_view_that_can_be_asked(settings: Any, service: str) -> None:
    settings.EMAIL_BACKEND = f"anymail.backends.{service}.EmailBackend"
    upper = service.upper()
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": "user:pass",
        f"{upper}_SIGNING_KEY": "k",
        f"{upper}_WEBHOOK_SIGNING_KEY": "k",
        f"{upper}_WEBHOOK_KEY": base64.b64encode(b"k" * 32).decode(),
        f"{upper}_API_KEY": "k",
        f"{upper}_SIGNING_SECRET": "whsec_" + base64.b64encode(b"k" * 24).decode(),
    }
    assert bounces._view(service).esp_name
