"""The demo's mail: written as files instead of sent, and shown on a page, so that receipts can be looked at."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from almoner.kernel.clock import now

_SHOWN: Final = 200
# Shown in place; all else is handed over as a file.
_SAFE_TYPES: Final = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
# A mail's HTML is foreign words in a frame: it may look as it likes, and do nothing.
_FRAME_CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
)


class EmailBackend(BaseEmailBackend):
    """One `.eml` file a message, in settings.EMAIL_OUTBOX_DIR. Names sort by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:6]}"
            # Written aside and renamed: who looks meanwhile never sees half a message.
            draft = folder / f"{name}.writing"
            draft.write_bytes(message.message().as_bytes(linesep="\n"))
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Line:
    """One message in the list."""

    name: str
    subject: str
    to: str
    at: str
    attachments: int


def listing(request: HttpRequest) -> HttpResponse:
    """All mail, newest first."""
    names = sorted((file.stem for file in Path(settings.EMAIL_OUTBOX_DIR).glob("*.eml")), reverse=True)
    lines = [_line(name) for name in names[:_SHOWN]]
    return _page("config/mail_list.jinja", {"lines": lines, "total": len(names)})


def message(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its headers, its text, its HTML in a frame, and its attachments."""
    mail = _open(name)
    parts = list(mail.walk())
    html = next((index for index, found in enumerate(parts) if found.get_content_type() == "text/html"), None)
    plain = mail.get_body(("plain",))
    attachments = [
        (index, found.get_filename() or f"part {index}")
        for index, found in enumerate(parts)
        if found.get_content_disposition() == "attachment"
    ]
    headers = [(key, str(mail.get(key, ""))) for key in ("From", "Reply-To", "To", "Date") if mail.get(key)]
    return _page(
        "config/mail_message.jinja",
        {
            "name": name,
            "subject": str(mail.get("Subject", "")) or "(no subject)",
            "headers": headers,
            "plain": plain.get_content() if plain is not None else "",
            "html_part": html,
            "attachments": attachments,
        },
    )


def part(request: HttpRequest, name: str, part: int) -> HttpResponse:
    """One part of a message: its HTML as a frame shows it, or an attachment."""
    parts = list(_open(name).walk())
    if part >= len(parts):
        raise Http404(name)
    found = parts[part]
    kind = found.get_content_type()
    content = found.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Http404(name)
    if kind == "text/html":
        return HttpResponse(content, headers={"Content-Security-Policy": _FRAME_CSP})
    shown = "inline" if kind in _SAFE_TYPES else "attachment"
    return HttpResponse(
        content,
        content_type=kind if kind in _SAFE_TYPES else "application/octet-stream",
        headers={"Content-Disposition": f'{shown}; filename="{_ascii(found.get_filename() or "part")}"'},
    )


def _page(template: str, context: dict[str, object]) -> HttpResponse:
    return HttpResponse(
        render_to_string(template, context, using="jinja2"),
        headers={"Content-Security-Policy": _CSP, "Cache-Control": "no-store"},
    )


def _open(name: str) -> Message:
    # A slug has neither dot nor slash, so it stays in the folder.
    path = Path(settings.EMAIL_OUTBOX_DIR) / f"{name}.eml"
    if not path.is_file():
        raise Http404(name)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, Message)
    return mail


def _line(name: str) -> Line:
    mail = _open(name)
    return Line(
        name=name,
        subject=str(mail.get("Subject", "")),
        to=str(mail.get("To", "")),
        at=f"{parsedate_to_datetime(str(mail['Date'])):%d %B %Y, %H:%M} UTC" if mail.get("Date") else "",
        attachments=sum(1 for _ in mail.iter_attachments()),
    )


def _ascii(filename: str) -> str:
    return "".join(
        char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in filename
    )
