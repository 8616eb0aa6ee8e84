"""What goes out, to whom, how often, and with which headers."""

import smtplib
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from tests.support.mailsink import MailSink
from tests.support.tongue import latin_in

from almoner.charities.models import AuditEntry, Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.references import new_uuid
from almoner.outbox.models import Job
from almoner.outbox.models import State as JobState
from almoner.receipts import desk, issuing, posting, sealing
from almoner.receipts.facts import ReceiptFacts
from almoner.receipts.models import Receipt, ReceiptDelivery, ReceiptFile, ReceiptPerson, ReceiptSeal
from almoner.receipts.signing import Signature
from almoner.receipts.tests.conftest import Give, chain, promised, settle
from almoner.receipts.tests.paper import text_of
from almoner.receipts.typesetting import RenderedReceipt, render_pdf
from almoner.supporters.models import Contact

Kind = ReceiptDelivery.Kind
State = ReceiptDelivery.State
Work = Callable[[], int]


def sent(nth: int = -1) -> EmailMessage:
    """A mail as it would go over the wire."""
    message = message_from_bytes(mail.outbox[nth].message().as_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_receipt_goes_as_text_html_and_pdf(give: Give, work: Work) -> None:
    gift = give()
    work()
    (receipt,) = chain(gift)
    message = sent()
    assert message["To"] == "ada@example.org"
    assert message["From"] == "Tidelight Foundation <receipts@tidelight.example>"
    assert message["Reply-To"] == "hello@tidelight.example"
    assert message["Subject"] == "Your receipt 000001 from Tidelight Foundation"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    (pdf,) = message.iter_attachments()
    assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", "receipt-000001.pdf")
    assert "Ada Nguyễn" in text_of(pdf.get_content())
    for kind in ("plain", "html"):
        text = words(message, kind)
        assert "Dear Ada," in text
        assert "$50.00" in text
        assert f"/receipts/{receipt.token}.pdf" in text
        assert f"/receipts/check/{receipt.token}/" in text
    delivery = ReceiptDelivery.objects.get()
    assert (delivery.kind, delivery.state, delivery.message_id) == (
        Kind.RECEIPT,
        State.SENT,
        message["Message-ID"],
    )


def test_the_mail_points_at_no_other_host_and_loads_nothing(give: Give, work: Work) -> None:
    give()
    work()
    html = words(sent(), "html")
    assert "<img" not in html and "url(" not in html and "<link" not in html and "<script" not in html
    assert html.count("http") == html.count("http://127.0.0.1:8000")


def test_the_document_is_made_once_and_kept(give: Give, work: Work, staff: Any) -> None:
    gift = give()
    work()
    first = bytes(ReceiptFile.objects.get().pdf)
    desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)
    work()
    attached = [next(sent(nth).iter_attachments()).get_content() for nth in (0, 1)]
    assert attached == [first, first]
    assert ReceiptFile.objects.count() == ReceiptSeal.objects.count() == ReceiptPerson.objects.count() == 1


