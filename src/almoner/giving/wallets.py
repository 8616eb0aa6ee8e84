"""Giving by a wallet, straight from the first step.

The button there is ours and loads nothing. It leads to a page of its own, whose policy alone allows the gateway's
script, with the wallets' own buttons: a browser opens a wallet only for a press of its own button, so a script that
came with the first press would ask for a second one too. The wallet tells who gives; that is read by the rules that
typed details are read by, and paid as on the payment step: one draft, one gift, one attempt.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from almoner.giving import steps
from almoner.giving.catalogue import FormSpec
from almoner.giving.drafts import Draft
from almoner.giving.entry import keepable, typed_values
from almoner.giving.hooks import hooks
from almoner.giving.in_page import element_of
from almoner.giving.limits import Verdict
from almoner.giving.regular import EVERY, Schedule, promise_of
from almoner.giving.views_model import StepWallet
from almoner.giving.ways import Way

# What the page posts of the wallet's answer: Stripe's `billingDetails` as JSON.
WALLET_FIELD: Final = "wallet"
_LONGEST: Final = 4000
# Our fields of an address, by the wallet's names.
_ADDRESS: Final = {
    "address_line1": "line1",
    "address_line2": "line2",
    "address_locality": "city",
    "address_region": "state",
    "address_postcode": "postal_code",
    "country": "country",
}
# Answers to questions that the wallet's page doesn't ask: they would change what was agreed to there.
_NOT_ASKED: Final = ("cover", "plan_day", "plan_gifts", "plan_until")


def wallet_step(spec: FormSpec, draft: Draft, language: str, *, verdict: Verdict) -> StepWallet | None:
    """The page with the wallets' buttons; None where they aren't offered to this donor now: suspects pay elsewhere."""
    way = _way(spec, draft)
    if way is None or verdict.hosted_only or verdict.work:
        return None
    draft = steps.asking(
        draft, {consent.channel: consent.wording_id for consent in spec.consents_in(language)}
    )
    promise = None
    if draft.frequency != "once":
        promise = promise_of(Schedule(draft.frequency), today=spec.today(), charity_name=spec.charity.name)
    return StepWallet(
        form=spec.look(language),
        token=draft.seal(),
        values=draft.values,
        method=way.method,
        amount_minor=draft.amount_minor,
        currency=draft.currency,
        fund=spec.fund_name(draft.fund_id, language),
        frequency=draft.frequency,
        promise=promise,
        every=EVERY[draft.frequency],
        manage_url=hooks.donor_page(language) if promise else "",
        element=element_of((way,), draft, draft.amount_minor),
    )


def told(draft: Draft, spec: FormSpec, post: Mapping[str, str]) -> Draft:
    """The draft with what the wallet told of its owner, and the answers to the questions beside it."""
    answers = {
        name: text for name, text in typed_values(post, draft.asked).items() if name.startswith("consent_")
    }
    kept = {
        name: text
        for name, text in draft.values.items()
        if name not in _NOT_ASKED and not name.startswith("consent_")
    }
    details = details_of(post.get(WALLET_FIELD, ""), spec)
    if any(name in details for name in _ADDRESS):
        # Two addresses are not mixed into one.
        kept = {name: text for name, text in kept.items() if not name.startswith("address_")}
    return replace(draft, values={**kept, **details, **answers})


def details_of(posted: str, spec: FormSpec) -> dict[str, str]:
    """Typed details from a wallet's answer: only what the form asks for, and {} for what is no answer."""
    try:
        answer = json.loads(posted) if len(posted) <= _LONGEST else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        return {}
    given_name, family_name = _names(_text(answer, "name"))
    values = {"given_name": given_name, "family_name": family_name, "email": _text(answer, "email")}
    if spec.asks.phone != "no":
        values["phone"] = _text(answer, "phone")
    address = answer.get("address")
    if spec.asks.address != "no" and isinstance(address, dict):
        values |= {name: _text(address, theirs) for name, theirs in _ADDRESS.items()}
    return {name: text for name, text in values.items() if text}


def _way(spec: FormSpec, draft: Draft) -> Way | None:
    if not spec.offers_wallets(draft.currency):
        return None
    ways = spec.ways_in(draft.currency, country=spec.charity.country, regular=draft.frequency != "once")
    return next((way for way in ways if way.wallets), None)


def _names(name: str) -> tuple[str, str]:
    """A wallet has one field for a name. Its last word is taken for the family's; who has one word has it as first."""
    first, _, last = " ".join(name.split()).rpartition(" ")
    return (first, last) if first else (last, "")


def _text(answer: Mapping[str, Any], name: str) -> str:
    text = answer.get(name)
    return keepable(text).strip() if isinstance(text, str) else ""
