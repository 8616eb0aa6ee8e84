"""How well stories find what belongs to them: script/bench related [--corpus FILE] [--quick].

FILE holds a line of JSON for each story: `id`, `title`, `text`, `tags` (a list), `links` (identifiers of the stories
that its editors linked to). The links are the truth and nobody is shown them. Each way of finding names four others
for each story that has links within the corpus:

    almoner   what the product computes when a story is published: its own `terms` and `neighbours`
    tags      shared tags, the rare ones first
    bm25      Okapi BM25 (k1 1.2, b .75) of the same single words, the story's own words as the question
    random    four of the others

recall@4 is the share of a story's links that are among the four: who links to eight can reach a half. MRR is one over
the place of the first right one among the first ten. Both are means over the stories that have links.
Without a corpus the project's own documentation is one: pages that link to one another, folders for tags.
"""

import argparse
import json
import math
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rig import report

from almoner.stories.related import neighbours, terms

_DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
_LINK: Final = re.compile(r"\]\(([^)#\s]+\.md)[^)]*\)")
_SHOWN: Final = 4
_LOOKED_AT: Final = 10
_K1: Final = 1.2
_B: Final = 0.75

Ranks = Mapping[int, list[int]]


@dataclass(frozen=True)
class Corpus:
    """Stories by their place in the file; `links` names others by place, and only those that are there."""

    words: dict[int, Counter[str]]
    tags: dict[int, frozenset[str]]
    links: dict[int, frozenset[int]]


