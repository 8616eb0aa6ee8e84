"""What GoCardless's published description lets a request hold: names, kinds, and texts by pattern.

Written down from github.com/gocardless/gocardless-nodejs, which is made from that description, and from the API
reference where it says more (how long a description may be, and what must be there). Of the countries' own numbers only
what this product may send is listed.
"""

from typing import Any

from tests.support.gateways.described import REQUIRED, Texts

_METADATA = Texts(most=3, name=".{1,50}", value=".{0,500}")
_CURRENCY = "AUD|CAD|DKK|EUR|GBP|NZD|SEK|USD"
_URL = r"https?://\S{1,2000}"
_DAY = r"\d{4}-\d{2}-\d{2}"
_STAMP = rf"{_DAY}T\d{{2}}:\d{{2}}:\d{{2}}(\.\d{{1,6}})?Z"


def _id(prefix: str) -> str:
    return rf"{prefix}[0-9A-Za-z]{{1,30}}"


_BY_SCHEME = {
    "currency": _CURRENCY,
    "scheme": "ach|autogiro|bacs|becs|becs_nz|betalingsservice|faster_payments|pad|pay_to|sepa_core",
    "description": ".{1,255}",
    "metadata": _METADATA,
    "reference": ".{1,140}",
    "verify": "minimum|recommended|when_available|always",
    REQUIRED: {"currency"},
}
_CUSTOMER = {
    **dict.fromkeys(
        ("address_line1", "address_line2", "address_line3", "city", "company_name", "email", "family_name",
         "given_name", "postal_code", "region"),
        ".{1,255}",
    ),
    "country_code": "[A-Z]{2}",
}  # fmt: skip
# By resource: what a request that makes one may hold.
MAKING: dict[str, dict[str, Any]] = {
    "billing_requests": {
        "fallback_enabled": bool,
        "links": {"creditor": _id("CR"), "customer": _id("CU"), "customer_bank_account": _id("BA")},
        "mandate_request": _BY_SCHEME,
        "metadata": _METADATA,
    },
    "billing_request_flows": {
        **dict.fromkeys(
            ("auto_fulfil", "lock_bank_account", "lock_currency", "lock_customer_details", "show_redirect_buttons",
             "show_success_redirect_button", "skip_success_screen"),
            bool,
        ),
        "exit_uri": _URL,
        "redirect_uri": _URL,
        "language": "[a-z]{2}",
        "links": {"billing_request": _id("BRQ"), REQUIRED: {"billing_request"}},
        "prefilled_customer": _CUSTOMER,
        REQUIRED: {"links"},
    },
    "payments": {
        "amount": int,
        "charge_date": _DAY,
        "currency": _CURRENCY,
        "description": ".{1,255}",
        "links": {"mandate": _id("MD"), REQUIRED: {"mandate"}},
        "metadata": _METADATA,
        "reference": ".{1,140}",
        "retry_if_possible": bool,
        REQUIRED: {"amount", "currency", "links"},
    },
    "refunds": {
        "amount": int,
        "links": {"payment": _id("PM"), "mandate": _id("MD")},
        "metadata": _METADATA,
        "reference": ".{1,140}",
        "total_amount_confirmation": int,
        # The last of them wherever a payment is refunded.
        REQUIRED: {"amount", "links", "total_amount_confirmation"},
    },
}  # fmt: skip
_PAGES = {"after": ".{1,100}", "before": ".{1,100}", "limit": "[1-9][0-9]?|[1-4][0-9]{2}|500"}
_SINCE = {f"created_at[{than}]": _STAMP for than in ("gt", "gte", "lt", "lte")}
# By resource: what a list of it can be asked for.
LISTING: dict[str, dict[str, Any]] = {
    "balances": {**_PAGES, "creditor": _id("CR"), REQUIRED: {"creditor"}},
    "creditors": {**_PAGES, **_SINCE},
    "events": {**_PAGES, **_SINCE, "payment": _id("PM"), "mandate": _id("MD"), "action": "[a-z_]+",
               "resource_type": "[a-z_]+"},
    "payments": {**_PAGES, **_SINCE, "creditor": _id("CR"), "mandate": _id("MD"), "currency": _CURRENCY,
                 "status": "[a-z_]+"},
    "payout_items": {**_PAGES, "payout": _id("PO"), REQUIRED: {"payout"}},
    "payouts": {**_PAGES, **_SINCE, "creditor": _id("CR"), "currency": _CURRENCY, "reference": ".{1,140}",
                "status": "pending|paid|bounced"},
    "refunds": {**_PAGES, **_SINCE, "payment": _id("PM"), "mandate": _id("MD"), "refund_type": "mandate|payment"},
    "webhooks": {**_PAGES, **_SINCE, "is_test": "true|false", "successful": "true|false"},
}  # fmt: skip
