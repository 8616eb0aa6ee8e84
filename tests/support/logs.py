"""Log lines of this process go where its output goes, whatever a test did.

A command that a test runs here sets logging up anew, over the stream that captures the command's output. That one is
closed when the test is over, and the next test's threads would write there.
"""

import logging
import sys
from collections.abc import Iterator

import pytest

from almoner.config.logs import Scrubbed


@pytest.fixture(autouse=True)
def _logs_outlive_a_capture() -> Iterator[None]:
    """Asked for by every test before all else, so its end comes after that of `capsys`."""
    yield
    for handler in logging.root.handlers:
        if isinstance(handler, Scrubbed):
            # Not by `setStream`, which flushes what is closed.
            handler.stream = sys.stdout
