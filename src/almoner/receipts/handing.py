"""Handing a mail to the mail server: what it says of the mail, as a value or as an exception that tells whether to try
again."""

import hashlib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formataddr
from http import HTTPStatus
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from almoner.charities.models import Charity
from almoner.receipts.facts import one_line
from almoner.receipts.letters import Letter


class MailRefused(Exception):
    """The mail server will never take this mail for this address; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def message_id(key: str, charity: Charity) -> str:
    """The Message-ID of the mail that a key names: the same whenever it is made."""
    host = charity.mail_from.rpartition("@")[2] or "localhost"
    digest = hashlib.sha256(f"{settings.SITE_URL} {key}".encode()).hexdigest()
    return f"<{digest[:40]}@{host}>"


def compose(
    letter: Letter, *, charity: Charity, to: str, message_id: str, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """The letter as text and as HTML, from a charity to one address. `headers` come besides its own. The text says its
    language in a header (RFC 3282), as the HTML does in itself."""
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text(),
        from_email=formataddr((one_line(charity.name), charity.mail_from)),
        # The address alone: a name would be one more thing that a header must carry safely.
        to=[to],
        reply_to=[charity.email],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
            **(headers or {}),
        },
    )
    message.attach_alternative(letter.html(), "text/html")
    return message


@contextmanager
def connected(message: EmailMultiAlternatives) -> Iterator[None]:
    """Reach the mail server before the mail is handed over, so that one that can't be reached was told nothing."""
    connection = get_connection()
    connection.open()
    message.connection = connection
    try:
        yield
    finally:
        connection.close()


def surely_not_taken(fault: Exception) -> bool:
    """Whether what `hand_over` raised says that the mail did not go. After a silence nobody knows, nor when a service
    that may have taken it answers that it failed: 504 comes from what stands before it."""
    if isinstance(fault, AnymailAPIError):
        status = fault.status_code
        return status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    refused = (SMTPResponseException, SMTPRecipientsRefused, ConnectionRefusedError, socket.gaierror)
    return isinstance(fault, refused)


def hand_over(message: EmailMultiAlternatives) -> str:
    """Send it; returns the sending service's own identifier, if it gives one.

    Raises `MailRefused`, and whatever else the mail server's absence raises, which is tried again.
    """
    if any(one_line(address) != address for address in message.to):
        raise MailRefused("not_an_address")
    try:
        message.send()
    except (SMTPRecipientsRefused, AnymailRecipientsRefused) as refusal:
        if isinstance(refusal, SMTPRecipientsRefused) and not _for_good(refusal):
            raise
        raise MailRefused("refused") from None
    except SMTPDataError as refusal:
        if refusal.smtp_code < 500:
            raise
        raise MailRefused("rejected") from None
    except (BadHeaderError, UnicodeError):
        raise MailRefused("not_an_address") from None
    status = getattr(message, "anymail_status", None)
    identifier = getattr(status, "message_id", None)
    return identifier[:200] if isinstance(identifier, str) else ""


def _for_good(refusal: SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _text in refusal.recipients.values())
