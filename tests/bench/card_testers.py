"""Card testers and honest donors before one form, through the whole stack of this process."""

from collections import Counter

from django.http import HttpResponse

from almoner.giving import demo
from almoner.giving.models import Attack, Course, Gift, LimitHit
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.working import worked
from almoner.payments.models import Attempt

_TESTERS = "@testers.example"
_TRIES = 3
_WORKING = 500


class Field:
    """`addresses` of testers; `shared`: how many of the donors are behind the first of them."""

    def __init__(self, *, addresses: int, shared: int) -> None:
        demo.seed()
        self._addresses = addresses
        self._shared = shared
        self._honest: Counter[str] = Counter()

    def test_a_card(self, number: int) -> None:
        """A small gift with a card that is declined, nine times of ten."""
        donor = self._at(number % self._addresses)
        amount = donor.amount(amount="other", other_amount="2")
        page = donor.details(amount, email=f"t{number}{_TESTERS}")
        work = (
            {"altcha": worked(page)} if number % _WORKING == 0 and b"data-challenge" in page.content else {}
        )
        answer = donor.give(page, "success" if number % 10 == 0 else "lost_card", **work)
        if answer.status_code == 200 and number % 2 and b'value="sandbox_card"' not in answer.content:
            donor.give(answer, method="sandbox_hosted")

    def give(self, number: int) -> None:
        """A donor with a browser: its script works when it is asked, and the page that is offered is taken."""
        donor = self._at(0 if number < self._shared else self._addresses + number)
        page = donor.details(donor.amount(), email=f"donor{number}@example.org")
        asked = False
        for _ in range(_TRIES):
            work = {"altcha": worked(page)} if b"data-challenge" in page.content else {}
            elsewhere = b'value="sandbox_card"' not in page.content
            asked = asked or bool(work) or elsewhere
            page = donor.give(page, method="sandbox_hosted" if elsewhere else "sandbox_card", **work)
            if _through(page):
                self._honest["delayed" if asked else "at once"] += 1
                return
            asked = True
        self._honest["lost"] += 1

    def figures(self) -> dict[str, object]:
        testers = Gift.objects.filter(contact__email__endswith=_TESTERS).values("pk")
        tried = Counter(Attempt.objects.filter(gift_id__in=testers).values_list("method", flat=True))
        return {
            "addresses": self._addresses,
            "reached_gateway": tried["sandbox_card"],
            "hosted_opened": tried["sandbox_hosted"],
            "turned_back": LimitHit.objects.filter(course=Course.TURNED).count(),
            "attacks": Attack.objects.count(),
            "honest": sum(self._honest.values()),
            "honest_delayed": self._honest["delayed"],
            "honest_lost": self._honest["lost"],
        }

    def _at(self, place: int) -> Donor:
        return Donor(UrlencodedClient(REMOTE_ADDR=f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"))


def _through(answer: HttpResponse) -> bool:
    return answer.status_code in (302, 303)
