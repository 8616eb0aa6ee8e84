"""The demonstration's register: what its first story tells of, as its source gives it. Safe to repeat."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from almoner.charities.models import Charity
from almoner.impact.models import Indicator, Partner, Partnership, Programme, Result, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, decide, enter
from almoner.kernel.clock import now

SLUG: Final = "osec-philippines"
_YEAR_END: Final = date(2022, 12, 31)


@dataclass(frozen=True, slots=True)
class Person:
    """Who entered and who verified, in a demonstration: nobody's account."""

    pk: int
    name: str

    def get_username(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class _Told:
    slug: str
    result: str
    title: str
    nouns: str
    rule: str
    since: date
    as_of: date
    value: int
    bound: Bound
    method: str


_TOLD: Final = (
    _Told(
        slug="rescued",
        result="Children are out of reach of those who abused them",
        title="children and young people brought to safety since 2011",
        nouns="children rescued, children freed, children and young people freed",
        rule="Children and young people freed from abuse online in cases that IJM supported, each once.",
        since=date(2011, 1, 1),
        as_of=date(2022, 9, 15),
        value=1000,
        bound=Bound.MORE_THAN,
        method="The source gives no exact number: an operation that freed 12 took the count past 1,000.",
    ),
    _Told(
        slug="arrested",
        result="The crime is no longer safe to commit",
        title="suspects arrested over facilitating the abuse",
        nouns="suspects arrested, arrests",
        rule="Suspects arrested for facilitating the abuse of children online, in cases that IJM supported.",
        since=date(2011, 1, 1),
        as_of=_YEAR_END,
        value=321,
        bound=Bound.EXACT,
        method="",
    ),
    _Told(
        slug="restored",
        result="Survivors can stand without help",
        title="clients restored through aftercare",
        nouns="clients restored, survivors restored",
        rule="Clients whose aftercare ended because they no longer needed it, in IJM's programme with the "
        "Department of Social Welfare and Development.",
        since=date(2011, 1, 1),
        as_of=_YEAR_END,
        value=286,
        bound=Bound.EXACT,
        method="",
    ),
)  # fmt: skip
_PARTNERS: Final = (
    ("International Justice Mission (IJM)", Partner.Kind.INTERNATIONAL_NGO),
    ("Philippine National Police", Partner.Kind.GOVERNMENT),
    ("Department of Social Welfare and Development of the Philippines", Partner.Kind.GOVERNMENT),
)


def seed(charity: Charity, *, title: str, publisher: str, url: str) -> None:
    """The programme with its three figures, as the article at `url` gives them."""
    if Programme.objects.filter(charity=charity, slug=SLUG).exists():
        return
    programme = Programme.objects.create(
        charity=charity, slug=SLUG, title="Ending the sexual exploitation of children online, Philippines",
        summary="The work of IJM and its partners, told of here because it shows what is possible.",
        country="PH", sector="15160", starts_on=date(2011, 1, 1),
    )  # fmt: skip
    for name, kind in _PARTNERS:
        partner = Partner.objects.create(charity=charity, name=name, kind=kind)
        Partnership.objects.create(programme=programme, partner=partner, role=Partnership.Role.IMPLEMENTING)
    source = Source.objects.create(
        charity=charity, title=title, publisher=publisher, dated=_YEAR_END, url=url, created_at=now()
    )
    for ordinal, told in enumerate(_TOLD):
        _figure(programme, source, told, ordinal)


def _figure(programme: Programme, source: Source, told: _Told, ordinal: int) -> None:
    result = Result.objects.create(
        programme=programme, kind=Result.Kind.OUTCOME, title=told.result, ordinal=ordinal
    )
    figure = Figure(
        indicator=Indicator.objects.create(
            result=result,
            slug=told.slug,
            title=told.title,
            nouns=told.nouns,
            rule=told.rule,
            since=told.since,
            # It tells of what others reached, and nobody reports to us.
            every_months=0,
        ),
        first=told.since,
        last=told.as_of,
        as_of=told.as_of,
        value=Decimal(told.value),
        bound=told.bound,
        source=source,
        place="Philippines",
        method=told.method,
    )
    observation = enter(figure, actor=Person(-1, "demonstration, entry"))
    decide(
        observation,
        accepted=True,
        role="The demonstration's editor",
        actor=Person(-2, "demonstration, check"),
    )
