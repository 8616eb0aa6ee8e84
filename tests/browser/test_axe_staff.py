"""axe-core finds nothing on any screen of staff, by day and in the dark."""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import Page as WagtailPage

from almoner.banking.models import BankAccount, Statement
from almoner.charities.models import Charity, Fund
from almoner.consents.models import Consent
from almoner.crm.models import Link, Mirror
from almoner.giving.models import DonationForm, Gift, GiftBatch
from almoner.impact import register, releasing
from almoner.impact.models import Claim, Dimension, Observation
from almoner.kernel.clock import now
from almoner.ledger.models import Account, DayProved
from almoner.payments import disputes
from almoner.payments.gateways.port import DisputeAnswer, DisputeStatus
from almoner.payments.models import Attempt, BankCredit
from almoner.plans.models import Plan
from almoner.webhooks import endpoints
from almoner.webhooks.models import OffReason, Try
from tests.browser.conftest import Demonstration
from tests.browser.desk import answered
from tests.browser.walk import Walk, problems_in
from tests.support import wxr
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.databases import borrowed

pytestmark = pytest.mark.browser

LOOKS: Final = ("desk", "dark")
# These are looked at on a phone, too.
IN_A_HAND: Final = ("desk", "dark", "phone", "dark phone")
# A rule, and the one place in Wagtail's own markup where it is not asked.
BUT: Final = {
    # Wagtail names each block's section by the block's label alone: the sources of two facts are "Source" twice.
    "a story's editor": (
        ("landmark-unique", "section.w-panel--nested"),
        # Its map of a long page can be scrolled while it is closed; opening it gives its links the focus.
        ("scrollable-region-focusable", "ol.w-minimap__list"),
    ),
}


@dataclass(frozen=True)
class Desk:
    """Somebody who has signed in, before a charity with a gift, a batch and a transfer that nobody knows yet."""

    page: Page
    gift: str
    awaited: str
    plan: str
    phone_plan: str
    batch: int
    credit: str
    account: int
    book: int
    statement: str
    draft: str
    form: int
    charity: int
    fund: int
    user: int
    story: int
    index: int
    webhook: int
    move: int
    mirror: int
    dispute: str
    day: int
    programme: int
    indicator: int
    figure: str
    figure_file: str
    small: str
    asked: int
    let_out: int
    claim: int
    consent: int


@pytest.fixture(scope="module")
def desk(
    browser: Browser, demonstration: Demonstration, django_db_blocker: DjangoDbBlocker
) -> Iterator[Desk]:
    with django_db_blocker.unblock():
        for _ in borrowed(demonstration.site.db.url, keep=True):
            context = browser.new_context(base_url=demonstration.site.base, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            page = context.new_page()
            gift, awaited = _give(page), _give(page, method="bank_transfer")
            _promise(page)
            user = User.objects.create_superuser("axe")
            client = Client()
            client.force_login(user)
            context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": demonstration.site.base}
                    for name, morsel in client.cookies.items()
                ]
            )
            _enter_by_hand(page)
            move = _look_at_an_export(page)
            yield Desk(
                page=page,
                gift=str(gift.pk),
                awaited=str(awaited.pk),
                plan=str(Plan.objects.get(state="active").pk),
                phone_plan=str(Plan.objects.get(state="starting").pk),
                batch=GiftBatch.objects.latest("pk").pk,
                credit=str(BankCredit.objects.latest("created_at").pk),
                account=BankAccount.objects.get().pk,
                book=Account.objects.get(code="bank", currency="AUD").pk,
                statement=str(Statement.objects.get(state="done").pk),
                draft=str(Statement.objects.get(state="draft").pk),
                form=DonationForm.objects.earliest("pk").pk,
                charity=Charity.objects.earliest("pk").pk,
                fund=Fund.objects.earliest("pk").pk,
                user=user.pk,
                story=WagtailPage.objects.get(url_path__endswith="/four-reasons-for-hope/").pk,
                move=move,
                index=WagtailPage.objects.get(url_path__endswith="/stories/").pk,
                webhook=_webhook(user),
                mirror=_refused_by_salesforce(gift),
                dispute=_disputed(),
                day=_proved(gift),
                claim=Claim.objects.earliest("pk").pk,
                consent=Consent.objects.earliest("pk").pk,
                **_kept_register(page),
            )
            context.close()


