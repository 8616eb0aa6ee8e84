"""What higher rooms do when staff act here. `config` sets these once, at start: no signals."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from almoner.charities.models import Charity


def _nothing(charity: Charity, left: Collection[str]) -> None:
    """The default: a charity without a site of its own."""


@dataclass(slots=True)
class Hooks:
    """`on_charity_made` runs inside the transaction that makes a charity or changes its hosts, with the hosts that the
    charity left, and gives it a site."""

    on_charity_made: Callable[[Charity, Collection[str]], None] = _nothing


hooks = Hooks()
