"""Everything the books, the payments and the receipts know of one gift, read in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import Q

from almoner.charities.models import AuditEntry
from almoner.giving.actions import is_stuck
from almoner.giving.models import Gift, GiftStatus
from almoner.ledger.models import Posting
from almoner.payments.models import Attempt, BankCredit, Dispute, Event, Refund, RefundEvent
from almoner.payments.refunds import to_refund
from almoner.payments.transitions import HELD_DISPUTE_STATES, State
from almoner.receipts.models import Receipt, ReceiptDelivery
from almoner.supporters.models import Consent


@dataclass(frozen=True, slots=True)
class Sums:
    """Of what settled, in minor units: what came in, the fees that were kept, what was given back, what the donor's
    bank has taken over a dispute, what is left."""

    settled_minor: int
    fee_minor: int
    refunded_minor: int
    disputed_minor: int

    @property
    def net_minor(self) -> int:
        return self.settled_minor - self.fee_minor - self.refunded_minor - self.disputed_minor


class Story:
    """One gift with all its rows. `gift` comes with its charity, contact, fund, form and batch."""

    def __init__(self, gift: Gift) -> None:
        self.gift = gift
        self.attempts = list(Attempt.objects.filter(gift_id=gift.pk).order_by("ordinal"))

    @cached_property
    def events(self) -> list[Event]:
        return list(Event.objects.filter(attempt__in=self.attempts).order_by("id"))

    @cached_property
    def refunds(self) -> list[Refund]:
        return list(Refund.objects.filter(attempt__in=self.attempts).order_by("created_at"))

    @cached_property
    def refund_events(self) -> list[RefundEvent]:
        return (
            list(RefundEvent.objects.filter(refund__in=self.refunds).order_by("id")) if self.refunds else []
        )

    @cached_property
    def disputes(self) -> list[Dispute]:
        """With their events."""
        if all(attempt.gateway in ("bank", "offline") for attempt in self.attempts):
            return []
        found = Dispute.objects.filter(attempt__in=self.attempts).prefetch_related("events")
        return list(found.order_by("created_at"))

    @cached_property
    def credit(self) -> BankCredit | None:
        if all(attempt.gateway != "bank" for attempt in self.attempts):
            return None
        return BankCredit.objects.filter(attempt__in=self.attempts).first()

    @cached_property
    def postings(self) -> list[Posting]:
        wanted = Q(source="attempt", source_id__in=[str(a.pk) for a in self.attempts])
        if self.refunds:
            wanted |= Q(source="refund", source_id__in=[str(r.pk) for r in self.refunds])
        if self.disputes:
            wanted |= Q(source="dispute", source_id__in=[str(d.pk) for d in self.disputes])
        if self.credit is not None:
            wanted |= Q(source="credit", source_id=str(self.credit.pk))
        return list(Posting.objects.filter(wanted).select_related("debit", "credit").order_by("id"))

    @cached_property
    def acts(self) -> list[AuditEntry]:
        return list(AuditEntry.objects.filter(object_type="gift", object_id=str(self.gift.pk)).order_by("id"))

    @cached_property
    def consents(self) -> list[Consent]:
        return list(
            Consent.objects.filter(contact=self.gift.contact_id).select_related("wording").order_by("id")
        )

    @cached_property
    def receipts(self) -> list[Receipt]:
        """The chain, oldest first: each replaces the one before it."""
        chain = Receipt.objects.filter(gift=self.gift.pk).select_related("cancellation", "seal")
        return list(chain.order_by("turn"))

    @cached_property
    def mails(self) -> list[ReceiptDelivery]:
        return list(
            ReceiptDelivery.objects.filter(gift=self.gift.pk).select_related("receipt").order_by("id")
        )

    @property
    def receipt_to_send(self) -> Receipt | None:
        """The receipt that holds, if there is an address to send it to."""
        return self.standing_receipt if self.gift.contact.email else None

    @property
    def standing_receipt(self) -> Receipt | None:
        """The receipt that holds: only the newest can."""
        newest = self.receipts[-1] if self.receipts else None
        return newest if getattr(newest, "cancellation", None) is None else None

    @cached_property
    def names(self) -> dict[int, str]:
        """Of the members of staff who had a hand in it."""
        ids = {self.gift.entered_by_id, *(refund.requested_by_id for refund in self.refunds)}
        ids |= {mail.asked_by_id for mail in self.mails}
        ids |= {receipt.cancellation.by_id for receipt in self.receipts if hasattr(receipt, "cancellation")}
        if self.credit is not None:
            ids.add(self.credit.entered_by_id)
        ids.discard(None)
        return {
            user.pk: user.get_full_name() or user.get_username() for user in User.objects.filter(pk__in=ids)
        }

    def name_of(self, user_id: int | None) -> str:
        return self.names.get(user_id, "a former member of staff") if user_id is not None else ""

    def events_of(self, attempt: Attempt) -> Iterable[Event]:
        return (event for event in self.events if event.attempt_id == attempt.pk)

    def refund_events_of(self, refund: Refund) -> Iterable[RefundEvent]:
        return (event for event in self.refund_events if event.refund_id == refund.pk)

    @property
    def sums(self) -> Sums:
        paid = [attempt for attempt in self.attempts if attempt.state == State.SUCCEEDED]
        return Sums(
            settled_minor=sum(attempt.settled_minor or 0 for attempt in paid),
            fee_minor=sum(attempt.fee_minor for attempt in self.attempts if attempt.settled_minor)
            + sum(dispute.fee_minor for dispute in self.disputes),
            refunded_minor=self.gift.refunded_minor,
            disputed_minor=sum(
                dispute.amount_minor for dispute in self.disputes if dispute.state in HELD_DISPUTE_STATES
            ),
        )

    @cached_property
    def _to_refund(self) -> tuple[Attempt | None, int]:
        return to_refund(self.attempts)

    @property
    def paid(self) -> Attempt | None:
        """The attempt that a refund would come from: the newest that succeeded and has anything left."""
        return self._to_refund[0]

    @property
    def left_minor(self) -> int:
        """What can still be refunded at once: what is left of `paid`."""
        return self._to_refund[1]

    @property
    def paid_again(self) -> bool:
        """Whether another payment of this gift stands beside `paid`: its money is refunded in a turn of its own."""
        return sum(attempt.state == State.SUCCEEDED for attempt in self.attempts) > 1

    @property
    def stuck_refunds(self) -> list[Refund]:
        """Those of which only a person can say how they went."""
        return [refund for refund in self.refunds if is_stuck(refund)]

    @property
    def awaiting(self) -> Attempt | None:
        """The transfer that is still to come, or may come late: one of an unpaid gift that was given up."""
        if self.gift.status not in (GiftStatus.AWAITING, GiftStatus.FAILED):
            return None
        newest = next((a for a in reversed(self.attempts) if a.gateway == "bank"), None)
        expected = newest is not None and newest.state in (State.AWAITING, State.CANCELLED)
        return newest if expected else None