def test_two_who_make_a_document_at_once_get_the_same_one(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    (receipt,) = chain(give())
    theirs: list[bytes] = []

    def overtaken(facts: ReceiptFacts, signature: Signature | None) -> RenderedReceipt:
        """While this one typesets, another has begun and ended."""
        monkeypatch.setattr(sealing, "render_pdf", render_pdf)
        theirs.append(sealing.document(sealing.with_rows(receipt.pk)))
        return render_pdf(facts, signature)

    monkeypatch.setattr(sealing, "render_pdf", overtaken)
    ours = sealing.document(sealing.with_rows(receipt.pk))
    assert [ours] == theirs == [bytes(ReceiptFile.objects.get().pdf)]
    assert ReceiptSeal.objects.count() == ReceiptPerson.objects.count() == 1


def test_running_the_job_again_sends_nothing_more(give: Give, work: Work) -> None:
    give()
    work()
    job = Job.objects.get(kind=issuing.JOB)
    posting.deliver(job.payload)
    posting.deliver(job.payload)
    assert len(mail.outbox) == 1


def test_a_worker_that_died_after_the_mail_sends_it_under_the_same_identity(give: Give, work: Work) -> None:
    give()
    work()
    # As the row stood when the worker died: the mail was out, and nobody had said so.
    ReceiptDelivery.objects.update(state=State.QUEUED, sent_at=None, outcome_at=None)
    posting.deliver(Job.objects.get(kind=issuing.JOB).payload)
    assert sent(0)["Message-ID"] == sent(1)["Message-ID"]
    assert next(sent(0).iter_attachments()).get_content() == next(sent(1).iter_attachments()).get_content()
    assert ReceiptDelivery.objects.get().state == State.SENT


def test_the_receipt_is_sent_whatever_was_consented_to(give: Give, work: Work) -> None:
    """Row 29: no consent of any kind stands in the way of a receipt."""
    gift = give()
    assert not gift.contact.consents.exists()
    work()
    assert len(mail.outbox) == 1


def test_an_anonymous_gift_has_its_donors_name_on_the_receipt(give: Give, work: Work) -> None:
    gift = give()
    Gift.objects.filter(pk=gift.pk).update(anonymous=True)
    work()
    assert "Ada Nguyễn" in text_of(next(sent().iter_attachments()).get_content())


def test_arabic_is_arabic_throughout(give: Give, work: Work) -> None:
    give(name="محمد الحسيني", language="ar")
    work()
    message = sent()
    assert "000001" in message["Subject"]
    assert not any("Your receipt" in part for part in (message["Subject"], words(message, "plain")))
    html = words(message, "html")
    assert '<html lang="ar" dir="rtl">' in html and message["Content-Language"] == "ar"
    assert "/ar/receipts/" in html
    assert "محمد" in words(message, "plain")
    assert latin_in(html, besides=("AUD", "PDF", "ABN", "http", str(message["To"]))) == set()


def test_the_charitys_name_is_safe_in_the_sender(give: Give, work: Work, charity: Charity) -> None:
    Charity.objects.filter(pk=charity.pk).update(name='Søren, "Ann" & Co\r\nBcc: evil@example.org')
    give()
    work()
    message = sent()
    assert message["Bcc"] is None
    (address,) = message["From"].addresses
    assert address.addr_spec == "receipts@tidelight.example"
    assert address.display_name == 'Søren, "Ann" & Co Bcc: evil@example.org'


CRLF = "Ada\r\nBcc: evil@example.org\r\n\r\nInjected"


def test_email_injection_line_breaks_in_no_field_become_headers(give: Give, work: Work) -> None:
    gift = give()
    Contact.objects.filter(pk=gift.contact_id).update(given_name=CRLF, family_name=CRLF, organisation=CRLF)
    Gift.objects.filter(pk=gift.pk).update(message=CRLF, tribute_name=CRLF)
    gift.fund.name = CRLF[:100]
    gift.fund.save()
    work()
    message = sent()
    assert message["Bcc"] is None
    assert mail.outbox[0].recipients() == ["ada@example.org"]
    assert "Dear Ada Bcc: evil@example.org Injected," in words(message, "plain")


@pytest.mark.parametrize(
    "address", ["ada@example.org\r\nBcc: evil@example.org", "ada@example.org\nX: y", "a\x07@b.example"]
)
def test_email_injection_an_address_with_line_breaks_is_mailed_to_nobody(
    give: Give, work: Work, address: str
) -> None:
    gift = give()
    Contact.objects.filter(pk=gift.contact_id).update(email=address)
    work()
    assert mail.outbox == []
    assert (ReceiptDelivery.objects.get().state, ReceiptDelivery.objects.get().reason) == (
        "bounced",
        "not_an_address",
    )


def test_markup_in_a_name_is_text_in_the_html(give: Give, work: Work) -> None:
    give(name="<img src=x onerror=alert(1)> O'Brien & Söhne")
    work()
    message = sent()
    assert "<img" not in words(message, "html")
    assert "Dear <img," in words(message, "plain")


def test_a_form_may_say_thanks_in_its_own_words(give: Give, work: Work, charity: Charity) -> None:
    form = charity.forms.get()
    form.thanks_text = "You are part of why.\r\n\r\nThank you."
    form.save()
    give(form=form)
    work()
    assert "You are part of why.\n\nThank you." in words(sent(), "plain")


# ---- Nobody to send it to --------------------------------------------------------------------------------------------


def test_without_an_address_the_document_is_made_and_nothing_is_sent(give: Give, work: Work) -> None:
    give(email="")
    work()
    assert mail.outbox == []
    assert (ReceiptDelivery.objects.get().state, ReceiptDelivery.objects.get().reason) == (
        "skipped",
        "no_address",
    )
    assert ReceiptFile.objects.count() == 1


def test_an_erased_donor_gets_no_mail(give: Give, work: Work) -> None:
    gift = give()
    Contact.objects.filter(pk=gift.contact_id).update(erased_at=now(), given_name="", family_name="")
    work()
    assert mail.outbox == []
    assert ReceiptDelivery.objects.get().reason == "erased"


# ---- Refunds -------------------------------------------------------------------------------------------------------


def test_a_refund_in_part_mails_the_new_receipt_and_says_what_came_back(
    give: Give, work: Work, staff: Any
) -> None:
    gift = give()
    work()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    work()
    message = sent()
    text = words(message, "plain")
    assert message["Subject"] == "Receipt 000002 from Tidelight Foundation replaces an earlier one"
    assert "We have given back $20.00\u00a0AUD of your gift, so receipt 000001 no longer holds." in text
    assert "$30.00\u00a0AUD that remain" in text
    (pdf,) = message.iter_attachments()
    paper = text_of(pdf.get_content())
    assert "This receipt replaces receipt 000001, which no longer holds." in paper
    assert "$30.00 AUD" in paper
    assert len(mail.outbox) == 2


def test_a_refund_in_full_says_that_the_receipt_no_longer_holds(give: Give, work: Work, staff: Any) -> None:
    gift = give()
    work()
    actions.refund(gift_id=gift.pk, amount_minor=5000, reason="asked", actor=staff)
    work()
    message = sent()
    assert message["Subject"] == "Receipt 000001 from Tidelight Foundation no longer holds"
    assert "We have given back your gift of $50.00\u00a0AUD." in words(message, "plain")
    assert list(message.iter_attachments()) == []


def test_a_receipt_replaced_before_it_was_mailed_is_not_mailed(give: Give, work: Work, staff: Any) -> None:
    gift = give()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    work()
    assert [message["Subject"][:14] for message in [sent(nth) for nth in range(len(mail.outbox))]] == [
        "Receipt 000002"
    ]
    assert ReceiptDelivery.objects.get(kind=Kind.RECEIPT).reason == "overtaken"


# ---- Staff ----------------------------------------------------------------------------------------------------------


def test_staff_send_it_again_and_the_log_says_who(give: Give, work: Work, staff: Any) -> None:
    gift = give()
    work()
    delivery = desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.kind, delivery.asked_by_id) == (State.SENT, Kind.RESENT, staff.pk)
    assert "Here is the receipt for your gift" in words(sent(), "plain")
    assert sent(0)["Message-ID"] != sent(1)["Message-ID"]
    assert [mail.kind for mail in chain(gift)[0].mails.order_by("created_at")] == [Kind.RECEIPT, Kind.RESENT]
    assert AuditEntry.objects.filter(
        action="resend receipt", actor_id=staff.pk, object_id=str(gift.pk)
    ).exists()


