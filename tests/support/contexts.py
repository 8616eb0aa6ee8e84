"""What Django's test client keeps of a page: the context of its outermost template, and not a copy for each field's
widget and each included part, of which a staff page has hundreds. Copying those was a tenth of what a staff page took.
"""

import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.template.base import Template

# As it is before Django's test environment puts its own in its place.
_UNTOLD: Final = Template._render  # type: ignore[attr-defined]
_thread: Final = threading.local()


@pytest.fixture(scope="session", autouse=True)
def _outermost_alone(django_test_environment: None) -> Iterator[None]:
    told = Template._render  # type: ignore[attr-defined]

    def render(template: Template, context: Any) -> Any:
        if getattr(_thread, "inside", False):
            return _UNTOLD(template, context)
        _thread.inside = True
        try:
            return told(template, context)
        finally:
            _thread.inside = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield
