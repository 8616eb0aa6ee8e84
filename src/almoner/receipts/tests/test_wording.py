from dataclasses import replace
from datetime import date

import pytest

from almoner.receipts import wording
from almoner.receipts.facts import Benefit, DonorFacts, FundFacts, TaxNumber
from almoner.receipts.tests.paper import CHARITY, FACTS, facts
from almoner.receipts.wording import Wording, compose, wording_for

OPEN_FUND = FundFacts(name="Community kitchen")
ELSEWHERE = replace(
    CHARITY, country="NZ", legal_name="Tidelight Aotearoa", tax_numbers=(TaxNumber("CC", "55555"),)
)


def test_australia_names_the_endorsed_fund_its_abn_and_that_it_is_a_gift() -> None:
    page = compose(FACTS)
    assert page.wording == "AU_DGR-1997"
    assert page.title == "Receipt for a tax-deductible gift"
    assert page.statements == (
        "This receipt is for a gift to Tidelight Relief Fund, ABN 98\u00a0765\u00a0432\u00a0109.",
        "Tidelight Relief Fund is endorsed as a deductible gift recipient.",
        "Gifts of $2 or more are tax deductible in Australia; this one belongs to the tax year 2026–27.",
        "Nothing was given in return.",
    )


@pytest.mark.parametrize(
    ("given_on", "year"),
    [(date(2026, 6, 30), "2025–26"), (date(2026, 7, 1), "2026–27"), (date(1999, 12, 31), "1999–00")],
)
def test_the_australian_tax_year_begins_in_july(given_on: date, year: str) -> None:
    assert f"tax year {year}." in compose(facts(given_on=given_on)).statements[2]


def test_an_australian_contribution_says_its_amount_and_the_benefit_with_gst() -> None:
    page = compose(facts(benefit=Benefit(description="Dinner for two", value_minor=1500)))
    assert page.title == "Receipt for a contribution"
    assert page.statements[0].replace("\u00a0", " ") == (
        "This receipt is for a contribution of $50.00 AUD to Tidelight Relief Fund, ABN 98 765 432 109. "
        "Given in return: Dinner for two, with a market value of $15.00 AUD including GST."
    )
    assert not any("gift to" in statement for statement in page.statements)


def test_a_fund_that_is_not_endorsed_promises_no_deduction() -> None:
    page = compose(facts(fund=OPEN_FUND))
    assert page.wording == "AU_GENERAL-1997"
    assert page.title == "Donation receipt"
    assert page.statements[-1] == "This gift is not tax deductible in Australia."


def test_elsewhere_the_general_form_says_what_it_must_and_nothing_of_tax() -> None:
    page = compose(facts(charity=ELSEWHERE, fund=OPEN_FUND, currency="NZD"))
    assert page.wording == "GENERAL-1997"
    assert page.amount == "$50.00\u00a0NZD"
    assert page.statements == (
        "This receipt is for a donation to Tidelight Aotearoa.",
        "Nothing was given in return.",
    )
    assert [(row.label, row.lines) for row in page.rows] == [
        ("Received from", ("Zoë O’Brien-Łukasz", "12 Example Street", "Sydney NSW 2000")),
        ("Date of gift", ("23 November 2026",)),
        ("Given by", ("Card",)),
        ("For", ("Community kitchen",)),
        ("Date of issue", ("24 November 2026",)),
    ]
    assert page.footer[0] == "Tidelight Aotearoa · CC 55555"


def test_what_was_given_in_return_is_valued_everywhere() -> None:
    benefit = Benefit(description="A calendar", value_minor=900)
    page = compose(facts(charity=ELSEWHERE, fund=OPEN_FUND, benefit=benefit))
    assert "Given in return: A calendar, worth $9.00\u00a0AUD." in page.statements


@pytest.mark.parametrize(
    ("minor", "currency", "shown"), [(500, "JPY", "¥500\u00a0JPY"), (5000, "KWD", "KWD\u00a05.000")]
)
def test_amounts_carry_their_iso_code(minor: int, currency: str, shown: str) -> None:
    assert compose(facts(amount_minor=minor, currency=currency)).amount == shown


def test_a_replacement_names_the_receipt_that_no_longer_holds() -> None:
    rows = compose(facts(replaces="000100")).rows
    assert rows[-1].lines == ("This receipt replaces receipt 000100, which no longer holds.",)


def test_a_gift_without_a_name_is_receipted_without_one() -> None:
    page = compose(facts(donor=DonorFacts(name=" ")))
    assert page.thanks == "Thank you for this gift."
    assert page.rows[0].lines == ("Name not given",)


def test_each_gift_gets_the_wording_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    old = wording._WORDINGS[("AU", True)][0]
    new = Wording("AU_DGR-2027", date(2027, 7, 1), old.title, old.statements)
    monkeypatch.setitem(wording._WORDINGS, ("AU", True), (old, new))
    assert wording_for(country="AU", deductible=True, on=date(2027, 6, 30)).code == "AU_DGR-1997"
    assert wording_for(country="au", deductible=True, on=date(2027, 7, 1)).code == "AU_DGR-2027"
    assert wording_for(country="AU", deductible=True, on=date(1980, 1, 1)).code == "AU_DGR-1997"


def test_arabic_speaks_arabic_and_keeps_names_apart() -> None:
    page = compose(facts(language="ar", replaces="000100"))
    assert page.title == "إيصال تبرّع يُخصم من الضريبة"
    assert "\u206898\u00a0765\u00a0432\u00a0109\u2069" in page.statements[0]
    assert page.thanks == "شكرًا لك، \u2068Zoë O’Brien-Łukasz\u2069."


def test_no_direction_mark_of_a_donor_survives() -> None:
    page = compose(facts("\u202eAnn\u2067 Lee"))
    assert page.thanks == "Thank you, Ann Lee."
