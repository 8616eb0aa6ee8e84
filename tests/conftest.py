"""The demonstration's charity and a donor who walks its steps, for tests of the whole."""

from almoner.giving.tests.conftest import charity, donor, form, sandbox  # noqa: F401
