"""Money that people move: bank transfers, and the cheques, cash and phone payments that staff enter.

No machine is behind it that could be asked, so an attempt waits until a person records what arrived, and a refund is
what a person recorded as sent back.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from almoner.payments.gateways.port import (
    Answer,
    Capabilities,
    DisputeAnswer,
    Method,
    Order,
    PageScript,
    PayoutAnswer,
    Problem,
    RefundAnswer,
    Refused,
    SavedMethod,
    SignatureInvalid,
    Status,
    WebhookEvent,
)


class ByHand:
    """The port without a network. `bank` is offered to donors; `offline` is staff's alone."""

    def __init__(self, code: str, methods: tuple[Method, ...]) -> None:
        self.code = code
        self.account = code
        self._capabilities = Capabilities(methods=methods, by_hand=True)

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def create(self, order: Order) -> Answer:
        return Answer(
            gateway_id=order.key,
            status=Status.AWAITING,
            amount_minor=order.amount_minor,
            currency=order.currency,
        )

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        raise Refused("a person confirms this payment when the money arrives")

    def retrieve(self, gateway_id: str) -> Answer:
        raise Refused("there is no gateway to ask")

    def cancel(self, gateway_id: str) -> Answer:
        raise Refused("there is no gateway that could stop it")

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        return RefundAnswer(
            gateway_id=key, status=Status.SUCCEEDED, amount_minor=amount_minor, currency=currency
        )

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        raise Refused("there is no gateway to ask")

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        return None

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        return ()

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        raise SignatureInvalid("no machine sends messages about this way of paying")

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        return iter(())

    def balance(self) -> Mapping[str, int]:
        return {}

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        return iter(())

    def retrieve_method(self, token: str) -> SavedMethod:
        raise Refused("nothing is saved where people move the money")

    def forget_method(self, token: str) -> None:
        """There is none."""

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        raise Refused("there is no gateway to ask")

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        return iter(())

    def page_script(self) -> PageScript | None:
        return None

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        return ()


BANK: Final = ByHand("bank", (Method("bank_transfer", "transfer"),))
OFFLINE: Final = ByHand(
    "offline",
    (
        Method("cheque", "offline"),
        Method("cash", "offline"),
        Method("phone", "offline"),
        Method("event", "offline"),
    ),
)
