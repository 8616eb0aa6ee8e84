"""Which pictures and quotes of a page may be shown: asked while it is rendered, with few queries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from almoner.charities.models import Charity
from almoner.consents import marks
from almoner.consents.models import Channel
from almoner.consents.standing import NOTHING_RECORDED, Known, Place, Verdict, Work
from almoner.stories.permits.marking import known_works


class Permits:
    """What holds for one rendering. `fundraising`: a giving form or a call to give stands on the page.

    What was not named to `know` before is not shown.
    """

    def __init__(self, charity: Charity, *, fundraising: bool) -> None:
        self._charity, self._fundraising = charity, fundraising
        self._works: dict[int, Work] = {}
        self._known: list[Known] = []
        self._of: dict[Work, Known] = {}

    def know(self, images: Iterable[Any] = (), words: Iterable[str] = ()) -> None:
        """Read what is recorded for these."""
        found = known_works(image for image in images if image is not None)
        works = {*found.values(), *map(marks.words_of, words)} - set(self._of)
        self._works.update(found)
        if works:
            known = Known(self._charity, works)
            self._known.append(known)
            self._of.update(dict.fromkeys(works, known))

    def picture(self, image: Any, channel: Channel) -> Verdict:
        return self._verdict(self._works.get(image.pk), channel)

    def words(self, text: str, channel: Channel) -> Verdict:
        return self._verdict(marks.words_of(text), channel)

    @property
    def changes_at(self) -> datetime | None:
        """When what was said of any of them may no longer be so, without anybody doing anything."""
        return min((at for known in self._known if (at := known.changes_at)), default=None)

    @property
    def of_people(self) -> bool:
        return any(known.of_people for known in self._known)

    def _verdict(self, work: Work | None, channel: Channel) -> Verdict:
        if work is None or work not in self._of:
            return NOTHING_RECORDED
        return self._of[work].verdict(work, Place(channel, self._fundraising))
