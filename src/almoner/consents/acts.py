"""What staff do with consents. Each act leaves an entry in the log, in its transaction, and drops ready pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.forms.models import model_to_dict

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.consents.models import Consent, Covered, ExternalUse, Withdrawal
from almoner.consents.standing import Work
from almoner.kernel.clock import now

_UNTOLD: Final = ("id", "charity", "entered_at")


class Withdrawn(ValueError):
    """Consent to this was withdrawn: it can't be recorded again, nor a withdrawn record be changed."""


def enter(consent: Consent, works: Iterable[tuple[Work, str]], *, actor: audit.Actor | None) -> Consent:
    """Record a consent and what it covers: (work, its words if it is words). Raises `Withdrawn`, and keeps nothing."""
    with transaction.atomic():
        consent.entered_at = now()
        consent.save(force_insert=True)
        for work, words in works:
            _cover(consent, work, words)
        _tell(consent, "consent.enter", actor, _terms(consent))
    return consent


def change(consent: Consent, *, actor: audit.Actor) -> Consent:
    """Save what was changed on a record that still holds. Raises `Withdrawn`."""
    with transaction.atomic():
        before = _locked(consent.pk)
        terms = _terms(before)
        consent.save()
        changed = {
            name: [terms[name], value] for name, value in _terms(consent).items() if terms[name] != value
        }
        _tell(consent, "consent.change", actor, changed)
    return consent


def cover(consent: Consent, work: Work, words: str, *, actor: audit.Actor) -> None:
    """Let a record cover one more picture or other words. Harmless when it does already. Raises `Withdrawn`."""
    with transaction.atomic():
        _locked(consent.pk)
        _cover(consent, work, words)
        _tell(consent, "consent.cover", actor, {"kind": work.kind.value, "digest": work.digest})


def withdraw(consent: Consent, *, by: str, why: str, actor: audit.Actor) -> Withdrawal:
    """Take a consent back, for good. Repeating it changes nothing."""
    with transaction.atomic():
        Consent.objects.select_for_update().get(pk=consent.pk)
        stands = Withdrawal.objects.filter(consent=consent).first()
        if stands is not None:
            return stands
        taken_back = Withdrawal.objects.create(
            consent=consent, by=by, why=why, recorded_by=actor.get_username(), at=now()
        )
        _tell(consent, "consent.withdraw", actor, {"by": by, "why": why})
    return taken_back


def use_elsewhere(
    consent: Consent, *, kind: str, where: str, used_on: date, actor: audit.Actor
) -> ExternalUse:
    with transaction.atomic():
        used = ExternalUse.objects.create(
            consent=consent, kind=kind, where=where, used_on=used_on,
            entered_by=actor.get_username(), entered_at=now(),
        )  # fmt: skip
        _tell(consent, "consent.use", actor, {"kind": kind, "where": where})
    return used


def end_use(used: ExternalUse, *, actor: audit.Actor) -> None:
    """Somebody saw that it is gone from there."""
    with transaction.atomic():
        ended = ExternalUse.objects.filter(pk=used.pk, ended_at__isnull=True).update(
            ended_at=now(), ended_by=actor.get_username()
        )
        if ended:
            _tell(used.consent, "consent.use-ended", actor, {"kind": used.kind, "where": used.where})


def withdrawn(charity: Charity, work: Work) -> bool:
    """Whether consent to this was ever withdrawn here."""
    return Withdrawal.objects.filter(
        consent__charity=charity, consent__covered__kind=work.kind, consent__covered__digest=work.digest
    ).exists()


def _cover(consent: Consent, work: Work, words: str) -> None:
    if withdrawn(consent.charity, work):
        raise Withdrawn
    Covered.objects.get_or_create(
        consent=consent, kind=work.kind, digest=work.digest, defaults={"words": words, "added_at": now()}
    )


def _locked(pk: int) -> Consent:
    """The record as it stands; must be called inside the act's transaction. Raises `Withdrawn`."""
    found = Consent.objects.select_for_update().get(pk=pk)
    if Withdrawal.objects.filter(consent=found).exists():
        raise Withdrawn
    return found


def _terms(consent: Consent) -> dict[str, Any]:
    return {name: _plain(value) for name, value in model_to_dict(consent).items() if name not in _UNTOLD}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _tell(consent: Consent, action: str, actor: audit.Actor | None, detail: dict[str, Any]) -> None:
    audit.record(
        actor=actor, charity=consent.charity, action=action, object_type="consent", object_id=consent.pk,
        detail=detail,
    )  # fmt: skip
    bump(consent.charity_id)
