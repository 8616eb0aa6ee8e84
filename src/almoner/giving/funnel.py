"""How far donors come, by form, step and kind of device: counts only, without a cookie or anything personal.

The first page is served from any cache, so it isn't counted; each answered step is. Counts are gathered in memory and
written every half minute: a count that a crash loses harms nobody, a commit for each step would. Nor does a count that
can't be written: it is logged and dropped, and the donor's step goes on.
"""

import logging
import threading
import time
from collections import Counter
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction
from django.db.models import F

from almoner.giving.models import DonationForm, FunnelCount
from almoner.kernel.clock import now

# Whether a submitted gift was paid is told by the gift itself, sooner or later: it is no step to count here.
STEPS: Final = ("details", "payment", "submit")
_FLUSH_SECONDS: Final = 30

logger = logging.getLogger(__name__)
_Key = tuple[int, date, str, str]


class _Gathered:
    lock = threading.Lock()
    counts: Counter[_Key] = Counter()
    written_at = time.monotonic()


def count(form_id: int, step: str, user_agent: str, *, timezone: str) -> None:
    """One donor reached a step. `timezone` is the charity's, whose day it is."""
    day = now().astimezone(ZoneInfo(timezone)).date()
    with _Gathered.lock:
        _Gathered.counts[form_id, day, step, device_of(user_agent)] += 1
        due = time.monotonic() - _Gathered.written_at > _FLUSH_SECONDS
    if due:
        try:
            flush()
        except DatabaseError:
            logger.warning("counts of the funnel could not be written", exc_info=True)


def flush() -> None:
    """Write what was gathered. Counts of a form that is no more are dropped. Raises DatabaseError."""
    with _Gathered.lock:
        counts, _Gathered.counts = _Gathered.counts, Counter()
        _Gathered.written_at = time.monotonic()
    with transaction.atomic():
        standing = set(
            DonationForm.objects.filter(pk__in={key[0] for key in counts}).values_list("pk", flat=True)
        )
        for key, number in sorted(counts.items(), key=lambda item: str(item[0])):
            if key[0] in standing:
                _add(key, number)


def _add(key: _Key, number: int) -> None:
    row = dict(zip(("form_id", "day", "step", "device"), key, strict=True))
    if not FunnelCount.objects.filter(**row).update(count=F("count") + number):
        FunnelCount.objects.bulk_create([FunnelCount(**row, count=0)], ignore_conflicts=True)
        FunnelCount.objects.filter(**row).update(count=F("count") + number)


def device_of(user_agent: str) -> str:
    """phone, tablet or desktop: as coarse as it can be."""
    agent = user_agent.lower()
    if "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent):
        return "tablet"
    return "phone" if "mobi" in agent or "iphone" in agent else "desktop"
