"""Every address of this room against everybody: who is let in, who is sent away, and whose rows are not there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker
from tests.support import templates

from almoner.api import tokens
from almoner.api.scopes import Scope
from almoner.backoffice import access
from almoner.backoffice.tests.conftest import House, Settled, World, made, settling
from almoner.backoffice.tests.rows import day_of, figures_of, payout_of, questioned, statement_of
from almoner.banking import accounts, importing
from almoner.charities import audit
from almoner.charities.models import AuditEntry
from almoner.crm.models import Mirror
from almoner.giving import desk
from almoner.giving.models import BatchLine, Gift, GiftBatch
from almoner.impact.models import Programme
from almoner.kernel.clock import now
from almoner.ledger.models import Account
from almoner.outbox.models import Job, State
from almoner.payments import refunds
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.progress import Actor
from almoner.supporters.people import Details
from almoner.webhooks import endpoints

# What each role may do, written out once more: a slip in roles.py is a slip here too.
MAY = {
    "fundraiser": {
        access.VIEW_GIFTS, access.ENTER_GIFTS, access.BOOK_BANK, access.REFUND_GIFTS, access.EXPORT_GIFTS,
        access.RESEND_RECEIPTS, access.VIEW_REPORTS, access.ANSWER_DISPUTES, access.VIEW_IMPACT,
    },
    "editor": {
        access.EDIT_FORMS, access.MANAGE_ATTACKS, access.VIEW_IMPACT, access.ENTER_FIGURES, access.VERIFY_FIGURES,
        access.EDIT_PROGRAMMES,
    },
    "treasurer": {
        access.VIEW_GIFTS, access.BOOK_BANK, access.REFUND_GIFTS, access.EXPORT_GIFTS, access.ERASE_DONORS,
        access.VIEW_REPORTS, access.VIEW_AUDIT, access.CLOSE_BOOKS, access.MANAGE_ATTACKS, access.ANSWER_DISPUTES,
        access.VIEW_IMPACT, access.VERIFY_FIGURES,
    },
    "field worker": {access.VIEW_IMPACT, access.ENTER_FIGURES},
    "superuser": {
        access.VIEW_GIFTS, access.ENTER_GIFTS, access.BOOK_BANK, access.REFUND_GIFTS, access.EXPORT_GIFTS,
        access.RESEND_RECEIPTS, access.ERASE_DONORS, access.VIEW_REPORTS, access.VIEW_AUDIT, access.EDIT_FORMS,
        access.EDIT_CHARITIES, access.CLOSE_BOOKS, access.MANAGE_ATTACKS, access.ANSWER_DISPUTES, access.VIEW_IMPACT,
        access.ENTER_FIGURES,
        access.VERIFY_FIGURES, access.EDIT_PROGRAMMES, access.SUPERUSER,
    },
    "outsider": set(),
}  # fmt: skip
# Whom PostgreSQL is asked as: who may all, and who may a part. Who else may what, Python finds in the same rows.
ASKED = {who: MAY[who] for who in ("superuser", "fundraiser")} if templates.base_url() else MAY


@dataclass(frozen=True)
class Address:
    """`ours` names a row of tide's, by the arguments of the path; `post` says that the address takes POST only."""

    name: str
    needs: str
    args: str = ""
    post: bool = False


