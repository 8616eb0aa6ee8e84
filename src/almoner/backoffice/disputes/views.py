"""One dispute: its deadline, what is known of the gift, and the answer to the bank; or that it is given up."""

import uuid
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from almoner.backoffice import access, words
from almoner.backoffice.desk.fields import KeyedForm
from almoner.backoffice.disputes.evidence import gathered
from almoner.backoffice.disputes.wording import chip, deadline, reason
from almoner.backoffice.gifts.acts import PAGE
from almoner.backoffice.gifts.detail import Fact, gift_of
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.gifts.timeline import Moment
from almoner.backoffice.money import money
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference
from almoner.payments import replies
from almoner.payments.gateways.port import EvidenceFile
from almoner.payments.models import Dispute, DisputeReply

# What Stripe reads of one answer.
MOST_TEXT: Final = 20_000
MOST_FILES: Final = 3
MOST_BYTES: Final = 4_500_000
# How a file begins, and what it is then: its name says nothing.
_BEGINS: Final = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_REPLIES: Final = {
    ("evidence", "asked"): ("An answer is on its way to the payment service", "plain"),
    ("evidence", "sent"): ("Answered from here", "good"),
    ("evidence", "refused"): ("The payment service did not take the answer", "bad"),
    ("accept", "asked"): ("To be given up: on its way to the payment service", "plain"),
    ("accept", "sent"): ("Given up", "plain"),
    ("accept", "refused"): ("The payment service did not take that it is given up", "bad"),
}


