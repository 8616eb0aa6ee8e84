"""The page on which a fundraiser says a form's words in another language."""

import re
from collections.abc import Callable
from html import escape

import pytest
from django.test import Client
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_forms import edit, make, standing
from almoner.backoffice.words_form import field_of
from almoner.charities.models import AuditEntry, Phrase
from almoner.giving import speaking
from almoner.giving.models import DonationForm
from almoner.giving.speaking import Kind
from almoner.giving.speaking import Phrase as OfForm
from almoner.supporters.models import ConsentWording


@pytest.fixture
def editor(as_: Callable[[str], Client]) -> Client:
    return as_("editor")


def form_of(world: World) -> DonationForm:
    form = DonationForm.objects.filter(charity=world.tide.charity).order_by("pk").first()
    assert form is not None
    return form


def address(world: World) -> str:
    return reverse("forms:languages", args=[form_of(world).pk])


def test_all_that_the_form_says_is_asked_for_beside_its_own_words(world: World, editor: Client) -> None:
    make(editor, world)
    form = DonationForm.objects.get(slug="winter")
    page = editor.get(reverse("forms:languages", args=[form.pk]), {"language": "fr"}).content.decode()
    own = re.findall(r'<label class="w-field__label" for="[^"]+"><bdi>(.*?)</bdi></label>', page, re.DOTALL)
    lines = [each.line for each in form.suggested_amounts.all() if each.line]
    asked = [each.text for each in form.consent_questions.all()]
    assert lines and asked and form.thanks_text
    for text in (form.title, form.intro, *lines, *asked, form.thanks_text, world.tide.fund.name):
        assert not text or escape(text.strip()) in own
    assert f"{len(own)} of {len(own)} are missing in French" in page
    assert 'lang="fr" dir="auto"' in page


def test_what_is_kept_is_found_by_donors_and_counted(world: World, editor: Client) -> None:
    form = form_of(world)
    title = field_of(OfForm(Kind.TITLE, form.title))
    answer = editor.post(address(world), {"language": "de", title: "  Ein Licht  ", f"initial-{title}": ""})
    assert answer.status_code == 302 and answer["Location"].endswith("?language=de")
    kept = Phrase.objects.get()
    assert (kept.own, kept.text, kept.by_name) == (form.title, "Ein Licht", "editor")
    entry = AuditEntry.objects.get(action="say in other words")
    assert entry.detail == {"language": "de", "count": 1}
    page = editor.get(address(world), {"language": "de"}).content.decode()
    assert 'value="Ein Licht"' in page and "Kept by editor on " in page and "1/" in page
    # Sent once more with nothing changed, it keeps nothing.
    editor.post(address(world), {"language": "de", title: "Ein Licht", f"initial-{title}": "Ein Licht"})
    assert Phrase.objects.count() == 1


def test_too_long_a_translation_is_said_at_its_field_and_nothing_is_kept(
    world: World, editor: Client
) -> None:
    title = field_of(OfForm(Kind.TITLE, form_of(world).title))
    answer = editor.post(address(world), {"language": "de", title: "x" * 161, f"initial-{title}": ""})
    assert answer.status_code == 200 and "160 characters" in answer.content.decode()
    assert "x" * 161 in answer.content.decode() and not Phrase.objects.exists()


def test_a_page_that_stood_open_undoes_nobody_s_newer_words(world: World, editor: Client) -> None:
    title = field_of(OfForm(Kind.TITLE, form_of(world).title))
    editor.post(address(world), {"language": "de", title: "Ein Licht", f"initial-{title}": ""})
    editor.post(address(world), {"language": "de", title: "", f"initial-{title}": ""})
    assert Phrase.objects.get().text == "Ein Licht"


