"""Writes into docs/ what the documentation repeats from the source, so that it can't say anything else.

A block stands between `<!-- written by script/reference: NAME -->` and `<!-- end -->`.
"""

import argparse
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import diagrams
import django

os.environ["DJANGO_SETTINGS_MODULE"] = "almoner.config.settings"
os.environ["ALMONER_MODE"] = "test"
django.setup()

# The rooms can be imported only now.
from almoner.api.scopes import MEANS  # noqa: E402
from almoner.api.urls import api  # noqa: E402
from almoner.backoffice import roles  # noqa: E402
from almoner.backoffice.models import Staff  # noqa: E402
from almoner.charities import appendonly  # noqa: E402
from almoner.config import cli, prove, wiring  # noqa: E402
from almoner.donors.transitions import SET_UP_EDGES, SetUpState  # noqa: E402
from almoner.kernel.crashpoint import LABELS  # noqa: E402
from almoner.payments.credits import credit_entries  # noqa: E402
from almoner.payments.disputes import entries_of as dispute_entries  # noqa: E402
from almoner.payments.gateways import advice  # noqa: E402
from almoner.payments.gateways.sandbox.gateway import RETURN_FEE_MINOR, fee_on  # noqa: E402
from almoner.payments.gateways.stripe.webhooks import EVENTS  # noqa: E402
from almoner.payments.payouts import entries_of as payout_entries  # noqa: E402
from almoner.payments.progress import entries_of  # noqa: E402
from almoner.payments.refunds import refund_entry  # noqa: E402
from almoner.payments.transitions import (  # noqa: E402
    ATTEMPT_EDGES,
    DISPUTE_EDGES,
    OPEN_STATES,
    PAYOUT_EDGES,
    REFUND_EDGES,
    RefundState,
    State,
)
from almoner.stories.forms import DONATION_TAGS  # noqa: E402
from almoner.webhooks.sources import TYPES  # noqa: E402

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
_BLOCK = re.compile(r"(<!-- written by script/reference: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def code(text: str) -> str:
    return f"`{text}`"


# ---- Commands ----------------------------------------------------------------------------------------------------


def commands() -> str:
    """Each subcommand with its arguments, as the parser holds them."""
    top = cli.parser()
    subcommands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return "\n\n".join(_command(name, parser) for name, parser in subcommands.choices.items())


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    heading = f"### almoner {name}\n\n{_sentence(parser.description or '')}"
    rows, own = [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            own = [_command(f"{name} {each}", inner) for each, inner in action.choices.items()]
        elif action.dest != "help":
            rows.append((code(_shape(action)), _sentence(action.help or "")))
    arguments = [table(("Argument", "What it does"), rows)] if rows else []
    return "\n\n".join([heading, *arguments, *own])


def _shape(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest).upper()
    takes = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return action.option_strings[-1] + takes


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


# ---- States and postings -----------------------------------------------------------------------------------------


def attempt_states() -> str:
    return table(
        ("From", "Event", "To"),
        ((code(before), code(event), code(after)) for (before, event), after in ATTEMPT_EDGES.items()),
    )


def open_states() -> str:
    return ", ".join(code(state) for state in OPEN_STATES)


def refund_states() -> str:
    return table(
        ("From", "Event", "To"),
        ((code(before), code(event), code(after)) for (before, event), after in REFUND_EDGES.items()),
    )


def dispute_states() -> str:
    return table(
        ("From", "Event", "To"),
        ((code(before), code(event), code(after)) for (before, event), after in DISPUTE_EDGES.items()),
    )


def payout_states() -> str:
    return table(
        ("From", "Event", "To"),
        ((code(before), code(event), code(after)) for (before, event), after in PAYOUT_EDGES.items()),
    )


def set_up_states() -> str:
    return table(
        ("From", "Event", "To"),
        ((code(before), code(event), code(after)) for (before, event), after in SET_UP_EDGES.items()),
    )


def stripe_events() -> str:
    return "\n".join(f"   - {code(name)}" for name in sorted(EVENTS))


def postings() -> str:
    """Made by the functions that post, on a gift of 100.00 to a fund called `children`."""
    gift = {"income_code": "income:children", "settled_minor": 10_000}
    fee = fee_on(10_000)
    happened = [
        ("A credit is seen on the bank's statement", credit_entries(10_000)),
        ("A card payment succeeds", entries_of("succeeded", gateway="sandbox", fee_minor=fee, turn=1, **gift)),
        ("A debit settles, days later", entries_of("succeeded", gateway="sandbox", fee_minor=0, turn=1, **gift)),
        ("The bank takes a debit back, and the gateway a fee for it",
         entries_of("returned", gateway="sandbox", fee_minor=RETURN_FEE_MINOR, turn=1, **gift)),
        ("It is collected after all", entries_of("collected", gateway="sandbox", fee_minor=0, turn=2, **gift)),
        ("A transfer is matched to its gift", entries_of("received", gateway="bank", fee_minor=0, turn=1, **gift)),
        ("It was another gift's", entries_of("unmatched", gateway="bank", fee_minor=0, turn=1, **gift)),
        ("A cheque or another gift by hand is entered",
         entries_of("received", gateway="offline", fee_minor=0, turn=1, **gift)),
        ("A refund of 40.00 succeeds", [_refund(failed=False)]),
        ("That refund bounces back", [_refund(failed=True)]),
        ("It proves done after all", [_refund(failed=False, turn=2)]),
        ("A dispute is opened, and its fee taken", _dispute("opened", fee_minor=2_500)),
        ("It is won", _dispute("won")),
        ("Or it is lost", _dispute("lost")),
        ("A payout leaves the gateway", payout_entries("made", gateway="sandbox", amount_minor=10_000)),
        ("The bank's statement shows it", payout_entries("banked", gateway="sandbox", amount_minor=10_000)),
        ("That credit was something else", payout_entries("unbanked", gateway="sandbox", amount_minor=10_000)),
        ("The bank refuses it", payout_entries("failed", gateway="sandbox", amount_minor=10_000)),
        ("A gateway takes money back", payout_entries("made", gateway="sandbox", amount_minor=-10_000)),
        ("The bank's statement shows that", payout_entries("banked", gateway="sandbox", amount_minor=-10_000)),
        ("A credit was nobody's gift, and went back", credit_entries(10_000, left="sent-back")[1:]),
        ("The statement that showed it is taken back", credit_entries(10_000, left="withdrawn")[1:]),
    ]  # fmt: skip
    rows = [
        (what if entry is entries[0] else "", code(entry.kind), code(entry.debit), code(entry.credit),
         f"{entry.amount_minor / 100:.2f}")
        for what, entries in happened
        for entry in entries
    ]  # fmt: skip
    return table(("What happened", "Kind", "Debit", "Credit", "Amount"), rows)


def _refund(*, failed: bool, turn: int = 1) -> object:
    of = {"gateway": "sandbox", "income_code": "income:children", "amount_minor": 4_000}
    return refund_entry(**of, failed=failed, turn=turn)


def _dispute(event: str, *, fee_minor: int = 0) -> list[object]:
    return [
        *dispute_entries(
            event, before="new", gateway="sandbox", amount_minor=10_000, fee_minor=fee_minor, turn=1
        )
    ]


# ---- Lists -------------------------------------------------------------------------------------------------------


def checks() -> str:
    return table(("Check", "What must hold"), ((check.name, check.says) for check in prove.checks()))


def gateway_problems() -> str:
    return table(("It says", "What to do"), advice.WORDS.values())


def append_only() -> str:
    rows = (
        (code(table_name), ", ".join(map(code, columns)) or "nothing")
        for table_name, columns in sorted(appendonly._PROTECTED.items())
    )
    return table(("Table", "What may still change"), rows)


def crash_points() -> str:
    return "\n".join(f"- {code(label)}" for label in LABELS)


def work() -> str:
    rows = [(code(kind), "when a row of the outbox asks for it") for kind in wiring.HANDLERS]
    rows += [(code(name), f"every {every:g} seconds") for name, every, _ in wiring.PERIODIC]
    return table(("Name", "When"), rows)


def shortcodes() -> str:
    rows = (
        (code(f"[{tag}]"), ", ".join(code(name) for name in names)) for tag, names in DONATION_TAGS.items()
    )
    return table(("Shortcode", "Where the form's number stands"), rows)


def permissions() -> str:
    """Which role may do what."""
    rows = [
        (says, *("yes" if name in roles._ROLES[role] else "" for role in roles.ROLE_NAMES))
        for name, says in Staff._meta.permissions
    ]
    return table(("May", *roles.ROLE_NAMES), rows)


def api_scopes() -> str:
    return table(("Scope", "What it opens"), ((code(scope), means) for scope, means in MEANS.items()))


def api_operations() -> str:
    """Every operation of the API, as its description in OpenAPI has it."""
    rows = [
        (f"`{method.upper()} {path}`", code(operation["x-scope"]), _told(operation))
        for path, operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, operation in operations.items()
    ]
    return table(("Call", "Scope", "What it does"), rows)


def _told(operation: dict[str, Any]) -> str:
    name = operation["operationId"].replace("_", " ").capitalize()
    return f"{name}. {' '.join(operation.get('description', '').split())}".strip()


def event_types() -> str:
    return table(("Type", "What happened"), ((code(name), says) for name, says in TYPES.items()))


def decisions() -> str:
    """The pages of docs/adr by number."""
    lines = []
    for path in sorted((DOCS / "adr").glob("[0-9]*.md")):
        number, _, title = path.read_text("utf-8").partition("\n")[0].removeprefix("# ").partition(" ")
        lines.append(f"- [{number} {title}]({path.name})")
    return "\n".join(lines)


BLOCKS: Final[dict[str, Callable[[], str]]] = {
    "api-operations": api_operations,
    "api-scopes": api_scopes,
    "append-only": append_only,
    "attempt-states": attempt_states,
    "checks": checks,
    "commands": commands,
    "crash-points": crash_points,
    "decisions": decisions,
    "dispute-states": dispute_states,
    "event-types": event_types,
    "gateway-problems": gateway_problems,
    "open-states": open_states,
    "payout-states": payout_states,
    "permissions": permissions,
    "postings": postings,
    "refund-states": refund_states,
    "set-up-states": set_up_states,
    "shortcodes": shortcodes,
    "stripe-events": stripe_events,
    "work": work,
}


# ---- Diagrams ----------------------------------------------------------------------------------------------------

_ATTEMPT: Final = {
    State.NEW: diagrams.Node(90, 250),
    State.AWAITING: diagrams.Node(300, 510),
    State.CREATED: diagrams.Node(300, 180),
    State.CONFIRMING: diagrams.Node(510, 285),
    State.ACTION_REQUIRED: diagrams.Node(700, 110),
    State.UNKNOWN: diagrams.Node(700, 420),
    State.PROCESSING: diagrams.Node(890, 340),
    State.SUCCEEDED: diagrams.Node(1110, 240, "good"),
    State.FAILED: diagrams.Node(1110, 55, "bad"),
    State.CANCELLED: diagrams.Node(1110, 510, "quiet"),
    State.RETURNED: diagrams.Node(1330, 240, "bad"),
}
_REFUND: Final = {
    RefundState.REQUESTED: diagrams.Node(90, 110),
    RefundState.SUBMITTED: diagrams.Node(290, 110),
    RefundState.UNKNOWN: diagrams.Node(470, 200),
    RefundState.SUCCEEDED: diagrams.Node(680, 60, "good"),
    RefundState.FAILED: diagrams.Node(680, 190, "bad"),
}
_SET_UP: Final = {
    SetUpState.NEW: diagrams.Node(90, 150),
    SetUpState.OPEN: diagrams.Node(330, 150),
    SetUpState.DONE: diagrams.Node(680, 55, "good"),
    SetUpState.FAILED: diagrams.Node(680, 125, "bad"),
    SetUpState.OVERTAKEN: diagrams.Node(680, 195, "quiet"),
    SetUpState.LEFT: diagrams.Node(680, 300, "quiet"),
}
_ROOMS: Final = {
    "__main__": "the command", "config": "settings, addresses, commands, wiring", "stories": "pages, facts, shortcodes",
    "backoffice": "staff's screens", "embedding": "the form on other sites",
    "webhooks": "what other systems are told",
    "donors": "their own page, mails of regular giving",
    "banking": "bank accounts, statements",
    "api": "what other systems read and do",
    "crm": "Salesforce, files in other systems' shapes",
    "receipts": "numbers, documents, mail, public check",
    "giving": "forms, the four steps, gifts", "plans": "regular gifts and their dates",
    "supporters": "people and consent", "payments": "gateways, attempts, refunds", "ledger": "double entry",
    "impact": "programmes and their figures", "consents": "what people agreed to",
    "addresses": "finder and formats", "outbox": "work outside the request",
    "charities": "legal entities, staff's scope, audit log", "kernel": "money, references, clock: no Django",
}  # fmt: skip
_SEQUENCE: Final = [
    ("Donor", "Almoner", "presses “Give $50 now”"),
    ("Almoner", "Almoner", "commit 1: the intent"),
    ("Almoner", "Gateway", "create, with a key"),
    ("Gateway", "Almoner", "its object"),
    ("Almoner", "Almoner", "commit 2: about to confirm"),
    ("Almoner", "Gateway", "confirm"),
    ("Gateway", "Almoner", "succeeded, fee $1.18"),
    ("Almoner", "Almoner", "commit 3: state, books, receipt no."),
    ("Almoner", "Donor", "Thank You"),
    ("Worker", "Worker", "makes and signs the PDF"),
    ("Worker", "Donor", "mails the receipt"),
    ("Gateway", "Almoner", "webhook: a reason to look"),
    ("Worker", "Gateway", "how does it stand?"),
]


def layers() -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in line.split("|")] for line in named if line != "__main__"]


