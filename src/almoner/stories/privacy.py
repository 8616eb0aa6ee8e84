"""Which pages are for some readers only, as a value that ready pages are compared by.

Wagtail's screen for a page's privacy calls no hook, and a restriction may also be written by a command. So what stands
is looked at, as the stamps are, instead of waiting to be told. There are few of them: one small query a second.
"""

from wagtail.models import PageViewRestriction

from almoner.charities.sites import Remembered


def restrictions() -> tuple[tuple[int, int], ...]:
    """(restriction, page) of all restrictions."""
    return tuple(PageViewRestriction.objects.order_by("pk").values_list("pk", "page_id"))


current_restrictions = Remembered(restrictions)
