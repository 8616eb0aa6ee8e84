"""The yearly message and the correction, in words."""

from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from almoner.charities.models import Charity
from almoner.donors.models import ReachedMail, Told
from almoner.donors.since import OfFund
from almoner.giving.catalogue import language_root
from almoner.giving.hooks import hooks
from almoner.impact.models import Observation
from almoner.impact.reached import Reached
from almoner.impact.saying import Style, say
from almoner.impact.translated import Reader, root
from almoner.receipts.facts import one_line
from almoner.receipts.letters import Letter, Line, colour, footer, greeting, named
from almoner.receipts.links import site_of
from almoner.receipts.wording import apart, day
from almoner.supporters.models import Contact

_WORDS_MAX: Final = 500


def stop_address(mail: ReachedMail, language: str) -> str:
    """Where the yearly message is stopped, without signing in."""
    return f"{site_of(mail.charity)}{language_root(language)}/giving/yearly/{mail.public_key}/"


def yearly_letter(
    funds: Iterable[OfFund], *, charity: Charity, contact: Contact, language: str, stop: str
) -> Letter:
    """`stop`: where it is stopped."""
    with translation.override(language):
        site, reader = _register(charity, language), Reader(charity, language)
        return Letter(
            language=language,
            subject=one_line(
                _("What has been reached since your gift to %(charity)s") % {"charity": apart(charity.name)}
            ),
            greeting=greeting(contact),
            paragraphs=(
                _("Once a year we write to you what the funds that you gave to have reached. Thank you."),
                _(
                    "Each figure is the work of many people and of many gifts, and yours is one of them. A second "
                    "person checked each of them, and its link shows how it is known."
                ),
            ),
            lines=tuple(line for fund in funds for line in _of_fund(fund, site, reader, charity)),
            check=Line(_("Stop the yearly messages"), stop),
            after=(
                _(
                    "You need do nothing. This comes once a year, and only when there is something new to tell."
                ),
            ),
            charity_name=one_line(charity.name),
            footer=footer(charity)[:-1],
            colour=colour(charity),
        )


def correction_letter(
    told: Told,
    right: Observation,
    *,
    why: str,
    charity: Charity,
    contact: Contact,
    language: str,
    unwanted: bool,
) -> Letter:
    """`unwanted`: this person wants no yearly message."""
    with translation.override(language):
        on = day(told.at.astimezone(ZoneInfo(charity.timezone)).date())
        return Letter(
            language=language,
            subject=one_line(_("A figure that we told you was wrong")),
            greeting=greeting(contact),
            paragraphs=(
                _(
                    "On %(day)s we wrote to you what your funds have reached. One figure was wrong. We are sorry, "
                    "and here is what is right."
                )
                % {"day": on},
            ),
            lines=(
                Line(_("What is counted"), _title(right, Reader(charity, language))),
                Line(_("What we told you"), told.number),
                Line(
                    _("What is right"),
                    number_in_words(right),
                    url=_register(charity, language) + hooks.evidence_url(right.indicator),
                    note=_("As of %(day)s") % {"day": day(right.as_of)},
                ),
                Line(_("Why"), one_line(why)),
            ),
            after=(
                _("You need do nothing. We write this once to everybody to whom we had told the old figure."),
                *(
                    (
                        _(
                            "You want no yearly messages, and you get none. This comes all the same, because the "
                            "wrong figure came from us."
                        ),
                    )
                    if unwanted
                    else ()
                ),
            ),
            charity_name=one_line(charity.name),
            footer=footer(charity)[:-1],
            colour=colour(charity),
        )


def said_of(funds: Iterable[OfFund], charity: Charity, language: str) -> list[dict[str, str]]:
    """What the yearly message tells, a figure each, as `Told` keeps it."""
    reader = Reader(charity, language)
    with translation.override(language):
        found: dict[str, dict[str, str]] = {}
        for each in (figure for fund in funds for figure in fund.figures):
            for observation in (each.now, each.before if each.value_before else None):
                if observation is not None:
                    found.setdefault(str(observation.pk), _said(observation, reader, language))
        return list(found.values())


def said(observation: Observation, charity: Charity, language: str) -> dict[str, str]:
    """One figure, as `Told` keeps it."""
    return _said(observation, Reader(charity, language), language)


def _said(observation: Observation, reader: Reader, language: str) -> dict[str, str]:
    with translation.override(language):
        number = number_in_words(observation)
        of = _("As of %(day)s") % {"day": day(observation.as_of)}
        return {
            "observation": str(observation.pk),
            "language": language,
            "number": number[:120],
            "words": f"{_title(observation, reader)}: {number}. {of}"[:_WORDS_MAX],
        }


def number_in_words(observation: Observation) -> str:
    """In the active language."""
    return say(observation.quantity, Style.EXACT, percent=observation.indicator.percent)


def _title(observation: Observation, reader: Reader) -> str:
    return one_line(reader.title(observation.indicator).text)


def _register(charity: Charity, language: str) -> str:
    """What stands before the address of a figure's evidence in a mail."""
    return site_of(charity) + root(charity, language)


def _of_fund(fund: OfFund, site: str, reader: Reader, charity: Charity) -> Iterable[Line]:
    yield named(charity, fund.name)
    for each in fund.figures:
        yield Line(
            _title(each.now, reader),
            each.value,
            url=site + hooks.evidence_url(each.indicator),
            note=" · ".join(_notes(each)),
        )


def _notes(figure: Reached) -> Iterable[str]:
    yield _("As of %(day)s") % {"day": day(figure.now.as_of)}
    if figure.value_before:
        yield _("when you first gave: %(number)s") % {"number": figure.value_before}
    if figure.corrected_on:
        yield _("Corrected on %(day)s. Before, we said another number.") % {"day": day(figure.corrected_on)}
