"""From what was collected to the sections of the file: streets in the order of their names, houses packed."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from almoner.addresses.index import houses
from almoner.addresses.index.collecting import NUMBER_BITS, Collected, parts_of
from almoner.addresses.index.container import Section
from almoner.addresses.index.identifying import identifier_sections, kept
from almoner.addresses.index.layout import NO_TARGET
from almoner.addresses.index.misspelling import deletions
from almoner.addresses.index.words import Vocabulary, words_of

# A beginning of so few letters is begun by too many streets to look at each: the largest of them are kept ready.
READY_LETTERS: Final = 3
READY_FROM: Final = 2_048
READY_STREETS: Final = 256
_STREET: Final = (0, 0, 0)
_MASK: Final = (1 << NUMBER_BITS) - 1

Ints = NDArray[Any]


@dataclass
class Laid:
    """The order of the file. `street_order[i]` is the collected number of its street i; `of_street` the reverse."""

    names: list[str]
    displays: list[str]
    name_first: list[int]
    places: list[tuple[str, str, str]]
    place_names: list[str]
    street_order: list[int]
    street_place: list[int]
    # Street of a name that is a building's or another name -> the street meant, and the house.
    street_targets: dict[int, tuple[int, tuple[int, int, int]]]
    of_street: Ints


def sections_of(collected: Collected, vocabulary: Vocabulary) -> tuple[dict[str, Section], dict[str, Any]]:
    """The file's sections, and what belongs into its `meta`."""
    sizes = _sizes(collected)
    laid = _laid_out(collected, vocabulary, sizes)
    weights = _weights(laid, sizes)
    sections = _names(laid) | _places(laid, collected, vocabulary) | _streets(laid, weights)
    details = _sorted_details(collected, laid.of_street)
    sections |= _houses(collected, laid, details) | _aliases(collected, laid)
    ready, ready_meta = _ready(laid, weights)
    sections |= ready | _words(laid, weights)
    identifiers = _identifiers(collected, laid, details)
    meta = {
        "affixes": collected.affixes.all(),
        "levels": collected.levels.all(),
        "unit_kinds": collected.kinds.all(),
        "unit_texts": collected.units.all(),
        "id_prefixes": collected.id_prefixes.all(),
        "ready": ready_meta,
        "counts": {
            "addresses": collected.addresses,
            "streets": len(collected.streets),
            "street_names": len(laid.names),
            "places": len(laid.places),
            "buildings": len(collected.buildings),
            **({"identifiers": kept(identifiers)} if identifiers else {}),
        },
    }
    return sections | identifiers, meta


def _sizes(collected: Collected) -> Ints:
    """How many addresses each collected street has."""
    count = len(collected.streets)
    plain = np.frombuffer(collected.plain, dtype=np.uint64) if collected.plain else np.zeros(0, np.uint64)
    sizes = np.bincount((plain >> np.uint64(NUMBER_BITS)).astype(np.int64), minlength=count)
    if collected.detail_street:
        sizes = sizes + np.bincount(np.frombuffer(collected.detail_street, dtype=np.uint32), minlength=count)
    return sizes


def _laid_out(collected: Collected, vocabulary: Vocabulary, sizes: Ints) -> Laid:
    keys = list(collected.streets)
    places = sorted({key[1:] for key in keys}, key=lambda place: (words_of(place[0]), place))
    place_at = {place: at for at, place in enumerate(places)}
    # (name compared, name shown, the largest first, place, collected street, what it leads to)
    compared: dict[str, str] = {}
    entries = []
    for street, (shown, *place) in enumerate(keys):
        entries.append((shown, -int(sizes[street]), place_at[tuple(place)], street, NO_TARGET, _STREET))  # type: ignore[index]
    for name, street, house in collected.buildings:
        entries.append((name, 0, place_at[keys[street][1:]], len(keys), street, house))
    for name, street in collected.other_names:
        entries.append((name, 0, place_at[keys[street][1:]], len(keys), street, (NO_TARGET, 0, 0)))
    for shown, *_ in entries:
        if shown not in compared:
            compared[shown] = " ".join(vocabulary.compared(words_of(shown)))
    entries.sort(key=lambda entry: (compared[entry[0]], *entry))
    of_street = np.zeros(len(keys) + 1, dtype=np.int64)
    for at, entry in enumerate(entries):
        of_street[entry[3]] = at
    displays = list(dict.fromkeys(entry[0] for entry in entries))
    firsts: dict[str, int] = {}
    for at, entry in enumerate(entries):
        firsts.setdefault(entry[0], at)
    return Laid(
        names=[compared[shown] for shown in displays],
        displays=displays,
        name_first=[*(firsts[shown] for shown in displays), len(entries)],
        places=places,
        place_names=[" ".join(words_of(place[0])) for place in places],
        street_order=[entry[3] for entry in entries],
        street_place=[entry[2] for entry in entries],
        street_targets={
            at: (int(of_street[e[4]]), e[5]) for at, e in enumerate(entries) if e[4] != NO_TARGET
        },
        of_street=of_street,
    )


