"""The donor's pages: a step and its values in, HTML out. No model, no request and no query is met here.

`render(step, whole=False)` gives only `<section id="giving">`, which the script swaps in place; `whole=True` gives the
page around it too. What is constant for a look (head, styles, header, footer) is rendered once and joined after that.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from almoner.giving.assets import Asset, asset, source_hash
from almoner.giving.templating import template, translations
from almoner.giving.views_model import (
    CharityLook,
    FieldError,
    FormLook,
    Step,
    StepAmount,
    StepConfirm,
    StepDetails,
    StepPayment,
    StepWallet,
    Thanks,
)

_GAPS: Final = {"title": "\0title\0", "section": "\0section\0", "nonce": "\0nonce\0"}
# What a gift remembers of where it came from; the script fills these on the donor's own machine.
SOURCE_FIELDS: Final = (
    "appeal",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "referrer",
)
# Scripts that give.js loads into the page when a step asks for them.
_LATER: Final = ("finder.js", "work.js")
_FRAME_FIELDS: Final = (*SOURCE_FIELDS, "page_url")
_DIR_AUTO: Final = Markup(' dir="auto" spellcheck="false"')
# The first field of an address that was chosen just now.
_FILLED: Final = Markup(' dir="auto" spellcheck="false" autofocus aria-describedby="give-filled"')
_DIR_LTR: Final = Markup(' dir="ltr"')
_NUMERIC: Final = Markup(' dir="ltr" inputmode="numeric"')
_EMAIL: Final = Markup(' dir="ltr" spellcheck="false" maxlength="254" autocapitalize="none"')


@dataclass(frozen=True, slots=True)
class Embedded:
    """A form inside a story page: its section, and what the page's head and policy need.

    `scripts` are the policy's sources of all its scripts: a later step may load another one than the page's own.
    `theme_css` belongs into a `<style>` of the head; `style_hash` allows it in the policy.
    """

    html: Markup
    stylesheet: Asset
    script: Asset
    scripts: tuple[str, ...]
    theme_css: str
    style_hash: str


@dataclass(frozen=True, slots=True)
class CspHashes:
    """Sources for `style-src` and `script-src`, without quotes: "sha256-…". `more` are the script that the details
    load where addresses are found, for a step is swapped into a page whose policy stands already; and a frame's."""

    style: str
    script: str
    more: tuple[str, ...]


def render(step: Step, *, whole: bool, nonce: str = "") -> str:
    """A step as HTML: the section alone, or the whole page, whose script then carries `nonce` if there is one."""
    title = page_title(step)
    section = _section(step, title, whole=whole, story=False, nonce=nonce)
    if not whole:
        return section
    look = step.look if isinstance(step, Thanks) else step.form
    before_title, before_script, before_section, after = _shell(look, with_form=not isinstance(step, Thanks))
    attribute = f' nonce="{escape(nonce)}"' if nonce else ""
    return "".join((before_title, escape(title), before_script, attribute, before_section, section, after))


def embedded_form(form: FormLook, *, story_id: str) -> Embedded:
    """The form's first step for a story page. `story_id` comes back with the gift as its source."""
    step = StepAmount(form=form, values={}, story_id=story_id)
    css = form.theme.css("#giving")
    return Embedded(
        html=Markup(_section(step, page_title(step), whole=True, story=True)),  # noqa: S704 (our own template)
        stylesheet=asset("give.css"),
        script=asset("give.js"),
        scripts=tuple(asset(name).integrity for name in ("give.js", *_LATER)),
        theme_css=css,
        style_hash=source_hash(css.encode()),
    )


@lru_cache(maxsize=256)
def csp_hashes(look: CharityLook) -> CspHashes:
    """What a whole page of this look needs allowed: its inline styles, its script, and the one that may follow."""
    return CspHashes(
        style=source_hash(page_style(look).encode()),
        script=asset("give.js").integrity,
        more=tuple(asset(name).integrity for name in (*_LATER, *(("frame.js",) if look.framed else ()))),
    )