ADDRESSES = [
    Address("backoffice:gifts", access.VIEW_GIFTS),
    Address("backoffice:gifts_results", access.VIEW_GIFTS),
    Address("backoffice:gifts_export", access.EXPORT_GIFTS),
    Address("backoffice:enter_gift", access.ENTER_GIFTS),
    Address("backoffice:gift", access.VIEW_GIFTS, "gift"),
    Address("backoffice:refund", access.REFUND_GIFTS, "gift"),
    Address("backoffice:receive_transfer", access.ENTER_GIFTS, "awaiting"),
    Address("backoffice:resend_receipt", access.RESEND_RECEIPTS, "gift"),
    Address("backoffice:correct_donor", access.ENTER_GIFTS, "gift"),
    Address("backoffice:erase_donor", access.ERASE_DONORS, "gift"),
    Address("backoffice:refund_not_made", access.REFUND_GIFTS, "gift refund"),
    Address("backoffice:plans", access.VIEW_GIFTS),
    Address("backoffice:plans_results", access.VIEW_GIFTS),
    Address("backoffice:plans_export", access.EXPORT_GIFTS),
    Address("backoffice:begin_plan", access.ENTER_GIFTS),
    Address("backoffice:plan", access.VIEW_GIFTS, "plan"),
    Address("backoffice:change_plan_amount", access.ENTER_GIFTS, "plan"),
    Address("backoffice:change_plan_every", access.ENTER_GIFTS, "plan"),
    Address("backoffice:change_plan_day", access.ENTER_GIFTS, "plan"),
    Address("backoffice:change_plan_end", access.ENTER_GIFTS, "plan"),
    Address("backoffice:change_plan_donor", access.ENTER_GIFTS, "plan"),
    Address("backoffice:pause_plan", access.ENTER_GIFTS, "plan"),
    Address("backoffice:resume_plan", access.ENTER_GIFTS, "paused_plan"),
    Address("backoffice:skip_plan", access.ENTER_GIFTS, "plan"),
    Address("backoffice:cancel_plan", access.ENTER_GIFTS, "plan"),
    Address("backoffice:ask_plan_again", access.ENTER_GIFTS, "phone_plan"),
    Address("backoffice:disputes", access.VIEW_GIFTS),
    Address("backoffice:disputes_results", access.VIEW_GIFTS),
    Address("backoffice:dispute", access.VIEW_GIFTS, "dispute"),
    Address("backoffice:answer_dispute", access.ANSWER_DISPUTES, "dispute"),
    Address("backoffice:accept_dispute", access.ANSWER_DISPUTES, "dispute"),
    Address("backoffice:batches", access.VIEW_GIFTS),
    Address("backoffice:batches_results", access.VIEW_GIFTS),
    Address("backoffice:new_batch", access.ENTER_GIFTS),
    Address("backoffice:batch", access.VIEW_GIFTS, "batch"),
    Address("backoffice:post_batch", access.ENTER_GIFTS, "batch", post=True),
    Address("backoffice:remove_batch_line", access.ENTER_GIFTS, "batch line", post=True),
    Address("backoffice:credits", access.VIEW_GIFTS),
    Address("backoffice:credits_results", access.VIEW_GIFTS),
    Address("backoffice:new_credit", access.BOOK_BANK),
    Address("backoffice:credit", access.VIEW_GIFTS, "credit"),
    Address("backoffice:match_credit", access.BOOK_BANK, "credit awaiting", post=True),
    Address("backoffice:match_payout", access.BOOK_BANK, "credit payout", post=True),
    Address("backoffice:payouts", access.VIEW_GIFTS),
    Address("backoffice:payouts_results", access.VIEW_GIFTS),
    Address("backoffice:gift_of_credit", access.BOOK_BANK, "credit"),
    Address("backoffice:send_back_credit", access.BOOK_BANK, "credit"),
    Address("backoffice:unmatch_credit", access.BOOK_BANK, "matched_credit"),
    Address("backoffice:statements", access.VIEW_GIFTS),
    Address("backoffice:statements_results", access.VIEW_GIFTS),
    Address("backoffice:new_statement", access.BOOK_BANK),
    Address("backoffice:statement", access.VIEW_GIFTS, "statement"),
    Address("backoffice:undo_statement", access.BOOK_BANK, "statement"),
    Address("backoffice:match_debt", access.BOOK_BANK, "statement left debt", post=True),
    Address("backoffice:part_debt", access.BOOK_BANK, "statement owed", post=True),
    Address("backoffice:discard_statement", access.BOOK_BANK, "draft", post=True),
    Address("backoffice:bank_accounts", access.VIEW_GIFTS),
    Address("backoffice:new_bank_account", access.BOOK_BANK),
    Address("backoffice:bank_account", access.BOOK_BANK, "account"),
    Address("backoffice:attacks", access.MANAGE_ATTACKS),
    Address("backoffice:attack", access.MANAGE_ATTACKS, "form"),
    Address("backoffice:switch_attack", access.MANAGE_ATTACKS, "form", post=True),
    Address("backoffice:income", access.VIEW_REPORTS),
    Address("backoffice:books", access.VIEW_REPORTS),
    Address("backoffice:book", access.VIEW_REPORTS, "book"),
    Address("backoffice:proved", access.VIEW_REPORTS),
    Address("backoffice:day_proved", access.VIEW_REPORTS, "day"),
    Address("backoffice:close_books", access.CLOSE_BOOKS),
    Address("backoffice:steps", access.VIEW_REPORTS),
    Address("backoffice:recovery", access.VIEW_REPORTS),
    Address("backoffice:upcoming", access.VIEW_REPORTS),
    Address("backoffice:troubled", access.VIEW_GIFTS),
    Address("backoffice:mail", access.VIEW_GIFTS),
    Address("backoffice:retry_job", access.RESEND_RECEIPTS, "job", post=True),
    Address("backoffice:audit", access.VIEW_AUDIT),
    Address("backoffice:audit_results", access.VIEW_AUDIT),
    Address("backoffice:check_audit", access.VIEW_AUDIT, post=True),
    Address("backoffice:gateways", access.SUPERUSER),
    Address("backoffice:test_gateway", access.SUPERUSER, "gateway", post=True),
    Address("backoffice:api_tokens", access.SUPERUSER),
    Address("backoffice:revoke_api_token", access.SUPERUSER, "token", post=True),
    Address("backoffice:webhooks", access.SUPERUSER),
    Address("backoffice:webhook", access.SUPERUSER, "endpoint"),
    Address("backoffice:switch_webhook", access.SUPERUSER, "endpoint", post=True),
    Address("backoffice:rotate_webhook", access.SUPERUSER, "endpoint", post=True),
    Address("backoffice:test_webhook", access.SUPERUSER, "endpoint", post=True),
    Address("backoffice:replay_webhook", access.SUPERUSER, "endpoint", post=True),
    Address("backoffice:replay_delivery", access.SUPERUSER, "endpoint delivery", post=True),
    Address("backoffice:salesforce", access.SUPERUSER),
    Address("backoffice:salesforce_set_up", access.SUPERUSER, "charity"),
    Address("backoffice:salesforce_test", access.SUPERUSER, "charity", post=True),
    Address("backoffice:salesforce_held", access.VIEW_GIFTS),
    Address("backoffice:salesforce_send_all", access.ENTER_GIFTS, post=True),
    Address("backoffice:salesforce_send", access.ENTER_GIFTS, "mirror", post=True),
    Address("backoffice:salesforce_leave_out", access.ENTER_GIFTS, "mirror"),
    Address("backoffice:programmes", access.VIEW_IMPACT),
    Address("backoffice:new_programme", access.EDIT_PROGRAMMES),
    Address("backoffice:figure_queue", access.VERIFY_FIGURES),
    Address("backoffice:hidden_figures", access.VIEW_IMPACT),
    Address("backoffice:release_figure", access.ENTER_FIGURES, "small"),
    Address("backoffice:release_queue", access.VERIFY_FIGURES),
    Address("backoffice:decide_release", access.VERIFY_FIGURES, "asked"),
    Address("backoffice:take_back_release", access.VERIFY_FIGURES, "let_out"),
    Address("backoffice:publisher", access.EDIT_PROGRAMMES, "charity"),
    Address("backoffice:figure_files", access.ENTER_FIGURES),
    Address("backoffice:figure_file", access.ENTER_FIGURES, "figure_file"),
    Address("backoffice:figures_template", access.ENTER_FIGURES, "programme"),
    Address("backoffice:programme", access.VIEW_IMPACT, "programme"),
    Address("backoffice:edit_programme", access.EDIT_PROGRAMMES, "programme"),
    Address("backoffice:programme_words", access.EDIT_PROGRAMMES, "programme"),
    Address("backoffice:figures_of_month", access.ENTER_FIGURES, "programme"),
    Address("backoffice:new_result", access.EDIT_PROGRAMMES, "programme"),
    Address("backoffice:edit_result", access.EDIT_PROGRAMMES, "result"),
    Address("backoffice:new_indicator", access.EDIT_PROGRAMMES, "result"),
    Address("backoffice:indicator", access.VIEW_IMPACT, "indicator"),
    Address("backoffice:edit_indicator", access.EDIT_PROGRAMMES, "indicator"),
    Address("backoffice:correct_figure", access.ENTER_FIGURES, "figure"),
    Address("backoffice:yearly_messages", access.VIEW_GIFTS),
    Address("backoffice:yearly_message", access.VIEW_GIFTS, "charity"),
    Address("backoffice:switch_yearly_message", access.EDIT_CHARITIES, "charity", post=True),
    Address("backoffice:sample_yearly_message", access.VIEW_GIFTS, "charity", post=True),
    Address("backoffice:staff", access.SUPERUSER),
    Address("backoffice:person", access.SUPERUSER, "user"),
    Address("forms:index", access.EDIT_FORMS),
    Address("forms:index_results", access.EDIT_FORMS),
    Address("forms:add", access.EDIT_FORMS),
    Address("forms:edit", access.EDIT_FORMS, "form"),
    Address("forms:delete", access.EDIT_FORMS, "form"),
    Address("forms:copy_form", access.EDIT_FORMS, "form"),
    Address("forms:languages", access.EDIT_FORMS, "form"),
    Address("forms:elsewhere", access.EDIT_FORMS, "form"),
    Address("forms:plugin_zip", access.EDIT_FORMS),
    Address("forms:qr_svg", access.EDIT_FORMS, "form"),
    Address("forms:qr_pdf", access.EDIT_FORMS, "form"),
    Address("forms:preview_new", access.EDIT_FORMS),
    Address("forms:preview", access.EDIT_FORMS, "form"),
    Address("charities:index", access.EDIT_CHARITIES),
    Address("charities:index_results", access.EDIT_CHARITIES),
    Address("charities:add", access.SUPERUSER),
    Address("charities:edit", access.EDIT_CHARITIES, "charity"),
    Address("funds:index", access.EDIT_CHARITIES),
    Address("funds:index_results", access.EDIT_CHARITIES),
    Address("funds:add", access.EDIT_CHARITIES),
    Address("funds:edit", access.EDIT_CHARITIES, "fund"),
]
IDS = [address.name for address in ADDRESSES]


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(_with_rows, tmp_path_factory.mktemp("rows"), django_db_blocker) as kept:
        yield kept


