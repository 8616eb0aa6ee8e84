"""The mail to whoever answers for a claim that no longer holds: once, for all that came up in one look."""

from collections import defaultdict
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.impact import claims
from almoner.impact.models import Claim
from almoner.kernel.clock import now
from almoner.outbox.queue import enqueue
from almoner.stories.claim_rows import rows_of

JOB: Final = "stories.claims"


def ask(charity: Charity) -> None:
    """Ask for a mail to each owner of what broke since they were last told. Of one trouble they hear once."""
    with transaction.atomic():
        needing = claims.current(charity).filter(claims.needing()).select_for_update().order_by("pk")
        new = [each for each in needing if each.told_of != claims.trouble(each)]
        owners: dict[int | None, list[int]] = defaultdict(list)
        for each in new:
            owners[each.owner_id].append(each.pk)
            each.told_of = claims.trouble(each)
        Claim.objects.bulk_update(new, ["told_of"])
        for owner, found in owners.items():
            key = f"claims:{charity.pk}:{owner or 0}:{now():%Y%m%d%H%M%S%f}"
            enqueue(JOB, key, {"charity": charity.pk, "user": owner, "claims": found})


def deliver(payload: dict[str, Any]) -> None:
    """Handle one job of kind `JOB`. What was mended by then is left out; without an owner, the charity is told."""
    charity = Charity.objects.get(pk=payload["charity"])
    found = claims.current(charity).filter(claims.needing(), pk__in=payload["claims"])
    rows = rows_of(found.order_by("carrier", "carrier_title", "pk"))
    if not rows:
        return
    context = {"charity": charity, "rows": rows, "link": settings.SITE_URL + reverse("stories_claims")}
    count = len(rows)
    EmailMessage(
        subject=f"{count} number{'s' if count != 1 else ''} of {charity.name} need{'s' if count == 1 else ''} a look",
        body=render_to_string("stories/claims_email.txt", context),
        to=[_address(charity, payload["user"])],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def _address(charity: Charity, owner: int | None) -> str:
    user = User.objects.filter(pk=owner or 0, is_active=True).exclude(email="").first()
    if user is not None and charities_of(user).filter(pk=charity.pk).exists():
        return user.email
    return charity.email
