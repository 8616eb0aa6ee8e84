"""A number of another charity's thing, typed by hand into a form, is refused: what was typed is kept, nothing changes.

Each kind of reference is sent with one's own thing first, which is taken: so the refusal is about whose it is.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from pytest_django.plugin import DjangoDbBlocker
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.blocks import RichTextBlock
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Comment, Page, PageViewRestriction, ReferenceIndex, Revision, Site
from wagtail.rich_text import RichText

from almoner.backoffice import named
from almoner.backoffice.tests.conftest import Settled, World, made, settling
from almoner.backoffice.tests.test_canaries import CANARY, PIXEL, Place, settle
from almoner.charities import reader
from almoner.charities.models import Fund
from almoner.giving.models import DonationForm, FormFund
from almoner.stories.models import StoryPage

# What nobody of another charity may read: its site's host stands in the addresses of its pages.
SECRETS = (CANARY.encode(), b"river.example")


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(_two_places, tmp_path_factory.mktemp("places"), django_db_blocker) as kept:
        yield kept


def _two_places() -> World:
    world = made()
    own = with_sibling(settle(world.tide, "Tideown", world.users["editor"]))
    other = with_sibling(settle(world.river, CANARY, world.users["river editor"]))
    world.places = {"own": own, "other": other}
    return world


@pytest.fixture
def own(world: World, media: None) -> Place:
    place = world.places["own"]
    assert isinstance(place, Place)
    return place


@pytest.fixture
def other(world: World, media: None) -> Place:
    place = world.places["other"]
    assert isinstance(place, Place)
    return place


def with_sibling(place: Place) -> Place:
    """A second story, for a story is not related to itself."""
    title = f"{place.home.heading} sibling"
    story = StoryPage(title=title, slug="sibling", summary=title, body=[], live=True)
    place.rows["sibling"] = place.story.get_parent().specific.add_child(instance=story).pk
    return place


def words(kind: str = "", **data: Any) -> str:
    """Rich text as the editor's script sends it: one paragraph, with one thing in it."""
    block = {
        "key": "a",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
        "text": "Some words",
    }
    entities = {}
    if kind:
        block["entityRanges"] = [{"key": 0, "offset": 0, "length": 4}]
        entities = {"0": {"type": kind, "mutability": "MUTABLE", "data": data}}
    return json.dumps({"blocks": [block], "entityMap": entities})


def flat(value: Any, prefix: str) -> dict[str, str]:
    """Fields' names and values, of blocks within blocks; a list becomes a list block's parts."""
    if isinstance(value, dict):
        return {
            key: text for name, part in value.items() for key, text in flat(part, f"{prefix}-{name}").items()
        }
    if isinstance(value, list):
        found = {f"{prefix}-count": str(len(value))}
        for place, part in enumerate(value):
            at = f"{prefix}-{place}"
            found |= {f"{at}-deleted": "", f"{at}-order": str(place), f"{at}-type": "item", f"{at}-id": ""}
            found |= flat(part, f"{at}-value")
        return found
    return {prefix: str(value)}


def typed(blocks: list[tuple[str, Any]], **more: Any) -> dict[str, str]:
    """A story's form as a browser sends it."""
    body = flat([value for _, value in blocks], "body")
    body |= {f"body-{place}-type": kind for place, (kind, _) in enumerate(blocks)}
    return {
        "title": "Typed by hand", "slug": "typed", "summary": "s", "drawing": "boat", "attribution": "",
        "attribution_title": "", "attribution_url": "", "lead_image": "", "lead_alt": "", "lead_credit": "",
        "seo_title": "", "search_description": "", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        **body, **{name: str(value) for name, value in more.items()},
    }  # fmt: skip


NO_SOURCE = {"credit": "", "title": "", "url": "", "dated": ""}
TEXT = ("text", words())


def picture(place: Place) -> tuple[str, Any]:
    return "picture", {"image": place.image.pk, "drawing": "", "alt": "a", "caption": "", "credit": ""}


def fact(text: str) -> tuple[str, Any]:
    inside = {"heading": "One", "text": text, "figure": {"value": "", "label": ""}, "source": NO_SOURCE}
    return "facts", {"heading": "", "facts": [inside]}


def page_link(place: Place) -> str:
    return words("LINK", id=place.story.pk, url="/", parentId=1)


