"""The checks of every room in one list, and their table."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from almoner.banking import proof as banking
from almoner.charities import proof as charities
from almoner.config.snapshot import snapshot
from almoner.crm import proof as crm
from almoner.donors import proof as donors
from almoner.giving import plan_proof as plans
from almoner.giving import proof as giving
from almoner.impact import proof as impact
from almoner.kernel.proof import Check
from almoner.ledger import proof as ledger
from almoner.outbox import proof as outbox
from almoner.payments import proof as payments
from almoner.receipts import proof as receipts
from almoner.webhooks import proof as webhooks

_MOST_NAMED: Final = 20


def checks() -> list[Check]:
    rooms = (
        ledger,
        payments,
        giving,
        plans,
        receipts,
        banking,
        impact,
        donors,
        crm,
        charities,
        outbox,
        webhooks,
    )
    return [check for room in rooms for check in room.checks()]


def report(tell: Callable[[str], object]) -> int:
    """Run all checks and say a line for each, with the rows that break it; returns 1 if one is broken, else 0.

    What our own database alone can say is read in one snapshot, so that what moves meanwhile is no false alarm. Checks
    that ask a gateway follow, on what stands then.
    """
    all_checks = checks()
    found: dict[str, list[str]] = {}
    with snapshot():
        found |= {check.name: _broken(check) for check in all_checks if not check.live}
    found |= {check.name: _broken(check) for check in all_checks if check.live}
    width = max(len(check.name) for check in all_checks)
    for check in all_checks:
        _tell_row(tell, check, found[check.name], width)
    broken_checks = sum(bool(rows) for rows in found.values())
    held = len(all_checks) - broken_checks
    tell(f"\nchecked {len(all_checks)}, held {held}, broken {broken_checks}")
    return 1 if broken_checks else 0


def _broken(check: Check) -> list[str]:
    """The rows that break a check, and at most one more than are named."""
    return list(islice(check.run(), _MOST_NAMED + 1))


def _tell_row(tell: Callable[[str], object], check: Check, broken: list[str], width: int) -> None:
    tell(f"{'broken' if broken else 'holds ':6}  {check.name:{width}}  {check.says}")
    for name in broken[:_MOST_NAMED]:
        tell(f"{'':6}  {'':{width}}    {name}")
    if len(broken) > _MOST_NAMED:
        tell(f"{'':6}  {'':{width}}    and more")
