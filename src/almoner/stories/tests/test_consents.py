"""What shows people is shown as long as they agree: gone from everywhere at the next request, whatever ended it."""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Raster
from wagtail.images import get_image_model

from almoner.charities.models import AuditEntry, Charity
from almoner.config import wiring
from almoner.consents import marks
from almoner.consents.models import CHANNELS, Consent, Covered, ExternalUse, Withdrawal
from almoner.consents.tests.making import make_consent
from almoner.kernel.clock import now
from almoner.outbox import worker
from almoner.stories import onward, pictures
from almoner.stories.models import StoryPage
from almoner.stories.permits import lapsing
from almoner.stories.permits.marking import mark
from almoner.stories.sites import Place
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.showing import SECRET, agree, photographed, send
from almoner.stories.tests.test_kept_ready import Site

QUOTE = "I sleep through the night now."
PAGE = "/stories/shown/"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def site(first_story: StoryPage) -> Site:
    return Site()


class Shown:
    """A story that shows a person at its head, another picture of them, and their words; what readers see of it."""

    def __init__(self, write: WriteStory, place: Place, site: Site) -> None:
        self.site, self.place = site, place
        self.lead, self.inner = (
            send(place.charity, title="lead", seed=1),
            send(place.charity, title="in", seed=2),
        )
        works = [mark(self.lead), mark(self.inner), marks.words_of(QUOTE)]
        self.consent = make_consent(place.charity, *filter(None, works))
        self.story = write(
            "Shown", slug="shown", lead_image=self.lead, lead_alt="Mara at sea", author="Ada",
            body=[
                {"type": "picture", "value": {"image": self.inner.pk, "alt": "Mara ashore", "caption": "Mara’s boat"}},
                {"type": "quote", "value": {"text": QUOTE, "name": "Real Name", "role": "fisher"}},
            ],
        )  # fmt: skip

    def seen(self) -> dict[str, bool]:
        """Where something of it is to be seen, as anybody is answered."""
        page, home = self.site.get(PAGE)[2], self.site.get("/stories/")[2]
        head, _, body = page.partition("<body")
        return {
            "web": "/media/images/lead" in body and "/media/images/in." in body and QUOTE in body,
            "something": "/media/" in body or QUOTE in body or "Mara" in body or "Real Name" in body,
            "social": "/media/images/lead" in head,
            "linked": "/media/" in head.partition("ld+json")[2],
            "lists": "/media/images/lead" in home,
            "feed": "/media/images/lead" in self.site.get("/feed.xml")[2],
            "thanks": "/media/" in str(onward.related_for(self.story.pk + 1, self.place.charity.pk)),
        }

    def addresses(self) -> list[str]:
        every = (self.site.get(PAGE)[2], self.site.get("/stories/")[2], self.site.get("/feed.xml")[2])
        return sorted(set(re.findall(r"/media/images/[\w.-]+", "".join(every))))


@pytest.fixture
def shown(write: WriteStory, place: Place, site: Site) -> Shown:
    return Shown(write, place, site)


EVERYWHERE = dict.fromkeys(("web", "something", "social", "linked", "lists", "feed", "thanks"), True)
NOWHERE = dict.fromkeys(EVERYWHERE, False)


def change(editor: Client, consent: Consent, **terms: Any) -> Any:
    """The form as it stands, with some of it changed."""
    page = editor.get(f"/admin/consents/{consent.pk}/change/")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    sent["owner"] = User.objects.get().pk
    return editor.post(
        f"/admin/consents/{consent.pk}/change/", {k: v for k, v in (sent | terms).items() if v != ""}
    )


ENDS: dict[str, Any] = {
    "withdrawn": lambda shown, editor: editor.post(
        f"/admin/consents/{shown.consent.pk}/withdraw/", {"by": "person", "why": "She wrote to us."}
    ),
    "held back": lambda shown, editor: change(
        editor, shown.consent, embargoed="on", embargo_reason="Until the trial is over"
    ),
    "another one withdrawn": lambda shown, editor: editor.post(
        f"/admin/consents/{_second(shown).pk}/withdraw/", {"by": "guardian", "why": "By letter."}
    ),
    "gone from a country": lambda shown, editor: change(editor, shown.consent, countries="au NZ"),
}


def _second(shown: Shown) -> Consent:
    works = shown.consent.covered.all()
    return make_consent(
        shown.place.charity, *(marks.Work(Covered.Kind(row.kind), row.digest) for row in works)
    )


