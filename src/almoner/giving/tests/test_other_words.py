"""What a charity wrote into its form, as donors of another language meet it: on each step, and in what follows."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.charities.models import Charity, Fund, Phrase
from almoner.charities.sites import bump
from almoner.config import wiring
from almoner.giving import speaking
from almoner.giving.catalogue import forget
from almoner.giving.models import ConsentQuestion, DonationForm, SuggestedAmount
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.kernel.clock import now
from almoner.outbox import worker
from almoner.supporters.models import Consent, ConsentWording
from almoner.supporters.people import wording

TITLE, INTRO, LINE = (
    "Ein Licht für ein Kind",
    "Damit jemand hinsieht.\n\nUnd bleibt.",
    "Eine Nacht am Telefon",
)
FUND, QUESTION, THANKS = (
    "Wo es am nötigsten ist",
    "Schreiben Sie mir E-Mails",
    "Heute Nacht wird jemand gehört.",
)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("editor")


@pytest.fixture
def line(form: DonationForm) -> SuggestedAmount:
    return form.suggested_amounts.exclude(line="")[0]


@pytest.fixture
def german(charity: Charity, form: DonationForm, line: SuggestedAmount, staff: User) -> dict[str, str]:
    """All that the form says, in German."""
    fund = Fund.objects.get(charity=charity, code="children")
    texts = {
        form.title: TITLE, form.intro: INTRO, line.line: LINE, fund.name: FUND,
        form.consent_questions.get().text: QUESTION, form.thanks_text: THANKS,
    }  # fmt: skip
    speaking.keep(charity, "de", texts, actor=staff)
    return texts


@pytest.fixture
def giver(charity: Charity) -> Donor:
    """Gives in German."""
    return Donor(UrlencodedClient(), "/de/give/4840/")


def first(giver: Donor) -> str:
    return giver.client.get(giver.prefix).content.decode()


def test_each_step_says_them(giver: Donor, german: dict[str, str]) -> None:
    page = first(giver)
    assert f"<h1><bdi>{TITLE}</bdi></h1>" in page and f" – {TITLE} – " in page
    assert "<p><bdi>Damit jemand hinsieht.</bdi></p><p><bdi>Und bleibt.</bdi></p>" in page
    assert f"<bdi>{LINE}</bdi>" in page
    for own in german:
        assert own.partition("\n")[0] not in page
    assert f"<bdi>{QUESTION}</bdi>" in giver.amount().content.decode()
    assert f"<dd><bdi>{FUND}</bdi></dd>" in giver.to_payment().content.decode()


def test_the_thank_you_and_its_mail_say_them(giver: Donor, german: dict[str, str]) -> None:
    done = giver.give(giver.to_payment())
    page = giver.client.get(done["Location"]).content.decode()
    assert THANKS in page and f"<dd><bdi>{FUND}</bdi></dd>" in page
    worker.drain(wiring.HANDLERS)
    body = str(mail.outbox[-1].body)
    assert THANKS in body and FUND in body


def test_what_nobody_said_is_marked_as_the_language_that_it_is_in(
    giver: Donor, german: dict[str, str], form: DonationForm
) -> None:
    DonationForm.objects.filter(pk=form.pk).update(title="Keep it lit")
    bump(form.charity_id)
    page = first(giver)
    assert '<h1><bdi lang="en">Keep it lit</bdi></h1>' in page and f"<bdi>{LINE}</bdi>" in page
    own = Client().get("/give/4840/").content.decode()
    assert "<h1><bdi>Keep it lit</bdi></h1>" in own and "<bdi lang=" not in own


def test_changed_words_are_not_called_what_the_old_ones_were(
    giver: Donor, german: dict[str, str], form: DonationForm, line: SuggestedAmount
) -> None:
    """An amount that does less now mustn't promise in German what it did before."""
    SuggestedAmount.objects.filter(pk=line.pk).update(line="Half a night")
    bump(form.charity_id)
    page = first(giver)
    assert LINE not in page and '<bdi lang="en">Half a night</bdi>' in page


