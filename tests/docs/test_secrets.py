"""docs/reference/security.md says of each column that is named like a secret how it stands."""

import re
from typing import Final

from django.apps import apps

from almoner.config import sealing
from tests.docs.pages import DOCS

NAMED: Final = re.compile(
    r"token|secret|passw|credential|seed|seal|saved_method|iban|bank_|account_number|private|session|digest|hash"
    r"|(^|_)key$|_mark$|browser|order$|payload|next_action"
)
# What only counts or sorts.
NO_TEXT: Final = ("wagtailcore_workflowtask.sort_order",)
_ROW: Final = re.compile(r"^\| (`[^|]+`) \| ([a-z ]+) \| [^|]+ \|$")


def classified() -> dict[str, str]:
    """Column -> how it stands."""
    text = (DOCS / "reference/security.md").read_text()
    block = text.partition("<!-- classified -->")[2].partition("<!-- end -->")[0]
    rows = [_ROW.match(line) for line in block.strip().splitlines()[2:]]
    assert all(rows)
    found = [(column, row[2]) for row in rows if row for column in re.findall(r"`([^`]+)`", row[1])]
    assert len(found) == len(dict(found)), "one stands there twice"
    return dict(found)


def columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if not field.is_relation
    }


def test_each_column_that_is_named_like_a_secret_is_classified() -> None:
    known, there = classified(), columns()
    named = {column for column in there if NAMED.search(column.partition(".")[2])} - set(NO_TEXT)
    assert sorted(named - set(known)) == [], "say in docs/reference/security.md how it stands"
    assert sorted(set(known) - there) == [], "no such column"


def test_what_is_said_to_be_sealed_is_where_keys_are_rotated() -> None:
    said = {column for column, stands in classified().items() if stands == "sealed"}
    assert said == {place.name for place in sealing.places()}