def test_a_refunded_gift_has_nothing_to_send(give: Give, staff: Any) -> None:
    gift = give()
    actions.refund(gift_id=gift.pk, amount_minor=5000, reason="asked", actor=staff)
    with pytest.raises(desk.NotSendable):
        desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)


def test_details_put_right_give_a_new_receipt_and_the_old_one_stays(
    give: Give, work: Work, staff: Any
) -> None:
    gift = give(name="Ada Nguyen")
    work()
    Contact.objects.filter(pk=gift.contact_id).update(family_name="Nguyễn")
    desk.reissue(gift_id=gift.pk, replacing=chain(gift)[0].pk, actor=staff)
    work()
    old, new = chain(gift)
    assert (old.cancellation.reason, old.cancellation.by_id) == ("details", staff.pk)
    assert "Your details have been put right, so receipt 000001 no longer holds." in words(sent(), "plain")
    names = dict(ReceiptPerson.objects.values_list("receipt", "name"))
    assert names == {old.pk: "Ada Nguyen", new.pk: "Ada Nguyễn"}


# ---- When mail servers say no ----------------------------------------------------------------------------------------


class Refusing(EmailBackend):
    """Raises what a test put here."""

    fault: Exception

    def send_messages(self, messages: Any) -> int:
        raise self.fault