@lru_cache(maxsize=256)
def page_style(look: CharityLook) -> str:
    return asset("frame.css" if look.framed else "page.css").body.decode() + look.theme.css()


def page_title(step: Step) -> str:
    """ "Error: Your Details – Keep the lamp lit – Tidelight Foundation"."""
    if isinstance(step, Thanks):
        parts = [_heading(step), step.form_title, step.look.charity_name]
    else:
        parts = [_heading(step), step.form.title, step.form.charity_name]
    title = " – ".join(part for part in parts if part)
    failed = not isinstance(step, Thanks) and (
        step.errors or (isinstance(step, StepPayment) and step.decline)
    )
    return f"{translations(_language(step)).gettext('Error:')} {title}" if failed else title


def _language(step: Step) -> str:
    return step.look.language if isinstance(step, Thanks) else step.form.language


def _heading(step: Step) -> str:
    say = translations(_language(step)).gettext
    if isinstance(step, StepAmount) and step.form.closed:
        return say("Giving is closed here for now")
    if isinstance(step, StepAmount):
        return say("How much would you like to give?")
    if isinstance(step, StepDetails):
        return say("Your Details")
    if isinstance(step, StepWallet):
        return say("Give with your wallet")
    if isinstance(step, StepPayment | StepConfirm):
        return say("Payment Details")
    if step.status == "unknown":
        return say("We are waiting for an answer")
    if step.status == "unfinished":
        return say("Your payment is not finished")
    if step.status == "declined":
        return step.decline.title if step.decline else say("Your gift was not taken")
    return say("Thank You")


def _section(step: Step, title: str, *, whole: bool, story: bool, nonce: str = "") -> str:
    values: dict[str, Any] = {field.name: getattr(step, field.name) for field in fields(step)}
    values.update(title=title, first=whole, story=story)
    if isinstance(step, Thanks):
        values.update(heading=_heading(step), level=1 if whole and not story else 2)
        return template("thanks", step.look.language).render(values)
    values["faults"] = _faults(step.errors)
    if isinstance(step, StepAmount) and step.form.closed:
        return template("closed", step.form.language).render(values, heading=_heading(step))
    if isinstance(step, StepAmount):
        values.update(hidden=_hidden(step), carried=_carried(step), ids=_first_fields(step))
        return template("amount", step.form.language).render(values)
    if isinstance(step, StepDetails):
        values.update(_details(step))
        return template("details", step.form.language).render(values)
    if isinstance(step, StepWallet):
        values.update(nonce=nonce, wallet_script=asset("wallet.js"))
        return template("wallet", step.form.language).render(values)
    if isinstance(step, StepConfirm):
        values.update(secret=_secret(step))
    elif step.work:
        values.update(work_script=asset("work.js"), work_words=_work_words(step.form.language))
    values.update(nonce=nonce, payment_script=asset("payment.js"))
    name = "confirm" if isinstance(step, StepConfirm) else "payment"
    return template(name, step.form.language).render(values)


def _faults(errors: tuple[FieldError, ...]) -> dict[str, str]:
    """The first error of each field, which stands beside it."""
    return {error.field: error.text for error in reversed(errors)}


def _hidden(step: StepAmount) -> list[tuple[str, str]]:
    choice = step.form.choice_in(step.values.get("currency", ""))
    first = [("currency", choice.currency), ("story", step.story_id)]
    if len(choice.frequencies) == 1:
        first.append(("frequency", choice.frequencies[0]))
    if step.token:
        first.append(("token", step.token))
    return first + [(name, step.values.get(name, "")) for name in _source_fields(step)]


def _source_fields(step: StepAmount) -> tuple[str, ...]:
    return _FRAME_FIELDS if step.form.framed else SOURCE_FIELDS


def _secret(step: StepConfirm) -> Markup:
    return Markup(' data-secret="{}" data-return="{}"').format(step.client_secret, step.return_url)


def _first_fields(step: StepAmount) -> dict[str, str]:
    """Where the summary's link to an amount leads if nothing is suggested: to the field for another."""
    groups = step.form.choice_in(step.values.get("currency", "")).groups
    return {f"amount{each.suffix}": f"other_amount{each.suffix}" for each in groups if not each.amounts}


