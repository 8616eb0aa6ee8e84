"""What higher rooms do when something happens to a gift. `config` sets these once, at start: no signals."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.impact.models import Indicator
from almoner.payments.models import Attempt


@dataclass(frozen=True, slots=True)
class ReceiptLink:
    """A receipt as the thank-you page shows it."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class RelatedStory:
    title: str
    url: str
    summary: str = ""
    image_url: str = ""


def _nothing(gift: Gift, attempt: Attempt, at: datetime) -> None:
    """The default: a shop without receipts."""


def _no_receipt(gift_id: uuid.UUID) -> ReceiptLink | None:
    return None


def _no_stories(story_id: int | None, charity_id: int) -> tuple[RelatedStory, ...]:
    return ()


def _no_donor_page(language: str) -> str:
    return ""


def _no_discovery(url: str) -> str:
    return ""


def _no_evidence(indicator: Indicator) -> str:
    return ""


def _no_programmes(charity: Charity, language: str) -> str:
    return ""


def _this_site(charity: Charity) -> str:
    return str(settings.SITE_URL)


def _no_title(story_id: int, charity_id: int) -> str:
    return ""


@dataclass(slots=True)
class Hooks:
    """`on_…` run inside the transaction that moves the gift: they may write rows, and must not speak to a network."""

    on_settled: Callable[[Gift, Attempt, datetime], None] = _nothing
    on_returned: Callable[[Gift, Attempt, datetime], None] = _nothing
    # A transfer that was taken for the gift's was another's.
    on_unmatched: Callable[[Gift, Attempt, datetime], None] = _nothing
    on_refunded: Callable[[Gift, Attempt, datetime], None] = _nothing
    # A dispute was lost, or one that was lost is won after all.
    on_disputed: Callable[[Gift, Attempt, datetime], None] = _nothing
    on_awaiting: Callable[[Gift, Attempt, datetime], None] = _nothing
    receipt_link: Callable[[uuid.UUID], ReceiptLink | None] = _no_receipt
    related_stories: Callable[[int | None, int], tuple[RelatedStory, ...]] = _no_stories
    story_title: Callable[[int, int], str] = _no_title
    # The public page that says how an indicator's figure is known; "": there is none, and no donor is told the figure.
    evidence_url: Callable[[Indicator], str] = _no_evidence
    # The public page of what a charity's programmes reach, for readers of a language; "" while it has none.
    programmes_url: Callable[[Charity, str], str] = _no_programmes
    # The site that a charity's pages are to be found at, without a slash at its end.
    site_url: Callable[[Charity], str] = _this_site
    # Where donors ask for the link to their own page, in a language; "": there is none.
    donor_page: Callable[[str], str] = _no_donor_page
    # What a form's page, by its whole address, says in a Link header of where else it can stand.
    discovery: Callable[[str], str] = _no_discovery


hooks = Hooks()
