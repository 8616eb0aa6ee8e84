"""Whether what is looked over is only previewed: a draft that names a figure which is gone can be shown, and says so
where it stands, though it can't be kept."""

from typing import Final

from almoner.charities import reader
from almoner.stories.figures import is_indicator

# Wagtail's, of a page that is being written: they keep nothing in the database.
_PREVIEWS: Final = frozenset({"wagtailadmin_pages:preview_on_add", "wagtailadmin_pages:preview_on_edit"})


def is_previewed() -> bool:
    return reader.view_name() in _PREVIEWS


def may_name(key: str) -> bool:
    """Whether a text may name this figure: the register has it, or nothing is kept."""
    return is_previewed() or is_indicator(key)