@pytest.mark.parametrize("end", ENDS)
def test_it_is_gone_from_everywhere_at_the_next_request(end: str, shown: Shown, editor: Client) -> None:
    assert shown.seen() == EVERYWHERE
    addresses = shown.addresses()
    assert len(addresses) == 14 and {shown.site.status(each) for each in addresses} == {200}
    assert ENDS[end](shown, editor).status_code == 302
    assert shown.seen() == NOWHERE
    assert {shown.site.status(each) for each in addresses} == {404}
    assert {editor.get(each).status_code for each in addresses} <= {200, 404}
    # Whoever opens the story to change it finds what readers miss, and why, before anything is saved.
    opened = editor.get(f"/admin/pages/{shown.story.pk}/edit/").content.decode()
    for what in (
        "The picture at the head can’t be shown",
        "Picture 1 in the text can’t be shown",
        "The quote “I sleep",
    ):
        assert f'<span class="bo-chip bo-chip--bad">Not seen by readers</span> {what}' in opened
    assert AuditEntry.objects.filter(object_type="consent", actor_name="editor").exists()


def test_a_lapse_needs_nobody(shown: Shown) -> None:
    """Not a job, not a purge: the page that is kept ready knows until when, to the second, in the charity's zone."""
    zone = ZoneInfo(shown.place.charity.timezone)
    last = datetime(2030, 5, 6, 23, 59, 58, tzinfo=zone)
    Consent.objects.filter(pk=shown.consent.pk).update(expires_on=last.date())
    with time_machine.travel(last, tick=False) as clock:
        assert shown.seen() == EVERYWHERE
        addresses = shown.addresses()
        assert shown.site.get(PAGE)[1]["Cache-Control"] == "public, max-age=0, s-maxage=0"
        clock.shift(2)
        assert shown.seen() == NOWHERE
        assert {shown.site.status(each) for each in addresses} == {404}


def test_an_embargo_ends_by_itself(shown: Shown) -> None:
    zone = ZoneInfo(shown.place.charity.timezone)
    first = datetime(2030, 5, 7, tzinfo=zone)
    Consent.objects.filter(pk=shown.consent.pk).update(
        embargoed=True, embargo_until=first.date(), embargo_reason="A trial"
    )
    with time_machine.travel(first - timedelta(seconds=1), tick=False) as clock:
        assert shown.seen() == NOWHERE
        clock.shift(1)
        assert shown.seen() == EVERYWHERE


@pytest.mark.parametrize(
    ("channel", "gone"),
    [("web", {"web", "something"}), ("social", {"social", "linked"}), ("lists", {"lists", "thanks"}),
     ("feed", {"feed"}), ("mail", set())],
)  # fmt: skip
def test_each_place_asks_for_its_own(channel: str, gone: set[str], shown: Shown) -> None:
    shown.consent.channels = [each for each in CHANNELS if each != channel]
    shown.consent.save()
    assert {where for where, is_there in shown.seen().items() if not is_there} == gone


def test_beside_a_form_it_needs_consent_to_fundraising(shown: Shown, write: WriteStory) -> None:
    Consent.objects.update(fundraising=False)
    assert shown.seen() == EVERYWHERE | {"thanks": False}
    call = {"type": "call", "value": {"heading": "Give", "button": "Give", "text": "", "number": ""}}
    quote = {"type": "quote", "value": {"text": QUOTE, "name": "", "role": ""}}
    for block in (call, {"type": "text", "value": "<p>[give_form id=4840]</p>"}):
        story = write("Asks", lead_image=shown.lead, lead_alt="x", body=[quote, block])
        page = shown.site.get(f"/stories/{story.slug}/")[2].partition('class="s-related"')[0]
        assert QUOTE not in page and "/media/" not in page


def test_a_changed_name_is_said_to_be_changed(shown: Shown) -> None:
    page = shown.site.get(PAGE)[2]
    assert "<b>Mara</b> <span>(name changed)</span>" in page and "Real Name" not in page
    Consent.objects.filter(pk=shown.consent.pk).update(named="none", portrayal="model")
    shown.place.charity.refresh_from_db()
    page = Site().get(PAGE)[2]
    assert (
        "<b>" not in page.partition("<blockquote")[2].partition("</figure")[0] and "A model stands in" in page
    )
    Consent.objects.filter(pk=shown.consent.pk).update(named="own", portrayal="real")
    assert "<b>Real Name</b>" in Site().get(PAGE)[2]


