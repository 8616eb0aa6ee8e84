"""Every act of the staff desk leaves an entry, in the transaction of the act itself.

The addresses are walked over: one that takes a POST and isn't done here fails, and so does an act that goes through
when its entry can't be written.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from almoner.backoffice.tests.conftest import Settled, World, made, settling
from almoner.backoffice.tests.test_access import ADDRESSES, own_urls, rows_of, url_of
from almoner.backoffice.tests.test_desk import entered
from almoner.backoffice.tests.test_gift import CORRECTED
from almoner.backoffice.words_form import field_of
from almoner.charities import audit
from almoner.charities.models import AuditEntry
from almoner.impact.models import Disclosure, Observation, Verification
from almoner.impact.worded import Phrase
from almoner.payments.models import Refund
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
Rows = dict[str, Any]
# By the name of its address: the arguments of the path, as rows are named in `rows_of`, and what is sent.
_Act = Callable[[World, Rows], tuple[str, dict[str, Any]]]
_ROOMS = (
    "auth",
    "charities",
    "giving",
    "payments",
    "ledger",
    "receipts",
    "supporters",
    "outbox",
    "plans",
    "donors",
    "api",
    "webhooks",
    "banking",
    "crm",
    "impact",
)


def _stuck(world: World, rows: Rows) -> tuple[str, dict[str, Any]]:
    Refund.objects.filter(pk=rows["refund"]).update(state="unknown", created_at=LONG_AGO)
    return "gift refund", {"checked": "Ada, on Monday"}


def _with_a_figure_to_tell(world: World, rows: Rows) -> tuple[str, dict[str, Any]]:
    """Public, of a fund, and accepted by somebody else than whoever acts, who would leave an entry too."""
    figure = Observation.objects.get(pk=rows["figure"])
    figure.indicator.result.programme.funds.set([world.tide.fund])
    Verification.objects.get_or_create(
        observation=figure,
        defaults={"accepted": True, "role": "Editor", "by_id": 0, "by_name": "e", "at": LONG_AGO},
    )
    Disclosure.objects.get_or_create(observation=figure, defaults={"shown": True, "at": LONG_AGO})
    superuser = world.users["superuser"]
    superuser.email = "root@example.org"
    superuser.save()
    return "charity", {"language": "en"}


FIGURES = (
    b"programme,indicator,first,last,as_of,value,source_title,source_date,source_kept_at\n"
    b"rescue,rescued,2011-01-01,2022-11-30,2022-11-30,1020,Report,2022-12-01,Office\n"
)


def sheet(prefix: str) -> dict[str, str]:
    """The rows of a form, none of which is there yet."""
    return {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-0-adds_up": "on"}


ACTS: dict[str, _Act] = {
    "enter_gift": lambda world, rows: ("", entered(world)),
    "refund": lambda world, rows: ("gift", {"amount": "10", "reason": "meant less"}),
    "refund_not_made": _stuck,
    "erase_donor": lambda world, rows: ("gift", {"typed": "erase"}),
    "receive_transfer": lambda world, rows: ("awaiting", {"received_on": "2026-11-20", "amount": "50"}),
    "resend_receipt": lambda world, rows: ("gift", {}),
    "correct_donor": lambda world, rows: (
        "gift", CORRECTED | {"replacing": str(Receipt.objects.get(gift=rows["gift"]).pk)},
    ),
    "begin_plan": lambda world, rows: (
        "", {"fund": str(world.tide.fund.pk), "form": str(world.tide.form.pk), "amount": "30", "currency": "AUD",
             "every": "1", "email": "grace@example.org", "given_name": "Grace", "country": "AU"},
    ),
    "change_plan_amount": lambda world, rows: ("plan", {"amount": "40"}),
    "change_plan_every": lambda world, rows: ("plan", {"every": "3"}),
    "change_plan_day": lambda world, rows: ("plan", {"day": "9"}),
    "change_plan_end": lambda world, rows: ("plan", {"ends": "after", "ends_after": "12"}),
    "change_plan_donor": lambda world, rows: (
        "plan", {"given_name": "Grace", "family_name": "Hale", "email": "ada@example.org", "country": "AU"},
    ),
    "pause_plan": lambda world, rows: ("plan", {}),
    "resume_plan": lambda world, rows: ("paused_plan", {}),
    "skip_plan": lambda world, rows: ("plan", {"on": Plan.objects.get(pk=rows["plan"]).next_on}),
    "cancel_plan": lambda world, rows: ("plan", {"reason": "money"}),
    "ask_plan_again": lambda world, rows: ("phone_plan", {}),
    "answer_dispute": lambda world, rows: ("dispute", {"text": "We know Ada."}),
    "accept_dispute": lambda world, rows: ("dispute", {}),
    "new_batch": lambda world, rows: (
        "", {"title": "Stack", "charity": str(world.tide.charity.pk), "control_count": "2", "control_total": "170",
             "currency": "AUD"},
    ),
    "batch": lambda world, rows: (
        "batch", {"amount": "5", "channel": "cash", "fund": str(world.tide.fund.pk), "given_on": "2026-11-20"},
    ),
    "post_batch": lambda world, rows: ("batch", {}),
    "remove_batch_line": lambda world, rows: ("batch line", {}),
    "new_credit": lambda world, rows: (
        "", {"charity": str(world.tide.charity.pk), "received_on": "2026-11-20", "amount": "75", "currency": "AUD"},
    ),
    "match_credit": lambda world, rows: ("credit awaiting", {}),
    "match_payout": lambda world, rows: ("credit payout", {}),
    "gift_of_credit": lambda world, rows: ("credit", {"fund": str(world.tide.fund.pk), "country": "AU"}),
    "send_back_credit": lambda world, rows: ("credit", {}),
    "unmatch_credit": lambda world, rows: ("matched_credit", {}),
    "new_statement": lambda world, rows: (
        "", {"account": str(rows["account"]), "file": SimpleUploadedFile("may.csv", b"Date,Amount\n2026-11-20,5\n")},
    ),
    "statement": lambda world, rows: (
        "draft", {"do": "book", "date": "0", "date_order": "ymd", "amount": "1", "decimal": ".", "skip": "1"},
    ),
    "undo_statement": lambda world, rows: ("statement", {}),
    "match_debt": lambda world, rows: ("statement left debt", {}),
    "part_debt": lambda world, rows: ("statement owed", {}),
    "discard_statement": lambda world, rows: ("draft", {}),
    "new_bank_account": lambda world, rows: (
        "", {"charity": str(world.tide.charity.pk), "name": "Savings", "currency": "AUD"},
    ),
    "switch_attack": lambda world, rows: ("form", {"do": "on"}),
    "close_books": lambda world, rows: ("", {"until": "2026-01-31"}),
    "bank_account": lambda world, rows: ("account", {"name": "Current"}),
    "retry_job": lambda world, rows: ("job", {}),
    "test_gateway": lambda world, rows: ("gateway", {}),
    "api_tokens": lambda world, rows: (
        "", {"name": "CRM", "charity": str(world.tide.charity.pk), "scopes": ["gifts:read"], "lives": "365"},
    ),
    "revoke_api_token": lambda world, rows: ("token", {}),
    "webhooks": lambda world, rows: (
        "", {"description": "Warehouse", "charity": str(world.tide.charity.pk), "url": "https://a.example.org/",
             "types": ["gift.succeeded"]},
    ),
    "webhook": lambda world, rows: (
        "endpoint", {"description": "Warehouse", "url": "https://a.example.org/", "types": ["gift.failed"]},
    ),
    "switch_webhook": lambda world, rows: ("endpoint", {"to": "off"}),
    "rotate_webhook": lambda world, rows: ("endpoint", {}),
    "test_webhook": lambda world, rows: ("endpoint", {}),
    "replay_webhook": lambda world, rows: ("endpoint", {"hours": "24"}),
    "replay_delivery": lambda world, rows: ("endpoint delivery", {}),
    "salesforce_set_up": lambda world, rows: (
        "charity", {"active": "on", "since": "2026-01-01", "stage_paid": "Closed Won", "stage_lost": "Closed Lost"},
    ),
    "salesforce_test": lambda world, rows: ("charity", {}),
    "salesforce_send_all": lambda world, rows: ("", {}),
    "salesforce_send": lambda world, rows: ("mirror", {}),
    "salesforce_leave_out": lambda world, rows: ("mirror", {"reason": "not a donation"}),
    "new_programme": lambda world, rows: (
        "", {"charity": str(world.tide.charity.pk), "title": "Wells", "slug": "wells", "starts_on": "2026-01-01"},
    ),
    "edit_programme": lambda world, rows: (
        "programme",
        {"title": "Safe", "starts_on": "2011-01-01", **sheet("partnerships"), **sheet("translations"),
         "translations-0-language": "de", "translations-0-title": "Sicher", "partnerships-0-new_name": "The police",
         "partnerships-0-new_kind": "10", "partnerships-0-role": "4"},
    ),
    "new_result": lambda world, rows: ("programme", {"kind": "1", "title": "Wells dug", "ordinal": "1"}),
    "edit_result": lambda world, rows: (
        "result", {"kind": "1", "title": "Wells dug", "ordinal": "1", **sheet("translations")},
    ),
    "new_indicator": lambda world, rows: (
        "result",
        {"title": "Wells", "slug": "wells", "measure": "count", "rule": "Each well once.", "every_months": "3",
         "ordinal": "1", **sheet("dimensions"), **sheet("targets"), **sheet("translations"),
         "dimensions-0-name": "depth",
         "dimensions-0-groups": "deep, shallow"},
    ),
    "edit_indicator": lambda world, rows: (
        "indicator",
        {"title": "Freed", "rule": "Each once.", "every_months": "1", "ordinal": "0", **sheet("dimensions"),
         **sheet("targets"), **sheet("translations"), "targets-0-first": "2026-01-01", "targets-0-last": "2026-12-31",
         "targets-0-value": "1500"},
    ),
    "programme_words": lambda world, rows: (
        "programme", {"language": "de", field_of(Phrase("group", "child")): "Kind"},
    ),
    "figures_of_month": lambda world, rows: (
        "programme",
        {f"value_{rows['indicator']}": "1,200", f"bound_{rows['indicator']}": "exact",
         f"as_of_{rows['indicator']}": "2026-01-31", "source": rows["source"]},
    ),
    "figure_queue": lambda world, rows: ("", {"figures": [rows["figure"]], "role": "Editor", "do": "accept"}),
    "correct_figure": lambda world, rows: (
        "figure",
        {"value": "991", "bound": "exact", "first": "2011-01-01", "last": "2022-09-15", "as_of": "2022-09-15",
         "reason": "Nine were counted twice.", "source": rows["source"]},
    ),
    "release_figure": lambda world, rows: ("small", {"reason": "On page 4 of its source.", "looked": "on"}),
    "decide_release": lambda world, rows: ("asked", {"do": "refuse", "note": "The source says 13."}),
    "take_back_release": lambda world, rows: ("let_out", {"reason": "The source was withdrawn."}),
    "publisher": lambda world, rows: ("charity", {"iati_identifier": "AU-ABN-12345678901", "kind": "22"}),
    "figure_files": lambda world, rows: (
        "", {"charity": str(world.tide.charity.pk), "file": SimpleUploadedFile("f.csv", FIGURES)},
    ),
    "figure_file": lambda world, rows: ("figure_file", {}),
    "switch_yearly_message": lambda world, rows: ("charity", {"day": "15", "month": "3", "to": "on"}),
    "sample_yearly_message": lambda world, rows: _with_a_figure_to_tell(world, rows),
    "check_audit": lambda world, rows: ("", {}),
    "person": lambda world, rows: (
        "user", {"roles": ["Editors"], "charities": [str(world.tide.charity.pk)]},
    ),
}  # fmt: skip
# A GET that takes a copy of people's data is an act as well.
COPIES = (
    "/admin/gifts/export/", "/admin/plans/export/", "/admin/giving-reports/income/?format=csv",
    "/admin/giving-reports/books/?format=csv", "/admin/giving-reports/books/?format=postings",
    "/admin/giving-reports/books/?format=beancount",
    "/admin/giving-reports/recovery/?format=csv", "/admin/giving-reports/upcoming/?format=csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(_with_rows, tmp_path_factory.mktemp("rows"), django_db_blocker) as kept:
        yield kept


def _with_rows() -> World:
    world = made()
    world.places = {"tide": rows_of(world.tide, world.users["fundraiser"])}
    return world


@pytest.fixture
def rows(world: World) -> Rows:
    return dict(world.places["tide"])


@pytest.fixture
def client(world: World) -> Client:
    return world.client("superuser")


def post(client: Client, world: World, rows: Rows, name: str) -> Any:
    names, sent = ACTS[name](world, rows)
    return client.post(reverse(f"backoffice:{name}", args=[rows[each] for each in names.split()]), sent)


def takes_post(client: Client, rows: Rows) -> Iterator[str]:
    for address in ADDRESSES:
        namespace, _, name = address.name.partition(":")
        if namespace == "backoffice" and client.post(url_of(address, rows)).status_code != 405:
            yield name


def test_no_act_is_missing_here(world: World, client: Client, rows: Rows) -> None:
    known = {address.name for address in ADDRESSES}
    assert set(own_urls(get_resolver().url_patterns)) <= known
    assert sorted(takes_post(client, rows)) == sorted(ACTS)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_leaves_an_entry(name: str, world: World, client: Client, rows: Rows) -> None:
    before, newest = audit.written(), AuditEntry.objects.latest("id").pk
    response = post(client, world, rows, name)
    # What a gateway said, a token and a secret are shown at once; all else leads on.
    shown = ("test_gateway", "api_tokens", "webhooks", "rotate_webhook", "salesforce_test")
    assert response.status_code == (200 if name in shown else 302), response.content.decode()[:2000]
    assert audit.written() > before
    for entry in AuditEntry.objects.filter(pk__gt=newest):
        assert entry.actor_name == world.users["superuser"].get_username()
        # Of the installation's own acts alone no charity is named.
        assert (entry.charity_id == world.tide.charity.pk) is (name not in ("check_audit", "test_gateway"))
        assert not {"Hale", "Grace", "Ada", "ada@example.org"} & set(map(str, entry.detail.values()))


@pytest.mark.parametrize("name", ACTS)
def test_without_its_entry_nothing_is_done(
    name: str, world: World, client: Client, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    ACTS[name](world, rows)  # What it prepares is no part of the act.
    before = everything()

    def refuse(**entry: Any) -> None:
        raise RuntimeError("the log can't be written")

    monkeypatch.setattr(audit, "record", refuse)
    with pytest.raises(RuntimeError, match="the log"):
        post(client, world, rows, name)
    assert everything() == before


@pytest.mark.parametrize("url", COPIES)
def test_a_copy_of_peoples_data_leaves_an_entry(url: str, client: Client, rows: Rows) -> None:
    before = audit.written()
    assert client.get(url).status_code == 200
    assert audit.written() > before


def everything() -> dict[str, list[Any]]:
    models = (model for room in _ROOMS for model in apps.get_app_config(room).get_models())
    return {
        model._meta.label: sorted(model._default_manager.values_list(), key=repr)
        for model in models
        if model._meta.managed and not model._meta.proxy
    }
