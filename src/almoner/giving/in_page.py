"""A gateway's own fields in our payment step, and what it asks of the donor after them."""

import re
from collections.abc import Sequence
from typing import Any, Final

from almoner.giving.catalogue import FormSpec
from almoner.giving.drafts import Draft
from almoner.giving.views_model import PageElement, StepConfirm
from almoner.giving.ways import Way
from almoner.kernel.money import exponent
from almoner.payments import gateways

# What the gateway's script gives for what was typed into its fields: a reference, and never a card number.
TOKEN_FIELD: Final = "confirmation_token"  # noqa: S105 (a field's name)
_TOKEN: Final = re.compile(r"[\w.-]{8,200}", re.ASCII)


def element_of(ways: Sequence[Way], draft: Draft, total_minor: int) -> PageElement | None:
    """The fields of the gateway that shows some for one of these methods; None when none does."""
    way = next((way for way in ways if way.in_page), None)
    if way is None:
        return None
    return _element(way.gateway, total_minor, draft.currency, saves=draft.frequency != "once")


def read_token(posted: str) -> str:
    """The reference that the page sent; "" for what can't be one."""
    return posted if _TOKEN.fullmatch(posted) else ""


def confirm_step(
    spec: FormSpec, language: str, *, token: str, return_url: str, action: dict[str, Any], gateway: str
) -> StepConfirm:
    """What is left for the donor to do at the gateway, before it takes the money."""
    in_page = action.get("kind") == "in_page"
    return StepConfirm(
        form=spec.look(language),
        token=token,
        return_url=return_url,
        url="" if in_page else action["url"],
        client_secret=action["client_secret"] if in_page else "",
        element=_element(gateway, 0, "", saves=False) if in_page else None,
    )


def _element(gateway: str, total_minor: int, currency: str, *, saves: bool) -> PageElement | None:
    script = gateways.gateway(gateway).page_script()
    if script is None:
        return None
    return PageElement(
        url=script.url,
        settings=script.settings,
        script_sources=script.script_sources,
        frame_sources=script.frame_sources,
        connect_sources=script.connect_sources,
        amount=_amount_there(total_minor, currency, script.settings.get(f"decimals:{currency}")),
        currency=currency.lower(),
        saves=saves,
    )


def _amount_there(amount_minor: int, currency: str, decimals: str | None) -> int:
    """In the units of a gateway whose decimals in a currency aren't those of ISO 4217."""
    more = int(decimals) - exponent(currency) if decimals is not None else 0
    factor = int(10 ** abs(more))
    return amount_minor * factor if more >= 0 else amount_minor // factor