def _give(page: Page, method: str = "sandbox_card") -> Gift:
    """A gift through the front door, from an appeal, so that the reports have something to draw."""
    walk, email = Walk(page), f"staff-axe-{method.replace('_', '-')}@example.org"
    page.goto("/give/4840/?appeal=XMAS26")
    walk.amount()
    walk.details(email)
    walk.pay("insufficient_funds")
    expect(page.get_by_role("alert")).to_be_visible()
    walk.pay(method=method)
    walk.thanked()
    return Gift.objects.get(contact__email=email)


def _disputed() -> str:
    """A payment that its bank questions."""
    paid = Attempt.objects.get(gift_id=Plan.objects.get(state="active").first_gift_id, state="succeeded")
    told = DisputeAnswer(
        "sbd_axe", paid.gateway_id or "", DisputeStatus.NEEDS_RESPONSE, paid.amount_minor, paid.currency, "fraudulent",
        1_500, now() + timedelta(days=6),
    )  # fmt: skip
    with transaction.atomic():
        return str(disputes.absorb(paid.pk, told, at=now()).dispute.pk)


def _refused_by_salesforce(gift: Gift) -> int:
    link = Link.objects.create(
        charity_id=gift.charity_id, active=True, since=now().date(), paused_until=now() + timedelta(hours=9),
        paused_code="REQUEST_LIMIT_EXCEEDED",
    )  # fmt: skip
    made = {"charity_id": link.charity_id, "kind": Mirror.Kind.GIFT, "asked_at": now()}
    Mirror.objects.create(
        object_id=Gift.objects.exclude(pk=gift.pk).latest("given_at").pk, state=Mirror.State.LEFT_OUT,
        code="STRING_TOO_LONG", **made,
    )  # fmt: skip
    return Mirror.objects.create(
        object_id=gift.pk, state=Mirror.State.HELD, code="DUPLICATES_DETECTED", about="Contact",
        said="You're creating a duplicate record.", **made,
    ).pk  # fmt: skip


def _proved(gift: Gift) -> int:
    """Days of each colour, the last of them red."""
    days = [
        DayProved.objects.create(
            charity_id=gift.charity_id, day=now().date() - timedelta(days=ago), verdict=verdict, at=now(),
            held=80, broken=int(verdict == "red"), not_asked=5 * (verdict == "not asked"),
            findings=[{"check": "clearing", "of": "sandbox", "says": f"attempt {gift.pk}", "gift": str(gift.pk)}],
        )
        for ago, verdict in enumerate(("red", "green", "not asked", "green"))
    ]  # fmt: skip
    return days[0].pk


