"""The demonstration's second form, with its appeal for one fund, and gifts of the past year. Safe to repeat."""

from datetime import date, timedelta
from typing import Final

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import bump
from almoner.giving import demo_charity as words
from almoner.giving.demo import ask_consent, suggest
from almoner.giving.importing.records import GiftLine
from almoner.giving.importing.writing import Wish, write
from almoner.giving.models import DonationForm, FormFund, FormNumber, SuggestedAmount
from almoner.giving.views_model import AmountChoice
from almoner.supporters.people import Details

FUND: Final = "night-line"
FORM_NUMBER: Final = 4841

_AMOUNTS: Final = (
    AmountChoice(3000, "Half an hour in which a counsellor has time"),
    AmountChoice(5000, "A night of answered calls"),
    AmountChoice(12000, "Six evenings with the same counsellor, for one family"),
)
_MONTHLY: Final = (
    AmountChoice(1500, "A first call answered, every month"),
    AmountChoice(3000, "A counsellor awake for an hour, every month"),
)
# Invented people at addresses that nobody can have. Each gives what is named, in this order, round and round.
_PEOPLE: Final = (
    ("Ines", "Baptiste", 5_000), ("Tom", "Okafor", 3_000), ("Ruth", "Lindqvist", 12_000), ("Amir", "Haddad", 2_500),
    ("Grace", "Nguyen", 8_000), ("Peter", "Marsh", 3_500), ("Leilani", "Kealoha", 6_000),
)  # fmt: skip
_DAYS_APART: Final = 9
_GIFTS: Final = 45
# Every so many is for the charity's other fund.
_OTHER: Final = 3


def seed(charity: Charity, *, today: date) -> None:
    """The fund, its form, and gifts up to `today`, a day where the charity is, as they come from another system."""
    if Fund.objects.filter(charity=charity, code=FUND).exists():
        return
    first = Fund.objects.get(charity=charity, is_default=True)
    fund = Fund.objects.create(
        charity=charity, code=FUND, name="The night line",
        line="Somebody who answers, every night of the year: a gift that may be claimed on tax",
        deductible=True, endorsed_name=first.endorsed_name, endorsed_abn=first.endorsed_abn,
    )  # fmt: skip
    _form(charity, fund)
    for number in range(_GIFTS):
        write(_gift(number, first, fund, today), Wish(charity=charity, fund=fund))
    bump(charity.pk)


def _form(charity: Charity, fund: Fund) -> None:
    form = DonationForm.objects.create(
        charity=charity,
        slug=FUND,
        title="Keep the night line open",
        intro="Most children speak when the house is asleep. Your gift pays for the counsellor who is awake then, and "
        "for the evenings after.",
        currencies="AUD",
        frequencies="once monthly",
        minimum_minor=200,
        maximum_minor=5_000_000,
        ask_tribute=True,
        methods=["sandbox_card", "sandbox_hosted", "sandbox_debit", "bank_transfer"],
        thanks_text="Somebody will ring tonight, and it will be answered. Thank you for being awake with us.",
    )
    FormNumber.objects.create(form=form, charity=charity, number=FORM_NUMBER)
    FormFund.objects.create(form=form, fund=fund)
    suggest(form, _AMOUNTS)
    suggest(form, _MONTHLY, frequency=SuggestedAmount.Frequency.MONTHLY)
    ask_consent(form, words.CONSENTS)


def _gift(number: int, other: Fund, fund: Fund, today: date) -> GiftLine:
    given, family, amount_minor = _PEOPLE[number % len(_PEOPLE)]
    return GiftLine(
        origin=f"demonstration {number + 1}",
        details=Details(given, family, f"{given}.{family}@donors.example".lower()),
        amount_minor=amount_minor,
        currency="AUD",
        given_on=today - timedelta(days=(_GIFTS - number) * _DAYS_APART),
        fund=other.code if number % _OTHER == _OTHER - 1 else fund.code,
    )
