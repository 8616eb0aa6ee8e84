"""Every address under /admin/, Wagtail's own too, against everybody of one charity: nothing of another's shows.

The other charity's pages, drafts, pictures, documents, tags and people carry a canary. Each pattern of the resolver is
asked with its own rows and with the other charity's; the canary must stand in no answer, and no row may change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.plugin import DjangoDbBlocker
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, Site

from almoner.backoffice import roles
from almoner.backoffice.tests.conftest import House, Settled, World, made, settling
from almoner.backoffice.tests.test_access import rows_of
from almoner.charities.models import CharityHost
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage

CANARY = "Rivercanary"
ROLES = ("editor", "fundraiser", "treasurer", "nobody's fundraiser")
# PostgreSQL is asked as the one whom Wagtail lets search and choose, and what is shown: a POST finds rows in the same
# words. What others may open, test_access.py asks it, and what takes a POST of ours.
ASKED = [role if role == "editor" else pytest.param(role, marks=pytest.mark.once) for role in ROLES]
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass
class Place:
    """What one charity has in Wagtail, by the names that parameters of addresses have."""

    home: HomePage
    story: StoryPage
    image: Any
    document: Any
    rows: dict[str, Any]

    def value(self, namespace: str, name: str) -> Any:
        """What stands for a parameter: `pk` means another thing in each namespace."""
        if name == "pk":
            name = _PK.get(namespace, "pk")
        return self.rows.get(name, 1)


_PK = {
    "forms": "form", "charities": "charity", "funds": "fund", "wagtailadmin_api_main": "page_id",
    "wagtaildocs_chooser": "document_id", "wagtailimages_chooser": "image_id", "wagtailusers_users": "user_id",
    "wagtailsites": "site", "wagtailadmin_collections": "collection_id", "wagtail_2fa": "device",
    "wagtailusers_groups": "group", "pages": "page_id", "documents": "document_id", "images": "image_id",
}  # fmt: skip


def settle(house: House, word: str, author: User) -> Place:
    """A site with a list, a story whose draft says more, a picture and a document: each named `word`."""
    # Wagtail's first site answers wherever none else does, for the default charity. Its own page is nobody's.
    CharityHost.objects.create(charity=house.charity, host=f"{house.charity.slug}.example")
    home = Page.get_first_root_node().add_child(
        instance=HomePage(title=f"{word} home", slug=house.charity.slug, heading=word, owner=author)
    )
    Site.objects.create(hostname=f"{house.charity.slug}.example", root_page=home, site_name=f"{word} site")
    roles.ensure_roles()
    collection = Collection.objects.get(name=house.charity.slug)
    image = get_image_model().objects.create(
        title=f"{word} picture", file=ImageFile(ContentFile(PIXEL), name=f"{word}.gif"), width=1, height=1,
        collection=collection, uploaded_by_user=author,
    )  # fmt: skip
    image.tags.add(f"{word} tag")
    document = get_document_model().objects.create(
        title=f"{word} document", file=ContentFile(b"x", name=f"{word}.txt"), collection=collection
    )
    stories = home.add_child(instance=StoryIndexPage(title=f"{word} list", slug="stories"))
    story = stories.add_child(
        instance=StoryPage(
            title=f"{word} story", slug="story", summary=word, body=[], owner=author, live=True
        )
    )
    story.title = f"{word} draft"
    revision = story.save_revision(user=author, log_action=True)
    revision.publish(user=author)
    story.title = f"{word} newer draft"
    revision = story.save_revision(user=author, log_action=True)
    story.locked = True
    story.locked_by, story.locked_at = author, now()
    story.save()
    device = TOTPDevice.objects.create(user=author, name=f"{word} phone", confirmed=True)
    rows = rows_of(house, author)
    named = {
        "page_id": story.pk, "parent_page_id": home.pk, "page_to_move_id": story.pk, "destination_id": stories.pk,
        "page_pk": story.pk, "image_id": image.pk, "document_id": document.pk, "doc_id": document.pk,
        "collection_id": collection.pk, "revision_id": revision.pk, "user_id": author.pk, "device": device.pk,
        "site": Site.objects.get(root_page=home).pk,
        "group": Group.objects.get(name=f"Stories of {house.charity.slug}").pk,
        "gift_id": rows["gift"], "batch_id": rows["batch"], "line_id": rows["line"], "credit_id": rows["credit"],
        "job_id": rows["job"], "object_id": story.pk,
    }  # fmt: skip
    return Place(home, story, image, document, rows | named)


WORDS = {
    "app_label": "wagtailcore", "model_name": "page", "action": "publish", "action_name": "publish",
    "content_type_app_name": "stories", "content_type_model_name": "storypage", "app_name": "taggit",
    "filter_spec": "max-100x100", "uidb64": "MQ", "token": "x",
}  # fmt: skip
# A query that makes a list show something, or names a foreign row, by the end of the address.
QUERIES = {
    "/choose-page/": ["", "?page_type=stories.storypage", "?page_type=stories.homepage"],
    "/choose-page/search/": ["?q=river", "?q=Rivercanary", "?q=Rivercanary&page_type=stories.storypage"],
    "/choose-page/chosen-multiple/": ["?id={page}"],
    "/tag-autocomplete/": ["?term=river"],
    "/tag-autocomplete/taggit/tag/": ["?term=river"],
    "/pages/search/": ["?q=river"],
    "/pages/search/results/": ["?q=river"],
    "/documents/chooser/": ["?q=river", ""],
    "/documents/chooser/results/": ["?q=river", ""],
    "/documents/chooser/chosen-multiple/": ["?id={document}"],
    "/images/chooser/": ["?q=river", ""],
    "/images/chooser/results/": ["?q=river", "", "?collection_id={collection}"],
    "/images/chooser/chosen-multiple/": ["?id={image}"],
    "/images/": ["", "?q=river", "?collection_id={collection}"],
    "/images/results/": ["", "?q=river"],
    "/documents/": ["", "?q=river", "?collection_id={collection}"],
    "/documents/results/": ["", "?q=river"],
    "/redirects/": ["", "?q=river"],
    "/reports/site-history/": ["", "?export=csv", "?label=river", "?is_commenting_action="],
    "/reports/aging-pages/": ["", "?export=csv"],
    "/reports/locked/": ["", "?export=csv"],
    "/reports/workflow/": ["", "?export=csv"],
    "/reports/page-types-usage/": ["", "?export=csv"],
    "/api/main/pages/": ["", "?search=river", "?child_of={home}", "?descendant_of={home}", "?fields=*"],
    "/api/main/images/": ["", "?search=river"],
    "/api/main/documents/": ["", "?search=river"],
    "/api/main/pages/find/": ["?html_path=/", "?id={page}"],
}
# What bulk actions take stands in the query.
BULK = [
    ("wagtailcore", "page", action, "page")
    for action in ("publish", "unpublish", "move", "delete")
] + [
    ("wagtailimages", "image", action, "image") for action in ("add_to_collection", "add_tags", "delete")
] + [
    ("wagtaildocs", "document", action, "document") for action in ("add_to_collection", "add_tags", "delete")
]  # fmt: skip


def patterns(
    found: list[Any], prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, URLPattern, str]]:
    """(address so far, pattern, namespace) of all there is under /admin/."""
    for pattern in found:
        route = str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or (route.strip("/") if "api/" in prefix else "") or namespace
            yield from patterns(pattern.url_patterns, prefix + route, inner)
        elif (prefix + route).startswith("admin/"):
            yield prefix + route, pattern, namespace


def addresses(own: Place, other: Place) -> Iterator[str]:
    """Every address with the other's rows, with one's own, and with the two mixed."""
    for route, pattern, namespace in patterns(get_resolver().url_patterns):
        if route.endswith(".*/$"):
            # Whatever is nowhere.
            continue
        if "<" not in route and "(" not in route:
            url = "/" + route.removesuffix("$").replace("\\Z", "")
            for query in QUERIES.get(url.removeprefix("/admin"), [""]):
                yield url + _filled(query, other)
            continue
        yield from _with_arguments(route, pattern, namespace, own, other)
    for app, model, action, thing in BULK:
        url = f"/admin/bulk/{app}/{model}/{action}/"
        yield from (
            url + _filled(query, other) for query in (f"?id={{{thing}}}", "?id=all", "?id=all&childOf={home}")
        )


def _with_arguments(
    route: str, pattern: URLPattern, namespace: str, own: Place, other: Place
) -> Iterator[str]:
    if "revisions/compare" in route:
        for place in (own, other):
            yield f"/admin/pages/{place.story.pk}/revisions/compare/earliest...latest/"
        return
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    if "wagtail_2fa" in str(pattern.name):
        namespace = "wagtail_2fa"
    things = [name for name in names if name not in WORDS]
    for sides in product((other, own), repeat=max(1, len(things))):
        values = dict(WORDS)
        values |= {name: side.value(namespace, name) for name, side in zip(things, sides, strict=False)}
        yield "/" + _put(route, values)
        if not things:
            return


def _put(route: str, values: dict[str, Any]) -> str:
    """The address that a route with these values makes."""
    text = route.replace("^", "").removesuffix("$").replace("\\Z", "")
    for name, value in values.items():
        text = text.replace(f"(?P<{name}>\\d+)", str(value))
        for opening in (f"<int:{name}>", f"<str:{name}>", f"<slug:{name}>", f"<uuid:{name}>", f"<{name}>"):
            text = text.replace(opening, str(value))
    if "<" in text or "(" in text:
        raise NoReverseMatch(f"no value for what {route} takes")
    return text


def _filled(query: str, place: Place) -> str:
    return query.format(
        page=place.story.pk, home=place.home.pk, image=place.image.pk, document=place.document.pk,
        collection=place.image.collection_id,
    )  # fmt: skip


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(_two_places, tmp_path_factory.mktemp("places"), django_db_blocker) as kept:
        yield kept


def _two_places() -> World:
    world = made()
    river_editor = world.users["river editor"]
    river_editor.first_name = f"{CANARY} person"
    river_editor.save()
    world.river.charity.name = f"{CANARY} charity"
    world.river.charity.save()
    own = settle(world.tide, "Tideown", world.users["editor"])
    other = settle(world.river, CANARY, river_editor)
    for role in ROLES:
        TOTPDevice.objects.get_or_create(user=world.users[role], name="phone", confirmed=True)
    world.places = {"own": own, "other": other}
    return world


@pytest.fixture
def places(world: World, media: None) -> tuple[Place, Place]:
    return world.places["own"], world.places["other"]


def told(client: Client, method: str, url: str) -> bytes:
    response = getattr(client, method)(url)
    if response.streaming:
        return b"".join(response)
    # Where one is sent on to must not show it either.
    return bytes(response.content) + response.headers.get("Location", "").encode()


def standing(other: Place) -> list[Any]:
    """What nobody of another charity may change."""
    return [
        list(Page.objects.filter(path__startswith=other.home.path).order_by("pk").values()),
        list(get_image_model().objects.filter(pk=other.image.pk).values("title", "collection_id")),
        list(get_document_model().objects.filter(pk=other.document.pk).values("title", "collection_id")),
        TOTPDevice.objects.filter(pk=other.rows["device"]).count(),
        Gift.objects.filter(pk=other.rows["gift"]).values_list("status", "refunded_minor").first(),
    ]


@pytest.mark.parametrize("role", ASKED)
@pytest.mark.parametrize("method", ["get", pytest.param("post", marks=pytest.mark.once)])
def test_object_access_no_answer_holds_anything_of_another_charity(
    role: str, method: str, world: World, places: tuple[Place, Place]
) -> None:
    own, other = places
    before = standing(other)
    shown, asked = [], 0
    client = world.client(role)
    # Some of Wagtail's views break at an empty body: what they say then must not tell either.
    client.raise_request_exception = False
    for url in dict.fromkeys(addresses(own, other)):
        if url == "/admin/logout/":
            continue
        asked += 1
        # What one request did, the next must not meet.
        with transaction.atomic():
            body = told(client, method, url)
            changed = method == "post" and standing(other) != before
            transaction.set_rollback(True)
        if CANARY.encode() in body or changed:
            shown.append(
                f"{url} {'CHANGED' if changed else body[max(0, body.find(CANARY.encode()) - 90) :][:160]!r}"
            )
    assert asked > 250
    assert not shown, "\n".join(shown)


def test_no_page_goes_into_anothers_tree(world: World, places: tuple[Place, Place]) -> None:
    own, other = places
    client, story = world.client("editor"), own.story.pk
    for url, body in (
        (f"/admin/pages/{story}/move/", {"new_parent_page": other.home.pk}),
        (
            f"/admin/pages/{story}/copy/",
            {"new_parent_page": other.home.pk, "new_title": "x", "new_slug": "x"},
        ),
        (f"/admin/bulk/wagtailcore/page/move/?id={story}", {"chooser": other.home.pk}),
    ):
        answer = client.post(url, body)
        assert (answer.status_code, CANARY.encode() in answer.content) == (404, False), url


def test_ones_own_is_still_there(world: World, places: tuple[Place, Place]) -> None:
    own, _ = places
    client = world.client("editor")
    for url, word in {
        "/admin/choose-page/": b"Tideown home",
        f"/admin/choose-page/{own.home.pk}/": b"Tideown list",
        "/admin/choose-page/search/?q=Tideown": b"Tideown newer draft",
        f"/admin/choose-page/chosen-multiple/?id={own.story.pk}": b"Tideown newer draft",
        "/admin/api/main/pages/": b"Tideown list",
        "/admin/api/main/images/": b"Tideown picture",
        "/admin/api/main/documents/": b"Tideown document",
        "/admin/tag-autocomplete/?term=tide": b"Tideown tag",
        "/admin/images/chooser/": b"Tideown tag",
        f"/admin/images/chooser/{own.image.pk}/select_format/": b"Tideown picture",
        f"/admin/bulk/wagtailcore/page/publish/?id={own.story.pk}": b"Tideown newer draft",
        f"/admin/pages/{own.home.pk}/": b"Tideown list",
        f"/admin/pages/{own.story.pk}/revisions/compare/earliest...latest/": b"Tideown newer draft",
        "/admin/reports/site-history/": b"Tideown newer draft",
    }.items():
        assert word in told(client, "get", url), url


@pytest.mark.parametrize("role", ["fundraiser", "treasurer"])
def test_choosers_are_not_for_those_who_write_no_pages(
    role: str, world: World, places: tuple[Place, Place]
) -> None:
    client = world.client(role)
    for url in ("/admin/choose-page/", "/admin/images/chooser/", "/admin/api/main/pages/", "/admin/pages/"):
        response = client.get(url)
        assert (response.status_code, response.headers["Location"]) == (302, "/admin/"), url
    assert b"/admin/reports/site-history/" not in client.get("/admin/").content


def test_a_superuser_sees_all(world: World, places: tuple[Place, Place]) -> None:
    client = world.client("superuser")
    for url in ("/admin/choose-page/search/?q=Rivercanary", "/admin/api/main/images/", "/admin/pages/"):
        assert CANARY.encode() in told(client, "get", url), url
