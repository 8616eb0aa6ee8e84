"""Names for a synthetic Australia: real ones from ../shared/data/addresses where they lie, made-up ones elsewhere.

Real names matter, because how many streets share a beginning is what makes a keystroke dear; made-up ones let the
bench run anywhere. None of the real data is in this repository: see its SOURCES.md for what its licences allow.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT: Final = Path(__file__).resolve().parents[2]

# A street's type with the short forms that people write. Kept apart from the finder's own table: this judges that one.
TYPES: Final = {
    "Street": ("St", "Str"), "Road": ("Rd",), "Avenue": ("Ave", "Av"), "Drive": ("Dr", "Drv"), "Court": ("Ct", "Crt"),
    "Place": ("Pl",), "Crescent": ("Cres", "Cr"), "Close": ("Cl",), "Lane": ("Ln", "La"), "Circuit": ("Cct",),
    "Parade": ("Pde",), "Terrace": ("Tce",), "Highway": ("Hwy",), "Boulevard": ("Blvd", "Bvd"), "Boulevarde": ("Bvde",),
    "Grove": ("Gr", "Gve"), "Esplanade": ("Esp",), "Square": ("Sq",), "Parkway": ("Pkwy",), "Gardens": ("Gdns",),
    "Heights": ("Hts",), "Promenade": ("Prom",), "Approach": ("App",), "Retreat": ("Rtt",), "Circle": ("Cir",),
    "Track": ("Trk",), "Alley": ("Ally",), "Crossing": ("Crsg",), "Freeway": ("Fwy",), "Quay": ("Qy",),
    "Way": (), "Rise": (), "Loop": (), "Mews": (), "Link": (), "Walk": (), "Pass": (), "Vista": (), "View": (),
    "Turn": (), "Green": (), "Chase": (), "Cove": (), "Bend": (), "Glade": (), "Glen": (), "Trail": (), "Ridge": (),
    "Row": (), "Elbow": (), "Grange": (), "Corner": (), "Ramble": (), "Gate": (), "Brace": (), "Entrance": (),
    "Meander": (), "Fairway": (), "Spur": (), "Crest": (), "Cross": (), "Wynd": (), "Vale": (), "Outlook": (),
    "Run": (), "Dale": (), "Mall": (), "Nook": (), "Circus": (), "Plaza": (), "Concourse": (), "Arcade": (),
}  # fmt: skip
_SIDES: Final = frozenset({"North", "South", "East", "West"})
# OpenStreetMap's roads that nobody lives on.
_UNLIVED: Final = re.compile(
    r"\b(offramp|onramp|ramp|exit|on|off|platform|station|busway|railway|bridge|tunnel|trail|interchange|track|"
    r"motorway|parkway|bikeway|cycleway|footpath|break|fire|access|bypass|carpark|stage|to)\b",
    re.IGNORECASE,
)
_STREET: Final = re.compile(
    r"(?:[A-Z][a-z'’]*[A-Za-z'’]+|of|the|de|la)(?: (?:[A-Z][A-Za-z'’]*|of|the|de|la))*"
)
_INNER_CAPITAL: Final = re.compile(r"(?<!\bMc)(?<!\bMac)(?<!['’\s])(?<=[a-z])[A-Z]")
_ONE_WORD: Final = frozenset(
    {
        "Broadway",
        "Esplanade",
        "Riverway",
        "Boardwalk",
        "Kingsway",
        "Causeway",
        "Queensway",
        "Ridgeway",
        "Centreway",
    }
)
# Post offices' own localities, where nobody lives.
_POSTAL: Final = re.compile(r"\b(DC|BC|MC|MSC|PO|BRANCH|UNIVERSITY|ANU|HMAS|RAAF|DEPOT|POSTAL)\b|[().\d]")
_TWO_POSTCODES_KEPT: Final = 0.3
_COINED_SHARE: Final = 0.2


class Place(NamedTuple):
    """A locality with one postcode. `remoteness`: 1 a metropolis to 7 very remote (the Modified Monash scale)."""

    locality: str
    region: str
    postcode: str
    remoteness: int


@dataclass(frozen=True, slots=True)
class Names:
    """`weights`: how often each street's name is given, in relation; `places` in the order of their postcodes."""

    streets: list[str]
    weights: "NDArray[np.float64]"
    places: list[Place]
    real: bool


def data_folder() -> Path:
    """Where the shared address data lies, if it does."""
    given = os.environ.get("ALMONER_SHARED_DATA", "")
    return Path(given) if given else ROOT.parent / "shared" / "data" / "addresses"


def names(seed: int) -> Names:
    folder = data_folder()
    dice = np.random.default_rng(seed)
    real = (folder / "au-localities.csv").is_file()
    counts = _real_streets(folder) if real else _made_up_streets(dice)
    places = _real_places(folder, dice) if real else _made_up_places(dice)
    _coin(counts, dice)
    streets = sorted(counts)
    weights = np.array([counts[street] for street in streets], dtype=np.float64)
    ordered = sorted(places, key=lambda place: (place.region, place.postcode, place.locality))
    return Names(streets, weights / weights.sum(), ordered, real)


def typed_apart(street: str) -> tuple[str, str, str]:
    """("Pacific", "Highway", "North") of Pacific Highway North; "" where there is none. "The Avenue" has no type."""
    words = street.split()
    side = words.pop() if len(words) > 2 and words[-1] in _SIDES and words[-2] in TYPES else ""
    if len(words) > 1 and words[-1] in TYPES and words[0] != "The":
        return " ".join(words[:-1]), words[-1], side
    return " ".join(words), "", side


