"""How far donors come, by form, step and kind of device: counts only, without a cookie or anything personal.

The first page is served from any cache, so it isn't counted; each answered step is. Counts are gathered in memory and
written with the next gift's transaction, or after half a minute: a count that a crash loses harms nobody, a commit for
each step would.
"""

import threading
import time
from collections import Counter
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F

from almoner.giving.models import FunnelCount
from almoner.kernel.clock import now

STEPS: Final = ("details", "payment", "submit", "settled")
_FLUSH_SECONDS: Final = 30

_Key = tuple[int, date, str, str]


class _Gathered:
    lock = threading.Lock()
    counts: Counter[_Key] = Counter()
    written_at = time.monotonic()


def count(form_id: int, step: str, user_agent: str) -> None:
    """One donor reached a step."""
    with _Gathered.lock:
        _Gathered.counts[form_id, now().date(), step, device_of(user_agent)] += 1
        due = time.monotonic() - _Gathered.written_at > _FLUSH_SECONDS
    if due:
        with transaction.atomic():
            flush()


def flush() -> None:
    """Write what was gathered, inside the caller's transaction."""
    with _Gathered.lock:
        counts, _Gathered.counts = _Gathered.counts, Counter()
        _Gathered.written_at = time.monotonic()
    for (form_id, day, step, device), number in sorted(counts.items(), key=lambda item: str(item[0])):
        row = {"form_id": form_id, "day": day, "step": step, "device": device}
        if not FunnelCount.objects.filter(**row).update(count=F("count") + number):
            FunnelCount.objects.bulk_create([FunnelCount(**row, count=0)], ignore_conflicts=True)
            FunnelCount.objects.filter(**row).update(count=F("count") + number)


def device_of(user_agent: str) -> str:
    """phone, tablet or desktop: as coarse as it can be."""
    agent = user_agent.lower()
    if "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent):
        return "tablet"
    return "phone" if "mobi" in agent or "iphone" in agent else "desktop"
