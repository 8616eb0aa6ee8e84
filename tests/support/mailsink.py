"""A mail server on this machine that keeps what it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.support.server import free_port


@dataclass
class MailSink:
    """`url` is what ALMONER_MAIL_URL takes. `refuse` names recipients answered with 550, `later` with 451."""

    url: str
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)

    # aiosmtpd finds its handlers by these names.
    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return "550 5.1.1 no such mailbox"
        if address in self.later:
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    port = free_port()
    sink = MailSink(url=f"smtp+plain://127.0.0.1:{port}")
    # Its own patience of five seconds is less than a busy machine may take to begin a thread.
    controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield sink
    controller.stop()
