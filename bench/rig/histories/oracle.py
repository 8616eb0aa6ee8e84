"""What must hold at the end of a history: reckoned from the gateway's own books and from what donors were told, against
rows read by SQL. None of the product's code is used: its tables of states stand here once more, by hand.
"""

import uuid
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import connection

from rig.histories.truth import Charge
from rig.histories.world import World

_OPEN: Final = {"new", "created", "confirming", "action_required", "processing", "unknown", "awaiting"}
# From, event, to: shared by what the project wrote down of payments, and by nothing that it runs.
_ATTEMPT: Final = """
new created created|new refused failed|new given_up cancelled|created confirming confirming
action_required confirming confirming|created action_required action_required
confirming action_required action_required|unknown action_required action_required|confirming unknown unknown
created processing processing|confirming processing processing|action_required processing processing
unknown processing processing|created succeeded succeeded|confirming succeeded succeeded
action_required succeeded succeeded|processing succeeded succeeded|unknown succeeded succeeded
created failed failed|confirming failed failed|action_required failed failed|processing failed failed
unknown failed failed|created cancelled cancelled|confirming cancelled cancelled
action_required cancelled cancelled|processing cancelled cancelled|unknown cancelled cancelled
failed corrected succeeded|cancelled corrected succeeded|succeeded returned returned|returned collected succeeded
succeeded fee_changed succeeded|returned fee_changed returned
"""
_REFUND: Final = """
requested submitted submitted|submitted unknown unknown|submitted succeeded succeeded|unknown succeeded succeeded
submitted failed failed|unknown failed failed|succeeded failed failed|failed corrected succeeded
"""
_DISPUTE: Final = """
new inquiry inquiry|new opened needs_response|new prevented prevented|inquiry opened needs_response
inquiry prevented prevented|needs_response answered under_review|under_review reopened needs_response
needs_response won won|under_review won won|needs_response lost lost|under_review lost lost|lost won won|won lost lost
needs_response fee_changed needs_response|under_review fee_changed under_review|won fee_changed won
lost fee_changed lost
"""
Row = dict[str, Any]


