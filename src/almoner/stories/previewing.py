"""Wagtail's previews of a page that is being written, which put up with a figure that is gone. Hung in front of its
own: it offers no other place."""

from typing import Any

from wagtail.admin.views.pages.preview import PreviewOnCreate, PreviewOnEdit

from almoner.stories import unfinished


class _Lenient:
    def validate_form(self, form: Any) -> bool:
        with unfinished.previewed():
            return bool(super().validate_form(form))  # type: ignore[misc]  # of the view it is mixed into


class OnEdit(_Lenient, PreviewOnEdit):
    pass


class OnCreate(_Lenient, PreviewOnCreate):
    pass
