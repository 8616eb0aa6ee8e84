"""axe-core finds nothing on any screen of staff, by day and in the dark."""

import re
import tempfile
from collections.abc import Iterator
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
from tests.browser.screens import SCREENS, Desk
from tests.browser.walk import LOOKS as ALL_LOOKS
from tests.browser.walk import PHONES, Walk, problems_in
from tests.support import wxr
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.databases import borrowed

pytestmark = pytest.mark.browser

LOOKS: Final = ("desk", "dark")
# These are looked at on a phone, too.
IN_A_HAND: Final = ("desk", "dark", "phone", "dark phone")
# One that is sorted, one that is not.
LISTS: Final = ("gifts", "audit log")
# A rule, and the one place in Wagtail's own markup where it is not asked.
BUT: Final = {
    # Wagtail names each block's section by the block's label alone: the sources of two facts are "Source" twice.
    "a story's editor": (
        ("landmark-unique", "section.w-panel--nested"),
        # Its map of a long page can be scrolled while it is closed; opening it gives its links the focus.
        ("scrollable-region-focusable", "ol.w-minimap__list"),
    ),
}


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


# Of a page of ours: its headings of the first rank, and the crumbs that lead to the page itself.
_TITLES: Final = """() => {
  const page = document.querySelector(".bo-page")
  const itself = document.querySelectorAll(".w-breadcrumbs a[href='']")
  return page ? [page.querySelectorAll("h1").length, itself.length] : [1, 0]
}"""

# Lists of ours that have to be moved aside to be read.
_ASIDE: Final = """() => [...document.querySelectorAll(".bo-scroll > .listing")].map(each => each.parentElement)
  .filter(each => each.scrollWidth > each.clientWidth)
  .map(each => `${each.ariaLabel}: ${each.scrollWidth} in ${each.clientWidth} px`)"""


def moved_aside(page: Page) -> list[str]:
    """On a phone; it ends on the desk."""
    PHONES["phone"].put_on(page)
    # The menu, which stood open on the desk, has given way.
    page.wait_for_function("document.querySelector('main').clientWidth === innerWidth")
    found: list[str] = page.evaluate(_ASIDE)
    ALL_LOOKS["desk"].put_on(page)
    return found


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(desk: Desk, name: str) -> None:
    answer = desk.page.goto(SCREENS[name](desk))
    assert answer is not None and answer.ok
    desk.page.locator("#wagtail-sidebar nav").first.wait_for()
    assert desk.page.evaluate(_TITLES) == [1, 0], "its title once, and the way up above it"
    held = name in LISTS or any(part in answer.url for part in ("/programmes/", "/consents/"))
    looks = IN_A_HAND if held else LOOKS
    assert problems_in(desk.page, name, looks, BUT.get(name, ())) + moved_aside(desk.page) == []


# What is sent empty is told what it lacks. By the name of its screen: the button.
REFUSED: Final = {
    "enter a claim": "Keep it",
    "webhooks": "Add the webhook",
}


def test_a_form_with_errors(desk: Desk) -> None:
    desk.page.goto(f"/admin/gifts/{desk.gift}/refund/")
    desk.page.get_by_label("Amount to give back").fill("abc")
    desk.page.get_by_role("button", name="Refund").click()
    expect(desk.page.get_by_text("Enter the amount as a number")).to_be_visible()
    assert problems_in(desk.page, "refund with errors", LOOKS) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_is_sent_empty(desk: Desk, name: str) -> None:
    page = desk.page
    page.goto(SCREENS[name](desk))
    for field in page.locator("main form[method=post] :is(input[type=text], textarea):visible").all():
        field.fill("")
    with answered(page):
        page.get_by_role("button", name=REFUSED[name], exact=True).click()
    expect(page.locator(".w-field--error, .error-message").first).to_be_visible()
    assert problems_in(page, f"{name}, sent empty", LOOKS) == []


def test_a_place_that_is_asked_about_and_a_number_that_is_wrong(desk: Desk) -> None:
    page = desk.page
    page.goto(SCREENS["figures of a month"](desk))
    page.locator("[name^=value_]").first.fill("many")
    row = page.locator("fieldset.bo-figure-row").nth(1)
    row.locator("[name^=value_]").fill("14")
    row.get_by_text("Place and method").click()
    row.locator("[name^=place_]").fill("Barangay Santa Cruz")
    page.get_by_label("Title").fill("September report")
    page.get_by_label("Its date").fill("2026-10-05")
    with answered(page):
        page.get_by_role("button", name="Enter").click()
    expect(page.get_by_text("“Barangay Santa Cruz” is no country", exact=False)).to_be_visible()
    # At its field; the form's head says it, too.
    expect(page.locator(".error-message", has_text="Write it as a number: 1234")).to_be_visible()
    assert problems_in(page, "a small place, and no number", ("desk", "dark phone")) == []


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
