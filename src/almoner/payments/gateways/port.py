"""The port that every way of paying implements: cards, wallets, direct debits, bank transfers, and the sandbox.

A gateway creates an object, then confirms it; everything it says comes back as an `Answer`, which `payments.progress`
turns into a move of the attempt. A gateway writes nothing to our database and is never called inside a transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Status(StrEnum):
    """What a gateway says of its object."""

    CREATED = "created"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    AWAITING = "awaiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class Decline(StrEnum):
    """Why a payment was declined, as far as a donor may be told. All that would help a card tester is GENERIC."""

    EXPIRED_CARD = "expired_card"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    AUTHENTICATION = "authentication"
    # The donor's bank took it back for them, after it had been paid.
    DISPUTED = "disputed"
    GENERIC = "generic"


class GatewayError(Exception):
    """The gateway could not do what was asked. Whether to ask again is part of the type; `answered`, whether it said
    anything at all."""

    answered = False


class AnswerLost(GatewayError):
    """Time-out, reset or a 5xx: it may have been done. Ask for the object; never take it for a failure."""


class TryLater(GatewayError):
    """Refused for now, and surely not done (429, maintenance). `after_seconds` is how long it asks us to wait, if it
    said so."""

    def __init__(self, why: str = "", *, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


class Refused(GatewayError):
    """Refused for good, and surely not done: wrong currency, unknown object, bad credentials."""


class TooLate(Refused):
    """The day that was asked for can't be kept any more; a later one can."""


