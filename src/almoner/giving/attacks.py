"""A form under attack by card testers: how that is told from what is seen, when it begins, and when it ends.

It begins by itself on a sign, or when staff say so; it ends after half an hour without one, or when staff say so, and
then doesn't begin again by itself for an hour. Nobody is refused for it: see `limits` for what it asks of donors.
"""

import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from almoner.giving.models import ELSEWHERE, Attack, Course, DonationForm, LimitHit
from almoner.outbox import queue

# A mail to staff: `backoffice` writes it. Payload: {"attack": id}.
MAIL_JOB: Final = "giving.attack"
SEEN_FOR: Final = timedelta(minutes=10)
QUIET_FOR: Final = timedelta(hours=1)
_DECLINED_PERCENT: Final = 40
# Where most gifts are smaller than the form suggests, as testers' are, half of that is enough.
_SMALL_DECLINED_PERCENT: Final = 20
_BLOCKED_ADDRESSES: Final = 3
# An attack that goes from form to form shows on the site first.
_SITE_FACTOR: Final = 3
# A form's figures are counts over all its donors: a process works them out at most this often, or when it has heard as
# many declines of the form since as could tell an attack alone.
_AGE_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """Ten minutes of a form. `tried` were paid in the page, so their declines are known; `hosted` were sent to the
    gateway's page; `turned` were asked for work, or refused, before anything reached a gateway. `blocked` addresses met
    as many declines as the limit allows; `site_…` are those of all forms of the charity."""

    tried: int = 0
    declined: int = 0
    small: int = 0
    hosted: int = 0
    turned: int = 0
    addresses: int = 0
    blocked: int = 0
    site_tried: int = 0
    site_declined: int = 0

    def sign(self) -> str:
        """What tells an attack: "declines", "small", "addresses" or "site"; "" when nothing does."""
        enough = self.tried >= settings.LIMIT_ATTACK_FROM
        if enough and self.declined * 100 > self.tried * _DECLINED_PERCENT:
            return "declines"
        if (
            enough
            and self.small * 2 > self.tried
            and self.declined * 100 > self.tried * _SMALL_DECLINED_PERCENT
        ):
            return "small"
        if self.blocked >= _BLOCKED_ADDRESSES:
            return "addresses"
        site = self.site_tried >= settings.LIMIT_ATTACK_FROM * _SITE_FACTOR
        if site and self.declined and self.site_declined * 100 > self.site_tried * _DECLINED_PERCENT:
            return "site"
        return ""

    @property
    def goes_on(self) -> bool:
        """Whether an attack that has begun is still there: those who are turned away no longer reach a decline."""
        return bool(self.sign()) or self.turned >= settings.LIMIT_ATTACK_FROM

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


class _Memory:
    """Form -> (when it was worked out, whether it is under attack); and the declines that were heard since."""

    known: dict[int, tuple[float, bool]] = {}
    declines: dict[int, int] = {}


def forget() -> None:
    _Memory.known, _Memory.declines = {}, {}


def hear_decline(form_id: int) -> None:
    """A card was declined. Ten seconds are long for testers: enough declines, and the form is looked at anew."""
    heard = _Memory.declines.get(form_id, 0) + 1
    if (
        heard * 100 >= settings.LIMIT_ATTACK_FROM * _DECLINED_PERCENT
        and not _Memory.known.get(form_id, (0, False))[1]
    ):
        _Memory.known.pop(form_id, None)
        heard = 0
    _Memory.declines[form_id] = heard


def under_attack(form_id: int, *, at: datetime) -> bool:
    """Whether a form is under attack, worked out every ten seconds at most, and sooner after declines
    (`hear_decline`). Begins and ends an attack by itself. Raises DatabaseError when it can't be told."""
    worked_out_at, attacked = _Memory.known.get(form_id, (float("-inf"), False))
    if time.monotonic() - worked_out_at > _AGE_SECONDS:
        attacked = follow(form_id, seen(form_id, at=at), at=at)
        _Memory.known[form_id] = (time.monotonic(), attacked)
    return attacked


