"""After a backup was restored, plans look due whose gifts were charged after it was made. Nothing is charged until each
gateway has told what it holds under keys of ours: these keys follow from plan, date and try, so that the attempts that
are made again come to the same ones."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from almoner.kernel.clock import now
from almoner.payments.gateways.port import Gateway
from almoner.payments.models import Attempt
from almoner.plans.models import FoundCharge, GatewayPause, Plan
from almoner.plans.transitions import LIVING_STATES

# Longer than anybody waits; `look_back` ends it.
_UNTIL_KNOWN: Final = timedelta(days=3650)
_CHUNK: Final = 500


def hold() -> int:
    """Called once after a restore: no plan is charged at any gateway before `look_back`. Returns how many gateways."""
    codes = (
        Plan.objects.filter(state__in=LIVING_STATES).order_by().values_list("gateway", flat=True).distinct()
    )
    for code in codes:
        GatewayPause.objects.update_or_create(
            gateway=code, defaults={"until": now() + _UNTIL_KNOWN, "after_restore": True}
        )
    return len(codes)


def held(gateway: str) -> bool:
    return GatewayPause.objects.filter(gateway=gateway, after_restore=True).exists()


def look_back(gateway: Gateway) -> int:
    """Keep what a gateway holds and our books don't; then its plans are charged again. Returns how many charges.

    Raises `GatewayError`, and then nothing is charged yet: it is asked again.
    """
    # One whose object the backup doesn't know, for its create call was under way, is found as well.
    known_ones = Attempt.objects.filter(gateway=gateway.code, gateway_id__isnull=False)
    known = {str(pk) for pk in known_ones.values_list("pk", flat=True).iterator()}
    found = [
        FoundCharge(gateway=gateway.code, key=charge.key, gateway_id=charge.gateway_id)
        for charge in gateway.charges()
        if charge.key and charge.key not in known
    ]
    with transaction.atomic():
        FoundCharge.objects.bulk_create(found, batch_size=_CHUNK, ignore_conflicts=True)
        GatewayPause.objects.filter(gateway=gateway.code, after_restore=True).update(
            until=now(), after_restore=False
        )
    return len(found)


def found_at(gateway: str) -> dict[str, str]:
    """Key -> the gateway's object, of all that `look_back` found."""
    return dict(FoundCharge.objects.filter(gateway=gateway).values_list("key", "gateway_id"))


def found_under(gateway: str, key: str) -> str | None:
    """The gateway's object that was made under this key before the backup was restored."""
    found = FoundCharge.objects.filter(gateway=gateway, key=key)
    return found.values_list("gateway_id", flat=True).first()
