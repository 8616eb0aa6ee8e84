"""What of the register and of people's consents needs somebody, for those whose work it is."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import TaskState
from wagtail.permissions import page_permission_policy

from almoner.backoffice import access
from almoner.backoffice.impact import releases
from almoner.backoffice.impact.hidden import OF_FIGURE
from almoner.backoffice.impact.queue import own
from almoner.backoffice.reports.need import Need, counted, noun
from almoner.charities.models import Charity
from almoner.consents.models import Consent, ExternalUse
from almoner.consents.standing import State, in_state, today
from almoner.impact import claims, due
from almoner.impact.models import Claim, Indicator, Observation


def needs(request: HttpRequest) -> list[Need]:
    found = list[Need]()
    if access.may(request.user, access.ENTER_FIGURES):
        found += _due(request)
    if access.may(request.user, access.VERIFY_FIGURES):
        found += [*_waiting(request), *_small(request)]
    if writes(request.user):
        found += [*_reviews(request), *_claims(request), *_elsewhere(request), *_lapsing(request)]
    return found


def writes(user: Any) -> bool:
    """Others can't mend a page, and see no consent."""
    return bool(page_permission_policy.user_has_any_permission(user, ["add", "change", "publish"]))


def _due(request: HttpRequest) -> Iterator[Need]:
    """Each charity's months end by its own clock."""
    found = [state for day, own in _by_day(request).items() for state in _states(own, day)]
    old = sum(state.stale for state in found)
    if number := sum(state.due is not None for state in found):
        last = (
            f" {old} of what stands {'is' if old == 1 else 'are'} older than two such times." if old else ""
        )
        yield Need(
            str(number), noun(str(number), "figure due", "figures due"),
            f"Of a month, a quarter or a year that is over.{last}", reverse("backoffice:programmes"),
            "bad" if old else "wait",
        )  # fmt: skip


def _by_day(request: HttpRequest) -> dict[date, list[Charity]]:
    found: dict[date, list[Charity]] = defaultdict(list)
    for charity in access.charities(request):
        found[today(charity)].append(charity)
    return found


def _states(charities: list[Charity], day: date) -> list[due.State]:
    indicators = Indicator.objects.filter(result__programme__charity__in=charities)
    return due.states(list(indicators.select_related("result__programme")), day)


def _waiting(request: HttpRequest) -> Iterator[Need]:
    """Nobody is asked to look at what they entered themselves."""
    entered = Observation.objects.filter(verification=None).exclude(entered_by_id=own(request))
    if number := counted(access.within(entered, request, OF_FIGURE)):
        yield Need(
            number, noun(number, "figure to verify", "figures to verify"),
            "Open its source, and look. Until a second person has, it stands nowhere.",
            reverse("backoffice:figure_queue"), "wait",
        )  # fmt: skip


def _small(request: HttpRequest) -> Iterator[Need]:
    if number := counted(releases.waiting(request)):
        yield Need(
            number, noun(number, "small figure to let out", "small figures to let out"),
            "A colleague says that its source is public, and asks you to decide.",
            reverse("backoffice:release_queue"), "wait",
        )  # fmt: skip


def _reviews(request: HttpRequest) -> Iterator[Need]:
    """Nobody is asked to look at what they wrote themselves."""
    asked = TaskState.objects.reviewable_by(request.user)
    if number := counted(asked.exclude(workflow_state__requested_by=request.user.pk)):
        yield Need(
            number, noun(number, "page to review", "pages to review"),
            "A colleague asks you to look before it is published.",
            f"{reverse('wagtailadmin_reports:workflow_tasks')}?reviewable=true", "wait",
        )  # fmt: skip


def _claims(request: HttpRequest) -> Iterator[Need]:
    wrong = access.within(Claim.objects.filter(claims.needing(), ended_at=None), request)
    if number := counted(wrong):
        yield Need(
            number, noun(number, "public number that no longer holds", "public numbers that no longer hold"),
            "The register says otherwise, or nothing that shows it. Each says where it stands and what to do.",
            reverse("stories_claims"),
        )  # fmt: skip


def _elsewhere(request: HttpRequest) -> Iterator[Need]:
    """What no program can take down: somebody has to ask for it."""
    uses = ExternalUse.objects.filter(ended_at=None, consent__withdrawal__isnull=False)
    if number := counted(access.within(uses, request, "consent__charity_id")):
        yield Need(
            number, noun(number, "use elsewhere to be taken back", "uses elsewhere to be taken back"),
            "Somebody withdrew their consent. Ask for it to be taken down there, then say that it is gone.",
            f"{reverse('stories_consents')}?state={State.WITHDRAWN}",
        )  # fmt: skip


def _lapsing(request: HttpRequest) -> Iterator[Need]:
    mine = Q(pk__in=[])
    for day, charities in _by_day(request).items():
        mine |= Q(
            pk__in=in_state(Consent.objects.filter(charity__in=charities), State.LAPSING, day).values("pk")
        )
    if number := counted(Consent.objects.filter(mine)):
        yield Need(
            number, noun(number, "consent that lapses soon", "consents that lapse soon"),
            "From the day after, it is shown nowhere. Ask again, or let it end.",
            f"{reverse('stories_consents')}?state={State.LAPSING}", "wait",
        )  # fmt: skip
