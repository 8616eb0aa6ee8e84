"""The history, and the corruptions, which name themselves when they are imported."""

from tests.prove import bank, books, figures, gifts, plans  # noqa: F401
from tests.prove.history import history  # noqa: F401  (a fixture)
