"""What the tests of GoCardless share: a gift, its debit there, and the marks that must hold."""

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.payments.models import Attempt
from tests.gateways.walk import holds, intent, receive, work
from tests.support.gateways.gocardless_server import GoCardlessServer

CODE = "gocardless"
REQUEST, FLOW, PAYMENT = "POST /billing_requests$", "POST /billing_request_flows$", "POST /payments$"
LOST = ["drop_answer", "stall_answer", "error_after", "garbage"]
CURRENCIES = {"gocardless_bacs": "GBP", "gocardless_becs": "AUD", "gocardless_sepa": "EUR"}


def give(charity: Charity, method: str = "gocardless_bacs", **more: object) -> Attempt:
    values = {"method": method, "gateway": CODE, "currency": CURRENCIES[method]} | more
    return actions.submit(intent(charity, **values))[1]  # type: ignore[arg-type]


def agreed(charity: Charity, server: GoCardlessServer, **more: object) -> Attempt:
    """The donor agreed, came back, and the debit is on its way."""
    attempt = give(charity, **more)
    server.agree(str(attempt.gateway_id))
    return actions.look(attempt.pk)


def payment(server: GoCardlessServer) -> str:
    return [*server.state.payments][-1]


def tell(server: GoCardlessServer) -> int:
    """All that happened, in one webhook, and the worker looks."""
    told = server.untold()
    if not told:
        return 0
    taken = receive(server, CODE, told, together=True)
    work()
    return taken


def agrees(server: GoCardlessServer, currency: str = "GBP") -> None:
    """The pass marks."""
    holds(CODE, currency)
