"""The weekly look at all that a gateway holds: what it costs does not grow with it."""

from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor
from almoner.payments import asking, gateways
from almoner.payments.models import Attempt


def asked_in(queries: int) -> list[str]:
    """What the check names; it is asked in so many queries."""
    asked = asking.Asked(gateways.sandbox())
    (check,) = [each for each in asking.checks(asked) if each.name == "gateway agrees"]
    asked.charges()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        found = list(check.run())
    assert len(captured) == queries, [each["sql"] for each in captured]
    return found


@pytest.mark.parametrize(("gifts", "at_once", "queries"), [(1, 500, 2), (5, 500, 2), (5, 2, 6)])
def test_a_page_of_charges_is_held_against_ours_in_two_queries(
    donor: Donor, gifts: int, at_once: int, queries: int
) -> None:
    for _ in range(gifts):
        assert donor.give(donor.to_payment()).status_code == 303
    staff = User.objects.create_superuser("treasurer")
    actions.refund(gift_id=Gift.objects.latest("id").pk, amount_minor=700, reason="asked", actor=staff)
    with mock.patch.object(asking, "_AT_ONCE", at_once):
        assert asked_in(queries) == []


def test_one_that_differs_is_asked_again_and_named(donor: Donor) -> None:
    for _ in range(3):
        donor.give(donor.to_payment())
    wrong, *_ = Attempt.objects.order_by("created_at")
    Attempt.objects.filter(pk=wrong.pk).update(fee_minor=wrong.fee_minor + 1)
    # Two of the page, two of the second look, three of the line that names it.
    (line,) = asked_in(7)
    assert line.startswith(f"attempt {wrong.pk} and charge {wrong.gateway_id}")
