"""A charity's own words in the languages of its donors: what staff entered, each question in one query."""

from collections.abc import Mapping

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity, Phrase
from almoner.charities.sites import bump
from almoner.kernel.clock import now
from almoner.kernel.spoken import Spoken


class Phrases:
    """Says to readers of one language what a charity wrote: in its own language, where nobody said it in theirs. One
    query, and none for the charity's own."""

    def __init__(self, charity: Charity, language: str) -> None:
        own = language == charity.language
        self._said = {} if own else said(charity, language)
        self._else = "" if own else charity.language

    def say(self, text: str) -> Spoken:
        """ "Keep the lamp lit" -> "Lasst die Lampe brennen"."""
        found = self._said.get(plain(text)) if text else None
        return Spoken(found) if found else self.own(text)

    def own(self, text: str) -> Spoken:
        """As the charity wrote it."""
        return Spoken(text, self._else if text else "")


def plain(text: str) -> str:
    """Words as they are looked up: what a browser does to the ends of lines changes none."""
    return text.replace("\r\n", "\n").strip()


def said(charity: Charity, language: str) -> dict[str, str]:
    """What is said now in a language, by the charity's own words."""
    return {own: each.text for own, each in newest(charity, language).items() if each.text}


def said_in_all(charity: Charity) -> dict[str, dict[str, str]]:
    """Language -> what is said in it now; languages in their order."""
    found: dict[str, dict[str, str]] = {}
    rows = Phrase.objects.filter(charity=charity).order_by("language", "pk")
    for language, own, text in rows.values_list("language", "own", "text"):
        found.setdefault(language, {})[own] = text
    return {language: {own: text for own, text in texts.items() if text} for language, texts in found.items()}


def newest(charity: Charity, language: str) -> dict[str, Phrase]:
    """What was kept last for each of the charity's words, and by whom; an empty text was taken back."""
    rows = Phrase.objects.filter(charity=charity, language=language).order_by("pk")
    return {each.own: each for each in rows}


def keep(charity: Charity, language: str, texts: Mapping[str, str], *, actor: audit.Actor) -> int:
    """Say these words so from now on, wherever they stand; an empty text says the charity's own again. Returns how many
    were kept."""
    at = now()
    rows = [
        Phrase(
            charity=charity, language=language, own=plain(own), text=plain(text), at=at,
            by_id=actor.pk, by_name=actor.get_username(),
        )
        for own, text in texts.items()
    ]  # fmt: skip
    if not rows:
        return 0
    with transaction.atomic():
        kept = Phrase.objects.bulk_create(rows)
        audit.record(
            actor=actor, charity=charity, action="say in other words", object_type="phrase", object_id=kept[-1].pk,
            detail={"language": language, "count": len(kept)},
        )  # fmt: skip
        # Public pages show them.
        bump(charity.pk)
    return len(kept)
