"""The last step: give. The only one that writes, and the only one that redirects.

A draft may be sent more than once: by a button pressed twice, from two tabs, and from an old page that the browser's
Back brought up again. Whatever is sent, one gift is one payment, and what stands already is looked at before anything
new is begun.
"""

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from almoner.giving import actions, altcha, funnel, limits, steps, wallets
from almoner.giving.answers import answer, to_gift
from almoner.giving.asking import Ask, Outdated, a_step, absolute, draft_in
from almoner.giving.catalogue import language_root
from almoner.giving.drafts import Draft, DraftExpired, DraftInvalid
from almoner.giving.entry import Invalid, keepable
from almoner.giving.in_page import TOKEN_FIELD, read_token
from almoner.giving.models import Course, Gift, GiftStatus
from almoner.giving.returning import show_again, start_again
from almoner.giving.steps import Person
from almoner.giving.views_model import FieldError
from almoner.giving.ways import Way
from almoner.giving.wording import decline, earlier_try
from almoner.kernel.clock import now
from almoner.payments.models import Attempt
from almoner.payments.transitions import LEFT_OPEN_STATES, State

_DECLINED: Final = frozenset({State.FAILED, State.CANCELLED})
# How often a submit may go on from what it finds: to another gift, and to another attempt at that.
_TURNS: Final = 3


@dataclass(frozen=True, slots=True)
class _Press:
    """The button was pressed, and all that is needed to give is there."""

    ask: Ask
    draft: Draft
    person: Person
    way: Way
    verdict: limits.Verdict
    outcome: str
    # The gateway's script's reference to what was typed into its fields, for a method that has some.
    token: str
    who: limits.Who

    @property
    def given(self) -> dict[str, str]:
        """What the payment step brought for this method's gateway."""
        if self.way.in_page:
            return {TOKEN_FIELD: self.token}
        return {"sandbox_outcome": self.outcome} if self.way.sandbox and not self.way.hosted else {}

    @property
    def guarded(self) -> bool:
        """As it is now: this very submit may have been what tells an attack."""
        return limits.judge(self.who, at=now()).guarded

    def to_gift(self, gift: Gift, attempt: Attempt) -> HttpResponse:
        ask = self.ask
        return to_gift(ask.request, gift, attempt, ask.language, spec=ask.spec, token=self.draft.seal())

    @property
    def return_url(self) -> str:
        path = f"{language_root(self.ask.language)}/give/return/{self.draft.public_key}/"
        return absolute(self.ask.request, path)

    def intent(self) -> actions.Intent:
        return steps.intent_of(
            self.ask.spec,
            self.draft,
            self.person,
            self.way,
            language=self.ask.language,
            return_url=self.return_url,
            given=self.given,
            who=self.who,
        )


@a_step
def submit(ask: Ask) -> HttpResponse:
    """Step 3: give; or back, or a step again as the draft holds it."""
    try:
        draft = draft_in(ask)
    except (DraftExpired, Outdated) as broken:
        return _too_old(ask, broken)
    except DraftInvalid as broken:
        return start_again(ask, broken)
    if ask.act == "back":
        return answer(ask.request, steps.details_step(ask.spec, draft, ask.language))
    if ask.act in ("amount", "details", "payment"):
        return show_again(ask, draft)
    if meant := ask.post.get("accept_email"):
        draft = replace(draft, values={**draft.values, "email": keepable(meant[:254])})
    if by_wallet := wallets.WALLET_FIELD in ask.post:
        draft = wallets.told(draft, ask.spec, ask.post)
    try:
        person = steps.read_person(draft, ask.spec)
    except Invalid as invalid:
        errors = (*_wallet_fell_short(by_wallet), *invalid.errors)
        return answer(ask.request, steps.details_step(ask.spec, draft, ask.language, errors=errors))
    who = replace(
        ask.who(person.entry.email), small=ask.spec.suggests_more(draft.amount_minor, draft.currency)
    )
    gate = _gate(ask, draft, person, who)
    draft, verdict = gate.draft, gate.verdict
    way = _chosen_way(ask, steps.need_of(ask.spec, draft, person), verdict)
    outcome = steps.outcome_of(way, ask.post.get("sandbox_outcome", ""))
    token = read_token(ask.post.get(TOKEN_FIELD, ""))
    fault = gate.undone or _method_fault(way, token)
    if way is None or fault or meant:
        errors = () if meant or fault is None else (fault,)
        step = steps.payment_step(
            ask.spec, draft, person, ask.language,
            verdict=verdict, errors=errors, chosen=ask.post.get("method", ""), outcome=outcome,
        )  # fmt: skip
        return answer(ask.request, step)
    funnel.count(ask.spec.form_id, "submit", ask.device, timezone=ask.spec.charity.timezone)
    elsewhere = Course.WAITED if gate.waited else Course.HOSTED
    course = elsewhere if way.hosted else Course.WORKED if verdict.work else Course.HERE
    return _give(_Press(ask, draft, person, way, verdict, outcome, token, replace(who, course=course)))


def _wallet_fell_short(by_wallet: bool) -> tuple[FieldError, ...]:
    text = _("Nothing was charged: your wallet did not tell all that we need. Please complete it here.")
    return (FieldError("", text),) if by_wallet else ()


def _method_fault(way: Way | None, token: str) -> FieldError | None:
    if way is None:
        return FieldError("method", _("Choose how you would like to pay"))
    if way.in_page and not token:
        text = _(
            "The fields of the payment provider did not answer. Nothing was charged. Choose another way to pay."
        )
        return FieldError("method", text)
    return None


