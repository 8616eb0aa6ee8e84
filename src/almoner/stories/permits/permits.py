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
        # Named, and not read yet.
        self._images: list[Any] = []
        self._words: list[str] = []

    def know(self, images: Iterable[Any] = (), words: Iterable[str] = ()) -> None:
        """These may be asked about. What is recorded for them is read when the first is, for all that were named till
        then at once."""
        self._images += [image for image in images if image is not None]
        self._words += words

    def picture(self, image: Any, channel: Channel) -> Verdict:
        self._read()
        return self._verdict(self._works.get(image.pk), channel)

    def words(self, text: str, channel: Channel) -> Verdict:
        self._read()
        return self._verdict(marks.words_of(text), channel)

    @property
    def changes_at(self) -> datetime | None:
        """When what was said of any of them may no longer be so, without anybody doing anything."""
        self._read()
        return min((at for known in self._known if (at := known.changes_at)), default=None)

    @property
    def of_people(self) -> bool:
        self._read()
        return any(known.of_people for known in self._known)

    def _read(self) -> None:
        if not (self._images or self._words):
            return
        found = known_works(self._images)
        works = {*found.values(), *map(marks.words_of, self._words)} - set(self._of)
        self._images, self._words = [], []
        self._works.update(found)
        if works:
            known = Known(self._charity, works)
            self._known.append(known)
            self._of.update(dict.fromkeys(works, known))

    def _verdict(self, work: Work | None, channel: Channel) -> Verdict:
        if work is None or work not in self._of:
            return NOTHING_RECORDED
        return self._of[work].verdict(work, Place(channel, self._fundraising))
