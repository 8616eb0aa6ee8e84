"""The outbox's handlers of this room: links to donors' own pages."""

from datetime import timedelta
from typing import Any

from almoner.donors import links
from almoner.donors.letters import link_letter
from almoner.donors.models import LinkRequest
from almoner.kernel.clock import now
from almoner.receipts.handing import MailRefused, compose, hand_over, message_id
from almoner.supporters.models import Contact


def deliver_link(payload: dict[str, Any]) -> None:
    """Handle one job of kind `links.JOB`. Whatever it raises is tried again.

    Its ten minutes begin now, when the mail leaves. A mail that goes twice carries the same link and the same
    Message-ID.
    """
    request = LinkRequest.objects.select_related("charity").filter(pk=payload["request"]).first()
    at = now()
    if request is None or request.supporter_id is None or request.used_at is not None:
        return
    contact = _contact(request)
    if contact is None or at - request.asked_at > links.STALE:
        return
    LinkRequest.objects.filter(pk=request.pk, used_at__isnull=True).update(ends_at=at + links.LIFE)
    letter = link_letter(
        charity=request.charity,
        contact=contact,
        language=request.language,
        host=request.host,
        path=links.path_of(request),
    )
    name = message_id(f"link:{request.key}", request.charity)
    try:
        hand_over(compose(letter, charity=request.charity, to=contact.email, message_id=name))
    except MailRefused:
        # Nobody is told: whoever asked must not learn which addresses are known, or good.
        LinkRequest.objects.filter(pk=request.pk).update(ends_at=at - timedelta(seconds=1))


def _contact(request: LinkRequest) -> Contact | None:
    """The address as its owner last typed it. One that bounced is tried all the same: a person asks for this mail."""
    return (
        Contact.objects.filter(supporter=request.supporter_id, erased_at__isnull=True)
        .exclude(email="")
        .order_by("-created_at", "-pk")
        .first()
    )
