"""What PayPal's published description (Orders v2, Payments v2, Payment Method Tokens v3) lets a request hold: names,
and texts by pattern.

Written down from github.com/paypal/paypal-rest-api-specifications and from PayPal's own SDK, which is made from it. A
field that isn't here is refused, so that a misspelt one is not taken for an optional one.
"""

import re
from typing import Any

_ANY = ".{1,127}"
_MONEY = {"currency_code": "[A-Z]{3}", "value": r"((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))"}
_URL = r"https?://\S{1,2000}"
_STORED = {
    "payment_initiator": "CUSTOMER|MERCHANT",
    "usage": "FIRST|SUBSEQUENT|DERIVED",
    "usage_pattern": "IMMEDIATE|DEFERRED|RECURRING_PREPAID|RECURRING_POSTPAID|THRESHOLD_PREPAID|THRESHOLD_POSTPAID",
    "charge_pattern": _ANY,
}
_VAULT = {
    "store_in_vault": "ON_SUCCESS",
    "usage_type": "MERCHANT|PLATFORM",
    "usage_pattern": _STORED["usage_pattern"],
    "customer_type": "CONSUMER|BUSINESS",
    "permit_multiple_payment_tokens": bool,
    "description": _ANY,
}
_CONTEXT = {
    "brand_name": _ANY,
    "locale": r"[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}))?",
    "shipping_preference": "GET_FROM_FILE|NO_SHIPPING|SET_PROVIDED_ADDRESS",
    "landing_page": "LOGIN|GUEST_CHECKOUT|NO_PREFERENCE|BILLING",
    "user_action": "CONTINUE|PAY_NOW",
    "return_url": _URL,
    "cancel_url": _URL,
}
_WALLET = {
    "vault_id": "[0-9a-zA-Z_-]{1,255}",
    "attributes": {"vault": _VAULT},
    "experience_context": _CONTEXT,
    "stored_credential": _STORED,
}
ORDER = {
    "intent": "CAPTURE|AUTHORIZE",
    "purchase_units": [
        {
            "reference_id": ".{1,256}",
            "custom_id": ".{1,127}",
            "invoice_id": ".{1,127}",
            "description": ".{1,127}",
            "payee": {"merchant_id": "[2-9A-HJ-NP-Z]{13}"},
            "amount": _MONEY,
        }
    ],
    "payment_source": {"paypal": _WALLET},
}
CAPTURE = {"payment_source": {"paypal": _WALLET}}
_CUSTOMER = {"id": "[0-9a-zA-Z_-]{1,22}", "merchant_customer_id": r"[0-9a-zA-Z-_.^*$@#]{1,64}"}
SETUP_TOKEN = {
    "customer": _CUSTOMER,
    "payment_source": {
        "paypal": {
            "description": ".{1,128}",
            "usage_pattern": _STORED["usage_pattern"],
            "usage_type": "MERCHANT|PLATFORM",
            "customer_type": "CONSUMER|BUSINESS",
            "permit_multiple_payment_tokens": bool,
            "experience_context": {
                "brand_name": ".{1,300}",
                "locale": _CONTEXT["locale"],
                "shipping_preference": _CONTEXT["shipping_preference"],
                "return_url": _URL,
                "cancel_url": _URL,
                "vault_instruction": "ON_CREATE_PAYMENT_TOKENS|ON_PAYER_APPROVAL",
            },
        }
    },
}
PAYMENT_TOKEN = {
    "customer": _CUSTOMER,
    "payment_source": {"token": {"id": "[0-9a-zA-Z_-]{1,255}", "type": "SETUP_TOKEN|BILLING_AGREEMENT"}},
}
REFUND = {"amount": _MONEY, "custom_id": ".{1,127}", "invoice_id": ".{1,127}", "note_to_payer": ".{1,255}"}


def fault_in(given: Any, allowed: Any, path: str = "") -> str:
    """The path of the first thing that the description doesn't allow; "" when all is well."""
    if isinstance(allowed, dict):
        if not isinstance(given, dict):
            return path or "/"
        for name, value in given.items():
            if name not in allowed:
                return f"{path}/{name}"
            if found := fault_in(value, allowed[name], f"{path}/{name}"):
                return found
        return ""
    if isinstance(allowed, list):
        if not isinstance(given, list) or not given:
            return path
        return next((found for each in given if (found := fault_in(each, allowed[0], f"{path}/0"))), "")
    if allowed is bool:
        return "" if isinstance(given, bool) else path
    return "" if isinstance(given, str) and re.fullmatch(allowed, given, re.DOTALL) else path
