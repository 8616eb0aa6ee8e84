"""No mail that donors can get has an English word in another script: every letter there is, in each of its kinds."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.tongue import latin_in

import almoner
from almoner.donors.letters import link_letter
from almoner.donors.models import PlanMail
from almoner.donors.plan_letters import plan_letter
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import begun
from almoner.payments.gateways.port import Decline
from almoner.plans.models import Plan
from almoner.receipts.letters import Letter, instructions_letter, receipt_letter
from almoner.receipts.models import Receipt, ReceiptCancellation, ReceiptDelivery
from almoner.receipts.sealing import with_rows

Work = Callable[[], int]
# What writes a letter to a donor, and the file whose test reads it in Arabic.
LETTERS: Final = {
    "plan_letter": "donors/tests/test_untranslated.py",
    "receipt_letter": "donors/tests/test_untranslated.py",
    "instructions_letter": "donors/tests/test_untranslated.py",
    "link_letter": "donors/tests/test_untranslated.py",
    "yearly_letter": "donors/tests/test_yearly.py",
    "correction_letter": "donors/tests/test_corrections.py",
}
# A sample of one of those, for staff.
SAMPLES: Final = {"letter"}
NAMES: Final = ("AUD", "ABN", "PDF", "Sandbox card", "Sandbox", "http", "ada@example.org")
ROOT: Final = Path(almoner.__file__).parent


def written() -> Iterator[str]:
    """The names of functions that return a letter, read in the source."""
    for path in ROOT.rglob("*.py"):
        if "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.FunctionDef)
                    and ast.unparse(node.returns or ast.Constant(None)) == "Letter"
                ):
                    yield node.name


@pytest.mark.once
def test_every_letter_to_donors_is_in_the_list() -> None:
    assert {name for name in written() if not name.startswith("_")} - SAMPLES == set(LETTERS)
    for name, path in LETTERS.items():
        assert "latin_in(" in (ROOT / path).read_text(), name


def assert_arabic(letter: Letter, *own: str) -> None:
    """`own` are words of the charity's that have no translation."""
    html = letter.html()
    assert '<html lang="ar" dir="rtl">' in html
    assert latin_in(f"<p>{letter.subject}</p>{html}", besides=(*NAMES, *own)) == set()


@pytest.fixture
def arabic(form: DonationForm, work: Work) -> Plan:
    plan = begun(form, language="ar")
    work()
    return plan


# What a change may be: each says itself otherwise.
CHANGES: Final[list[dict[str, Any]]] = [
    {"what": "amount", "from_minor": 2500, "to_minor": 3000}, {"what": "day", "to": 3},
    {"what": "every", "to": 3}, {"what": "contact"}, {"what": "moved"},
    {"what": "still_taken", "wish": "skipped"}, {"what": "still_taken", "wish": ""},
]  # fmt: skip


def facts_of(kind: PlanMail.Kind) -> Iterator[dict[str, Any]]:
    day = "2027-02-03"
    common = {
        "total_minor": 2500, "next_on": day, "resume_on": day, "retry_on": day, "period_on": day, "exact": False,
        "decline_code": "", "given_count": 3, "expires": "2027-03", "still_on": day, "still_minor": 2500,
    }  # fmt: skip
    if kind == PlanMail.Kind.CHANGED:
        yield from (common | each for each in CHANGES)
    else:
        yield common
        yield common | {"exact": True, "decline_code": Decline.DISPUTED, "still_on": ""}
        yield common | {"next_on": "", "resume_on": ""}


@pytest.mark.parametrize("kind", PlanMail.Kind)
def test_mails_of_regular_gifts(kind: PlanMail.Kind, arabic: Plan) -> None:
    for facts in facts_of(kind):
        mail = PlanMail(kind=kind, plan=arabic, facts=facts)
        assert_arabic(plan_letter(mail))
        assert_arabic(plan_letter(mail, pay_path="/giving/pay/x/"))


@pytest.mark.parametrize("reason", ReceiptCancellation.Reason)
@pytest.mark.parametrize("kind", ReceiptDelivery.Kind)
def test_mails_of_receipts(kind: ReceiptDelivery.Kind, reason: str, arabic: Plan) -> None:
    receipt = with_rows(Receipt.objects.get().pk)
    receipt.cancellation = before_cancellation = ReceiptCancellation(reason=reason)
    if kind == ReceiptDelivery.Kind.INSTRUCTIONS:
        labels = (row["label"] for row in receipt.gift.charity.bank_details)
        assert_arabic(instructions_letter(receipt.gift), *labels)
        return
    for less in (0, 500):
        before = with_rows(receipt.pk)
        before.cancellation, before.amount_minor = before_cancellation, receipt.amount_minor + less
        assert_arabic(receipt_letter(receipt, kind, before=before))


def test_the_mail_with_a_link(arabic: Plan) -> None:
    charity, contact = arabic.charity, arabic.contact
    host = charity.hosts.values_list("host", flat=True).first() or "testserver"
    assert_arabic(
        link_letter(charity=charity, contact=contact, language="ar", host=host, path="/giving/in/x/")
    )
