"""docs/explanation/never-recorded.md names every column of words in the register and with consents: another needs a
reader who asks what it could say of a person."""

import re
from typing import Final

import pytest
from django.apps import apps
from django.db import models

from tests.docs.pages import DOCS

pytestmark = pytest.mark.once

ROOMS: Final = ("impact", "consents")
_WORDS: Final = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


def said() -> list[str]:
    text = (DOCS / "explanation/never-recorded.md").read_text()
    block = text.partition("<!-- words -->")[2].partition("<!-- end -->")[0]
    return re.findall(r"`([a-z]+_[a-z]+\.\w+)`", block)


def there() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for room in ROOMS
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, _WORDS) and not field.choices
    }


def test_each_column_that_could_hold_words_is_named_with_what_it_says() -> None:
    assert len(said()) == len(set(said())), "one stands there twice"
    assert sorted(there() - set(said())) == [], (
        "say in docs/explanation/never-recorded.md whom it could tell of"
    )
    assert sorted(set(said()) - there()) == [], "no such column"