def title(text: str) -> str:
    """ "ST KILDA" as it is shown; "O’CONNOR" and "MCLAREN VALE" with their inner capitals."""
    shown = " ".join(part[:1].upper() + part[1:].lower() for part in text.split())
    return re.sub(r"\b(Mc|O['’]|D['’])([a-z])", lambda match: match[1] + match[2].upper(), shown)


def _real_streets(folder: Path) -> dict[str, float]:
    counts: dict[str, float] = {}
    for path in sorted(folder.glob("streets-*.json")):
        for name, count in json.loads(path.read_text(encoding="utf-8"))["counts"].items():
            if _lived(name):
                counts[name] = counts.get(name, 0) + count
    return counts


def _lived(name: str) -> bool:
    if not _STREET.fullmatch(name) or _UNLIVED.search(name) or _INNER_CAPITAL.search(name):
        return False
    if " " not in name:
        return name in _ONE_WORD
    return bool(typed_apart(name)[1]) or name.startswith("The ")


def _real_places(folder: Path, dice: np.random.Generator) -> list[Place]:
    known: dict[tuple[str, str], Place] = {}
    second: list[Place] = []
    with (folder / "au-localities.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["type"] in ("Post Office Boxes", "LVR") or _POSTAL.search(line["locality"].upper()):
                continue
            place = Place(
                title(line["locality"]), line["state"], line["postcode"], int(line["mmm_2019"] or 5)
            )
            if known.setdefault((place.locality, place.region), place) is not place:
                second.append(place)
    return [
        *known.values(),
        *(place for place in dict.fromkeys(second) if dice.random() < _TWO_POSTCODES_KEPT),
    ]


def _coin(counts: dict[str, float], dice: np.random.Generator) -> None:
    """Stems with other types ("Acacia Mews"): eight capitals don't hold all the names of a continent."""
    stems = sorted({stem for name in counts if (stem := typed_apart(name)[0]) and not stem.startswith("The")})
    types = [name for name in TYPES if name not in ("Highway", "Freeway")]
    common = np.array([1 / (rank + 3) for rank in range(len(types))])
    count = int(len(counts) * _COINED_SHARE)
    drawn = dice.integers(len(stems), size=count)
    kinds = dice.choice(len(types), size=count, p=common / common.sum())
    for stem, kind in zip(drawn.tolist(), kinds.tolist(), strict=True):
        counts.setdefault(f"{stems[stem]} {types[kind]}", 1.0)


# ---- Without the shared data -


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_HEADS: Final = _words(
    "Ash Beck Bell Black Bridge Brook Burn Cal Camp Carr Cedar Clif Cob Col Cran Dal Dar Den Dun East Elm Fair Fern "
    "Fin Glen Gold Gran Grey Hal Ham Har Haw Hazel Hol Hunt Ken Kil Kirk Lan Lark Lin Lyn Mal Mar Mel Mil Mor Nar "
    "New Nor Oak Os Pem Pen Rad Raven Red Rock Rose Row Rush Sal Sel Shel Stan Stone Strath Sun Thorn Tor Wal War "
    "Wat Wen West White Wil Win Wood Wool Yar"
)
_TAILS: Final = _words(
    "ford ham ton ley field wood bury dale mere stead worth combe bourne brook gate hurst land lea man more ning "
    "over pool ridge shaw side stone thorpe vale view ville water way well wick win wyn"
)
_COMMON: Final = _words(
    "George King Queen Church High Station Park Victoria Albert William John James Charles Elizabeth Thomas Henry "
    "Arthur Edward Mary Margaret First Second Third Railway School Mill Bridge Hill Short Wattle Acacia Banksia "
    "Railway Market Beach River Ocean Lake Princes Mount St|Johns St|Georges St|Kilda Old|South|Head Old|Northern"
)
_STATES: Final = (
    ("NSW", 2000, 2900), ("VIC", 3000, 3990), ("QLD", 4000, 4890), ("SA", 5000, 5750), ("WA", 6000, 6770),
    ("TAS", 7000, 7470), ("ACT", 2600, 2620), ("NT", 800, 890),
)  # fmt: skip
_STATE_SHARES: Final = (0.31, 0.2, 0.22, 0.11, 0.1, 0.04, 0.01, 0.01)
_REMOTENESS_SHARES: Final = (0.24, 0.09, 0.06, 0.04, 0.44, 0.07, 0.06)
_MADE_UP_PLACES: Final = 16_000


def _made_up_streets(dice: np.random.Generator) -> dict[str, float]:
    counts = dict.fromkeys(("The Esplanade", "The Avenue", "The Parade", "Broadway", "Esplanade"), 40.0)
    types = list(TYPES)[:22]
    for rank, stem in enumerate(dict.fromkeys(_COMMON)):
        for kind in types[:8]:
            counts[f"{stem.replace('|', ' ')} {kind}"] = 120 / (rank + 2)
    for stem in _stems():
        for kind in dice.choice(len(types), size=18, replace=False).tolist():
            counts[f"{stem} {types[kind]}"] = float(dice.integers(1, 4))
    return counts


def _stems() -> Iterator[str]:
    for head in _HEADS:
        for tail in _TAILS:
            yield head + tail


def _made_up_places(dice: np.random.Generator) -> list[Place]:
    stems = list(_stems())
    turned = ("", "", "", "North ", "South ", "Mount ", "Port ", "St ")
    found: dict[Place, None] = {}
    while len(found) < _MADE_UP_PLACES:
        stem = turned[dice.integers(len(turned))] + stems[dice.integers(len(stems))]
        region, low, high = _STATES[dice.choice(len(_STATES), p=_STATE_SHARES)]
        remoteness = 1 + int(dice.choice(7, p=np.array(_REMOTENESS_SHARES)))
        found[Place(stem, region, f"{dice.integers(low, high):04}", remoteness)] = None
    return list(found)