def test_a_form_that_is_saved_anew_asks_in_the_words_that_were_said_already(
    world: World, editor: Client
) -> None:
    """The question's own version stays the one it had, and each language's stands beside it."""
    make(editor, world)
    form = DonationForm.objects.get(slug="winter")
    question = field_of(OfForm(Kind.QUESTION, "Email me?"))
    here = reverse("forms:languages", args=[form.pk])
    editor.post(here, {"language": "de", question: "Mailen Sie mir?", f"initial-{question}": ""})
    own = form.consent_questions.get().wording
    said = ConsentWording.objects.get(of=own)
    assert own is not None and (said.language, said.text) == ("de", "Mailen Sie mir?")
    # Asked by post too, in the same words: another question, with a version of its own.
    values = {"consent_questions-0-channel": "phone"}
    made = make(
        editor, world, slug="second", **values, **{"numbers-0-number": "6001", "numbers-1-number": "6002"}
    )
    assert made.status_code == 302, made.context
    phone = ConsentWording.objects.get(of__channel="phone")
    assert (phone.channel, phone.language, phone.text) == ("phone", "de", "Mailen Sie mir?")
    edit(editor, form, standing(world, form, title="Winter"))
    assert form.consent_questions.get().wording == own
    third = {"numbers-0-number": "7001", "numbers-1-number": "7002"}
    assert make(editor, world, slug="third", **third).status_code == 302
    assert DonationForm.objects.get(slug="third").consent_questions.get().wording == own


OLD, NEW, SAID = "A night of answered calls", "Half a night of answered calls", "Eine Nacht voller Anrufe"


@pytest.fixture
def changed(world: World) -> str:
    """The field of words that were changed since somebody said them in German."""
    speaking.keep(world.tide.charity, "de", {OLD: SAID}, actor=world.users["editor"])
    DonationForm.objects.filter(pk=form_of(world).pk).update(title=NEW)
    return field_of(OfForm(Kind.TITLE, NEW))


def value(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    assert found is not None
    typed = re.search(r' value="([^"]*)"', found[0])
    return typed[1] if typed is not None else ""


def test_what_was_said_of_older_words_is_shown_and_never_used_unseen(
    world: World, editor: Client, changed: str
) -> None:
    page = editor.get(address(world), {"language": "de"}).content.decode()
    assert (
        f'“<bdi lang="en">{OLD}</bdi>” → “<bdi lang="de">{SAID}</bdi>”' in page and value(page, changed) == ""
    )
    sent = {"language": "de", changed: "", f"initial-{changed}": "", "take": changed}
    taken = editor.post(address(world), sent)
    page = taken.content.decode()
    assert taken.status_code == 200 and value(page, changed) == SAID and "Not kept yet." in page
    assert Phrase.objects.count() == 1
    assert SAID not in Client().get("/de/give/4840/").content.decode()
    looked = {"language": "de", changed: "Eine halbe Nacht voller Anrufe", f"initial-{changed}": ""}
    editor.post(address(world), looked)
    assert Phrase.objects.latest("pk").own == NEW
    page = editor.get(address(world), {"language": "de"}).content.decode()
    assert value(page, changed) == "Eine halbe Nacht voller Anrufe" and SAID not in page


def test_what_else_was_typed_stays_while_older_words_are_looked_at(
    world: World, editor: Client, changed: str
) -> None:
    fund = field_of(OfForm(Kind.FUND, world.tide.fund.name))
    sent = {"language": "de", changed: "", f"initial-{changed}": "", fund: "Flut", f"initial-{fund}": ""}
    page = editor.post(address(world), sent | {"take": changed}).content.decode()
    assert (value(page, fund), value(page, changed)) == ("Flut", SAID)
    page = editor.post(address(world), sent | {"take": "w123"}).content.decode()
    assert (value(page, fund), value(page, changed)) == ("Flut", "") and Phrase.objects.count() == 1


def test_words_unlike_those_that_were_said_are_offered_nothing(world: World, editor: Client) -> None:
    speaking.keep(
        world.tide.charity, "de", {"Monthly care for one family": SAID, OLD: ""}, actor=world.users["editor"]
    )
    DonationForm.objects.filter(pk=form_of(world).pk).update(title=NEW)
    assert "Said of similar words" not in editor.get(address(world), {"language": "de"}).content.decode()
