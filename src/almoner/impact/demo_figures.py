"""What Tidelight's own register holds, in the demonstration. The charity is invented, and so is every number here."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from almoner.impact.models import Indicator, Partner, Partnership, Result

# So many whole months are told of; the last of them is over.
MONTHS: Final = 24
# Partners answer to no telephone: they are said to be invented where they are named.
INVENTED: Final = " (a demonstration)"

Kind = Partner.Kind
Role = Partnership.Role
Measure = Indicator.Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An indicator with its numbers. `values` end with the last whole month, `every_months` apart; `parts` are its
    breakdown at some of them, counted from the end. `targets`: so many months after that month."""

    slug: str
    title: str
    rule: str
    values: tuple[int, ...]
    nouns: str = ""
    measure: Measure = Measure.COUNT
    cumulative: bool = True
    every_months: int = 1
    at_risk: bool = False
    baseline: int | None = None
    targets: Mapping[int, int]
    by: str = ""
    parts: Mapping[int, Mapping[str, int]] | None = None
    method: str = ""
    # What was said at first of one of them, counted from the end, and why it was wrong.
    slip: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    kind: Result.Kind
    title: str
    description: str
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A programme. `fund` is the code of the one that pays for it; `report` is what its numbers are taken from."""

    slug: str
    title: str
    summary: str
    sector: str
    fund: str
    report: str
    verified_by: str
    partners: tuple[tuple[str, Kind, Role], ...]
    results: tuple[Told, ...]


def _running(*each: int) -> tuple[int, ...]:
    return tuple(accumulate(each))


_CALLS: Final = Measured(
    slug="calls",
    title="calls answered at night",
    nouns="calls answered",
    rule="Calls to the night line between eight in the evening and eight in the morning that a counsellor took, each "
    "call once. Calls that end before anybody speaks aren’t counted.",
    values=_running(
        182, 196, 211, 204, 228, 240, 251, 266, 259, 274, 288, 301,
        296, 312, 327, 335, 349, 344, 361, 378, 372, 389, 402, 415,
    ),
    targets={-12: 3_000, 6: 10_000},
    method="Counted by the telephone system.",
)  # fmt: skip
_ANSWERED: Final = Measured(
    slug="within-a-minute",
    title="calls that were answered within a minute",
    rule="Of the calls of the month, those that a counsellor took within 60 seconds of the first ring.",
    measure=Measure.PERCENT,
    cumulative=False,
    baseline=52,
    values=(
        58, 60, 59, 63, 66, 64, 69, 71, 70, 74, 73, 76,
        78, 77, 80, 79, 82, 84, 83, 85, 84, 87, 88, 89,
    ),
    targets={6: 92},
    method="Counted by the telephone system.",
)  # fmt: skip
_FAMILIES: Final = Measured(
    slug="families",
    title="families with a counsellor of their own",
    nouns="families with a counsellor",
    rule="Families in which somebody rang the night line and then met the same counsellor at least three times, each "
    "family once.",
    values=_running(
        12, 9, 10, 11, 8, 12, 9, 10, 11, 10, 9, 11, 10, 12, 13, 11, 12, 14, 12, 13, 12, 14, 13, 14
    ),
    at_risk=True,
    targets={6: 350},
    by="where they live",
    parts={
        -12: {
            "Tasmania": 60, "Victoria": 31, "South Australia": 17, "New South Wales": 12, "elsewhere": 2,
        },
        0: {"Tasmania": 128, "Victoria": 74, "South Australia": 41, "New South Wales": 23, "elsewhere": 6},
    },
    method="From the counsellors’ diaries, without names.",
)  # fmt: skip
_SAFE: Final = Measured(
    slug="a-year-on",
    title="families who say, a year on, that their child is safe online",
    rule="Of the families whose first call was a year ago and who could be asked, those who answered yes.",
    measure=Measure.PERCENT,
    cumulative=False,
    every_months=12,
    at_risk=True,
    values=(71, 76),
    targets={12: 80},
    method="Asked by telephone, by somebody other than their counsellor.",
)
_TRAINED: Final = Measured(
    slug="trained",
    title="teachers and coaches who finished the course",
    nouns="teachers trained, coaches trained",
    rule="Adults who work with children and took part in both days of the course, each person once.",
    values=_running(
        24, 31, 28, 0, 36, 42, 38, 45, 40, 0, 12, 48, 44, 51, 47, 0, 53, 58, 49, 62, 55, 0, 18, 57
    ),
    targets={6: 1_000},
    by="where they work",
    parts={0: {"schools": 512, "sports clubs": 221, "youth groups": 105}},
    method="From the lists that everybody signs on the second day.",
    slip=(
        -3,
        28,
        "One course stood on two lists, and its 28 people were counted twice. A reader of our site asked why the "
        "month before a holiday was so full. Thank you.",
    ),
)  # fmt: skip
_ADVICE: Final = Measured(
    slug="advice",
    title="times that a trained adult asked us for advice",
    rule="Calls and messages to our advice desk from people who finished the course, each one.",
    cumulative=False,
    every_months=3,
    values=(17, 21, 19, 26, 31, 34, 38),
    targets={9: 45},
    method="Counted by hand from the desk’s diary.",
)

WORKS: Final = (
    Work(
        slug="night-line",
        title="The night line",
        summary="A telephone line for children and their families that is answered from evening until morning, when "
        "most children speak. Whoever rings may meet the same counsellor again, for as long as it takes. Tidelight is "
        "invented for this demonstration, and so are these figures: they show how a register is kept.",
        sector="16010",
        fund="night-line",
        report="Night line, month by month",
        verified_by="Head of the night line",
        partners=(
            ("Harbour Counselling Cooperative", Kind.NATIONAL_NGO, Role.IMPLEMENTING),
            ("Bass Strait Telephone Trust", Kind.FOUNDATION, Role.FUNDING),
        ),
        results=(
            Told(
                kind=Result.Kind.OUTPUT,
                title="Somebody answers, every night",
                description="A line is worth what its worst hour is worth. So we count how often it is answered, and "
                "how soon.",
                measured=(_CALLS, _ANSWERED),
            ),
            Told(
                kind=Result.Kind.OUTCOME,
                title="Families aren’t alone with it",
                description="One conversation seldom ends a harm. A person who knows the story already can.",
                measured=(_FAMILIES,),
            ),
            Told(
                kind=Result.Kind.IMPACT,
                title="Children are safer a year later",
                description="",
                measured=(_SAFE,),
            ),
        ),
    ),
    Work(
        slug="those-who-notice",
        title="Those who notice",
        summary="A course of two days for teachers, coaches and youth workers: what harm online looks like from "
        "outside, what to say first, and whom to ask. Invented for this demonstration, like Tidelight itself.",
        sector="11130",
        fund="children",
        report="Course lists",
        verified_by="Programme lead",
        partners=(
            ("Association of Coastal Schools", Kind.ACADEMIC, Role.IMPLEMENTING),
            ("Southern Shore Sports League", Kind.NATIONAL_NGO, Role.EXTENDING),
        ),
        results=(
            Told(
                kind=Result.Kind.OUTPUT,
                title="Adults near children know what to look for",
                description="",
                measured=(_TRAINED,),
            ),
            Told(
                kind=Result.Kind.OUTCOME,
                title="They act on what they see",
                description="",
                measured=(_ADVICE,),
            ),
        ),
    ),
)
