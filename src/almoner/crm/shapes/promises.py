"""Regular gifts as the files need them: those that were begun and go on, or are paused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from almoner.crm.people import person_key
from almoner.crm.plans import begun_on, first_on
from almoner.crm.shapes.reading import How, kind_of
from almoner.kernel.money import format_plain
from almoner.plans.models import Plan
from almoner.supporters.models import Contact


@dataclass(frozen=True, slots=True)
class Promised:
    """A regular gift. `amount` is of one gift in major units; `begun` when it was promised and `first` its first day,
    where the charity is; `key`, its donor's."""

    plan: Plan
    contact: Contact
    key: str
    amount: str
    begun: date
    first: date
    how: How


def promised(plans: QuerySet[Plan]) -> Iterator[Promised]:
    """In the order that they are asked for: one query, read a page at a time."""
    for plan in plans.select_related("charity", "contact__charity", "fund").iterator(chunk_size=1000):
        yield Promised(
            plan=plan,
            contact=plan.contact,
            key=person_key(plan.contact),
            amount=format_plain(plan.total_minor, plan.currency),
            begun=begun_on(plan),
            first=first_on(plan),
            how=kind_of(plan.method),
        )
