"""The yearly message as nobody gets it: for staff to read before they switch it on. It tells no donor anything."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from almoner.charities.models import Charity, Fund
from almoner.donors.reached_letters import yearly_letter
from almoner.donors.since import OfFund
from almoner.giving.catalogue import language_root
from almoner.giving.hooks import hooks
from almoner.impact import reached
from almoner.kernel.clock import now
from almoner.receipts.handing import compose, hand_over, message_id
from almoner.receipts.letters import Letter
from almoner.receipts.links import site_of
from almoner.supporters.models import Contact

JOB: Final = "staff.yearly-sample"
_GIVEN_BEFORE: Final = timedelta(days=365)


def funds(charity: Charity) -> tuple[OfFund, ...]:
    """What every fund of the charity has reached, as to somebody who gave to each of them a year ago."""
    named = dict(Fund.objects.filter(charity=charity).order_by("name").values_list("pk", "name"))
    given_on = (now() - _GIVEN_BEFORE).astimezone(ZoneInfo(charity.timezone)).date()
    found = reached.by_fund(dict.fromkeys(named, given_on))
    told = {
        fund: tuple(each for each in figures if hooks.evidence_url(each.indicator))
        for fund, figures in found.items()
    }
    return tuple(OfFund(name, told[fund]) for fund, name in named.items() if told.get(fund))


def letter(charity: Charity, found: tuple[OfFund, ...], language: str, *, name: str) -> Letter:
    # The link for stopping leads to where donors sign in: a sample stops nothing.
    stop = f"{site_of(charity)}{language_root(language)}/giving/"
    contact = Contact(charity=charity, given_name=name, language=language)
    return yearly_letter(found, charity=charity, contact=contact, language=language, stop=stop)


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `JOB`."""
    user = User.objects.filter(pk=payload["user"], is_active=True).exclude(email="").first()
    charity = Charity.objects.get(pk=payload["charity"])
    found = funds(charity)
    if user is None or not found:
        return
    sample = letter(charity, found, payload["language"], name=user.first_name or user.get_username())
    name = message_id(f"sample:{user.pk}:{now().isoformat()}", charity)
    message = compose(sample, charity=charity, to=user.email, message_id=name)
    message.subject = f"[Sample] {message.subject}"
    hand_over(message)
