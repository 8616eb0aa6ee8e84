"""What a giving form and its mail say of what the register counts, in the words that an editor typed."""

from collections.abc import Iterable, Mapping

from almoner.giving.models import DonationForm
from almoner.giving.speaking import phrases_of_form
from almoner.impact import sentences
from almoner.impact.sentences import Said, Unit


def said_in(form: DonationForm, said: Mapping[str, str], known: Iterable[Unit], language: str) -> list[Said]:
    """Each number of what it says in another language. `said`: its charity's words there."""
    texts = (said.get(each.own, "") for each in phrases_of_form(form, ()))
    return list(dict.fromkeys(sentences.read("\n".join(texts), known, language)))


def said_by(form: DonationForm, known: Iterable[Unit], language: str) -> list[Said]:
    """Each number of its title, its words, its words of thanks and the lines of its amounts, once and in order."""
    lines = [each.line for each in form.suggested_amounts.all()]
    text = "\n".join((form.title, form.intro, form.thanks_text, *lines))
    return list(dict.fromkeys(sentences.read(text, known, language)))