def test_what_was_withdrawn_can_t_come_back(shown: Shown, editor: Client) -> None:
    """Not by another file of the same picture, not by a new record, not by the old one, not by the database."""
    second = _second(shown)
    ENDS["withdrawn"](shown, editor)
    assert shown.seen() == NOWHERE
    again = send(shown.place.charity, title="other", seed=1)
    sent = {
        "charity": shown.place.charity.pk, "portrayal": "nobody", "named": "own", "taken_by": "A",
        "taken_on": "2026-01-02", "owner": User.objects.get().pk, "picture": again.pk, "words": f" “{QUOTE.upper()}” ",
    }  # fmt: skip
    refused = editor.post("/admin/consents/new/", sent)
    assert refused.status_code == 422 and refused.content.decode().count("Consent to it was withdrawn") == 2
    assert "I SLEEP" in refused.content.decode()
    cover = {"work-picture": again.pk, "work-words": ""}
    assert editor.post(f"/admin/consents/{second.pk}/cover/", cover).status_code == 422
    assert change(editor, shown.consent, pseudonym="Other").status_code == 422
    assert Consent.objects.get(pk=shown.consent.pk).pseudonym == "Mara"
    for gone in (Withdrawal.objects.all(), Covered.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            gone.delete()
    assert Withdrawal.objects.count() == 1
    StoryPage.objects.filter(pk=shown.story.pk).update(lead_image=again)
    assert not Site().get(PAGE)[2].partition("<head")[2].count("/media/")


def test_its_uses_elsewhere_become_work(shown: Shown, editor: Client) -> None:
    address = f"/admin/consents/{shown.consent.pk}/"
    written = {"use-kind": "print", "use-where": "Annual report, page 4", "use-used_on": "2026-03-04"}
    assert editor.post(f"{address}use/", written | {"use-where": ""}).status_code == 422
    assert not ExternalUse.objects.exists()
    assert editor.post(f"{address}use/", written).status_code == 302
    about = editor.get(f"{address}withdraw/").content.decode()
    assert "Annual report, page 4" in about and about.count(">Shown</bdi>") == 3
    ENDS["withdrawn"](shown, editor)
    assert "To be taken back" in editor.get(address).content.decode()
    used = ExternalUse.objects.get()
    assert editor.post(f"{address}use/", {"ended": str(used.pk)}).status_code == 302
    used.refresh_from_db()
    assert used.ended_by == "editor" and "To be taken back" not in editor.get(address).content.decode()
    acts = AuditEntry.objects.filter(object_type="consent", object_id=str(shown.consent.pk)).order_by("pk")
    assert [each.action for each in acts] == [
        "consent.enter",
        "consent.use",
        "consent.withdraw",
        "consent.use-ended",
    ]


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Australia/Sydney", datetime(2030, 11, 26, 20, tzinfo=UTC), "27 November 2030"),
        ("Pacific/Honolulu", datetime(2030, 11, 27, 5, tzinfo=UTC), "26 November 2030"),
    ],
)
def test_it_was_withdrawn_on_the_charity_s_day(
    shown: Shown, request: pytest.FixtureRequest, zone: str, at: datetime, day: str
) -> None:
    Charity.objects.update(timezone=zone)
    with time_machine.travel(at, tick=False):
        editor = request.getfixturevalue("editor")
        assert ENDS["withdrawn"](shown, editor).status_code == 302
        assert f"Withdrawn on {day}:" in editor.get(f"/admin/consents/{shown.consent.pk}/").content.decode()


def test_it_is_told_before_it_lapses_and_once(shown: Shown) -> None:
    owner = User.objects.create_user("keeper", "keeper@example.org")
    Consent.objects.filter(pk=shown.consent.pk).update(owner=owner, expires_on="2030-05-06")
    for day, mails in ((5, 0), (7, 1), (8, 1), (30, 1)):
        with time_machine.travel(datetime(2030, 4, day, 12, tzinfo=UTC), tick=False):
            lapsing.tell()
            worker.drain(wiring.HANDLERS)
        assert len(mail.outbox) == mails, day
    assert (
        mail.outbox[0].to == ["keeper@example.org"] and "Shown (picture at its head)" in mail.outbox[0].body
    )


# ---- publishing ----------------------------------------------------------------------------------------------------


def typed(story: StoryPage, image: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": story.title, "slug": story.slug, "summary": "What it is about.", "author": "", "topics": "",
        "attribution": "", "attribution_title": "", "attribution_url": "", "drawing": "boat",
        "lead_image": image.pk, "lead_alt": "A boat", "lead_credit": "", "seo_title": "", "search_description": "",
        "go_live_at": "", "expire_at": "", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "quote", "body-0-id": "",
        "body-0-value-text": QUOTE, "body-0-value-name": "", "body-0-value-role": "", "action-publish": "1",
    } | more  # fmt: skip


