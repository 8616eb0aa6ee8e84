"""Plans that are due, and what became of them: run as `python -m rig.recurring_rows fill|reckon …`, with Django.

`fill N GATEWAY METHOD TOKENS`: N monthly plans, charged in turn to the tokens (a JSON list). `reckon FILE`: FILE names
a JSON list of the attempts that the gateway has charged, as often as it did.
"""

import json
import sys
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402

from almoner.charities.models import Charity  # noqa: E402
from almoner.giving.models import DonationForm, Gift  # noqa: E402
from almoner.kernel.clock import now  # noqa: E402
from almoner.kernel.references import new_reference  # noqa: E402
from almoner.payments.models import Attempt  # noqa: E402
from almoner.plans import schedule  # noqa: E402
from almoner.plans.models import Plan, PlanEvent  # noqa: E402
from almoner.supporters.models import Contact, Supporter  # noqa: E402

_CHUNK = 2_000


def fill(count: int, gateway: str, method: str, tokens: list[str]) -> None:
    charity = Charity.objects.get(is_default=True)
    for first in range(0, count, _CHUNK):
        with transaction.atomic():
            _fill(charity, range(first, min(first + _CHUNK, count)), gateway, method, tokens)


def _fill(charity: Charity, numbers: range, gateway: str, method: str, tokens: list[str]) -> None:
    at, form = now(), DonationForm.objects.filter(charity=charity).earliest("pk")
    fund = charity.funds.get(is_default=True)
    today = schedule.local_date(at, charity.timezone)
    people = Supporter.objects.bulk_create(
        Supporter(charity=charity, email_key=f"p{number}@example.org", name=f"Person {number}", created_at=at)
        for number in numbers
    )
    contacts = Contact.objects.bulk_create(
        Contact(
            charity=charity, supporter=person, given_name="Person", family_name=str(number), name_key=f"{number}",
            email=f"p{number}@example.org", created_at=at,
        )
        for number, person in zip(numbers, people, strict=True)
    )  # fmt: skip
    plans = Plan.objects.bulk_create(
        Plan(
            id=uuid.uuid4(), charity=charity, fund=fund, contact=contact, reference=new_reference(), form_id=form.pk,
            amount_minor=2_500, currency="AUD", every=1, anchor=schedule.add_months(today, -1), next_number=1,
            next_on=today, next_at=at - timedelta(hours=1) + timedelta(milliseconds=number), state="active",
            gateway=gateway, method=method, saved_method=tokens[number % len(tokens)], created_at=at, updated_at=at,
        )
        for number, contact in zip(numbers, contacts, strict=True)
    )  # fmt: skip
    PlanEvent.objects.bulk_create(
        PlanEvent(plan=plan, name="imported", from_state="active", to_state="active", at=at, by="import")
        for plan in plans
    )


def reckon(charged: list[str]) -> dict[str, int]:
    """`lost`: plans without a charge, at the gateway or in our books; `doubled`: periods with more than one."""
    owner = {
        str(attempt_id): gift_id
        for attempt_id, gift_id in Attempt.objects.values_list("pk", "gift_id").iterator()
    }
    plan_of = {
        gift: (plan, on)
        for gift, plan, on in Gift.objects.values_list("pk", "plan_id", "period_on").iterator()
    }
    times = Counter(plan_of[owner[key]] for key in charged if key in owner)
    strange = sum(1 for key in charged if key not in owner)
    booked = set(Gift.objects.filter(status="settled").values_list("plan_id", flat=True).iterator())
    at_gateway = {plan for plan, _ in times}
    plans = set(Plan.objects.values_list("pk", flat=True).iterator())
    return {
        "lost": len(plans - (booked & at_gateway)),
        "doubled": strange + sum(each - 1 for each in times.values()),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", count, gateway, method, tokens]:
            fill(int(count), gateway, method, json.loads(Path(tokens).read_text()))
        case ["reckon", file]:
            print(json.dumps(reckon(json.loads(Path(file).read_text()))))
