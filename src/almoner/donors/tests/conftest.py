"""A donor with gifts, their browser, and the worker's turn."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from tests.support.mailsink import MailSink

from almoner.config.wiring import HANDLERS
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.conftest import UrlencodedClient, charity, sandbox
from almoner.giving.tests.plans import begun, gifts, next_time, run_on
from almoner.outbox.worker import drain
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans.models import Plan
from almoner.receipts.tests.conftest import give, staff

__all__ = ["charity", "give", "sandbox", "staff"]

EMAIL = "ada@example.org"


@dataclass
class Browser:
    """A browser without JavaScript, at the donor's own page."""

    client: UrlencodedClient = field(default_factory=UrlencodedClient)
    root: str = "/giving/"

    def get(self, path: str = "", **headers: Any) -> HttpResponse:
        return self.client.get(path if path.startswith("/") else self.root + path, **headers)

    def post(self, path: str, data: dict[str, str] | None = None, **headers: Any) -> HttpResponse:
        """Posts just this: without the visit's token unless it is in `data`."""
        return self.client.post(
            path if path.startswith("/") else self.root + path, data or {"open": "yes"}, **headers
        )

    def send(self, path: str, data: dict[str, str] | None = None) -> HttpResponse:
        """Posts a form of a page of ours, as it stands there."""
        return self.post(path, {"csrf": self.csrf, **(data or {})})

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', words(self.get("")))
        assert found
        return found[1]

    def ask(self, email: str = EMAIL, **data: str) -> HttpResponse:
        return self.post("ask/", {"email": email, **data})

    def sign_in(self, email: str = EMAIL) -> HttpResponse:
        self.ask(email)
        drain(HANDLERS)
        answer = self.post(newest_link())
        assert answer.status_code == 303
        return answer


@pytest.fixture
def browser(charity: Any) -> Browser:
    return Browser()


@pytest.fixture
def work() -> Callable[[], int]:
    return lambda: drain(HANDLERS)


def newest_link(nth: int = -1) -> str:
    """The path of the link in a mail."""
    found = [re.search(r"http://[^/\s]+(/\S*giving/enter/\S+)", str(each.body)) for each in mail.outbox]
    return [match[1] for match in found if match][nth]


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def heading(answer: HttpResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", words(answer), re.DOTALL)
    assert found, words(answer)
    return found[1].strip()


@pytest.fixture
def form(charity: Any) -> DonationForm:
    return DonationForm.objects.get(charity=charity)


@pytest.fixture
def plan(form: DonationForm, sandbox: Sandbox) -> Plan:
    """Ada's: 25.00 a month from a card, whose first gift is paid. Its mails are sent and put away."""
    made = begun(form)
    drain(HANDLERS)
    mail.outbox.clear()
    return made


def through(sink: MailSink, settings: Any) -> None:
    """Mail goes over a socket from now on."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sink.url.rpartition(":")[2])
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.fixture
def declined(plan: Plan, sandbox: Sandbox, form: DonationForm) -> Gift:
    next_time(sandbox, plan, Outcome.LOST_CARD)
    run_on(sandbox, plan)
    return gifts(plan)[1]
