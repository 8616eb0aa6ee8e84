"""A recent second factor before what can't be taken back, and what was typed is kept meanwhile."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from almoner.api.models import ApiToken
from almoner.backoffice.entrance.fresh import FIELD
from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_api_tokens import sent
from almoner.charities.models import AuditEntry
from almoner.config.tests.test_two_factors import token_of
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.supporters.people import Details

PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.WAGTAIL_2FA_REQUIRED = True


def code_of(user: User) -> str:
    """The next code of somebody's device, which hasn't used this minute's yet."""
    TOTPDevice.objects.filter(user=user).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )
    return f"{token_of(TOTPDevice.objects.get(user=user)):06d}"


def come_in(world: World, who: str) -> Client:
    """Signed in with both factors, eleven minutes ago."""
    user = world.users[who]
    TOTPDevice.objects.create(user=user, name="phone", confirmed=True)
    client = world.client(who)
    with time_machine.travel(now() - timedelta(minutes=11), tick=True):
        assert client.post("/admin/2fa/auth", {"otp_token": code_of(user)}).status_code == 302
    assert client.get("/admin/").status_code == 200
    return client


def sealed_in(answer: Any) -> str:
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "authenticator app" in body
    found = re.search(rf'name="{FIELD}" value="([^"]+)"', body)
    assert found is not None
    return unescape(found[1])


def test_staff_a_refund_asks_for_a_code_and_then_is_made_as_it_was_typed(world: World) -> None:
    gift = world.tide.give(amount_minor=5000)
    client, user = come_in(world, "fundraiser"), world.users["fundraiser"]
    url = f"/admin/gifts/{gift.pk}/refund/"
    typed = dict(_form(client.get(url))) | {"amount": "12.34", "reason": "Asked <for> it"}
    sealed = sealed_in(client.post(url, typed))
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 0
    assert "12.34" not in sealed
    wrong = client.post(url, {FIELD: sealed, "otp_token": "000000"})
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 0
    sealed = sealed_in(wrong)
    answer = client.post(url, {FIELD: sealed, "otp_token": code_of(user)})
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/gifts/{gift.pk}/")
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 1234
    acts = AuditEntry.objects.filter(actor_id=user.pk).order_by("pk").values_list("action", flat=True)
    assert list(acts)[-3:] == ["refuse second factor", "give second factor", "refund gift"]


def _form(page: Any) -> dict[str, str]:
    """What the page's form already holds, such as what makes it do its work once."""
    form = page.context["form"]
    return {field.html_name: str(field.value() or "") for field in form}


def test_within_ten_minutes_nothing_is_asked(world: World) -> None:
    gift = world.tide.give()
    client, user = come_in(world, "fundraiser"), world.users["fundraiser"]
    client.post("/admin/2fa/auth", {"otp_token": code_of(user)})
    url = f"/admin/gifts/{gift.pk}/refund/"
    client.post(url, dict(_form(client.get(url))) | {"amount": "1.00", "reason": "x"})
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 100


@pytest.mark.parametrize("url", ["/admin/gifts/export/?q=canary", "/admin/plans/export/?q=canary"])
def test_staff_an_export_comes_after_the_code(world: World, url: str) -> None:
    world.tide.give(name=("Canary", "Export"))
    world.tide.promise(details=Details(given_name="Canary", family_name="Export", email="c@example.org"))
    client, user = come_in(world, "fundraiser"), world.users["fundraiser"]
    asked = client.get(url)
    assert b"Export" not in asked.content
    answer = client.post(url, {FIELD: sealed_in(asked), "otp_token": code_of(user)})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert b"Canary" in b"".join(client.get(url))


@pytest.mark.parametrize(
    "url",
    [
        "/admin/users/?export=csv",
        "/admin/reports/site-history/?export=xlsx",
        "/admin/reports/locked/?export=csv",
    ],
)
def test_wagtails_lists_as_files_are_exports_too(url: str, world: World) -> None:
    sealed_in(come_in(world, "superuser").get(url))


