"""Registers written into a database, fetched over HTTP at each publication, and attacked:
`python -m rig.fetching FIRST LAST SERIES [RULE]`. Prints a line for each: the seed, and how many numbers were told."""

import os
import random
import sys
from contextlib import nullcontext

import django

django.setup()

from django.test import Client  # noqa: E402

from almoner.charities.models import Charity  # noqa: E402
from almoner.stories.models import StoryPage  # noqa: E402
from almoner.stories.tests.fetched import attacked, without  # noqa: E402


def main(first: int, last: int, series: int, rule: str = "") -> None:
    reader = Client(headers={"host": f"127.0.0.1:{os.environ['PORT']}"})
    charity = Charity.objects.earliest("pk")
    story = StoryPage.objects.get(slug="four-reasons-for-hope", locale__language_code="en")
    with without(rule) if rule else nullcontext():
        for seed in range(first, last):
            told = list(attacked(random.Random(seed), charity, story, reader, series=series))
            print(seed, len(told), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *sys.argv[4:])
