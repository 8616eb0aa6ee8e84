"""What a start refuses, and by what name. Settings are read once a process, so each case is a process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once

SOUND = {
    "ALMONER_MODE": "production",
    "ALMONER_SECRET_KEY": "k3Jv9sQ2xW7pL0aZ8dF5gH1nB4mC6rT-yU_eIoPqRsV+wX8tYz4AhJ2kD",
    "ALMONER_SITE_URL": "https://give.example.org",
    "ALMONER_ALLOWED_HOSTS": "give.example.org",
    "ALMONER_MAIL_URL": "smtp://user:word@mail.example.org",
    "ALMONER_MAIL_FROM": "giving@example.org",
}
READ = """
import json
from almoner.config import settings
names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS", "TRUSTED_PROXIES", "ALMONER_SANDBOX",
         "WAGTAIL_2FA_REQUIRED", "EMAIL_USE_TLS", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_BACKEND", "ANYMAIL", "DEBUG")
print(json.dumps({name: getattr(settings, name) for name in names} | {"DATABASE": settings.DATABASES["default"]}))
"""


def start(tmp_path: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    return subprocess.run(
        [sys.executable, "-c", READ],
        env=clean | {"ALMONER_DATA_DIR": str(tmp_path)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def read(tmp_path: Path, **env: str) -> dict[str, Any]:
    done = start(tmp_path, **env)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_configuration_a_sound_production_starts_with_everything_shut(tmp_path: Path) -> None:
    found = read(tmp_path, **SOUND)
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["TRUSTED_PROXIES"] == 1
    assert found["ALMONER_SANDBOX"] is False
    assert found["WAGTAIL_2FA_REQUIRED"] is True
    assert (found["EMAIL_USE_TLS"], found["EMAIL_PORT"], found["EMAIL_HOST_USER"]) == (True, 587, "user")
    assert found["DEBUG"] is False


def test_configuration_djangos_own_check_of_a_deployment_has_nothing_to_say(tmp_path: Path) -> None:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("ALMONER_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "almoner", "manage", "check", "--deploy", "--fail-level", "WARNING"],
        env=clean | {"ALMONER_DATA_DIR": str(tmp_path)} | SOUND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_configuration_a_bare_production_is_refused_with_all_that_is_missing(tmp_path: Path) -> None:
    done = start(tmp_path, ALMONER_MODE="production")
    assert done.returncode == 1
    for name in set(SOUND) - {"ALMONER_MODE"}:
        assert f"  {name}: is missing." in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALMONER_SECRET_KEY", "changeme"),
        ("ALMONER_SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyzABCDEF"),
        ("ALMONER_SECRET_KEY", "ababababababababababababababababababababababababababababab"),
        ("ALMONER_DEBUG", "yes"),
        ("ALMONER_SANDBOX", "yes"),
        ("ALMONER_ALLOWED_HOSTS", "*"),
        ("ALMONER_SITE_URL", "http://give.example.org"),
        ("ALMONER_TRUSTED_PROXIES", "0"),
        ("ALMONER_STAFF_TWO_FACTORS", "no"),
        ("ALMONER_MAIL_URL", "http://mail.example.org"),
        ("ALMONER_DATABASE_URL", "mysql://localhost/almoner"),
    ],
)
def test_configuration_an_unsafe_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    done = start(tmp_path, **SOUND | {name: value})
    assert done.returncode == 1
    assert f"  {name}: " in done.stderr
    assert done.stderr.count("\n  ALMONER_") == 1


def test_half_of_a_gateway_is_refused_by_name_and_real_money_outside_production(tmp_path: Path) -> None:
    half = {"ALMONER_PAYPAL_SECRET": "s", "ALMONER_GOCARDLESS_CREDITOR": "CR1"}
    done = start(tmp_path, **SOUND, **half)
    assert re.findall(r"^  (ALMONER_\w+): (.*)", done.stderr, re.M) == [
        ("ALMONER_PAYPAL_CLIENT_ID", "is missing."),
        ("ALMONER_PAYPAL_MERCHANT_ID", "is missing."),
        ("ALMONER_PAYPAL_WEBHOOK_ID", "is missing."),
        ("ALMONER_GOCARDLESS_ACCESS_TOKEN", "is missing."),
        ("ALMONER_GOCARDLESS_WEBHOOK_SECRETS", "is missing."),
    ]
    paypal = {f"ALMONER_PAYPAL_{name}": "x" for name in ("CLIENT_ID", "SECRET", "MERCHANT_ID")}
    both = paypal | {"ALMONER_GOCARDLESS_ACCESS_TOKEN": "t", "ALMONER_GOCARDLESS_CREDITOR": "CR1"}
    done = start(tmp_path, ALMONER_MODE="demo", **both)
    assert re.findall(r"^  (ALMONER_\w+): must be ", done.stderr, re.M) == [
        "ALMONER_PAYPAL_API_BASE",
        "ALMONER_GOCARDLESS_API_BASE",
    ]
    sandboxes = {
        "ALMONER_PAYPAL_API_BASE": "https://api-m.sandbox.paypal.com",
        "ALMONER_GOCARDLESS_API_BASE": "https://api-sandbox.gocardless.com",
    }
    read(tmp_path, ALMONER_MODE="demo", **both | sandboxes)


def test_the_demo_makes_a_secret_and_keeps_it(tmp_path: Path) -> None:
    assert read(tmp_path, ALMONER_MODE="demo")["ALMONER_SANDBOX"] is True
    secret = tmp_path / "secret.txt"
    first = secret.read_text()
    assert len(first) >= 40
    assert secret.stat().st_mode & 0o777 == 0o600
    read(tmp_path, ALMONER_MODE="demo")
    assert secret.read_text() == first


def test_databases(tmp_path: Path) -> None:
    sqlite = read(tmp_path, ALMONER_MODE="demo")["DATABASE"]
    assert sqlite["NAME"] == str(tmp_path / "almoner.sqlite3")
    assert sqlite["OPTIONS"]["transaction_mode"] == "IMMEDIATE"

    url = "postgresql://giver:p%40ss@db.example.org:6432/gifts?sslmode=verify-full"
    found = read(tmp_path, **SOUND, ALMONER_DATABASE_URL=url)["DATABASE"]
    assert [found[name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")] == [
        "db.example.org", "6432", "gifts", "giver", "p@ss",
    ]  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert (found["OPTIONS"]["prepare_threshold"], found["DISABLE_SERVER_SIDE_CURSORS"]) == (5, False)

    pooled = read(tmp_path, **SOUND, ALMONER_DATABASE_URL=url, ALMONER_DATABASE_PGBOUNCER="yes")["DATABASE"]
    assert (pooled["OPTIONS"]["prepare_threshold"], pooled["DISABLE_SERVER_SIDE_CURSORS"]) == (None, True)


def test_a_mail_service_is_chosen_by_its_name(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        **SOUND | {"ALMONER_MAIL_URL": "postmark:", "ALMONER_ANYMAIL_POSTMARK_SERVER_TOKEN": "a-token"},
    )
    assert found["EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert found["ANYMAIL"] == {"POSTMARK_SERVER_TOKEN": "a-token"}


def test_nothing_is_served_before_the_mode_is_said() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    for arguments in (["-m", "almoner", "serve"], ["-c", "import almoner.config.wsgi"]):
        done = subprocess.run(
            [sys.executable, *arguments], env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert "ALMONER_MODE: must say demo or production" in done.stderr
