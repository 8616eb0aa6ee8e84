"""Forgetting a donor: bodies are never kept, and what receivers answered may repeat one."""

from almoner.charities.models import Charity
from almoner.webhooks.models import Try


def erase(charity: Charity) -> None:
    """Empty all that this charity's receivers answered, inside the caller's transaction: which of it says what of whom
    nobody knows. Safe to repeat."""
    Try.objects.filter(delivery__endpoint__charity=charity).exclude(answer="").update(answer="")
