"""A donor whose every word is a canary: looked for in all that is append-only, and in all that outlives an erasure."""

from collections.abc import Callable
from typing import Any

from almoner.charities.models import AuditEntry, Charity
from almoner.giving import actions
from almoner.kernel.clock import now
from almoner.kernel.references import new_uuid
from almoner.ledger.models import Posting
from almoner.outbox.models import Job
from almoner.payments.models import Event, RefundEvent
from almoner.receipts import desk, erasing
from almoner.receipts.models import (
    Receipt,
    ReceiptCancellation,
    ReceiptDelivery,
    ReceiptFile,
    ReceiptPerson,
    ReceiptSeal,
)
from almoner.receipts.tests.conftest import Give, chain
from almoner.receipts.tests.paper import text_of
from almoner.supporters import people
from almoner.supporters.models import Consent

ADDRESS = {
    "country": "AU", "line1": "77 Canary Lane", "line2": "", "dependent_locality": "", "locality": "Sydney",
    "region": "NSW", "postcode": "2000", "sorting_code": "", "origin": "typed", "source": "", "release": "",
}  # fmt: skip
# No person of these may be erased, and most of them nobody can change.
KEPT = (
    Event, RefundEvent, Posting, AuditEntry, Consent, Receipt, ReceiptCancellation, ReceiptSeal, ReceiptDelivery, Job,
)  # fmt: skip


def _live(give: Give, work: Callable[[], int], charity: Charity, staff: Any) -> Any:
    """A gift to which happens all that staff can do to it."""
    gift = give(
        name="Canary Kanarienvogel", email="canary@example.org", address=ADDRESS, note="Canary called"
    )
    asked = people.wording(charity.pk, channel="email", basis="consent", text="May we write?", at=now())
    answers = {asked.pk: ("email", True)}
    people.record_consents(gift.contact, answers, source="form canary-free", at=now())
    work()
    desk.resend(gift_id=gift.pk, asked=new_uuid(), actor=staff)
    desk.reissue(gift_id=gift.pk, replacing=chain(gift)[0].pk, actor=staff)
    work()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked by phone", actor=staff)
    work()
    return gift


def test_personal_data_nothing_personal_stands_in_what_is_kept(
    give: Give, work: Callable[[], int], charity: Charity, staff: Any
) -> None:
    _live(give, work, charity, staff)
    assert "77 Canary Lane" in text_of(bytes(ReceiptFile.objects.earliest("pk").pdf))
    for model in KEPT:
        rows = list(model._default_manager.values())
        assert rows, f"{model.__name__}: an empty table proves nothing"
        text = repr(rows).lower().replace("canary-free", "")
        assert "canary" not in text, model.__name__
        assert "kanarien" not in text, model.__name__


def test_personal_data_erasing_leaves_no_name_with_the_receipts(
    give: Give, work: Callable[[], int], charity: Charity, staff: Any
) -> None:
    gift = _live(give, work, charity, staff)
    assert "Kanarienvogel" in repr(list(ReceiptPerson.objects.values()))
    erasing.erase([gift.pk])
    assert not ReceiptFile.objects.exists()
    assert "anari" not in repr(list(ReceiptPerson.objects.values()))
    assert "anary" not in repr(list(ReceiptPerson.objects.values()))