def _carried(step: StepAmount) -> str:
    """The source again, for a link to the same step in another currency. A first page that is the same for everybody
    knows nothing but its story; there the script carries the fields over."""
    known = {"story": step.story_id} | {name: step.values.get(name, "") for name in _source_fields(step)}
    query = urlencode({name: text for name, text in known.items() if text})
    return f"&{query}" if query else ""


def _details(step: StepDetails) -> dict[str, Any]:
    asks, values = step.form.asks, step.values
    say = translations(step.form.language).gettext
    more = ("tribute_kind", "tribute_name", "message", "anonymous")
    return {
        "auto": _DIR_AUTO,
        "filled_auto": _FILLED,
        "ltr": _DIR_LTR,
        "numeric": _NUMERIC,
        "email_extra": _EMAIL,
        "country_options": _options(step.countries, values.get("country", ""))
        if asks.address != "no"
        else "",
        "more_open": any(values.get(name) for name in more) or any(e.field in more for e in step.errors),
        "more_label": say("Add a dedication or a message") if asks.tribute else say("Add a message"),
        "finder_script": asset("finder.js"),
        "finder_words": _finder_words(step.form.language),
    }


def _work_words(language: str) -> str:
    """What the proof of work says of itself: while it runs, and when it is done."""
    say = translations(language).gettext
    doing = say("A short check against stolen cards runs by itself: %(percent)s %%") % {"percent": 100}
    done = say("The check against stolen cards is done.")
    return f"{doing}|{done}"


@lru_cache
def _finder_words(language: str) -> str:
    """What the finder's script says aloud: for none to eight addresses, and when the fields open instead."""
    say = translations(language)
    found = [
        say.ngettext("%(num)s address found", "%(num)s addresses found", n) % {"num": n} for n in range(1, 9)
    ]
    return "|".join(
        [say.gettext("No address found"), *found, say.gettext("Enter your address in the fields below")]
    )


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...], selected: str) -> Markup:
    """A long list's options, made once for each choice: a hundred countries would cost more than all else."""
    row, chosen = Markup('<option value="{}">{}</option>'), Markup('<option value="{}" selected>{}</option>')
    return Markup("").join(
        (chosen if code == selected else row).format(code, label) for code, label in choices
    )


@lru_cache(maxsize=256)
def _shell(look: CharityLook, *, with_form: bool) -> tuple[str, str, str, str]:
    """The page's constant parts: before the title, up to the script's nonce, up to the section, after it."""
    form = look if with_form and isinstance(look, FormLook) else None
    html = template("frame" if look.framed else "page", look.language).render(
        look=look,
        form=form,
        description=form.intro.partition("\n")[0][:160] if form else "",
        gap={name: Markup(mark) for name, mark in _GAPS.items()},  # noqa: S704 (constants)
        icon=_icon(look),
        style=Markup(page_style(look)),  # noqa: S704 (our own stylesheet and hex colours)
        logo=Markup(look.logo_svg),  # noqa: S704 (sanitised when it was saved)
        script=asset("give.js"),
        frame_script=asset("frame.js"),
    )
    before_title, rest = html.split(_GAPS["title"])
    before_script, rest = rest.split(_GAPS["nonce"])
    before_section, after = rest.split(_GAPS["section"])
    return before_title, before_script, before_section, after


def _icon(look: CharityLook) -> Markup:
    """The charity's initial on its colour, inside the page: a favicon of its own would be one more request. For an
    attribute in double quotes: within there are none, and what could end it is written in percents."""
    palette = look.theme.light
    initial = escape(look.charity_name[:1].upper() or "•")
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle r='13' fill='{palette.brand}'/>"
        f"<text x='2' y='7' font-size='7' fill='{palette.on_brand}'>{initial}</text></svg>"
    )
    return Markup("data:image/svg+xml," + quote(svg, safe="/:=' "))  # noqa: S704 (percent-encoded)
