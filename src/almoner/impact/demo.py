"""The demonstration's register: what its first story tells of, as its source gives it. Safe to repeat."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from almoner.charities.models import Charity
from almoner.impact.demo_translations import translate
from almoner.impact.models import Indicator, Partner, Partnership, Programme, Result, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, decide, enter
from almoner.impact.releasing import approve, release
from almoner.kernel.clock import now

SLUG: Final = "osec-philippines"
BOOST: Final = "project-boost"
# The operation that took the count past 1,000.
FREED_ON: Final = date(2022, 9, 15)
_WORKSHOP: Final = date(2022, 11, 1)
_WORKSHOP_OVER: Final = date(2022, 11, 30)
_YEAR_END: Final = date(2022, 12, 31)


@dataclass(frozen=True, slots=True)
class Person:
    """Who entered and who verified, in a demonstration: nobody's account."""

    pk: int
    name: str

    def get_username(self) -> str:
        return self.name


_ENTERS: Final = Person(-1, "demonstration, entry")
_CHECKS: Final = Person(-2, "demonstration, check")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A figure. `nouns` are empty where its words would be those of another figure; `released` says why one that is
    small may be said."""

    slug: str
    result: str
    title: str
    rule: str
    first: date
    as_of: date
    value: int
    nouns: str = ""
    cumulative: bool = True
    bound: Bound = Bound.EXACT
    method: str = ""
    place: str = "Philippines"
    released: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    slug: str
    title: str
    summary: str
    country: str
    sector: str
    starts_on: date
    partners: tuple[tuple[str, Partner.Kind], ...]
    told: tuple[_Told, ...]


_IJM: Final = ("International Justice Mission (IJM)", Partner.Kind.INTERNATIONAL_NGO)
_BEGAN: Final = date(2011, 1, 1)
_OUT_OF_REACH: Final = "Children are out of reach of those who abused them"
_PHILIPPINES: Final = (
    _Told(
        slug="rescued",
        result=_OUT_OF_REACH,
        title="children and young people brought to safety since 2011",
        nouns="children rescued, children freed, children and young people freed",
        rule="Children and young people freed from abuse online in cases that IJM supported, each once.",
        first=_BEGAN,
        as_of=FREED_ON,
        value=1000,
        bound=Bound.MORE_THAN,
        method="The source gives no exact number: an operation that freed 12 took the count past 1,000.",
    ),
    _Told(
        slug="freed-that-day",
        result=_OUT_OF_REACH,
        title="children brought to safety in one operation",
        rule="Children freed by the operation of 15 September 2022 alone. They are counted in the whole, too.",
        cumulative=False,
        first=FREED_ON,
        as_of=FREED_ON,
        value=12,
    ),
    _Told(
        slug="arrested",
        result="The crime is no longer safe to commit",
        title="suspects arrested over facilitating the abuse",
        nouns="suspects arrested, arrests",
        rule="Suspects arrested for facilitating the abuse of children online, in cases that IJM supported.",
        first=_BEGAN,
        as_of=_YEAR_END,
        value=321,
    ),
    _Told(
        slug="restored",
        result="Survivors can stand without help",
        title="clients restored through aftercare",
        nouns="clients restored, survivors restored",
        rule="Clients whose aftercare ended because they no longer needed it, in IJM's programme with the "
        "Department of Social Welfare and Development.",
        first=_BEGAN,
        as_of=_YEAR_END,
        value=286,
    ),
)  # fmt: skip
_RELEASED: Final = "Anybody can read it in the article that is its source, and it is of a whole country."
_KENYA: Final = (
    _Told(
        slug="identified",
        result="What was learned is used in another country",
        title="victims identified after the training",
        nouns="victims identified",
        rule="Victims of child abuse online whom Kenyan authorities identified after their training, each once.",
        first=_WORKSHOP,
        as_of=_WORKSHOP_OVER,
        value=2,
        method="The source gives no day: it tells of November 2022.",
        place="Kenya",
        released=_RELEASED,
    ),
    _Told(
        slug="arrested",
        result="What was learned is used in another country",
        title="suspects arrested after the training",
        rule="Suspects whom Kenyan authorities arrested after their training.",
        first=_WORKSHOP,
        as_of=_WORKSHOP_OVER,
        value=1,
        method="The source gives no day: it tells of November 2022.",
        place="Kenya",
        released=_RELEASED,
    ),
)
_WORKS: Final = (
    _Work(
        slug=SLUG,
        title="Ending the sexual exploitation of children online, Philippines",
        summary="The work of IJM and its partners, told of here because it shows what is possible.",
        country="PH",
        sector="15160",
        starts_on=_BEGAN,
        partners=(
            _IJM,
            ("Philippine National Police", Partner.Kind.GOVERNMENT),
            ("Department of Social Welfare and Development of the Philippines", Partner.Kind.GOVERNMENT),
        ),
        told=_PHILIPPINES,
    ),
    _Work(
        slug=BOOST,
        title="Project Boost: police learn to follow reports of abuse online",
        summary="A project of IJM with Meta and the National Center for Missing & Exploited Children, in chosen "
        "countries. Told of here because it shows what is possible.",
        country="",
        sector="15160",
        starts_on=_WORKSHOP,
        partners=(
            _IJM,
            ("Meta", Partner.Kind.COMPANY),
            ("National Center for Missing & Exploited Children (NCMEC)", Partner.Kind.NATIONAL_NGO),
        ),
        told=_KENYA,
    ),
)  # fmt: skip


def seed(charity: Charity, *, title: str, publisher: str, url: str) -> None:
    """Two programmes with their figures, as the article at `url` gives them."""
    if Programme.objects.filter(charity=charity, slug=SLUG).exists():
        return
    source = Source.objects.create(
        charity=charity, title=title, publisher=publisher, dated=_YEAR_END, url=url, created_at=now()
    )
    for work in _WORKS:
        _work(charity, work, source)


def _work(charity: Charity, work: _Work, source: Source) -> None:
    programme = Programme.objects.create(
        charity=charity, slug=work.slug, title=work.title, summary=work.summary, country=work.country,
        sector=work.sector, starts_on=work.starts_on,
    )  # fmt: skip
    for name, kind in work.partners:
        partner, _ = Partner.objects.get_or_create(charity=charity, name=name, defaults={"kind": kind})
        Partnership.objects.create(programme=programme, partner=partner, role=Partnership.Role.IMPLEMENTING)
    results: dict[str, Result] = {}
    for told in work.told:
        if told.result not in results:
            results[told.result] = Result.objects.create(
                programme=programme, kind=Result.Kind.OUTCOME, title=told.result, ordinal=len(results)
            )
        _figure(results[told.result], source, told, ordinal=work.told.index(told))
    translate(programme)


def _figure(result: Result, source: Source, told: _Told, *, ordinal: int) -> None:
    """Entered by one and verified by another; one that is small and hidden is let out by the same two."""
    figure = Figure(
        indicator=Indicator.objects.create(
            result=result,
            slug=told.slug,
            title=told.title,
            nouns=told.nouns,
            rule=told.rule,
            cumulative=told.cumulative,
            since=told.first if told.cumulative else None,
            # It tells of what others reached, and nobody reports to us.
            every_months=0,
            ordinal=ordinal,
        ),
        first=told.first,
        last=told.as_of,
        as_of=told.as_of,
        value=Decimal(told.value),
        bound=told.bound,
        source=source,
        place=told.place,
        method=told.method,
    )
    observation = enter(figure, actor=_ENTERS)
    decide(observation, accepted=True, role="The demonstration's editor", actor=_CHECKS)
    if told.released:
        approve(release(observation, reason=told.released, actor=_ENTERS), actor=_CHECKS)
