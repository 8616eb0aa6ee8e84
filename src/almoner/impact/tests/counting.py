"""Numbers in words, written by each language's own grammar: what `tongues` must read back. 1 to 999,999."""

from collections.abc import Callable
from typing import Final


def _row(words: str) -> list[str]:
    return words.split()


def _english(number: int) -> str:
    ones = _row(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    )
    tens = _row("- - twenty thirty forty fifty sixty seventy eighty ninety")
    if number < 20:
        return ones[number]
    if number < 100:
        return tens[number // 10] + (f"-{ones[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" and {_english(number % 100)}" if number % 100 else ""
        return f"{ones[number // 100]} hundred{rest}"
    rest = f" {_english(number % 1000)}" if number % 1000 else ""
    return f"{_english(number // 1000)} thousand{rest}"


def _german(number: int) -> str:
    ones = _row(
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
        "sechzehn siebzehn achtzehn neunzehn"
    )
    tens = _row("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
    if number < 20:
        return ones[number]
    if number < 100:
        return (f"{ones[number % 10]}und" if number % 10 else "") + tens[number // 10]
    if number < 1000:
        return f"{ones[number // 100]}hundert" + (_german(number % 100) if number % 100 else "")
    return f"{_german(number // 1000)}tausend" + (_german(number % 1000) if number % 1000 else "")


def _dutch(number: int) -> str:
    ones = _row(
        "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
        "zestien zeventien achttien negentien"
    )
    tens = _row("- - twintig dertig veertig vijftig zestig zeventig tachtig negentig")
    if number < 20:
        return ones[number]
    if number < 100:
        joined = "ën" if ones[number % 10].endswith("e") else "en"
        return (f"{ones[number % 10]}{joined}" if number % 10 else "") + tens[number // 10]
    if number < 1000:
        first = ones[number // 100] if number >= 200 else ""
        return f"{first}honderd" + (_dutch(number % 100) if number % 100 else "")
    first = _dutch(number // 1000) if number >= 2000 else ""
    return f"{first}duizend" + (f" {_dutch(number % 1000)}" if number % 1000 else "")


def _french(number: int) -> str:
    ones = _row(
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
        "dix-sept dix-huit dix-neuf"
    )
    tens = _row("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
    if number < 20:
        return ones[number]
    if number < 100:
        ten, rest = number // 10, number % 10 + (10 if number // 10 in (7, 9) else 0)
        if not rest:
            return tens[ten] + ("s" if ten == 8 else "")
        return tens[ten] + (f" et {ones[rest]}" if rest in (1, 11) and ten < 8 else f"-{ones[rest]}")
    if number < 1000:
        first = f"{ones[number // 100]} " if number >= 200 else ""
        return f"{first}cent" + (
            f" {_french(number % 100)}" if number % 100 else "s" if number >= 200 else ""
        )
    first = f"{_french(number // 1000)} " if number >= 2000 else ""
    return f"{first}mille" + (f" {_french(number % 1000)}" if number % 1000 else "")


def _spanish(number: int) -> str:
    ones = _row(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve"
    )
    tens = _row("- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
    hundreds = _row(
        "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
        "novecientos"
    )
    if number < 20:
        return ones[number]
    if 20 < number < 30:
        return f"veinti{ones[number % 10]}"
    if number < 100:
        return tens[number // 10] + (f" y {ones[number % 10]}" if number % 10 else "")
    if number < 1000:
        if number == 100:
            return "cien"
        return hundreds[number // 100] + (f" {_spanish(number % 100)}" if number % 100 else "")
    first = f"{_spanish(number // 1000)} " if number >= 2000 else ""
    return f"{first}mil" + (f" {_spanish(number % 1000)}" if number % 1000 else "")


def _italian(number: int) -> str:
    ones = _row(
        "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici diciassette diciotto diciannove"
    )
    tens = _row("- - venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
    if number < 20:
        return ones[number]
    if number < 100:
        ten, one = tens[number // 10], ones[number % 10] if number % 10 else ""
        return (ten[:-1] if number % 10 in (1, 8) else ten) + one
    if number < 1000:
        first = ones[number // 100] if number >= 200 else ""
        rest = _italian(number % 100) if number % 100 else ""
        return f"{first}cent{'' if rest.startswith('ott') else 'o'}{rest}"
    first = f"{_italian(number // 1000)}mila" if number >= 2000 else "mille"
    return first + (_italian(number % 1000) if number % 1000 else "")


def _portuguese(number: int) -> str:
    ones = _row(
        "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
        "dezesseis dezessete dezoito dezenove"
    )
    tens = _row("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
    hundreds = _row(
        "- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
    )
    if number < 20:
        return ones[number]
    if number < 100:
        return tens[number // 10] + (f" e {ones[number % 10]}" if number % 10 else "")
    if number < 1000:
        if number == 100:
            return "cem"
        return hundreds[number // 100] + (f" e {_portuguese(number % 100)}" if number % 100 else "")
    first = f"{_portuguese(number // 1000)} " if number >= 2000 else ""
    return f"{first}mil" + (f" {_portuguese(number % 1000)}" if number % 1000 else "")


def _arabic(number: int) -> str:
    ones = _row("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة")
    before = _row("- - - ثلاث أربع خمس ست سبع ثمان تسع")
    tens = _row("- - عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون")
    if number <= 10:
        return ones[number]
    if number < 20:
        return f"{'اثنا' if number == 12 else 'أحد' if number == 11 else ones[number % 10]} عشر"
    if number < 100:
        return (f"{ones[number % 10]} و" if number % 10 else "") + tens[number // 10]
    if number < 1000:
        first = "مئة" if number < 200 else "مئتان" if number < 300 else f"{before[number // 100]}مئة"
        return first + (f" و{_arabic(number % 100)}" if number % 100 else "")
    first = "ألف" if number < 2000 else f"{_arabic(number // 1000)} ألف"
    return first + (f" و{_arabic(number % 1000)}" if number % 1000 else "")


COUNT: Final[dict[str, Callable[[int], str]]] = {
    "en": _english, "de": _german, "nl": _dutch, "fr": _french, "es": _spanish, "it": _italian, "pt": _portuguese,
    "ar": _arabic,
}  # fmt: skip
