"""What pages, forms and print say is held against the register: figures follow, and owners hear once of the rest."""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from almoner.charities.models import AuditEntry, Charity
from almoner.config.wiring import HANDLERS
from almoner.giving import speaking
from almoner.giving.models import DonationForm
from almoner.impact import claims
from almoner.impact import demo as register_demo
from almoner.impact.models import Claim, Indicator, Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.outbox.models import Job
from almoner.stories import claim_mail, claiming
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory

pytestmark = pytest.mark.django_db
KEY = f"{register_demo.SLUG}/restored"
BOUND = f'<p>We freed <embed embedtype="figure" indicator="{KEY}" wording="nearly"/> clients.</p>'
SOME = f"{register_demo.SLUG}/rescued"
TYPED = "<p>By then 286 clients were restored.</p>"


def corrected(value: int, *, slug: str = "restored") -> Observation:
    """The register says `value` from now on, verified by a second person."""
    wrong = Observation.objects.get(indicator__slug=slug, superseded_by=None)
    right = Figure(
        indicator=wrong.indicator, first=wrong.first, last=date(2023, 3, 31), as_of=date(2023, 3, 31),
        value=Decimal(value), bound=Bound.EXACT, source=wrong.source,
    )  # fmt: skip
    ana, ben = (User.objects.create_user(f"{name}{value}") for name in ("ana", "ben"))
    made = correct(wrong, right, reason="Five more had been left out.", actor=ana)
    decide(made, accepted=True, role="Programme lead", actor=ben)
    return made


def look() -> None:
    """The night passes: everything is read, and the mails that were asked for are sent, each once."""
    claiming.look_daily()
    for job in Job.objects.filter(kind=claim_mail.JOB, state="ready").order_by("pk"):
        HANDLERS[job.kind](job.payload)
        job.delete()


def of(page: Page) -> list[tuple[str, str, str]]:
    found = Claim.objects.filter(carrier="page", carrier_id=str(page.pk), ended_at=None).order_by(
        "origin", "number"
    )
    return [(each.origin, each.number, each.state) for each in found]


@pytest.fixture
def owner(charity: Charity) -> User:
    return User.objects.create_superuser("olu", "olu@example.org", "a long password here")


def published(write: WriteStory, owner: User, *, text: str, **fields: Any) -> StoryPage:
    page = write(text=text, owner=owner, **fields)
    look()
    mail.outbox.clear()
    return page


def test_an_observation_changes_and_everything_follows(
    write: WriteStory, owner: User, reader: Client
) -> None:
    summary = f"Read of [figure {KEY} over] people."
    page = published(write, owner, text=BOUND + TYPED, summary=summary)
    assert of(page) == [
        ("figure", "nearly 300", "holds"),
        ("figure", "over 280", "holds"),
        ("read", "286", "holds"),
    ]
    corrected(291)
    html = reader.get(page.url).content.decode()
    evidence = f"/figures/{KEY}/"
    assert f'<a class="s-said" href="{evidence}"' in html and ">nearly 300</a> clients." in html
    # The lead, both descriptions, and the article for machines.
    assert html.count("Read of over 290 people.") == 4 and "[figure" not in html
    assert "Read of over 290 people." in reader.get("/stories/").content.decode()
    assert "Read of over 290 people." in reader.get("/feed.xml").content.decode()
    assert "<b>291</b>" in reader.get(evidence).content.decode()

    # The sentence is flagged at once, and its owner told in the night, when figures are said anew in the list, too.
    assert of(page)[-1] == ("read", "286", "contradicted") and mail.outbox == []
    look()
    assert of(page) == [
        ("figure", "nearly 300", "holds"), ("figure", "over 290", "holds"), ("read", "286", "contradicted"),
    ]  # fmt: skip
    told = [(each.to, each.subject) for each in mail.outbox]
    assert told == [(["olu@example.org"], "1 number of Tidelight Foundation needs a look")]
    body = mail.outbox[0].body
    assert "By then 286 clients were restored." in body and "The register says 291" in body
    look()
    assert len(mail.outbox) == 1

    page.body = [{"type": "text", "value": BOUND}]
    page.save_revision().publish()
    look()
    assert of(page) == [("figure", "nearly 300", "holds"), ("figure", "over 290", "holds")]
    page.unpublish()
    assert of(page) == [] and len(mail.outbox) == 1


