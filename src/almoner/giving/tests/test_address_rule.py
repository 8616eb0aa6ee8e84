"""An address is asked where the receipt's country, a bank debit or the form's owner needs it, and nowhere else."""

import pytest

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving.address_rule import address_rule
from almoner.giving.models import DonationForm
from almoner.giving.tests.checking import problems, step_of, text_of
from almoner.giving.tests.conftest import Donor
from almoner.giving.views_model import Ask

NO, OPTIONAL, REQUIRED = "no", "optional", "required"
# (receipt's country, method) -> what is asked where the owner chose: no, optional, required
OWNERS = (NO, OPTIONAL, REQUIRED)
AT_LEAST_OPTIONAL = (OPTIONAL, OPTIONAL, REQUIRED)
ALWAYS = (REQUIRED, REQUIRED, REQUIRED)
MATRIX = {
    ("AU", "card"): OWNERS,
    ("AU", "transfer"): OWNERS,
    ("AU", "debit"): OWNERS,
    ("AU", "becs_debit"): OWNERS,
    ("NZ", "card"): OWNERS,
    ("US", "card"): OWNERS,
    ("", "card"): OWNERS,
    ("CH", "card"): OWNERS,
    ("JP", "transfer"): OWNERS,
    ("GB", "card"): AT_LEAST_OPTIONAL,
    ("gb", "transfer"): AT_LEAST_OPTIONAL,
    ("GB", "bacs_debit"): ALWAYS,
    ("DE", "card"): AT_LEAST_OPTIONAL,
    ("DE", "sepa_debit"): AT_LEAST_OPTIONAL,
    ("IE", "sepa_debit"): AT_LEAST_OPTIONAL,
    ("CA", "card"): ALWAYS,
    ("FR", "card"): ALWAYS,
    ("FR", "sepa_debit"): ALWAYS,
}


@pytest.mark.parametrize(("country", "kind"), MATRIX)
def test_the_matrix(country: str, kind: str) -> None:
    choices: tuple[Ask, ...] = ("no", "optional", "required")
    assert tuple(address_rule(country, [kind], each) for each in choices) == MATRIX[country, kind]


def test_the_strictest_of_a_forms_ways_counts() -> None:
    assert address_rule("AU", [], "no") == "no"
    assert address_rule("IE", ["card", "sepa_debit"], "no") == "optional"
    assert address_rule("GB", ["card", "bacs_debit"], "no") == "required"


@pytest.mark.parametrize(
    ("country", "chosen", "asked"),
    [
        ("AU", "no", "no"),
        ("AU", "optional", "optional"),
        ("AU", "required", "required"),
        ("NZ", "no", "no"),
        ("GB", "no", "optional"),
        ("CA", "no", "required"),
        ("FR", "optional", "required"),
    ],
)
def test_the_form_asks_by_the_rule(
    donor: Donor, form: DonationForm, charity: Charity, country: str, chosen: str, asked: str
) -> None:
    Charity.objects.filter(pk=charity.pk).update(country=country)
    DonationForm.objects.filter(pk=form.pk).update(ask_address=chosen)
    bump(charity.pk)
    page = donor.amount()
    assert ('name="country"' in text_of(page)) == (asked != "no")
    none = dict.fromkeys(("address_line1", "address_locality", "address_region", "address_postcode"), "")
    without = donor.details(page, country=country, **none)
    assert (step_of(without) == "details") == (asked == "required"), problems(without)
