"""Making a receipt's document: once. Its facts are gathered, signed and typeset, and the bytes are kept."""

import hashlib
import secrets
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import translation

from almoner.addresses.countries import CountryUnknown
from almoner.addresses.postal import AddressMalformed, PostalAddress, format_lines
from almoner.charities.models import Charity, Fund
from almoner.giving.wording import method_name
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.receipts.facts import (
    Benefit,
    CharityFacts,
    DonorFacts,
    FundFacts,
    ReceiptFacts,
    TaxNumber,
    canonical_bytes,
)
from almoner.receipts.links import check_path, site_of
from almoner.receipts.models import (
    Receipt,
    ReceiptFile,
    ReceiptPerson,
    ReceiptSeal,
    SigningKeyRecord,
    shown_number,
)
from almoner.receipts.signing import Signature, SigningKey, signing_keys
from almoner.receipts.typesetting import RenderedReceipt, render_pdf
from almoner.receipts.wording import offline_method_name
from almoner.supporters.models import Contact


class DocumentErased(LookupError):
    """The document was erased with its donor's data. The number, the amount and the check remain."""


def document(receipt: Receipt) -> bytes:
    """The receipt's PDF, made at the first call. Raises `DocumentErased` or `CannotTypeset`.

    Two who ask at once may both typeset it; one of the two is kept, and both get that one.
    """
    kept = _kept(receipt)
    if kept is not None:
        return kept
    crash_point("receipt.before-render")
    facts = facts_of(receipt)
    key = signing_keys()[0]
    signature = key.sign(canonical_bytes(facts))
    rendered = render_pdf(facts, signature)
    crash_point("receipt.before-keep")
    try:
        _keep(receipt, facts, key, signature, rendered)
    except IntegrityError:
        kept = _kept(receipt)
        if kept is None:
            raise
        return kept
    crash_point("receipt.after-keep")
    return rendered.pdf


def facts_of(receipt: Receipt) -> ReceiptFacts:
    """What the receipt says, gathered from the rows as they stand now, with a fresh salt."""
    gift = receipt.gift
    zone = ZoneInfo(gift.charity.timezone)
    with translation.override(receipt.language):
        return ReceiptFacts(
            number=receipt.shown_number,
            replaces=replaced_number(receipt),
            benefit=Benefit(description=gift.benefit, value_minor=gift.benefit_minor)
            if gift.benefit_minor
            else None,
            charity=_charity(gift.charity),
            fund=_fund(gift.fund),
            donor=_donor(gift.contact),
            amount_minor=receipt.amount_minor,
            currency=receipt.currency,
            given_on=receipt.given_at.astimezone(zone).date(),
            issued_on=receipt.issued_at.astimezone(zone).date(),
            method=method_words(receipt.attempt.method),
            check_url=site_of(gift.charity) + check_path(receipt.token),
            salt=secrets.token_bytes(16),
            language=receipt.language,
            practice=receipt.attempt.gateway == "sandbox",
        )


def with_rows(receipt_id: int) -> Receipt:
    """A receipt with the rows that its document and its mails need."""
    return Receipt.objects.select_related(
        "gift__charity", "gift__fund", "gift__contact", "gift__form", "cancellation"
    ).get(pk=receipt_id)


def replaced_number(receipt: Receipt) -> str:
    """The number of the receipt that this one replaces, as printed; "" for a first one."""
    if receipt.turn == 1:
        return ""
    before = Receipt.objects.filter(gift=receipt.gift_id, turn=receipt.turn - 1)
    return shown_number(before.values_list("number", flat=True).get())


def method_words(code: str) -> str:
    """How the gift was made, in the active language."""
    return offline_method_name(code) or method_name(code)


def _kept(receipt: Receipt) -> bytes | None:
    pdf = ReceiptFile.objects.filter(receipt=receipt.pk).values_list("pdf", flat=True).first()
    if pdf is not None:
        return bytes(pdf)
    _refuse_erased(receipt)
    return None


def _refuse_erased(receipt: Receipt) -> None:
    if ReceiptPerson.objects.filter(receipt=receipt.pk, erased_at__isnull=False).exists():
        raise DocumentErased(receipt.shown_number)


def _keep(
    receipt: Receipt, facts: ReceiptFacts, key: SigningKey, signature: Signature, rendered: RenderedReceipt
) -> None:
    at = now()
    with transaction.atomic():
        # `erasing.erase` locks the same row: a name that was gathered before it must not come back after it.
        Receipt.objects.select_for_update(no_key=True).filter(pk=receipt.pk).values_list("pk").get()
        _refuse_erased(receipt)
        SigningKeyRecord.objects.bulk_create(
            [SigningKeyRecord(key_id=key.key_id, public=key.public, first_used_at=at)], ignore_conflicts=True
        )
        ReceiptSeal.objects.create(
            receipt=receipt,
            facts=canonical_bytes(facts).decode(),
            key_id=signature.key_id,
            signature=signature.value,
            wording=rendered.wording,
            pdf_sha256=hashlib.sha256(rendered.pdf).hexdigest(),
            transliterated=rendered.transliterated,
            at=at,
        )
        ReceiptPerson.objects.create(
            receipt=receipt,
            name=facts.donor.name,
            address_lines=list(facts.donor.address_lines),
            salt=facts.salt.hex(),
        )
        ReceiptFile.objects.create(receipt=receipt, pdf=rendered.pdf)


def _charity(charity: Charity) -> CharityFacts:
    return CharityFacts(
        legal_name=charity.legal_name,
        name=charity.name,
        country=charity.country,
        address_lines=tuple(charity.address_lines.splitlines()),
        tax_numbers=tuple(TaxNumber(row["label"], row["value"]) for row in charity.tax_numbers),
        email=charity.email,
        phone=charity.phone,
        website=charity.website,
        logo=charity.logo_svg.encode() or None,
        colour=charity.colour_primary,
        accent=charity.colour_accent,
    )


def _fund(fund: Fund) -> FundFacts:
    return FundFacts(
        name=fund.name,
        deductible=fund.deductible,
        endorsed_name=fund.endorsed_name,
        endorsed_abn=fund.endorsed_abn,
    )


def _donor(contact: Contact) -> DonorFacts:
    if contact.erased_at is not None:
        return DonorFacts(name="")
    return DonorFacts(name=contact.name, address_lines=tuple(_address_lines(contact)))


def _address_lines(contact: Contact) -> Iterable[str]:
    """As the country writes it. What no country's rules can read is left out: a receipt never sticks on an address."""
    if not contact.address:
        return ()
    try:
        return format_lines(PostalAddress.from_dict(contact.address), with_country=True)
    except (AddressMalformed, CountryUnknown):
        return ()
