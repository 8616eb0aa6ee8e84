"""Where two factors are required, a password alone opens nothing of the staff's screens, by whichever address."""

import time
from base64 import b32encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough passphrase"
# What stands outside by its nature: signing in and out, resetting a password, enrolling, and scripts' words.
OPEN = {
    "/admin/login/",
    "/admin/logout/",
    "/admin/password_reset/",
    "/admin/password_reset/done/",
    "/admin/password_reset/complete/",
    "/admin/jsi18n/",
    "/admin/2fa/auth",
    "/admin/2fa/devices/new",
    "/admin/2fa/devices/qr-code",
}


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.WAGTAIL_2FA_REQUIRED = True


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser("pat", "pat@example.org", PASSWORD)


def signed_in(staff: User) -> Client:
    client = Client()
    answer = client.post("/admin/login/", {"username": "pat", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def addresses(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    """Every address beneath /admin/ that takes no argument."""
    for pattern in patterns:
        route = str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if "<" in route or "(" in route:
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern) and (prefix + route).startswith("/admin/"):
            yield prefix + route


def test_staff_a_password_alone_opens_nothing(staff: User) -> None:
    TOTPDevice.objects.create(user=staff, name="phone", confirmed=True)
    client = signed_in(staff)
    found = set(addresses(get_resolver().url_patterns))
    assert len(found) > 60
    for address in sorted(found - OPEN):
        for answer in (client.get(address), client.post(address, {})):
            sent_to_verify = answer.status_code == 302 and answer["Location"].startswith("/admin/2fa/auth")
            # Drawings of Wagtail's own, the same for everybody.
            harmless = "sprite" in address
            assert sent_to_verify or harmless or answer.status_code == 404, f"{address} {answer.status_code}"


def test_without_a_device_the_only_way_is_to_enrol(staff: User) -> None:
    client = signed_in(staff)
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/2fa/devices/new?next=/admin/")
    assert client.get("/admin/2fa/devices/new").status_code == 200
    code = client.get("/admin/2fa/devices/qr-code")
    assert (code.status_code, code["Content-Type"]) == (200, "image/svg+xml")
    device = TOTPDevice.objects.get(user=staff, confirmed=False)
    enrolled = {"name": "phone", "otp_token": f"{token_of(device):06d}", "password": PASSWORD}
    assert client.post("/admin/2fa/devices/new", enrolled).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("going", "led"),
    [("/admin/forms/", "/admin/forms/"), ("//evil.example/", ""), ("https://evil.example/admin/", "")],
)
def test_enrolling_says_what_to_do_and_leads_on(staff: User, going: str, led: str) -> None:
    client = signed_in(staff)
    address = f"/admin/2fa/devices/new?next={going}"
    page = client.get(address).content.decode()
    device = TOTPDevice.objects.get(user=staff, confirmed=False)
    assert "Wagtail" not in page and b32encode(device.bin_key).decode()[:4] in page
    typed = {"name": "phone", "password": PASSWORD}
    wrong = client.post(address, typed | {"otp_token": f"{(token_of(device) + 1) % 1_000_000:06d}"})
    assert "Is the clock of your phone right?" in wrong.content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    answer = client.post(address, typed | {"otp_token": f"{token_of(device):06d}"})
    assert answer["Location"] == (led or f"/admin/2fa/devices/{staff.pk}")


def token_of(device: TOTPDevice) -> int:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return int(totp.token())


def test_the_second_factor_opens(staff: User) -> None:
    device = TOTPDevice.objects.create(user=staff, name="phone", confirmed=True)
    client = signed_in(staff)
    page = client.get("/admin/2fa/auth?next=/admin/")
    assert page.status_code == 200
    assert "otp_device" not in page.content.decode()
    wrong = client.post("/admin/2fa/auth", {"otp_token": f"{(token_of(device) + 1) % 1_000_000:06d}"})
    assert wrong.status_code == 200
    assert client.get("/admin/").status_code == 302
    # A wrong token is throttled for a second; the test turns the device's clock and not its own.
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    client.post("/admin/2fa/auth", {"otp_token": f"{token_of(device):06d}", "next": "/admin/"})
    assert client.get("/admin/").status_code == 200


def test_of_several_devices_one_is_chosen_and_only_ones_own(staff: User) -> None:
    TOTPDevice.objects.create(user=staff, name="phone", confirmed=True)
    key = TOTPDevice.objects.create(user=staff, name="tablet", confirmed=True)
    stranger = User.objects.create_superuser("sam", "sam@example.org", PASSWORD)
    foreign = TOTPDevice.objects.create(user=stranger, name="sam's", confirmed=True)
    client = signed_in(staff)
    shown = client.get("/admin/2fa/auth").content.decode()
    assert "tablet" in shown and "sam's" not in shown
    client.post(
        "/admin/2fa/auth", {"otp_token": f"{token_of(foreign):06d}", "otp_device": foreign.persistent_id}
    )
    assert client.get("/admin/").status_code == 302
    client.post("/admin/2fa/auth", {"otp_token": f"{token_of(key):06d}", "otp_device": key.persistent_id})
    assert client.get("/admin/").status_code == 200


def test_staff_a_reset_password_signs_nobody_in(staff: User) -> None:
    TOTPDevice.objects.create(user=staff, name="phone", confirmed=True)
    client = Client()
    uid, token = urlsafe_base64_encode(force_bytes(staff.pk)), default_token_generator.make_token(staff)
    page = client.get(f"/admin/password_reset/confirm/{uid}/{token}/", follow=True)
    where = page.request["PATH_INFO"]
    new = "another long passphrase"
    client.post(where, {"new_password1": new, "new_password2": new})
    staff.refresh_from_db()
    assert staff.check_password(new)
    answer = client.get("/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
