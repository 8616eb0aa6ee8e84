"""Mail that didn't arrive and work that was given up: what went wrong, for whom, and what to do."""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from almoner.backoffice import access, words
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.receipts.models import ReceiptDelivery

_SINCE: Final = timedelta(days=30)
_MOST: Final = 200
_TROUBLE: Final = (ReceiptDelivery.State.BOUNCED, ReceiptDelivery.State.FAILED)
_WENT_OUT: Final = (ReceiptDelivery.State.SENT, ReceiptDelivery.State.DELIVERED)


def troubled_mails(request: HttpRequest) -> QuerySet[ReceiptDelivery]:
    """Of the reader's charities, of the last 30 days, where no later mail about the gift went out."""
    mails = ReceiptDelivery.objects.filter(state__in=_TROUBLE, created_at__gte=now() - _SINCE)
    later = ReceiptDelivery.objects.filter(gift=OuterRef("gift"), pk__gt=OuterRef("pk"), state__in=_WENT_OUT)
    return access.within(mails.filter(~Exists(later)), request, "gift__charity_id")


def dead_jobs(request: HttpRequest) -> list[Job]:
    """Tasks that were given up. Staff see those of their charities' gifts; a superuser sees all."""
    jobs = list(Job.objects.filter(state=State.DEAD).order_by("-finished_at")[:_MOST])
    if not jobs or request.user.is_superuser:
        return jobs
    named = {job.pk: gift for job in jobs if (gift := _gift_of(job)) is not None}
    own = set(access.within(Gift.objects.filter(pk__in=named.values()), request).values_list("pk", flat=True))
    return [job for job in jobs if named.get(job.pk) in own]


def _gift_of(job: Job) -> uuid.UUID | None:
    """Jobs carry identifiers only; those about a gift name it."""
    try:
        return uuid.UUID(str(job.payload.get("gift", "")))
    except ValueError:
        return None


@require_safe
@access.needs(access.VIEW_GIFTS)
def mail(request: HttpRequest) -> HttpResponse:
    mails = troubled_mails(request).select_related("gift__contact", "receipt").order_by("-created_at")[:_MOST]
    context = {
        "title": "Mail and tasks that failed",
        "breadcrumbs_items": crumbs(("Mail and tasks that failed", "")),
        "mails": [(row, words.mail_of(row), words.mail_state(row), words.mail_reason(row)) for row in mails],
        "jobs": [(job, _gift_of(job)) for job in dead_jobs(request)],
        "may_retry": access.may(request.user, access.RESEND_RECEIPTS),
    }
    return render(request, "backoffice/mail.html", context)


@require_POST
@access.needs(access.RESEND_RECEIPTS)
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put a task that was given up back to work."""
    job = next((job for job in dead_jobs(request) if job.pk == job_id), None)
    if job is None:
        raise Http404
    gift_id = _gift_of(job)
    gift = Gift.objects.select_related("charity").filter(pk=gift_id).first() if gift_id is not None else None
    with transaction.atomic():
        revived = Job.objects.filter(pk=job_id, state=State.DEAD).update(
            state=State.READY, attempts=0, run_at=now(), finished_at=None, last_error=""
        )
        if revived:
            audit.record(
                actor=request.user,
                charity=gift.charity if gift is not None else None,
                action="retry task",
                object_type="job",
                object_id=job_id,
                detail={"kind": job.kind},
            )
    messages.success(request, "The task runs again.")
    return redirect("backoffice:mail")