def _kept_register(page: Page) -> dict[str, Any]:
    """A figure that waits for a second person, in a breakdown, and a file with a row that isn't taken."""
    figure = Observation.objects.earliest("as_of")
    indicator, programme = figure.indicator, figure.indicator.result.programme
    Dimension.objects.create(indicator=indicator, name="age", categories=["child", "grown up"])
    page.goto(f"/admin/programmes/{programme.pk}/month/")
    page.get_by_label(indicator.title, exact=False).first.fill("1,100")
    page.get_by_label("Title").fill("October report")
    page.get_by_label("Its date").fill("2026-11-05")
    page.get_by_label("On paper, kept at").fill("Office")
    with answered(page):
        page.get_by_role("button", name="Enter").click()
    page.get_by_text("waits for somebody else").wait_for()
    register.correct(
        figure, replace(_again(figure), value=Decimal(1001)), reason="One was not counted.", actor=_Clerk()
    )
    row = f"{programme.slug},{indicator.slug},2011-01-01,2023-01-31,2023-01-31,{{}},Report,2023-02-01,Office"
    head = "programme,indicator,first,last,as_of,value,source_title,source_date,source_kept_at"
    page.goto("/admin/programmes/files/")
    table = "\n".join((head, row.format(1050), row.format("many"))).encode()
    page.get_by_label("File").set_input_files({"name": "f.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("button", name="Enter 1 figure")).to_be_visible()
    return {
        "programme": programme.pk,
        "indicator": indicator.pk,
        "figure": str(figure.pk),
        "figure_file": page.url.rstrip("/").rpartition("/")[2],
    } | _small_ones(figure)


def _small_ones(figure: Observation) -> dict[str, Any]:
    """Hidden, asked for, and let out."""
    found = []
    for month in (1, 2, 3):
        day = date(2012, month, 1)
        few = replace(_again(figure), value=Decimal(month), last=day, as_of=day)
        found.append(register.enter(few, actor=_Clerk()))
        register.decide(found[-1], accepted=True, role="Lead", actor=_Clerk(-1))
    asked, out = (
        releasing.release(each, reason="On page 4 of the partner’s report.", actor=_Clerk())
        for each in found[1:]
    )
    releasing.approve(out, actor=_Clerk(-1))
    return {"small": str(found[0].pk), "asked": asked.pk, "let_out": out.pk}


@dataclass(frozen=True)
class _Clerk:
    """Somebody else, so that the queue has something to show."""

    pk: int = 0

    def get_username(self) -> str:
        return "clerk"


def _again(figure: Observation) -> register.Figure:
    names = ("indicator", "first", "last", "as_of", "value", "source", "place", "method")
    return register.Figure(**{name: getattr(figure, name) for name in names})


def _promise(page: Page) -> None:
    """A monthly gift through the front door."""
    walk = Walk(page)
    page.goto("/give/4840/")
    page.get_by_role("radio", name="Every month", exact=True).check()
    walk.amount("$30")
    walk.details("staff-axe-monthly@example.org")
    walk.pay()
    walk.thanked()


def _enter_by_hand(page: Page) -> None:
    """A regular gift begun by phone, a batch with one gift in it, and a bank's line that names no gift."""
    page.goto("/admin/plans/begin/")
    page.get_by_label("Amount of each gift").fill("25")
    page.get_by_label("Email").fill("staff-axe-phone@example.org")
    page.get_by_role("button", name="Begin it and send the link").click()
    expect(page.get_by_text("gets a link to make the first payment")).to_be_visible()
    page.goto("/admin/batches/new/")
    page.get_by_label("How many, counted by hand").fill("2")
    page.get_by_label("Total, added up by hand").fill("120")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("First name").fill("Tomas")
    page.get_by_label("Amount").fill("50")
    page.get_by_role("button", name="Add").first.click()
    expect(page.get_by_role("cell", name="Tomas")).to_be_visible()
    page.goto("/admin/transfers/new/")
    page.get_by_label("Amount").fill("50")
    page.get_by_label("Text").fill("TFR G NGUYEN")
    with answered(page):
        page.get_by_role("button", name="Book").click()
    page.goto("/admin/bank-accounts/new/")
    page.get_by_label("Name").fill("Everyday")
    with answered(page):
        page.get_by_role("button", name="Keep it").click()
    for name in ("april.csv", "may.csv"):
        page.goto("/admin/statements/new/")
        rows = b"Date,Text,Amount\n2026-11-20,TFR G NGUYEN,50.00\n2026-11-21,FEE,-1.00\n,TOTAL,49.00\n"
        page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/csv", "buffer": rows})
        page.get_by_role("button", name="Read it").click()
        page.get_by_text("Which column says what").click()
        if name == "april.csv":
            with answered(page):
                page.get_by_role("button", name="Book 1 credit").click()
            page.get_by_text("Take the statement back").wait_for()


def _webhook(user: User) -> int:
    """One that failed and was switched off, so that nothing is sent anywhere."""
    wanted = endpoints.Wanted("https://crm.example.org/hooks", "CRM", ("gift.succeeded",), people=False)
    endpoint, _ = endpoints.make(wanted, charity=Charity.objects.earliest("pk"), actor=user)
    endpoints.switch_off(endpoint, actor=None, reason=OffReason.FAILING)
    for status, answer in ((500, "Out of order"), (0, "")):
        delivery = endpoints.send_test(endpoint.pk, actor=user)
        Try.objects.create(
            delivery=delivery, begun_at=delivery.at, status=status, took_ms=34, why="" if status else "tls",
            answer=answer,
        )  # fmt: skip
    return endpoint.pk


def _look_at_an_export(page: Page) -> int:
    """By the page that follows it until it is done; the form in it is not known here."""
    posts = [
        wxr.Post(501, content="<p>Help.</p>\n\n[give_form id=77]"),
        wxr.Post(502, title="Too long", content="word " * 500_000),
    ]
    with tempfile.TemporaryDirectory() as folder:
        export = wxr.export(Path(folder) / "site.xml", posts)
        page.goto("/admin/from-wordpress/")
        page.get_by_label("Export file").set_input_files(export)
        page.get_by_role("button", name="Send and look at it").click()
        expect(page.get_by_role("button", name="Import")).to_be_visible()
    return int(page.url.rstrip("/").rpartition("/")[2])


SCREENS: Final[dict[str, Callable[[Desk], str]]] = {
    "home": lambda desk: "/admin/",
    "gifts": lambda desk: "/admin/gifts/",
    "gifts, none found": lambda desk: "/admin/gifts/?q=zzzzz",
    "a gift": lambda desk: f"/admin/gifts/{desk.gift}/",
    "a gift that is awaited": lambda desk: f"/admin/gifts/{desk.awaited}/",
    "refund": lambda desk: f"/admin/gifts/{desk.gift}/refund/",
    "mark as received": lambda desk: f"/admin/gifts/{desk.awaited}/received/",
    "send the receipt again": lambda desk: f"/admin/gifts/{desk.gift}/receipt/",
    "correct the donor": lambda desk: f"/admin/gifts/{desk.gift}/donor/",
    "erase a person": lambda desk: f"/admin/gifts/{desk.gift}/donor/erase/",
    "enter a gift": lambda desk: "/admin/gifts/enter/",
    "regular gifts": lambda desk: "/admin/plans/",
    "begin one by phone": lambda desk: "/admin/plans/begin/",
    "a regular gift": lambda desk: f"/admin/plans/{desk.plan}/",
    "one begun by phone": lambda desk: f"/admin/plans/{desk.phone_plan}/",
    "its amount": lambda desk: f"/admin/plans/{desk.plan}/amount/",
    "its rhythm": lambda desk: f"/admin/plans/{desk.plan}/every/",
    "its end": lambda desk: f"/admin/plans/{desk.plan}/end/",
    "its donor": lambda desk: f"/admin/plans/{desk.plan}/donor/",
    "pause it": lambda desk: f"/admin/plans/{desk.plan}/pause/",
    "leave out the next": lambda desk: f"/admin/plans/{desk.plan}/skip/",
    "cancel it": lambda desk: f"/admin/plans/{desk.plan}/cancel/",
    "ask its donor again": lambda desk: f"/admin/plans/{desk.phone_plan}/ask/",
    "disputes": lambda desk: "/admin/disputes/",
    "a dispute": lambda desk: f"/admin/disputes/{desk.dispute}/",
    "answer a dispute": lambda desk: f"/admin/disputes/{desk.dispute}/answer/",
    "give a dispute up": lambda desk: f"/admin/disputes/{desk.dispute}/give-up/",
    "batches": lambda desk: "/admin/batches/",
    "a new batch": lambda desk: "/admin/batches/new/",
    "a batch": lambda desk: f"/admin/batches/{desk.batch}/",
    "transfers": lambda desk: "/admin/transfers/",
    "a new transfer": lambda desk: "/admin/transfers/new/",
    "a transfer": lambda desk: f"/admin/transfers/{desk.credit}/",
    "payouts": lambda desk: "/admin/payouts/",
    "statements": lambda desk: "/admin/statements/",
    "a new statement": lambda desk: "/admin/statements/new/",
    "a statement to be checked": lambda desk: f"/admin/statements/{desk.draft}/",
    "a statement": lambda desk: f"/admin/statements/{desk.statement}/",
    "take it back": lambda desk: f"/admin/statements/{desk.statement}/undo/",
    "bank accounts": lambda desk: "/admin/bank-accounts/",
    "a bank account": lambda desk: f"/admin/bank-accounts/{desk.account}/",
    "forms": lambda desk: "/admin/forms/",
    "a form": lambda desk: f"/admin/forms/edit/{desk.form}/",
    "a form on other sites": lambda desk: f"/admin/forms/elsewhere/{desk.form}/?amount=50",
    "a new form": lambda desk: "/admin/forms/new/",
    "charities": lambda desk: "/admin/charities/",
    "a charity": lambda desk: f"/admin/charities/edit/{desk.charity}/",
    "funds": lambda desk: "/admin/funds/",
    "a fund": lambda desk: f"/admin/funds/edit/{desk.fund}/",
    "books": lambda desk: "/admin/giving-reports/books/",
    "a book": lambda desk: f"/admin/giving-reports/books/{desk.book}/",
    "proof of the books": lambda desk: "/admin/giving-reports/proof/",
    "a red day": lambda desk: f"/admin/giving-reports/proof/{desk.day}/",
    "close the books": lambda desk: "/admin/giving-reports/books/close/",
    "income": lambda desk: "/admin/giving-reports/income/",
    "steps": lambda desk: "/admin/giving-reports/steps/",
    "failed and recovered": lambda desk: "/admin/giving-reports/recovery/?first=2026-01-01&last=2030-12-31",
    "upcoming income": lambda desk: "/admin/giving-reports/upcoming/",
    "regular gifts that need a person": lambda desk: "/admin/giving-reports/troubled/",
    "mail": lambda desk: "/admin/mail/",
    "audit log": lambda desk: "/admin/audit/",
    "card testing": lambda desk: "/admin/attacks/",
    "card testing on a form": lambda desk: f"/admin/attacks/{desk.form}/",
    "gateways": lambda desk: "/admin/gateways/",
    "api tokens": lambda desk: "/admin/api-tokens/",
    "webhooks": lambda desk: "/admin/webhooks/",
    "a webhook": lambda desk: f"/admin/webhooks/{desk.webhook}/",
    "moves from wordpress": lambda desk: "/admin/from-wordpress/",
    "a move looked at": lambda desk: f"/admin/from-wordpress/{desk.move}/",
    "claims": lambda desk: "/admin/claims/?show=holds",
    "a claim": lambda desk: f"/admin/claims/{desk.claim}/",
    "enter a claim": lambda desk: "/admin/claims/new/",
    "salesforce": lambda desk: "/admin/salesforce/",
    "salesforce of a charity": lambda desk: f"/admin/salesforce/{desk.charity}/",
    "not taken by salesforce": lambda desk: "/admin/salesforce/held/",
    "leave out of salesforce": lambda desk: f"/admin/salesforce/held/{desk.mirror}/leave-out/",
    "programmes": lambda desk: "/admin/programmes/",
    "a programme": lambda desk: f"/admin/programmes/{desk.programme}/",
    "change a programme": lambda desk: f"/admin/programmes/{desk.programme}/edit/",
    "a programme's words": lambda desk: f"/admin/programmes/{desk.programme}/languages/?language=ar",
    "figures of a month": lambda desk: f"/admin/programmes/{desk.programme}/month/?month=2026-09",
    "an indicator": lambda desk: f"/admin/programmes/indicators/{desk.indicator}/",
    "change an indicator": lambda desk: f"/admin/programmes/indicators/{desk.indicator}/edit/",
    "correct a figure": lambda desk: f"/admin/programmes/figures/{desk.figure}/correct/",
    "figures to verify": lambda desk: "/admin/programmes/verify/",
    "figures from a file": lambda desk: "/admin/programmes/files/",
    "a file looked at": lambda desk: f"/admin/programmes/files/{desk.figure_file}/",
    "the yearly message": lambda desk: f"/admin/yearly-message/{desk.charity}/?language=ar",
    "hidden figures": lambda desk: "/admin/programmes/hidden/",
    "let a figure out": lambda desk: f"/admin/programmes/figures/{desk.small}/release/",
    "one that can't be": lambda desk: f"/admin/programmes/figures/{desk.figure}/release/",
    "figures to let out": lambda desk: "/admin/programmes/releases/",
    "decide on one": lambda desk: f"/admin/programmes/releases/{desk.asked}/",
    "take one back": lambda desk: f"/admin/programmes/releases/{desk.let_out}/take-back/",
    "publisher": lambda desk: f"/admin/programmes/publisher/{desk.charity}/",
    "consents": lambda desk: "/admin/consents/",
    "a new consent": lambda desk: "/admin/consents/new/",
    "a consent": lambda desk: f"/admin/consents/{desk.consent}/",
    "change a consent": lambda desk: f"/admin/consents/{desk.consent}/change/",
    "withdraw a consent": lambda desk: f"/admin/consents/{desk.consent}/withdraw/",
    "staff": lambda desk: "/admin/staff/",
    "a member of staff": lambda desk: f"/admin/staff/{desk.user}/",
    "pages": lambda desk: f"/admin/pages/{desk.index}/",
    "a story's editor": lambda desk: f"/admin/pages/{desk.story}/edit/",
}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(desk: Desk, name: str) -> None:
    answer = desk.page.goto(SCREENS[name](desk))
    assert answer is not None and answer.ok
    desk.page.locator("#wagtail-sidebar nav").first.wait_for()
    looks = IN_A_HAND if any(part in answer.url for part in ("/programmes/", "/consents/")) else LOOKS
    assert problems_in(desk.page, name, looks, BUT.get(name, ())) == []


def test_a_form_with_errors(desk: Desk) -> None:
    desk.page.goto(f"/admin/gifts/{desk.gift}/refund/")
    desk.page.get_by_label("Amount to give back").fill("abc")
    desk.page.get_by_role("button", name="Refund").click()
    expect(desk.page.get_by_text("Enter the amount as a number")).to_be_visible()
    assert problems_in(desk.page, "refund with errors", LOOKS) == []


def test_a_form_on_other_sites_shows_what_is_chosen_and_is_copied(desk: Desk) -> None:
    """While it is typed, without a button; copied by the clipboard, and marked where there is none."""
    page = desk.page
    page.goto(f"/admin/forms/elsewhere/{desk.form}/")
    frame = page.frame_locator("#bo-shown almoner-form iframe")
    expect(frame.get_by_role("button", name="Continue")).to_be_visible()
    page.get_by_label("Amount", exact=True).fill("77")
    expect(page.locator("#bo-snippet")).to_have_value(re.compile('amount="77"'))
    expect(frame.locator("[name=other_amount]")).to_have_value("77")
    expect(page).to_have_url(re.compile("amount=77"))
    page.get_by_label("A button that opens it").fill("Help now")
    expect(page.locator("#bo-shown almoner-form").get_by_role("button", name="Help now")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.locator("#bo-snippet").input_value()
    assert 'button="Help now"' in copied
    assert page.evaluate("navigator.clipboard.readText()") == copied
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Copied|Marked"))).to_be_visible()
    marked = "document.getElementById('bo-snippet'); [e.selectionStart, e.selectionEnd - e.value.length]"
    assert page.evaluate(f"(() => {{ const e = {marked.replace('; [', '; return [')} }})()") == [0, 0]


def test_signing_in(browser: Browser, demonstration: Demonstration) -> None:
    page = browser.new_context(base_url=demonstration.site.base, reduced_motion="reduce").new_page()
    page.goto("/admin/login/")
    expect(page.get_by_role("heading", name="Sign in to Almoner")).to_be_visible()
    found = problems_in(page, "sign-in", LOOKS)
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Please try again")).to_be_visible()
    found += problems_in(page, "sign-in refused", LOOKS)
    page.context.close()
    assert found == []
