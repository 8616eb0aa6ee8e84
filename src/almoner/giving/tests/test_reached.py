"""The thank-you says what the gift's fund has reached, and each figure leads to how it is known."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import bump, forget_stamps
from almoner.giving import catalogue
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor
from almoner.impact.models import Indicator, Programme, Translation
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import Person, make_figure

ANA, BEN = Person(1, "ana"), Person(2, "ben")
HEADING = "What this fund has reached"


@pytest.fixture
def figure(charity: Charity) -> Figure:
    """Of a programme that the fund pays for: over 1,000 since 2011."""
    catalogue.forget()
    made = make_figure(charity)
    Programme.objects.get().funds.set(Fund.objects.filter(charity=charity, code="children"))
    return made


def thanks(donor: Donor, outcome: str = "success", language: str = "") -> str:
    forget_stamps()
    given = donor.give(donor.to_payment(), outcome)
    address = (
        given.headers["Location"]
        if outcome == "success"
        else f"/give/thanks/{Gift.objects.get().public_key}/"
    )
    return donor.client.get(language + address).content.decode()


def test_the_figures_of_the_fund_with_their_evidence(donor: Donor, figure: Figure) -> None:
    over = enter(figure, actor=ANA)
    assert HEADING not in thanks(donor), "nobody has verified it"
    decide(over, accepted=True, role="Programme lead", actor=BEN)
    page = thanks(donor)
    section = page[page.index(HEADING) : page.index(HEADING) + 400]
    assert "over 1,000" in section and "Children rescued" in section and "15 September 2022" in section
    found = re.search(r'href="([^"]+)"', section)
    assert found and "over 1,000" in donor.client.get(found[1]).content.decode()
    german = thanks(donor, language="/de")
    assert "Was dieser Spendenzweck erreicht hat" in german and "über 1.000" in german

    right = replace(figure, value=Decimal(1012), bound=Bound.EXACT)
    fresh = correct(over, right, reason="The courts confirmed twelve.", actor=ANA)
    decide(fresh, accepted=True, role="Programme lead", actor=BEN)
    page = thanks(donor)
    assert "1,012" in page and "over 1,000" not in page
    with CaptureQueriesContext(connection) as asked:
        assert "1,012" in thanks(donor)
    assert not [each for each in asked if "impact_" in each["sql"]], "it is remembered"


def test_in_the_language_of_the_donor(donor: Donor, figure: Figure) -> None:
    """By what the register calls it there, and to its evidence in the same language."""
    decide(enter(figure, actor=ANA), accepted=True, role="Programme lead", actor=BEN)
    link = '<a href="/de/figures/rescue/rescued/"><b>'
    own = '<span lang="en"><bdi>Children rescued</bdi></span>'
    german = thanks(donor, language="/de")
    assert link in german and own in german
    # The register has no words of theirs yet: the link leads on to the charity's own.
    evidence = donor.client.get("/de/figures/rescue/rescued/", follow=True)
    assert evidence.redirect_chain == [("/figures/rescue/rescued/", 302)] and evidence.status_code == 200
    said = Indicator.objects.get()
    Translation.objects.create(
        programme=said.result.programme, indicator=said, language="de", title="Gerettete Kinder"
    )
    bump(said.result.programme.charity_id)
    german = thanks(donor, language="/de")
    assert link in german and "<span><bdi>Gerettete Kinder</bdi></span>" in german
    assert "Children rescued" not in german
    evidence = donor.client.get("/de/figures/rescue/rescued/")
    assert evidence.status_code == 200 and "<h1>Gerettete Kinder</h1>" in evidence.content.decode()
    assert 'href="/figures/rescue/rescued/"' in thanks(donor)


@pytest.mark.parametrize("why", ["not public", "another fund", "hidden", "declined"])
def test_what_is_not_said(donor: Donor, figure: Figure, why: str) -> None:
    if why == "not public":
        Programme.objects.update(public=False)
    if why == "another fund":
        Programme.objects.get().funds.set(Fund.objects.exclude(code="children"))
    said = replace(figure, value=Decimal(4), bound=Bound.EXACT) if why == "hidden" else figure
    decide(enter(said, actor=ANA), accepted=True, role="Programme lead", actor=BEN)
    assert HEADING not in thanks(donor, "insufficient_funds" if why == "declined" else "success")
