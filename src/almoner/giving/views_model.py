"""What each page of the donor's path shows: plain values only, so that a template never meets a model or a query.

Amounts are integers in minor units. Texts written by the charity are plain text (a blank line starts a paragraph);
`logo_svg` alone is markup, and must have been sanitised when it was saved. A look is built once for a form's
version and language and kept: the constant parts of its pages are cached on the object itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from almoner.giving.looks import Theme, theme
from almoner.kernel.money import format_plain

Ask = Literal["no", "optional", "required"]
Frequency = Literal["once", "monthly", "quarterly", "yearly"]
ThanksStatus = Literal["thanks", "awaiting_bank", "processing", "unknown", "unfinished", "declined"]
Values = Mapping[str, str]

RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language: its code, its own name for itself, and where it stands."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, kw_only=True, eq=False)
class CharityLook:
    """How a charity appears on each of its pages."""

    charity_name: str
    logo_svg: str = ""
    primary: str = "#14495c"
    accent: str = "#e8a13a"
    language: str = "en"
    home_url: str = "/"
    contact_email: str = ""
    contact_phone: str = ""
    privacy_url: str = ""
    # The page of what its programmes reach; "" while none is public.
    programmes_url: str = ""
    # One line of who takes the gift: "Tidelight Foundation Ltd, ABN 00 000 000 000".
    legal_line: str = ""
    languages: tuple[LanguageLink, ...] = ()
    sandbox: bool = False
    # In a frame: origins of the sites that may show it. None: it stands in a page of its own.
    frame_sites: tuple[str, ...] | None = None

    @property
    def framed(self) -> bool:
        return self.frame_sites is not None

    @property
    def direction(self) -> str:
        return "rtl" if self.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"

    @cached_property
    def theme(self) -> Theme:
        return theme(self.primary, self.accent)


@dataclass(frozen=True)
class AmountChoice:
    """A suggested amount and what it does, in a few words or none."""

    amount_minor: int
    line: str = ""


@dataclass(frozen=True)
class AmountGroup:
    """What is suggested for one frequency, in ascending order. Each group has fields of its own, so that the amount
    chosen for a single gift is never taken for a monthly one, whatever the page hides or shows."""

    frequency: Frequency
    currency: str
    amounts: tuple[AmountChoice, ...]

    @property
    def suffix(self) -> str:
        return suffix_of(self.frequency)

    @property
    def lined(self) -> bool:
        """Whether any amount says what it does; then they stand as rows, else side by side."""
        return any(choice.line for choice in self.amounts)

    @cached_property
    def plain_amounts(self) -> tuple[str, ...]:
        """The radios' values, in major units: "50", "12.50"."""
        return tuple(plain_amount(choice.amount_minor, self.currency) for choice in self.amounts)


@dataclass(frozen=True)
class CurrencyChoice:
    """A currency's suggestions for a single gift, ascending, and for each other frequency that can be given in it.
    With `other`, any amount from `min_minor` to `max_minor`."""

    currency: str
    amounts: tuple[AmountChoice, ...]
    min_minor: int
    max_minor: int
    other: bool = True
    frequencies: tuple[Frequency, ...] = ("once",)
    regular: tuple[AmountGroup, ...] = ()
    # Whether the first step leads to a gateway's wallets too.
    wallets: bool = False

    @cached_property
    def groups(self) -> tuple[AmountGroup, ...]:
        """One for each frequency, in the order in which they are offered."""
        return tuple(self.group(frequency) for frequency in self.frequencies)

    @property
    def frequency(self) -> Frequency | Literal[""]:
        """What is chosen at first. A regular gift is chosen by the donor, unless nothing else is offered."""
        return (
            "once"
            if "once" in self.frequencies
            else self.frequencies[0]
            if len(self.frequencies) == 1
            else ""
        )

    def group(self, frequency: str) -> AmountGroup:
        """A frequency's suggestions; those for a single gift when it isn't offered."""
        once = AmountGroup("once", self.currency, self.amounts)
        return next((group for group in self.regular if group.frequency == frequency), once)


@dataclass(frozen=True)
class FundChoice:
    code: str
    name: str
    line: str = ""


@dataclass(frozen=True)
class ConsentChoice:
    """One question; the field is `consent_<key>` with the value "yes" when ticked."""

    key: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class MethodChoice:
    """`in_page`: the gateway's script shows its fields here, so it is offered only where that script is. `stands_in`:
    the same gateway's own page, for everybody else."""

    code: str
    label: str
    hint: str = ""
    in_page: bool = False
    stands_in: bool = False


