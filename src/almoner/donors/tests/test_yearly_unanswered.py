"""A mail service that fails while it has the yearly message: only what surely did not go is sent again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from anymail.exceptions import AnymailAPIError
from django.core.mail.backends.base import BaseEmailBackend

from almoner.charities.models import Charity
from almoner.donors.models import ReachedMail, Told
from almoner.donors.tests.telling import DAY, make_register, switch_on, turn
from almoner.receipts.tests.conftest import Give


class Failing(BaseEmailBackend):
    """Answers the first mail with what a test put here, and takes each after it."""

    fault: ClassVar[Exception]
    handed: ClassVar[int] = 0

    def send_messages(self, messages: Any) -> int:
        Failing.handed += len(messages)
        if Failing.handed == 1:
            raise self.fault
        return len(messages)


@pytest.mark.parametrize(
    ("status", "handed", "state"),
    [(429, 2, "sent"), (401, 2, "sent"), (500, 1, "unknown"), (504, 1, "unknown"), (None, 1, "unknown")],
)
def test_what_may_have_gone_is_not_sent_again(
    charity: Charity, staff: Any, settings: Any, give: Give, work: Callable[[], int], status: int | None,
    handed: int, state: str,
) -> None:  # fmt: skip
    register = make_register(charity)
    switch_on(charity, staff)
    give(fund=register.fund, given_on=date(2022, 10, 1))
    work()
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    Failing.handed, Failing.fault = 0, AnymailAPIError("it failed", status_code=status)
    turn(DAY)
    assert Failing.handed == 1
    turn(DAY + timedelta(hours=1))
    assert (Failing.handed, ReachedMail.objects.get().state) == (handed, state)
    # What may have been read is owed a correction, should there be one.
    assert Told.objects.exists()
