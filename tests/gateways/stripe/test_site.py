"""What the rest of the site has of Stripe: staff's list of what needs a person, and Apple's file."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice.gifts.story import Story
from almoner.backoffice.gifts.timeline import timeline
from almoner.backoffice.reports.attention import needs
from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.payments.models import Dispute
from tests.gateways.stripe.walk import give, receive
from tests.gateways.walk import work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db

APPLE = "/.well-known/apple-developer-merchantid-domain-association"


def test_staff_are_told_of_a_dispute_and_its_deadline(charity: Charity, stripe: StripeServer) -> None:
    request = RequestFactory().get("/admin/")
    request.user = User.objects.create_superuser("treasurer")
    attempt = give(charity)
    dispute_id = stripe.state.open_dispute(attempt.gateway_id or "")["id"]
    receive(stripe)
    work()
    due = Dispute.objects.get().respond_by
    assert due is not None
    (need,) = [each for each in needs(request) if "question" in each.what]
    assert (need.count, need.what) == ("1", "payment that a donor’s bank questions")
    assert f"by {due:%-d %B}" in need.why
    assert need.url == reverse("backoffice:disputes")
    gift = Gift.objects.select_related("contact", "form").get()
    (told,) = [each for each in timeline(Story(gift)) if "isputed" in each.title]
    assert told.title.startswith("Disputed by the donor’s bank, and taken back for now: $50.00")
    assert told.notes[:2] == ("reason: fraudulent", f"answer by {due:%-d %B %Y}")
    assert "25.00" in told.notes[2]
    assert len(told.books) == 2
    stripe.state.move_dispute(dispute_id, "under_review")
    receive(stripe)
    work()
    assert not [each for each in needs(request) if "question" in each.what]


def test_apples_file_is_served_where_it_is_set(
    client: Client, settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.STRIPE_APPLE_PAY_FILE = None
    assert client.get(APPLE).status_code == 404
    settings.STRIPE_APPLE_PAY_FILE = tmp_path / "association"
    settings.STRIPE_APPLE_PAY_FILE.write_bytes(b"7B227073")
    answer = client.get(APPLE)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200, b"7B227073", "text/plain; charset=utf-8",
    )  # fmt: skip
