"""The mail with a link to the donor's own page, in words."""

from django.utils import translation
from django.utils.translation import gettext as _

from almoner.charities.models import Charity
from almoner.giving.catalogue import language_root
from almoner.receipts.facts import one_line
from almoner.receipts.letters import Letter, Line, colour, footer, greeting
from almoner.receipts.links import site_of
from almoner.receipts.wording import apart
from almoner.supporters.models import Contact


def link_letter(*, charity: Charity, contact: Contact, language: str, host: str, path: str) -> Letter:
    """`path` is the link's address behind the language's root. Never to a host that isn't the charity's."""
    with translation.override(language):
        site = site_of(charity, host=host)
        return Letter(
            language=language,
            subject=one_line(_("Your link to your giving at %(charity)s") % {"charity": apart(charity.name)}),
            greeting=greeting(contact),
            paragraphs=(
                _(
                    "Here is the link to your own page. It is good for ten minutes, once, in the browser in which "
                    "you asked for it."
                ),
            ),
            action=Line(_("Open my page"), f"{site}{language_root(language)}{path}"),
            after=(
                _(
                    "Didn’t you ask for it? Then somebody mistyped an address, and you need do nothing: without this "
                    "mail nobody gets in."
                ),
            ),
            charity_name=one_line(charity.name),
            footer=footer(charity)[:-1],
            colour=colour(charity),
        )