def test_the_answer_is_given_to_the_words_that_were_read(
    giver: Donor, donor: Donor, german: dict[str, str]
) -> None:
    giver.give(giver.to_payment(consent_email="yes"))
    answer = Consent.objects.get()
    assert (answer.wording.text, answer.wording.language, answer.granted) == (QUESTION, "de", True)
    own = ConsentWording.objects.get(of=None)
    assert answer.wording.of == own and answer.wording.version != own.version
    donor.give(donor.to_payment(consent_email="yes"))
    assert Consent.objects.latest("pk").wording == own


def test_a_tick_under_the_words_of_one_language_is_none_under_those_of_another(
    giver: Donor, donor: Donor, german: dict[str, str]
) -> None:
    token = re.search(r'name="token" value="([^"]+)"', giver.to_payment(consent_email="yes").content.decode())
    assert token is not None
    posted = {"token": token[1], "action": "back"}
    page = donor.client.post(donor.prefix + "submit/", posted).content.decode()
    box = re.search(r'<input[^>]* name="consent_email"[^>]*>', page)
    assert box is not None and "checked" not in box[0]


def test_a_question_that_is_said_otherwise_gets_a_version_and_the_old_answers_keep_theirs(
    giver: Donor, german: dict[str, str], charity: Charity, form: DonationForm, staff: User
) -> None:
    giver.give(giver.to_payment(consent_email="yes"))
    question = form.consent_questions.get().text
    speaking.keep(charity, "de", {question: "Mails, bitte"}, actor=staff)
    giver.give(giver.to_payment(consent_email="yes"))
    texts = list(Consent.objects.order_by("pk").values_list("wording__text", flat=True))
    assert texts == [QUESTION, "Mails, bitte"]
    speaking.keep(charity, "de", {question: ""}, actor=staff)
    page = giver.client.post(
        giver.prefix + "details/", {"amount": "50", "currency": "AUD", "action": "continue"}
    )
    assert f'<bdi lang="en">{question}</bdi>' in page.content.decode()


def test_keeping_the_same_question_twice_makes_one_version(
    german: dict[str, str], charity: Charity, staff: User
) -> None:
    before = ConsentWording.objects.count()
    speaking.keep(charity, "de", german, actor=staff)
    assert ConsentWording.objects.count() == before == 2
    assert Phrase.objects.count() == 2 * len(german)


def asking(table: str, captured: CaptureQueriesContext) -> list[str]:
    """The questions to a table that were asked."""
    return [each["sql"] for each in captured if f'FROM "{table}"' in each["sql"]]


def test_keeping_words_asks_for_all_questions_and_their_versions_once(
    german: dict[str, str], charity: Charity, form: DonationForm, staff: User
) -> None:
    for number in range(3):
        own = wording(charity.pk, channel=f"c{number}", basis="consent", text=f"May we? {number}", at=now())
        ConsentQuestion.objects.create(form=form, channel=f"c{number}", text=own.text, wording=own)
    speaking.keep(
        charity, "de", {f"May we? {number}": f"Dürfen wir? {number}" for number in range(3)}, actor=staff
    )
    with CaptureQueriesContext(connection) as captured:
        speaking.keep(charity, "de", {form.title: "Ein anderes Licht"}, actor=staff)
    assert len(asking("giving_consentquestion", captured)) == 1
    assert len(asking("supporters_consentwording", captured)) == 1
    assert ConsentWording.objects.filter(language="de").count() == 4


def test_the_mails_of_a_gift_ask_once_for_all_that_is_said(giver: Donor, german: dict[str, str]) -> None:
    giver.give(giver.to_payment())
    forget()
    with CaptureQueriesContext(connection) as captured:
        worker.drain(wiring.HANDLERS)
    body = str(mail.outbox[-1].body)
    assert THANKS in body and FUND in body
    assert len(asking("charities_phrase", captured)) == 1
