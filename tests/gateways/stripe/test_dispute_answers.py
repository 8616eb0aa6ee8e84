"""An answer to a dispute as Stripe is sent it: fields, documents, once."""

import uuid

import pytest

from almoner.charities.models import Charity
from almoner.payments import gateways
from almoner.payments.gateways.port import (
    AnswerLost,
    Contests,
    DisputeStatus,
    Evidence,
    EvidenceFile,
    Refused,
)
from tests.gateways.stripe.walk import give
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db
SAID = Evidence(
    key=str(uuid.uuid4()),
    text="We have known Ada for years.",
    facts={
        "customer_name": "Ada Nguyễn", "customer_email": "ada@example.org", "earlier_gifts": "3 since May",
        "product_description": "A donation of 50.00", "service_date": "26 November 2026",
    },
    receipt=EvidenceFile("receipt-7.pdf", "application/pdf", b"%PDF-1.7 the receipt"),
    files=(EvidenceFile("letter.png", "image/png", b"PNG a letter"),),
)  # fmt: skip


def disputed(charity: Charity, stripe: StripeServer) -> str:
    return str(stripe.state.open_dispute(give(charity).gateway_id or "")["id"])


def contesting() -> Contests:
    gateway = gateways.gateway("stripe")
    assert isinstance(gateway, Contests)
    return gateway


def test_what_is_known_and_the_documents_are_submitted_at_once(
    charity: Charity, stripe: StripeServer
) -> None:
    dispute_id = disputed(charity, stripe)
    answer = contesting().submit_evidence(dispute_id, SAID)
    assert answer.status == DisputeStatus.UNDER_REVIEW
    receipt, letter = stripe.state.files
    assert stripe.state.find(dispute_id)["evidence"] == {
        "customer_name": "Ada Nguyễn", "customer_email_address": "ada@example.org",
        "product_description": "A donation of 50.00", "service_date": "26 November 2026",
        "uncategorized_text": "We have known Ada for years.\n\nEarlier gifts: 3 since May",
        "receipt": receipt, "customer_communication": letter,
    }  # fmt: skip
    assert "receipt-7.pdf" in stripe.state.files[receipt]
    with pytest.raises(Refused):
        contesting().submit_evidence(dispute_id, SAID)


def test_what_is_given_up_is_lost(charity: Charity, stripe: StripeServer) -> None:
    dispute_id, key = disputed(charity, stripe), str(uuid.uuid4())
    stripe.fault("drop_answer", "POST /v1/disputes/.*/close$")
    with pytest.raises(AnswerLost):
        contesting().accept_dispute(dispute_id, key=key)
    assert contesting().accept_dispute(dispute_id, key=key).status == DisputeStatus.LOST
