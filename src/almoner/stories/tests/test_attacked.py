"""Whoever fetches all that is public, at each publication, works out no hidden number from the bytes."""

import random

import pytest
from django.test import Client

from almoner.charities.models import Charity
from almoner.stories.models import StoryPage
from almoner.stories.tests.fetched import RULES, attacked, without

pytestmark = pytest.mark.django_db
_SERIES = 8


def test_nobody_works_out_a_hidden_number(first_story: StoryPage, reader: Client) -> None:
    """40 series; `script/bench disclosure --fetched` does so with thousands."""
    charity = Charity.objects.get()
    for seed in range(5):
        found = attacked(random.Random(seed), charity, first_story, reader, series=_SERIES)
        assert list(found) == [], seed


@pytest.mark.once  # The attacker reckons with bytes; that the rules hold is asked of both databases above.
@pytest.mark.parametrize("rule", RULES)
def test_with_a_rule_left_out_the_attacker_wins(first_story: StoryPage, reader: Client, rule: str) -> None:
    """So that none worked out means that there was somebody to do it."""
    charity = Charity.objects.get()
    with without(rule):
        assert any(
            list(attacked(random.Random(seed), charity, first_story, reader, series=_SERIES))
            for seed in range(6)
        )
