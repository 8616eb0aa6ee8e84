"""Checkout sessions of the scripted Stripe that take no money: a card is saved, and that is all."""

from abc import ABC, abstractmethod
from typing import Any

Json = dict[str, Any]


class StripeSetUps(ABC):
    objects: dict[str, Json]
    hosted_base: str

    @abstractmethod
    def find(self, object_id: str) -> Json: ...

    @abstractmethod
    def now(self) -> int: ...

    @abstractmethod
    def _new(self, prefix: str, kind: str, **values: object) -> Json: ...

    @abstractmethod
    def _tell(self, kind: str, thing: Json) -> None: ...

    def set_up_session(self, form: Json) -> Json:
        """Its `amount_total` is null, and its SetupIntent stands there from the beginning."""
        intent = self._new(
            "seti", "setup_intent", status="requires_payment_method", customer=form["customer"],
            payment_method=None, metadata=form.get("setup_intent_data", {}).get("metadata", {}),
        )  # fmt: skip
        session = self._new(
            "cs_test", "checkout.session", mode="setup", amount_total=None, currency=form["currency"],
            status="open", payment_status="no_payment_required", payment_intent=None, setup_intent=intent["id"],
            metadata=form.get("metadata", {}), success_url=form["success_url"], cancel_url=form.get("cancel_url"),
            customer=form["customer"], expires_at=self.now() + 86_400,
            client_reference_id=form.get("client_reference_id"),
        )  # fmt: skip
        session["url"] = f"{self.hosted_base}/c/pay/{session['id']}"
        session["_form"] = form
        return session

    def save_card(self, session_id: str) -> Json:
        """The donor saves a card on the page of an open session."""
        session = self.find(session_id)
        assert session["status"] == "open"
        card = {"brand": "visa", "last4": "1881", "exp_month": 12, "exp_year": 2035}
        method = self._new("pm", "payment_method", type="card", customer=session["customer"], card=card)
        intent = self.find(session["setup_intent"])
        intent.update(status="succeeded", payment_method=method["id"])
        session.update(status="complete", url=None)
        self._tell("setup_intent.succeeded", intent)
        self._tell("checkout.session.completed", session)
        return session

    def shown_set_up(self, session: Json) -> Json:
        """Its SetupIntent, with the method expanded."""
        intent = dict(self.objects[session["setup_intent"]])
        if intent["payment_method"]:
            intent["payment_method"] = self.objects[intent["payment_method"]]
        return intent
