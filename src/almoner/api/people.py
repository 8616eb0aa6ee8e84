"""People as this charity knows them, and what they agree to."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from ninja import Path, Query, Router

from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.api.shapes import ConsentOut, PersonOut, SupporterOut
from almoner.api.taking import ConsentIn
from almoner.charities import audit
from almoner.kernel.clock import now
from almoner.supporters.models import Consent, ConsentWording, Contact, Supporter
from almoner.supporters.people import email_key, record_consents

router = Router(tags=["supporters"])
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("", **takes(Scope.SUPPORTERS_READ), response=Page[SupporterOut], operation_id="list_supporters")
def listing(
    request: HttpRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    email: Annotated[str, Query(max_length=254, description="Only the one with this address.")] = "",
) -> Page[SupporterOut]:
    """Those who gave first come last."""
    caller = caller_of(request)
    people = Supporter.objects.filter(charity=caller.charity)
    if email:
        # No address has a NUL, and no database is asked about one.
        people = people.filter(email_key=email_key(email.replace("\0", " ")))
    found, after = page_of(people, by={"id": whole}, cursor=cursor, limit=limit)
    return Page[SupporterOut](items=shown(found), next=after)


@router.get(
    "/{supporter_id}",
    **takes(Scope.SUPPORTERS_READ),
    response={200: SupporterOut, 404: ProblemBody},
    operation_id="get_supporter",
)
def one(request: HttpRequest, supporter_id: Id) -> SupporterOut:
    return shown([_find(caller_of(request), supporter_id)])[0]


@router.post(
    "/{supporter_id}/consents",
    **takes(Scope.CONSENTS_WRITE),
    response={201: ConsentOut, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody},
    operation_id="record_consent",
)
def consent(request: HttpRequest, supporter_id: Id, sent: ConsentIn, key: Key) -> Outcome:
    """That a person agrees to be written to, or no longer does: told elsewhere, and kept here with its day."""
    caller = caller_of(request)
    person = _find(caller, supporter_id)

    def act(_: uuid.UUID) -> ConsentOut:
        wording = _wording(caller, sent.channel)
        contact = Contact.objects.filter(supporter=person).order_by("-pk").first()
        if contact is None or person.erased_at is not None:
            raise Problem(422, "erased", "Nothing is known of this person any more.")
        at, source = now(), f"api: {caller.token.name}"[:60]
        with transaction.atomic():
            record_consents(contact, {wording.pk: (sent.channel, sent.granted)}, source=source, at=at)
            audit.record(
                actor=caller.actor,
                charity=caller.charity,
                action="record consent",
                object_type="supporter",
                object_id=person.pk,
                detail={"channel": sent.channel, "granted": sent.granted},
            )
        return ConsentOut(channel=sent.channel, granted=sent.granted, at=at, source=source)

    return once(request, key, act, status=201)


def _wording(caller: Caller, channel: str) -> ConsentWording:
    own = ConsentWording.objects.filter(charity=caller.charity, channel=channel, of=None)
    wording = own.order_by("-version").first()
    if wording is None:
        raise Problem(422, "channel", f"channel: no form of this charity ever asked about {channel}.")
    return wording


def _find(caller: Caller, supporter_id: int) -> Supporter:
    person = Supporter.objects.filter(charity=caller.charity, pk=supporter_id).first()
    if person is None:
        raise not_found()
    return person


def shown(people: Iterable[Supporter]) -> list[SupporterOut]:
    """Three queries, however many they are."""
    ids = [person.pk for person in people]
    newest = Contact.objects.filter(supporter__in=ids).values("supporter").annotate(newest=Max("pk"))
    contacts = {
        contact.supporter_id: contact
        for contact in Contact.objects.filter(pk__in=[each["newest"] for each in newest.order_by()])
    }
    consents: dict[int | None, dict[str, ConsentOut]] = defaultdict(dict)
    given = Consent.objects.filter(contact__supporter__in=ids).select_related("contact").order_by("pk")
    for each in given:
        consents[each.contact.supporter_id][each.channel] = ConsentOut(
            channel=each.channel, granted=each.granted, at=each.at, source=each.source
        )
    return [
        SupporterOut(
            id=person.pk,
            name=person.name,
            created_at=person.created_at,
            erased_at=person.erased_at,
            newest=PersonOut.of(contacts[person.pk]) if person.pk in contacts else None,
            consents=list(consents[person.pk].values()),
        )
        for person in people
    ]