class SignatureInvalid(GatewayError):
    """A webhook that the gateway did not sign, or that is too old. Nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay as a donor sees it. `code` is unique among all gateways."""

    code: str
    kind: str  # card, debit, wallet, transfer
    hosted: bool = False  # paid on the gateway's own page, at the top level
    # The gateway's own script shows its fields in our page (`Gateway.page_script`).
    in_page: bool = False
    # That script can also show wallets' own buttons (Apple Pay, Google Pay), which tell who pays.
    wallets: bool = False
    # It can be charged again without the donor: what a regular gift needs.
    repeats: bool = False
    # The donor can agree to it without paying: its gateway is one that `SetsUp`.
    sets_up: bool = False
    # None: all. A method is offered only where its money is.
    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    # How many days before each debit the donor must have been told (Bacs 2 working days, SEPA 14 days); 0: none.
    notice_days: int = 0
    notice_in_working_days: bool = False
    # How many bank days before a debit it is asked for, with its day; until the banks have it, it can be taken back.
    # 0: it is asked for on its day, and what comes of that is the gateway's to say.
    lead_days: int = 0
    # Whose holidays its banks keep (`kernel.bankdays`); "": weekends only.
    bank_calendar: str = ""
    # Currency -> the minor units of which its amounts are multiples, where that isn't 1: PayPal takes forints whole.
    steps: Mapping[str, int] = field(default_factory=dict, hash=False)
    # Currency -> the least that it takes, in minor units, where the gateway names one.
    least: Mapping[str, int] = field(default_factory=dict, hash=False)

    def takes(self, amount_minor: int, currency: str) -> bool:
        """Whether this amount is neither too small for it nor a fraction that it doesn't know."""
        return amount_minor >= self.least.get(currency, 1) and not amount_minor % self.steps.get(currency, 1)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do, so that a form offers nothing else. `currencies` None means all."""

    methods: tuple[Method, ...]
    currencies: frozenset[str] | None = None
    refunds: bool = True
    partial_refunds: bool = True
    # No machine behind it: people move the money, and what they record is the truth.
    by_hand: bool = False
    sandbox: bool = False
    # For how long the same key again surely makes nothing new.
    keys_last: timedelta = timedelta(hours=24)
    # Offered to nobody new, by this installation's settings: plans that began with them go on as they were promised.
    former: tuple[Method, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What to create. `key` is the attempt's identifier: the idempotency key of this object and all done to it.

    `input` is for `confirm`: a create that is repeated by a sweep has none, and must send the same body all the same.
    """

    key: str
    amount_minor: int
    currency: str
    method: str
    description: str
    reference: str
    return_url: str
    language: str
    # What the payment step sent for this gateway: a token of its page, the sandbox's outcome. Never a card number.
    input: Mapping[str, str] = field(default_factory=dict)
    # The first payment of a plan: what pays it is kept at the gateway, to be charged again.
    save_method: bool = False
    # A later payment of a plan: the token to charge (`SavedMethod.token`). The donor isn't there.
    saved_method: str = ""
    # The day on which an account is to be debited, as its owner was told; None: as soon as may be.
    charge_on: date | None = None
    # For the gateway's own pages and mandates. Personal data: sent, and never kept here.
    payer: "Payer | None" = None


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as they typed it. `country` is of ISO 3166, `address` as `PostalAddress.to_dict()`."""

    given_name: str
    family_name: str
    email: str
    country: str = ""
    address: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """What can be charged again. `token` is the gateway's own, for it alone; `label` for people: "Visa ···· 4242"."""

    token: str
    kind: str
    label: str
    expires: str = ""  # "2028-12", for cards
    # False: expired, cancelled at the bank, or the mandate is no longer in force.
    usable: bool = True
    # The first day on which a new charge of it can fall, where the gateway says so: mandates have notice periods.
    next_charge_on: date | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """What the donor has to do: `kind` redirect (go to `url` at the top level) or in_page (the gateway's script)."""

    kind: str
    url: str = ""
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The state of a gateway's object. Amounts are in minor units of `currency`; `fee_minor` is what it kept in all,
    what it took for a return included."""

    gateway_id: str
    status: Status
    amount_minor: int
    currency: str
    fee_minor: int = 0
    next_action: NextAction | None = None
    decline: Decline | None = None
    # A decline that must never be tried again with this method: lost, stolen, closed, revoked.
    final: bool = False
    refunded_minor: int = 0
    saved: SavedMethod | None = None
    # The donor has agreed elsewhere, and `confirm` may now take the money. Of an attempt that is no longer open nobody
    # asks for it: so what was cancelled here is never taken, however late the donor agrees.
    agreed: bool = False
    # `fee_minor` is surely all that was kept by now: what differs from what is booked is booked. A gateway that learns
    # its fee late (when it pays out) says so; one that can't tell leaves the fee alone.
    fee_known: bool = False
    # The order's key that it was made with; "": somebody else made it. None where the gateway doesn't tell.
    key: str | None = None
    # A method that this one charge left behind at the gateway, such as a mandate: nobody asked for it to be kept, so it
    # is forgotten (`Gateway.forget_method`) once the charge is over. "": none.
    left_over: str = ""
    # The day on which the account is debited, where the gateway says so.
    charge_on: date | None = None
    # When the object was made, where the gateway says so.
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetUpOrder:
    """A method to be saved without a payment. `key` names it at the gateway, and is minted before it is asked."""

    key: str
    currency: str
    method: str
    reference: str
    return_url: str
    language: str
    # What is charged today (`SavedMethod.token`), where it is of the same gateway: the new one gets the same owner.
    old_token: str = ""
    payer: Payer | None = None


@dataclass(frozen=True, slots=True)
class SetUpAnswer:
    """`status` is one of ACTION_REQUIRED, PROCESSING, SUCCEEDED, FAILED (the bank or the gateway refused what the donor
    gave) and CANCELLED; `saved` is there once it SUCCEEDED."""

    gateway_id: str
    status: Status
    next_action: NextAction | None = None
    saved: SavedMethod | None = None
    key: str = ""
    # The donor has agreed, and nothing is saved before `finish_set_up`. Of a set-up that is over nobody asks for it.
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """`status` is one of PROCESSING, SUCCEEDED and FAILED. `key` is what it was asked for with; "": made there."""

    gateway_id: str
    status: Status
    amount_minor: int
    currency: str
    key: str = ""


class DisputeStatus(StrEnum):
    INQUIRY = "inquiry"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


@dataclass(frozen=True, slots=True)
class DisputeAnswer:
    """A charge that the donor's bank questions. `fee_minor` is what the gateway keeps for it."""

    gateway_id: str
    charge_id: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    reason: str
    fee_minor: int = 0
    respond_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A PDF, JPEG or PNG. `content_type` as HTTP has it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a charity says to a dispute. `facts` by name, as far as they are known: customer_name, customer_email,
    billing_address, product_description, service_date, receipt_number, authentication, earlier_gifts, correspondence.
    Personal data: sent, and never logged."""

    key: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict)
    receipt: EvidenceFile | None = None
    files: tuple[EvidenceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PayoutAnswer:
    """Money on its way to the charity's bank. `status` is one of PROCESSING, SUCCEEDED, FAILED and CANCELLED."""

    gateway_id: str
    status: Status
    amount_minor: int
    currency: str
    arrives_on: date
    created_at: datetime
    # What the bank's statement will show of it, where the gateway says so.
    reference: str = ""


class About(StrEnum):
    """What an event is a reason to look at."""

    CHARGE = "charge"  # and its refunds
    DISPUTE = "dispute"
    PAYOUT = "payout"
    # A saved method that was updated, expired or revoked, such as a mandate.
    METHOD = "method"
    # A method that is saved without a payment: by the key that it was asked for with, or by its name at the gateway.
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A reason to look at `object_id`, and no fact by itself."""

    account: str
    event_id: str
    event_type: str
    object_id: str
    created_at: datetime
    about: About = About.CHARGE


@dataclass(frozen=True, slots=True)
class PageScript:
    """What the payment step loads for a method that is paid in our page: the gateway's script, what it is told (a
    publishable key and the like), and the sources its policy must allow."""

    url: str
    settings: Mapping[str, str]
    script_sources: tuple[str, ...]
    frame_sources: tuple[str, ...]
    connect_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with how a gateway is set up. `code` picks the words that staff read: wrong_mode, bad_key,
    wrong_version, missing_setting, no_webhook, webhook_elsewhere, webhook_disabled, webhook_failing,
    webhook_missing_events, missing_capability, wrong_account, unreachable, busy. `detail` is what it is about, such as
    the address found."""

    code: str
    detail: str = ""


