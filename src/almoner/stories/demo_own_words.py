"""Stories of what Tidelight's own programmes reach: invented like the charity, and with every number the register's."""

from typing import Any, Final

from almoner.giving.demo_night import FORM_NUMBER
from almoner.stories.demo_words import Block, Story, text

CALLS: Final = "night-line/calls"
ANSWERED: Final = "night-line/within-a-minute"
FAMILIES: Final = "night-line/families"
A_YEAR_ON: Final = "night-line/a-year-on"
TRAINED: Final = "those-who-notice/trained"
ADVICE: Final = "those-who-notice/advice"

# Who is quoted is invented too, and goes by another name all the same, as everybody does here.
PSEUDONYM: Final = "Wren"
FORM: Final[Block] = {"type": "form", "value": {"number": str(FORM_NUMBER)}}


def said(indicator: str, style: str = "exact") -> str:
    """A figure inside a sentence: what the register says, in this style."""
    return f'<embed embedtype="figure" indicator="{indicator}" wording="{style}"/>'


def fact(
    heading: str, html: str, indicator: str = "", *, style: str = "exact", label: str = ""
) -> dict[str, Any]:
    return {
        "heading": heading,
        "text": f"<p>{html}</p>",
        "figure": {"indicator": indicator, "style": style, "label": label},
        "source": {},
    }


def facts(heading: str, *each: dict[str, Any]) -> Block:
    return {"type": "facts", "value": {"heading": heading, "facts": list(each)}}


def progress(indicator: str, label: str = "") -> Block:
    return {"type": "progress", "value": {"indicator": indicator, "label": label}}


def chart(indicator: str, kind: str, label: str = "") -> Block:
    return {"type": "chart", "value": {"indicator": indicator, "kind": kind, "label": label}}


def quote(words: str, role: str) -> Block:
    return {"type": "quote", "value": {"text": words, "name": "", "role": role}}


def boat(alt: str) -> Block:
    return {
        "type": "picture",
        "value": {"image": None, "drawing": "boat", "alt": alt, "caption": "", "credit": ""},
    }


def related(heading: str, *stories: int) -> Block:
    return {"type": "related", "value": {"heading": heading, "stories": list(stories)}}


NIGHT: Final = Story(
    slug="a-night-on-the-line",
    title="What a night on the line is made of",
    summary="Most children speak when the house is asleep. Since our line opened, "
    f"[figure {CALLS} over] calls have been answered in the dark. This is what one of them can lead to.",
    drawing="lanterns",
    age_days=2,
    body=[
        text(
            "<p>Hardly any call to the night line begins with what it is about. It begins with homework, with a row, "
            "with a friend who has gone quiet. The counsellor doesn’t hurry. Whoever rings at that hour has thought "
            "about it for days, and seldom rings twice.</p>"
            f"<p>So the first thing that we count is plain: does somebody answer? Last month {said(ANSWERED)} of all "
            "calls were taken within a minute. When we began, far fewer were.</p>"
        ),
        progress(CALLS),
        facts(
            "Three things that a call can lead to",
            fact(
                "A minute that is theirs",
                "Nothing has to be told in order to be listened to. Counsellors learn to leave the first minute alone. "
                "They ask nothing that a child would have to be brave to answer.",
                ANSWERED,
            ),
            fact(
                "The same voice again",
                f"One conversation seldom ends a harm. By now {said(FAMILIES, 'over')} families have met one "
                "counsellor again and again, in the evening, at the kitchen table or on the telephone, until they "
                "needed nobody.",
                FAMILIES,
            ),
            fact(
                "A year that is quieter",
                "Somebody else than their counsellor rings a year later and asks one question: is your child safe "
                "online now? Not everybody says yes. We print that too.",
                A_YEAR_ON,
                style="share",
            ),
        ),
        quote(
            "People think that I know what to say. Mostly I know how to be there while somebody finds out that they "
            "can say it.",
            "Counsellor on the night line",
        ),
        chart(ANSWERED, "line"),
        boat("A paper boat on calm water at sunrise, with small lanterns floating around it."),
        chart(FAMILIES, "bars", "families with a counsellor, by where they live"),
        text(
            "<h2>Somebody has to be awake</h2>"
            "<p>The line costs most when it is quiet, because a counsellor is awake then too. That is what a gift to "
            "it pays for: an hour in which nobody rings, and the minute in which somebody does. Every figure here, and "
            'how it is known, stands on <a href="/programmes/night-line/">the line’s own page</a>.</p>'
        ),
        FORM,
    ],
)

NOTICE: Final = Story(
    slug="those-who-notice",
    title="The people who noticed first",
    summary=f"A coach, a librarian, a teacher of physics: with us, [figure {TRAINED} over] adults have learned what to "
    "look for, and what not to ask.",
    drawing="table",
    age_days=5,
    body=[
        text(
            "<p>It is seldom a specialist who notices first. It is the coach to whom somebody hands in a kit without a "
            "reason, or the teacher who sees a good pupil stop writing. What most of them say afterwards is that they "
            "had seen it, and hadn’t known whether they were allowed to.</p>"
            "<p>Two days are enough to change that. The course has three sentences that are learned by heart, a "
            "telephone number, and a great deal of practice in not asking for details.</p>"
        ),
        progress(TRAINED),
        chart(TRAINED, "bars", "where those who were trained work"),
        text(
            "<h2>And then they ring</h2>"
            f"<p>In the last quarter trained adults asked our desk for advice {said(ADVICE)} times. That number is "
            "meant to grow: it means that somebody wasn’t sure, and asked.</p>"
            "<p>One of our figures was wrong for a while. A reader saw it, we corrected it, and both numbers stand "
            f'<a href="/figures/{TRAINED}/">beside each other, with the reason</a>.</p>'
        ),
        chart(ADVICE, "line"),
        {
            "type": "call",
            "value": {
                "heading": "Pay for a seat on the course",
                "text": "Schools and clubs pay what they can. Gifts pay for the rest.",
                "button": "Give now",
                "number": "4840",
            },
        },
    ],
)
