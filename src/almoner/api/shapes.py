"""What goes out, as other systems see it: amounts in minor units of their currency, moments in UTC, dates where the
charity is. A field is only ever added in this version."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from almoner.charities.phrases import plain
from almoner.giving.models import DonationForm, Gift
from almoner.payments.models import Refund
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt
from almoner.supporters.models import Contact


class FundOut(Schema):
    code: str
    name: str


class WordsOut(Schema):
    """What is said of a form in one language; "" and no fund where nobody said it there: donors find the form's own."""

    title: str
    intro: str
    funds: list[FundOut]


class FormOut(Schema):
    """`languages`: what is said of it in others than its own, `language`."""

    slug: str
    numbers: list[int]
    title: str
    intro: str
    active: bool
    currencies: list[str]
    frequencies: list[str]
    minimum_minor: int
    maximum_minor: int
    goal_minor: int | None
    funds: list[FundOut]
    language: str
    languages: dict[str, WordsOut]

    @classmethod
    def of(cls, form: DonationForm, *, language: str, said: Mapping[str, Mapping[str, str]]) -> "FormOut":
        """Its numbers and funds are prefetched. `said`: the words of its charity, whose own language is `language`."""
        funds = [FundOut(code=each.fund.code, name=each.fund.name) for each in form.form_funds.all()]
        return cls(
            slug=form.slug,
            numbers=sorted(each.number for each in form.numbers.all()),
            title=form.title,
            intro=form.intro,
            active=form.active,
            currencies=form.currencies.split(),
            frequencies=form.frequencies.split(),
            minimum_minor=form.minimum_minor,
            maximum_minor=form.maximum_minor,
            goal_minor=form.goal_minor,
            funds=funds,
            language=language,
            languages=_in_languages(form, funds, said),
        )


def _in_languages(
    form: DonationForm, funds: list[FundOut], said: Mapping[str, Mapping[str, str]]
) -> dict[str, WordsOut]:
    """Those in which anything of the form is said."""
    found = {}
    for language, texts in said.items():
        words = WordsOut(
            title=texts.get(plain(form.title), ""),
            intro=texts.get(plain(form.intro), ""),
            funds=[
                FundOut(code=each.code, name=text) for each in funds if (text := texts.get(plain(each.name)))
            ],
        )
        if words.title or words.intro or words.funds:
            found[language] = words
    return found


class PersonOut(Schema):
    """What a person typed. `supporter` is null for one who gave no email address before."""

    supporter: int | None
    given_name: str
    family_name: str
    organisation: str
    email: str
    phone: str
    address: dict[str, Any] | None
    language: str
    bounced_at: datetime | None
    erased_at: datetime | None

    @classmethod
    def of(cls, contact: Contact) -> "PersonOut":
        return cls(
            supporter=contact.supporter_id,
            given_name=contact.given_name,
            family_name=contact.family_name,
            organisation=contact.organisation,
            email=contact.email,
            phone=contact.phone,
            address=contact.address,
            language=contact.language,
            bounced_at=contact.bounced_at,
            erased_at=contact.erased_at,
        )


class SourceOut(Schema):
    story_title: str = ""
    appeal: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    referrer_host: str = ""


class TributeOut(Schema):
    kind: str
    name: str


class GiftOut(Schema):
    """`person`, `message` and `tribute` are null unless the token may read people (supporters:read)."""

    id: UUID
    reference: str
    status: str
    channel: str
    currency: str
    amount_minor: int
    cover_minor: int
    total_minor: int
    settled_minor: int | None
    refunded_minor: int
    fund: str
    form: str | None
    frequency: str
    plan: str | None
    period_on: date | None
    given_at: datetime
    settled_at: datetime | None
    anonymous: bool
    flag: str
    benefit_minor: int | None
    source: SourceOut
    supporter: int | None
    person: PersonOut | None
    message: str | None
    tribute: TributeOut | None

    @classmethod
    def of(cls, gift: Gift, *, people: bool) -> "GiftOut":
        """Its fund, form, plan, source and contact are joined."""
        source = getattr(gift, "source", None)
        return cls(
            id=gift.pk,
            reference=gift.reference,
            status=gift.status,
            channel=gift.channel,
            currency=gift.currency,
            amount_minor=gift.amount_minor,
            cover_minor=gift.cover_minor,
            total_minor=gift.total_minor,
            settled_minor=gift.settled_minor,
            refunded_minor=gift.refunded_minor,
            fund=gift.fund.code,
            form=gift.form.slug if gift.form is not None else None,
            frequency=gift.frequency,
            plan=gift.plan.reference if gift.plan is not None else None,
            period_on=gift.period_on,
            given_at=gift.given_at,
            settled_at=gift.settled_at,
            anonymous=gift.anonymous,
            flag=gift.flag,
            benefit_minor=gift.benefit_minor,
            source=SourceOut(**{name: getattr(source, name, "") for name in SourceOut.model_fields}),
            supporter=gift.contact.supporter_id,
            person=PersonOut.of(gift.contact) if people else None,
            message=gift.message if people else None,
            tribute=TributeOut(kind=gift.tribute_kind, name=gift.tribute_name)
            if people and gift.tribute_kind
            else None,
        )