def mode_problems(*, live: bool, expected: bool, told_by: str) -> list[Problem]:
    """Whether real money moves where none should, or none where it should. `told_by` names the setting that decides."""
    if live == expected:
        return []
    return [Problem("wrong_mode", f"{told_by} is {'live' if live else 'for tests'}")]


def away(error: GatewayError) -> Problem:
    """The gateway could not be asked: it was not reached, or it could not answer."""
    return Problem("busy", str(error)) if error.answered else Problem("unreachable")


class Gateway(Protocol):
    """All calls may raise `AnswerLost`, `TryLater` or `Refused`, and are bounded by a time-out of their own."""

    code: str
    account: str

    def capabilities(self) -> Capabilities: ...

    def create(self, order: Order) -> Answer:
        """Make the object, unconfirmed. The same key again returns the same object."""
        ...

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        """Take the money, or say what the donor has to do first."""
        ...

    def retrieve(self, gateway_id: str) -> Answer: ...

    def cancel(self, gateway_id: str) -> Answer:
        """Make sure that it can't be paid any more. If it was paid first, the answer says SUCCEEDED; a debit that the
        banks have already is still PROCESSING."""
        ...

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        """Give back. The same key again gives nothing more, while the gateway remembers keys: see `find_refund`."""
        ...

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer: ...

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        """The refund of a charge that was asked for with `key`, found among what the gateway holds, however old. Each
        refund carries its key as metadata, for idempotency keys are forgotten."""
        ...

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        """Every refund of a charge, those made in the gateway's dashboard too."""
        ...

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        """Verify the raw body's signature and read all that it tells; raises `SignatureInvalid`."""
        ...

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        """All that happened at the gateway since then, oldest first, whether or not a webhook brought it."""
        ...

    def balance(self) -> Mapping[str, int]:
        """What the gateway holds of ours, available and pending, in minor units by currency."""
        ...

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        """Every object the gateway holds, for `almoner prove`; with `since` those that were made from then on, and
        maybe more."""
        ...

    def retrieve_method(self, token: str) -> SavedMethod:
        """A saved method as it is now: cards are renewed by their banks, mandates revoked at theirs."""
        ...

    def forget_method(self, token: str) -> None:
        """Make sure that it can't be charged any more. One that is gone already is no error."""
        ...

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer: ...

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        """Payouts that were made, changed or failed since then, oldest first."""
        ...

    def page_script(self) -> PageScript | None:
        """None when no method of it is paid in our page."""
        ...

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        """Whether it is set up as it must be; asks the gateway. `webhook_url` is where its webhooks should go."""
        ...


@runtime_checkable
class Finds(Protocol):
    """A gateway that lists what it holds by our own keys, after it has forgotten them as idempotency keys."""

    def find_charge(self, key: str, *, since: datetime) -> Answer | None:
        """The charge with this key whose money moved since then; None: there is none, or it isn't listed yet."""
        ...


@runtime_checkable
class SetsUp(Protocol):
    """A gateway that can save a method without a payment. Errors as with all calls of a `Gateway`."""

    def set_up(self, order: SetUpOrder) -> SetUpAnswer:
        """Make the page on which the donor agrees. The same key again returns the same page."""
        ...

    def retrieve_set_up(self, gateway_id: str) -> SetUpAnswer: ...

    def finish_set_up(self, gateway_id: str, *, key: str) -> SetUpAnswer:
        """Save what the donor agreed to, where the gateway waits for our word (`SetUpAnswer.agreed`). The same again
        saves nothing more, however late."""
        ...

    def cancel_set_up(self, gateway_id: str) -> SetUpAnswer:
        """Make sure that nobody agrees to it any more. If somebody did first, the answer says so."""
        ...


@runtime_checkable
class Contests(Protocol):
    """A gateway that takes answers to disputes from here. Errors as with all calls of a `Gateway`; of others staff
    answer in the gateway's own pages."""

    def submit_evidence(self, gateway_id: str, evidence: Evidence) -> DisputeAnswer:
        """Answer, once and for all: what is sent later is not read. A dispute that takes no answer is `Refused`."""
        ...

    def accept_dispute(self, gateway_id: str, *, key: str) -> DisputeAnswer:
        """Give it up: it is lost at once, and the money stays with the donor."""
        ...
