"""Money as integer minor units with an ISO 4217 code. Never a float, never a bare number.

The exponent is ISO 4217's. CLDR's display precision is another thing: it differs for a dozen currencies
(IQD, RSD, ALL, MMK ...) and would shift amounts by ten or a hundred.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# ISO 4217 list one; every currency that is not named here has two decimals.
_EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}

_CODES: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
    "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
)
CURRENCIES: Final[frozenset[str]] = frozenset(_CODES.split())

# What stands in front of the digits. Codes are used where two currencies would share a sign on one page.
_SIGNS: Final[dict[str, str]] = {
    "AUD": "$", "BRL": "R$", "CAD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "NZD": "$", "PHP": "₱", "SGD": "$", "THB": "฿", "TRY": "₺", "UAH": "₴", "USD": "$",
    "VND": "₫",
}  # fmt: skip

# How many units of a currency are about a dollar's worth, to a power of ten: one, where none is named. No rate of
# exchange, and it needn't follow one: it keeps "from 2" dollars from becoming "from 2" won.
_LIKE_A_DOLLAR: Final[dict[int, str]] = {
    10: "BOB BWP CNY CZK DKK EGP ERN GHS GTQ HKD HNL LSL MAD MDL MOP MRU MVR MXN MZN NAD NOK SCR SEK SRD SZL TJS TTD "
    "TWD UAH UYU VES ZAR ZMW ZWG",
    100: "AFN ALL BDT BTN CVE DJF DOP DZD ETB GMD GYD HTG HUF INR ISK JMD JPY KES KGS KMF LKR LRD MKD MUR NIO NPR PHP "
    "PKR RSD RUB SSP STN SYP THB TRY VUV XPF",
    1_000: "AMD AOA ARS CLP CRC IQD KPW KRW KZT MNT MWK NGN RWF SDG SOS XAF XOF YER",
    10_000: "BIF COP GNF IDR KHR LAK MGA MMK PYG SLE TZS UGX UZS VND",
    100_000: "IRR LBP",
}
_UNITS_A_DOLLAR: Final = {code: units for units, codes in _LIKE_A_DOLLAR.items() for code in codes.split()}

# Where "$" is written for the currency, a dollar or a peso.
_DOLLARS: Final = frozenset(
    [
        *(
            "ARS",
            "AUD",
            "BBD",
            "BMD",
            "BND",
            "BSD",
            "BZD",
            "CAD",
            "CLP",
            "COP",
            "DOP",
            "FJD",
            "GYD",
            "HKD",
            "JMD",
        ),
        *("KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "USD", "UYU", "XCD"),
    ]
)

# 10^12 minor units: beyond it a typing error is certain, and 64-bit sums stay far from overflow.
MAX_AMOUNT_MINOR: Final = 1_000_000_000_000

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
_EUROPEAN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,2}")


class CurrencyUnknown(ValueError):
    """The code is not in ISO 4217 (or not one that people give in)."""


class CurrenciesDiffer(TypeError):
    """Two amounts of different currencies met in one sum or comparison."""


class AmountInvalid(ValueError):
    """What was typed is no amount. `code` is one of: empty, not_a_number, not_positive, too_precise, too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def exponent(currency: str) -> int:
    """Decimals of a currency's minor unit, by ISO 4217: 2 for AUD, 0 for JPY, 3 for KWD."""
    if currency not in CURRENCIES:
        raise CurrencyUnknown(currency)
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency. Sums of two currencies raise `CurrenciesDiffer`."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError(f"amount_minor must be an int, not {type(self.amount_minor).__name__}")
        exponent(self.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_minor <= other.amount_minor

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency}")

    def __str__(self) -> str:
        return f"{format_plain(self.amount_minor, self.currency)} {self.currency}"


def _ascii_digits(text: str) -> str:
    """Full-width, Arabic, Devanagari ... digits and separators as ASCII, so that people may type their own."""
    out = []
    for char in text:
        if char in "٫":  # Arabic decimal separator
            out.append(".")
        elif char in "٬’'":  # thousands marks: Arabic, Swiss
            continue
        elif (digit := unicodedata.decimal(char, None)) is not None:
            out.append(str(digit))
        else:
            # Full-width commas and dollars, but no powers, halves and circled numbers: 5² is not 52.
            plain = unicodedata.normalize("NFKC", char)
            out.append(char if any(each.isdigit() for each in plain) else plain)
    return "".join(out)


