"""The demonstration's address files, made once and then shared by all tests and the servers they start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from almoner.addresses import demo_pack
from almoner.addresses.finder import use_folder
from tests.support import templates


def addresses_dir() -> Path:
    folder = (
        templates.CACHE / f"addresses_{templates.digest(('addresses/**/*.py', 'addresses/demo_pack.csv'))}"
    )
    with templates.lock("addresses"):
        demo_pack.ensure(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _demonstration_addresses() -> None:
    settings.ADDRESSES_DIR = addresses_dir()
    use_folder(settings.ADDRESSES_DIR, copies=settings.ADDRESS_COPIES_DIR)


@pytest.fixture
def finders() -> Iterator[None]:
    """A test may put finders of its own in place: the demonstration's come back afterwards."""
    yield
    use_folder(settings.ADDRESSES_DIR, copies=settings.ADDRESS_COPIES_DIR)
