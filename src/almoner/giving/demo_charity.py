"""The demonstration's charity: invented, Australian, with a logo, colours and words of its own. No such body exists."""

from typing import Final

from almoner.giving.views_model import AmountChoice, ConsentChoice

NAME: Final = "Tidelight Foundation"
LEGAL_NAME: Final = "Tidelight Foundation Limited (a demonstration)"
PRIMARY: Final = "#14495c"
ACCENT: Final = "#f0a43c"
EMAIL: Final = "hello@tidelight.example"
PHONE: Final = "(03) 5550 0148"
# A light standing on the water: half a sun, three rays, two waves. Colours come from the theme, in either mode.
LOGO_SVG: Final = (
    '<svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false">'
    '<circle cx="24" cy="24" r="23" fill="var(--brand)"/>'
    '<path d="M14.5 27a9.5 9.5 0 0 1 19 0z" fill="var(--accent)"/>'
    '<path d="M24 8.5v4.5M11.3 13.8l3.1 3.1M36.7 13.8l-3.1 3.1" stroke="var(--accent)" '
    'stroke-width="2.4" stroke-linecap="round"/>'
    '<path d="M8.5 32q3.9-3 7.8 0t7.7 0 7.7 0 7.8 0M13 37.5q2.8-2.2 5.5 0t5.5 0 5.5 0 5.5 0" '
    'fill="none" stroke="var(--on-brand)" stroke-width="2.2" stroke-linecap="round"/></svg>'
)

TITLE: Final = "Keep a light on for a child"
INTRO: Final = (
    "Children who are harmed online need someone who notices, someone who acts, and someone who stays. "
    "Your gift pays for all three: people trained to see it early, a help line that answers at night, and care for "
    "a family for as long as it takes."
)
AMOUNTS: Final = (
    AmountChoice(2500, "An hour with a counsellor for a child who has just come forward"),
    AmountChoice(5000, "A night of answered calls on our family help line"),
    AmountChoice(10000, "A day’s training for a teacher, so that warning signs are seen"),
    AmountChoice(25000, "A month of steady care for one family finding its feet"),
)
MONTHLY: Final = (
    AmountChoice(1500, "A child’s first call answered, every month"),
    AmountChoice(3000, "A steady light: an hour with a counsellor, every month"),
    AmountChoice(6000, "Two nights of answered calls, every month"),
)
CONSENTS: Final = (
    ConsentChoice(
        "email",
        "Email me about what gifts like mine do",
        "About once a month. You can stop at any time, and your receipt comes either way.",
    ),
)
THANK_YOU: Final = (
    "Somewhere tonight a child will be believed, and a family will not be alone with it. "
    "You are part of why. Thank you for standing with them."
)