def _too_old(ask: Ask, broken: DraftExpired | Outdated) -> HttpResponse:
    """A page that comes back after its gift was made shows that gift, however old the page is. One that was declined
    was not made."""
    if Gift.objects.filter(pk=broken.draft.gift_id).exclude(status=GiftStatus.FAILED).exists():
        gift, attempt = actions.standing(broken.draft.gift_id)
        return to_gift(ask.request, gift, attempt, ask.language, spec=ask.spec, token=broken.draft.seal())
    return start_again(ask, broken)


@dataclass(frozen=True, slots=True)
class _Gate:
    """What this press may do. `undone` says why it may do nothing now; `waited`: without work, after a wait."""

    draft: Draft
    verdict: limits.Verdict
    undone: FieldError | None = None
    waited: bool = False


def _gate(ask: Ask, draft: Draft, person: Person, who: limits.Who) -> _Gate:
    """Without the script, or without its work, the gateway's own page is the way, and under attack after a wait; where
    the form has none, or that is closed too, there is an error that says what to do."""
    need, at = steps.need_of(ask.spec, draft, person), now()
    verdict = steps.fitted(limits.judge(who, at=at), ask.spec, need)
    bound_to = limits.bound_to(who.form_id, draft.gift_id, draft.ordinal)
    if not verdict.work or altcha.solved(ask.post.get("altcha", ""), bound_to, most=verdict.work, at=at):
        return _Gate(draft, verdict)
    outside = steps.outside(ask.spec, need)
    chosen = next((way for way in outside if way.method == ask.post.get("method")), None)
    if outside and not verdict.closed:
        verdict = replace(verdict, hosted_only=True)
        # Pages of the gateway's are what testers are after under attack: a bank transfer is of no use to them.
        if chosen is not None and not (verdict.guarded and chosen.hosted):
            return _Gate(draft, verdict)
        seconds = int(at.timestamp())
        if chosen is not None and draft.has_waited(limits.WAIT_SECONDS, at=seconds):
            if limits.may_go_on_without_work(who.form_id, at=at):
                return _Gate(draft, verdict, waited=True)
        elif verdict.guarded:
            draft = draft.waiting(seconds)
    limits.count_turned(who, at=at)
    asked = not outside or verdict.closed or verdict.guarded
    return _Gate(draft, verdict, FieldError("", _work_undone(ask, verdict)) if asked else None)


def _work_undone(ask: Ask, verdict: limits.Verdict) -> str:
    text = _(
        "Nothing was charged. Somebody is trying stolen cards on this page, so your browser has to do a short "
        "calculation first: press the button once more. It needs JavaScript to be switched on."
    )
    if verdict.closed:
        later = _("Without it, please try again in ten minutes.")
        text = f"{text} {later}"
    elif verdict.hosted_only:
        wait = _(
            "Without it, please wait for one minute and press the button then: you will pay on the payment provider’s "
            "own page. If this is still here after that, please try again in ten minutes."
        )
        text = f"{text} {wait}"
    charity = ask.spec.charity
    contact = " · ".join(each for each in (charity.email, charity.phone) if each)
    if not contact:
        return text
    other = _("If that is not possible, we will gladly take your gift another way: %(contact)s")
    return f"{text} {other % {'contact': contact}}"


def _chosen_way(ask: Ask, need: steps.Need, verdict: limits.Verdict) -> Way | None:
    ways = steps.offered_ways(ask.spec, need, verdict)
    return next((way for way in ways if way.method == ask.post.get("method")), None)


def _give(press: _Press, *, turns: int = _TURNS) -> HttpResponse:
    intent = press.intent()
    try:
        gift, attempt = actions.submit(intent)
    except actions.StandsAlready:
        return _stands(press, intent, turns=turns - 1)
    if attempt.state not in _DECLINED:
        return press.to_gift(gift, attempt)
    # This very decline may be what makes the next try cost work: it is on the page from which that is made.
    verdict = limits.judge(press.who, at=now())
    step = steps.payment_step(
        press.ask.spec, press.draft.next_try(attempt.ordinal + 1), press.person, press.ask.language,
        verdict=verdict, decline=decline(attempt.decline_code, guarded=verdict.guarded),
        chosen=press.way.method, outcome=press.outcome,
    )  # fmt: skip
    return answer(press.ask.request, step)


def _stands(press: _Press, intent: actions.Intent, *, turns: int) -> HttpResponse:
    """The gift was submitted before. If it was declined, or left open elsewhere and something is different now, the
    donor goes on from there; anything else is shown as it stands."""
    gift, attempt = actions.standing(intent.gift_id)
    other, other_way = gift.content_digest != intent.digest, attempt.method != intent.method
    if attempt.state in LEFT_OPEN_STATES and (other or other_way):
        gift, attempt = actions.let_go(gift, attempt)
    if gift.status != GiftStatus.FAILED:
        return press.to_gift(gift, attempt)
    draft = press.draft.successor(intent.digest) if other else press.draft.next_try(attempt.ordinal + 1)
    # What was let go, now or by the same button a moment ago, was no decline: there is nothing to say of it.
    goes_on = other or (other_way and attempt.state == State.CANCELLED)
    # The work was done for one attempt at one gift, and buys no other.
    if goes_on and turns and not press.verdict.work:
        return _give(replace(press, draft=draft), turns=turns)
    return _not_yet(replace(press, draft=draft), attempt, same=not (other or other_way))


def _not_yet(press: _Press, attempt: Attempt, *, same: bool) -> HttpResponse:
    """The last step again, ready for the next try. Nothing was tried now, so nothing was declined."""
    note = earlier_try(attempt.decline_code or "generic" if same else "", guarded=press.guarded)
    step = steps.payment_step(
        press.ask.spec, press.draft, press.person, press.ask.language,
        verdict=press.verdict, note=note, chosen=press.way.method, outcome=press.outcome,
    )  # fmt: skip
    return answer(press.ask.request, step)