def _weights(laid: Laid, sizes: Ints) -> Ints:
    """A street's rank by its size: 8 for every doubling of its addresses."""
    padded = np.append(sizes, 20)
    weights: Ints = np.minimum(255, 8 * np.log2(1 + padded[laid.street_order])).astype(np.uint8)
    return weights


def _names(laid: Laid) -> dict[str, Section]:
    inner = sorted(
        (name[at:].encode(), number, at)
        for number, name in enumerate(laid.names)
        for at in _later_words(name)
    )
    return {
        **texts("name", laid.names),
        **texts("name_shown", laid.displays),
        "name_first": Section("I", array("I", laid.name_first).tobytes()),
        "inner_name": Section("I", array("I", [number for _, number, _ in inner]).tobytes()),
        "inner_at": Section("B", bytes(min(at, 255) for _, _, at in inner)),
    }


def _later_words(name: str) -> Iterator[int]:
    """Where each word begins but the first one, and the last one when it is short: the street's type."""
    at = name.find(" ")
    while at > 0:
        following = name.find(" ", at + 1)
        if (following > 0 or len(name) - at > 5) and at < 255:
            yield at + 1
        at = following


def _places(laid: Laid, collected: Collected, vocabulary: Vocabulary) -> dict[str, Section]:
    """Localities by name, and every name that they go by: (name compared, place, how it is meant)."""
    by_locality: dict[tuple[str, str], list[int]] = {}
    for at, (locality, region, _) in enumerate(laid.places):
        by_locality.setdefault((locality, region), []).append(at)
    known: set[tuple[str, int, int]] = set()
    for at, (locality, _, _) in enumerate(laid.places):
        name = " ".join(vocabulary.compared(words_of(locality)))
        known.add((name, at, 0))
        known |= {(name[start:], at, 1) for start in _later_words(name)}
    for name, key, neighbour in collected.other_places:
        compared = " ".join(vocabulary.compared(words_of(name)))
        known |= {(compared, at, 3 if neighbour else 2) for at in by_locality.get(key, ())}
    names = sorted(known, key=lambda entry: (entry[0].encode(), *entry[1:]))
    order = sorted(range(len(laid.places)), key=lambda at: (laid.places[at][2].lower().replace(" ", ""), at))
    streets: list[list[int]] = [[] for _ in laid.places]
    for street, place in enumerate(laid.street_place):
        streets[place].append(street)
    firsts = np.cumsum([0, *map(len, streets)])
    return {
        **texts("place", ["\t".join(place) for place in laid.places]),
        **texts("place_name", [name for name, _, _ in names]),
        "place_of_name": Section("I", array("I", [at for _, at, _ in names]).tobytes()),
        "place_meant": Section("B", bytes(meant for _, _, meant in names)),
        **texts("postcode", [laid.places[at][2].lower().replace(" ", "") for at in order]),
        "place_of_postcode": Section("I", array("I", order).tobytes()),
        "place_first": Section("I", firsts.astype(np.uint32).tobytes()),
        "place_streets": Section("I", array("I", (s for each in streets for s in each)).tobytes()),
    }


def _streets(laid: Laid, weights: Ints) -> dict[str, Section]:
    targets = sorted(laid.street_targets.items())
    return {
        "street_place": Section("I", array("I", laid.street_place).tobytes()),
        "street_weight": Section("B", weights.tobytes()),
        "target_of": Section("I", array("I", [street for street, _ in targets]).tobytes()),
        "target_street": Section("I", array("I", [to for _, (to, _) in targets]).tobytes()),
        "target_number": Section("I", array("I", [house[0] for _, (_, house) in targets]).tobytes()),
        "target_affix": Section("I", array("I", [house[1] for _, (_, house) in targets]).tobytes()),
        "target_end": Section("I", array("I", [house[2] for _, (_, house) in targets]).tobytes()),
    }


