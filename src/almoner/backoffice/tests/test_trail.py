"""Every act of staff leaves an entry, in Wagtail's screens too; and nobody can take it out again."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import LogContext
from wagtail.models import ModelLogEntry, Page, PageLogEntry, Site

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_canaries import PIXEL, Place, settle
from almoner.charities import audit
from almoner.charities.appendonly import protected_tables
from almoner.charities.models import AuditEntry
from almoner.config.tests.test_two_factors import token_of

PASSWORD = "a long enough passphrase"


@pytest.fixture
def place(world: World, settings: Any, tmp_path: Any) -> Place:
    settings.MEDIA_ROOT = str(tmp_path)
    return settle(world.tide, "Tideown", world.users["editor"])


@pytest.fixture
def root(world: World) -> User:
    user = world.users["superuser"]
    user.set_password(PASSWORD)
    user.email = "root@example.org"
    user.save()
    return user


def entries(since: int = 0) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(pk__gt=since).order_by("pk")
    return [(entry.action, entry.actor_name, entry.object_id) for entry in found]


def newest() -> int:
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_acts_on_stories(world: World, place: Place) -> None:
    client, before = world.client("editor"), newest()
    story = place.story
    assert client.post(f"/admin/pages/{story.pk}/unlock/").status_code == 302
    assert client.post(f"/admin/pages/{story.pk}/lock/").status_code == 302
    assert client.post(f"/admin/pages/{story.pk}/unlock/").status_code == 302
    assert client.post(f"/admin/pages/{story.pk}/unpublish/").status_code == 302
    assert entries(before) == [
        ("unlock story page", "editor", str(story.pk)),
        ("lock story page", "editor", str(story.pk)),
        ("unlock story page", "editor", str(story.pk)),
        ("unpublish story page", "editor", str(story.pk)),
    ]
    assert set(AuditEntry.objects.filter(pk__gt=before).values_list("charity", flat=True)) == {
        world.tide.charity.pk
    }
    assert list(audit.broken_links()) == []


def test_an_edit_that_goes_on_is_one_entry(world: World, place: Place) -> None:
    before, story, editor = newest(), place.story, world.users["editor"]
    with LogContext(user=editor):
        revision = story.save_revision(user=editor, log_action=True)
    for title in ("One", "Two", "Three"):
        story.title = title
        with LogContext(user=editor):
            story.save_revision(user=editor, log_action=True, overwrite_revision=revision)
    assert entries(before) == [("edit story page", "editor", str(story.pk))]
    assert PageLogEntry.objects.filter(page=story, revision=revision).count() == 4


def test_what_the_system_does_is_nobodys_act(place: Place) -> None:
    before = newest()
    place.story.save_revision(log_action=True).publish()
    assert entries(before) == []


@pytest.mark.parametrize("kind", ["images", "documents"])
def test_acts_on_pictures_and_documents(kind: str, world: World, place: Place) -> None:
    client, before = world.client("editor"), newest()
    # The collection is the editor's only one, so the form asks for none.
    files = SimpleUploadedFile("new.gif" if kind == "images" else "new.txt", PIXEL)
    said = client.post(f"/admin/{kind}/multiple/add/", {"title": "New", "files[]": files}).json()
    assert said["success"]
    model = get_image_model() if kind == "images" else get_document_model()
    made = model.objects.get(title="New")
    name = kind.removesuffix("s")
    assert entries(before) == [(f"add {name}", "editor", str(made.pk))]
    before = newest()
    assert client.post(f"/admin/{kind}/{'edit/' if name == 'document' else ''}{made.pk}/", {"title": "Newer"})
    assert entries(before) == [(f"edit {name}", "editor", str(made.pk))]
    assert AuditEntry.objects.latest("pk").charity == world.tide.charity


def test_acts_on_accounts_groups_sites_and_redirects(world: World, root: User, place: Place) -> None:
    client, before = world.client("superuser"), newest()
    given = {
        "username": "newroot", "email": "n@example.org", "first_name": "N", "last_name": "R", "is_superuser": "on",
        "is_active": "on", "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    client.post("/admin/users/new/", given)
    made = User.objects.get(username="newroot")
    client.post(
        "/admin/sites/new/",
        {"hostname": "x.example", "port": 80, "site_name": "", "root_page": place.home.pk},
    )
    client.post(
        "/admin/redirects/add/",
        {"old_path": "/old", "is_permanent": "on", "redirect_link": "https://x.example/new/"},
    )
    group = Group.objects.create(name="Helpers")
    forms = {
        f"{prefix}-{name}": number
        for prefix in (
            "page_permissions",
            "collection_permissions",
            "image_permissions",
            "document_permissions",
        )
        for name, number in (
            ("TOTAL_FORMS", 0),
            ("INITIAL_FORMS", 0),
            ("MIN_NUM_FORMS", 0),
            ("MAX_NUM_FORMS", 1000),
        )
    }
    client.post(f"/admin/groups/edit/{group.pk}/", {"name": "Helper", **forms})
    client.post(f"/admin/users/delete/{made.pk}/")
    assert entries(before) == [
        ("create user", "root", str(made.pk)),
        ("create site", "root", str(Site.objects.get(hostname="x.example").pk)),
        ("create redirect", "root", str(Redirect.objects.get().pk)),
        ("edit group", "root", str(group.pk)),
        ("delete user", "root", str(made.pk)),
    ]
    first = AuditEntry.objects.get(action="create user")
    assert first.detail == {"superuser": True, "active": True, "groups": []}
    assert "newroot" not in str(first.detail)


def test_ones_own_password(root: User) -> None:
    client, before = Client(), newest()
    client.force_login(root)
    new = {
        "name_email-first_name": "Ro",
        "name_email-last_name": "Ot",
        "name_email-email": "root@example.org",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "password-old_password": PASSWORD,
        "password-new_password1": "another long passphrase",
        "password-new_password2": "another long passphrase",
    }
    client.post("/admin/account/", new)
    root.refresh_from_db()
    assert root.check_password("another long passphrase")
    assert entries(before) == [("change own account", "root", "")]


def test_coming_in_and_going_out(root: User) -> None:
    client, before = Client(), newest()
    client.post("/admin/login/", {"username": "root", "password": "wrong"})
    client.post("/admin/login/", {"username": "nobody", "password": "wrong"})
    client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    client.post("/admin/logout/")
    assert entries(before) == [
        ("refuse sign-in", "system", str(root.pk)),
        ("refuse sign-in", "system", "unknown"),
        ("sign in", "root", str(root.pk)),
        ("sign out", "root", ""),
    ]


def test_second_factors(root: User, settings: Any) -> None:
    settings.WAGTAIL_2FA_REQUIRED = True
    client = Client()
    client.force_login(root)
    before = newest()
    client.get("/admin/2fa/devices/new")
    device = TOTPDevice.objects.get(user=root)
    code = f"{token_of(device):06d}"
    client.post("/admin/2fa/devices/new", {"name": "phone", "otp_token": code, "password": PASSWORD})
    client.logout()
    client.force_login(root)
    client.post("/admin/2fa/auth", {"otp_token": "000000"})
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None, last_t=-1)
    client.post("/admin/2fa/auth", {"otp_token": f"{token_of(device):06d}"})
    client.post(f"/admin/2fa/devices/{device.pk}/remove", {"user_id": 0})
    assert not TOTPDevice.objects.exists()
    assert [action for action, _, _ in entries(before)] == [
        "add second factor", "give second factor", "refuse second factor", "give second factor", "remove second factor",
    ]  # fmt: skip
    assert {who for _, who, _ in entries(before)} == {"root"}


def test_a_superuser_made_on_the_server(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", username="first", email="f@example.org", interactive=False, stdout=io.StringIO()
    )
    made = User.objects.get(username="first")
    assert entries() == [("create superuser on the server", "system", str(made.pk))]


def test_an_act_that_no_view_writes_down_is_witnessed(world: World, place: Place) -> None:
    client, before = world.client("editor"), newest()
    url = f"/admin/images/multiple/{place.image.pk}/"
    assert not client.post(url, {f"image-{place.image.pk}-title": ""}).json()["success"]
    assert entries(before) == []
    assert client.post(url, {f"image-{place.image.pk}-title": "Renamed"}).json()["success"]
    assert client.post(f"{url}delete/").json()["success"]
    assert entries(before) == [
        ("edit image", "editor", str(place.image.pk)),
        ("delete image", "editor", str(place.image.pk)),
    ]


def test_what_changes_nothing_leaves_nothing(world: World, place: Place) -> None:
    client, before = world.client("editor"), newest()
    client.get(f"/admin/pages/{place.story.pk}/edit/")
    client.post("/admin/login/")
    client.post(f"/admin/pages/{place.story.pk}/edit/preview/", {})
    client.post(
        "/admin/choose-external-link/?link_url=", {"external-link-chooser-url": "https://example.org"}
    )
    client.patch("/admin/dismissibles/", "{}", content_type="application/json")
    assert [entry for entry in entries(before) if entry[0] != "refuse sign-in"] == []


WAGTAILS = ["wagtailcore_pagelogentry", "wagtailcore_modellogentry"]


@pytest.mark.parametrize("table", WAGTAILS)
def test_wagtails_own_log_only_grows(table: str, world: World, place: Place) -> None:
    assert table in protected_tables()
    editor = world.users["editor"]
    entry: Any = PageLogEntry.objects.latest("pk")
    if table.endswith("modellogentry"):
        entry = ModelLogEntry.objects.log_action(editor, "wagtail.edit", user=editor)
    statements = [f"UPDATE {table} SET label = 'x'", f"DELETE FROM {table}"]  # noqa: S608
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {table}")
        # Else PostgreSQL would refuse the TRUNCATE for what this test's transaction has still to check.
        connection.check_constraints()
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert type(entry).objects.filter(pk=entry.pk).exists()


def test_pages_and_accounts_can_still_go(world: World, place: Place) -> None:
    """Their entries stay behind, and name them by number."""
    story, editor = place.story, world.users["editor"]
    ModelLogEntry.objects.log_action(editor, "wagtail.edit", user=editor)
    count = PageLogEntry.objects.filter(page_id=story.pk).count()
    client = world.client("superuser")
    assert client.post(f"/admin/pages/{story.pk}/delete/").status_code == 302
    assert not Page.objects.filter(pk=story.pk).exists()
    assert PageLogEntry.objects.filter(page_id=story.pk).count() == count + 1
    river = world.users["river editor"]
    river_id = river.pk
    ModelLogEntry.objects.log_action(river, "wagtail.edit", user=river)
    assert client.post(f"/admin/users/delete/{river_id}/").status_code == 302
    assert not User.objects.filter(pk=river_id).exists()
    assert ModelLogEntry.objects.filter(user_id=river_id).exists()
