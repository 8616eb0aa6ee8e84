"""The mails about a regular gift, in words."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from almoner.charities.models import Charity
from almoner.donors.models import PlanMail
from almoner.donors.wording import day_of, month_of, paid_by, promise, why_declined
from almoner.giving.catalogue import language_root
from almoner.giving.regular import often_in_words, ordinal
from almoner.payments.gateways.port import Decline
from almoner.plans.models import Plan
from almoner.receipts.facts import one_line
from almoner.receipts.letters import Letter, Line, colour, footer, greeting, named, questions
from almoner.receipts.links import site_of
from almoner.receipts.wording import apart, money, unbroken

Kind = PlanMail.Kind


class _Words:
    """What a mail's sentences are made of: the plan as it is, and the facts of the mail's moment."""

    def __init__(self, mail: PlanMail, pay_path: str) -> None:
        self.mail = mail
        self.plan: Plan = mail.plan
        self.charity: Charity = mail.plan.charity
        self.facts = mail.facts
        self.pay_path = pay_path
        self.site = site_of(self.charity) + language_root(self.plan.language)

    def named(self, text: str, **more: str) -> str:
        """`text` with the charity's name, the total and the dates of that moment."""
        words = {
            "charity": apart(self.charity.name),
            "amount": self.amount(self.facts["total_minor"]),
            "next": day_of(self.facts["next_on"]),
            "date": day_of(self.facts["period_on"]),
            "retry": day_of(self.facts["retry_on"]),
            "resume": day_of(self.facts["resume_on"]),
            # A card's last figures stay with the dots before them.
            "method": apart(paid_by(self.plan).replace("···· ", "····\u00a0")),
        }
        return text % (words | more)

    def amount(self, amount_minor: int) -> str:
        return unbroken(money(amount_minor, self.plan.currency))

    def page(self, label: str) -> Line:
        return Line(label, f"{self.site}/giving/plans/{self.plan.reference}/")

    @property
    def method_address(self) -> str:
        """Where another way to pay is chosen."""
        return f"{self.site}/giving/plans/{self.plan.reference}/method/"

    def pay(self) -> Line:
        """Straight to where the gift is paid, if there is one to pay; else to where another way is chosen."""
        if self.pay_path:
            return Line(_("Give it another way"), self.site + self.pay_path)
        return Line(_("Change how I pay"), self.method_address)

    def or_save(self) -> Line | None:
        """The other way out of a decline, where there is a gift to pay: a new card, and nothing to do now."""
        if self.mail.kind not in _DECLINES or not self.pay_path:
            return None
        return Line(_("Or save another card or account, from which we then take it"), self.method_address)

    def lines(self) -> tuple[Line, ...]:
        facts, plan = self.facts, self.plan
        lines = (
            Line(_("Your regular gift"), promise(facts["total_minor"], plan.currency, plan.every)),
            named(plan.charity, plan.fund.name),
            Line(_("Next gift"), day_of(facts["next_on"])),
            Line(_("Paid by"), paid_by(plan)),
        )
        return tuple(line for line in lines if line.value)


_DECLINES: Final = (Kind.DECLINED, Kind.NEEDS_METHOD, Kind.GAVE_UP)
# What a kind of mail says: (subject, paragraphs, whether its facts stand under them, its button).
_Said = tuple[str, tuple[str, ...], Line]


def plan_letter(mail: PlanMail, *, pay_path: str = "") -> Letter:
    """Needs the mail's plan with charity, contact and fund. `pay_path`: where the gift that it is about is paid, behind
    the language's root."""
    plan = mail.plan
    with translation.override(plan.language):
        words = _Words(mail, pay_path)
        subject, paragraphs, action = _COMPOSERS[Kind(mail.kind)](words)
        over = mail.kind in (Kind.CANCELLED, Kind.COMPLETED)
        stops = _("You can change it, pause it or stop it whenever you like, on your own page.")
        return Letter(
            language=plan.language,
            subject=one_line(subject),
            greeting=greeting(plan.contact),
            paragraphs=paragraphs,
            lines=() if over else words.lines(),
            action=action,
            check=words.or_save(),
            after=(*(() if over else (stops,)), questions(plan.charity, plan.reference)),
            practice=_("Practice mode: no money moved.") if plan.gateway == "sandbox" else "",
            charity_name=one_line(plan.charity.name),
            footer=footer(plan.charity),
            colour=colour(plan.charity),
        )


