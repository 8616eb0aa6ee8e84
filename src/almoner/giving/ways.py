"""The ways to pay that a form offers: what its editor chose, as far as this installation's gateways have it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm
from almoner.payments import gateways
from almoner.payments.gateways.port import Gateway, Method


@dataclass(frozen=True, slots=True)
class Way:
    """A method that this form offers, with the gateway behind it."""

    method: str
    gateway: str
    kind: str
    hosted: bool
    sandbox: bool
    in_page: bool = False
    wallets: bool = False
    repeats: bool = False
    # Where its money is; None: everywhere.
    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    # Currency -> the minor units of which its amounts are multiples, where that isn't 1.
    steps: Mapping[str, int] = field(default_factory=dict, hash=False)
    # Currency -> the least that it takes, in minor units, where its gateway names one.
    least: Mapping[str, int] = field(default_factory=dict, hash=False)
    # Not chosen by the editor: the gateway's own page, for a browser that can't show its fields in ours.
    stands_in: bool = False


def ways_of(form: DonationForm, charity: Charity) -> tuple[Way, ...]:
    """Those that an editor chose and this installation has, in their order, with the pages that stand in for them."""
    ways = []
    for code in form.methods:
        try:
            gateway, method = gateways.method(code)
        except gateways.MethodUnknown:
            continue  # a gateway that this installation has switched off
        if method.kind == "transfer" and not charity.bank_details:
            continue
        ways.append(_way(gateway, method))
    return _with_stand_ins(ways)


def _way(gateway: Gateway, method: Method, *, stands_in: bool = False) -> Way:
    capabilities = gateway.capabilities()
    limits = [each for each in (capabilities.currencies, method.currencies) if each is not None]
    return Way(
        method=method.code,
        gateway=gateway.code,
        kind=method.kind,
        hosted=method.hosted,
        sandbox=capabilities.sandbox,
        in_page=method.in_page,
        wallets=method.wallets,
        repeats=method.repeats,
        currencies=frozenset.intersection(*limits) if limits else None,
        countries=method.countries,
        steps=method.steps,
        least=method.least,
        stands_in=stands_in,
    )


def _with_stand_ins(ways: Sequence[Way]) -> tuple[Way, ...]:
    """A gateway whose fields are shown in our page by its script is asked for a page of its own too, for whoever has
    no JavaScript, whose browser keeps the script out, or who pays under an attack. It stands before them."""
    found: list[Way] = []
    hosted = {way.gateway for way in ways if way.hosted}
    for way in ways:
        if way.in_page and way.gateway not in hosted:
            hosted.add(way.gateway)
            gateway = gateways.gateway(way.gateway)
            pages = [method for method in gateway.capabilities().methods if method.hosted]
            found += [_way(gateway, method, stands_in=True) for method in pages[:1]]
        found.append(way)
    return tuple(found)


def least_minor(ways: Iterable[Way], currency: str) -> int:
    """What each of these ways takes of a currency, in minor units: the most of their least amounts."""
    return max((way.least.get(currency, 1) for way in ways if can_pay(way, currency)), default=1)


def ways_by_code(methods: Iterable[str]) -> tuple[Way, ...]:
    """The ways by their codes, without the pages that stand in; those that are not set up are left out."""
    found = []
    for code in methods:
        with suppress(gateways.MethodUnknown):
            found.append(_way(*gateways.method(code)))
    return tuple(found)


def can_pay(way: Way, currency: str, *, country: str = "", regular: bool = False) -> bool:
    """Whether a way takes this currency, in this country ("": unknown); for a regular gift, can be charged again."""
    return (
        (way.currencies is None or currency in way.currencies)
        and (way.countries is None or not country or country in way.countries)
        and (way.repeats or not regular)
    )
