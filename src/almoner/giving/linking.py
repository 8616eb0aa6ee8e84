"""A link to the first step with something chosen beforehand: /give/4840/?amount=50&fund=children."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from almoner.giving.catalogue import FormSpec
from almoner.giving.entry import Invalid, read_amount
from almoner.giving.thanks import prefilled

LINKED = ("amount", "frequency", "fund", "currency")
_LONGEST = 40


def read_link(query: Mapping[str, str], spec: FormSpec, language: str) -> tuple[dict[str, str], str]:
    """(the first step's fields, what to tell the donor of what the form doesn't take). A link may be old, or cut by a
    mail program: what is wrong with it is nobody's error here, and the rest still holds."""
    asked = {name: query[name][:_LONGEST] for name in LINKED if query.get(name)}
    look = spec.look(language)
    values = prefilled(look, asked)
    refused = any(asked[name] != values.get(name) for name in asked if name != "amount")
    if "amount" in asked:
        choice = look.choice_in(values["currency"])
        frequency = values.get("frequency") or choice.frequency or choice.frequencies[0]
        try:
            read_amount({"frequency": frequency, **values}, spec)
        except Invalid:
            values = {name: text for name, text in values.items() if "amount" not in name}
            refused = True
    note = _("The link that you followed asks for something that this form doesn’t take. Please choose here.")
    return values, note if refused else ""
