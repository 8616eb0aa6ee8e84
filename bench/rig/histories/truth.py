"""What the scripted gateway holds: its own books, which nothing of the product writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

RETURN_FEE_MINOR: Final = 250
DISPUTE_FEE_MINOR: Final = 1_500


def fee_of(amount_minor: int) -> int:
    return 30 + amount_minor * 175 // 10_000


@dataclass
class Charge:
    """One object. `state`: created, action_required, processing, succeeded, failed, cancelled, returned."""

    id: str
    key: str
    method: str
    amount_minor: int
    currency: str
    made_at: datetime
    state: str = "created"
    fee_minor: int = 0
    outcome: str = ""
    agreed: bool = False
    saves: bool = False
    token: str = ""
    # The gateway itself said that it failed, and it was paid after all.
    said_failed: bool = False
    captured_at: datetime | None = None
    refunds: list["Refund"] = field(default_factory=list)
    disputes: list["Dispute"] = field(default_factory=list)

    @property
    def debit(self) -> bool:
        return self.method in ("sim_debit", "sim_direct")

    @property
    def given_back_minor(self) -> int:
        return sum(each.amount_minor for each in self.refunds if each.state == "succeeded")

    @property
    def left_minor(self) -> int:
        """What may still be given back or disputed."""
        if self.state != "succeeded":
            return 0
        taken = sum(each.amount_minor for each in self.refunds if each.state != "failed")
        return self.amount_minor - taken - sum(each.amount_minor for each in self.disputes if each.held)

    @property
    def lost_minor(self) -> int:
        return sum(each.amount_minor for each in self.disputes if each.state == "lost")

    @property
    def held_minor(self) -> int:
        """What of it stands in the balance."""
        gross = self.amount_minor if self.state == "succeeded" else 0
        disputed = sum(each.fee_minor + (each.amount_minor if each.held else 0) for each in self.disputes)
        return gross - self.fee_minor - self.given_back_minor - disputed


@dataclass
class Refund:
    """`key` is what it was asked for with; "": made in the gateway's own pages."""

    id: str
    charge_id: str
    key: str
    amount_minor: int
    currency: str
    made_at: datetime
    state: str = "processing"


@dataclass
class Dispute:
    id: str
    charge_id: str
    amount_minor: int
    currency: str
    state: str
    fee_minor: int = 0

    @property
    def held(self) -> bool:
        return self.state in ("needs_response", "under_review", "lost")


@dataclass
class Payout:
    id: str
    amount_minor: int
    currency: str
    made_at: datetime
    arrives_on: date
    state: str = "processing"


@dataclass(frozen=True)
class Told:
    """One entry of the gateway's own list of events."""

    id: str
    type: str
    about: str
    object_id: str
    at: datetime

    def json(self) -> Mapping[str, str]:
        return {
            "id": self.id, "type": self.type, "about": self.about, "object": self.object_id,
            "at": self.at.isoformat(),
        }  # fmt: skip
