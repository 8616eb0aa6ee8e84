"""The checks of every room in one list, what they find, and their table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Final

from almoner.banking import proof as banking
from almoner.charities import proof as charities
from almoner.charities import rekeying
from almoner.config.sealing import places
from almoner.config.snapshot import snapshot
from almoner.crm import proof as crm
from almoner.donors import proof as donors
from almoner.giving import plan_proof as plans
from almoner.giving import proof as giving
from almoner.impact import proof as impact
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.ledger import proof as ledger
from almoner.outbox import proof as outbox
from almoner.payments import asking, inbox, payouts
from almoner.payments import proof as payments
from almoner.payments.gateways.port import AnswerLost, GatewayError, TryLater
from almoner.receipts import proof as receipts
from almoner.receipts import successes
from almoner.stories import proof as stories
from almoner.webhooks import proof as webhooks

MOST_NAMED: Final = 20
# What `almoner prove` answers when all that could be asked holds, and a gateway could not be asked.
NOT_ASKED: Final = 3


class Verdict(StrEnum):
    HOLDS = "holds"
    BROKEN = "broken"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Result:
    """`rows` are those that break the check, and at most one more than are named; or why nobody could be asked."""

    check: Check
    verdict: Verdict
    rows: list[str]


def checks(since: datetime | None = None) -> list[Check]:
    """What our own database can say first; then each gateway is asked about what moved since then; None: everything."""
    rooms = (
        ledger,
        payments,
        giving,
        plans,
        receipts,
        banking,
        impact,
        stories,
        donors,
        crm,
        charities,
        outbox,
        webhooks,
    )
    sealed = Check(
        "secrets", "Each kept secret is sealed, and opens where it stands.", partial(rekeying.lost, places())
    )
    asked = [asking.Asked(gateway, since) for gateway in asking.machines()]
    return [
        *(check for room in rooms for check in room.checks()),
        sealed,
        *(check for each in asked for check in (*asking.checks(each), *successes.checks(each))),
    ]


def take_in() -> None:
    """Ask each gateway for what no webhook brought, so that it is put to work. One that is down its checks name."""
    for gateway in asking.machines():
        try:
            inbox.fetch(gateway, at=now())
            payouts.bring_up_to_date(gateway, at=now())
        except GatewayError:
            continue


def results(*, offline: bool = False, since: datetime | None = None) -> list[Result]:
    """Run all checks; gateways are asked about what moved since then (None: everything).

    What our own database alone can say is read in one snapshot, so that what moves meanwhile is no false alarm. Checks
    that ask a gateway follow, outside any transaction, on what stands then; `offline` leaves them unasked.
    """
    all_checks = checks(since)
    with snapshot():
        found = {id(check): _result(check) for check in all_checks if not check.live}
    for check in all_checks:
        if check.live:
            found[id(check)] = Result(check, Verdict.NOT_ASKED, []) if offline else _result(check)
    return [found[id(check)] for check in all_checks]


def report(tell: Callable[[str], object], *, offline: bool = False, since: datetime | None = None) -> int:
    """Run all checks and say a line for each, with the rows that break it; returns 1 if one is broken, `NOT_ASKED` if
    none is and a gateway could not be asked that should have been, else 0."""
    found = results(offline=offline, since=since)
    width = max(len(_name(result.check)) for result in found)
    for result in found:
        _tell_row(tell, result, width)
    counts = {verdict: sum(result.verdict == verdict for result in found) for verdict in Verdict}
    held, broken, not_asked = counts[Verdict.HOLDS], counts[Verdict.BROKEN], counts[Verdict.NOT_ASKED]
    unasked = f", not asked {not_asked}" if not_asked else ""
    if since is not None and not offline:
        tell(
            f"\ngateways were asked about what was made or moved since {since:%Y-%m-%d %H:%M} UTC, and nothing older"
        )
    tell(f"\nchecked {len(found)}, held {held}, broken {broken}{unasked}")
    if broken:
        return 1
    return NOT_ASKED if not_asked and not offline else 0


def _result(check: Check) -> Result:
    try:
        rows = list(islice(check.run(), MOST_NAMED + 1))
    except GatewayError as fault:
        return Result(check, Verdict.NOT_ASKED, [f"{check.of} {_why(fault)}"])
    return Result(check, Verdict.BROKEN if rows else Verdict.HOLDS, rows)


def _why(fault: GatewayError) -> str:
    if isinstance(fault, AnswerLost):
        return "gave no answer"
    return "asks us to wait" if isinstance(fault, TryLater) else "refused to answer"


def _name(check: Check) -> str:
    return f"{check.name} ({check.of})" if check.of else check.name


def _tell_row(tell: Callable[[str], object], result: Result, width: int) -> None:
    tell(f"{result.verdict:9}  {_name(result.check):{width}}  {result.check.says}")
    for name in result.rows[:MOST_NAMED]:
        tell(f"{'':9}  {'':{width}}    {name}")
    if len(result.rows) > MOST_NAMED:
        tell(f"{'':9}  {'':{width}}    and more")