def _number_text(text: str, currency: str) -> str:
    """`"AU$ 1,000.00 "` -> `"1000.00"`; raises AmountInvalid("not_a_number") on anything that isn't one number."""
    bare = _ascii_digits(text.strip())
    if any(char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029" for char in bare):
        raise AmountInvalid("not_a_number")
    bare = _without_marks(re.sub(r"\s", "", bare), currency)
    if _GROUPED.fullmatch(bare):
        return bare.replace(",", "")
    if _EUROPEAN.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    if _DECIMAL_COMMA.fullmatch(bare):
        return bare.replace(",", ".")
    if _PLAIN.fullmatch(bare):
        return bare
    raise AmountInvalid("not_positive" if re.fullmatch(r"[-−–][0-9.,]+", bare) else "not_a_number")


def _without_marks(bare: str, currency: str) -> str:
    """Without the currency's own code and sign, before or after. "€50" on a form in dollars keeps its sign, and is
    refused: it is not for us to say that fifty euros are fifty dollars."""
    marks = [currency, _SIGNS.get(currency, "")]
    if currency in _DOLLARS:
        # AU$, A$ and $ for AUD; US$ is another country's.
        marks += [f"{currency[:letters]}$" for letters in (3, 2, 1, 0)]
    for mark in filter(None, marks):
        if bare.upper().startswith(mark):
            bare = bare[len(mark) :]
        elif bare.upper().endswith(mark):
            bare = bare[: -len(mark)]
    return bare


def parse_amount(text: str, currency: str) -> int:
    """Minor units of what a person typed: "$1,000", "1000.00", " 50 ", "１００", "12,50" all parse.

    Raises `AmountInvalid`; never guesses. 1000.00 JPY is a thousand yen and never a hundred thousand; "1.000" AUD
    is refused, for half of Europe means a thousand by it.
    """
    decimals = exponent(currency)
    if len(text) > 64:
        raise AmountInvalid("not_a_number")
    if not text.strip():
        raise AmountInvalid("empty")
    whole, _, fraction = _number_text(text, currency).partition(".")
    if fraction[decimals:].strip("0") or len(fraction) > max(decimals, 2):
        raise AmountInvalid("too_precise")
    if len(whole.lstrip("0")) > 13:
        raise AmountInvalid("too_large")
    # One number of minor units, written out: 10**n would be a float to the type checker, if n were negative.
    amount_minor = int((whole or "0") + fraction[:decimals].ljust(decimals, "0"))
    if amount_minor <= 0:
        raise AmountInvalid("not_positive")
    if amount_minor >= MAX_AMOUNT_MINOR:
        raise AmountInvalid("too_large")
    return amount_minor


def about_as_much(amount_minor: int, old: str, new: str) -> int:
    """Minor units of `new` worth about as much, to a power of ten and rounded down: AUD 2.00 is JPY 200, KRW 2000.
    Zero stays zero. For limits that nobody has set, never for money."""
    above = amount_minor * _units_minor(new)
    return min(above // _units_minor(old), MAX_AMOUNT_MINOR - 1)


def _units_minor(currency: str) -> int:
    return int(_UNITS_A_DOLLAR.get(currency, 1) * 10 ** exponent(currency))


def format_plain(amount_minor: int, currency: str) -> str:
    """For machines and inputs: "1000.00", "-5.00", "1000" (JPY), "1.500" (KWD)."""
    decimals = exponent(currency)
    sign = "-" if amount_minor < 0 else ""
    whole, fraction = divmod(abs(amount_minor), 10**decimals)
    return f"{sign}{whole}.{fraction:0{decimals}d}" if decimals else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class _Written:
    """How a language writes an amount: the mark between thousands, and the decimal one; whether the currency stands
    first, and what stands between it and a sign."""

    group: str = ","
    point: str = "."
    first: bool = True
    gap: str = ""


# As CLDR has it; a test compares them. Arabic here keeps the digits and marks of English, as its readers' banks do.
_ENGLISH: Final = _Written()
_WRITTEN: Final = {
    "de": _Written(".", ",", first=False, gap="\u00a0"),
    "es": _Written(".", ",", first=False, gap="\u00a0"),
    "fr": _Written("\u202f", ",", first=False, gap="\u00a0"),
    "it": _Written(".", ",", first=False, gap="\u00a0"),
    "nl": _Written(".", ",", gap="\u00a0"),
    "pt": _Written(".", ",", gap="\u00a0"),
}


def format_money(
    amount_minor: int, currency: str, *, home: str | None = None, short: bool = False, language: str = "en"
) -> str:
    """For people: "$1,000.00", in German "1.000,00 $"; `short` drops a zero fraction ("$50").

    `home` is the reader's own currency: another one's sign is written with its code ("$50 USD"), because half the
    world's dollars share one sign.
    """
    written = _WRITTEN.get(language.partition("-")[0], _ENGLISH)
    plain = format_plain(abs(amount_minor), currency)
    whole, dot, fraction = plain.partition(".")
    if short and not fraction.strip("0"):
        dot = fraction = ""
    thousands = f"{int(whole):,}".replace(",", written.group)
    grouped = f"{thousands}{dot and written.point}{fraction}"
    minus = "−" if amount_minor < 0 else ""
    sign = _SIGNS.get(currency)
    suffix = f"\u00a0{currency}" if sign is not None and home is not None and home != currency else ""
    gap = written.gap if sign is not None else "\u00a0"
    shown = sign or currency
    return (
        f"{minus}{shown}{gap}{grouped}{suffix}" if written.first else f"{minus}{grouped}{gap}{shown}{suffix}"
    )


def cover_fee(gift_minor: int, *, percent_hundredths: int, fixed_minor: int) -> int:
    """What a donor adds so that about `gift_minor` arrives after a fee of `percent_hundredths`/10,000 and a fixed part.

    The smallest addition whose fee it pays in full, found by an integer search from just under the closed formula's
    answer: the formula alone falls a unit short wherever a gateway rounds up.
    """
    if not 0 <= percent_hundredths < 10_000 or fixed_minor < 0 or gift_minor <= 0:
        raise ValueError("a fee is 0 to 99.99 percent and a fixed part of 0 or more, of a positive gift")
    extra = max(
        0, (gift_minor * percent_hundredths + fixed_minor * 10_000) // (10_000 - percent_hundredths) - 2
    )
    while extra < fee_of(gift_minor + extra, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor):
        extra += 1
    return extra


def fee_of(total_minor: int, *, percent_hundredths: int, fixed_minor: int) -> int:
    """The configured fee on a total, rounded up to the currency's minor unit as gateways do."""
    return -(-total_minor * percent_hundredths // 10_000) + fixed_minor
