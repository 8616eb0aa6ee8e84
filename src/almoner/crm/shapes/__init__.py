"""Files that other systems import, with their own headings: one charity's gifts that were paid, their donors, and the
regular gifts that go on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Sum

from almoner.charities.models import Charity
from almoner.crm.shapes import civicrm, npsp, raisers_edge
from almoner.crm.shapes.promises import promised
from almoner.crm.shapes.reading import paid
from almoner.giving.models import Gift, GiftStatus
from almoner.plans.models import Plan
from almoner.plans.transitions import CHARGEABLE_STATES, PlanState


class Of(Enum):
    """What a line is."""

    GIFT = auto()
    # A donor: there is no amount in it.
    PERSON = auto()
    PLAN = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """`name` is how it is asked for. `rows` turns gifts or regular gifts, newest first, into lines under `header`."""

    name: str
    title: str
    of: Of
    header: tuple[str, ...]
    rows: Callable[[Iterator[Any]], Iterator[list[str]]]


SHAPES: Final[dict[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape("npsp", "NPSP Data Importer", Of.GIFT, npsp.HEADER, npsp.rows),
        Shape("npsp-plans", "NPSP Data Importer: recurring donations", Of.PLAN, npsp.PLANS, npsp.plans),
        Shape(
            "raisers-edge-people",
            "Raiser’s Edge: constituents",
            Of.PERSON,
            raisers_edge.PEOPLE,
            raisers_edge.people,
        ),
        Shape("raisers-edge-gifts", "Raiser’s Edge: gifts", Of.GIFT, raisers_edge.GIFTS, raisers_edge.gifts),
        Shape(
            "raisers-edge-plans",
            "Raiser’s Edge: recurring gifts",
            Of.PLAN,
            raisers_edge.PLANS,
            raisers_edge.plans,
        ),
        Shape("civicrm-people", "CiviCRM: contacts", Of.PERSON, civicrm.PEOPLE, civicrm.people),
        Shape("civicrm-gifts", "CiviCRM: contributions", Of.GIFT, civicrm.GIFTS, civicrm.gifts),
        Shape("civicrm-plans", "CiviCRM: recurring contributions", Of.PLAN, civicrm.PLANS, civicrm.plans),
    )
}
PLAN_SHAPES: Final = {name: shape for name, shape in SHAPES.items() if shape.of == Of.PLAN}
GIFT_SHAPES: Final = {name: shape for name, shape in SHAPES.items() if shape.of != Of.PLAN}
_WORTH_WRITING: Final = Q(status=GiftStatus.SETTLED, settled_minor__gt=F("refunded_minor"))
_GOES_ON: Final = Q(state__in=(*CHARGEABLE_STATES, PlanState.PAUSED))


def lines(shape: Shape, found: QuerySet[Any]) -> Iterator[list[str]]:
    """A file's lines, a page of rows at a time. Of gifts, those that were paid and not given back in whole; of regular
    gifts, those that were begun and aren't over."""
    if shape.of == Of.PLAN:
        return shape.rows(promised(found.filter(_GOES_ON).order_by("-created_at", "-pk")))
    return shape.rows(paid(found.filter(_WORTH_WRITING).order_by("-given_at", "-pk")))


def all_of(shape: Shape, charity: Charity) -> QuerySet[Any]:
    """A charity's gifts or regular gifts, whichever the file is written from."""
    model = Plan if shape.of == Of.PLAN else Gift
    return model._default_manager.filter(charity=charity)


def totals_minor(shape: Shape, found: QuerySet[Any]) -> dict[str, int]:
    """What a file's lines come to, by currency; of regular gifts, one gift of each."""
    if shape.of == Of.PERSON:
        return {}
    if shape.of == Of.PLAN:
        worth, amount = found.filter(_GOES_ON), F("amount_minor") + F("cover_minor")
    else:
        worth, amount = found.filter(_WORTH_WRITING), F("settled_minor") - F("refunded_minor")
    return dict(worth.order_by("currency").values_list("currency").annotate(total=Sum(amount)))
