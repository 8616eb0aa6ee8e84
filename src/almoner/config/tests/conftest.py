"""The demonstration's charity and a donor who walks its steps."""

from almoner.giving.tests.conftest import charity, donor, form, sandbox  # noqa: F401  (fixtures)
