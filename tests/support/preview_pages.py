"""Renders every state of the donor's path to HTML files, to be looked at: preview_pages.py FOLDER."""

import sys
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from almoner.giving import demo_charity as demo
from almoner.giving import demo_tongues
from almoner.giving.pages import embedded_form, render
from almoner.giving.speaking import currency_in
from almoner.giving.views_model import (
    AddressField,
    AmountGroup,
    Asks,
    CurrencyChoice,
    Decline,
    FieldError,
    FormLook,
    FundChoice,
    Goal,
    LanguageLink,
    Line,
    MethodChoice,
    Price,
    ReachedFigure,
    RelatedStory,
    Step,
    StepAmount,
    StepDetails,
    StepPayment,
    Suggestion,
    Summary,
    Thanks,
)
from almoner.kernel.spoken import Spoken

COUNTRIES = (("AU", "Australia"), ("GB", "United Kingdom"), ("JP", "Japan"), ("NZ", "New Zealand"))
ADDRESS = (
    AddressField("address_line1", "Address line 1", True, "address-line1"),
    AddressField("address_line2", "Address line 2", False, "address-line2"),
    AddressField("city", "Suburb", True, "address-level2", "half"),
    AddressField(
        "country_area",
        "State",
        True,
        "address-level1",
        "short",
        (("NSW", "New South Wales"), ("TAS", "Tasmania"), ("VIC", "Victoria")),
    ),
    AddressField("postal_code", "Postcode", True, "postal-code", "short"),
)
TYPED = {
    "given_name": "",
    "family_name": "O’Connor",
    "email": "aoife@gmial.com",
    "country": "AU",
    "address_query": "geelong library",
}
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
METHODS = (
    MethodChoice("card", "Card", "Visa, Mastercard or American Express"),
    MethodChoice("bank_transfer", "Bank transfer", "We show you where to send it, with a reference"),
)
OUTCOMES = (
    ("success", "Success"),
    ("expired_card", "Declined: the card has expired"),
    ("lost_answer", "Answer lost"),
)


def look(language: str = "en", **changes: object) -> FormLook:
    prefix = "/give/4840/" if language == "en" else f"/{language}/give/4840/"
    base = FormLook(
        charity_name=demo.NAME,
        logo_svg=demo.LOGO_SVG,
        primary=demo.PRIMARY,
        accent=demo.ACCENT,
        language=language,
        contact_email=demo.EMAIL,
        contact_phone=demo.PHONE,
        privacy_url="/privacy/",
        programmes_url="/programmes/",
        legal_line=demo.LEGAL_NAME,
        languages=tuple(
            LanguageLink(code, name, f"{'' if code == 'en' else '/' + code}/give/4840/")
            for code, name in settings.LANGUAGES
            if code != language
        ),
        sandbox=True,
        number=4840,
        slug="keep-a-light-on",
        site="https://example.org",
        original="en",
        prefix=prefix,
        title=demo.TITLE,
        intro=demo.INTRO,
        currencies=(CurrencyChoice("AUD", demo.AMOUNTS, 500, 1_000_000),),
        asks=Asks(
            phone="optional", address="required", tribute=True, message=True, anonymity=True, cover=True
        ),
        consents=demo.CONSENTS,
        goal=Goal(1_842_500, 4_000_000, "AUD", 214),
    )
    return _said(replace(base, **changes))  # type: ignore[arg-type]


def _said(form: FormLook) -> FormLook:
    """The form in the charity's own words for its language."""
    texts = dict(demo_tongues.said()).get(form.language, {})

    def say(text: str) -> Spoken:
        return Spoken(
            texts.get(text, text), "" if text in texts or form.language == "en" or not text else "en"
        )

    consents = tuple(replace(each, label=say(each.label)) for each in form.consents)
    currencies = tuple(currency_in(each, say) for each in form.currencies)
    return replace(
        form, title=say(form.title), intro=say(form.intro), consents=consents, currencies=currencies
    )


