"""What programmes reached, in the shape of IATI 2.03: programme, result, indicator, target, observation.

There is no field here for anything about a survivor, a suspect or a witness, and there must never be one (ADR 0030):
the register counts people, it doesn't know them. Observations and what was decided on them only grow. A correction is
another observation that names the one it takes the place of, and both stay to be read.
"""

from almoner.impact.models.figures import (
    Disclosure,
    Observation,
    Release,
    ReleaseApproval,
    ReleaseEnd,
    Replacement,
    Source,
    Verification,
    quantity_of,
)
from almoner.impact.models.programmes import (
    Dimension,
    Indicator,
    Partner,
    Partnership,
    Programme,
    Result,
    Target,
)
from almoner.impact.models.published import Claim, FigureFile, Publisher
from almoner.impact.models.translations import Translation, Wording

__all__ = [
    "Claim", "Dimension", "Disclosure", "FigureFile", "Indicator", "Observation", "Partner", "Partnership", "Programme",
    "Publisher", "Release", "ReleaseApproval", "ReleaseEnd", "Replacement", "Result", "Source", "Target",
    "Translation", "Verification", "Wording", "quantity_of",
]  # fmt: skip
