"""The demonstration's charity, its funds and its form 4840. Safe to repeat: what exists is left as it is."""

from collections.abc import Iterable

from django.db import transaction

from almoner.charities.models import Charity, CharityHost, Fund
from almoner.charities.sites import bump
from almoner.giving import demo_charity as words
from almoner.giving.models import (
    Ask,
    ConsentQuestion,
    DonationForm,
    FormFund,
    FormNumber,
    SuggestedAmount,
)
from almoner.giving.views_model import AmountChoice, ConsentChoice
from almoner.kernel.clock import now
from almoner.supporters.people import wording

FORM_NUMBER = 4840
_HOSTS = ("127.0.0.1", "localhost", "testserver")


def seed() -> Charity:
    """The charity with its form; made at the first call."""
    with transaction.atomic():
        charity, created = Charity.objects.get_or_create(slug="tidelight", defaults=_charity())
        if created:
            for host in _HOSTS:
                CharityHost.objects.create(host=host, charity=charity)
            _form(charity, _funds(charity))
            bump(charity.pk)
    return charity


def _charity() -> dict[str, object]:
    return {
        "name": words.NAME,
        "legal_name": words.LEGAL_NAME,
        "country": "AU",
        "timezone": "Australia/Sydney",
        "currency": "AUD",
        "tax_numbers": [{"label": "ABN", "value": "00 000 000 000"}],
        "address_lines": "1 Harbour Street\nHobart TAS 7000\nAustralia",
        "email": words.EMAIL,
        "phone": words.PHONE,
        "website": "https://tidelight.example",
        "privacy_url": "https://tidelight.example/privacy",
        "mail_from": "receipts@tidelight.example",
        "logo_svg": words.LOGO_SVG,
        "colour_primary": words.PRIMARY,
        "colour_accent": words.ACCENT,
        "bank_details": [
            {"label": "Account name", "value": words.LEGAL_NAME},
            {"label": "BSB", "value": "000-000"},
            {"label": "Account number", "value": "0000 0000"},
        ],
        "is_default": True,
    }


def _funds(charity: Charity) -> tuple[Fund, Fund]:
    children = Fund.objects.create(
        charity=charity,
        code="children",
        name="Children at risk",
        line="Help lines, training and care: a gift that may be claimed on tax",
        deductible=True,
        endorsed_name="Tidelight Children’s Relief Fund (a demonstration)",
        endorsed_abn="00 000 000 000",
        is_default=True,
    )
    general = Fund.objects.create(
        charity=charity,
        code="general",
        name="Where it is needed most",
        line="Everything we do, the quiet parts included",
    )
    return children, general


def _form(charity: Charity, funds: tuple[Fund, ...]) -> DonationForm:
    form = DonationForm(
        charity=charity,
        slug="light",
        title=words.TITLE,
        intro=words.INTRO,
        currencies="AUD",
        frequencies="once monthly",
        minimum_minor=200,
        maximum_minor=5_000_000,
        ask_address=Ask.REQUIRED,
        ask_phone=Ask.OPTIONAL,
        ask_tribute=True,
        ask_message=True,
        methods=["sandbox_card", "sandbox_hosted", "sandbox_debit", "bank_transfer"],
        thanks_text=words.THANK_YOU,
        goal_minor=2_500_000,
    )
    form.save()
    FormNumber.objects.create(form=form, charity=charity, number=FORM_NUMBER)
    for position, fund in enumerate(funds):
        FormFund.objects.create(form=form, fund=fund, position=position)
    suggest(form, words.AMOUNTS)
    suggest(form, words.MONTHLY, frequency=SuggestedAmount.Frequency.MONTHLY)
    ask_consent(form, words.CONSENTS)
    return form


def suggest(
    form: DonationForm,
    choices: Iterable[AmountChoice],
    *,
    frequency: SuggestedAmount.Frequency = SuggestedAmount.Frequency.ONCE,
) -> None:
    for choice in choices:
        SuggestedAmount.objects.create(
            form=form, frequency=frequency, amount_minor=choice.amount_minor, line=choice.line
        )


def ask_consent(form: DonationForm, questions: Iterable[ConsentChoice]) -> None:
    for question in questions:
        ConsentQuestion.objects.create(
            form=form,
            channel=question.key,
            text=question.label,
            wording=wording(
                form.charity_id, channel=question.key, basis="consent", text=question.label, at=now()
            ),
        )