def seen(form_id: int, *, at: datetime) -> Seen:
    """The last ten minutes of a form and of its charity's others."""
    recent = LimitHit.objects.filter(at__gt=at - SEEN_FOR, at__lte=at)
    own = Q(form_id=form_id)
    sent, here = Q(course__in=ELSEWHERE), ~Q(course__in=(*ELSEWHERE, Course.TURNED))
    siblings = DonationForm.objects.filter(
        charity_id__in=DonationForm.objects.filter(pk=form_id).values("charity_id")
    )
    # An aggregate may not be called as a column is.
    counts = recent.filter(form_id__in=siblings.values("pk")).aggregate(
        n_tried=Count("id", filter=own & here),
        n_declined=Count("id", filter=own & here & Q(declined=True)),
        n_small=Count("id", filter=own & here & Q(small=True)),
        n_hosted=Count("id", filter=own & sent),
        n_turned=Count("id", filter=own & Q(course=Course.TURNED)),
        n_addresses=Count("address", filter=own, distinct=True),
        n_site_tried=Count("id", filter=here),
        n_site_declined=Count("id", filter=here & Q(declined=True)),
    )
    blocked = (
        recent.filter(own, declined=True)
        .values("address")
        .annotate(declines=Count("id"))
        .filter(declines__gte=settings.LIMIT_DECLINES)
    )
    return Seen(**{name.removeprefix("n_"): count for name, count in counts.items()}, blocked=blocked.count())


def follow(form_id: int, found: Seen, *, at: datetime) -> bool:
    """Bring a form's attack in step with what is seen; whether there is one now."""
    last = Attack.objects.filter(form_id=form_id).order_by("-id").first()
    if last is None or last.ended_at is not None:
        held_off = last is not None and last.quiet_until is not None and last.quiet_until > at
        if held_off or not (sign := found.sign()):
            return False
        begin(form_id, sign=sign, found=found, at=at)
        return True
    if found.goes_on:
        _still_there(last, found, at=at)
        return True
    calm = timedelta(minutes=settings.LIMIT_ATTACK_CALM_MINUTES)
    if last.seen_at < at - calm:
        end(last, at=at)
        return False
    return True


def begin(form_id: int, *, sign: str, found: Seen, at: datetime, by: str = "") -> None:
    """An attack begins; staff get a mail of one that began by itself. `by` is who said so. One that another process
    began a moment ago stands."""
    try:
        with transaction.atomic():
            attack = Attack.objects.create(
                form_id=form_id, began_at=at, seen_at=at, begun_by=by, sign=sign, seen=found.to_dict()
            )
            if not by:
                queue.enqueue(MAIL_JOB, str(attack.pk), {"attack": attack.pk})
    except IntegrityError:
        return
    finally:
        forget()


def end(attack: Attack, *, at: datetime, by: str = "") -> bool:
    """The attack is over: by itself, or because staff say so, and then it doesn't begin by itself for an hour.
    Whether it was this call that ended it."""
    changes: dict[str, Any] = {"ended_at": at, "ended_by": by}
    if by:
        changes["quiet_until"] = at + QUIET_FOR
    forget()
    return bool(Attack.objects.filter(pk=attack.pk, ended_at=None).update(**changes))


def tend(*, at: datetime) -> None:
    """End what is over on forms that nobody opens."""
    for attack in Attack.objects.filter(ended_at=None):
        follow(attack.form_id, seen(attack.form_id, at=at), at=at)


def _still_there(attack: Attack, found: Seen, *, at: datetime) -> None:
    if attack.seen_at > at - timedelta(minutes=1):
        return
    worst = {name: max(count, attack.seen.get(name, 0)) for name, count in found.to_dict().items()}
    Attack.objects.filter(pk=attack.pk, ended_at=None).update(seen_at=at, seen=worst)
