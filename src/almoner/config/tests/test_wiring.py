"""Rooms ask higher ones through hooks. One that nobody takes is a part of the product that isn't there."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from almoner.backoffice.hooks import hooks as staff
from almoner.embedding.hooks import hooks as embedding
from almoner.giving.hooks import hooks as giving
from almoner.plans.hooks import hooks as plans
from almoner.receipts.bounces import hooks as bounces


def every() -> Iterator[Any]:
    for hooks in (staff, embedding, giving, plans, bounces):
        for field in fields(hooks):
            yield pytest.param(hooks, field, id=f"{type(hooks).__module__}.{field.name}")


@pytest.mark.parametrize(("hooks", "field"), list(every()))
def test_each_hook_is_taken(hooks: Any, field: Any) -> None:
    taken = getattr(hooks, field.name)
    assert taken is not field.default and taken.__module__ != type(hooks).__module__
