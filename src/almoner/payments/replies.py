"""What a charity says to a dispute: asked for, sent once by a worker, and kept until the dispute is long over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from almoner.outbox.queue import enqueue
from almoner.payments import gateways
from almoner.payments.gateways.port import Contests, EvidenceFile
from almoner.payments.models import Attempt, Dispute, DisputeFile, DisputeReply
from almoner.payments.transitions import DisputeState

JOB: Final = "payments.dispute_reply"
OPEN_STATES: Final = (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE)
_DECIDED: Final = (DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED)
# Banks think again for some months.
_KEEP: Final = timedelta(days=180)


class NotAnswerable(ValueError):
    """The dispute takes no answer from here; the message says why, for staff."""


@dataclass(frozen=True, slots=True)
class Said:
    """What staff add to what is known already. No files and an empty text: the facts alone."""

    text: str = ""
    files: Sequence[EvidenceFile] = ()


def contests(attempt: Attempt) -> bool:
    """Whether the gateway takes answers from here."""
    try:
        return isinstance(gateways.gateway(attempt.gateway, attempt.account), Contests)
    except gateways.GatewayUnknown:
        return False


def ask(
    dispute_id: uuid.UUID,
    *,
    kind: DisputeReply.Kind,
    said: Said,
    by_id: int,
    by_name: str,
    at: datetime,
    reply_id: uuid.UUID,
) -> DisputeReply:
    """Save what is to be said, and put it to work, inside the caller's transaction. The same `reply_id` again is the
    same reply. Raises `NotAnswerable`, and then nothing is saved."""
    dispute = Dispute.objects.select_for_update().select_related("attempt").get(pk=dispute_id)
    known = dispute.replies.filter(pk=reply_id).first()
    if known is not None:
        return known
    if not contests(dispute.attempt):
        raise NotAnswerable("This payment service takes no answers from here. Answer in its own pages.")
    if dispute.state not in OPEN_STATES:
        raise NotAnswerable("This dispute takes no answer any more.")
    if dispute.replies.exclude(state=DisputeReply.State.REFUSED).exists():
        raise NotAnswerable("This dispute was answered already, and the bank reads one answer.")
    reply = DisputeReply.objects.create(
        id=reply_id, dispute=dispute, kind=kind, text=said.text, asked_by_id=by_id, asked_by_name=by_name[:150],
        created_at=at,
    )  # fmt: skip
    for file in said.files:
        DisputeFile.objects.create(
            reply=reply, name=file.name[:120], content_type=file.content_type, content=file.content
        )
    enqueue(JOB, f"reply {reply.pk}", {"reply": str(reply.pk)})
    return reply


def end(reply_id: uuid.UUID, state: DisputeReply.State, *, at: datetime) -> None:
    """Sent, or refused: said once, whoever brings it first."""
    DisputeReply.objects.filter(pk=reply_id, state=DisputeReply.State.ASKED).update(state=state, ended_at=at)


def prune(*, at: datetime) -> int:
    """Empty what was said in disputes that are long over; returns how many files."""
    over = Dispute.objects.filter(state__in=_DECIDED, updated_at__lt=at - _KEEP)
    DisputeReply.objects.filter(dispute__in=over).exclude(text="").update(text="")
    return DisputeFile.objects.filter(reply__dispute__in=over, content__isnull=False).update(
        content=None, name=""
    )
