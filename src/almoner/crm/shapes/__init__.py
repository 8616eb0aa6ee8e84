"""Files that other systems import, with their own headings. Each is written from one charity's gifts that were paid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet, Sum

from almoner.charities.models import Charity
from almoner.crm.shapes import civicrm, npsp, raisers_edge
from almoner.crm.shapes.reading import Paid, paid
from almoner.giving.models import Gift, GiftStatus


@dataclass(frozen=True, slots=True)
class Shape:
    """`name` is how it is asked for. `rows` turns gifts, newest first, into lines under `header`."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: Callable[[Iterator[Paid]], Iterator[list[str]]]
    # A line for each donor, and no amount in it.
    of_people: bool = False


SHAPES: Final[dict[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape("npsp", "NPSP Data Importer", npsp.HEADER, npsp.rows),
        Shape(
            "raisers-edge-people",
            "Raiser’s Edge: constituents",
            raisers_edge.PEOPLE,
            raisers_edge.people,
            True,
        ),
        Shape("raisers-edge-gifts", "Raiser’s Edge: gifts", raisers_edge.GIFTS, raisers_edge.gifts),
        Shape("civicrm-people", "CiviCRM: contacts", civicrm.PEOPLE, civicrm.people, True),
        Shape("civicrm-gifts", "CiviCRM: contributions", civicrm.GIFTS, civicrm.gifts),
    )
}


def lines(shape: Shape, gifts: QuerySet[Gift]) -> Iterator[list[str]]:
    """A file's lines, of those gifts that were paid and not given back in whole. A page of rows at a time."""
    return shape.rows(paid(gifts.filter(WORTH_WRITING).order_by("-given_at", "-pk")))


def gifts_of(charity: Charity) -> QuerySet[Gift]:
    return Gift.objects.filter(charity=charity)


def totals_minor(gifts: QuerySet[Gift]) -> dict[str, int]:
    """What the lines of these gifts come to, by currency."""
    worth = gifts.filter(WORTH_WRITING).order_by("currency").values_list("currency")
    return dict(worth.annotate(total=Sum(F("settled_minor") - F("refunded_minor"))))


WORTH_WRITING: Final = Q(status=GiftStatus.SETTLED, settled_minor__gt=F("refunded_minor"))