def _with_rows() -> World:
    world = made()
    world.places = {
        "tide": rows_of(world.tide, world.users["superuser"]),
        "river": rows_of(world.river, world.users["river fundraiser"]),
    }
    return world


@pytest.fixture
def rows(world: World) -> dict[str, object]:
    """One of each kind, of tide's."""
    return dict(world.places["tide"])


def rows_of(house: House, user: User) -> dict[str, object]:
    batch = GiftBatch.objects.create(
        charity=house.charity, title="Stack", currency=house.charity.currency, control_count=1,
        control_total_minor=100, created_at=now(),
    )  # fmt: skip
    line = BatchLine.objects.create(
        batch=batch, fund=house.fund, channel="cash", amount_minor=100, given_on=date(2026, 11, 20)
    )
    credit = desk.record_credit(
        charity=house.charity, received_on=date(2026, 11, 20), amount_minor=5000, currency=house.charity.currency,
        text="", actor=user,
    )  # fmt: skip
    paid = house.give(method="bank_transfer")
    matched = desk.record_credit(
        charity=house.charity, received_on=date(2026, 11, 20), amount_minor=5000, currency=house.charity.currency,
        text=paid.reference, actor=user,
    )  # fmt: skip
    desk.match_credit(credit_id=matched.pk, gift_id=paid.pk, actor=user)
    gift = house.give()
    with transaction.atomic():
        asked = refunds.request(
            Attempt.objects.get(gift_id=gift.pk).pk, amount_minor=100, reason="r", by_id=user.pk, at=now()
        )
    job = Job.objects.create(
        kind="receipts.deliver", dedupe_key=f"dead {gift.pk}", payload={"gift": str(gift.pk)}, state=State.DEAD,
        run_at=now(), created_at=now(), finished_at=now(),
    )  # fmt: skip
    token, _ = tokens.mint(
        charity=house.charity, name="CRM", scopes=[Scope.GIFTS_READ], expires_at=None, actor=user
    )
    wanted = endpoints.Wanted("https://crm.example.org/", "CRM", ("gift.succeeded",), people=False)
    endpoint, _ = endpoints.make(wanted, charity=house.charity, actor=user)
    delivery = endpoints.send_test(endpoint.pk, actor=user)
    mirror = Mirror.objects.create(
        charity=house.charity, kind=Mirror.Kind.GIFT, object_id=gift.pk, state=Mirror.State.HELD,
        code="REQUIRED_FIELD_MISSING", about="Contact", fields=["LastName"], asked_at=now(),
    )  # fmt: skip
    payout = payout_of(house, f"po_{house.charity.slug}")
    paused = house.promise()
    changing.pause(paused.pk, by=Actor.of_staff(user))
    return {
        **statement_of(house, user),
        "plan": house.promise().pk, "paused_plan": paused.pk, "phone_plan": house.promise_by_phone(user).pk,
        "gift": gift.pk, "awaiting": house.give(method="bank_transfer").pk, "batch": batch.pk, "line": line.pk,
        "credit": credit.pk, "refund": asked.pk, "job": job.pk, "form": house.form.pk, "charity": house.charity.pk,
        "fund": house.fund.pk, "user": user.pk, "gateway": "sandbox",
        "token": token.pk, "endpoint": endpoint.pk, "delivery": delivery.pk, "mirror": mirror.pk,
        "matched_credit": matched.pk, "payout": payout.pk,
        "day": day_of(house).pk, "dispute": questioned(house).pk,
        "book": Account.objects.get(charity=house.charity, code="bank").pk,
    } | figures_of(house, user)  # fmt: skip


