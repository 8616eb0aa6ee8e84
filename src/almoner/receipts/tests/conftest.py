"""A charity, its gifts, and the worker's turn."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from almoner.charities.models import Charity, Fund
from almoner.config.wiring import HANDLERS
from almoner.giving import desk
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import charity, sandbox
from almoner.outbox.worker import drain
from almoner.receipts.models import Receipt
from almoner.supporters.people import Details

__all__ = ["charity", "give", "sandbox", "staff", "work"]

Give = Callable[..., Gift]


@pytest.fixture
def staff(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("sam", password="x")


@pytest.fixture
def give(charity: Charity, staff: Any) -> Give:
    """A gift that staff enter: paid, posted and receipted at once."""

    def enter(name: str = "Ada Nguyễn", email: str = "ada@example.org", **changes: Any) -> Gift:
        given_name, _, family_name = name.partition(" ")
        details = Details(
            given_name=given_name,
            family_name=family_name,
            email=email,
            address=changes.pop("address", None),
            language=changes.pop("language", "en"),
        )
        values = {
            "charity": charity,
            "fund": Fund.objects.filter(charity=charity, deductible=True).first(),
            "amount_minor": 5000,
            "currency": "AUD",
            "channel": "cheque",
            "given_on": date(2026, 11, 23),
            "actor": staff,
            **changes,
        }
        return desk.enter_gift(details=details, **values)

    return enter


@pytest.fixture
def work() -> Callable[[], int]:
    """The worker's turn: everything that is ready, until nothing is."""
    return lambda: drain(HANDLERS)


def chain(gift: Gift) -> list[Receipt]:
    """A gift's receipts, oldest first."""
    return list(Receipt.objects.filter(gift=gift).select_related("cancellation").order_by("turn"))
