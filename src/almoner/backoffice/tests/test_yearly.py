"""The yearly message's page: off until somebody decides, how it reads, and a sample to oneself alone."""

import pytest
from django.core import mail
from django.test import Client
from tests.support.tongue import latin_in

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.rows import figures_of
from almoner.charities.models import AuditEntry
from almoner.config.wiring import HANDLERS
from almoner.donors.models import ReachedMail, Told, YearlyMessage
from almoner.impact.models import Observation, Programme
from almoner.impact.register import decide
from almoner.outbox.worker import drain


@pytest.fixture
def told(world: World) -> str:
    """A figure of tide's that may be told; the address of the page."""
    rows = figures_of(world.tide, world.users["fundraiser"])
    programme = Programme.objects.get(pk=rows["programme"])
    programme.funds.set([world.tide.fund])
    figure = Observation.objects.get(pk=rows["figure"])
    decide(figure, accepted=True, role="Editor", actor=world.users["editor"])
    return f"/admin/yearly-message/{world.tide.charity.pk}/"


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_off_until_it_is_switched_on(world: World, told: str) -> None:
    client = world.client("superuser")
    assert "Never: it is off" in page(client, told) and not YearlyMessage.objects.exists()
    answer = client.post(f"{told}switch/", {"day": "3", "month": "4", "to": "on"}, follow=True)
    kept = YearlyMessage.objects.get()
    assert (kept.on, kept.day, kept.month) == (True, 3, 4)
    assert "It goes next on 3 April" in answer.content.decode()
    client.post(f"{told}switch/", {"day": "3", "month": "4", "to": "off"})
    assert not YearlyMessage.objects.get().on
    assert set(AuditEntry.objects.filter(action__contains="yearly message").values_list("action", flat=True)) == {
        "switch yearly message on", "switch yearly message off",
    }  # fmt: skip


@pytest.mark.parametrize(("day", "month"), [("29", "2"), ("0", "2"), ("15", "13"), ("", "")])
def test_a_day_that_some_year_lacks_is_refused(world: World, told: str, day: str, month: str) -> None:
    answer = world.client("superuser").post(f"{told}switch/", {"day": day, "month": month, "to": "on"})
    assert answer.status_code == 200 and not YearlyMessage.objects.exists()


def test_to_how_many_and_in_which_language(world: World, told: str) -> None:
    for nth, language in enumerate(("en", "de", "de")):
        gift = world.tide.give(email=f"d{nth}@example.org")
        gift.given_at = gift.given_at.replace(year=2020)
        gift.save()
        type(gift.contact).objects.filter(pk=gift.contact_id).update(language=language)
    text = page(world.client("fundraiser"), told)
    assert "3 donors: English 1, Deutsch 2" in text and "Switch on" not in text
    assert not ReachedMail.objects.exists(), "looking asks for nothing"


def test_the_preview_in_a_language(world: World, told: str) -> None:
    client = world.client("fundraiser")
    english, arabic = page(client, told), page(client, f"{told}?language=ar")
    assert "What has been reached since your gift to" in english
    assert 'lang="ar" dir="rtl"' in arabic and "What has been reached" not in arabic
    assert "What has been reached" in page(client, f"{told}?language=xx")
    preview = arabic[arabic.index('<div lang="ar"') : arabic.index("</pre>")]
    besides = ("ABN", "Ada", "Children rescued", "The mail as text")
    assert latin_in(preview, besides=besides) == set()


def test_a_sample_goes_to_whoever_asks_and_tells_no_donor(world: World, told: str) -> None:
    user = world.users["fundraiser"]
    client = world.client("fundraiser")
    client.post(f"{told}sample/", {"language": "de"})
    drain(HANDLERS)
    assert not mail.outbox, "an account without an address"
    user.email = "sam@example.org"
    user.save()
    client.post(f"{told}sample/", {"language": "de"})
    drain(HANDLERS)
    (message,) = mail.outbox
    assert message.to == ["sam@example.org"] and message.subject.startswith("[Sample] Was seit Ihrer Spende")
    assert "List-Unsubscribe" not in message.extra_headers and "/giving/yearly/" not in str(message.body)
    assert not ReachedMail.objects.exists() and not Told.objects.exists()


def test_without_a_figure_there_is_nothing_to_read(world: World) -> None:
    text = page(world.client("superuser"), f"/admin/yearly-message/{world.tide.charity.pk}/")
    assert "There is no figure yet that could be told" in text and "Send me a sample" not in text


def test_what_became_of_them(world: World, told: str) -> None:
    gift = world.tide.give()
    for nth, (state, reason) in enumerate(
        (("skipped", "opted_out"), ("skipped", "nothing_new"), ("unknown", ""))
    ):
        ReachedMail.objects.create(
            key=f"k{nth}", public_key=f"k{nth}", kind="yearly", charity=world.tide.charity, contact=gift.contact,
            year=2026, state=state, reason=reason, message_id="", created_at=gift.given_at,
        )  # fmt: skip
    text = page(world.client("fundraiser"), told)
    for said in ("Of 2026", "Not wanted", "Nothing new to tell", "May have gone"):
        assert said in text
