"""What tests of the donor's path look at again and again."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core import mail
from django.db import connection
from django.http import HttpResponse

from almoner.giving.models import Course, LimitHit

ROOMS = ("supporters", "giving", "payments", "ledger", "receipts", "outbox")
# What the demonstration's finder knows Sydney Town Hall by.
TOWN_HALL = "483 George Street, Sydney NSW 2000"
# Counts without a person in them, written whenever they have gathered for a while; and the limits' own.
NO_ROWS_OF_GIFTS = {"FunnelCount", "LimitHit", "Attack"}


def stored() -> dict[str, int]:
    """How many rows each table of the money path has."""
    tables = {
        model.__name__: model._meta.db_table
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        if model.__name__ not in NO_ROWS_OF_GIFTS
    }
    # In one question: tests ask it thousands of times.
    counts = ", ".join(f'(SELECT COUNT(*) FROM "{table}")' for table in tables.values())  # noqa: S608 (names of ours)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        rows = dict(zip(tables, cursor.fetchone(), strict=True))
    # Who was turned back is counted; a submit that is stored is another thing.
    return rows | {"LimitHit": LimitHit.objects.exclude(course=Course.TURNED).count()}


@contextmanager
def nothing_stored_or_sent() -> Iterator[None]:
    before, sent = stored(), len(mail.outbox)
    yield
    assert stored() == before
    assert len(mail.outbox) == sent


def text_of(page: HttpResponse) -> str:
    """The page as bytes read, with what stands for a character made that character again."""
    return html.unescape(page.content.decode())


def problems(page: HttpResponse) -> dict[str, str]:
    """The error summary: where each link leads -> what it says. Empty when the page has none."""
    found = re.search(r'<h3 id="give-problems">.*?</ul>', page.content.decode(), re.DOTALL)
    if found is None:
        return {}
    items = re.findall(r'<li>(?:<a href="#give-([^"]*)">)?(.*?)(?:</a>)?</li>', found[0])
    return {field: html.unescape(words) for field, words in items}


def value_of(page: HttpResponse, name: str) -> str | None:
    """What stands in a text field; None when there is no such field."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*? value="([^"]*)"', page.content.decode())
    return html.unescape(found[1]) if found else None


def step_of(page: HttpResponse) -> str:
    """Which step a page shows: amount, details, payment or thanks."""
    found = re.search(r'<section id="giving"[^>]* data-step="(\w+)"', page.content.decode())
    assert found is not None, page.content.decode()[:2000]
    return found[1]
