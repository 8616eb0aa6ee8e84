"""The history, and the corruptions, which name themselves when they are imported."""

from almoner.backoffice.tests.conftest import sandbox  # noqa: F401  (a fixture: it knows what was settled)
from tests.prove import bank, books, figures, gifts, plans  # noqa: F401
from tests.prove.history import history, settled  # noqa: F401  (fixtures)
