"""What the house knows of a disputed gift and a bank may want to read: gathered anew each time, and kept nowhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Min, Sum
from django.utils.timezone import localtime

from almoner.addresses.countries import CountryUnknown
from almoner.addresses.postal import AddressMalformed, PostalAddress, format_lines
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.money import money
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.payments.gateways.port import Evidence, EvidenceFile
from almoner.payments.models import Attempt, Dispute, DisputeReply
from almoner.payments.transitions import DisputeState
from almoner.receipts.models import ReceiptFile, shown_number
from almoner.supporters.models import Contact

_MAILED: Final = {"sent": "sent", "delivered": "delivered", "bounced": "came back"}


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that is known. `name` is the port's (`Evidence.facts`); `label` for staff."""

    name: str
    label: str
    text: str


def gathered(story: Story, attempt: Attempt) -> list[Known]:
    """All of it that there is, in the order in which a bank reads."""
    gift, contact = story.gift, story.gift.contact
    return [each for each in (
        Known("customer_name", "Name", contact.name),
        Known("customer_email", "Email", contact.email),
        Known("billing_address", "Address", _address(contact)),
        Known("service_date", "Date", f"{localtime(gift.given_at):%-d %B %Y}"),
        Known("product_description", "What was given", _given(gift)),
        Known("agreed", "What the donor agreed to", " ".join(_agreed(story))),
        _authentication(story, attempt),
        Known("receipt_number", "Receipt", _receipt(story)),
        Known("correspondence", "Mails", "; ".join(_mails(story))),
        Known("earlier_gifts", "Earlier gifts", _earlier(gift)),
    ) if each.text]  # fmt: skip


def evidence_for(reply: DisputeReply, story: Story) -> Evidence:
    """What is sent: what is known, the receipt's document, and what staff added."""
    known = gathered(story, reply.dispute.attempt)
    facts = {each.name: each.text for each in known}
    facts["product_description"] = " ".join(
        facts.pop(name) for name in ("product_description", "agreed") if name in facts
    )
    files = tuple(
        EvidenceFile(file.name, file.content_type, bytes(file.content))
        for file in reply.files.order_by("pk") if file.content is not None
    )  # fmt: skip
    return Evidence(
        key=str(reply.pk), text=reply.text, facts=_sent(facts), receipt=_receipt_file(story), files=files
    )


def _sent(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in facts.items() if text}


def _address(contact: Contact) -> str:
    if not contact.address:
        return ""
    try:
        return ", ".join(format_lines(PostalAddress.from_dict(contact.address), with_country=True))
    except (AddressMalformed, CountryUnknown):
        return ""


def _given(gift: Gift) -> str:
    total = money(gift.total_minor, gift.currency)
    text = f"A donation of {total} to {gift.charity.legal_name}, for “{gift.fund.name}”, reference "
    text += f"{shown_reference(gift.reference)}."
    text += f" In return: {gift.benefit}." if gift.benefit else " Nothing was given in return."
    if gift.plan is not None:
        began = f"{localtime(gift.plan.created_at):%-d %B %Y}"
        text += f" It is one of the regular gifts of plan {shown_reference(gift.plan.reference)}, which the donor "
        text += f"began on {began} and could change or stop at any time on a page of their own."
    return text


def _agreed(story: Story) -> Iterator[str]:
    """The form as it stood: the amount that its button named, and the wordings that were answered."""
    gift = story.gift
    if gift.channel == Gift.Channel.ONLINE:
        form = f" “{gift.form.title}”" if gift.form is not None else ""
        yield f"On the charity’s form{form} the donor chose the amount, entered name and address, and pressed “Give " \
              f"{money(gift.total_minor, gift.currency)}”."  # fmt: skip
    for consent in story.consents:
        yield f"Asked “{consent.wording.text}”, the donor said {'yes' if consent.granted else 'no'}."


def _authentication(story: Story, attempt: Attempt) -> Known:
    """That a bank didn't ask is for staff to know, and under a name that no gateway is sent."""
    label = "Confirmed by the bank (3-D Secure)"
    asked = [event for event in story.events_of(attempt) if event.name == "action_required"]
    if not asked:
        return Known("not_asked", label, "The donor’s bank did not ask them to confirm this payment.")
    at = f"{localtime(asked[-1].at):%-d %B %Y, %H:%M}"
    return Known("authentication", label, f"The donor’s bank asked them to confirm on {at}, and they did.")


def _receipt(story: Story) -> str:
    newest = story.receipts[-1] if story.receipts else None
    if newest is None:
        return ""
    return f"{shown_number(newest.number)}, issued on {localtime(newest.issued_at):%-d %B %Y}"


def _receipt_file(story: Story) -> EvidenceFile | None:
    newest = story.receipts[-1] if story.receipts else None
    file = ReceiptFile.objects.filter(receipt=newest.pk).first() if newest is not None else None
    if newest is None or file is None:
        return None
    return EvidenceFile(f"receipt-{shown_number(newest.number)}.pdf", "application/pdf", bytes(file.pdf))


def _mails(story: Story) -> Iterator[str]:
    for mail in story.mails:
        if mail.sent_at is not None:
            became = _MAILED.get(mail.state, mail.state)
            what = f"{mail.get_kind_display()} to {story.gift.contact.email}"
            yield f"{what} on {localtime(mail.sent_at):%-d %B %Y}, {became}"


def _earlier(gift: Gift) -> str:
    """The same person’s, told apart by what banks look at: how many, since when, from where, and none disputed."""
    if gift.contact.supporter_id is None:
        return ""
    earlier = Gift.objects.filter(
        contact__supporter=gift.contact.supporter_id, charity=gift.charity_id, status="settled",
        given_at__lt=gift.given_at, currency=gift.currency,
    )  # fmt: skip
    found = earlier.aggregate(
        many=Count("pk"), total=Sum("total_minor"), first=Min("given_at"), last=Max("given_at")
    )
    if not found["many"]:
        return ""
    disputed = Dispute.objects.exclude(state=DisputeState.PREVENTED).filter(
        attempt__gift_id__in=earlier.values("pk")
    )
    same = earlier.filter(contact__address=gift.contact.address).count() if gift.contact.address else 0
    text = f"{found['many']} since {localtime(found['first']):%-d %B %Y}, {money(found['total'], gift.currency)} in all"
    text += ", none of them disputed" if not disputed.exists() else ""
    return text + (f"; {same} from the same address" if same else "")