def _identifiers(collected: Collected, laid: Laid, details: "_Details") -> dict[str, Section]:
    """None where the collector was asked for none."""
    if not (collected.plain_ids or collected.detail_ids):
        return {}
    return identifier_sections(
        collected,
        of_street=laid.of_street,
        street_place=laid.street_place,
        details=(details.street, details.says, details.row),
    )


def _houses(collected: Collected, laid: Laid, sorted_details: "_Details") -> dict[str, Section]:
    of_street, count = laid.of_street, len(laid.street_order)
    plain = np.frombuffer(collected.plain, dtype=np.uint64) if collected.plain else np.zeros(0, np.uint64)
    street = of_street[(plain >> np.uint64(NUMBER_BITS)).astype(np.int64)].astype(np.uint64)
    plain = np.unique(street << np.uint64(NUMBER_BITS) | plain & np.uint64(_MASK))
    numbers_at, packed = array("I", [0]), bytearray()
    bounds = np.searchsorted(plain, np.arange(count + 1, dtype=np.uint64) << np.uint64(NUMBER_BITS))
    largest = np.zeros(count, dtype=np.uint32)
    values = (plain & np.uint64(_MASK)).astype(np.uint32)
    for at in range(count):
        own = values[bounds[at] : bounds[at + 1]]
        if own.size:
            packed += houses.pack_numbers(own.tolist())
            largest[at] = own[-1]
        numbers_at.append(len(packed))
    details, detailed = _packed_details(sorted_details, count)
    np.maximum.at(largest, detailed[0], detailed[1])
    return {
        "street_numbers_at": Section("I", numbers_at.tobytes()),
        "numbers": Section("B", bytes(packed)),
        "street_largest": Section("H", np.minimum(largest, 65_535).astype(np.uint16).tobytes()),
        **details,
    }


@dataclass(frozen=True)
class _Details:
    """Columns of the details in the file's order. `row`: which of the collected ones it was."""

    street: Ints
    number: Ints
    says: Ints
    unit: Ints
    row: Ints


def _sorted_details(collected: Collected, of_street: Ints) -> _Details:
    """By street, number, what is said and unit, so that neighbouring flats become one run; each once."""
    street = of_street[_column(collected.detail_street, np.uint32)].astype(np.uint32)
    number = _column(collected.detail_number, np.uint32)
    says, unit = _column(collected.detail_says, np.uint64), _column(collected.detail_unit, np.uint32)
    order = np.lexsort((unit, says, number, street))
    street, number, says, unit = street[order], number[order], says[order], unit[order]
    same = (street[1:] == street[:-1]) & (number[1:] == number[:-1]) & (says[1:] == says[:-1])
    once = np.concatenate(([True], ~(same & (unit[1:] == unit[:-1])))) if len(street) else np.zeros(0, bool)
    return _Details(street[once], number[once], says[once], unit[once], order[once])


def _packed_details(details: _Details, count: int) -> tuple[dict[str, Section], tuple[Ints, Ints]]:
    """The sections, and street and number of all that have details."""
    street, number, says, unit = details.street, details.number, details.says, details.unit
    same = (street[1:] == street[:-1]) & (number[1:] == number[:-1])
    run_on = same & (says[1:] == says[:-1]) & (unit[1:] == unit[:-1] + 1) & (unit[:-1] != 0)
    starts = np.flatnonzero(np.concatenate(([True], ~run_on))) if len(street) else np.zeros(0, np.int64)
    new_number = np.concatenate(([True], ~same))[starts] if len(street) else np.zeros(0, bool)
    lengths = np.diff(np.append(starts, len(street)))
    blob, detail_at = bytearray(), array("I")
    rows = zip(
        new_number.tolist(), says[starts].tolist(), unit[starts].tolist(), lengths.tolist(), strict=True
    )
    for begins, what, first, length in rows:
        if begins:
            detail_at.append(len(blob))
        blob += _packed(what, first, length - 1)
    detail_at.append(len(blob))
    heads = starts[new_number]
    from_ = np.searchsorted(street[heads], np.arange(count + 1))
    kind, dtype = ("H", np.uint16) if not len(number) or number.max() < 65_536 else ("I", np.uint32)
    sections = {
        "street_details_from": Section("I", from_.astype(np.uint32).tobytes()),
        "detailed_numbers": Section(kind, number[heads].astype(dtype).tobytes()),
        "detail_at": Section("I", detail_at.tobytes()),
        "details": Section("B", bytes(blob)),
    }
    return sections, (street[heads].astype(np.int64), number[heads])


