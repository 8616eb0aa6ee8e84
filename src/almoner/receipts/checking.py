"""Whether a receipt is ours, unaltered, and still holds."""

import json
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from almoner.receipts.models import Receipt, ReceiptSeal, SigningKeyRecord, status_of
from almoner.receipts.signing import signing_keys, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the public may know. `intact` is None while the document is still to be made, and so unsigned."""

    status: Receipt.Status
    charity: str
    fund: str
    given_on: date
    issued_on: date
    replaced_by: str
    intact: bool | None
    practice: bool
    facts: str
    key_id: str
    signature: str

    @property
    def holds(self) -> bool:
        return self.status == Receipt.Status.VALID and self.intact is not False


def verdict_of(receipt: Receipt) -> Verdict:
    """Needs the rows of `sealing.with_rows`."""
    newest = Receipt.objects.filter(gift=receipt.gift_id).order_by("-turn").first()
    assert newest is not None
    status = status_of(receipt, newest_turn=newest.turn)
    seal = ReceiptSeal.objects.filter(receipt=receipt.pk).first()
    zone = ZoneInfo(receipt.gift.charity.timezone)
    signed = json.loads(seal.facts) if seal is not None else {}
    return Verdict(
        status=status,
        charity=signed.get("charity") or receipt.gift.charity.legal_name,
        fund=signed.get("fund") or receipt.gift.fund.endorsed_name or receipt.gift.fund.name,
        given_on=_day(signed.get("date")) or receipt.given_at.astimezone(zone).date(),
        issued_on=_day(signed.get("issued")) or receipt.issued_at.astimezone(zone).date(),
        replaced_by=newest.shown_number if status == Receipt.Status.REPLACED else "",
        intact=intact(receipt, seal, known_keys()) if seal is not None else None,
        practice=bool(signed.get("practice")),
        facts=seal.facts if seal is not None else "",
        key_id=seal.key_id if seal is not None else "",
        signature=seal.signature if seal is not None else "",
    )


def intact(receipt: Receipt, seal: ReceiptSeal, keys: dict[str, str]) -> bool:
    """Whether the signature holds, and the row says what was signed."""
    public = keys.get(seal.key_id)
    if public is None or not verify(seal.facts.encode(), seal.signature, public=public):
        return False
    signed = json.loads(seal.facts)
    says = (signed["number"], signed["amount_minor"], signed["currency"])
    return bool(says == (receipt.shown_number, receipt.amount_minor, receipt.currency))


def known_keys() -> dict[str, str]:
    """Key id -> public key (base64): all that ever signed here, and those of the settings."""
    recorded = dict(SigningKeyRecord.objects.order_by("first_used_at").values_list("key_id", "public"))
    return recorded | {key.key_id: key.public for key in signing_keys()}


def public_keys() -> list[dict[str, str]]:
    """As JSON Web Keys have them: `kid`, and `x` in base64url without padding."""
    return [
        {"kid": key_id, "x": public.rstrip("=").replace("+", "-").replace("/", "_")}
        for key_id, public in known_keys().items()
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
