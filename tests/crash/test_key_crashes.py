"""Keys are changed while gifts come in: killed in the middle and run again, beside donors who change their cards, and
what a backup holds of it all."""

import base64
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from almoner.charities import rekeying
from almoner.charities.sealed import ring
from almoner.config import sealing
from almoner.giving import demo
from almoner.giving.models import DonationForm
from almoner.giving.tests import plans
from almoner.payments.gateways.port import SavedMethod
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from tests.crash.drill import KILLED, armed, at_site, prove_all
from tests.support.server import Site

pytestmark = pytest.mark.crash
OLD, NEW = (base64.b64encode(byte * 32).decode() for byte in (b"o", b"n"))
BOTH = f"{NEW},{OLD}"
PLANS, DEVICES = 3, 300


@pytest.fixture
def site(new_server: Callable[..., Site]) -> Site:
    """The demonstration's charity, with plans begun and second factors made under the old key."""
    demo.seed()
    site = new_server(started=False, ALMONER_FIELD_KEYS=BOTH)
    form = DonationForm.objects.get()
    with at_site(site), override_settings(ALMONER_FIELD_KEYS=[OLD]):
        for _ in range(PLANS):
            plans.begun(form)
    return site


def under_newest() -> list[bool]:
    raw = Plan.objects.order_by("pk").values_list("saved_method", flat=True)
    return [each.startswith(ring().newest) for each in raw]


@pytest.mark.parametrize("label", ["keys.before-row", "keys.after-row"])
def test_killed_in_the_middle_it_goes_on_where_it_was(site: Site, label: str) -> None:
    with override_settings(ALMONER_FIELD_KEYS=[NEW, OLD]):
        tokens = {plan.pk: plan.saved_method for plan in Plan.objects.all()}
        assert site.start("keys", "rotate", **armed(label)).wait() == KILLED
        assert sum(under_newest()) == (label == "keys.after-row")
        assert {plan.pk: plan.saved_method for plan in Plan.objects.all()} == tokens
        again = site.start("keys", "rotate")
        assert again.wait() == 0, again.output
        left = PLANS - (label == "keys.after-row")
        assert f"{left} secrets were moved; {PLANS} stand under the newest key" in again.output
        prove_all(site)
    with override_settings(ALMONER_FIELD_KEYS=[NEW]):
        assert {plan.pk: plan.saved_method for plan in Plan.objects.all()} == tokens
        last = site.start("keys", "show", ALMONER_FIELD_KEYS=NEW)
        assert last.wait() == 0, last.output


def test_donors_change_their_cards_meanwhile(site: Site) -> None:
    """Whatever comes first, what a donor's card says stands in the end, and nothing under the old key."""
    staff = User.objects.create(username="root")
    with override_settings(ALMONER_FIELD_KEYS=[OLD]):
        TOTPDevice.objects.bulk_create(TOTPDevice(user=staff, name="phone") for _ in range(DEVICES))
    with at_site(site), override_settings(ALMONER_FIELD_KEYS=[NEW, OLD]):
        tokens, turn = {plan.pk: plan.saved_method for plan in Plan.objects.all()}, 0
        rotating = site.start("keys", "rotate")
        while rotating.popen.poll() is None:
            for pk in tokens:
                turn += 1
                saved = SavedMethod(
                    token=f"sbm_{turn}", kind="card", label="Visa ···· 4242", expires="2040-01"
                )
                # The form of the sandbox's answer; that the old card is forgotten there is another test's.
                changing.change_method(
                    pk, by=DONOR, gateway="sandbox", account="sandbox", method="sandbox_card", saved=saved
                )
                tokens[pk] = saved.token
        assert rotating.wait() == 0, rotating.output
        assert turn >= PLANS, "nothing changed meanwhile"
    with override_settings(ALMONER_FIELD_KEYS=[NEW]):
        assert {plan.pk: plan.saved_method for plan in Plan.objects.all()} == tokens
        assert {key_id for place in sealing.places() for key_id in rekeying.census(place)} == {
            ring().keys[0].id
        }


def test_no_secret_stands_in_a_backup(site: Site, tmp_path: Path) -> None:
    with override_settings(ALMONER_FIELD_KEYS=[NEW, OLD]):
        tokens = [plan.saved_method for plan in Plan.objects.all()]
    whole = dumped(site, tmp_path)
    assert b"plans_plan" in whole and whole.count(b"seal:") >= PLANS
    assert [token for token in tokens if token.encode() in whole] == []


def dumped(site: Site, folder: Path) -> bytes:
    """The database of a backup, as bytes; PostgreSQL's are unpacked."""
    target = folder / "backup.tar"
    process = site.start("backup", str(target))
    assert process.wait() == 0, process.output
    with tarfile.open(target) as tar:
        (name,) = [name for name in tar.getnames() if name.startswith(("almoner.", "database/"))]
        file = tar.extractfile(name)
        assert file is not None
        content = file.read()
    if not name.endswith(".pgdump"):
        return content
    return subprocess.run(["pg_restore", "--file=-"], input=content, capture_output=True, check=True).stdout