@dataclass
class Verdict:
    """Of one history. Each list names what is wrong; `longest_gap_hours`: from a capture to its place in the books."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0
    longest_gap_hours: float = 0.0

    @property
    def complaints(self) -> list[str]:
        return [
            f"{kind}: {each}"
            for kind in ("lost", "doubled", "phantom", "stuck", "wrong")
            for each in getattr(self, kind)
        ]


class Oracle:
    def __init__(self, world: World) -> None:
        self.world, self.verdict = world, Verdict()
        self.attempts = {_name(row["id"]): row for row in rows("payments_attempt")}
        self.gifts = {_name(row["id"]): row for row in rows("giving_gift")}
        self.charges = {each.id: each for each in world.gateway.held.values()}
        self.by_gift: dict[str, list[Charge]] = defaultdict(list)
        for charge in self.charges.values():
            if (owner := self.attempts.get(_name(charge.key))) is not None:
                self.by_gift[_name(owner["gift_id"])].append(charge)

    def judge(self) -> Verdict:
        self.verdict.wrong += self.world.chance.wrongs
        self._charges()
        self._gifts()
        self._told()
        self._plans()
        self._refunds()
        self._disputes_and_payouts()
        self._ledger()
        self._receipts()
        self._work()
        self._moves("payments_event", "attempt_id", self.attempts, "new", _ATTEMPT)
        refunds = {_name(row["id"]): row for row in rows("payments_refund")}
        self._moves("payments_refundevent", "refund_id", refunds, "requested", _REFUND)
        disputes = {_name(row["id"]): row for row in rows("payments_dispute")}
        self._moves("payments_disputeevent", "dispute_id", disputes, "new", _DISPUTE)
        return self.verdict

    def _charges(self) -> None:
        """Each charge at the gateway against its attempt, and each attempt against its charge."""
        settled_at: dict[str, datetime] = {}
        for row in rows("payments_event"):
            if row["to_state"] == "succeeded":
                settled_at.setdefault(_name(row["attempt_id"]), _moment(row["at"]))
        for charge in self.charges.values():
            row = self.attempts.get(_name(charge.key))
            if charge.captured_at is None:
                continue
            if row is None or row["gateway_id"] != charge.id or row["state"] != charge.state:
                stands = row and (row["state"], row["gateway_id"])
                self.verdict.lost.append(f"charge {charge.id} is {charge.state}, its attempt {stands}")
            elif (row["settled_minor"], row["currency"]) != (charge.amount_minor, charge.currency):
                self.verdict.wrong.append(f"charge {charge.id}: {row['settled_minor']} booked")
            elif row["fee_minor"] != charge.fee_minor:
                self.verdict.wrong.append(f"charge {charge.id}: fee {row['fee_minor']} of {charge.fee_minor}")
            if (at := settled_at.get(_name(charge.key))) is not None:
                gap = (at - charge.captured_at).total_seconds() / 3600
                self.verdict.longest_gap_hours = max(self.verdict.longest_gap_hours, gap)
        for row in self.attempts.values():
            held = self.charges.get(row["gateway_id"] or "")
            if row["state"] in ("succeeded", "returned") and (held is None or held.captured_at is None):
                self.verdict.phantom.append(
                    f"attempt {row['id']} is {row['state']}, and nothing was captured"
                )
            if row["state"] in _OPEN:
                self.verdict.stuck.append(f"attempt {row['id']} is {row['state']}")

    def _gifts(self) -> None:
        for name, gift in self.gifts.items():
            captured = [each for each in self.by_gift[name] if each.captured_at is not None]
            paid = [each for each in captured if each.state == "succeeded"]
            corrected = any(each.said_failed for each in captured)
            if len(captured) > 1 and not corrected:
                self.verdict.doubled.append(f"gift {name}: {[each.id for each in captured]}")
            if len(paid) > 1 and gift["flag"] != "paid_twice":
                self.verdict.doubled.append(f"gift {name} was paid twice and nobody is told")
            if bool(paid) != (gift["status"] == "settled"):
                kind = self.verdict.lost if paid else self.verdict.phantom
                kind.append(f"gift {name} is {gift['status']}, paid {len(paid)} times")
            back = sum(each.given_back_minor for each in paid)
            if paid and gift["refunded_minor"] != back:
                self.verdict.wrong.append(f"gift {name}: {gift['refunded_minor']} of {back} given back")
            # A refund bounced, and its bank then took the payment back, which may be told first: a person is called.
            bounced = any(back.state == "failed" for each in captured for back in each.refunds)
            if gift["flag"] not in ("", "paid_twice", *(["back_twice"] if bounced else [])):
                self.verdict.wrong.append(f"gift {name} is flagged {gift['flag']}")

    def _told(self) -> None:
        """What donors saw must be so: thanks for what was captured, and no failure of what was."""
        for donor in self.world.donors:
            name = donor.intent.gift_id.hex
            charges = {each.key: each for each in self.by_gift[name]}
            for ordinal, status in donor.told:
                key = str(uuid.uuid5(donor.intent.gift_id, f"attempt {ordinal}"))
                charge = charges.get(key)
                self.verdict.acknowledged += status == "settled"
                if name not in self.gifts:
                    self.verdict.lost.append(f"gift {name} was told as {status}, and is not stored")
                elif status == "settled" and not any(each.captured_at for each in charges.values()):
                    self.verdict.phantom.append(f"gift {name}: thanks, and nothing was captured")
                elif status == "failed" and charge and charge.captured_at and not charge.said_failed:
                    self.verdict.lost.append(f"gift {name} was told as failed, and was captured")

    def _plans(self) -> None:
        """Never two charges of a plan for one period, each on its day by the anchor's month, and no period left out: in
        these histories a worker is at work in every month."""
        for plan in rows("plans_plan"):
            name, anchor = _name(plan["id"]), _day(plan["anchor"])
            periods = [row for row in rows("plans_period") if _name(row["plan_id"]) == name]
            gifts = [row for row in self.gifts.values() if row["plan_id"] and _name(row["plan_id"]) == name]
            days = [_day(row["period_on"]) for row in gifts if row["period_on"]]
            # The first is given on its donor's day; the anchor is when it was paid.
            first = _name(plan["first_gift_id"]) if plan["first_gift_id"] else ""
            later = [
                _day(row["period_on"]) for row in gifts if row["period_on"] and _name(row["id"]) != first
            ]
            months = Counter(_months(anchor, day) for day in days)
            self.verdict.doubled += [
                f"plan {name}: month {each} was charged {count} times"
                for each, count in months.items()
                if count > 1
            ]
            self.verdict.wrong += [
                f"plan {name}: {day} is no day of a plan of {anchor}"
                for day in later
                if day != _later(anchor, _months(anchor, day)) or _months(anchor, day) % plan["every"]
            ]
            # A first gift that was paid in a later month than it was given in stands for the anchor's own month.
            made = {
                0 if row["gift_id"] and _name(row["gift_id"]) == first else _months(anchor, _day(row["on"]))
                for row in periods
            }
            self.verdict.lost += [
                f"plan {name}: month {each} was left out"
                for each in range(min(made, default=0), max(made, default=0), plan["every"])
                if each not in made
            ]

    def _refunds(self) -> None:
        booked = [row for row in rows("payments_refund") if row["state"] == "succeeded"]
        done = [
            each for charge in self.charges.values() for each in charge.refunds if each.state == "succeeded"
        ]
        names = Counter(str(row["gateway_id"]) for row in booked)
        for each in done:
            if not names[each.id]:
                self.verdict.lost.append(f"refund {each.id} of {each.amount_minor} is not booked")
        known = {each.id for each in done}
        self.verdict.phantom += [f"refund {name}" for name in names if name not in known]
        self.verdict.doubled += [f"refund {name} booked twice" for name, count in names.items() if count > 1]
        keys = Counter(each.key for charge in self.charges.values() for each in charge.refunds if each.key)
        asked = {str(refund_id) for refund_id, *_ in self.world.asked_refunds}
        self.verdict.doubled += [f"refund {key}, which nobody asked for" for key in keys if key not in asked]
        self.verdict.doubled += [f"refund {key} given twice" for key, count in keys.items() if count > 1]
        self.verdict.stuck += [
            f"refund {row['id']} is {row['state']}"
            for row in rows("payments_refund")
            if row["state"] not in ("succeeded", "failed")
        ]

    def _disputes_and_payouts(self) -> None:
        truth = {each.id: each.state for charge in self.charges.values() for each in charge.disputes}
        here = {row["gateway_id"]: row["state"] for row in rows("payments_dispute")}
        if truth != here:
            self.verdict.lost += [f"dispute {name}: {here.get(name)}, there {truth[name]}" for name in truth
                                  if here.get(name) != truth[name]]  # fmt: skip
            self.verdict.phantom += [f"dispute {name}" for name in here if name not in truth]
        words = {"processing": "in_transit", "succeeded": "paid", "failed": "failed"}
        paid = {each.id: words[each.state] for each in self.world.gateway.paid_out.values()}
        booked = {row["gateway_id"]: row["state"] for row in rows("payments_payout")}
        if paid != booked:
            self.verdict.wrong.append(f"payouts {paid}, booked {booked}")

    def _ledger(self) -> None:
        """Every account's balance, from the gateway's books alone."""
        expected: Counter[tuple[str, str]] = Counter()
        for charge in self.charges.values():
            gross = charge.amount_minor if charge.state == "succeeded" else 0
            disputes = charge.disputes
            put(expected, charge.currency, {
                "clearing:sim": charge.held_minor, "income:children": -gross, "fees:sim": charge.fee_minor,
                "refunds:children": charge.given_back_minor,
                "dispute-fees:sim": sum(each.fee_minor for each in disputes),
                "dispute-losses:sim": charge.lost_minor,
                "disputes:sim": sum(each.amount_minor for each in disputes
                                    if each.state in ("needs_response", "under_review")),
            })  # fmt: skip
        for payout in self.world.gateway.paid_out.values():
            gone = payout.amount_minor if payout.state in ("processing", "succeeded") else 0
            put(expected, payout.currency, {"clearing:sim": -gone, "in_transit:sim": gone})
        found = balances()
        for key in expected.keys() | found.keys():
            if expected[key] != found[key]:
                self.verdict.wrong.append(f"{key[0]} holds {found[key]} {key[1]}, should be {expected[key]}")
        once = Counter((row["source"], row["source_id"], row["kind"]) for row in rows("ledger_posting"))
        self.verdict.doubled += [f"posting {key}" for key, count in once.items() if count > 1]

    def _receipts(self) -> None:
        """One that holds for every success of which anything is left, and it says how much; numbers without gaps."""
        receipts = rows("receipts_receipt")
        cancelled = {row["receipt_id"] for row in rows("receipts_receiptcancellation")}
        holding: dict[str, list[Row]] = defaultdict(list)
        for row in receipts:
            if row["id"] not in cancelled:
                holding[_name(row["gift_id"])].append(row)
        for name in self.gifts:
            left = [each.amount_minor - each.given_back_minor - each.lost_minor
                    for each in self.by_gift[name] if each.state == "succeeded"]  # fmt: skip
            owed = [minor for minor in left if minor > 0]
            says = [row["amount_minor"] for row in holding[name]]
            if len(says) != min(len(owed), 1) or (says and says[0] not in owed):
                kind = self.verdict.doubled if len(says) > 1 else self.verdict.wrong
                kind.append(f"gift {name} has receipts over {says}, {owed} is left")
        numbers = sorted(row["number"] for row in receipts)
        if numbers != list(range(1, len(numbers) + 1)):
            self.verdict.wrong.append(f"receipts are numbered {numbers}")

    def _work(self) -> None:
        self.verdict.stuck += [
            f"job {row['kind']} {row['dedupe_key']} is {row['state']}: {row['last_error']}"
            for row in rows("outbox_job")
            if row["state"] != "done"
        ]
        self.verdict.stuck += [
            f"message {row['id']} {row['event_type']} is {row['state']}"
            for row in rows("payments_inboxmessage")
            if row["state"] != "done"
        ]

    def _moves(self, table: str, owner: str, owned: Mapping[str, Row], first: str, edges: str) -> None:
        """Each row came to its state by steps that the table allows, one after the other."""
        legal = {tuple(each.split()) for line in edges.strip().splitlines() for each in line.split("|")}
        at = dict.fromkeys(owned, first)
        for row in rows(table):
            name, step = _name(row[owner]), (row["from_state"], row["name"], row["to_state"])
            if step not in legal or at[name] != row["from_state"]:
                self.verdict.wrong.append(f"{table} of {name}: {step} at {at[name]}")
            at[name] = row["to_state"]
        self.verdict.wrong += [
            f"{table} of {name} end at {at[name]}, it is {row['state']}"
            for name, row in owned.items()
            if at[name] != row["state"]
        ]


def rows(table: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 (our own tables)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def balances() -> Counter[tuple[str, str]]:
    """Debits less credits of every account, by (code, currency)."""
    found: Counter[tuple[str, str]] = Counter()
    for side, sign in (("debit_id", 1), ("credit_id", -1)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT code, ledger_posting.currency, sum(amount_minor) FROM ledger_posting "  # noqa: S608
                f"JOIN ledger_account ON ledger_account.id = {side} GROUP BY 1, 2"
            )
            for code, currency, total in cursor.fetchall():
                found[code, currency] += sign * int(total)
    return found


def put(totals: Counter[tuple[str, str]], currency: str, amounts: Mapping[str, int]) -> None:
    for code, minor in amounts.items():
        totals[code, currency] += minor


def _name(key: object) -> str:
    """An identifier as either database has it."""
    return uuid.UUID(str(key)).hex


def _moment(value: object) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _day(value: Any) -> date:
    """As SQLite and PostgreSQL give it."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _months(anchor: date, day: date) -> int:
    return 12 * (day.year - anchor.year) + day.month - anchor.month


def _later(anchor: date, months: int) -> date:
    """The anchor's day so many months on, or that month's last."""
    year, month = divmod(12 * anchor.year + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
