"""ALMONER_MAIL_URL as Django's settings: SMTP, or a sending service through anymail; files in the demo."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from almoner.kernel.environment import Environment

_ANYMAIL_PREFIX: Final = "ALMONER_ANYMAIL_"
# Scheme -> anymail's backend. Its settings come from variables such as ALMONER_ANYMAIL_POSTMARK_SERVER_TOKEN.
_SERVICES: Final = {
    "amazon-ses": "amazon_ses", "brevo": "brevo", "mailersend": "mailersend", "mailgun": "mailgun",
    "mailjet": "mailjet", "mandrill": "mandrill", "postal": "postal", "postmark": "postmark", "resend": "resend",
    "sendgrid": "sendgrid", "sparkpost": "sparkpost", "unisender-go": "unisender_go",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MailSettings:
    backend: str
    sender: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    anymail: dict[str, str] = field(default_factory=dict)


def read(env: Environment, *, mode: str, outbox_dir: Path) -> MailSettings:
    """smtp: (STARTTLS), smtps: (TLS), smtp+plain: (neither: a server on this machine), or a service's name."""
    production = mode == "production"
    sender = env.text("ALMONER_MAIL_FROM", "" if production else "giving@demo.invalid", required=production)
    schemes = ("smtp", "smtps", "smtp+plain", *_SERVICES)
    url = env.url("ALMONER_MAIL_URL", schemes=schemes, required=production)
    if url is None:
        if mode == "demo":
            outbox_dir.mkdir(parents=True, exist_ok=True)
        backend = "almoner.config.mailbox" if mode == "demo" else "django.core.mail.backends.locmem"
        return MailSettings(backend=f"{backend}.EmailBackend", sender=sender)
    if url.scheme in _SERVICES:
        return MailSettings(
            backend=f"anymail.backends.{_SERVICES[url.scheme]}.EmailBackend",
            sender=sender,
            anymail=_anymail(),
        )
    if url.hostname is None:
        env.refuse("ALMONER_MAIL_URL", "names no host.")
    return MailSettings(
        backend="django.core.mail.backends.smtp.EmailBackend",
        sender=sender,
        host=url.hostname or "",
        port=url.port or {"smtp": 587, "smtps": 465}.get(url.scheme, 25),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        starttls=url.scheme == "smtp",
        tls=url.scheme == "smtps",
        anymail=_anymail(),
    )


def _anymail() -> dict[str, str]:
    return {
        name.removeprefix(_ANYMAIL_PREFIX): value
        for name, value in os.environ.items()
        if name.startswith(_ANYMAIL_PREFIX)
    }
