"""What Stripe's decline codes may be told to a donor, and which of them are for ever."""

from typing import Any, Final

from almoner.payments.gateways.port import Decline

_TOLD: Final = {
    "expired_card": Decline.EXPIRED_CARD,
    "insufficient_funds": Decline.INSUFFICIENT_FUNDS,
    "authentication_required": Decline.AUTHENTICATION,
    "payment_intent_authentication_failure": Decline.AUTHENTICATION,
    "authentication_not_handled": Decline.AUTHENTICATION,
}
# Never to be tried again with the same card or account: the schemes fine whoever does (Visa's category 1), and a bank
# that says "closed" or "not authorised" of a debit means it. An expired card is not among them: its bank may renew it.
_FINAL: Final = frozenset(
    {
        "lost_card", "stolen_card", "pickup_card", "restricted_card", "revocation_of_authorization",
        "revocation_of_all_authorizations", "stop_payment_order", "invalid_account", "incorrect_number",
        "invalid_number", "account_closed", "bank_account_closed", "no_account", "debit_not_authorized",
        "bank_ownership_changed", "account_frozen", "transaction_not_allowed", "security_violation", "fraudulent",
    }
)  # fmt: skip


def told(error: dict[str, Any], failure_code: str = "") -> Decline:
    """`error` is a last_payment_error or the error of a request; `failure_code` the charge's own."""
    for code in _codes(error, failure_code):
        if code in _TOLD:
            return _TOLD[code]
    return Decline.GENERIC


def final(error: dict[str, Any], failure_code: str = "") -> bool:
    if error.get("advice_code") == "do_not_try_again":
        return True
    return any(code in _FINAL for code in _codes(error, failure_code))


def _codes(error: dict[str, Any], failure_code: str) -> tuple[str, ...]:
    return (str(error.get("decline_code") or ""), str(error.get("code") or ""), failure_code)
