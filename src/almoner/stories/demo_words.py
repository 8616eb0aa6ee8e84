"""The words of the demonstration's site. Its charity is invented; what its first story tells of is not, and is
credited to those who did it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from almoner.impact.demo import BOOST, FREED_ON, SLUG

Block = dict[str, Any]

FORM_SHORTCODE: Final = "[pronto-donation-form id=4840]"


@dataclass(frozen=True, slots=True)
class Article:
    """Where somebody else's facts can be read."""

    title: str
    publisher: str
    url: str
    dated: str

    @property
    def cited(self) -> str:
        return f"“{self.title}”, {self.publisher}"


# All four facts, the introduction of 2011 and the figures of 2022 stand in this one article.
ARTICLE: Final = Article(
    title="4 Good Facts from the Fight to Protect Children",
    publisher="IJM Australia",
    url="https://ijm.org.au/blog/4-good-news-statistics-in-the-fight-to-protect-children/",
    dated="2022",
)


@dataclass(frozen=True, slots=True)
class Story:
    slug: str
    title: str
    summary: str
    drawing: str
    body: list[Block]
    attribution: str = ""
    attributed_to: Article | None = None
    age_days: int = 0


def text(html: str) -> Block:
    return {"type": "text", "value": html}


def source(dated: str) -> dict[str, str]:
    """The article, with the time that the fact itself is from."""
    return {
        "credit": "International Justice Mission (IJM)",
        "title": ARTICLE.cited,
        "url": ARTICLE.url,
        "dated": dated,
    }


def said(indicator: str, *, programme: str = SLUG, day: date | None = None) -> str:
    """A figure inside a sentence: what the register says, now or as of a day."""
    as_of = f' day="{day}"' if day is not None else ""
    return f'<embed embedtype="figure" indicator="{programme}/{indicator}" wording="exact"{as_of}/>'


def fact(heading: str, html: str, *, indicator: str = "", dated: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "text": html,
        "figure": {"indicator": f"{SLUG}/{indicator}" if indicator else "", "style": "exact"},
        "source": source(dated),
    }


# What the first story says of the register inside its sentences.
IDENTIFIED: Final = said("identified", programme=BOOST)
ARRESTED: Final = said("arrested", programme=BOOST)
FREED: Final = said("freed-that-day")
FREED_BY_THEN: Final = said("rescued", day=FREED_ON)

HEADING: Final = "A light on the water, for every child who needs one"
INTRO: Final = (
    "Tidelight is a small charity on the south coast of Australia. We stand with children who are harmed online: "
    "with the people who notice, the people who act, and the people who stay."
)
INDEX_INTRO: Final = "What helps, who does it, and how we know. Every figure names its source."
HOME_BODY: Final[list[Block]] = [
    {
        "type": "quote",
        "value": {
            "text": "You don’t have to calm the whole sea. You have to keep one light where it can be seen.",
            "name": "",
            "role": "Painted above the door of our office",
        },
    },
]