# ---- Each kind -----------------------------------------------------------------------------------------------------


def _started(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s has begun")),
        (_("Thank you. A gift that comes again and again is what good work can be planned on."),),
        words.page(_("Look at my regular gift")),
    )


def _notice(words: _Words) -> _Said:
    exact = _(
        "This is the notice that your bank’s rules ask for: on %(date)s we take %(amount)s by %(method)s."
    )
    shortly = _(
        "This is the notice that your bank’s rules ask for: on %(date)s, or shortly after, we take "
        "%(amount)s by %(method)s."
    )
    return (
        words.named(_("We take %(amount)s from your account on %(date)s")),
        (
            words.named(exact if words.facts.get("exact") else shortly),
            _("You need do nothing. If something is wrong with it, tell us before that day."),
        ),
        words.page(_("Look at my regular gift")),
    )


def _declined(words: _Words) -> _Said:
    return (
        words.named(_("Your gift of %(amount)s could not be taken")),
        (
            why_declined(words.facts["decline_code"]),
            words.named(_("You need do nothing: we try once more on %(retry)s. Or give it another way now.")),
        ),
        words.pay(),
    )


def _needs_method(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s needs another way to pay")),
        (
            words.named(_("%(method)s can’t be charged any more, and we don’t try it again.")),
            _(
                "If you would like to go on giving, please tell us how, with the button below. It takes a minute."
            ),
        ),
        words.pay(),
    )


def _authenticate(words: _Words) -> _Said:
    return (
        words.named(_("Please confirm your gift of %(amount)s")),
        (
            _("Your bank wants you to confirm this payment yourself. Nothing was charged yet."),
            _("The button below leads you there. If you do nothing, nothing is charged."),
        ),
        words.pay(),
    )


def _disputed(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s is paused")),
        (
            _(
                "Your bank gave your last gift back to you. So we have paused your regular gift. You owe nothing."
            ),
            _("If that is what you wanted, you need do nothing: nothing more is taken."),
            _("If you would like to go on giving, you can set it going again on your own page."),
        ),
        words.page(_("Look at my regular gift")),
    )


def _gave_up(words: _Words) -> _Said:
    if words.facts["decline_code"] == Decline.DISPUTED:
        return _disputed(words)
    return (
        words.named(_("Your regular gift to %(charity)s is paused")),
        (
            _("We could not take your last gift, and don’t try any more. You owe nothing."),
            _(
                "If you would like to go on, one payment in another way is enough: later gifts are then taken so."
            ),
        ),
        words.pay(),
    )


def _paused(words: _Words) -> _Said:
    until = (
        words.named(_("Nothing is taken until %(resume)s. Then it goes on by itself."))
        if words.facts["resume_on"]
        else _("Nothing is taken until you resume it.")
    )
    subject = words.named(_("Your regular gift to %(charity)s is paused"))
    return subject, (until, *_still(words)), words.page(_("Look at my regular gift"))


def _resumed(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s goes on")),
        (words.named(_("Thank you. The next gift of %(amount)s is taken on %(next)s.")),),
        words.page(_("Look at my regular gift")),
    )


def _skipped(words: _Words) -> _Said:
    skipped = words.facts["period_on"] or words.facts.get("on", "")
    again = words.named(_("The next one is taken on %(next)s.")) if words.facts["next_on"] else ""
    left_out = words.named(
        _("Your gift of %(date)s is left out: nothing is taken on that day."), date=day_of(skipped)
    )
    return (
        words.named(_("We leave out your gift of %(date)s"), date=day_of(skipped)),
        tuple(text for text in (left_out, again) if text),
        words.page(_("Look at my regular gift")),
    )


def _still(words: _Words) -> tuple[str, ...]:
    """What came too late for a debit says so."""
    if not words.facts.get("still_on"):
        return ()
    text = _(
        "One debit was too late to be stopped, for your bank has it already: %(still)s on %(date)s is still taken."
    )
    return (_named_still(words, text),)


def _named_still(words: _Words, text: str) -> str:
    facts = words.facts
    return words.named(text, still=words.amount(facts["still_minor"]), date=day_of(facts["still_on"]))


def _still_taken(words: _Words) -> _Said:
    after = {
        "skipped": lambda: _("So we can’t leave it out. If you like, leave out the one after it instead."),
        "": lambda: _("It is the last one: nothing is taken after it."),
    }.get(words.facts["wish"])
    return (
        _named_still(words, _("%(still)s on %(date)s is still taken")),
        (*_still(words), *((after(),) if after else ())),
        words.page(_("Look at my regular gift")),
    )


