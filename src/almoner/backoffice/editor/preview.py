"""A form as donors will see it, at each of its steps, from what stands in the editor and is not saved yet."""

from dataclasses import replace
from typing import Final

from django.http import HttpResponse

from almoner.giving import steps
from almoner.giving.catalogue import FormSpec, charity_look, compile_form
from almoner.giving.drafts import new_draft
from almoner.giving.entry import DetailsEntry
from almoner.giving.limits import Verdict
from almoner.giving.models import DonationForm
from almoner.giving.pages import render
from almoner.giving.views_model import Line, Step, Thanks
from almoner.kernel.money import format_money
from almoner.kernel.references import shown_reference

MODES: Final = [
    ("amount", "1. How much would you like to give?"),
    ("details", "2. Your Details"),
    ("payment", "3. Payment Details"),
    ("thanks", "4. Thank You"),
]
_LANGUAGE: Final = "en"
# Shown, never sent: nothing in a preview runs, submits or loads from elsewhere.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_PERSON: Final = DetailsEntry(
    given_name="Ada", family_name="Example", email="ada@example.org", phone="", tribute_kind="", tribute_name="",
    message="", anonymous=False, cover=False,
)  # fmt: skip


def preview(form: DonationForm, mode: str) -> HttpResponse:
    """The page of a step, with a policy under which it is a picture of itself."""
    if form.charity_id is None:
        return HttpResponse("Choose the charity first.", content_type="text/plain; charset=utf-8")
    for question in form.consent_questions.all():
        # A question that was never saved has no version of its words yet, and would be left out.
        question.wording_id = question.wording_id or 0
    # Without an identifier the goal would count every gift that belongs to no form.
    spec = replace(compile_form(form, form.charity), form_id=form.pk or 0)
    response = HttpResponse(render(step_of(spec, mode), whole=True))
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def step_of(spec: FormSpec, mode: str) -> Step:
    currency = spec.currencies[0]
    amount_minor = currency.amounts[0].amount_minor if currency.amounts else currency.min_minor
    fund = next(iter(spec.funds.values()), None)
    draft = new_draft(
        form_id=spec.form_id,
        currency=currency.currency,
        amount_minor=amount_minor,
        fund_id=fund.pk if fund is not None else 0,
        source={},
    )
    if mode == "details":
        return steps.details_step(spec, draft, _LANGUAGE)
    if mode == "payment":
        return steps.payment_step(spec, draft, steps.Person(_PERSON, None), _LANGUAGE, verdict=Verdict())
    if mode == "thanks":
        return _thanks(spec, amount_minor, currency.currency, fund.name if fund is not None else "")
    return steps.amount_step(spec, _LANGUAGE)


def _thanks(spec: FormSpec, amount_minor: int, currency: str, fund: str) -> Thanks:
    return Thanks(
        look=charity_look(spec.charity, _LANGUAGE, spec=spec),
        status="thanks",
        reference=shown_reference("EXAMPLE000"),
        amount_minor=amount_minor,
        currency=currency,
        page_url="",
        form_title=spec.title,
        email=_PERSON.email,
        lines=tuple(
            line
            for line in (Line("Amount", format_money(amount_minor, currency)), Line("For", fund))
            if line.value
        ),
        message=spec.thanks_text,
    )
