"""What the tests of PayPal share: a gift, its order and capture there, and staff's refund."""

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.payments.models import Attempt, Refund
from tests.gateways.walk import intent
from tests.support.gateways.paypal_server import PayPalServer

ORDERS = "POST /v2/checkout/orders$"
CAPTURE = "POST .*/capture$"
# Faults after which PayPal has done what was asked, and we don't know it.
LOST = ["drop_answer", "stall_answer", "error_after", "garbage"]


def give(charity: Charity, **more: object) -> Attempt:
    values = {"method": "paypal", "gateway": "paypal", "currency": "AUD"} | more
    return actions.submit(intent(charity, **values))[1]  # type: ignore[arg-type]


def order(paypal: PayPalServer) -> str:
    """The only one."""
    (found,) = paypal.state.orders
    return found


def capture(paypal: PayPalServer) -> str:
    return [*paypal.state.captures][-1]


class Staff:
    pk = 1

    def get_username(self) -> str:
        return "staff"


def refund(amount_minor: int) -> Refund:
    gift = Gift.objects.get()
    return actions.refund(gift_id=gift.pk, amount_minor=amount_minor, reason="asked", actor=Staff())