class PlanOut(Schema):
    """`every` in months. `method_label` is what its donor sees, such as "Visa ···· 4242"; no token of a gateway's ever
    leaves here. `person` as in a gift."""

    id: UUID
    reference: str
    state: str
    currency: str
    amount_minor: int
    cover_minor: int
    every: int
    day: int
    next_on: date | None
    resume_on: date | None
    ends_on: date | None
    ends_after: int | None
    given_count: int
    fund: str
    gateway: str
    method: str
    method_label: str
    method_expires: str
    method_usable: bool
    decline_code: str
    retry_at: datetime | None
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    supporter: int | None
    person: PersonOut | None

    @classmethod
    def of(cls, plan: Plan, *, people: bool) -> "PlanOut":
        """Its fund and contact are joined."""
        names = (
            "reference", "state", "currency", "amount_minor", "cover_minor", "every", "next_on", "resume_on", "ends_on",
            "ends_after", "given_count", "gateway", "method", "method_label", "method_expires", "method_usable",
            "decline_code", "retry_at", "created_at", "updated_at", "cancelled_at", "cancel_reason",
        )  # fmt: skip
        return cls(
            id=plan.pk,
            day=plan.anchor.day,
            fund=plan.fund.code,
            supporter=plan.contact.supporter_id,
            person=PersonOut.of(plan.contact) if people else None,
            **{name: getattr(plan, name) for name in names},
        )


class ConsentOut(Schema):
    """The newest answer of a person for one channel."""

    channel: str
    granted: bool
    at: datetime
    source: str


class SupporterOut(Schema):
    """A person as this charity knows them. `newest` is what they typed last; null of one who was erased before."""

    id: int
    name: str
    created_at: datetime
    erased_at: datetime | None
    newest: PersonOut | None
    consents: list[ConsentOut]


class ReceiptOut(Schema):
    """`pdf` and `check` are the addresses that the donor has: whoever knows one may open it."""

    number: int
    shown_number: str
    gift: str
    status: str
    cancelled_for: str
    amount_minor: int
    currency: str
    language: str
    given_at: datetime
    issued_at: datetime
    pdf: str
    check: str

    @classmethod
    def of(cls, receipt: Receipt, *, status: str, pdf: str, check: str) -> "ReceiptOut":
        """Its gift and its cancellation are joined."""
        cancellation = getattr(receipt, "cancellation", None)
        return cls(
            number=receipt.number,
            shown_number=receipt.shown_number,
            gift=receipt.gift.reference,
            status=status,
            cancelled_for=cancellation.reason if cancellation is not None else "",
            amount_minor=receipt.amount_minor,
            currency=receipt.currency,
            language=receipt.language,
            given_at=receipt.given_at,
            issued_at=receipt.issued_at,
            pdf=pdf,
            check=check,
        )


class RefundOut(Schema):
    """`state` is "succeeded", "failed", or a word for one whose gateway has not said yet."""

    id: UUID
    gift: str
    amount_minor: int
    currency: str
    state: str
    created_at: datetime

    @classmethod
    def of(cls, refund: Refund, gift: Gift) -> "RefundOut":
        return cls(
            id=refund.pk,
            gift=gift.reference,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            state=refund.state,
            created_at=refund.created_at,
        )
