"""Secrets in the database: sealed wherever they stand, moved under a new key, and refused where they don't belong."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Q
from django_otp.plugins.otp_totp.models import TOTPDevice

from almoner.charities import rekeying, sealed
from almoner.charities.models import Charity
from almoner.charities.sealed import NotFindable, NotSealed, columns
from almoner.config import cli, prove
from almoner.config import sealing as places_of
from almoner.config.commands import keys
from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp
from almoner.donors.paying import Way
from almoner.giving.actions import looking
from almoner.giving.actions.renewing import claim
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests import plans
from almoner.kernel.clock import now
from almoner.kernel.sealing import KeyMissing, SealBroken
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.payments.models import Attempt
from almoner.plans import forgetting, methods
from almoner.plans.models import OldMethod, Period, Plan
from almoner.webhooks import endpoints
from almoner.webhooks.models import EndpointSecret

OLD, NEW = (base64.b64encode(byte * 32).decode() for byte in (b"o", b"n"))
HOOK: Final = endpoints.Wanted("https://example.org/in", "A CRM", ("gift.succeeded",), people=False)


def almoner(*arguments: str) -> int:
    return keys.run(cli.parser().parse_args(["keys", *arguments]))


def everything() -> str:
    """All that stands in any table."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (our own tables)
            texts += [str(value) for row in cursor.fetchall() for value in row]
    assert len(texts) > 500
    return "\n".join(texts)


@pytest.fixture
def old_key(settings: Any) -> None:
    settings.ALMONER_FIELD_KEYS = [OLD]


@pytest.fixture
def newer_key(old_key: None, settings: Any) -> Callable[[], None]:
    def newer() -> None:
        settings.ALMONER_FIELD_KEYS = [NEW, OLD]

    return newer


