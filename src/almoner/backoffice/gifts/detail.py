"""One gift: its figures, its donor, where it came from, and its timeline; and the page from which staff act on it."""

import uuid
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from almoner.addresses.countries import CountryUnknown
from almoner.addresses.postal import AddressMalformed, PostalAddress, format_lines
from almoner.backoffice import access, words
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.gifts.timeline import timeline
from almoner.backoffice.money import money
from almoner.backoffice.pages import crumbs
from almoner.giving.models import Gift
from almoner.giving.thanks import address as thanks_address
from almoner.kernel.references import shown_reference
from almoner.receipts.links import site_of
from almoner.supporters.models import Contact

_SOURCES: Final = (
    ("story_title", "Story"), ("appeal", "Appeal"), ("utm_source", "Source (utm_source)"),
    ("utm_medium", "Medium (utm_medium)"), ("utm_campaign", "Campaign (utm_campaign)"),
    ("utm_content", "Content (utm_content)"), ("utm_term", "Term (utm_term)"), ("referrer_host", "Came from"),
    ("page_url", "Page that showed the form (as it says)"),
)  # fmt: skip
_TRIBUTES: Final = {"memory": "In memory of", "honour": "In honour of"}
_CHANNELS: Final = {"email": "Email", "post": "Post", "phone": "Phone", "sms": "Text message"}


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str | SafeString
    strong: bool = False


def gift_of(request: HttpRequest, gift_id: uuid.UUID) -> Gift:
    """A gift of the reader's charities with what its page shows, or 404. Times are its own charity's from here on."""
    gifts = Gift.objects.select_related("charity", "contact", "fund", "form", "batch", "source", "plan")
    gift = access.one_of(gifts, request, pk=gift_id)
    timezone.activate(ZoneInfo(gift.charity.timezone))
    return gift


