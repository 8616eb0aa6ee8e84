"""A table of moves: (state, event) -> state. What doesn't stand in it is no move."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

_State = TypeVar("_State", bound=StrEnum)


class NoSuchMove(Exception):
    """An event arrived that the table doesn't allow in this state. Nothing was changed."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not allowed from {state}")
        self.state = state
        self.event = event


def after(
    edges: Mapping[tuple[str, str], _State], state: str, event: str, *, illegal: type[NoSuchMove]
) -> _State:
    """Where the table leads; raises `illegal`, the room's own kind."""
    try:
        return edges[state, event]
    except KeyError:
        raise illegal(state, event) from None