@require_safe
@access.needs(access.VIEW_GIFTS)
def dispute(request: HttpRequest, dispute_id: uuid.UUID) -> HttpResponse:
    found, story = _found(request, dispute_id)
    context = {
        "title": _title(found),
        "breadcrumbs_items": crumbs(("Disputes", reverse("backoffice:disputes")), (_title(found), "")),
        "dispute": found,
        "chip": chip(found),
        "facts": _facts(found, story),
        "known": gathered(story, found.attempt),
        "moments": _moments(found),
        "gift": story.gift,
        "can": access.may(request.user, access.ANSWER_DISPUTES) and _takes_answer(found),
        "elsewhere": found.state in replies.OPEN_STATES and not replies.contests(found.attempt),
    }
    return render(request, "backoffice/dispute.html", context)


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several documents, each told by how it begins."""

    def clean(self, data: Any, initial: Any = None) -> tuple[EvidenceFile, ...]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(
                f"Choose {MOST_FILES} files at most: put pages together into one PDF."
            )
        if sum(file.size for file in given) > MOST_BYTES:
            raise forms.ValidationError("Together the files are over 4.5 MB. Choose smaller ones.")
        return tuple(self._read(file) for file in given)

    def _read(self, file: Any) -> EvidenceFile:
        content = file.read()
        for begins, content_type in _BEGINS.items():
            if content.startswith(begins):
                return EvidenceFile(file.name, content_type, content)
        raise forms.ValidationError(
            f"{file.name} is no PDF, JPEG or PNG. Save it as one, and choose it again."
        )


class AnswerForm(KeyedForm, forms.Form):
    text = forms.CharField(
        label="What the bank should know",
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea({"rows": 8}),
        help_text="Short and factual: how you know the donor, what they wrote. What stands under “What is known” is "
        "sent with it.",
    )
    documents = FilesField(
        label="Documents",
        required=False,
        widget=Files({"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text="Such as the donor’s own letters. PDF, JPEG or PNG, three at most, 4.5 MB together. The receipt is "
        "sent without being chosen here.",
    )


class AcceptForm(KeyedForm, forms.Form):
    """Nothing but the key."""


@PAGE
@access.needs(access.ANSWER_DISPUTES)
def answer_dispute(request: HttpRequest, dispute_id: uuid.UUID) -> HttpResponse:
    found, story = _found(request, dispute_id)
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if request.method == "POST" and form.is_valid():
        said = replies.Said(form.cleaned_data["text"].strip(), form.cleaned_data["documents"])
        if _ask(request, found, story, DisputeReply.Kind.EVIDENCE, said, form.cleaned_data["key"]):
            messages.success(
                request, "The answer is on its way. This page shows when the payment service has it."
            )
        return redirect("backoffice:dispute", dispute_id)
    return render(request, "backoffice/act.html", _act_page(found, story, "Answer", form) | {
        "consequences": [
            f"The answer is wanted by {deadline(found)}.",
            "The bank reads one answer: what you forget now can’t be sent later.",
            "What the dispute’s page lists as known goes with it, and the receipt as a document.",
            "It is sent by the worker within seconds, and stands in the audit log under your name.",
        ],
    })  # fmt: skip


@PAGE
@access.needs(access.ANSWER_DISPUTES)
def accept_dispute(request: HttpRequest, dispute_id: uuid.UUID) -> HttpResponse:
    found, story = _found(request, dispute_id)
    form = AcceptForm(request.POST) if request.method == "POST" else AcceptForm()
    if request.method == "POST" and form.is_valid():
        if _ask(request, found, story, DisputeReply.Kind.ACCEPT, replies.Said(), form.cleaned_data["key"]):
            messages.success(request, "It is given up. This page shows when the payment service has it.")
        return redirect("backoffice:dispute", dispute_id)
    return render(request, "backoffice/act.html", _act_page(found, story, "Give up", form) | {
        "consequences": [
            f"The donor keeps {money(found.amount_minor, found.currency)}. That can’t be taken back.",
            "The loss is booked, and the receipt is cancelled, or replaced by one over what is left.",
            "Don’t refund the gift as well: the donor would have it twice.",
        ],
        "danger": True,
    })  # fmt: skip


def _ask(
    request: HttpRequest,
    found: Dispute,
    story: Story,
    kind: DisputeReply.Kind,
    said: replies.Said,
    key: uuid.UUID,
) -> bool:
    """Save it with its entry in the audit log; False, with the reader told why, when the dispute takes none."""
    try:
        with transaction.atomic():
            reply = replies.ask(
                found.pk, kind=kind, said=said, by_id=int(request.user.pk or 0), by_name=request.user.get_username(),
                at=now(), reply_id=key,
            )  # fmt: skip
            audit.record(
                actor=request.user,
                charity=story.gift.charity,
                action="answer dispute" if kind == DisputeReply.Kind.EVIDENCE else "give up dispute",
                object_type="gift",
                object_id=story.gift.pk,
                detail={"dispute": str(found.pk), "reply": str(reply.pk), "files": len(said.files)},
            )
    except replies.NotAnswerable as refused:
        messages.error(request, str(refused))
        return False
    return True


def _found(request: HttpRequest, dispute_id: uuid.UUID) -> tuple[Dispute, Story]:
    disputes = Dispute.objects.select_related("attempt")
    found = access.one_of(disputes, request, path="attempt__charity_id", pk=dispute_id)
    return found, Story(gift_of(request, found.attempt.gift_id))


def _takes_answer(found: Dispute) -> bool:
    answered = found.replies.exclude(state=DisputeReply.State.REFUSED).exists()
    return found.state in replies.OPEN_STATES and replies.contests(found.attempt) and not answered


def _title(found: Dispute) -> str:
    return f"Dispute over {money(found.amount_minor, found.currency)}"


def _facts(found: Dispute, story: Story) -> list[Fact]:
    facts = [
        Fact("Answer by", deadline(found), strong=True),
        Fact("Amount", money(found.amount_minor, found.currency)),
        Fact("Why", reason(found.reason)),
        Fact("Paid by", words.method(found.attempt.method)),
        Fact("There called", found.gateway_id),
        Fact("Gift", shown_reference(story.gift.reference)),
    ]
    return facts + ([Fact("Fee", money(found.fee_minor, found.currency))] if found.fee_minor else [])


def _moments(found: Dispute) -> list[Moment]:
    """What happened to it, newest last."""
    moments = [Moment(event.at, *words.dispute_event(event)) for event in found.events.order_by("id")]
    for reply in found.replies.prefetch_related("files"):
        title, tone = _REPLIES[reply.kind, reply.state]
        notes = [reply.text] if reply.text else []
        notes += [file.name for file in reply.files.all() if file.name]
        moments.append(
            Moment(
                reply.ended_at or reply.created_at,
                title,
                tone,
                by=reply.asked_by_name,
                notes=tuple(notes),
                rank=4,
            )
        )
    return sorted(moments, key=lambda moment: (moment.at, moment.rank))


def _act_page(found: Dispute, story: Story, title: str, form: forms.Form) -> dict[str, Any]:
    back = reverse("backoffice:dispute", args=[found.pk])
    return {
        "title": title,
        "lead": f"{_title(found)}, gift {shown_reference(story.gift.reference)}.",
        "breadcrumbs_items": crumbs(
            ("Disputes", reverse("backoffice:disputes")), (_title(found), back), (title, "")
        ),
        "form": form,
        "media": form.media,
        "action": "Send the answer" if title == "Answer" else "Give it up",
        "back_url": back,
    }