def test_a_number_that_nobody_verified_is_a_gap_and_its_owner_is_told(
    write: WriteStory, owner: User, reader: Client, editor: Client
) -> None:
    page = published(write, owner, text=BOUND)
    Programme.objects.update(public=False)
    look()
    assert of(page) == [("figure", "", "unverified")]
    assert "We freed […] clients." in reader.get(page.url).content.decode()
    assert "Readers see no number there." in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "public numbers that no longer hold" in editor.get("/admin/").content.decode()
    # The demonstration's own story shows three of them; nobody owns it.
    assert sorted(each.to[0] for each in mail.outbox) == ["hello@tidelight.example", "olu@example.org"]


def test_a_day_whose_number_was_wrong_never_falls_back_on_an_older_one(
    write: WriteStory, owner: User, reader: Client, editor: Client
) -> None:
    """Its correction is of a later day: what is right of that day nobody said, and the page's owner is told."""
    ana, ben = (User.objects.create_user(name) for name in ("ana", "ben"))
    known = Observation.objects.get(indicator__slug="restored")
    older = Figure(
        indicator=known.indicator, first=known.first, last=date(2021, 12, 31), as_of=date(2021, 12, 31),
        value=Decimal(250), source=known.source,
    )  # fmt: skip
    decide(enter(older, actor=ana), accepted=True, role="Programme lead", actor=ben)
    days = ("2022-06-30", "2022-12-31", "2023-03-31")
    text = "".join(
        f'<p>{day}: <embed embedtype="figure" indicator="{KEY}" wording="exact" day="{day}"/>.</p>'
        for day in days
    )
    page = published(write, owner, text=text)

    def told() -> list[str]:
        body = re.sub(r"<[^>]+>", "", reader.get(page.url).content.decode())
        return re.findall(r"20\d\d-\d\d-\d\d: (\S+?)\.", body)

    assert told() == ["250", "286", "286"]
    for value in (291, 292):
        wrong = Observation.objects.get(indicator__slug="restored", superseded_by=None, as_of__gt=older.as_of)
        day = date(2023, 3, 31)
        right = Figure(
            indicator=known.indicator, first=known.first, last=day, as_of=day, value=Decimal(value), source=known.source
        )  # fmt: skip
        decide(
            correct(wrong, right, reason="Left out.", actor=ana),
            accepted=True,
            role="Programme lead",
            actor=ben,
        )
        assert told() == ["250", "[…]", str(value)]
    look()
    assert of(page) == [("figure", "", "unverified"), ("figure", "250", "holds"), ("figure", "292", "holds")]
    (message,) = [each for each in mail.outbox if each.to == ["olu@example.org"]]
    assert "2022-12-31" in message.body
    # Its editor sees what readers do, and the picker offers no number of that day.
    given = json.loads(ContentstateConverter(["figure"]).from_database_format(text))
    assert [each["text"].partition(": ")[2] for each in given["blocks"]] == ["250.", "[…].", "292."]
    asked = editor.get("/admin/figures/choose/", {"q": "restored", "day": "2022-12-31"}).json()["html"]
    assert "data-words" not in asked
    assert "Readers see no number there." in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()