@require_safe
@access.needs(access.VIEW_GIFTS)
def show(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    story = Story(gift_of(request, gift_id))
    gift = story.gift
    context = {
        "gift": gift,
        "title": f"Gift {shown_reference(gift.reference)}",
        "breadcrumbs_items": crumbs(
            ("Gifts", reverse("backoffice:gifts")), (shown_reference(gift.reference), "")
        ),
        "amount": money(gift.total_minor, gift.currency),
        "chips": words.chips(gift),
        "flag_help": words.FLAG_HELP.get(gift.flag, ""),
        "figures": _figures(story),
        "donor": donor_facts(gift.contact),
        "meant": _meant(gift),
        "came_from": _came_from(gift),
        "consents": [
            (_CHANNELS.get(c.channel, c.channel), c.granted, c.wording.text, c.at, c.source)
            for c in story.consents
        ],
        "moments": timeline(story),
        "stuck_refunds": _stuck(request, story),
        "can": _can(request, story),
        "thanks_url": site_of(gift.charity) + thanks_address(gift.public_key, gift.language),
    }
    return render(request, "backoffice/gift.html", context)


def _can(request: HttpRequest, story: Story) -> dict[str, bool]:
    """Which acts the reader may do, and which make sense now."""
    user, gift = request.user, story.gift
    return {
        "refund": access.may(user, access.REFUND_GIFTS) and story.left_minor > 0,
        "receive": access.may(user, access.ENTER_GIFTS) and story.awaiting is not None,
        "resend": access.may(user, access.RESEND_RECEIPTS) and story.receipt_to_send is not None,
        "correct": access.may(user, access.ENTER_GIFTS) and gift.contact.erased_at is None,
        "erase": access.may(user, access.ERASE_DONORS) and gift.contact.erased_at is None,
        "copy": gift.channel == Gift.Channel.ONLINE,
    }


def _stuck(request: HttpRequest, story: Story) -> list[tuple[uuid.UUID, str]]:
    """Refunds of which a person has to say how they went: key and amount."""
    if not access.may(request.user, access.REFUND_GIFTS):
        return []
    return [(each.pk, money(each.amount_minor, each.currency)) for each in story.stuck_refunds]


def _figures(story: Story) -> list[Fact]:
    gift, sums = story.gift, story.sums
    shown = [Fact("Gift", money(gift.amount_minor, gift.currency))]
    if gift.cover_minor:
        shown.append(Fact("Covering the cost", money(gift.cover_minor, gift.currency)))
        shown.append(Fact("Total", money(gift.total_minor, gift.currency)))
    if not sums.settled_minor:
        return shown
    if sums.settled_minor != gift.total_minor:
        shown.append(Fact("Arrived", money(sums.settled_minor, gift.currency)))
    shown.append(Fact("Fee", money(-sums.fee_minor, gift.currency) if sums.fee_minor else "none"))
    if sums.refunded_minor:
        shown.append(Fact("Refunded", money(-sums.refunded_minor, gift.currency)))
    if sums.disputed_minor:
        shown.append(Fact("Taken by the donor’s bank", money(-sums.disputed_minor, gift.currency)))
    return [*shown, Fact("Left for the charity", money(sums.net_minor, gift.currency), strong=True)]


def donor_facts(contact: Contact) -> list[Fact]:
    """Who gave, and how they are reached."""
    if contact.erased_at is not None:
        return [Fact("Donor", "This person’s details were erased.")]
    facts = [Fact("Name", format_html("<bdi>{}</bdi>", contact.name or "not given"))]
    if contact.organisation and contact.organisation != contact.name:
        facts.append(Fact("Organisation", contact.organisation))
    if contact.email:
        link = format_html('<a href="mailto:{0}"><bdi>{0}</bdi></a>', contact.email)
        bounced = format_html('{} <span class="bo-chip bo-chip--bad">Mail came back</span>', link)
        facts.append(Fact("Email", bounced if contact.bounced_at else link))
    if contact.phone:
        facts.append(Fact("Phone", contact.phone))
    if contact.address:
        facts.append(Fact("Address", _address(contact.address)))
    return facts


def _address(stored: dict[str, Any]) -> SafeString:
    try:
        lines = format_lines(PostalAddress.from_dict(stored), with_country=True)
    except (AddressMalformed, CountryUnknown):
        lines = tuple(str(value) for value in stored.values() if value)
    return format_html_join(SafeString("<br>"), "<bdi>{}</bdi>", ((line,) for line in lines))


def _meant(gift: Gift) -> list[Fact]:
    """What the donor said with it."""
    facts = [
        Fact("For", gift.fund.name),
        Fact("Given", f"{timezone.localtime(gift.given_at):%-d %B %Y}"),
        Fact("Through", gift.form.title if gift.form is not None else words.channel(gift.channel)),
    ]
    if gift.plan is not None:
        plan_url = reverse("backoffice:plan", args=[gift.plan.pk])
        shown = shown_reference(gift.plan.reference)
        facts.append(Fact("Regular gift", format_html('<a href="{}">{}</a>', plan_url, shown)))
    if said := words.in_return(gift.benefit, gift.benefit_minor, gift.currency):
        facts.append(Fact("Given in return", said))
    if gift.tribute_kind and gift.tribute_name:
        facts.append(Fact(_TRIBUTES.get(gift.tribute_kind, "Dedicated to"), gift.tribute_name))
    if gift.message:
        facts.append(Fact("Message" if gift.channel == Gift.Channel.ONLINE else "Note", gift.message))
    if gift.anonymous:
        facts.append(Fact("Anonymous", "Don’t name this donor in public."))
    if gift.batch is not None:
        batch_url = reverse("backoffice:batch", args=[gift.batch.pk])
        facts.append(Fact("Batch", format_html('<a href="{}">{}</a>', batch_url, gift.batch.title)))
    return facts


def _came_from(gift: Gift) -> list[Fact]:
    source = getattr(gift, "source", None)
    if source is None:
        return []
    return [Fact(label, getattr(source, name)) for name, label in _SOURCES if getattr(source, name)]
