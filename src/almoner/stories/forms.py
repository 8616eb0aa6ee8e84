"""Giving forms inside a page: which of them stands here whole, and where the others are linked to."""

from dataclasses import dataclass, field
from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext as _

from almoner.charities.models import Charity
from almoner.giving.catalogue import FormSpec, embedded, first_form, form_of
from almoner.giving.pages import Embedded
from almoner.stories.richtext import Answer, number_of
from almoner.stories.shortcodes import Shortcode

# The tags that sites brought with them, and the attributes in which each keeps its form's number.
DONATION_TAGS: Final[dict[str, tuple[str, ...]]] = {
    "pronto-donation-form": ("id", "form", "form_id"),
    "pronto-donation": ("id", "form", "form_id", "campaign", "campaign_id"),
    "give_form": ("id",),
    "givewp_campaign_form": ("campaign_id", "id"),
    "charitable_donation_form": ("campaign_id", "id"),
    "donorbox": ("id", "campaign", "campaign_id", "slug"),
    "donorbox-embed": ("id", "campaign", "campaign_id", "slug"),
}
ANCHOR: Final = "#giving"
# Of a block that names none: the form to which such a button leads, too.
FIRST: Final = "*"
_INERT: Final = (
    '<p class="s-notice" role="note" lang="en" dir="ltr">'
    "This is a preview: nobody can give here, and no gift is begun.</p>"
)


def number_in(shortcode: Shortcode) -> str:
    """The form's number or slug, from the tag's own attribute or as its first bare word; '' if there is none."""
    named = shortcode.first(*DONATION_TAGS.get(shortcode.tag, ()))
    return number_of(named or (shortcode.positional[0] if shortcode.positional else ""))


@dataclass
class PageForms:
    """The forms of one page while it is rendered. The first that is asked for stands whole: ids are once a page.

    `editor`: somebody who can put it right is looking, and is told what is wrong; a reader gets a link that works.
    """

    charity: Charity
    language: str
    story_id: int
    editor: bool
    # The number of the form that will stand whole, known before rendering so that buttons above it can point there.
    first: str = ""
    # Of a draft's preview: a form that is shown takes nothing.
    preview: bool = False
    embedded: Embedded | None = field(default=None, init=False)
    _default: str | None = field(default=None, init=False)

    def place(self, number: str) -> Answer:
        """A form where an editor put one, by block or by shortcode."""
        number = number.strip()
        if self.embedded is not None:
            return self._linked(number)
        spec = _named(self.charity, number)
        if spec is not None:
            self.embedded = embedded(self.charity, spec.slug, story_id=self.story_id, language=self.language)
        if self.embedded is None:
            return self._unknown(number)
        return Answer((_INERT if self.preview else "") + str(self.embedded.html), block=True)

    def answer(self, shortcode: Shortcode) -> Answer:
        """What a shortcode stands for. A tag nobody answers to is shown to an editor and hidden from a reader."""
        if shortcode.tag in DONATION_TAGS:
            return self.place(number_in(shortcode))
        if not self.editor:
            return Answer("")
        return Answer(
            str(
                format_html(
                    '<mark class="s-notice" role="note" lang="en" dir="ltr"><b>{}</b> {}</mark>',
                    "Nothing here answers to this shortcode, so readers don’t see it:",
                    shortcode.opening,
                )
            )
        )

    def address(self, number: str = "") -> str:
        """Where a button to give leads: to the form on this page, else to that form's own page, which is told of the
        story; '' if there is none."""
        number = number.strip()
        if self.first and (not number or self._same(number, self.first)):
            return ANCHOR
        spec = _named(self.charity, number) if number else None
        found = spec.prefix(self.language) if spec is not None else self.default_address()
        return f"{found}?story={self.story_id}" if found and self.story_id else found

    def default_address(self) -> str:
        """Where the charity's first form that takes gifts stands; '' while it has none."""
        if self._default is None:
            spec = first_form(self.charity)
            self._default = spec.prefix(self.language) if spec is not None else ""
        return self._default

    def _linked(self, number: str) -> Answer:
        spec = _named(self.charity, number)
        if spec is None:
            return self._unknown(number)
        return Answer(_button(self.address(number), _("Give now")), block=True)

    def _unknown(self, number: str) -> Answer:
        """Never nothing, and never a stack trace: a way to give, and for an editor the reason."""
        address = self.address()
        link = _button(address, _("Give to %(charity)s") % {"charity": self.charity.name}) if address else ""
        return Answer(link + (self._notice(number) if self.editor else ""), block=True)

    def _notice(self, number: str) -> str:
        if number == FIRST:
            return (
                '<p class="s-notice" role="note" lang="en" dir="ltr">No form takes gifts yet: make one.</p>'
            )
        return str(
            format_html(
                '<p class="s-notice" role="note" lang="en" dir="ltr"><b>{}</b> {}</p>',
                f"No form answers to “{number or '–'}”.",
                "Readers see a link to your first form instead. Give a form this number, or change it here.",
            )
        )

    def _same(self, one: str, other: str) -> bool:
        here, there = _named(self.charity, one), _named(self.charity, other)
        return here is not None and there is not None and here.form_id == there.form_id


def exists(charity: Charity, number: str) -> bool:
    return _named(charity, number.strip()) is not None


def _named(charity: Charity, number: str) -> FormSpec | None:
    return first_form(charity) if number == FIRST else form_of(charity, number)


def _button(address: str, label: str) -> str:
    return str(format_html('<p class="s-go"><a class="s-button" href="{}">{}</a></p>', address, label))
