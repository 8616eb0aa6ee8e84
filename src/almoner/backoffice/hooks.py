"""What higher rooms do when staff act here. `config` sets these once, at start: no signals."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from almoner.charities.models import Charity


def _nothing(charity: Charity, hosts: Collection[str]) -> None:
    """The default: a charity without a site of its own."""


@dataclass(slots=True)
class Hooks:
    """Both run inside the transaction that makes a charity or changes its hosts: `before_charity` before anything is
    written, with the hosts at which it is to answer, so that the pages of whoever answers there now give way;
    `on_charity_made` afterwards, with the hosts that the charity left, and gives it a site."""

    before_charity: Callable[[Charity, Collection[str]], None] = _nothing
    on_charity_made: Callable[[Charity, Collection[str]], None] = _nothing


hooks = Hooks()