_HOPE = Story(
    slug="four-reasons-for-hope",
    title="Four reasons for hope in the fight against child abuse online",
    summary=(
        "A harm that hides behind screens can be found, and it can be stopped. Four things that happened, who made "
        "them happen, and what they mean for children."
    ),
    drawing="harbour",
    attribution=(
        "The work told of here is that of International Justice Mission (IJM) and its partners, with figures as IJM "
        "gave them at the end of 2022. Tidelight had no part in it and claims none of it. We pass it on because it "
        "shows what is possible."
    ),
    attributed_to=ARTICLE,
    body=[
        text(
            "<p>Some harm is hard to see because it happens at home, with a camera and a paying stranger far away. "
            "In 2011 the Philippine office of IJM was among the earliest anywhere to understand what it was looking "
            "at: a new kind of child abuse and of trafficking, the sexual exploitation of children online, or OSEC "
            "for short.</p>"
            "<p>IJM stayed with it. Its teams have worked beside the police who reach the victims, studied how "
            "widespread the crime is and how it works, and learned what survivors need in order to heal. Today IJM "
            "leads a programme across the whole of the Philippines whose aim is plain: to bring OSEC to an end "
            "there. The year 2022 brought news worth sharing.</p>"
            f'<p><i>Source: IJM, <a href="{ARTICLE.url}">{ARTICLE.cited}</a>, {ARTICLE.dated}</i></p>'
        ),
        {
            "type": "facts",
            "value": {
                "heading": "",
                "facts": [
                    fact(
                        "What was learned in one country is now protecting children in others",
                        "<p>With Meta, the company behind Facebook, Instagram and WhatsApp, and with the National "
                        "Center for Missing &amp; Exploited Children (NCMEC), IJM has begun <b>Project Boost</b>. "
                        "Technology companies send reports of suspected abuse to NCMEC’s CyberTipline. The project "
                        "teaches police in chosen countries how to turn such a report into a child found.</p>"
                        "<p>Kenya shows how quickly that can work. In November 2022 its investigators spent a week "
                        "in a workshop, practising the skills that these cases ask for. Then they went back to "
                        f"their desks and used them: victims identified, {IDENTIFIED}; suspects arrested, "
                        f"{ARRESTED}.</p>",
                        dated="November 2022",
                    ),
                    fact(
                        f"Freed so far: [figure {SLUG}/rescued] children and young people",
                        f"<p>On 15 September 2022 an operation in the Philippines brought {FREED} children to safety. "
                        "With them, the count of children and young people freed from abuse online in cases that "
                        f"IJM supported came to {FREED_BY_THEN}, counting from 2011.</p>"
                        "<p>A number of that size is easily read past. Each one in it is somebody’s classmate, "
                        "somebody’s neighbour, and was found.</p>",
                        indicator="rescued",
                        dated="as of late 2022",
                    ),
                    fact(
                        "Those suspected of making it possible are being arrested",
                        "<p>A crime like this lasts as long as it is safe to commit. It becomes less so with every "
                        "child whom police reach and every suspect whom they investigate well. IJM supports the "
                        "Philippine authorities in both.</p>",
                        indicator="arrested",
                        dated="as of late 2022",
                    ),
                    fact(
                        "Being found is where recovery begins, and people stay for it",
                        "<p>A child who has been freed still has a long way to go: a home that is truly safe, "
                        "somebody trained to listen, school, and often a courtroom. IJM goes that way with survivors "
                        "through its aftercare programme, together with the Department of Social Welfare and "
                        "Development of the Philippines, until they can stand without help.</p>",
                        indicator="restored",
                        dated="as of late 2022",
                    ),
                ],
            },
        },
        text(
            "<h2>What one more light can do</h2>"
            "<p>None of this is ours to be proud of. It is ours to learn from: notice early, act together, and stay "
            "for as long as it takes. That is how we try to work on our own stretch of coast, and it is what a gift "
            "to Tidelight pays for.</p>"
            f"<p>{FORM_SHORTCODE}</p>"
        ),
    ],
)

_HOME = Story(
    slug="what-coming-home-takes",
    title="What coming home takes",
    summary="Safety is the first day. What comes after is slower, quieter, and made of people who keep turning up.",
    drawing="home",
    age_days=11,
    body=[
        text(
            "<p>When a child has been brought to safety, the sirens and the headlines stop. That is when the longest "
            "part begins. Those who care for survivors say much the same about it, in whichever country they work: "
            "recovery isn’t an event. It is a great many ordinary days that go well.</p>"
        ),
        {
            "type": "facts",
            "value": {
                "heading": "Four things that make those days more likely",
                "facts": [
                    {
                        "heading": "A place that stays safe",
                        "text": "<p>Not only a locked door. A place where nobody who caused the harm can telephone, "
                        "visit or send a message, and where a child can be bored again.</p>",
                        "figure": {},
                        "source": {},
                    },
                    {
                        "heading": "One adult who doesn’t change",
                        "text": "<p>Counsellors, social workers and lawyers come and go. Somebody has to be the same "
                        "person on Monday as on Friday. Trust is learned from that, and from little else.</p>",
                        "figure": {},
                        "source": {},
                    },
                    {
                        "heading": "School, as soon as it can be borne",
                        "text": "<p>Maths homework is a kind of medicine: it says there will be a next year.</p>",
                        "figure": {},
                        "source": {},
                    },
                    {
                        "heading": "Justice at the child’s own pace",
                        "text": "<p>A survivor may want to speak in court, or may never want to. Aftercare means that "
                        "either is possible, and that nobody has to tell it more often than is needed.</p>",
                        "figure": {},
                        "source": {},
                    },
                ],
            },
        },
        {
            "type": "quote",
            "value": {
                "text": "People ask when it is over. I tell them: when she complains about the food again.",
                "name": "",
                "role": "A carer’s saying, passed on in our training",
            },
        },
        {
            "type": "call",
            "value": {
                "heading": "Stay with a family for a month",
                "text": "Steady care costs little by the day. It only has to be there every day.",
                "button": "Give now",
                "number": "4840",
            },
        },
    ],
)

