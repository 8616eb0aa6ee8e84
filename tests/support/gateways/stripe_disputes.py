"""What the scripted Stripe does with answers to disputes: documents are uploaded, evidence is taken once."""

from typing import Any

from tests.support.gateways.stripe_state import StripeState, invalid

Json = dict[str, Any]


def keep_file(state: StripeState, body: str) -> Json:
    """A document, uploaded as a form of several parts."""
    if 'name="purpose"' not in body or "dispute_evidence" not in body:
        raise invalid("parameter_missing")
    file = state._new("file", "file", purpose="dispute_evidence")
    state.files[file["id"]] = body
    return file


def answer(state: StripeState, dispute_id: str, form: Json) -> Json:
    """Evidence is taken once; it names files that were uploaded before."""
    dispute = state.find(dispute_id)
    if dispute["status"] not in ("needs_response", "warning_needs_response"):
        raise invalid("dispute_not_open")
    named = [each for each in form["evidence"].values() if str(each).startswith("file_")]
    if any(each not in state.files for each in named):
        raise invalid("resource_missing")
    dispute["evidence"] = form["evidence"]
    inquiry = dispute["status"].startswith("warning_")
    return state.move_dispute(dispute_id, "warning_under_review" if inquiry else "under_review")


def close(state: StripeState, dispute_id: str) -> Json:
    if state.find(dispute_id)["status"] != "needs_response":
        raise invalid("dispute_not_open")
    return state.move_dispute(dispute_id, "lost")