@dataclass(frozen=True, kw_only=True)
class PageElement:
    """A gateway's fields in our page: its script, what it is told, and what the page's policy has to allow for it.

    `amount` is in the gateway's own units. With `saves` what pays is kept, to be charged again.
    """

    url: str
    settings: Mapping[str, str]
    script_sources: tuple[str, ...]
    frame_sources: tuple[str, ...]
    connect_sources: tuple[str, ...]
    amount: int = 0
    currency: str = ""
    saves: bool = False

    @property
    def settings_json(self) -> str:
        return json.dumps(dict(self.settings), sort_keys=True)


@dataclass(frozen=True)
class Asks:
    """Which details the form asks for."""

    phone: Ask = "no"
    address: Ask = "no"
    tribute: bool = False
    message: bool = False
    anonymity: bool = False
    cover: bool = False


@dataclass(frozen=True)
class Goal:
    raised_minor: int
    goal_minor: int
    currency: str
    donors: int = 0

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 is never said too early."""
        return self.raised_minor * 100 // self.goal_minor if self.goal_minor > 0 else 0


@dataclass(frozen=True, kw_only=True, eq=False)
class FormLook(CharityLook):
    """A form, in one language. `prefix` is its own address with the slash: "/ar/give/4840/"; `site` stands before it
    where it is to be found. It was written in the language `original`. `closed`: nothing can pay a gift here."""

    number: int
    slug: str
    site: str
    prefix: str
    original: str
    closed: bool = False
    title: str
    intro: str = ""
    currencies: tuple[CurrencyChoice, ...]
    funds: tuple[FundChoice, ...] = ()
    asks: Asks = Asks()
    consents: tuple[ConsentChoice, ...] = ()
    goal: Goal | None = None
    message_max: int = 500

    @property
    def currency(self) -> str:
        """The first currency is the form's own."""
        return self.currencies[0].currency

    @property
    def alternates(self) -> tuple[tuple[str, str], ...]:
        """(language, whole address) of each language, this one among them; `x-default` is for readers of all others."""
        ways = {self.language: self.prefix} | {each.code: each.url for each in self.languages}
        return tuple(
            (code, self.site + way) for code, way in (*ways.items(), ("x-default", ways[self.original]))
        )

    def choice_in(self, currency: str) -> CurrencyChoice:
        """The suggestions in a currency; in the form's own if it doesn't take that one."""
        return next((c for c in self.currencies if c.currency == currency), self.currencies[0])


@dataclass(frozen=True)
class FieldError:
    """One thing to put right. `field` is the field's name; the summary and the field show the same `text`.

    Names beside the plain fields: `amount`, `other_amount`, `fund`, `address_query`, `address_choice`, `method`;
    an empty name is an error of the whole step, which the summary shows without a link.
    """

    field: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StepAmount:
    """How much would you like to give? `token` is set only when the donor came back from a later step; `note` is read
    before anything else, and is no error."""

    form: FormLook
    values: Values
    errors: tuple[FieldError, ...] = ()
    story_id: str = ""
    token: str = ""
    note: str = ""


@dataclass(frozen=True)
class Price:
    """The gift, and what covering its cost would add (0 if that isn't offered)."""

    amount_minor: int
    currency: str
    cover_minor: int = 0
    frequency: Frequency = "once"