_TABLE = Story(
    slug="six-habits-for-families",
    title="Six small habits that keep a child safer online",
    summary="No software can do what a kitchen table does. Six things any family can start this week.",
    drawing="table",
    age_days=24,
    body=[
        text(
            "<p>Children are rarely harmed online because they know too little about technology. More often there "
            "was nobody whom they felt they could tell. These habits are about that.</p>"
        ),
        {
            "type": "facts",
            "value": {
                "heading": "",
                "facts": [
                    {"heading": heading, "text": f"<p>{words}</p>", "figure": {}, "source": {}}
                    for heading, words in (
                        (
                            "Ask about the game, not the screen time",
                            "Who else plays? Who is funny? Who is strange? A child who talks about small things with "
                            "you will find it easier to talk about a big one.",
                        ),
                        (
                            "Charge every phone in the kitchen",
                            "Yours too. Most harm asks for a closed door and a late hour.",
                        ),
                        (
                            "No secrets from the family, surprises only",
                            "A surprise ends on a birthday. Anybody who asks a child to keep a secret from the "
                            "people at home is saying something about themselves.",
                        ),
                        (
                            "Promise not to take the phone away",
                            "Fear of losing it is the reason most often given for not telling. Say it before it is "
                            "needed: you can tell me anything, and you will keep your phone.",
                        ),
                        (
                            "Keep it, don’t share it",
                            "If something has happened, save names, times and messages. Never pass a picture on, not "
                            "even to warn others.",
                        ),
                        (
                            "Know who to ring",
                            'In Australia, report to the <a href="https://www.esafety.gov.au/report">eSafety '
                            "Commissioner</a>; Kids Helpline answers at any hour on 1800 55 1800; if a child is in "
                            "danger now, call 000.",
                        ),
                    )
                ],
            },
        },
        {
            "type": "call",
            "value": {
                "heading": "Help somebody answer the phone",
                "text": "Our help line for families is paid for by gifts.",
                "button": "Give now",
                "number": "4840",
            },
        },
    ],
)

_HANDS = Story(
    slug="how-we-tell-a-story",
    title="How we tell a story without taking it away",
    summary="A survivor’s story belongs to the survivor. What that means for every page on this site.",
    drawing="hands",
    age_days=38,
    body=[
        text(
            "<p>Charities live by stories, and children who were harmed have had enough taken from them. So we keep "
            "to a few rules, and ask you to hold us to them.</p>"
            "<h2>No faces, no names, no scenes</h2>"
            "<p>You will find no photograph of a survivor here, and no invented one either. Our pictures are drawn. "
            "If somebody chose to speak, we use another name, and we don’t retell what was done. It is enough to "
            "know that it was wrong and that it stopped.</p>"
        ),
        {
            "type": "picture",
            "value": {
                "image": None,
                "drawing": "boat",
                "alt": "A paper boat on calm water at sunrise, with small lanterns floating around it.",
                "caption": "Drawn, like every picture on this site.",
                "credit": "",
            },
        },
        text(
            "<h2>Every figure has an address</h2>"
            "<p>When we give a number we say whose it is, where it can be read, and from when it is. When it isn’t "
            "ours we say that first. If one turns out wrong, we correct it in the open.</p>"
            "<h2>Consent can be taken back</h2>"
            "<p>Whoever let us share their words may change their mind, on any day and without a reason. The page "
            "comes down.</p>"
            "<p>Abuse online lives on being watched. The least that a page about it can do is to look at the right "
            "things: at those who notice, at those who act, and at the lives that children go on to have.</p>"
        ),
    ],
)

STORIES: Final = (_HOPE, _HOME, _TABLE, _HANDS)
