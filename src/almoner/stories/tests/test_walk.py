"""A figure changes, and everything that says it follows at the next request; a sentence that was typed is flagged."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from tests.support.iati_standard import faults
from tests.support.mailsink import MailSink
from wagtail.models import Locale

from almoner.charities.models import Charity
from almoner.config.wiring import HANDLERS
from almoner.impact import demo as register_demo
from almoner.impact.models import Observation
from almoner.outbox.worker import drain
from almoner.stories import claim_mail, claiming, demo, demo_words
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_kept_ready import Site

pytestmark = pytest.mark.django_db
KEY = f"{register_demo.SLUG}/restored"
EVIDENCE, STORY = f"/figures/{KEY}/", f"/stories/{demo_words.STORIES[0].slug}/"
LANGUAGES = ("", "/de", "/ar")
MENDED = {
    "value": "291", "bound": "exact", "first": "2011-01-01", "last": "2023-03-31", "as_of": "2023-03-31",
    "reason": "Five more had been left out.",
}  # fmt: skip


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now().astimezone(), tick=False) as traveller:
        yield traveller


def staff(name: str) -> tuple[User, Client]:
    user = User.objects.create_superuser(name, f"{name}@example.org", "a long password here")
    client = Client()
    client.force_login(user)
    return user, client


def correct(value: dict[str, Any]) -> None:
    """As staff do it: one enters what the source says, another one accepts it."""
    wrong = Observation.objects.get(indicator__slug="restored")
    (_, ana), (_, ben) = staff("ana"), staff("ben")
    sent = value | {"source": wrong.source_id}
    assert ana.post(reverse("backoffice:correct_figure", args=[wrong.pk]), sent).status_code == 302
    made = Observation.objects.get(supersedes=wrong)
    verdict = {"figures": [made.pk], "role": "Programme lead", "do": "accept", "note": ""}
    assert ben.post(reverse("backoffice:figure_queue"), verdict).status_code == 302


def said(site: Site) -> dict[str, bool]:
    """{place: whether what it says first is the number after, and not the one before}."""
    found = {}
    places = [f"{code}{STORY}" for code in LANGUAGES] + [
        EVIDENCE, "/feed.xml", f"/programmes/{register_demo.SLUG}/",
    ]  # fmt: skip
    for path in places:
        status, _, html = site.get(path)
        assert status == 200, path
        # The page of evidence tells the number before, too, as what it was.
        shown = re.findall(
            r"\b(?:286|291|over 280|over 290)\b", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
        )
        assert shown, path
        found[path] = "291" in shown[0] or "290" in shown[0]
    programmes = Client().get("/data/programmes.json").json()["programmes"]
    indicators = [each for one in programmes for result in one["results"] for each in result["indicators"]]
    numbers = [
        number["value"] for each in indicators if each["id"] == "restored" for number in each["numbers"]
    ]
    found["json"] = numbers == ["291"]
    table = csv.DictReader(io.StringIO(Client().get("/data/figures.csv").content.decode("utf-8-sig")))
    found["csv"] = {"291"} == {row["value"] for row in table if row["indicator"] == "restored"}
    activity = Client().get("/data/iati-activities.xml").content
    assert list(faults(activity)) == []
    found["iati"] = b'value="291"' in activity and b'value="286"' not in activity
    return found


def test_what_changes_in_the_register_changes_everywhere(
    first_story: StoryPage, charity: Charity, write: WriteStory, mail_sink: MailSink, settings: Any,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(mail_sink.url.rpartition(":")[2])
    demo.translate(charity)
    olu, editor = staff("olu")
    typed = write(
        "Told", "<p>By then 286 clients were restored.</p>", owner=olu, summary=f"[figure {KEY} over] people."
    )  # fmt: skip
    german: Any = typed.copy_for_translation(Locale.objects.get(language_code="de"))
    bound = f'<p><embed embedtype="figure" indicator="{KEY}" wording="nearly"/></p>'
    german.body = [{"type": "text", "value": f"{bound}<p>Es sind 286 Menschen.</p>"}]
    german.owner = olu
    german.save_revision().publish()
    site = Site()
    before = said(site)
    assert not any(before.values())

    correct(MENDED)
    clock.shift(1.1)  # Each process looks once a second whether what it keeps ready still stands.
    assert said(site) == dict.fromkeys(before, True)

    # What was typed can't follow: it is in the list, before its editor, and in one mail to whoever answers for it.
    listed = editor.get("/admin/claims/?show=contradicted").content.decode()
    assert "By then 286 clients were restored." in listed and "Es sind 286 Menschen." in listed
    assert (
        "the register says <strong>291</strong>"
        in editor.get(f"/admin/pages/{typed.pk}/edit/").content.decode()
    )
    claiming.look_daily()
    drain({claim_mail.JOB: HANDLERS[claim_mail.JOB]})
    (message,) = [each for each in mail_sink.messages if each["To"] == "olu@example.org"]
    assert message["Subject"] == "2 numbers of Tidelight Foundation need a look"
    text = message.get_content()
    assert "By then 286 clients were restored." in text and "The register says 291" in text