def drawings() -> Iterator[tuple[str, str]]:
    yield (
        "states.svg",
        diagrams.states(
            _ATTEMPT,
            ATTEMPT_EDGES,
            size=(1420, 600),
            title="The states of an attempt to pay",
            start=State.NEW,
        ),
    )
    yield (
        "refund-states.svg",
        diagrams.states(
            _REFUND,
            REFUND_EDGES,
            size=(790, 280),
            title="The states of a refund",
            start=RefundState.REQUESTED,
        ),
    )
    yield (
        "set-up-states.svg",
        diagrams.states(
            _SET_UP,
            SET_UP_EDGES,
            size=(790, 380),
            title="The states of a method that is saved without a payment",
            start=SetUpState.NEW,
        ),
    )
    yield "house.svg", diagrams.house(layers(), _ROOMS)
    yield (
        "gift.svg",
        diagrams.sequence(["Donor", "Almoner", "Gateway", "Worker"], _SEQUENCE, title="How a gift travels"),
    )


# ---- Writing -----------------------------------------------------------------------------------------------------


def written(text: str) -> str:
    return _BLOCK.sub(lambda block: f"{block[1]}\n{BLOCKS[block[2]]()}\n\n{block[4]}", text)


def main(arguments: list[str]) -> int:
    check = arguments == ["--check"]
    wanted = {path: written(path.read_text("utf-8")) for path in sorted(DOCS.rglob("*.md"))}
    wanted |= {DOCS / "pictures" / name: svg for name, svg in drawings()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    used = {block[2] for text in wanted.values() for block in _BLOCK.finditer(text)}
    if unused := set(BLOCKS) - used:
        print(f"in no document: {', '.join(sorted(unused))}")
    for path in stale:
        print(f"{path.relative_to(ROOT)}{' is out of date: run script/reference' if check else ''}")
        if not check:
            path.write_text(wanted[path], "utf-8")
    return 1 if check and (stale or unused) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
