"""Words as they are compared: without case, accents and apostrophes, long and short forms alike.

"Saint George’s Tce." and "ST GEORGES TERRACE" are both "st georges tce". Both sides are written so, what stands in the
file and what is typed: a street's type costs one comparison however it is written.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz.distance import OSA

_SPLIT: Final = re.compile(r"[\W_]+")
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘`´ʼ"))
# Letters that Unicode doesn't take apart into a letter and a mark.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "&": " and "}
)

# One line a word: the form that is compared, then everything that is written for it. Own compilation.
_ENGLISH: Final = """
access acc accs|al alley ally|arc arcade|av avenue ave aven avnue|bch beach|bend bnd|
blvd boulevard boulevarde bvd bvde boul bld|app approach appr|cswy causeway csway|
bdwy broadway bway|brk break|br brace|brg bridge|bypa bypass|byway bywy|cnl canal|
cct circuit cirt circt|cir circle crcl|
cl close|cmn common|con concourse|cor corner crn|cove cve|ct court crt|ctyd courtyard|cr crescent cres crs cresc|
crst crest|cross crss crossing crsg|csac culdesac|dale dle|dr drive drv dve|driveway drwy dvwy|edge edg|ent entrance|
esp esplanade espl|exp expressway expwy|fire firetrail ftrk|fly flyover|fwy freeway|gdns garden gardens gdn|gate gte|
gl glade gld|glen gln|gra grange|grn green|gr grove grv gve|hts heights|hill hl|hwy highway highwy hgwy hway|
intg interchange|jnc junction jctn jct|key ky|la lane ln|lnwy laneway|link lnk|lkt lookout|loop lp|mall ml|
mew mews|mwy motorway|
nook nk|out outlook otlk|pde parade prde|park pk prk|pkwy parkway pkwy pwy|pass ps|path pth|pl place plce|plz plaza|
pocket pkt|port prt|prom promenade|qy quay|qys quays|ramp rmp|rch reach|res reserve|rest rst|rtt retreat|
rdge ridge rdg|
rise ri|rd road rds|row rw|rte route|rty rotary|sq square sqr|stps steps|st street str saint|sbwy subway|
tce terrace terr ter|
thor thoroughfare|tlwy tollway|top tp|twr tower|trk track|trl trail tr|tree tre|turn trn|upas underpass|vale vle|
viad viaduct|view vw|vlls villas vll|vsta vista|walk wlk|wkwy walkway|way wy|whrf wharf|wynd wyn|yard yrd|
n north nth no|s south sth|e east|w west wst|ne northeast|nw northwest|se southeast|sw southwest|cent central cnt|
upr upper up|lwr lower lr|mt mount mnt|mtn mountain|ft fort|pt point pnt|ck creek crk|is island isl|hd head hds heads|
hrb harbour harbor|spgs springs|stn station|vly valley|vlg village|lk lake|ctr centre center cntr|
gt great|ltl little|old od|univ university uni|extn extension ext
"""
_GERMAN: Final = """
strasse str strase|platz pl|weg wg|allee all|gasse gas|sankt st
"""
_FRENCH: Final = """
rue r|av avenue ave|bd boulevard bvd blvd boul|pl place|che chemin ch|imp impasse|all allee allees|rte route|sq square|
crs cours|quai q|res residence|lot lotissement|st saint|ste sainte|fbg faubourg|pass passage|ter terrasse
"""
_DUTCH: Final = "straat str|laan ln|plein pl|weg wg|gracht gr|sint st"
_TABLES: Final = {
    "AU": _ENGLISH,
    "NZ": _ENGLISH,
    "GB": _ENGLISH,
    "IE": _ENGLISH,
    "US": _ENGLISH,
    "CA": _ENGLISH,
    "ZA": _ENGLISH,
    "SG": _ENGLISH,
    "HK": _ENGLISH,
    "DE": _GERMAN,
    "AT": _GERMAN,
    "CH": _GERMAN,
    "FR": _FRENCH,
    "BE": _FRENCH,
    "NL": _DUTCH,
}
_SHORTEST_PREFIX: Final = 2
_SHORTEST_SLIP: Final = 4
_LONG_WORD: Final = 8
_LEFT_OUT: Final = frozenset({"of", "the", "at", "and"})


@dataclass(frozen=True)
class Vocabulary:
    """A country's long and short forms: `forms` maps every writing of a word to the one that is compared."""

    forms: Mapping[str, str]

    def compared(self, words: Iterable[str]) -> list[str]:
        """Words in their compared forms; those that people leave out are left out, unless nothing else is there."""
        every = [self.forms.get(word, word) for word in words]
        return [word for word in every if word not in _LEFT_OUT] or every

    def begun(self, start: str) -> tuple[str, ...]:
        """The compared forms of words that begin so and are compared otherwise: "stre" is on its way to "st"."""
        return self._begun.get(start, ())

    def near(self, word: str) -> list[str]:
        """Long forms that are a slip away, or two in a long word: "stret" is "street"."""
        most = 0 if len(word) < _SHORTEST_SLIP else 2 if len(word) >= _LONG_WORD else 1
        return [each for each in self._long if most and OSA.distance(word, each, score_cutoff=most) <= most]

    @cached_property
    def _long(self) -> list[str]:
        return [written for written in self.forms if len(written) > _SHORTEST_SLIP]

    @cached_property
    def _begun(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for written, form in self.forms.items():
            for length in range(_SHORTEST_PREFIX, len(written) + 1):
                if not form.startswith(written[:length]):
                    found.setdefault(written[:length], {})[form] = None
        return {start: tuple(forms) for start, forms in found.items()}


@lru_cache(maxsize=64)
def vocabulary(country: str) -> Vocabulary:
    """A country's; of one without a table, English forms, which most data sets outside their country use."""
    forms: dict[str, str] = {}
    for line in _TABLES.get(country, _ENGLISH).replace("\n", "").split("|"):
        form, *others = line.split()
        for written in (form, *others):
            forms.setdefault(written, form)
    return Vocabulary(forms)


def only_left_out(words: Iterable[str]) -> bool:
    """Whether people would leave all of these words out."""
    return all(word in _LEFT_OUT for word in words)


def folded(text: str) -> str:
    """Lower case, without accents and apostrophes; signs stay."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "").replace("&", " and ")
    bare = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_LETTERS)
    return "".join(char for char in bare if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return [word for word in _SPLIT.split(folded(text)) if word]


_DIRECTIONS: Final = {
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "ne": "north east",
    "nw": "north west",
    "se": "south east",
    "sw": "south west",
    "cn": "central",
    "ex": "extension",
    "up": "upper",
    "lr": "lower",
    "ml": "mall",
    "de": "deviation",
    "of": "off",
    "on": "on",
    "op": "overpass",
    "in": "inner",
    "ou": "outer",
}


@lru_cache(maxsize=2_048)
def full_word(code: str) -> str:
    """A street type's or direction's code in full, in capitals: "ST" is "STREET". What isn't known stays."""
    low = code.lower()
    if low in _DIRECTIONS:
        return _DIRECTIONS[low].upper()
    for line in _ENGLISH.replace("\n", "").split("|"):
        form, *others = line.split()
        if low == form and others and len(others[0]) > len(form):
            return others[0].upper()
    return code.upper()