class Kept:
    """A secret in each place where one can stand, and what it is."""

    def __init__(self, charity: Charity, form: DonationForm, sandbox: Sandbox) -> None:
        staff = User.objects.create_superuser("root", password="x")
        self.device = TOTPDevice.objects.create(user=staff, name="phone", confirmed=True)
        endpoint, self.hook = endpoints.make(HOOK, charity=charity, actor=staff)
        self.endpoint = endpoint.pk
        self.plan = plans.begun(form).pk
        self.before = Plan.objects.get(pk=self.plan).saved_method
        setting_up.begin(self.plan, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
        row = MethodSetUp.objects.get()
        sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
        setting_up.look(row.pk)
        plan = Plan.objects.get(pk=self.plan)
        self.token, self.seed = plan.saved_method, self.device.key
        forgetting.leave_over("sandbox", "", "sbm_left", occasion="a gift")
        assert plan.next_at is not None
        sandbox.store.move_clock(plan.next_at - now() + timedelta(minutes=1))
        (charge,) = claim("sandbox", at=plan.next_at + timedelta(minutes=1), limit=5)
        self.attempt = charge.attempt.pk

    def all(self) -> set[str]:
        return {self.before, self.token, self.seed, self.hook, "sbm_left"}

    def read(self) -> set[str]:
        """Each as the product reads it."""
        plan, attempt = Plan.objects.get(pk=self.plan), Attempt.objects.get(pk=self.attempt)
        gift = Gift.objects.get(pk=attempt.gift_id)
        assert (
            MethodSetUp.objects.get().token
            == looking.order_of(gift, attempt).saved_method
            == plan.saved_method
        )
        job = Job.objects.get(kind=forgetting.LEFT_OVER_JOB)
        left = sealed.unseal(job.payload["token"], sealed.place("outbox_job", "payload", job.dedupe_key))
        (hook,) = endpoints.secrets_of(EndpointSecret.objects.get().endpoint)
        return {OldMethod.objects.get().token, plan.saved_method, TOTPDevice.objects.get().key, hook, left}


@pytest.fixture
def kept(old_key: None, charity: Charity, form: DonationForm, sandbox: Sandbox) -> Kept:
    return Kept(charity, form, sandbox)


PLACES: Final = {
    "plans_plan.saved_method", "plans_oldmethod.token", "donors_methodsetup.token", "webhooks_endpointsecret.sealed",
    "otp_totp_totpdevice.key", "payments_attempt.order", "outbox_job.payload",
}  # fmt: skip


def opened_up(kept: Kept) -> None:
    """As a database from before: each secret as it is, and no mark. The one of the webhook under its former seal."""
    for place in places_of.places():
        for row in place.rows():
            if isinstance(place, rekeying.InColumn):
                name, table = place.column.column, connection.ops.quote_name(row._meta.db_table)
                text = place.column.opened(row, place.stands(row))
                with connection.cursor() as cursor:
                    cursor.execute(
                        f'UPDATE {table} SET "{name}" = %s WHERE {row._meta.pk.column} = %s',  # noqa: S608
                        [text, row._meta.pk.get_db_prep_value(row.pk, connection)],
                    )
            else:
                assert isinstance(place, rekeying.InJson)
                value = {**getattr(row, place.column)}
                value[place.key] = sealed.unseal(place.stands(row), place.place(row))
                type(row)._default_manager.filter(pk=row.pk).update(**{place.column: value})
    Plan.objects.update(method_mark=None)
    MethodSetUp.objects.update(token_mark=None)


def test_personal_data_no_secret_stands_open_anywhere(kept: Kept) -> None:
    text = everything()
    assert [secret for secret in kept.all() if secret in text] == []
    assert kept.read() == kept.all()
    assert {place.name for place in places_of.places()} == PLACES
    for place in places_of.places():
        assert sum(rekeying.census(place).values()) == 1, place.name


def test_a_new_key_takes_over_and_the_old_one_may_go(
    kept: Kept,
    newer_key: Callable[[], None],
    settings: Any,
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        almoner("rotate") == 0
        and "0 secrets were moved; 7 stand under the newest key" in capsys.readouterr().out
    )
    newer_key()
    old_id, new_id = (key.id for key in (sealed.ring().keys[1], sealed.ring().keys[0]))
    assert almoner("show") == 0
    assert f"otp_totp_totpdevice.key       1 under key {old_id}\n" in (out := capsys.readouterr().out)
    assert out.endswith("Run `almoner keys rotate`.\n")
    (found,) = [each for each in places_of.findings() if each.about == "secrets"]
    assert (found.state, found.says) == ("look", f"7 stand under the older key {old_id}")
    assert methods.look_at_method("sandbox", "sandbox", kept.token), "it is found by a mark of the old key"

    assert almoner("rotate") == 0
    out = capsys.readouterr().out
    assert "plans_plan.saved_method: 1 moved\n" in out
    assert f"7 secrets were moved; 7 stand under the newest key, {new_id}." in out
    settings.ALMONER_FIELD_KEYS = [NEW]
    assert kept.read() == kept.all()
    assert methods.look_at_method("sandbox", "sandbox", kept.token)
    assert almoner("show") == 0
    assert old_id not in capsys.readouterr().out
    (found,) = places_of.findings()
    assert (found.state, found.says) == ("ok", "7 are sealed under the newest key")
    assert almoner("rotate") == 0 and "0 secrets were moved" in capsys.readouterr().out
    looking.look(kept.attempt)
    plan = Plan.objects.get(pk=kept.plan)
    assert plan.state == "active" and not plan.declines


def test_what_stood_open_is_read_and_found_until_it_is_sealed(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    opened_up(kept)
    text = everything()
    assert all(secret in text for secret in kept.all()) and kept.read() == kept.all()
    assert methods.look_at_method("sandbox", "sandbox", kept.token)
    assert _broken("methods used once") == [] and len(_broken("secrets")) == 7
    assert almoner("show") == 1
    assert "plans_plan.saved_method       1 open\n" in capsys.readouterr().out
    (found,) = places_of.findings()
    assert (found.state, found.says, found.do) == ("wrong", "7 stand open", "run: almoner keys rotate")

    assert almoner("rotate") == 0
    text = everything()
    assert [secret for secret in kept.all() if secret in text] == [] and kept.read() == kept.all()
    assert methods.look_at_method("sandbox", "sandbox", kept.token) and _broken("secrets") == []


def test_with_its_key_gone_nothing_is_read_and_nothing_changes(
    kept: Kept, settings: Any, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = sealed.ring().keys[0].id
    settings.ALMONER_FIELD_KEYS = [NEW]
    before = everything()
    with pytest.raises(KeyMissing, match=f"is sealed under key {lost}, which is not here. Put that key back"):
        kept.read()
    assert almoner("rotate") == 1
    said = capsys.readouterr().err
    assert said.count(f"is sealed under key {lost}, which is not here. Put that key back, last in") == 7
    assert almoner("show") == 1
    assert f"Key {lost} is missing: 7 secrets can't be read until it is back.\n" in capsys.readouterr().err
    assert sum(f"sealed under key {lost}, which is not here" in line for line in _broken("secrets")) == 7
    (found,) = places_of.findings()
    assert (found.state, found.says) == ("wrong", f"7 are sealed under key {lost}, which is not here")
    assert everything() == before

    # A plan that is due is put off, and not declined.
    Attempt.objects.filter(pk=kept.attempt).update(state="cancelled")
    Period.objects.filter(state="charging").update(state="skipped", wake_at=None)
    plan = Plan.objects.get(pk=kept.plan)
    assert plan.next_at is not None and claim("sandbox", at=plan.next_at, limit=5) == []
    plan = Plan.objects.get(pk=kept.plan)
    assert (plan.state, plan.declines, plan.has_method, plan.method_usable) == ("active", 0, True, True)
    settings.ALMONER_FIELD_KEYS = [NEW, OLD]
    assert plan.next_at is not None and len(claim("sandbox", at=plan.next_at, limit=5)) == 1


def test_moved_to_another_row_it_refuses(kept: Kept, form: DonationForm) -> None:
    other = plans.begun(form)
    stolen = Plan.objects.filter(pk=kept.plan).values_list("saved_method", flat=True).get()
    Plan.objects.filter(pk=other.pk).update(saved_method=stolen)
    with pytest.raises(SealBroken, match=f"of row {other.pk} was altered, or sealed for another row"):
        _ = Plan.objects.get(pk=other.pk).saved_method
    assert any(f"of row {other.pk} was altered" in line for line in _broken("secrets"))
    mallory = User.objects.create_superuser("mallory", password="x")
    device = TOTPDevice.objects.create(user=mallory, name="theirs", confirmed=True)
    TOTPDevice.objects.filter(pk=device.pk).update(
        key=TOTPDevice.objects.filter(pk=kept.device.pk).values("key")
    )
    with pytest.raises(SealBroken):
        TOTPDevice.objects.get(pk=device.pk).verify_token("123456")


def test_what_changes_meanwhile_is_not_put_back(
    kept: Kept, newer_key: Callable[[], None], sandbox: Sandbox
) -> None:
    """A page was read; then a donor replaces the method, and a gateway's answer ends the charge."""
    newer_key()
    places = {place.name: place for place in places_of.places()}
    of_plan, of_order = places["plans_plan.saved_method"], places["payments_attempt.order"]
    (plan,), (attempt,) = of_plan.rows(), of_order.rows()
    Plan.objects.filter(pk=plan.pk).update(**columns(plan, {"saved_method": "sbm_newer"}))
    Attempt.objects.filter(pk=attempt.pk).update(order=None)
    assert not of_plan.renew(plan) and not of_order.renew(attempt)
    assert Plan.objects.get(pk=plan.pk).saved_method == "sbm_newer"
    assert Attempt.objects.get(pk=attempt.pk).order is None


def test_an_open_secret_can_not_be_written(kept: Kept) -> None:
    with pytest.raises(NotSealed), transaction.atomic():
        Plan.objects.filter(pk=kept.plan).update(saved_method="pm_1")
    plan = Plan.objects.get(pk=kept.plan)
    plan.saved_method = "pm_1"
    plan.save()
    raw = Plan.objects.filter(pk=kept.plan).values_list("saved_method", "method_mark").get()
    assert raw[0].startswith(sealed.ring().newest) and raw[1] == sealed.ring().mark("pm_1")


@pytest.mark.parametrize(
    "asked",
    [
        Q(saved_method="pm_1"), ~Q(saved_method="pm_1"), Q(saved_method__in=["pm_1"]), Q(saved_method=F("reference")),
        Q(saved_method__startswith="pm"), Q(saved_method__gt="a"), Q(set_ups__token="pm_1"),
        Q(saved_method=MethodSetUp.objects.values("token")[:1]),
    ],
)  # fmt: skip
def test_a_secret_is_not_asked_for_by_itself(kept: Kept, asked: Q) -> None:
    with pytest.raises(NotFindable, match=r"is sealed and equals nothing: filter by \w+_mark__in=marks"):
        Plan.objects.filter(asked)
    with pytest.raises(NotFindable, match=r"TOTPDevice.key is sealed and equals nothing: read the row"):
        TOTPDevice.objects.filter(key="00")


def test_whether_a_secret_is_there_may_be_asked(kept: Kept) -> None:
    plans_now = Plan.objects.filter(pk=kept.plan)
    stands = plans_now.values_list("saved_method", flat=True).get()
    found = {
        name: plans_now.filter(asked).exists()
        for name, asked in {
            "empty": Q(saved_method=""), "some": ~Q(saved_method=""), "null": Q(saved_method__isnull=True),
            "that seal": Q(saved_method=stands), "by mark": Plan.charged_to(kept.token),
        }.items()
    }  # fmt: skip
    assert found == {"empty": False, "some": True, "null": False, "that seal": True, "by mark": True}


def test_one_method_is_kept_for_one_set_up_under_whichever_key(
    kept: Kept, newer_key: Callable[[], None]
) -> None:
    row = MethodSetUp.objects.get()
    assert row.token_mark in sealed.marks(kept.token)
    newer_key()
    assert row.token_mark in sealed.marks(kept.token) and row.token_mark != sealed.marks(kept.token)[0]


def _broken(name: str) -> list[str]:
    (check,) = [each for each in prove.checks() if each.name == name]
    return list(check.run())
