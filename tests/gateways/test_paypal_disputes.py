"""An answer to a dispute as PayPal is sent it: which call, what it says, documents, once."""

import uuid
from dataclasses import replace

import pytest

from almoner.payments import gateways
from almoner.payments.gateways.port import (
    AnswerLost,
    Contests,
    DisputeStatus,
    Evidence,
    EvidenceFile,
    Refused,
)
from almoner.payments.models import Attempt
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db
SAID = Evidence(
    key=str(uuid.uuid4()),
    text="We have known Ada for years.",
    facts={"customer_name": "Ada Nguyễn", "receipt_number": "7", "earlier_gifts": "3 since May"},
    receipt=EvidenceFile("receipt-7.pdf", "application/pdf", b"%PDF-1.7 the receipt"),
    files=(EvidenceFile("letter.png", "image/png", b"PNG a letter"),),
)
NOTES = "We have known Ada for years.\n\nDonor: Ada Nguyễn\nReceipt: 7\nEarlier gifts: 3 since May"
FILES = [
    ("receipt-7.pdf", "application/pdf", b"%PDF-1.7 the receipt"),
    ("letter.png", "image/png", b"PNG a letter"),
]


def disputed(paypal: PayPalServer, *takes: str, stage: str = "CHARGEBACK") -> str:
    (capture_id,) = paypal.state.captures
    return str(paypal.state.open_dispute(capture_id, stage=stage, takes=takes)["dispute_id"])


def contesting() -> Contests:
    gateway = gateways.gateway("paypal")
    assert isinstance(gateway, Contests)
    return gateway


@pytest.mark.parametrize(
    ("takes", "said"),
    [
        (("provide-evidence", "provide-supporting-info"), {"evidences": [{"evidence_type": "OTHER", "notes": NOTES}]}),
        (("provide-supporting-info",), {"notes": NOTES}),
    ],
)  # fmt: skip
def test_what_is_known_and_the_documents_go_where_the_dispute_says(
    paid: Attempt, paypal: PayPalServer, takes: tuple[str, ...], said: dict[str, object]
) -> None:
    dispute_id = disputed(paypal, *takes)
    assert contesting().submit_evidence(dispute_id, SAID).status == DisputeStatus.UNDER_REVIEW
    assert paypal.state.answers[dispute_id] == [{**said, "files": FILES}]
    # It shows no link any more.
    with pytest.raises(Refused):
        contesting().submit_evidence(dispute_id, replace(SAID, key=str(uuid.uuid4())))
    assert len(paypal.state.answers[dispute_id]) == 1


def test_a_long_text_is_told_in_several_notes(paid: Attempt, paypal: PayPalServer) -> None:
    dispute_id = disputed(paypal, "provide-evidence")
    contesting().submit_evidence(dispute_id, replace(SAID, text="é" * 4_500, receipt=None, files=()))
    (said,) = paypal.state.answers[dispute_id]
    notes = [each["notes"] for each in said["evidences"]]
    assert [len(each) for each in notes[:2]] == [2_000, 2_000]
    assert "".join(notes).startswith("é" * 4_500 + "\n\nDonor")


def test_an_answer_that_was_lost_is_sent_once(paid: Attempt, paypal: PayPalServer) -> None:
    dispute_id = disputed(paypal, "provide-evidence", "accept-claim")
    paypal.fault("drop_answer", "POST .*/provide-evidence$")
    with pytest.raises(AnswerLost):
        contesting().submit_evidence(dispute_id, SAID)
    assert contesting().retrieve_dispute(dispute_id).status == DisputeStatus.UNDER_REVIEW  # type: ignore[attr-defined]
    assert len(paypal.state.answers[dispute_id]) == 1


def test_what_is_given_up_is_lost(paid: Attempt, paypal: PayPalServer) -> None:
    dispute_id = disputed(paypal, "provide-evidence", "accept-claim")
    assert contesting().accept_dispute(dispute_id, key=str(uuid.uuid4())).status == DisputeStatus.LOST
    assert paypal.state.answers[dispute_id][0]["accept_claim_type"] == "REFUND"
    with pytest.raises(Refused):
        contesting().accept_dispute(dispute_id, key=str(uuid.uuid4()))


@pytest.mark.parametrize(("takes", "stage"), [((), "CHARGEBACK"), (("provide-evidence",), "INQUIRY")])
def test_one_that_takes_no_answer_is_refused(
    paid: Attempt, paypal: PayPalServer, takes: tuple[str, ...], stage: str
) -> None:
    dispute_id = disputed(paypal, *takes, stage=stage)
    with pytest.raises(Refused):
        contesting().submit_evidence(dispute_id, SAID)
    assert dispute_id not in paypal.state.answers
