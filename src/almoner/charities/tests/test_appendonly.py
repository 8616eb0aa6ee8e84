"""Tables that only grow: each refuses every way to change or lose a row, on both databases and after any migration."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from tests.support.databases import LiveDb
from wagtail.log_actions import log
from wagtail.models import Page

from almoner.charities import appendonly, phrases
from almoner.charities.models import AuditEntry, Charity
from almoner.config import wiring
from almoner.consents import acts as consents
from almoner.consents import marks
from almoner.consents.tests.making import make_consent
from almoner.donors.tests.telling import tell
from almoner.giving import actions
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.conftest import Donor, charity, donor, sandbox  # noqa: F401  (fixtures)
from almoner.giving.tests.plans import begun
from almoner.impact import register, releasing, worded
from almoner.impact.quantities import Bound
from almoner.impact.tests.making import make_figure
from almoner.kernel.clock import now
from almoner.ledger import closing
from almoner.ledger.models import Posting
from almoner.outbox import worker
from almoner.payments import disputes, gateways, payouts
from almoner.payments.gateways.port import DisputeAnswer, DisputeStatus, PayoutAnswer, Status
from almoner.payments.models import Attempt

TABLES = sorted(appendonly.protected_tables())


@pytest.fixture
def full(request: pytest.FixtureRequest) -> None:
    """A row in every protected table: a gift with its consent and receipt, a refund that cancels the receipt, a plan
    whose gift is disputed, a payout, days that are closed, a figure that its donor was told, its correction
    in two languages, and acts in Wagtail."""
    giver: Donor = request.getfixturevalue("donor")
    giver.give(giver.to_payment(consent_email="yes"))
    worker.drain(wiring.HANDLERS)
    staff = User.objects.create_superuser("treasurer")
    actions.refund(gift_id=Gift.objects.get().pk, amount_minor=5_000, reason="asked", actor=staff)
    made = make_figure(Charity.objects.get())
    figure = register.enter(made, actor=staff)
    register.decide(figure, accepted=True, role="Editor", actor=User.objects.create_superuser("editor"))
    tell(Gift.objects.get().contact, figure)
    right = register.correct(figure, made, reason="Counted again.", actor=staff)
    register.decide(right, accepted=True, role="Editor", actor=User.objects.get(username="editor"))
    why = worded.Phrase(worded.Kind.REASON, right.reason)
    worded.keep(Charity.objects.get(), "de", {why: "Noch einmal gezählt."}, actor=staff)
    phrases.keep(Charity.objects.get(), "de", {"Keep a light on": "Ein Licht für die Nacht"}, actor=staff)
    consent = make_consent(Charity.objects.get(), marks.words_of("Words"))
    consents.withdraw(consent, by="person", why="asked", actor=staff)
    few = register.enter(
        replace(made, value=Decimal(2), bound=Bound.EXACT, last=date(2022, 9, 14)), actor=staff
    )
    register.decide(few, accepted=True, role="Editor", actor=User.objects.get(username="editor"))
    asked = releasing.release(few, reason="In its source.", actor=staff)
    releasing.approve(asked, actor=User.objects.get(username="editor"))
    releasing.take_back(asked, reason="Asked.", actor=staff)
    plan = begun(DonationForm.objects.get())
    attempt = Attempt.objects.get(gift_id=plan.first_gift_id)
    assert attempt.gateway_id is not None
    disputes.absorb(
        attempt.pk,
        DisputeAnswer("dp_1", attempt.gateway_id, DisputeStatus.NEEDS_RESPONSE, 100, "AUD", "fraudulent"),
        at=now(),
    )
    payouts.absorb(
        gateways.gateway("sandbox"),
        PayoutAnswer("po_1", Status.PROCESSING, 100, "AUD", arrives_on=now().date(), created_at=now()),
        at=now(),
    )
    closing.close(Charity.objects.get(), now().date() - timedelta(days=2), actor=staff)
    for instance in (Page.objects.earliest("pk"), staff):
        log(instance=instance, action="wagtail.edit", user=staff)


def model_of(table: str) -> type[models.Model]:
    named = (model for model in apps.get_models() if model._meta.db_table == table)
    return next(model for model in named if not model._meta.proxy)


def rows(table: str) -> list[tuple[object, ...]]:
    return list(model_of(table)._default_manager.order_by("pk").values_list())


def refused(statement: str, *values: object) -> None:
    """By the trigger, and not by chance: a constraint would name itself."""
    with (
        pytest.raises(Exception, match="is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def a_column(table: str) -> str:
    """One that every row has, and that is no key."""
    own = model_of(table)._meta
    return next(f.column for f in own.local_concrete_fields if not f.primary_key and not f.null)


@pytest.mark.both  # Its database comes by `full`, of which that isn't seen.
@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("table", TABLES)
def test_audit_log_no_row_is_changed_replaced_or_lost(table: str) -> None:
    before, column = rows(table), a_column(table)
    assert before, "no row to lose"
    refused(f'UPDATE "{table}" SET "{column}" = "{column}"')  # noqa: S608
    refused(f'DELETE FROM "{table}"')  # noqa: S608
    refused(in_the_place_of_another(table))
    if connection.vendor == "postgresql":
        # Else it would be refused for the foreign keys that wait to be checked.
        connection.check_constraints()
        refused(f'TRUNCATE "{table}" CASCADE')
    assert rows(table) == before


def in_the_place_of_another(table: str) -> str:
    """SQLite's INSERT OR REPLACE deletes without a DELETE; PostgreSQL's upsert is an UPDATE."""
    own = model_of(table)._meta
    listed = ", ".join(f'"{field.column}"' for field in own.local_concrete_fields)
    if connection.vendor == "sqlite":
        return f'INSERT OR REPLACE INTO "{table}" ({listed}) SELECT {listed} FROM "{table}"'  # noqa: S608
    return (
        f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM "{table}" '  # noqa: S608
        f'ON CONFLICT ("{own.pk.column}") DO UPDATE SET "{own.pk.column}" = EXCLUDED."{own.pk.column}"'
    )


def test_the_orm_is_refused_as_well(full: None) -> None:
    for act in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(action="nothing")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize("how", ["a table rebuilt", "a trigger dropped", "one that does nothing"])
def test_audit_log_triggers_stand_again_after_a_migration(live_db: LiveDb, how: str) -> None:
    """AlterField rebuilds a table on SQLite, which silently loses its triggers; migrate puts them back."""
    assert list(appendonly.missing(connection)) == []
    lost = {"a table rebuilt": rebuilt, "a trigger dropped": dropped, "one that does nothing": hollowed}[how]
    lost()
    if not (how == "a table rebuilt" and connection.vendor == "postgresql"):
        assert list(appendonly.missing(connection))
    call_command("migrate", verbosity=0)
    assert list(appendonly.missing(connection)) == []


def rebuilt() -> None:
    longer = models.CharField(max_length=41)
    longer.set_attributes_from_name("kind")
    longer.model = Posting
    with connection.schema_editor() as editor:
        editor.alter_field(Posting, Posting._meta.get_field("kind"), longer)


def dropped() -> None:
    on = " ON ledger_posting" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_posting_no_delete{on}")


def hollowed() -> None:
    dropped()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION almoner_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN OLD; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting FOR EACH ROW "
                "EXECUTE FUNCTION almoner_append_only()"
            )