def _packed(says: int, unit: int, run: int) -> bytes:
    affix, end, level, kind, lot, last = parts_of(says)
    flags, content = (houses.LOT if lot else 0) | (houses.LAST if last else 0), b""
    values = (affix, end, level, kind, unit - 1 if unit else None, run or None)
    bits = (houses.AFFIX, houses.END, houses.LEVEL, houses.KIND, houses.UNIT, houses.RUN)
    for flag, value in zip(bits, values, strict=True):
        if value is not None and (value or flag == houses.UNIT):
            flags |= flag
            content += houses.pack_int(value)
    return bytes([flags]) + content


def _aliases(collected: Collected, laid: Laid) -> dict[str, Section]:
    """Sorted by street << NUMBER_BITS | number."""
    of = laid.of_street
    rows = sorted(
        (int(of[street]) << NUMBER_BITS | number, int(of[to]), to_number)
        for street, number, to, to_number in collected.aliases
    )
    return {
        "alias": Section("Q", array("Q", [key for key, _, _ in rows]).tobytes()),
        "alias_street": Section("I", array("I", [street for _, street, _ in rows]).tobytes()),
        "alias_number": Section("I", array("I", [number for _, _, number in rows]).tobytes()),
    }


def _ready(laid: Laid, weights: Ints) -> tuple[dict[str, Section], dict[str, list[int]]]:
    """For each short beginning of many streets, the largest of them: {beginning: [from, to]} into `ready_streets`."""
    ready, meta = array("I"), {}
    firsts = np.array(laid.name_first)
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(laid.names):
        for letters in range(1, READY_LETTERS + 1):
            groups.setdefault(name[:letters], [number, number])[1] = number + 1
    for beginning, (low, high) in groups.items():
        first, end = int(firsts[low]), int(firsts[high])
        if end - first > READY_FROM:
            own = weights[first:end]
            best = np.argsort(-own.astype(np.int16), kind="stable")[:READY_STREETS] + first
            meta[beginning] = [len(ready), len(ready) + len(best)]
            ready.extend(best.tolist())
    return {"ready_streets": Section("I", ready.tobytes())}, meta


def _words(laid: Laid, weights: Ints) -> dict[str, Section]:
    """The words of streets and places with what a slip of the finger makes of their beginnings."""
    totals: dict[str, int] = {}
    sizes = np.exp2(weights.astype(float) / 8)
    sums = np.add.reduceat(sizes, laid.name_first[:-1]) if laid.names else np.zeros(0)
    for name, total in zip(laid.names, sums.tolist(), strict=True):
        for word in name.split():
            totals[word] = totals.get(word, 0) + int(total)
    for name in laid.place_names:
        for word in name.split():
            totals[word] = totals.get(word, 0) + 50
    words = sorted((word for word in totals if not word.isdigit()), key=str.encode)
    hashes, at = deletions(words)
    weight = np.minimum(255, 8 * np.log2([1 + totals[word] for word in words])) if words else np.zeros(0)
    return {
        **texts("word", words),
        "word_weight": Section("B", weight.astype(np.uint8).tobytes()),
        "slip_hash": Section("I", hashes.tobytes()),
        "slip_word": Section("I", at.tobytes()),
    }


def texts(name: str, items: list[str]) -> Mapping[str, Section]:
    """Two sections: where each text begins, and all of them."""
    encoded = [text.encode() for text in items]
    ends = np.cumsum([0, *map(len, encoded)]).astype(np.uint32)
    return {f"{name}_at": Section("I", ends.tobytes()), name: Section("B", b"".join(encoded))}


def _column(values: "array[int]", dtype: Any) -> Ints:
    return np.frombuffer(values, dtype=dtype) if values else np.zeros(0, dtype)
