"""The sandbox's own pages: its hosted checkout, the bank's question, and a board from which a person turns its clock.

They stand in for another company's site, so they look like nobody's charity and say on every page that no money moves.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from almoner.charities.amounts import in_words
from almoner.kernel.references import shown_reference
from almoner.payments import gateways
from almoner.payments.gateways.port import DisputeStatus, Refused, Status
from almoner.payments.gateways.sandbox.gateway import (
    CARD_OUTCOMES,
    CARD_YEARS,
    DEBIT_OUTCOMES,
    NEXT_OUTCOMES,
    Outcome,
)
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.payments.gateways.sandbox.store import Charge, KeptSetUp

_HOSTED_OUTCOMES: Final = tuple(
    outcome
    for outcome in CARD_OUTCOMES
    if outcome not in (Outcome.ANSWER_LOST, Outcome.TIMEOUT_AFTER, Outcome.TIMEOUT_BEFORE, Outcome.BUSY)
)
_LABELS: Final = {
    Outcome.SUCCESS: N_("Pay: it succeeds"),
    Outcome.EXPIRED_CARD: N_("Decline: the card has expired"),
    Outcome.INSUFFICIENT_FUNDS: N_("Decline: not enough money"),
    Outcome.AUTHENTICATION_FAILED: N_("Decline: not confirmed by the bank"),
    Outcome.LOST_CARD: N_("Decline: the card was reported lost"),
    Outcome.STOLEN_CARD: N_("Decline: the card was reported stolen"),
    Outcome.INCORRECT_CODE: N_("Decline: the security code is wrong"),
    Outcome.DO_NOT_HONOUR: N_("Decline: no reason given"),
    Outcome.AUTHENTICATE: N_("The bank asks first"),
    Outcome.DEBIT_SETTLES: N_("Pay: it succeeds"),
    Outcome.DEBIT_FAILS: N_("Decline: not enough money"),
}
_SET_UP_LABELS: Final = {
    SetUpOutcome.SAVED: N_("Save the card: it succeeds"),
    SetUpOutcome.DECLINED: N_("Decline: no reason given"),
    SetUpOutcome.AUTHENTICATE: N_("The bank asks first"),
    SetUpOutcome.NOT_AUTHENTICATED: N_("Decline: not confirmed by the bank"),
    SetUpOutcome.ANSWER_LOST: N_("Save the card: the answer gets lost"),
}
# The bank has the money of these: the gateway refunds none of it.
_HOLDING: Final = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW, DisputeStatus.LOST)
_NEXT: Final = {"card": tuple(each for each in NEXT_OUTCOMES if each in _LABELS), "debit": DEBIT_OUTCOMES}


@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest, charge_id: str) -> HttpResponse:
    """A stand-in for a gateway's hosted page: the donor chooses what happens, and goes back to the charity."""
    sandbox = gateways.sandbox()
    return _choice(
        request, _charge(charge_id), {each: _LABELS[each] for each in _HOSTED_OUTCOMES},
        stop=sandbox.cancel, decide=lambda pk, chosen: sandbox.decide(pk, Outcome(chosen)),
        bank="sandbox-authenticate",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def authenticate(request: HttpRequest, charge_id: str) -> HttpResponse:
    """A stand-in for the bank's "is it you?"."""

    def decide(pk: str, agreed: bool) -> None:
        outcome = Outcome.SUCCESS if agreed else Outcome.AUTHENTICATION_FAILED
        gateways.sandbox().decide(pk, outcome, authenticated=True)

    return _question(request, _charge(charge_id), decide)


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, set_up_id: str) -> HttpResponse:
    """A stand-in for a gateway's page on which a card is saved and nothing is paid."""
    sandbox = gateways.sandbox()
    return _choice(
        request, _set_up(set_up_id), _SET_UP_LABELS,
        stop=sandbox.cancel_set_up, decide=lambda pk, chosen: sandbox.decide_set_up(pk, SetUpOutcome(chosen)),
        bank="sandbox-set-up-authenticate",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def authenticate_set_up(request: HttpRequest, set_up_id: str) -> HttpResponse:
    """A stand-in for the bank's "is it you?" before a card is saved."""

    def decide(pk: str, agreed: bool) -> None:
        outcome = SetUpOutcome.SAVED if agreed else SetUpOutcome.NOT_AUTHENTICATED
        gateways.sandbox().decide_set_up(pk, outcome)

    return _question(request, _set_up(set_up_id), decide)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What the sandbox holds, newest first, and its clock."""
    sandbox, store = gateways.sandbox(), gateways.sandbox().store
    charges, disputes = store.newest_charges(50), sandbox.disputes()
    return _page(
        "board",
        charges=charges,
        disputes={pk: f"dispute.{state}" for pk, state in disputes.items()},
        refundable={
            charge.id
            for charge in charges
            if charge.state == "succeeded"
            and charge.refunded_minor < charge.amount_minor
            and disputes.get(charge.id) not in _HOLDING
        },
        methods=store.newest_methods(20),
        payouts=(payouts := sandbox.newest_payouts(20)),
        arrived=sorted({each.currency for each in payouts if each.state == Status.SUCCEEDED}),
        next_outcomes={
            kind: [(each.value, _(_LABELS[each])) for each in shown] for kind, shown in _NEXT.items()
        },
        clock=store.now(),
    )


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Three days pass, so that bank debits settle (or fail) and payouts arrive; or a month, so that regular gifts fall
    due, and disputes that nobody answered are lost."""
    days = 31 if request.POST.get("days") == "31" else 3
    gateways.sandbox().store.move_clock(timedelta(days=days))
    gateways.sandbox().settle_due()
    gateways.sandbox().lose_unanswered()
    gateways.sandbox().arrive_due()
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def change_method(request: HttpRequest, token: str) -> HttpResponse:
    """What a saved method does when it is charged next; its bank sends a new card, or no longer lets it be charged."""
    sandbox, chosen = gateways.sandbox(), request.POST.get("outcome", "")
    act = request.POST.get("act", "")
    if act == "renew":
        sandbox.renew_card(token, f"{sandbox.store.now().year + CARD_YEARS}-12")
    elif act == "revoke":
        sandbox.revoke_method(token)
    elif chosen in {*_NEXT["card"], *_NEXT["debit"]}:
        sandbox.decide_next(token, Outcome(chosen))
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def return_debit(request: HttpRequest, charge_id: str) -> HttpResponse:
    """The donor's bank takes a settled debit back."""
    charge = _charge(charge_id)
    if charge.state == "succeeded" and charge.method == "sandbox_debit" and not charge.refunded_minor:
        gateways.sandbox().return_debit(charge.id)
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def open_dispute(request: HttpRequest, charge_id: str) -> HttpResponse:
    """The donor's bank questions a payment, so that its answer can be practised."""
    charge, sandbox = _charge(charge_id), gateways.sandbox()
    whole = charge.state == "succeeded" and charge.method != "sandbox_debit" and not charge.refunded_minor
    if whole and charge.id not in sandbox.disputes():
        sandbox.open_dispute(charge.id)
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def end_dispute(request: HttpRequest, charge_id: str) -> HttpResponse:
    """The donor's bank decides on the answer that it was sent."""
    charge, end = _charge(charge_id), request.POST.get("end", "")
    if end in (DisputeStatus.WON, DisputeStatus.LOST):
        gateways.sandbox().end_dispute(charge.id, DisputeStatus(end))
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def give_back(request: HttpRequest, charge_id: str) -> HttpResponse:
    """Somebody refunds what is left of a payment in the gateway's own pages, and tells us nothing of it."""
    charge = _charge(charge_id)
    left_minor = charge.amount_minor - charge.refunded_minor
    if charge.state == "succeeded" and left_minor > 0:
        # The key says what was left, so that pressing twice refunds once.
        key = f"board_{charge.id}_{left_minor}"
        with suppress(Refused):
            gateways.sandbox().refund(charge.id, key=key, amount_minor=left_minor, currency=charge.currency)
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def pay_out(request: HttpRequest) -> HttpResponse:
    """What stands here goes to the charity's bank, as a real gateway sends it by itself."""
    gateways.sandbox().pay_out()
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_POST
def refuse_payout(request: HttpRequest, payout_id: str) -> HttpResponse:
    """The charity's bank refuses it: the account was closed."""
    gateways.sandbox().end_payout(payout_id, Status.FAILED)
    return HttpResponseRedirect(reverse("sandbox-board"))


@require_GET
def statement(request: HttpRequest, currency: str) -> HttpResponse:
    """The bank's statement, to be imported."""
    headers = {"Content-Disposition": f'attachment; filename="sandbox-{currency}.csv"'}
    text = gateways.sandbox().statement(currency.upper())
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _choice(
    request: HttpRequest,
    found: Charge | KeptSetUp,
    labels: Mapping[Outcome, str] | Mapping[SetUpOutcome, str],
    *,
    stop: Callable[[str], object],
    decide: Callable[[str, str], None],
    bank: str,
) -> HttpResponse:
    """A page on which the donor chooses how it ends. `bank` is the page of one whose bank asks first."""
    outcomes = [(each.value, _(label)) for each, label in labels.items()]
    if request.method == "GET" or found.state != "action_required":
        return _page("choice", found=found, outcomes=outcomes)
    chosen = request.POST.get("outcome", "")
    if request.POST.get("stop"):
        stop(found.id)
        return HttpResponseRedirect(found.return_url)
    if chosen not in dict(outcomes):
        return _page("choice", found=found, outcomes=outcomes, wrong=True)
    decide(found.id, chosen)
    asks = chosen == Outcome.AUTHENTICATE
    return HttpResponseRedirect(reverse(bank, args=[found.id]) if asks else found.return_url)


def _question(
    request: HttpRequest, found: Charge | KeptSetUp, decide: Callable[[str, bool], None]
) -> HttpResponse:
    if request.method == "GET" or found.state != "action_required":
        return _page("question", found=found)
    decide(found.id, request.POST.get("answer") == "yes")
    return HttpResponseRedirect(found.return_url)


def _charge(charge_id: str) -> Charge:
    charge = gateways.sandbox().store.charge(charge_id)
    if charge is None:
        raise Http404("The sandbox has no such charge.")
    return charge


def _set_up(set_up_id: str) -> KeptSetUp:
    found = gateways.sandbox().store.set_up(set_up_id)
    if found is None:
        raise Http404("The sandbox has no such set-up.")
    return found


def _page(name: str, **values: object) -> HttpResponse:
    style = _style()
    html = render_to_string(
        f"payments/sandbox_{name}.jinja",
        {
            "wrong": False,
            "pays": isinstance(values.get("found"), Charge),
            **values,
            "style": style,
            "money": in_words,
            "shown": shown_reference,
            "language": get_language() or "en",
            "direction": "rtl" if get_language_bidi() else "ltr",
        },
        using="jinja2",
    )
    response = HttpResponse(html)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@lru_cache(maxsize=1)
def _style() -> str:
    return (Path(__file__).parent / "sandbox.css").read_text("utf-8")
