"""A form as donors will see it, at each of its steps and in each language that the charity speaks, from what stands in
the editor and is not saved yet."""

from dataclasses import replace
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from almoner.charities import phrases
from almoner.charities.amounts import in_words
from almoner.giving import steps
from almoner.giving.catalogue import FormSpec, charity_look, compile_form
from almoner.giving.drafts import new_draft
from almoner.giving.entry import DetailsEntry
from almoner.giving.limits import Verdict
from almoner.giving.models import DonationForm
from almoner.giving.pages import render
from almoner.giving.views_model import Line, Step, Thanks
from almoner.kernel.references import shown_reference

MODES: Final = [
    ("amount", "1. How much would you like to give?"),
    ("details", "2. Your Details"),
    ("payment", "3. Payment Details"),
    ("thanks", "4. Thank You"),
]
# Shown, never sent: nothing in a preview runs, submits or loads from elsewhere.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_PERSON: Final = DetailsEntry(
    given_name="Ada", family_name="Example", email="ada@example.org", phone="", tribute_kind="", tribute_name="",
    message="", anonymous=False, cover=False,
)  # fmt: skip


def modes_of(form: DonationForm) -> list[tuple[str, str]]:
    """The steps in the charity's own language, and then in each other in which it says anything."""
    spoken = phrases.said_in_all(form.charity) if form.charity_id is not None else {}
    return MODES + [
        (f"{mode}-{language}", f"{get_language_info(language)['name']}: {label}")
        for language, texts in spoken.items()
        if texts
        for mode, label in MODES
    ]


def preview(form: DonationForm, mode_name: str) -> HttpResponse:
    """The page of a step, with a policy under which it is a picture of itself. `mode_name`: "amount", "amount-de"."""
    if form.charity_id is None:
        return HttpResponse("Choose the charity first.", content_type="text/plain; charset=utf-8")
    for question in form.consent_questions.all():
        # A question that was never saved has no version of its words yet, and would be left out.
        question.wording_id = question.wording_id or 0
    # Without an identifier the goal would count every gift that belongs to no form.
    spec = replace(compile_form(form, form.charity), form_id=form.pk or 0)
    mode, _dash, asked = mode_name.partition("-")
    language = asked if asked in dict(settings.LANGUAGES) else form.charity.language
    with override(language):
        response = HttpResponse(render(step_of(spec, mode, language), whole=True))
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def step_of(spec: FormSpec, mode: str, language: str) -> Step:
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
        return steps.details_step(spec, draft, language)
    if mode == "payment":
        return steps.payment_step(spec, draft, steps.Person(_PERSON, None), language, verdict=Verdict())
    if mode == "thanks":
        name = spec.say(fund.name, language) if fund is not None else ""
        return _thanks(spec, amount_minor, currency.currency, name, language)
    return steps.amount_step(spec, language)


def _thanks(spec: FormSpec, amount_minor: int, currency: str, fund: str, language: str) -> Thanks:
    return Thanks(
        look=charity_look(spec.charity, language, spec=spec),
        status="thanks",
        reference=shown_reference("EXAMPLE000"),
        amount_minor=amount_minor,
        currency=currency,
        page_url="",
        form_title=spec.say(spec.title, language),
        email=_PERSON.email,
        lines=tuple(
            line
            for line in (Line(_("Amount"), in_words(amount_minor, currency)), Line(_("For"), fund))
            if line.value
        ),
        message=spec.say(spec.thanks_text, language),
    )