def document_link(place: Place) -> str:
    return words("DOCUMENT", id=place.document.pk, url="/", filename="x")


KINDS: dict[str, Callable[[Place], dict[str, str]]] = {
    "lead picture": lambda place: typed([TEXT], lead_image=place.image.pk),
    "picture block": lambda place: typed([TEXT, picture(place)]),
    "related story": lambda place: typed(
        [TEXT, ("related", {"heading": "", "stories": [place.rows["sibling"]]})]
    ),
    "link to a page": lambda place: typed([TEXT, ("text", page_link(place))]),
    "link to a document": lambda place: typed([("text", document_link(place))]),
    "link in a fact": lambda place: typed([fact(page_link(place))]),
}


def everything() -> list[Any]:
    """What may not change when a form is refused."""
    return [
        list(Page.objects.order_by("pk").values()),
        list(StoryPage.objects.order_by("pk").values()),
        list(Revision.objects.order_by("pk").values("pk", "content", "created_at")),
        ReferenceIndex.objects.count(),
    ]


def refused(answer: Any) -> None:
    """The form came back with a word on it and with what was typed, and tells nothing of the other's."""
    assert answer.status_code == 200
    # Beside a field, or beside a block in what the editor's script reads.
    html = answer.content.decode()
    assert named.REFUSAL in html or json.dumps(named.REFUSAL)[1:-1] in html
    assert "Typed by hand" in answer.content.decode()
    silent(answer)


def silent(answer: Any) -> None:
    for secret in SECRETS:
        at = answer.content.find(secret)
        assert at < 0, answer.content[max(0, at - 200) : at + 60]


@pytest.fixture
def editor(world: World, own: Place, other: Place) -> Client:
    return world.client("editor")


# PostgreSQL is asked as a story is published: what is named is asked in the same words whichever button is pressed.
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "act",
    [pytest.param("save", marks=pytest.mark.once), "publish", pytest.param("create", marks=pytest.mark.once)],
)
def test_a_story_takes_ones_own_and_no_others(
    kind: str, act: str, editor: Client, own: Place, other: Place
) -> None:
    index = own.story.get_parent().pk
    url = (
        f"/admin/pages/add/stories/storypage/{index}/"
        if act == "create"
        else f"/admin/pages/{own.story.pk}/edit/"
    )
    more = {"action-publish": "1"} if act == "publish" else {}
    before = everything()
    refused(editor.post(url, KINDS[kind](other) | more))
    assert everything() == before
    assert editor.post(url, KINDS[kind](own) | more).status_code == 302
    assert everything() != before