def read(lines: Iterable[str]) -> Corpus:
    """The file's stories. A line that is no story, or an identifier that comes twice, is an error that names it."""
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append((str(row["id"]), str(row["title"]), str(row["text"]), row["tags"], row["links"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(
                f"line {number} is no story with id, title, text, tags and links: {error}"
            ) from None
    places = {row[0]: place for place, row in enumerate(rows)}
    if len(places) < len(rows):
        twice = [name for name, times in Counter(row[0] for row in rows).items() if times > 1]
        raise SystemExit(f"these identifiers come more than once: {', '.join(twice[:5])}")
    return Corpus(
        # As publishing does: what a title says counts double, and topics are words too.
        words={
            place: terms(f"{title} {title} {' '.join(map(str, tags))} {text}")
            for place, (_, title, text, tags, _) in enumerate(rows)
        },
        tags={place: frozenset(map(str, row[3])) for place, row in enumerate(rows)},
        links={
            place: frozenset(places[str(link)] for link in row[4] if str(link) in places) - {place}
            for place, row in enumerate(rows)
        },
    )


def own_documentation() -> Iterator[str]:
    """A line for each page of the documentation; what stands in a link's brackets is the only trace of the link."""
    for page in sorted(_DOCS.glob("*/*.md")):
        text = page.read_text(encoding="utf-8")
        title, _, words = text.partition("\n")
        links = [(page.parent / link).resolve() for link in _LINK.findall(text)]
        yield json.dumps(
            {
                "id": str(page),
                "title": title.lstrip("# "),
                "text": _LINK.sub("]", words),
                "tags": [page.parent.name],
                "links": [str(link) for link in links],
            }
        )


def by_almoner(corpus: Corpus) -> Ranks:
    found = neighbours(corpus.words, limit=_LOOKED_AT)
    return {place: [other for other, _ in others] for place, others in found.items()}


def by_tags(corpus: Corpus) -> Ranks:
    having: dict[str, list[int]] = defaultdict(list)
    for place, tags in corpus.tags.items():
        for tag in tags:
            having[tag].append(place)
    rarity = {tag: math.log(len(corpus.tags) / len(places)) + 1e-9 for tag, places in having.items()}
    return _summed(
        corpus, lambda place: ((other, rarity[t]) for t in corpus.tags[place] for other in having[t])
    )


def by_bm25(corpus: Corpus) -> Ranks:
    single = {
        place: {word: times for word, times in counts.items() if " " not in word}
        for place, counts in corpus.words.items()
    }
    lengths = {place: sum(counts.values()) for place, counts in single.items()}
    usual = sum(lengths.values()) / max(1, len(lengths))
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, counts in single.items():
        longer = _K1 * (1 - _B + _B * lengths[place] / usual) if usual else _K1
        for word, times in counts.items():
            having[word].append((place, times * (_K1 + 1) / (times + longer)))
    rarity = {
        word: math.log(1 + (len(single) - len(held) + 0.5) / (len(held) + 0.5))
        for word, held in having.items()
    }
    return _summed(
        corpus,
        lambda place: (
            (other, rarity[word] * score) for word in single[place] for other, score in having[word]
        ),
    )


def by_chance(corpus: Corpus) -> Ranks:
    dice = random.Random(20251126)
    everyone = list(corpus.words)
    drawn = {place: dice.sample(everyone, min(len(everyone), _LOOKED_AT + 1)) for place in _linked(corpus)}
    return {place: [other for other in others if other != place] for place, others in drawn.items()}


def _summed(corpus: Corpus, votes: Callable[[int], Iterable[tuple[int, float]]]) -> Ranks:
    ranks: dict[int, list[int]] = {}
    for place in _linked(corpus):
        scores: dict[int, float] = defaultdict(float)
        for other, score in votes(place):
            scores[other] += score
        scores.pop(place, None)
        ranks[place] = sorted(scores, key=lambda other: (-scores[other], other))[:_LOOKED_AT]
    return ranks


def _linked(corpus: Corpus) -> list[int]:
    return [place for place, links in corpus.links.items() if links]


def recall(corpus: Corpus, ranks: Ranks) -> float:
    asked = _linked(corpus)
    hits = (len(corpus.links[p] & set(ranks[p][:_SHOWN])) / len(corpus.links[p]) for p in asked)
    return sum(hits) / len(asked)


def mrr(corpus: Corpus, ranks: Ranks) -> float:
    asked = _linked(corpus)
    firsts = (
        next((1 / at for at, other in enumerate(ranks[p], 1) if other in corpus.links[p]), 0.0) for p in asked
    )
    return sum(firsts) / len(asked)


def _read_from(path: Path | None) -> Corpus:
    if path is None:
        return read(own_documentation())
    try:
        with path.open(encoding="utf-8") as file:
            return read(file)
    except OSError as error:
        raise SystemExit(f"the corpus can't be read: {error}") from None


def main() -> None:
    options = argparse.ArgumentParser(
        prog="script/bench related", description=(__doc__ or "").partition("\n")[0]
    )
    options.add_argument(
        "--corpus", type=Path, help="JSON lines of id, title, text, tags, links; else our own docs"
    )
    options.add_argument(
        "--quick", action="store_true", help="as every bench: our own docs are quick as they are"
    )
    options.add_argument("--out", default="", help="a file for the last line's figures too")
    chosen = options.parse_args()
    corpus = _read_from(chosen.corpus)
    if not _linked(corpus):
        raise SystemExit("no story of this file links to another one of it: there is nothing to measure by")
    ways: dict[str, Callable[[Corpus], Ranks]] = {
        "almoner": by_almoner, "tags": by_tags, "bm25": by_bm25, "random": by_chance
    }  # fmt: skip
    rows, figures = [], {}
    for name, way in ways.items():
        began = time.process_time()
        ranks = way(corpus)
        seconds = time.process_time() - began
        figures[name] = (recall(corpus, ranks), mrr(corpus, ranks))
        rows.append((name, f"{figures[name][0]:.3f}", f"{figures[name][1]:.3f}", seconds))
    report.table(("way", "recall@4", "MRR@10", "CPU s"), rows)
    report.result(
        {
            "stories": len(corpus.words),
            "with_links": len(_linked(corpus)),
            "recall4": round(figures["almoner"][0], 4),
            "mrr": round(figures["almoner"][1], 4),
            **{f"recall4_{name}": round(figures[name][0], 4) for name in ("bm25", "tags", "random")},
            **{f"mrr_{name}": round(figures[name][1], 4) for name in ("bm25", "tags", "random")},
        },
        chosen.out,
    )


if __name__ == "__main__":
    main()
