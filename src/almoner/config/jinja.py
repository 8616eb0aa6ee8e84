"""The Jinja2 environment of everything a donor sees on the giving path, receipts and mail included."""

from datetime import date, datetime
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone, translation
from jinja2 import Environment, StrictUndefined

from almoner.charities.amounts import in_words
from almoner.giving.templating import isolated


def environment(**options: Any) -> Environment:
    """Autoescape always, whatever a file is called; a missing name is an error; gettext in its newstyle form."""
    options["autoescape"] = True
    options["undefined"] = StrictUndefined
    env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)  # noqa: S701
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.filters["money"] = money
    env.filters["localdate"] = localdate
    env.globals.update(static=static, url=url, get_language=translation.get_language, bdi=isolated)
    return env


def money(amount_minor: int, currency: str, home: str | None = None, short: bool = False) -> str:
    """`{{ gift.amount_minor | money(gift.currency) }}`; `short` drops a zero fraction."""
    return in_words(amount_minor, currency, home=home, short=short)


def localdate(moment: datetime | date) -> str:
    """A date in the words of the page's language, in the current time zone."""
    day = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return formats.date_format(day, "DATE_FORMAT")


def url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