@dataclass(frozen=True)
class AddressField:
    """One field of a country's address. `choices` (value, label) make it a list; `width` is full, half or short."""

    name: str
    label: str
    required: bool
    autocomplete: str = ""
    width: str = "full"
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An address to choose. `note` says what of it isn't known, if anything."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StepDetails:
    """Your Details. `suggestions` is None before a search and empty when nothing was found.

    `filled` is set when an address was chosen just now, and stands in its fields to be checked.
    `email_suggestion` is a whole address ("ada@gmail.com") that was probably meant.
    """

    form: FormLook
    token: str
    values: Values
    price: Price
    errors: tuple[FieldError, ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    address_fields: tuple[AddressField, ...] = ()
    finder: bool = False
    finder_source: str = ""
    suggestions: tuple[Suggestion, ...] | None = None
    manual_open: bool = False
    filled: bool = False
    email_suggestion: str = ""
    # For a regular gift: the days of the month that can be chosen, as (value, label).
    days: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A regular gift in words: when it comes again, how it ends, and what the donor allows by it. In sentences."""

    then: str
    agreement: str
    stopping: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The gift as it will be charged, to be read before it is. `promise` stands with a regular gift alone."""

    amount_minor: int
    cover_minor: int
    total_minor: int
    currency: str
    name: str
    email: str
    fund: str = ""
    address: str = ""
    # "memory" or "honour", and of whom.
    tribute_kind: str = ""
    tribute_name: str = ""
    message: str = ""
    anonymous: bool = False
    frequency: Frequency = "once"
    promise: Promise | None = None


@dataclass(frozen=True)
class Decline:
    """Why a payment wasn't taken and what to do next, both as sentences."""

    title: str
    next_action: str


@dataclass(frozen=True, kw_only=True)
class StepPayment:
    """Payment Details. `outcomes` are the sandbox's (code, label), shown while its method can be chosen; `note` is read
    before anything else, and is no error. `work` is ALTCHA's challenge as JSON, "" when none is asked."""

    form: FormLook
    token: str
    summary: Summary
    methods: tuple[MethodChoice, ...]
    chosen: str = ""
    outcomes: tuple[tuple[str, str], ...] = ()
    outcome: str = ""
    errors: tuple[FieldError, ...] = ()
    decline: Decline | None = None
    note: str = ""
    hosted_only: bool = False
    work: str = ""
    email_suggestion: str = ""
    element: PageElement | None = None


@dataclass(frozen=True, kw_only=True)
class StepWallet:
    """The wallets' own buttons, in the place of Your Details: a wallet knows them. `method` is what pays; `values` are
    the answers to the form's consent questions, which no wallet knows."""

    form: FormLook
    token: str
    values: Values
    method: str
    amount_minor: int
    currency: str
    fund: str = ""
    frequency: Frequency = "once"
    promise: Promise | None = None
    # Of a regular gift: the months between two, and where its donor changes or stops it.
    every: int = 0
    manage_url: str = ""
    element: PageElement | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepConfirm:
    """Payment Details, while the donor has something to do for the gateway: in our page by its script, which is given
    `client_secret`; or at `url`. `return_url` is where they come back, whatever came of it."""

    form: FormLook
    token: str
    return_url: str
    url: str = ""
    client_secret: str = ""
    element: PageElement | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True)
class RelatedStory:
    title: str
    url: str
    summary: str = ""
    image_url: str = ""
    image_width: int = 0
    image_height: int = 0


@dataclass(frozen=True, slots=True)
class ReachedFigure:
    """A figure of the register in words. `url` leads to its evidence; `before` is what it was when the donor first
    gave, and `corrected` the day since then on which it took a wrong one's place; "" where there is none.
    `label_language` is the label's where it isn't the page's."""

    value: str
    label: str
    as_of: str
    url: str
    before: str = ""
    corrected: str = ""
    label_language: str = ""


@dataclass(frozen=True, kw_only=True)
class Thanks:
    """Thank You, or where the gift stands. `page_url` is the page's own address, which can be reloaded; `keep_url` is
    the one to keep, where that isn't the same; `look_url` asks the gateway once more, and comes back to it. `host_url`
    leads back to another site's page that showed the form."""

    look: CharityLook
    status: ThanksStatus
    reference: str
    amount_minor: int
    currency: str
    page_url: str
    look_url: str = ""
    keep_url: str = ""
    host_url: str = ""
    form_title: str = ""
    email: str = ""
    lines: tuple[Line, ...] = ()
    bank: tuple[Line, ...] = ()
    receipt_url: str = ""
    message: str = ""
    next_steps: tuple[str, ...] = ()
    decline: Decline | None = None
    # Where trying again leads; with `again_token` it is posted there, and what was typed comes back.
    again_url: str = ""
    again_token: str = ""
    # Of a regular gift: what was promised, and where it can be changed.
    promise: str = ""
    donor_page_url: str = ""
    reached: tuple[ReachedFigure, ...] = ()
    related: tuple[RelatedStory, ...] = ()


Step = StepAmount | StepDetails | StepWallet | StepPayment | StepConfirm | Thanks


def suffix_of(frequency: str) -> str:
    """What ends the names of a frequency's fields: "amount_monthly"; nothing for a single gift."""
    return "" if frequency == "once" else f"_{frequency}"


def plain_amount(amount_minor: int, currency: str) -> str:
    """`(5000, "AUD")` -> `"50"`, `(1250, "AUD")` -> `"12.50"`: what a radio's value says."""
    whole, _, fraction = format_plain(amount_minor, currency).partition(".")
    return f"{whole}.{fraction}" if fraction.strip("0") else whole