def test_a_programme_that_is_hidden_or_shown_changes_its_claims_at_once(
    write: WriteStory, owner: User, reader: Client, editor: Client
) -> None:
    """By the form on which staff say so, and not in the night; a figure as of a day, too."""
    then = f'<p>By then <embed embedtype="figure" indicator="{SOME}" wording="over" day="2022-12-31"/>.</p>'
    page = published(write, owner, text=BOUND + then)
    holds = [("figure", "nearly 300", "holds"), ("figure", "over 1,000", "holds")]
    assert of(page) == holds
    programme = Programme.objects.get(slug=register_demo.SLUG)
    address = reverse("backoffice:edit_programme", args=[programme.pk])
    sent = {
        "title": programme.title, "starts_on": "2011-01-01", "country": "PH",
        "partnerships-TOTAL_FORMS": "0", "partnerships-INITIAL_FORMS": "0",
        "translations-TOTAL_FORMS": "0", "translations-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert editor.post(address, sent).status_code == 302
    assert of(page) == [("figure", "", "unverified")] * 2
    assert "Readers see no number there." in editor.get("/admin/claims/").content.decode()
    assert "By then […]." in reader.get(page.url).content.decode()
    assert editor.post(address, sent | {"public": "on"}).status_code == 302
    assert of(page) == holds
    assert Job.objects.filter(kind=claim_mail.JOB).count() == 0


def test_what_was_said_as_of_a_day_is_kept_with_it(editor: Client, first_story: StoryPage) -> None:
    """In the picker, through the rich text editor and back, and by a name that is refused."""
    corrected(1012, slug="rescued")
    words = {
        day: set(re.findall(rf'data-indicator="{SOME}"\s.*?data-words="([^"]+)"', asked, re.DOTALL))
        for day in ("", "2022-12-31", "2010-01-01", "never")
        for asked in [str(editor.get("/admin/figures/choose/", {"q": "rescued", "day": day}).json()["html"])]
    }
    assert "1,012" in words[""] and words[""] == words["never"] and words["2010-01-01"] == set()
    widget = ContentstateConverter(["figure"])
    figure = f'<embed embedtype="figure" indicator="{SOME}" wording="exact" day="2024-01-31"/>'
    given = json.loads(widget.from_database_format(f"<p>By then {figure}.</p>"))
    assert given["blocks"][0]["text"] == "By then 1,012."
    assert figure in widget.to_database_format(json.dumps(given))


def test_a_figure_that_was_published_first_holds_from_when_it_is_verified(
    write: WriteStory, owner: User
) -> None:
    known = Observation.objects.get(indicator__slug="restored")
    fresh = Indicator.objects.create(result=known.indicator.result, slug="fresh", title="Fresh", rule="r")
    page = published(write, owner, text=BOUND.replace(KEY, f"{register_demo.SLUG}/fresh"))
    assert of(page) == [("figure", "", "unverified")]
    ana, ben = (User.objects.create_user(name) for name in ("ana", "ben"))
    figure = Figure(
        indicator=fresh, first=known.first, last=known.last, as_of=known.as_of, value=Decimal(288), source=known.source
    )  # fmt: skip
    decide(enter(figure, actor=ana), accepted=True, role="Programme lead", actor=ben)
    assert of(page) == [("figure", "nearly 300", "holds")]


def test_nothing_in_a_figure_is_run_and_another_register_says_nothing(
    write: WriteStory, reader: Client, neighbour: Any
) -> None:
    hostile = (
        '<p>a <embed embedtype="figure" indicator="&quot;&gt;&lt;b&gt;" wording="{{ 7 }}"/> b [figure] c '
        "[figure x/y] <b>{{ 7|add:7 }}</b></p>"
    )
    page = write(text=hostile, summary=f"[figure a/b <script>] [[figure {KEY}]]")
    html = reader.get(page.url).content.decode()
    assert (
        "a […] b" in html
        and "&lt;script&gt;" in html
        and "14" not in html.split("s-body")[1].split("</div>")[0]
    )
    elsewhere = write(text=BOUND, index=neighbour)
    there = (
        Client(headers={"host": "localhost"})
        .get(elsewhere.url_path.replace("/northwind", ""))
        .content.decode()
    )
    assert "We freed […] clients." in there and of(elsewhere) == []


def test_the_editor_keeps_a_name_and_never_the_words(editor: Client) -> None:
    """What the rich text editor is given for what is kept, and back."""
    widget = ContentstateConverter(["bold", "figure"])
    given = json.loads(widget.from_database_format(f"<p>So <b>many</b>: {BOUND[12:]}"))
    (entity,) = given["entityMap"].values()
    assert given["blocks"][0]["text"] == "So many: nearly 300 clients."
    assert (entity["type"], entity["mutability"], entity["data"]) == (
        "FIGURE", "IMMUTABLE", {"indicator": KEY, "wording": "nearly"},
    )  # fmt: skip
    kept = widget.to_database_format(json.dumps(given))
    assert f'<embed embedtype="figure" indicator="{KEY}" wording="nearly"/> clients.' in kept
    assert "300" not in kept


def test_the_picker_offers_each_way_to_say_it(editor: Client, first_story: StoryPage, neighbour: Any) -> None:
    def asked(**query: Any) -> str:
        return str(editor.get("/admin/figures/choose/", query).json()["html"])

    page = asked(page=first_story.pk)
    for style, words in (("exact", "286"), ("over", "over 280"), ("nearly", "nearly 300")):
        assert f'data-indicator="{KEY}"\n' in page and f'data-wording="{style}"' in page
        assert f'data-words="{words}"' in page
    assert f'data-indicator="{KEY}"' not in asked(page=first_story.pk, q="arrested")
    assert "no verified figure yet" in asked(page=neighbour.pk)
    assert "Nothing in the register is called “whales”" in asked(q="whales")
    assert Client().get("/admin/figures/choose/").status_code == 302


def posted(page: StoryPage, text: str, **fields: Any) -> dict[str, Any]:
    """An edit page as the browser would send it, with one block of text."""
    raw = json.dumps(json.loads(ContentstateConverter(["figure"]).from_database_format(text)))
    return nested_form_data(
        {
            "title": page.title, "slug": page.slug, "summary": "s", "drawing": "boat", "attribution": "",
            "attribution_url": "", "comments": inline_formset([]),
            "body": streamfield([("text", raw)]), **fields,
        }
    )  # fmt: skip


def test_a_contradicted_number_is_published_on_purpose_only(
    write: WriteStory, owner: User, editor: Client
) -> None:
    page = published(write, owner, text="<p>Words.</p>")
    address = f"/admin/pages/{page.pk}/edit/"
    wrong = "<p>We saw 290 clients restored.</p>"
    draft = editor.post(address, posted(page, wrong))
    assert draft.status_code == 302
    shown = editor.get(address).content.decode()
    assert (
        "Contradicted" in shown
        and "the register says <strong>286</strong>" in shown
        and f"[figure {KEY} over]" in shown
    )

    refused = editor.post(address, posted(page, wrong) | {"action-publish": "1"})
    html = refused.content.decode()
    assert (
        refused.status_code == 200
        and "says 290. The register says 286" in html
        and "We saw 290 clients" in html
    )
    assert (of(page), "290 clients" in Client().get(page.url).content.decode()) == ([], False)

    assert editor.post(address, posted(page, wrong) | {"action-submit": "1"}).status_code == 200

    reason = "It counts four whose papers are on their way."
    meant = posted(page, wrong, numbers_meant=reason) | {"action-publish": "1"}
    assert editor.post(address, meant).status_code == 302
    assert of(page) == [("read", "290", "contradicted")]
    entry = AuditEntry.objects.get(action="publish claim all the same")
    assert (entry.actor_name, entry.detail["reason"]) == ("editor", reason)
    look()
    assert mail.outbox == []
    # Another number in the register is another matter.
    corrected(291)
    look()
    assert len(mail.outbox) == 1

    held = editor.post(address, posted(page, "<p>We saw 291 clients restored.</p>") | {"action-publish": "1"})
    assert held.status_code == 302 and of(page) == [("read", "291", "holds")]


def test_a_number_is_known_by_its_indicator_s_own_name(
    write: WriteStory, owner: User, editor: Client
) -> None:
    """Whoever names it as the register does is read, also where nobody entered other words for it."""
    restored = Indicator.objects.filter(slug="restored")
    page = published(write, owner, text="<p>Words.</p>")
    wrong = "<p>By then 290 clients were fully and lastingly cared for.</p>"
    publish = posted(page, wrong) | {"action-publish": "1"}
    restored.update(nouns="", title="Clients, cared for")
    refused = editor.post(f"/admin/pages/{page.pk}/edit/", publish)
    assert refused.status_code == 200 and "says 290. The register says 286" in refused.content.decode()
    # One word alone could be of anything.
    restored.update(title="The clients")
    assert editor.post(f"/admin/pages/{page.pk}/edit/", publish).status_code == 302
    assert of(page) == []


def test_what_is_unknown_is_refused_and_what_is_hard_or_mute_is_said(
    write: WriteStory, owner: User, editor: Client
) -> None:
    page = published(write, owner, text="<p>Words.</p>")
    address = f"/admin/pages/{page.pk}/edit/"
    unknown = (
        '<p><embed embedtype="figure" indicator="no/such" wording="over"/> 290 clients were restored.</p>'
    )
    refused = editor.post(address, posted(page, unknown)).content.decode()
    assert "No indicator in the register is called" in refused
    # Nothing is said to be well that nobody looked at.
    assert "What you wrote isn’t read yet" in refused and "No typed number" not in refused
    spelt = posted(page, "<p>x</p>", summary="[figure no/such]")
    assert "is called “no/such”: write programme/indicator" in editor.post(address, spelt).content.decode()
    sentence = "Considerable institutional deliberation necessarily precedes comprehensive rehabilitation. "
    assert editor.post(address, posted(page, f"<p>{sentence * 10}</p>")).status_code == 302
    shown = editor.get(address).content.decode()
    assert "Reading level:" in shown and "Many readers will find it hard" in shown
    picture = Image.objects.create(title="A boat", file=get_test_image_file())
    page.lead_image, page.body = (
        picture,
        [{"type": "text", "value": "<p>" + "The cat sat on the mat. " * 12 + "</p>"}],
    )
    page.save_revision()
    shown = editor.get(address).content.decode()
    assert "The picture at the head" in shown and "Most readers will read it with ease" in shown


def test_the_words_of_forms_and_their_mails_are_read(charity: Charity, owner: User) -> None:
    form = DonationForm.objects.filter(charity=charity).earliest("pk")
    DonationForm.objects.filter(pk=form.pk).update(thanks_text="You are why over 300 clients were restored.")
    look()
    claim = Claim.objects.get(carrier="form", ended_at=None)
    assert (claim.carrier_id, claim.number, claim.state) == (str(form.pk), "over 300", "contradicted")
    assert [each.to for each in mail.outbox] == [[charity.email]]
    DonationForm.objects.filter(pk=form.pk).update(thanks_text="You are why.")
    look()
    assert not Claim.objects.filter(carrier="form", ended_at=None).exists() and len(mail.outbox) == 1


def test_the_words_of_forms_are_read_in_each_language(charity: Charity, owner: User) -> None:
    form = DonationForm.objects.filter(charity=charity).earliest("pk")
    DonationForm.objects.filter(pk=form.pk).update(thanks_text="You are why.")
    speaking.keep(charity, "de", {"You are why.": "So wurden über 300 Klienten begleitet."}, actor=owner)
    look()
    claim = Claim.objects.get(carrier="form", ended_at=None)
    assert (claim.language, claim.number, claim.state) == ("de", "über 300", "contradicted")
    assert [each.to for each in mail.outbox] == [[charity.email]]
    speaking.keep(charity, "de", {"You are why.": "Danke."}, actor=owner)
    look()
    assert not Claim.objects.filter(carrier="form", ended_at=None).exists()


def test_what_is_printed_is_entered_goes_stale_and_expires(
    charity: Charity, owner: User, editor: Client
) -> None:
    indicator = Indicator.objects.get(slug="restored")
    leaflet = {
        "indicator": indicator.pk, "carrier": "print", "carrier_title": "Spring leaflet", "number": "over 280",
        "wording": "Over 280 clients restored.", "owner": owner.pk, "expires_on": "",
    }  # fmt: skip
    for number, why in (
        ("many", "Write one number with its words"),
        ("one in five", "is a count, such as 286"),
    ):
        refused = editor.post("/admin/claims/new/", leaflet | {"number": number})
        assert why in refused.content.decode() and not Claim.objects.filter(origin="entered").exists()
    assert editor.post("/admin/claims/new/", leaflet).status_code == 302
    claim = Claim.objects.get(origin="entered")
    page = f"/admin/claims/{claim.pk}/"
    assert (claim.state, claim.owner) == ("holds", owner)

    corrected(291)
    look()
    look()
    claim.refresh_from_db()
    assert (claim.state, [each.to for each in mail.outbox]) == ("stale", [["olu@example.org"]])
    assert "Over 280 clients restored." in editor.get("/admin/claims/").content.decode()
    editor.post(page, {"do": "affirm"})
    claim.refresh_from_db()
    assert claim.state == "holds"
    assert "Over 280 clients restored." not in editor.get("/admin/claims/").content.decode()

    editor.post(page, {"do": "expire", "expires_on": "2020-01-31"})
    look()
    claim.refresh_from_db()
    assert (claim.state, len(mail.outbox)) == ("expired", 2)
    assert "It was to be said until 31 January 2020." in mail.outbox[1].body
    assert "Say why it stands" in editor.post(page, {"do": "mean", "reason": " "}).content.decode()
    editor.post(page, {"do": "end"})
    claim.refresh_from_db()
    assert claim.ended_at is not None and not claims.current(charity).filter(origin="entered").exists()
    acts = AuditEntry.objects.filter(object_type="claim").order_by("pk").values_list("action", flat=True)
    assert [*acts] == ["enter claim", "affirm claim", "set last day of claim", "end claim"]


def test_the_last_day_of_a_claim_ends_where_the_charity_is(
    charity: Charity, owner: User, editor: Client
) -> None:
    leaflet = {
        "indicator": Indicator.objects.get(slug="restored").pk, "carrier": "print", "carrier_title": "Leaflet",
        "number": "over 280", "wording": "Over 280.", "owner": owner.pk, "expires_on": "2030-05-06",
    }  # fmt: skip
    assert editor.post("/admin/claims/new/", leaflet).status_code == 302
    claim = Claim.objects.get(origin="entered")
    last = datetime(2030, 5, 6, 23, 59, 59, tzinfo=ZoneInfo(charity.timezone))
    assert last.utcoffset() != timedelta()
    with time_machine.travel(last, tick=False) as clock:
        for state in ("holds", "expired"):
            look()
            claim.refresh_from_db()
            assert claim.state == state
            clock.shift(1)
    assert [each.to for each in mail.outbox] == [["olu@example.org"]]


def test_the_list_asks_the_same_however_long_it_is(
    write: WriteStory, owner: User, editor: Client, django_assert_num_queries: Any
) -> None:
    published(write, owner, text=TYPED)
    address = "/admin/claims/?show=holds"
    editor.get(address)
    with CaptureQueriesContext(connection) as few:
        editor.get(address)
    published(
        write, owner, text="".join(f"<p>{n}: 286 clients were restored.</p>" for n in ("A", "B", "C", "D"))
    )
    with django_assert_num_queries(len(few)):
        page = editor.get(address).content.decode()
    assert page.count("286 clients were restored.") == 5
