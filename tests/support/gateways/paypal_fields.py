"""What PayPal's published description (Orders v2, Payments v2, Payment Method Tokens v3, Disputes v1, Transaction
Search v1, Webhooks v1) lets a request hold, and what a dispute of its is like: names, and texts by pattern.

Written down from github.com/paypal/paypal-rest-api-specifications and from PayPal's own SDK, which is made from it.
"""

from typing import Any

from tests.support.gateways.described import REQUIRED

_ANY = ".{1,127}"
_MONEY = {
    "currency_code": "[A-Z]{3}",
    "value": r"(?=.{1,32}$)((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))",
    REQUIRED: {"currency_code", "value"},
}
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
            REQUIRED: {"amount"},
        }
    ],
    "payment_source": {"paypal": _WALLET},
    REQUIRED: {"intent", "purchase_units"},
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
    REQUIRED: {"payment_source"},
}
PAYMENT_TOKEN = {
    "customer": _CUSTOMER,
    "payment_source": {
        "token": {
            "id": "[0-9a-zA-Z_-]{1,255}",
            "type": "SETUP_TOKEN|BILLING_AGREEMENT",
            REQUIRED: {"id", "type"},
        }
    },
    REQUIRED: {"payment_source"},
}
REFUND = {"amount": _MONEY, "custom_id": ".{1,127}", "invoice_id": ".{1,127}", "note_to_payer": ".{1,255}"}
_STAMP = (
    "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])[Tt]([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
    "([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_PAGE = "[1-9][0-9]{0,4}"
# By address: what a GET of it can be asked for. Any other GET asks for nothing.
QUERIES: dict[str, dict[str, Any]] = {
    "/v3/vault/payment-tokens": {
        "customer_id": _CUSTOMER["id"], "page_size": "[1-5]", "page": "[1-9]|10", "total_required": "true|false",
        REQUIRED: {"customer_id"},
    },
    "/v1/reporting/balances": {"as_of_time": _STAMP, "currency_code": "[A-Z]{3}"},
    "/v1/reporting/transactions": {
        "start_date": _STAMP, "end_date": _STAMP, "fields": "[a-z_,]+", "page_size": "[1-9][0-9]?|[1-4][0-9]{2}|500",
        "page": _PAGE, "transaction_id": ".{17,19}", "transaction_type": "T[0-9]{4}", "transaction_status": "[DPSV]",
        "transaction_currency": "[A-Z]{3}", "balance_affecting_records_only": "[YN]",
        REQUIRED: {"start_date", "end_date"},
    },
    "/v1/notifications/webhooks-events": {
        "start_time": _STAMP, "end_time": _STAMP, "page_size": "[1-9][0-9]{0,2}", "page": "[0-9]{1,5}",
        "event_type": "[A-Z.-]+", "transaction_id": ".{1,50}",
    },
}  # fmt: skip
# Of Disputes v1, as `GET /v1/customer/disputes/{id}` answers: what this product may look at.
DISPUTE = {
    "dispute_id": "[A-Za-z0-9-]{1,255}",
    "create_time": _STAMP,
    "update_time": _STAMP,
    "disputed_transactions": [
        {"seller_transaction_id": ".{1,255}", "buyer_transaction_id": ".{1,255}", "custom": ".{1,2000}"}
    ],
    "reason": (
        "MERCHANDISE_OR_SERVICE_NOT_RECEIVED|MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED|UNAUTHORISED|"
        "CREDIT_NOT_PROCESSED|DUPLICATE_TRANSACTION|INCORRECT_AMOUNT|PAYMENT_BY_OTHER_MEANS|"
        "CANCELED_RECURRING_BILLING|PROBLEM_WITH_REMITTANCE|OTHER"
    ),
    "status": ("OPEN|WAITING_FOR_BUYER_RESPONSE|WAITING_FOR_SELLER_RESPONSE|UNDER_REVIEW|RESOLVED|OTHER"),
    "dispute_amount": _MONEY,
    "dispute_outcome": {
        "outcome_code": (
            "RESOLVED_BUYER_FAVOUR|RESOLVED_SELLER_FAVOUR|RESOLVED_WITH_PAYOUT|CANCELED_BY_BUYER|ACCEPTED|DENIED|NONE"
        ),
        "amount_refunded": _MONEY,
    },
    "dispute_life_cycle_stage": "INQUIRY|CHARGEBACK|PRE_ARBITRATION|ARBITRATION",
    "dispute_channel": "INTERNAL|EXTERNAL|ALERT",
    "seller_response_due_date": _STAMP,
    "links": [{"href": "https?://.+", "rel": ".{1,100}", "method": "GET|POST"}],
    REQUIRED: {"dispute_id", "status", "dispute_amount"},
}
# What its calls take in their part `input`, and the names of their files' parts.
_NOTES = "(?s).{1,2000}"
DISPUTE_CALLS = {
    "provide-evidence": (
        {"evidences": [{"evidence_type": "[A-Z_]{1,255}", "notes": _NOTES, REQUIRED: {"evidence_type"}}],
         REQUIRED: {"evidences"}},
        "evidence-file",
    ),
    "provide-supporting-info": ({"notes": _NOTES, REQUIRED: {"notes"}}, "supporting document"),
    "accept-claim": (
        {"note": _NOTES, "accept_claim_type": "REFUND|REFUND_WITH_RETURN|PARTIAL_REFUND",
         REQUIRED: {"note"}},
        "accept-claim-document",
    ),
}  # fmt: skip
DOCUMENTS = ("application/pdf", "image/jpeg", "image/png", "image/gif")
