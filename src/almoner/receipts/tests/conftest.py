"""A charity, its gifts, and the worker's turn."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from almoner.charities.models import Charity, Fund
from almoner.config.wiring import HANDLERS
from almoner.giving import actions, desk
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import charity, sandbox
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key, new_reference
from almoner.outbox.worker import drain
from almoner.payments import progress
from almoner.payments.models import Attempt
from almoner.receipts.models import Receipt
from almoner.supporters.people import Details, add_contact

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


class Undone(Exception):
    """Rolls a transaction back."""


def promised(charity: Charity, nth: int = 0) -> Gift:
    """A gift that waits for a transfer."""
    at = now()
    details = Details(given_name=f"Donor {nth}", family_name="", email=f"d{nth}@example.org")
    with transaction.atomic():
        gift = Gift.objects.create(
            charity=charity,
            fund=charity.funds.filter(deductible=True).first(),
            contact=add_contact(details, charity_id=charity.pk, at=at),
            reference=new_reference(),
            public_key=new_public_key(),
            amount_minor=5000,
            total_minor=5000,
            currency="AUD",
            given_at=at,
        )
        attempt = progress.begin(
            attempt_id=uuid.uuid4(),
            gift_id=gift.pk,
            ordinal=1,
            charity_id=charity.pk,
            gateway="bank",
            method="bank_transfer",
            amount_minor=5000,
            currency="AUD",
            income_code="income:general",
            ledger_tag="",
            at=at,
        )
        actions.follow(gift, progress.move(attempt, "awaiting", at=at))
    return gift


def settle(gift: Gift, *, then_fail: bool = False) -> None:
    """The transfer arrives; with `then_fail` the transaction that says so is rolled back."""
    attempt = Attempt.objects.get(gift_id=gift.pk)
    try:
        with transaction.atomic():
            actions.follow(gift, progress.move(attempt, "received", at=now()))
            if then_fail:
                raise Undone
    except Undone:
        pass