def test_a_home_page_takes_ones_own_and_no_others(editor: Client, own: Place, other: Place) -> None:
    url, before = f"/admin/pages/{own.home.pk}/edit/", everything()
    home = {"title": "Typed by hand", "slug": "tide", "heading": "h", "intro": ""}
    refused(editor.post(url, KINDS["picture block"](other) | home))
    assert everything() == before
    assert editor.post(url, KINDS["picture block"](own) | home).status_code == 302


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
def test_what_saves_by_itself_saves_no_others(kind: str, editor: Client, own: Place, other: Place) -> None:
    url, before = f"/admin/pages/{own.story.pk}/edit/", everything()
    answer = editor.post(url, KINDS[kind](other), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    silent(answer)
    assert everything() == before
    assert (
        editor.post(url, KINDS[kind](own), headers={"accept": "application/json"}).json()["success"] is True
    )


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_shows_no_others(kind: str, editor: Client, own: Place, other: Place) -> None:
    url = f"/admin/pages/{own.story.pk}/edit/preview/"
    assert editor.post(url, KINDS[kind](other)).json()["is_valid"] is False
    shown = editor.get(f"{url}?mode=")
    silent(shown)
    assert b"Typed by hand" not in shown.content
    assert editor.post(url, KINDS[kind](own)).json()["is_valid"] is True
    assert b"Typed by hand" in editor.get(f"{url}?mode=").content


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
def test_a_superuser_may_name_anything_and_it_stays_when_an_editor_saves(
    kind: str, world: World, editor: Client, own: Place, other: Place
) -> None:
    url, form = f"/admin/pages/{own.story.pk}/edit/", KINDS[kind](other)
    Page.objects.filter(pk=own.story.pk).update(locked=False, locked_by=None, locked_at=None)
    assert world.client("superuser").post(url, form).status_code == 302
    # The editor sees that something stands there, and not what.
    page = editor.get(url)
    assert page.status_code == 200
    silent(page)
    assert editor.post(url, form | {"title": "Changed"}).status_code == 302
    assert StoryPage.objects.get(pk=own.story.pk).get_latest_revision_as_object().title == "Changed"
    # What stands there is no way in for anything further.
    blocks = [TEXT, picture(other), ("text", page_link(other)), ("text", document_link(other))]
    refused(editor.post(url, typed(blocks, lead_image=other.image.pk)))


def test_a_number_that_is_nobodys_is_refused_in_the_same_words(editor: Client, own: Place) -> None:
    for odd in ("987654321", "0", "-1", "x", "1 OR 1=1", "9" * 40):
        answer = editor.post(
            f"/admin/pages/{own.story.pk}/edit/",
            typed([("text", words("LINK", id=odd, url="/", parentId=1))]),
        )
        refused(answer)


def test_a_picture_in_rich_text_is_ones_own(world: World, own: Place, other: Place) -> None:
    """Our texts hold no pictures today; a block that lets them in is looked at as well, and tells nothing."""
    block, request = RichTextBlock(features=["image"]), RequestFactory().get("/admin/")
    request.user = world.users["editor"]
    for place, hidden in ((other, True), (own, False)):
        html = f'<embed embedtype="image" format="left" id="{place.image.pk}" alt="a"/>'
        found = set(named._extracted(block, RichText(html)))
        assert found == {named.reference(get_image_model(), place.image.pk)}
        assert {named.is_own(request.user, what) for what in found} == {not hidden}
        with reader.asking(request):
            shown = ContentstateConverter(features=["image"]).from_database_format(html)
        assert (place.image.file.name.split("/")[-1].split(".")[0] in shown) is not hidden
        assert CANARY not in shown


def test_a_new_storys_preview_an_upload_and_an_alias_take_no_others(
    editor: Client, own: Place, other: Place
) -> None:
    index = own.story.get_parent().pk
    url = f"/admin/pages/add/stories/storypage/{index}/preview/"
    assert editor.post(url, KINDS["picture block"](other)).json()["is_valid"] is False
    silent(editor.get(f"{url}?mode="))
    before = everything()
    alias = {"new_title": "x", "new_slug": "x", "new_parent_page": other.home.pk, "alias": "on"}
    assert editor.post(f"/admin/pages/{own.story.pk}/copy/", alias).status_code == 404
    assert everything() == before
    for upload in ("/admin/images/multiple/add/", "/admin/images/chooser/create/"):
        file = SimpleUploadedFile("x.gif", PIXEL)
        fields: dict[str, Any] = (
            {"files[]": file} if "multiple" in upload else {"image-chooser-upload-file": file}
        )
        fields |= {"collection": other.image.collection_id, "title": "up", "image-chooser-upload-title": "up"}
        fields |= {"image-chooser-upload-collection": other.image.collection_id}
        silent(editor.post(upload, fields))
    assert get_image_model().objects.filter(collection_id=other.image.collection_id).count() == 1
    assert get_image_model().objects.filter(title="up", collection_id=own.image.collection_id).count() == 2


def test_redirects_lead_to_ones_own_pages_from_ones_own_sites(
    world: World, editor: Client, own: Place, other: Place
) -> None:
    world.users["editor"].user_permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailredirects")
    )
    ours, theirs = (Site.objects.get(root_page=place.home).pk for place in (own, other))
    silent(editor.get("/admin/redirects/add/"))
    standing = Redirect.objects.create(old_path=f"/{CANARY}", site_id=theirs, redirect_page=other.story)
    of_all = Redirect.objects.create(old_path="/all", redirect_page=other.story)
    for url in ("/admin/redirects/", "/admin/redirects/?export=csv", "/admin/redirects/results/"):
        answer = editor.get(url)
        told = b"".join(answer) if answer.streaming else answer.content
        assert not any(secret in told for secret in SECRETS), url
    for redirect in (standing, of_all):
        for url in (f"/admin/redirects/{redirect.pk}/", f"/admin/redirects/{redirect.pk}/delete/"):
            answers = (
                editor.get(url),
                editor.post(url, {"old_path": "/x", "site": ours, "redirect_link": "/"}),
            )
            assert [answer.status_code for answer in answers] == [404, 404]
    standing.refresh_from_db()
    of_all.refresh_from_db()
    for site, page, taken in (
        (ours, other.story.pk, False),
        (theirs, own.story.pk, False),
        ("", own.story.pk, False),
        (ours, own.story.pk, True),
    ):
        form = {"old_path": "/typed-by-hand/", "site": site, "redirect_page": page, "redirect_link": ""}
        answer = editor.post("/admin/redirects/add/", form)
        assert answer.status_code == (302 if taken else 200)
        silent(answer)
        assert Redirect.objects.filter(old_path="/typed-by-hand").exists() is taken


