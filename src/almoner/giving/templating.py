"""The templates of the donor's path: one environment for each language, with what costs most done once.

A page is mostly words and empty fields. Words are translated as a template is compiled, and a field's frame is kept;
both together take two thirds off a page, which matters because these pages are made for every gift.
"""

import gettext
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import to_locale
from jinja2 import Environment, FileSystemLoader, Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from almoner.kernel.money import format_money
from almoner.kernel.spoken import Spoken

_ROOM: Final = Path(__file__).parent
_LOCALE: Final = _ROOM.parent / "locale"
_GAP: Final = Markup("\0value\0")


@lru_cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalog of a language; one without a catalog gets the English that stands in the source."""
    codes = [to_locale(language), language.partition("-")[0]]
    return gettext.translation("django", str(_LOCALE), codes, fallback=True)


class _FixedWords(Extension):
    """Puts the translation of `_("...")` into the template as it is compiled: each language has templates of its own.

    Calls with arguments stay calls. This halves the cost of a page, which is mostly words.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        translate = translations(self.environment.globals["language"]).gettext
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if not _may_be_fixed(held):
                yield from held
                held = []
            elif len(held) == 4:
                yield Token(held[2].lineno, "string", translate(held[2].value))
                held = []
        yield from held


def _may_be_fixed(tokens: list[Token]) -> bool:
    """Whether these are the first tokens of `_("...")`, or all four of them."""
    wanted = ("name", "lparen", "string", "rparen")
    fits = all(token.type == kind for token, kind in zip(tokens, wanted, strict=False))
    return fits and tokens[0].value == "_"


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals["language"] = language
    environment.add_extension(_FixedWords)
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        field=_field(environment),
        money=_money(language),
        bdi=isolated,
        email=_email,
        strong=_strong,
        sign=_sign,
        paragraphs=_paragraphs,
        mail_link=_mail_link,
    )
    return environment


def _field(environment: Environment) -> Callable[..., Markup]:
    """`field(values, faults, name, label, ...)` of _parts.jinja: made once for each field, kept without its value."""

    def made(values: Mapping[str, str], faults: Mapping[str, str], *args: Any, **kwargs: Any) -> Markup:
        macro: Callable[..., Markup] = environment.get_template("giving/_parts.jinja").module.field  # type: ignore[attr-defined]
        return macro(values, faults, *args, **kwargs)

    @lru_cache(maxsize=1024, typed=True)
    def frame(name: str, label: str, autocomplete: str = "", **options: Any) -> list[str]:
        return str(made({name: _GAP}, {}, name, label, autocomplete, **options)).split(_GAP)

    def field(
        values: Mapping[str, str], faults: Mapping[str, str], name: str, *args: Any, **options: Any
    ) -> Markup:
        if name in faults:
            return made(values, faults, name, *args, **options)
        before, after = frame(name, *args, **options)
        return Markup(f"{before}{escape(values.get(name, ''))}{after}")  # noqa: S704 (the macro's own output)

    return field


@lru_cache
def template(name: str, language: str) -> Template:
    return _environment(language).get_template(f"giving/{name}.jinja")


def _money(language: str) -> Callable[..., str]:
    def money(amount_minor: int, currency: str, home: str, short: bool = False) -> str:
        return format_money(amount_minor, currency, home=home, short=short, language=language)

    return money


def isolated(text: str) -> Markup:
    """Kept apart from the direction of the sentence around it: an amount or a name within another script. What the
    charity wrote in another language than the page's says which."""
    mark = f' lang="{text.language}"' if isinstance(text, Spoken) and text.language else ""
    # escaped here; Markup.format costs four times as much
    return Markup(f"<bdi{mark}>{escape(text)}</bdi>")  # noqa: S704


def _email(address: str) -> Markup:
    """An address that may break where people part it, before its host."""
    name, at, host = address.rpartition("@")
    return Markup("<bdi>{}<wbr>{}</bdi>").format(name + at, host)


def _strong(text: str) -> Markup:
    return Markup(f"<b>{escape(text)}</b>")  # noqa: S704 (escaped here)


@lru_cache
def _sign(currency: str) -> str:
    """What stands before an amount: "$", or "KWD"."""
    return format_money(0, currency, short=True).replace("0", "").strip()


def _paragraphs(text: str) -> Markup:
    language = text.language if isinstance(text, Spoken) else ""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(
        Markup("<p>{}</p>").format(isolated(Spoken(block, language))) for block in blocks if block
    )


def _mail_link(address: str) -> Markup:
    return Markup('<a href="mailto:{0}"><bdi>{0}</bdi></a>').format(address)