REFUSING = f"{__name__}.Refusing"


def test_a_mailbox_that_does_not_exist_is_a_bounce_and_not_tried_again(
    give: Give, work: Work, settings: Any, staff: Any
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    Refusing.fault = smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})
    gift = give()
    work()
    assert ReceiptDelivery.objects.get().state == State.BOUNCED
    assert Contact.objects.get().bounced_at is not None
    assert Job.objects.get(kind=issuing.JOB).state == JobState.DONE
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    work()
    assert mail.outbox == []
    assert ReceiptDelivery.objects.get(kind=Kind.REPLACED).reason == "bounced_before"
    Contact.objects.update(email="ada@new.example")
    desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)
    work()
    assert mail.outbox[0].recipients() == ["ada@new.example"]


@pytest.mark.parametrize(
    "fault",
    [
        smtplib.SMTPRecipientsRefused({"ada@example.org": (451, b"greylisted")}),
        smtplib.SMTPDataError(452, b"too much mail"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"who are you"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_what_may_pass_is_tried_again(give: Give, work: Work, settings: Any, fault: Exception) -> None:
    settings.EMAIL_BACKEND = REFUSING
    Refusing.fault = fault
    give()
    work()
    job = Job.objects.get(kind=issuing.JOB)
    assert (job.state, job.attempts) == (JobState.READY, 1)
    assert ReceiptDelivery.objects.get().state == State.QUEUED
    assert "ada@" not in job.last_error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.update(run_at=now())
    work()
    assert len(mail.outbox) == 1
    assert ReceiptDelivery.objects.get().state == State.SENT


# ---- Promised transfers ----------------------------------------------------------------------------------------------


def test_a_promised_transfer_is_answered_with_how_to_send_it(charity: Charity, work: Work) -> None:
    gift = promised(charity)
    work()
    message = sent()
    text = words(message, "plain")
    assert message["Subject"] == "How to send your gift to Tidelight Foundation"
    assert f"Reference: {gift.reference[:4]} {gift.reference[4:7]} {gift.reference[7:]}" in text
    assert "BSB: 000-000" in text
    assert not Receipt.objects.exists()


def test_a_transfer_that_came_first_needs_no_instructions(charity: Charity, work: Work, staff: Any) -> None:
    gift = promised(charity)
    settle(gift)
    work()
    assert [message["Subject"][:12] for message in [sent(nth) for nth in range(len(mail.outbox))]] == [
        "Your receipt"
    ]


# ---- Over a real connection ------------------------------------------------------------------------------------------


def _through(sink: MailSink, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sink.url.rpartition(":")[2])
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def test_a_mail_server_receives_what_a_mailbox_shows(
    give: Give, work: Work, mail_sink: MailSink, settings: Any
) -> None:
    _through(mail_sink, settings)
    gift = give(name="Ελένη 山田", email="eleni@example.org")
    work()
    (message,) = mail_sink.messages
    assert message["Message-ID"] == ReceiptDelivery.objects.get().message_id
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    assert "Dear Ελένη," in words(message, "plain")
    (pdf,) = message.iter_attachments()
    assert pdf.get_content() == bytes(ReceiptFile.objects.get(receipt__gift=gift).pdf)


def test_a_mail_server_that_knows_no_such_mailbox_is_believed(
    give: Give, work: Work, mail_sink: MailSink, settings: Any
) -> None:
    _through(mail_sink, settings)
    mail_sink.refuse.add("ada@example.org")
    mail_sink.later.add("bea@example.org")
    gone, slow = give(), give(name="Bea", email="bea@example.org")
    work()
    assert mail_sink.messages == []
    assert ReceiptDelivery.objects.get(gift=gone).state == State.BOUNCED
    assert ReceiptDelivery.objects.get(gift=slow).state == State.QUEUED
    mail_sink.later.clear()
    Job.objects.filter(state=JobState.READY).update(run_at=now())
    work()
    assert ReceiptDelivery.objects.get(gift=slow).state == State.SENT
