"""What a page of another site holds of form 4840, and what a gift through it remembers."""

import re

from tests.browser.conftest import Demonstration

_SOURCE = (
    "from almoner.giving.models import Gift; g = Gift.objects.select_related('source').get(contact__email='{email}'); "
    "print('GIFT', g.status, g.total_minor, g.source.page_url, g.source.utm_source, g.source.appeal)"
)


def source_of(demonstration: Demonstration, email: str) -> str:
    printed = demonstration.site.shell(_SOURCE.format(email=email))
    found = re.search(r"^GIFT (.*)$", printed, re.M)
    assert found, printed
    return found[1].strip()


def element(demonstration: Demonstration, attributes: str = "", *, light: bool = True) -> str:
    link = f'<a href="{demonstration.form}">Give to us</a>' if light else ""
    return f'<almoner-form form="4840" {attributes}>{link}</almoner-form>'


def script(demonstration: Demonstration) -> str:
    return f'<script src="{demonstration.site.base}/almoner-form.js" async></script>'
