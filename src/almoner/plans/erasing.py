"""Forgetting a donor: what their card or mandate is called. Its token stays until the gateway has forgotten it, and is
worth nothing to anybody else."""

from collections.abc import Iterable

from almoner.plans.models import Plan


def erase(contact_ids: Iterable[int]) -> None:
    """Empty what these people's plans say of how they paid, inside the caller's transaction. Safe to repeat."""
    Plan.objects.filter(contact__in=list(contact_ids)).update(method_label="", method_expires="")
