"""What must hold of the mails to donors and of methods being saved, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat

from almoner.donors import corrections, yearly
from almoner.donors.models import MethodSetUp, PlanMail, ReachedMail, Told
from almoner.donors.since import address_of
from almoner.donors.telling import JOB, KEY_PREFIX
from almoner.donors.transitions import SetUpState
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.outbox.models import Job
from almoner.outbox.models import State as JobState
from almoner.plans.models import Period, Plan

_SENT_WITHIN: Final = timedelta(hours=1)
_LOOKED_AT_WITHIN: Final = timedelta(days=1)
_WRITTEN_WITHIN: Final = timedelta(minutes=5)
# A dead one is the outbox's own alarm.
_OPEN: Final = (JobState.READY, JobState.LEASED, JobState.DEAD)


def checks() -> list[Check]:
    return [
        Check(
            "debits announced", "No debit counts as announced whose notice no mail server took.", _announced
        ),
        Check("methods saved", "No method that a donor saved waits a day to be looked at.", _waiting),
        Check(
            "methods used once", "No method that a donor saved for one plan pays for another.", _used_twice
        ),
        Check("plan mails", "Each mail owed about a plan went out, was given up, or has its job.", _owed),
        Check(
            "figures told",
            "Each figure that a donor was told stood then, verified and public, and each mail says what it told.",
            _told,
        ),
        Check(
            "corrections told",
            "Whoever was told a figure that was corrected is told so, and each mail has its job.",
            _corrections,
        ),
    ]


def _announced() -> Iterator[str]:
    """A mail that bounced later was taken all the same."""
    took = PlanMail.objects.filter(kind=PlanMail.Kind.NOTICE, period_id=OuterRef("pk"), sent_at__isnull=False)
    periods = Period.objects.filter(~Exists(took), notice_sent_at__isnull=False)
    for plan_id, on in periods.values_list("plan_id", "on"):
        yield f"plan {plan_id}: {on}"


def _waiting() -> Iterator[str]:
    late = MethodSetUp.objects.filter(look_at__lt=now() - _LOOKED_AT_WITHIN)
    for plan_id in late.values_list("plan_id", flat=True):
        yield f"plan {plan_id}"


def _used_twice() -> Iterator[str]:
    """That no method is saved twice, the database sees to."""
    # What is not sealed yet has no mark.
    same = Q(method_mark=OuterRef("token_mark")) | Q(saved_method__stands=OuterRef("token"))
    others = Plan.objects.filter(same, gateway=OuterRef("gateway")).exclude(pk=OuterRef("plan_id"))
    done = MethodSetUp.objects.filter(Exists(others), state=SetUpState.DONE).exclude(token="")
    for plan_id in done.values_list("plan_id", flat=True):
        yield f"plan {plan_id}"


def _owed() -> Iterator[str]:
    jobs = Job.objects.filter(
        kind=JOB, state__in=_OPEN, dedupe_key=Concat(Value(KEY_PREFIX), OuterRef("key"))
    )
    mails = PlanMail.objects.filter(
        ~Exists(jobs), state=PlanMail.State.QUEUED, created_at__lt=now() - _SENT_WITHIN
    )
    for key in mails.values_list("key", flat=True):
        yield f"mail {key}"


def _told() -> Iterator[str]:
    """A correction may be accepted while a mail is being written, so that is let pass for a few minutes."""
    told, of = Told.objects.all(), "observation__"
    shown = Q(**{f"{of}disclosure__shown": True}) | Q(**{f"{of}releases__approval__at__lte": F("at")})
    then = Q(**{f"{of}verification__accepted": True, f"{of}verification__at__lte": F("at")})
    for pk in told.exclude(
        pk__in=told.filter(shown & then, observation__dimension="").values("pk")
    ).values_list("pk", flat=True):
        yield f"told {pk}: not public"
    stood = Q(**{f"{of}replacement": None}) | Q(**{f"{of}replacement__at__gte": F("at") - _WRITTEN_WITHIN})
    for pk in told.exclude(pk__in=told.filter(stood).values("pk")).values_list("pk", flat=True):
        yield f"told {pk}: corrected before"
    silent = ReachedMail.objects.filter(state=ReachedMail.State.SENT).exclude(
        pk__in=Told.objects.values("mail")
    )
    for key in silent.values_list("key", flat=True):
        yield f"mail {key}: nothing told"


def _corrections() -> Iterator[str]:
    since = now() - _SENT_WITHIN
    late = list(corrections.owed(since_before=since))
    contacts = address_of({each.supporter_id for each in late}).items()
    reachable = {person for person, contact in contacts if contact.created_at < since}
    for each in late:
        if each.supporter_id in reachable:
            yield f"told {each.told}: no correction"
    jobs = Job.objects.filter(
        kind=yearly.JOB, state__in=_OPEN, dedupe_key=Concat(Value(yearly.KEY_PREFIX), OuterRef("key"))
    )
    waiting = (ReachedMail.State.QUEUED, ReachedMail.State.SENDING)
    mails = ReachedMail.objects.filter(~Exists(jobs), state__in=waiting, created_at__lt=now() - _SENT_WITHIN)
    for key in mails.values_list("key", flat=True):
        yield f"mail {key}: no job"
