"""What a story page says by itself, around the editors' words, in the charity's language."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.kernel.lists import comma


@dataclass(frozen=True, slots=True)
class Wording:
    """Every phrase of the page's frame. Plain text."""

    skip: str
    languages: str
    by: str
    topics: str
    home: str
    stories: str
    all_stories: str
    give: str
    share: str
    share_by_mail: str
    copy_link: str
    copied: str
    source: str
    picture: str
    name_changed: str
    model: str
    illustrative: str
    related: str
    latest: str
    read: str
    newer: str
    older: str
    pages: str
    no_stories: str
    own_page: str
    contact: str
    privacy: str
    evidence: str
    as_of: str
    stories_say: str
    stories_may_say: str
    counted: str
    history: str
    earlier: str
    verified_by: str
    corrected: str
    on_request: str
    not_public: str
    kept_at: str
    no_longer: str
    since: str
    programme: str
    no_figure: str
    reached: str
    partners: str
    target: str
    before: str
    group: str
    number: str
    numbers: str
    left_out: str
    data: str
    # Between the words of a list.
    comma: str


def wording() -> Wording:
    """In the language that is active now."""
    return Wording(
        languages=_("Languages"),
        skip=_("Skip to the story"),
        by=_("By"),
        topics=_("Topics:"),
        home=_("Home"),
        stories=_("Stories"),
        all_stories=_("All stories"),
        give=_("Give"),
        share=_("Share this story"),
        share_by_mail=_("Email"),
        copy_link=_("Copy link"),
        copied=_("Link copied"),
        source=_("Source:"),
        picture=_("Picture:"),
        name_changed=_("(name changed)"),
        model=_("A model stands in for somebody."),
        illustrative=_("An illustration."),
        related=_("You might also be interested in…"),
        latest=_("Latest stories"),
        read=_("Read the story"),
        newer=_("Newer stories"),
        older=_("Older stories"),
        pages=_("Pages of stories"),
        no_stories=_("No stories yet. Come back soon."),
        own_page=_("Your giving"),
        contact=_("Contact"),
        privacy=_("Privacy"),
        evidence=_("How this is known"),
        as_of=_("As of"),
        stories_say=_("Stories say:"),
        stories_may_say=_("Stories may say:"),
        counted=_("How it is counted"),
        history=_("Every number we gave, and what became of it"),
        earlier=_("Earlier numbers"),
        verified_by=_("Checked against its source by:"),
        corrected=_("Corrected:"),
        on_request=_("shown on request"),
        not_public=_("not public"),
        kept_at=_("On paper, kept at:"),
        no_longer=_("This number no longer stands."),
        since=_("Counted from"),
        programme=_("Part of:"),
        no_figure=_("No number has been verified yet."),
        reached=_("What we reach"),
        partners=_("Who works on it"),
        target=_("To reach:"),
        before=_("Where it began:"),
        group=_("Group"),
        number=_("Number"),
        numbers=_("Every number in a table"),
        left_out=_("Small numbers of people at risk are left out."),
        data=_("These numbers as data:"),
        comma=comma(get_language() or ""),
    )