def url_of(address: Address, rows: dict[str, object]) -> str:
    return reverse(address.name, args=[rows[name] for name in address.args.split()])


def ask(client: Client, address: Address, rows: dict[str, object]) -> int:
    url = url_of(address, rows)
    response = client.post(url) if address.post else client.get(url)
    if response.status_code == 302 and response.headers["Location"].startswith("/admin/login/"):
        return 401
    # Wagtail sends whoever lacks a permission home; our own redirects go elsewhere.
    return (
        403
        if response.status_code == 302 and response.headers["Location"] == "/admin/"
        else response.status_code
    )


def own_urls(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            yield from own_urls(pattern.url_patterns, inner or namespace)
        elif namespace in ("backoffice", "forms", "charities", "funds"):
            yield f"{namespace}:{pattern.name}"


def test_no_address_is_missing_here(db: None) -> None:
    assert sorted(set(own_urls(get_resolver().url_patterns))) == sorted(IDS)


@pytest.mark.once
@pytest.mark.parametrize("address", ADDRESSES, ids=IDS)
def test_object_access_strangers_are_sent_to_sign_in(
    address: Address, world: World, rows: dict[str, object]
) -> None:
    assert ask(Client(), address, rows) == 401


@pytest.mark.parametrize("address", ADDRESSES, ids=IDS)
def test_object_access_each_role_reaches_what_is_its_own_and_no_more(
    address: Address, world: World, rows: dict[str, object]
) -> None:
    for who, permissions in ASKED.items():
        before = (Gift.objects.count(), AuditEntry.objects.count())
        with transaction.atomic():
            status = ask(world.client(who), address, rows)
            # The next role meets the same rows.
            transaction.set_rollback(True)
        if who == "outsider":
            assert status == 401, who
        elif address.needs in permissions:
            assert status in (200, 302), who
        else:
            assert status == 403, who
            assert (Gift.objects.count(), AuditEntry.objects.count()) == before


WITH_ROWS = [address for address in ADDRESSES if address.args and address.needs != access.SUPERUSER]


@pytest.mark.parametrize("address", WITH_ROWS, ids=[address.name for address in WITH_ROWS])
def test_object_access_another_charitys_row_is_not_there(
    address: Address, world: World, rows: dict[str, object]
) -> None:
    # Somebody who may do everything, for river: what stops them is whose row it is.
    user = world.users["river fundraiser"]
    user.user_permissions.add(*world.all_permissions())
    theirs = ask(world.client("river fundraiser"), address, world.places["river"])
    assert theirs in (200, 302)
    before = (Gift.objects.filter(status="settled").count(), AuditEntry.objects.count())
    assert ask(world.client("river fundraiser"), address, rows) == 404
    assert (Gift.objects.filter(status="settled").count(), AuditEntry.objects.count()) == before


@pytest.mark.once
@pytest.mark.parametrize("address", WITH_ROWS, ids=[address.name for address in WITH_ROWS])
def test_staff_of_no_charity_see_nothing(address: Address, world: World, rows: dict[str, object]) -> None:
    world.users["nobody's fundraiser"].user_permissions.add(*world.all_permissions())
    assert ask(world.client("nobody's fundraiser"), address, rows) == 404


LISTS = [
    "gifts",
    "gifts_results",
    "gifts_export",
    "plans",
    "plans_results",
    "plans_export",
    "batches",
    "credits",
    "payouts",
    "statements",
    "bank_accounts",
    "mail",
    "audit",
    "income",
    "books",
    "proved",
    "steps",
    "programmes",
    "figure_queue",
    "figure_files",
    "hidden_figures",
    "release_queue",
]


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_exports_show_ones_own_rows_only(name: str, world: World) -> None:
    for house, canary in ((world.tide, "Tidecanary"), (world.river, "Rivercanary")):
        house.promise(details=Details(given_name=canary, family_name=canary, email=f"{canary}@example.org"))
        gift = house.give(name=(canary, canary), email=f"{canary}@example.org", source={"appeal": canary})
        GiftBatch.objects.create(
            charity=house.charity, title=canary, currency="AUD", control_count=1, control_total_minor=1,
            created_at=now(),
        )  # fmt: skip
        desk.record_credit(
            charity=house.charity, received_on=date(2026, 11, 1), amount_minor=1, currency="AUD", text=canary,
            actor=world.users["superuser"],
        )  # fmt: skip
        payout_of(house, canary)
        account = accounts.keep(
            None, charity=house.charity, name=canary, number="", currency="AUD",
            actor=world.users["superuser"],
        )  # fmt: skip
        Programme.objects.create(
            charity=house.charity, slug=canary.lower(), title=canary, starts_on=date(2026, 1, 1)
        )
        importing.hand_in(account=account, file_name=canary, content=b"a,b", actor=world.users["superuser"])
        audit.record(
            actor=None, charity=house.charity, action=canary, object_type="gift", object_id=gift.pk, detail={}
        )
        house.form.title = canary
        house.form.save()
    user = world.users["treasurer"]
    user.user_permissions.add(*world.all_permissions())
    response = world.client("treasurer").get(f"/admin/{PATHS[name]}")
    shown = b"".join(response) if response.streaming else response.content
    assert response.status_code == 200
    assert b"River" not in shown
    assert b"Tide" in shown or name in ("mail", "steps", "troubled", "proved")


PATHS = {
    "gifts": "gifts/", "gifts_results": "gifts/results/", "gifts_export": "gifts/export/", "batches": "batches/",
    "credits": "transfers/", "payouts": "payouts/", "statements": "statements/", "bank_accounts": "bank-accounts/",
    "mail": "mail/", "audit": "audit/", "income": "giving-reports/income/?by=appeal",
    "books": "giving-reports/books/", "proved": "giving-reports/proof/", "steps": "giving-reports/steps/",
    "plans": "plans/", "plans_results": "plans/results/",
    "plans_export": "plans/export/", "programmes": "programmes/", "figure_queue": "programmes/verify/",
    "figure_files": "programmes/files/", "hidden_figures": "programmes/hidden/",
    "release_queue": "programmes/releases/",
    "recovery": "giving-reports/recovery/", "upcoming": "giving-reports/upcoming/",
    "troubled": "giving-reports/troubled/",
}  # fmt: skip


def test_choices_offer_ones_own_rows_only(world: World) -> None:
    user = world.users["fundraiser"]
    user.user_permissions.add(*world.all_permissions())
    client = world.client("fundraiser")
    for path in (
        "gifts/",
        "gifts/enter/",
        "plans/",
        "plans/begin/",
        "batches/new/",
        "transfers/new/",
        "forms/new/",
        "funds/new/",
        "programmes/new/",
        "programmes/files/",
    ):
        shown = client.get(f"/admin/{path}").content
        assert b"River" not in shown, path


def test_a_charity_in_the_address_that_is_not_ones_own_is_ignored(world: World) -> None:
    world.river.give(source={"appeal": "RIVERAPPEAL"})
    shown = world.client("fundraiser").get(
        f"/admin/giving-reports/income/?by=appeal&charity={world.river.charity.pk}"
    )
    assert b"RIVERAPPEAL" not in shown.content
    assert b"The Tide Charity" in shown.content


def test_csrf_a_post_without_its_token_is_refused(world: World, rows: dict[str, object]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["superuser"])
    for path in (
        f"gifts/{rows['gift']}/refund/",
        f"batches/{rows['batch']}/post/",
        "gifts/enter/",
        "forms/new/",
    ):
        assert client.post(f"/admin/{path}", {"amount": "1", "reason": "x"}).status_code == 403, path
    assert Gift.objects.filter(refunded_minor__gt=0).count() == 0
