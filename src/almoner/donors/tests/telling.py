"""A register with a figure that grew, donors of its fund, and the day of the yearly message."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import time_machine

from almoner.charities.models import Charity, Fund
from almoner.config.wiring import HANDLERS, PERIODIC
from almoner.donors import yearly
from almoner.donors.models import ReachedMail, Told
from almoner.impact.models import Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import Person, make_figure
from almoner.kernel.clock import now
from almoner.outbox.worker import drain
from almoner.supporters.models import Contact

# In Sydney the 15th of February begins.
DAY = datetime(2027, 2, 14, 13, 0, tzinfo=UTC)
ANA, BEN = Person(1, "ana"), Person(2, "ben")


@dataclass
class Register:
    """Children rescued: 1,000 as of September 2022, and 1,312 as of March 2023. Gifts to `fund` pay for it."""

    charity: Charity
    fund: Fund
    figure: Figure
    first: Observation
    second: Observation

    def grow(self, value: int, day: date) -> Observation:
        return stands(replace(self.figure, value=Decimal(value), last=day, as_of=day))

    def correct(
        self, wrong: Observation, value: int, reason: str = "Thirteen were counted twice."
    ) -> Observation:
        made = self.propose(wrong, value, reason)
        decide(made, accepted=True, role="Lead", actor=BEN)
        return made

    def propose(self, wrong: Observation, value: int, reason: str = "Counted again.") -> Observation:
        right = replace(self.figure, value=Decimal(value), last=wrong.last, as_of=wrong.as_of)
        return correct(wrong, right, reason=reason, actor=ANA)


def make_register(charity: Charity) -> Register:
    figure = replace(make_figure(charity), bound=Bound.EXACT)
    fund = Fund.objects.get(charity=charity, code="children")
    Programme.objects.get().funds.set([fund])
    march = date(2023, 3, 31)
    first = stands(figure)
    second = stands(replace(figure, value=Decimal(1312), last=march, as_of=march))
    return Register(charity, fund, figure, first, second)


def stands(figure: Figure) -> Observation:
    made = enter(figure, actor=ANA)
    decide(made, accepted=True, role="Lead", actor=BEN)
    return made


def tell(contact: Contact, observation: Observation) -> Told:
    """As a yearly mail would have told it."""
    mail = ReachedMail.objects.create(
        key=f"yearly:{contact.pk}:2026", public_key=f"told-{contact.pk}", kind="yearly", charity_id=contact.charity_id,
        contact=contact, year=2026, state="sent", sent_at=now(), message_id="<told@example.org>", created_at=now(),
    )  # fmt: skip
    return Told.objects.create(
        mail=mail, contact=contact, observation=observation, where="yearly", language="en", number="1,000",
        words="Children rescued: 1,000.", at=now(),
    )  # fmt: skip


def switch_on(charity: Charity, actor: Any, *, on: bool = True, month: int = 2, day: int = 15) -> None:
    yearly.decide(charity, on=on, month=month, day=day, actor=actor)


def turn(at: datetime) -> None:
    """What the worker does at a moment: its tasks of this room, then all that is ready."""
    with turned(at):
        tasks = {name: call for name, _seconds, call in PERIODIC}
        tasks["donors.yearly"]()
        tasks["donors.corrections"]()
        drain(HANDLERS)


@contextmanager
def turned(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield
