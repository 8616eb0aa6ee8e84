"""Places where a drill may kill the process, so that what a crash leaves behind is tested and not imagined."""

import os
import signal
from typing import Final

# Every label, in the order in which a gift meets them. Tests enumerate this tuple and kill at each.
LABELS: Final = (
    "submit.before-intent",
    "submit.before-commit",
    "submit.after-intent",
    "create.after-call",
    "create.after-commit",
    "confirm.after-call",
    "settle.before-commit",
    "settle.after-commit",
    "webhook.before-commit",
    "webhook.after-commit",
    "look.after-retrieve",
    "look.after-cancel",
    "look.after-create",
    "look.after-withdrawal",
    "take.before-call",
    "take.after-call",
    "match.before-commit",
    "match.after-commit",
    "refund.after-intent",
    "refund.after-call",
    "refund.after-commit",
    "dispute.after-retrieve",
    "dispute.before-commit",
    "dispute.after-commit",
    "payout.before-commit",
    "payout.after-commit",
    "balance.before-commit",
    "balance.after-commit",
    "plan.begun",
    "renew.before-commit",
    "renew.after-commit",
    "renew.after-create",
    "renew.after-keep",
    "renew.after-confirm",
    "renew.before-outcome",
    "renew.after-outcome",
    "retry.before-commit",
    "plan.before-change",
    "plan.after-change",
    "withdraw.after-call",
    "withdraw.before-commit",
    "withdraw.after-commit",
    "plan.before-method",
    "plan.after-method",
    "set-up.before-call",
    "set-up.after-call",
    "set-up.after-retrieve",
    "set-up.after-finish",
    "set-up.after-cancel",
    "set-up.after-change",
    "plan.before-cancel",
    "plan.after-cancel",
    "plan.after-forget",
    "left-over.after-forget",
    "import.before-commit",
    "import.after-commit",
    "link.before-commit",
    "link.after-commit",
    "wordpress.before-commit",
    "wordpress.after-commit",
    "receipt.before-render",
    "receipt.before-keep",
    "receipt.after-keep",
    "receipt.after-mail",
    "receipt.after-commit",
    "tell.before-commit",
    "tell.after-commit",
    "tell.after-begin",
    "tell.after-send",
)

_armed = os.environ.get("ALMONER_CRASH_AT", "") if os.environ.get("ALMONER_CRASH_ALLOWED") == "1" else ""


def crash_point(label: str) -> None:
    """Die by SIGKILL here if a drill asked for this label; otherwise nothing."""
    if _armed == label:
        os.kill(os.getpid(), signal.SIGKILL)
