"""Whether what is looked over is only previewed: a draft that names a figure which is gone can be shown, and says so
where it stands, though it can't be kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from almoner.stories.figures import is_indicator

_previewed: ContextVar[bool] = ContextVar("previewed", default=False)


@contextmanager
def previewed() -> Iterator[None]:
    """While inside, a figure need not be there."""
    token = _previewed.set(True)
    try:
        yield
    finally:
        _previewed.reset(token)


def is_previewed() -> bool:
    return _previewed.get()


def may_name(key: str) -> bool:
    """Whether a text may name this figure: the register has it, or nothing is kept."""
    return is_previewed() or is_indicator(key)
