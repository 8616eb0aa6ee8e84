"""What is wrong with a gateway's setup, in staff's words, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from almoner.payments.gateways.port import Gateway, GatewayError, Problem, away


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong, what to do, and what it is about (may be empty)."""

    wrong: str
    todo: str
    about: str = ""


WORDS: Final[dict[str, tuple[str, str]]] = {
    "wrong_mode": (
        "Test and live are mixed up.",
        "Use keys of the mode that this installation runs in: live keys in production, test keys elsewhere.",
    ),
    "bad_key": (
        "The gateway does not accept our key.",
        "Copy the key from the gateway's dashboard again, set it, and restart.",
    ),
    "wrong_version": (
        "The gateway speaks another version of its protocol than we do.",
        "Set the webhook's version in the gateway's dashboard to the one that Almoner uses.",
    ),
    "missing_setting": (
        "A setting is missing.",
        "Set it in the server's environment, and restart.",
    ),
    "no_webhook": (
        "The gateway has no webhook for us.",
        "Make one in its dashboard that goes to our address.",
    ),
    "webhook_elsewhere": (
        "The gateway's webhook goes to another address.",
        "Change it in the gateway's dashboard to our address.",
    ),
    "webhook_disabled": ("The webhook is switched off.", "Switch it on again in the gateway's dashboard."),
    "webhook_failing": (
        "The gateway's webhooks come here, and are refused or not answered.",
        "Compare the webhook's secret with the setting, and look at the server's log.",
    ),
    "webhook_missing_events": (
        "The webhook does not tell us everything that we need.",
        "Add these events to it in the gateway's dashboard.",
    ),
    "missing_capability": (
        "The gateway's account may not do something that is offered here.",
        "Ask for it in the gateway's dashboard, or take it off the methods in the settings.",
    ),
    "wrong_account": (
        "The key belongs to another account than the settings name.",
        "Set the account's identifier and the key of the same account.",
    ),
    "unreachable": (
        "The gateway could not be reached.",
        "Try again in a few minutes. If it stays so, look at its status page and at this server's way out.",
    ),
    "busy": (
        "The gateway was reached, and could not answer.",
        "Try again in a few minutes. If it stays so, look at its status page.",
    ),
}
# Of these nothing is known to be wrong here: the gateway could not be asked.
PASSING: Final = frozenset({"unreachable", "busy"})
# What a gateway says of a key may quote it.
_WITHOUT_DETAIL: Final = frozenset({"bad_key"})


def advice(problem: Problem) -> Advice:
    """A code that has no words yet is shown as it is, rather than kept from the reader."""
    wrong, todo = WORDS.get(
        problem.code, (f"The gateway reports: {problem.code}.", "Look it up in the gateway's how-to.")
    )
    return Advice(wrong, todo, "" if problem.code in _WITHOUT_DETAIL else problem.detail)


def problems_of(gateway: Gateway, *, webhook_url: str) -> Sequence[Problem]:
    """What the gateway finds wrong with its setup; a gateway that doesn't answer is a problem itself. Speaks to a
    network, within the gateway's own time-outs: never in a transaction."""
    try:
        return gateway.check(webhook_url=webhook_url)
    except GatewayError as error:
        return [away(error)]
