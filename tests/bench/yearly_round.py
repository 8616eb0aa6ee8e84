"""Many donors who have something to hear, for `bench/mail.py`."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.charities.models import Charity
from almoner.donors import yearly
from almoner.donors.models import ReachedMail, YearlyMessage
from almoner.donors.tests.telling import make_register
from almoner.giving import demo, desk
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.supporters.people import Details
from tests.bench.gifts import make_gifts

# Before the register's second figure, so that it is news to all.
_GIVEN_UNTIL = datetime(2022, 9, 1, tzinfo=UTC)
_HANDLERS = {yearly.STEP_JOB: yearly.take_step}


class Round:
    """What is measured."""

    mails = 0
    step_queries = 0
    rows: list[tuple[Any, list[Any]]]

    def __init__(self, charity: Charity, client: Client) -> None:
        self.page = f"/admin/yearly-message/{charity.pk}/"
        self.client = client

    def open_page(self) -> None:
        answer = self.client.get(self.page)
        assert answer.status_code == 200 and b"donors" in answer.content

    def queries_of_page(self) -> int:
        with CaptureQueriesContext(connection) as asked:
            self.open_page()
        return len(asked)

    def plan(self) -> None:
        """All steps of a round; the mails are left to lie."""
        assert yearly.ask_due() == 1
        with CaptureQueriesContext(connection) as asked:
            assert drain(_HANDLERS, limit=1) == 1
        self.step_queries = len(asked)
        drain(_HANDLERS)
        self.mails = ReachedMail.objects.count()
        assert self.mails == Job.objects.filter(kind=yearly.JOB).count() > 0

    def take_away(self) -> None:
        """The mails' rows and their jobs, kept in hand."""
        mails, jobs = ReachedMail.objects.all(), Job.objects.filter(kind=yearly.JOB)
        self.rows = [(mails.model, list(mails)), (jobs.model, list(jobs))]
        mails.delete()
        jobs.delete()

    def write_the_same(self) -> None:
        """What was taken away, once more."""
        for first in range(0, self.mails, 100):
            with transaction.atomic():
                for model, each in self.rows:
                    model.objects.bulk_create(each[first : first + 100], ignore_conflicts=True)


def over(donors: int) -> Round:
    charity = demo.seed()
    register = make_register(charity)
    form = DonationForm.objects.filter(charity=charity).earliest("id")
    make_gifts(charity, register.fund, form, count=donors, until=_GIVEN_UNTIL)
    today = now().astimezone(ZoneInfo(charity.timezone)).date()
    YearlyMessage.objects.create(
        charity=charity, on=True, month=today.month, day=min(today.day, 28), since=now() - timedelta(days=9)
    )
    with connection.cursor() as cursor:
        # As a database does by itself after a day in use.
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.create_superuser("treasurer"))
    return Round(charity, client)


def give(nth: int) -> None:
    """A gift as staff enter one."""
    charity = Charity.objects.earliest("pk")
    desk.enter_gift(
        details=Details("Ada", "Nguyễn", f"ada{os.getpid()}.{nth}@example.org"), charity=charity,
        fund=charity.funds.earliest("id"), amount_minor=5000, currency=charity.currency, channel="cheque",
        given_on=now().astimezone(ZoneInfo(charity.timezone)).date(), actor=User.objects.get(username="treasurer"),
    )  # fmt: skip