def test_nothing_is_published_before_somebody_agreed(
    write: WriteStory, place: Place, editor: Client, reader: Client
) -> None:
    story, image = write("Draft", live=False), send(place.charity)
    address = f"/admin/pages/{story.pk}/edit/"
    told = editor.post(address, typed(story, image, lead_alt=""), follow=True).content.decode()
    assert "The picture at the head can’t be shown: no consent is recorded for it." in told
    assert f"/admin/consents/new/?picture={image.pk}" in told and "The quote “I sleep through" in told
    assert "The picture at the head has no description." in told
    story.refresh_from_db()
    assert not story.live and reader.get(f"/stories/{story.slug}/").status_code == 404
    # What was typed stands in the draft.
    assert story.get_latest_revision_as_object().lead_image == image
    consent = agree(story, image, channels=["web", "lists"])
    Covered.objects.create(
        consent=consent, kind="words", digest=marks.words_of(QUOTE).digest, words=QUOTE, added_at=now()
    )
    told = editor.post(address, typed(story, image), follow=True).content.decode()
    story.refresh_from_db()
    assert story.live and "will not be shown in: Previews of links" in told
    assert QUOTE in reader.get(f"/stories/{story.slug}/").content.decode()


def test_what_is_typed_has_to_hold(editor: Client, place: Place) -> None:
    image = send(place.charity)
    before = Consent.objects.count()
    # Each choice says something, and none is made beforehand.
    empty = editor.get("/admin/consents/new/").content.decode()
    choices = re.findall(r'<input type="radio" name="portrayal" value="(\w*)"([^>]*)>', empty)
    assert [(value, "checked" in rest) for value, rest in choices] == [
        (value, False) for value in Consent.Portrayal.values
    ]
    sent = {
        "charity": place.charity.pk, "portrayal": "real", "pseudonym": "", "named": "changed", "minor": "on",
        "taken_by": "", "taken_on": "2026-01-02", "owner": User.objects.get().pk, "picture": image.pk,
        "countries": "Kenya", "embargoed": "on",
    }  # fmt: skip
    answer = editor.post("/admin/consents/new/", sent)
    assert answer.status_code == 422 and Consent.objects.count() == before
    assert set(answer.context["form"].errors) == {
        "taken_by", "language", "expires_on", "channels", "form_file", "guardian", "pseudonym", "countries",
        "embargo_reason",
    }  # fmt: skip
    good = sent | {
        "pseudonym": "Mara", "guardian": "on", "taken_by": "Ada", "language": "sw", "expires_on": "2040-01-01",
        "channels": ["web"], "countries": "", "embargo_reason": "A trial",
        "form_file": SimpleUploadedFile("form.pdf", b"signed"),
    }  # fmt: skip
    assert editor.post("/admin/consents/new/", good).status_code == 302
    consent = Consent.objects.get(pseudonym="Mara")
    page = editor.get(f"/admin/consents/{consent.pk}/").content.decode()
    assert '<h1 class="bo-title">Mara</h1>' in page and "#icon-download" not in page
    assert consent.form_hash == hashlib.sha256(b"signed").hexdigest() and consent.guardian
    assert consent.covered.get().digest == mark(image).digest  # type: ignore[union-attr]
    assert not list(Path(image.file.storage.location).rglob("*.pdf"))


def test_consents_are_of_one_charity(shown: Shown, neighbour: Any, write: WriteStory) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))
    for path in ("", "new/", f"{shown.consent.pk}/", f"{shown.consent.pk}/withdraw/"):
        assert stranger.get(f"/admin/consents/{path}").status_code in (302, 403, 404)
    # And one charity's consent says nothing to another's pages.
    theirs = write("Theirs", index=neighbour, lead_image=shown.lead, lead_alt="x")
    page = Client(headers={"host": "localhost"}).get(f"/stories/{theirs.slug}/").content.decode()
    assert "Theirs" in page and "/media/" not in page