def summary(**changes: object) -> Summary:
    base = Summary(
        amount_minor=5000,
        cover_minor=118,
        total_minor=5118,
        currency="AUD",
        name="Aoife O’Connor",
        email="aoife@gmial.com",
        fund="Family help line",
        address="51 Little Malop Street, Geelong VIC 3220",
        tribute_kind="memory",
        tribute_name="Máire O’Connor",
        anonymous=True,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def thanks(form: FormLook, **changes: object) -> Thanks:
    base = Thanks(
        look=form,
        status="thanks",
        reference="TL7K-3QXF-9",
        amount_minor=5118,
        currency="AUD",
        page_url="/give/thanks/abc/",
        look_url="/give/return/abc/",
        form_title=form.title,
        lines=(
            Line("Amount", "$51.18"),
            Line("For", "Family help line"),
            Line("Date", "24 November 2026"),
            Line("Paid by", "Card"),
        ),
        receipt_url="/receipts/abc.pdf",
        message=demo.THANK_YOU,
        next_steps=(
            "Your receipt is on its way to aoife@gmail.com, and can be downloaded here now.",
            "Your gift joins this month’s work of the family help line.",
            "In a few months we will tell you what gifts like yours did.",
        ),
        reached=(
            ReachedFigure("1,012", "children brought to safety", "30 June 2026", "/figures/rescue/rescued/"),
            ReachedFigure("nearly 300", "families helped", "31 October 2026", "/figures/line/families/"),
        ),
        related=(
            RelatedStory(
                "Thirty days on the help line",
                "/stories/help-line/",
                "What the night shift hears, and why it stays.",
            ),
            RelatedStory(
                "The teacher who noticed",
                "/stories/teacher/",
                "One day of training, and a question asked in time.",
            ),
            RelatedStory(
                "A kitchen table in Portland", "/stories/table/", "How a family found its feet again."
            ),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


EXPIRED = Decline("Your card has expired", "Nothing was charged. Use another card, or choose bank transfer.")
OFTEN = CurrencyChoice(
    "AUD",
    demo.AMOUNTS,
    500,
    1_000_000,
    frequencies=("once", "monthly"),
    regular=(AmountGroup("monthly", "AUD", demo.MONTHLY),),
)
THREE = replace(
    OFTEN,
    frequencies=("once", "monthly", "yearly"),
    regular=(*OFTEN.regular, AmountGroup("yearly", "AUD", demo.MONTHLY)),
)
# All that a form may offer.
FOUR = replace(
    OFTEN,
    frequencies=("once", "monthly", "quarterly", "yearly"),
    regular=tuple(AmountGroup(each, "AUD", demo.MONTHLY) for each in ("monthly", "quarterly", "yearly")),
)
PRICE = Price(5000, "AUD", 118)
FUNDS = (
    FundChoice("help", "Where it is needed most"),
    FundChoice("line", "Family help line", "Calls, day and night"),
)
CURRENCIES = (
    CurrencyChoice("AUD", demo.AMOUNTS, 500, 1_000_000),
    CurrencyChoice("NZD", demo.AMOUNTS[:2], 500, 1_000_000),
)
BANK = (
    Line("Account name", demo.NAME),
    Line("BSB", "063 000"),
    Line("Account number", "1234 5678"),
    Line("Amount", "$51.18"),
)
FOUND = (
    Suggestion("1", "Geelong Library, 51 Little Malop Street, Geelong VIC 3220"),
    Suggestion("2", "Geelong West Library, 153A Pakington Street, Geelong West VIC 3218"),
)
WRONG = (
    FieldError("given_name", "Enter your first name"),
    FieldError("email", "Enter an email address in the form name@example.com"),
    FieldError("postal_code", "Enter a postcode of four digits, such as 3220"),
)


def states(language: str) -> dict[str, Step]:
    """Every state that a page can be in, by a name that begins with its step's number."""
    form = look(language)
    simple = look(language, asks=Asks(cover=True), goal=None, sandbox=False)
    return (
        amount_states(form)
        | details_states(form, simple)
        | payment_states(form, simple)
        | thanks_states(form)
    )


def amount_states(form: FormLook) -> dict[str, Step]:
    return {
        "1-amount": StepAmount(form=form, values={}),
        "1-amount-chosen": StepAmount(form=form, values={"amount": "50"}),
        "1-closed": StepAmount(form=look(form.language, closed=True), values={}),
        "1-amount-error": StepAmount(
            form=form,
            values={"amount": "other", "other_amount": "1e9"},
            errors=(FieldError("other_amount", "Enter an amount in numbers, such as 50 or 12.50"),),
        ),
        "1-amount-funds": StepAmount(
            form=look(form.language, funds=FUNDS, currencies=CURRENCIES),
            values={"amount": "other", "other_amount": "75"},
        ),
        "1-amount-often": StepAmount(form=look(form.language, currencies=(OFTEN,)), values={}),
        "1-amount-wallets": StepAmount(
            form=look(form.language, currencies=(replace(OFTEN, wallets=True),)), values={}
        ),
        "1-amount-three": StepAmount(
            form=look(form.language, currencies=(replace(THREE, wallets=True),)), values={}
        ),
        "1-amount-four": StepAmount(
            form=look(form.language, currencies=(replace(FOUR, wallets=True),)), values={}
        ),
    }


def details_states(form: FormLook, simple: FormLook) -> dict[str, Step]:
    details = StepDetails(
        form=form,
        token="t" * 300,
        values={"country": "AU"},
        price=PRICE,
        countries=COUNTRIES,
        address_fields=ADDRESS,
        finder=True,
        finder_source="Public buildings only, for this demonstration.",
    )
    mistyped = {**TYPED, "cover": "yes", "email": "aoife", "message": "For Nan"}
    return {
        "2-details": details,
        "2-details-simple": StepDetails(form=simple, token="t" * 300, values={}, price=PRICE),
        "2-details-found": replace(details, values=TYPED, suggestions=FOUND),
        "2-details-none": replace(details, values=TYPED, suggestions=()),
        "2-details-error": replace(details, values=mistyped, manual_open=True, errors=WRONG),
        "2-details-typo": replace(details, values=TYPED, email_suggestion="aoife@gmail.com"),
    }


def payment_states(form: FormLook, simple: FormLook) -> dict[str, Step]:
    payment = StepPayment(
        form=form,
        token="t" * 400,
        summary=summary(),
        methods=METHODS,
        chosen="card",
        outcomes=OUTCOMES,
        email_suggestion="aoife@gmail.com",
    )
    plain = summary(cover_minor=0, total_minor=5000, fund="", address="", tribute_name="", anonymous=False)
    return {
        "3-payment": payment,
        "3-payment-declined": replace(payment, decline=EXPIRED, email_suggestion=""),
        "3-payment-simple": StepPayment(
            form=simple, token="t" * 400, methods=METHODS[:1], summary=plain, hosted_only=True
        ),
    }


def thanks_states(form: FormLook) -> dict[str, Step]:
    waiting = {"receipt_url": "", "related": ()}
    return {
        "4-thanks": thanks(form),
        "4-thanks-bank": thanks(form, status="awaiting_bank", bank=BANK, **waiting),
        "4-thanks-processing": thanks(form, status="processing", **waiting),
        "4-thanks-unknown": thanks(form, status="unknown", **waiting),
        "4-thanks-declined": thanks(
            form, status="declined", next_steps=(), again_url=form.prefix, decline=EXPIRED, **waiting
        ),
    }


def story(form: FormLook) -> str:
    part = embedded_form(form, story_id="12")
    return (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>A story</title><style>{part.stylesheet.body.decode()}{part.theme_css}"
        "body{font:1.1rem/1.6 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem}</style>"
        f"<h1>A story</h1><p>Once there was a light on the water.</p>{part.html}<p>And after it, more of the story.</p>"
        f'<script type=module src="{part.script.url}"></script>'
    )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for name, step in states(language).items():
            (folder / f"{language}-{name}.html").write_text(render(step, whole=True), "utf-8")
        (folder / f"{language}-story.html").write_text(story(look(language)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
