"""What happens to a gift: submitted, paid, looked after, refunded.

The order is always the same: an intent is committed, the gateway is called outside any transaction, its answer is
committed. Whoever repeats a step finds what stands and changes nothing. A payment of three commits:

1. gift, donor, consents and the attempt `new`;
2. the gateway's object, and that its confirmation is about to be sent (`created`, `confirming`);
3. the outcome, with its event, postings, receipt number and outbox rows.
"""

from almoner.giving.actions.charging import charge_due
from almoner.giving.actions.disputing import look_at_dispute, send_reply
from almoner.giving.actions.following import follow
from almoner.giving.actions.looking import absorb, look
from almoner.giving.actions.refunding import NotStuck, is_stuck, refund, refund_not_made
from almoner.giving.actions.submitting import Intent, StandsAlready, let_go, standing, submit
from almoner.giving.actions.sweeping import NotOurs, look_at_due, look_by_gateway_id
from almoner.giving.actions.tending import abandon_unpaid
from almoner.giving.actions.withdrawing import stop

__all__ = [
    "Intent",
    "NotOurs",
    "NotStuck",
    "StandsAlready",
    "abandon_unpaid",
    "absorb",
    "charge_due",
    "follow",
    "is_stuck",
    "let_go",
    "look",
    "look_at_dispute",
    "look_at_due",
    "look_by_gateway_id",
    "refund",
    "refund_not_made",
    "send_reply",
    "standing",
    "stop",
    "submit",
]