def test_privacy_names_no_others_people(editor: Client, own: Place, other: Place) -> None:
    url = f"/admin/pages/{own.story.pk}/privacy/"
    theirs, ours = (Group.objects.get(name=f"Stories of {slug}").pk for slug in ("river", "tide"))
    assert b"Stories of river" not in editor.get(url).content
    assert b"Stories of tide" in editor.get(url).content
    answer = editor.post(url, {"restriction_type": "groups", "password": "", "groups": [theirs]})
    assert answer.json()["step"] == "set_privacy"
    assert not PageViewRestriction.objects.exists()
    answer = editor.post(url, {"restriction_type": "groups", "password": "", "groups": [ours]})
    assert answer.json()["step"] == "set_privacy_done"


def test_pictures_and_documents_stay_in_ones_own_collections(
    editor: Client, own: Place, other: Place
) -> None:
    theirs, ours = other.image.collection_id, own.image.collection_id
    fields = {"title": "Typed", "tags": "", "collection": theirs}
    for url, more in (
        (f"/admin/images/{own.image.pk}/", {"focal_point_x": "", "focal_point_y": "", "description": ""}),
        (f"/admin/documents/edit/{own.document.pk}/", {}),
        (f"/admin/bulk/wagtailimages/image/add_to_collection/?id={own.image.pk}", {}),
        (f"/admin/bulk/wagtaildocs/document/add_to_collection/?id={own.document.pk}", {}),
    ):
        silent(editor.post(url, fields | more))
        for model, thing in ((get_image_model(), own.image), (get_document_model(), own.document)):
            assert model.objects.get(pk=thing.pk).collection_id == ours


def test_a_comment_of_anothers_page_is_not_ones_own(
    world: World, editor: Client, own: Place, other: Place
) -> None:
    theirs = Comment.objects.create(
        page=other.story, user=world.users["river editor"], text=CANARY, contentpath="title", position=""
    )
    form = typed([TEXT]) | {
        "comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1", "comments-0-id": str(theirs.pk),
        "comments-0-contentpath": "title", "comments-0-text": "mine", "comments-0-position": "",
        "comments-0-resolved": "1", "comments-0-replies-TOTAL_FORMS": "0", "comments-0-replies-INITIAL_FORMS": "0",
    }  # fmt: skip
    silent(editor.post(f"/admin/pages/{own.story.pk}/edit/", form))
    theirs.refresh_from_db()
    assert (theirs.text, theirs.resolved_at, theirs.page_id) == (CANARY, None, other.story.pk)


@pytest.mark.parametrize("act", ["move", "copy", "create_alias"])
@pytest.mark.parametrize("sort", ["application/json", "application/x-www-form-urlencoded"])
def test_scripts_put_no_page_into_anothers_tree(
    act: str, sort: str, editor: Client, own: Place, other: Place
) -> None:
    url, index = f"/admin/api/main/pages/{own.story.pk}/action/{act}/", other.story.get_parent().pk
    before = everything()
    body = {"destination_page_id": index, "recursive": False, "slug": "typed", "update_slug": "typed"}
    sent = json.dumps(body) if sort.endswith("json") else "&".join(f"{k}={v}" for k, v in body.items())
    answer = editor.post(url, sent, content_type=sort)
    assert answer.status_code in (403, 404)
    silent(answer)
    assert everything() == before


