"""A form's own words in the language of its donor: what is to be said, and the questions as versions of their own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import models, transaction

from almoner.charities import audit, phrases
from almoner.charities.models import Charity, Fund
from almoner.charities.phrases import Phrases, plain
from almoner.giving.models import ConsentQuestion, DonationForm
from almoner.giving.views_model import AmountChoice, AmountGroup, CurrencyChoice
from almoner.kernel.clock import now
from almoner.kernel.spoken import Spoken
from almoner.supporters.models import ConsentWording
from almoner.supporters.people import wording_in


class Kind(models.TextChoices):
    """What words of a form are, in the order in which a donor meets them."""

    TITLE = "title", "Title"
    INTRO = "intro", "Opening words"
    AMOUNT = "amount", "What the amounts do"
    FUND = "fund", "Funds"
    QUESTION = "question", "Consent questions"
    THANKS = "thanks", "Words of thanks"


# So long a translation may be: a third more than the words themselves, for most languages need more room.
MOST: Final[Mapping[str, int]] = {
    Kind.TITLE: 160, Kind.INTRO: 800, Kind.AMOUNT: 160, Kind.FUND: 260, Kind.QUESTION: 400, Kind.THANKS: 4000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a kind, as they stand in the charity's language."""

    kind: str
    own: str


@dataclass(frozen=True, slots=True)
class ConsentSpec:
    """A question, and the version of its words that an answer is given to."""

    channel: str
    wording_id: int
    text: str


def phrases_of_form(form: DonationForm, funds: Iterable[Fund]) -> list[Phrase]:
    """All that a form says of its own, each once. `funds`: those that its donors see."""
    found = [(Kind.TITLE, form.title), (Kind.INTRO, form.intro)]
    found += [(Kind.AMOUNT, each.line) for each in form.suggested_amounts.all()]
    for fund in funds:
        found += [(Kind.FUND, fund.name), (Kind.FUND, fund.line)]
    found += [(Kind.QUESTION, each.text) for each in form.consent_questions.all()]
    found.append((Kind.THANKS, form.thanks_text))
    # Words that stand twice are said once, whatever they are there.
    once: dict[str, Phrase] = {}
    for kind, text in found:
        if own := plain(text):
            once.setdefault(own, Phrase(kind, own))
    return list(once.values())


def funds_of(form: DonationForm) -> list[Fund]:
    """Those that donors may choose, or the charity's default, which the thank-you names."""
    offered = [row.fund for row in form.form_funds.all() if row.fund.active]
    return offered or list(Fund.objects.filter(charity_id=form.charity_id, is_default=True, active=True))


def currency_in(choice: CurrencyChoice, say: Callable[[str], Spoken]) -> CurrencyChoice:
    """Its suggestions, with what each does in the donor's language."""
    return replace(
        choice,
        amounts=_lines_in(choice.amounts, say),
        regular=tuple(
            AmountGroup(each.frequency, each.currency, _lines_in(each.amounts, say))
            for each in choice.regular
        ),
    )


def _lines_in(amounts: Iterable[AmountChoice], say: Callable[[str], Spoken]) -> tuple[AmountChoice, ...]:
    return tuple(AmountChoice(each.amount_minor, say(each.line)) for each in amounts)


def asked_in(questions: Sequence[ConsentSpec], said: Phrases, language: str) -> tuple[ConsentSpec, ...]:
    """Questions in a language: one without a version there is asked as the charity wrote it."""
    asked = [replace(each, text=said.say(each.text)) for each in questions]
    own = [each.wording_id for each in asked]
    rows = (
        ConsentWording.objects.filter(of__in=own, language=language) if own else ConsentWording.objects.none()
    )
    versions = {(row.of_id, row.text): row.pk for row in rows.order_by("version")}
    return tuple(
        replace(each, wording_id=found) if (found := versions.get((each.wording_id, str(each.text)))) else was
        for each, was in zip(asked, _marked(questions, said), strict=True)
    )


def _marked(questions: Sequence[ConsentSpec], said: Phrases) -> Iterable[ConsentSpec]:
    return (replace(each, text=said.own(each.text)) for each in questions)


def keep(charity: Charity, language: str, texts: Mapping[str, str], *, actor: audit.Actor) -> int:
    """Say these words of a charity's forms so from now on; its questions get versions. Returns how many were kept."""
    with transaction.atomic():
        count = phrases.keep(charity, language, texts, actor=actor)
        asked = ConsentQuestion.objects.filter(form__charity=charity).exclude(wording=None)
        _keep_versions(asked.select_related("wording"), {language: phrases.said(charity, language)})
    return count


def keep_questions(charity: Charity, questions: Iterable[ConsentQuestion]) -> None:
    """Versions of questions in each language in which their words are said already. Inside the caller's transaction."""
    _keep_versions(questions, phrases.said_in_all(charity))


def _keep_versions(questions: Iterable[ConsentQuestion], said: Mapping[str, Mapping[str, str]]) -> None:
    wanted = {
        (question.wording.pk, language, text): question.wording
        for question in questions
        if question.wording is not None
        for language, texts in said.items()
        if (text := texts.get(plain(question.text)))
    }
    if not wanted:
        return
    versions = ConsentWording.objects.filter(of__in={own.pk for own in wanted.values()})
    known, at = set(versions.values_list("of_id", "language", "text")), now()
    for (pk, language, text), own in wanted.items():
        if (pk, language, text) not in known:
            wording_in(own, language, text, at=at)