def test_the_list_asks_the_same_however_long_it_is(shown: Shown, editor: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert editor.get("/admin/consents/?state=in+force").status_code == 200
        return len(queries)

    asked()
    before = asked()
    for number in range(8):
        make_consent(shown.place.charity, marks.words_of(f"words {number}"))
    assert asked() == before
    states = {"": 10, "in force": 10, "lapsed": 0, "withdrawn": 0, "embargoed": 0, "lapsing": 0}
    for state, rows in states.items():
        assert len(editor.get("/admin/consents/", {"state": state}).context["rows"]) == rows, state


# ---- pictures ------------------------------------------------------------------------------------------------------

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic"}
_TRACES = (SECRET, b"Exif", b"GPS", b"xmp", b"tEXt", b"iTXt", b"eXIf", b"8BIM", b"ICC_PROFILE")


@pytest.mark.parametrize("kind", ENDINGS)
def test_nothing_of_the_camera_s_is_kept(kind: str, editor: Client, place: Place, reader: Client) -> None:
    """Sent by the form as an editor sends it; then the file that is kept, and every cut one."""
    body = photographed(kind, orientation=6)
    assert SECRET in body and Raster.open(io.BytesIO(body)).getexif().get_ifd(0x8825)
    collection = send(place.charity).collection_id
    sent = {
        "title": "Phone",
        "collection": collection,
        "file": SimpleUploadedFile(f"p.{ENDINGS[kind]}", body),
    }
    answer = editor.post("/admin/images/add/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    image = get_image_model().objects.get(title="Phone")
    # It lay on its side: red was left, and is above now.
    assert (image.width, image.height) == (360, 640)
    make_consent(place.charity, mark(image), portrayal="nobody")  # type: ignore[arg-type]
    cut = image.get_renditions("width-480|format-avif", "width-480|format-webp", "width-480|format-jpeg")
    for file in (image.file, *(each.file for each in cut.values())):
        kept = file.open("rb").read()
        assert not [trace for trace in _TRACES if trace in kept], (kind, file.name)
        seen = Raster.open(io.BytesIO(kept))
        assert not seen.getexif() and not seen.info.get("xmp") and not seen.info.get("exif")
        red, _, blue = seen.convert("RGB").getpixel((seen.width // 2, seen.height // 8))  # type: ignore[misc]
        assert red > 150 > blue


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.jpg", b"<svg onload=alert(1)>", "either not an image or a corrupted image"),
        ("a.svg", b"<svg/>", "Not a supported image format"),
        ("a.png", photographed("JPEG"), "extension does not match"),
        ("a.jpg", photographed("JPEG")[:3000], "no picture that can be shown"),
        ("a.png", photographed("PNG", size=(9000, 7000)), "too many pixels"),
        ("a.jpg", photographed("JPEG") + bytes(20 * 1024 * 1024), "too big"),
    ],
    ids=["no picture", "a drawing with scripts", "another kind", "cut off", "too many pixels", "too large"],
)
def test_what_can_t_be_taken_is_said(name: str, body: bytes, says: str, editor: Client, place: Place) -> None:
    before = get_image_model().objects.count()
    answer = editor.post(
        "/admin/images/add/", {"title": "Kept title", "collection": 1, "file": SimpleUploadedFile(name, body)}
    )
    assert answer.status_code == 200 and says in str(answer.context["form"].errors)
    assert get_image_model().objects.count() == before and "Kept title" in answer.content.decode()


def test_a_browser_may_choose_and_knows_the_size(write: WriteStory, place: Place, reader: Client) -> None:
    image = send(place.charity, size=(1600, 900))
    work = mark(image)
    assert work is not None
    make_consent(place.charity, work, portrayal="nobody")
    body = [{"type": "picture", "value": {"image": image.pk, "alt": "A boat"}}]
    write("Sized", slug="sized", lead_image=image, lead_alt="A boat at sea", body=body)
    # Each was cut when it was published.
    assert image.renditions.count() == 26
    page = reader.get("/stories/sized/").content.decode()
    assert image.renditions.count() == 26
    hero = page.partition('class="s-hero"')[2].partition("</figure>")[0]
    assert hero.index("image/avif") < hero.index("image/webp") < hero.index("<img")
    assert 'width="1440"' in hero and 'height="720"' in hero and 'fetchpriority="high"' in hero
    assert 'loading="lazy"' not in hero and "480w" in hero and 'alt="A boat at sea"' in hero
    inner = page.partition('class="s-picture"')[2].partition("</figure>")[0]
    assert 'loading="lazy"' in inner and 'width="1280"' in inner and 'height="720"' in inner


def test_a_large_picture_is_kept_as_large_as_it_is_shown() -> None:
    kept = pictures.cleaned(photographed("JPEG", size=(6000, 4000)))
    assert (kept.width, kept.height, kept.ending) == (2560, 1707, "jpg")
