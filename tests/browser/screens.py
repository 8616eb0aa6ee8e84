"""Staff's screens by name, and what stands in the charity before which they are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page


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
