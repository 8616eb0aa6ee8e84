"""What a form's editor is told while writing: numbers that the register knows, as the editor of a story is."""

from dataclasses import dataclass
from typing import Any

from wagtail.admin.panels import Panel

from almoner.giving.models import DonationForm
from almoner.giving.saying import said_by
from almoner.impact import claims, standing
from almoner.impact.models import Indicator
from almoner.impact.quantities import Verdict
from almoner.impact.saying import Style, say


@dataclass(frozen=True, slots=True)
class Told:
    """A number in the form's words, and what the register says of the same: '' where it says nothing."""

    sentence: str
    number: str
    says: str
    indicator: str
    verdict: str


class SaidPanel(Panel):
    """What was found in the form as it was last saved, or as it was just sent."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "backoffice/form_said.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"numbers": told(self.instance)}


def told(form: DonationForm) -> list[Told]:
    """Each number that was typed of something that the register counts, those that it contradicts first."""
    if form.charity_id is None:
        return []
    found = said_by(form, claims.units(form.charity), form.charity.language)
    named = {each.pk: each for each in Indicator.objects.filter(pk__in={each.indicator_id for each in found})}
    stand = standing.newest(named.values())

    def says(indicator_id: int) -> str:
        number = stand.get(indicator_id)
        percent = named[indicator_id].percent
        return say(number.quantity, Style.EXACT, percent=percent) if number is not None else ""

    rows = [
        Told(
            each.sentence,
            each.number,
            says(each.indicator_id),
            named[each.indicator_id].title,
            each.verdict.value,
        )
        for each in found
    ]
    return sorted(rows, key=lambda each: each.verdict != Verdict.CONTRADICTED)