def _moved(words: _Words) -> _Said:
    return (
        words.named(_("We take %(amount)s from your account on %(date)s")),
        (
            words.named(
                _(
                    "Banks rest on the day that we told you. So %(amount)s is taken on %(date)s, and no sooner."
                )
            ),
        ),
        words.page(_("Look at my regular gift")),
    )


def _changed(words: _Words) -> _Said:
    facts = words.facts
    if facts.get("what") == "moved":
        return _moved(words)
    if facts.get("what") == "still_taken":
        return _still_taken(words)
    said = {
        "amount": lambda: words.named(
            _("From the next gift on you give %(to)s instead of %(from)s."),
            **{"from": words.amount(facts["from_minor"]), "to": words.amount(facts["to_minor"])},
        ),
        "day": lambda: words.named(
            _("Your gift is now taken on the %(day)s of the month, next on %(next)s."),
            day=ordinal(facts["to"]),
        ),
        "every": lambda: words.named(
            _("How often you give is now: %(often)s."), often=often_in_words(facts["to"])
        ),
        "contact": lambda: _("Your name and address are changed, for the gifts to come and their receipts."),
        "end": lambda: _end(words),
    }
    return (
        words.named(_("Your regular gift to %(charity)s is changed")),
        (
            said.get(facts.get("what", ""), lambda: _("Your regular gift is changed."))(),
            *_still(words),
            _("Wasn’t it you? Please write to us at once."),
        ),
        words.page(_("Look at my regular gift")),
    )


def _end(words: _Words) -> str:
    last, count = words.facts.get("on"), words.facts.get("after")
    if last:
        return words.named(_("It now ends on %(last)s: no gift is taken after that day."), last=day_of(last))
    if count:
        return words.named(
            _("It now ends after %(count)s gifts in all, those that you gave included."), count=str(count)
        )
    return _("It now goes on until you stop it.")


def _method_changed(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s is paid in another way")),
        (
            words.named(
                _("From now on it is taken by %(method)s. What it was taken by before is forgotten.")
            ),
            _("Wasn’t it you? Please write to us at once."),
        ),
        words.page(_("Look at my regular gift")),
    )


def _cancelled(words: _Words) -> _Said:
    return (
        words.named(_("Your regular gift to %(charity)s has ended")),
        (
            _("As you wished, nothing more is taken. How it was paid is forgotten."),
            _("Thank you for all that you gave. It did good, and it goes on doing so."),
        ),
        Line(_("See my gifts"), f"{words.site}/giving/"),
    )


def _completed(words: _Words) -> _Said:
    return (
        words.named(_("You have given all that you promised to %(charity)s")),
        (_("Your regular gift has come to its end, as you set it. Nothing more is taken. Thank you."),),
        Line(_("See my gifts"), f"{words.site}/giving/"),
    )


def _expiring(words: _Words) -> _Said:
    return (
        _("Your card is about to expire"),
        (
            words.named(
                _(
                    "%(method)s, which pays your regular gift to %(charity)s, expires at the end of %(month)s."
                ),
                month=month_of(words.facts["expires"]),
            ),
            _(
                "Banks often tell us the new card by themselves. If yours doesn’t, we write to you first of all."
            ),
        ),
        Line(_("Change my card"), words.method_address),
    )


def _finish(words: _Words) -> _Said:
    action = words.pay()
    return (
        words.named(_("One step is left for your regular gift to %(charity)s")),
        (
            _(
                "Thank you for talking with us. Please say how you would like to pay, on the payment provider’s page."
            ),
            _("It begins with that payment. If you have changed your mind, do nothing."),
        ),
        Line(_("Finish my regular gift"), action.value),
    )


_COMPOSERS: Final[Mapping[Kind, Callable[[_Words], _Said]]] = {
    Kind.STARTED: _started,
    Kind.NOTICE: _notice,
    Kind.DECLINED: _declined,
    Kind.NEEDS_METHOD: _needs_method,
    Kind.AUTHENTICATE: _authenticate,
    Kind.GAVE_UP: _gave_up,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.SKIPPED: _skipped,
    Kind.CHANGED: _changed,
    Kind.METHOD_CHANGED: _method_changed,
    Kind.CANCELLED: _cancelled,
    Kind.COMPLETED: _completed,
    Kind.EXPIRING: _expiring,
    Kind.FINISH: _finish,
}