def test_an_account_is_made_with_the_password_that_was_typed(world: World) -> None:
    client, user = come_in(world, "superuser"), world.users["superuser"]
    given = {
        "username": "new", "email": "n@example.org", "first_name": "N", "last_name": "R", "is_active": "on",
        "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    asked = client.post("/admin/users/new/", given)
    assert PASSWORD not in asked.content.decode()
    assert not User.objects.filter(username="new").exists()
    client.post("/admin/users/new/", {FIELD: sealed_in(asked), "otp_token": code_of(user)})
    assert User.objects.get(username="new").check_password(PASSWORD)


def test_roles_and_devices_ask_too(world: World) -> None:
    client = come_in(world, "superuser")
    device = TOTPDevice.objects.get(user=world.users["superuser"])
    for url in (
        f"/admin/staff/{world.users['editor'].pk}/",
        f"/admin/2fa/devices/{device.pk}/remove",
        "/admin/2fa/devices/new",
        f"/admin/users/delete/{world.users['editor'].pk}/",
        "/admin/account/",
    ):
        sealed_in(client.post(url, {}))
    assert TOTPDevice.objects.filter(pk=device.pk).exists()


def test_staff_a_key_for_another_system_is_made_after_the_code(world: World) -> None:
    """A token reads what an export would, and goes on doing so after whoever sat there has left."""
    client, user = come_in(world, "superuser"), world.users["superuser"]
    url = reverse("backoffice:api_tokens")
    assert client.get(url).status_code == 200
    asked = client.post(url, sent(world))
    assert not ApiToken.objects.exists() and not AuditEntry.objects.filter(action="make api token").exists()
    made = client.post(url, {FIELD: sealed_in(asked), "otp_token": code_of(user)})
    assert ApiToken.objects.get().name == "Warehouse" and "almoner_" in made.content.decode()
    assert AuditEntry.objects.filter(action="make api token").count() == 1


def test_what_was_sealed_is_of_one_person_and_one_address(world: World) -> None:
    gift, other = world.tide.give(), world.tide.give()
    client, user = come_in(world, "fundraiser"), world.users["fundraiser"]
    url = f"/admin/gifts/{gift.pk}/refund/"
    sealed = sealed_in(client.post(url, {"amount": "1.00", "reason": "x"}))
    elsewhere = f"/admin/gifts/{other.pk}/refund/"
    for target, token in ((elsewhere, sealed), (url, sealed[:-4] + "AAAA"), (url, "nonsense")):
        answer = client.post(target, {FIELD: token, "otp_token": code_of(user)})
        assert (answer.status_code, answer["Location"]) == (302, target)
    treasurer = come_in(world, "treasurer")
    answer = treasurer.post(url, {FIELD: sealed, "otp_token": code_of(world.users["treasurer"])})
    assert (answer.status_code, answer["Location"]) == (302, url)
    with time_machine.travel(now() + timedelta(minutes=16)):
        client.post(url, {FIELD: sealed, "otp_token": code_of(user)})
    assert not Gift.objects.filter(refunded_minor__gt=0).exists()


def test_a_code_goes_with_the_forms_own_token(world: World) -> None:
    gift = world.tide.give()
    user = world.users["fundraiser"]
    come_in(world, "fundraiser")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post(f"/admin/gifts/{gift.pk}/refund/", {FIELD: "x", "otp_token": code_of(user)})
    assert answer.status_code in (302, 403)
    assert Gift.objects.get(pk=gift.pk).refunded_minor == 0


def test_where_two_factors_arent_required_nothing_is_asked(world: World, settings: Any) -> None:
    settings.WAGTAIL_2FA_REQUIRED = False
    world.tide.give()
    assert b"".join(world.client("fundraiser").get("/admin/gifts/export/")).startswith(b"\xef\xbb\xbf")