def test_a_form_offers_ones_own_funds_and_a_fund_stays_where_it_is(
    world: World, editor: Client, own: Place
) -> None:
    theirs = world.river
    page = editor.get(f"/admin/forms/edit/{world.tide.form.pk}/").content.decode()
    assert "River fund" not in page
    form = {"charity": theirs.charity.pk, "title": "Typed by hand", "slug": "typed", "currencies": "AUD"}
    for name in ("suggested_amounts", "further_currencies", "form_funds", "numbers", "consent_questions"):
        form |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    form |= {
        "form_funds-TOTAL_FORMS": "1", "form_funds-0-fund": theirs.fund.pk, "form_funds-0-ORDER": "1",
        "form_funds-0-id": "",
    }  # fmt: skip
    answer = editor.post(f"/admin/forms/edit/{world.tide.form.pk}/", form)
    assert answer.status_code == 200
    assert not FormFund.objects.exists()
    assert editor.post("/admin/forms/new/", form).status_code == 200
    assert DonationForm.objects.filter(charity=theirs.charity).count() == 1
    world.users["editor"].user_permissions.add(Permission.objects.get(codename="edit_charities"))
    fund = {
        "charity": theirs.charity.pk,
        "name": "Typed by hand",
        "code": "typed",
        "line": "",
        "active": "on",
    }
    assert editor.post("/admin/funds/new/", fund).status_code == 200
    assert not Fund.objects.filter(code="typed").exists()


def test_an_others_revision_is_neither_written_over_nor_gone_back_to(
    editor: Client, own: Place, other: Place
) -> None:
    theirs, before = other.story.latest_revision_id or other.rows["revision_id"], everything()
    url = f"/admin/pages/{own.story.pk}/edit/"
    silent(editor.post(url, typed([TEXT], overwrite_revision_id=theirs, loaded_revision_id=theirs)))
    answer = editor.post(
        f"/admin/api/main/pages/{own.story.pk}/action/revert_to_page_revision/", {"revision_id": theirs}
    )
    assert answer.status_code == 404
    silent(answer)
    assert everything() == before


def test_what_uses_ones_own_in_anothers_page_is_not_named(
    world: World, editor: Client, own: Place, other: Place
) -> None:
    """Only a superuser can have put it there."""
    story = StoryPage.objects.get(pk=other.story.pk)
    story.lead_image = own.image
    story.body = [("text", RichText(f'<p><a linktype="document" id="{own.document.pk}">x</a></p>'))]
    story.save_revision().publish()
    assert ReferenceIndex.get_references_to(own.image).exists()
    for url in (
        f"/admin/images/usage/{own.image.pk}/",
        f"/admin/documents/usage/{own.document.pk}/",
        f"/admin/images/{own.image.pk}/",
        f"/admin/images/{own.image.pk}/delete/",
        f"/admin/bulk/wagtailimages/image/delete/?id={own.image.pk}",
        f"/admin/pages/{own.story.pk}/usage/",
    ):
        answer = editor.get(url, follow=True)
        # Where one may not delete, one is led home.
        assert answer.status_code == 200, url
        silent(answer)
    assert b"(Private " in editor.get(f"/admin/images/usage/{own.image.pk}/").content


# Where one is sent after an act. `//` and a backslash lead elsewhere in a browser.
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "javascript:evil()",
    "https:evil.example",
)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_act_leads_elsewhere(elsewhere: str, editor: Client, own: Place) -> None:
    story, image, index = own.story.pk, own.image.pk, own.story.get_parent().pk
    for url, body in (
        (f"/admin/pages/{story}/unlock/", {}),
        (f"/admin/pages/{story}/lock/", {}),
        (f"/admin/pages/{story}/unpublish/", {}),
        (
            f"/admin/pages/{story}/copy/",
            {"new_title": "C", "new_slug": "c", "new_parent_page": own.story.get_parent().pk},
        ),
        (f"/admin/pages/{story}/move/{index}/confirm/", {}),
        (f"/admin/pages/{story}/edit/", typed([TEXT])),
        (f"/admin/pages/add/stories/storypage/{index}/", typed([TEXT], slug="new")),
        (f"/admin/bulk/wagtailcore/page/publish/?id={story}", {}),
        (f"/admin/images/{image}/", {"title": "t", "tags": ""}),
        (f"/admin/bulk/wagtailimages/image/add_tags/?id={image}", {"tags": "x"}),
        ("/admin/logout/", {}),
    ):
        sent = url + ("&" if "?" in url else "?")
        answer = editor.post(sent + urlencode({"next": elsewhere}), body | {"next": elsewhere})
        place = answer.headers.get("Location", "")
        assert "evil" not in place, (url, place)
