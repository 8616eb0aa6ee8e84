"""Steps once more: back to the first, anew after a token that can't be used, and each as a draft holds it."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import gettext as _

from almoner.giving import actions, limits, steps, thanks
from almoner.giving.answers import answer, payment, to_gift
from almoner.giving.asking import Ask, Outdated
from almoner.giving.drafts import Draft, DraftExpired, DraftInvalid, new_draft
from almoner.giving.entry import Invalid, typed_values
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.views_model import FieldError
from almoner.kernel.clock import now
from almoner.payments.transitions import LEFT_OPEN_STATES


def back_to_amount(
    ask: Ask, draft: Draft, *, errors: tuple[FieldError, ...] = (), status: int = 200
) -> HttpResponse:
    """The first step, with the draft's amount and the draft in it."""
    fund_codes = {fund.pk: fund.code for fund in ask.spec.funds.values()}
    values = thanks.amount_values(ask.spec.look(ask.language), draft, fund_codes=fund_codes)
    step = steps.amount_step(ask.spec, ask.language, values=values, errors=errors, token=draft.seal())
    return answer(ask.request, step, status=status)


def start_again(ask: Ask, broken: DraftInvalid | DraftExpired | Outdated) -> HttpResponse:
    """A token that is too old, or older than the form, keeps what was typed; of one that isn't ours, what was posted
    with it is kept. Nothing is stored."""
    if isinstance(broken, Outdated):
        return back_to_amount(ask, broken.draft, errors=broken.errors)
    if isinstance(broken, DraftExpired):
        text = _(
            "This page was open for more than a day. Please check the amount and continue: the rest is kept."
        )
        return back_to_amount(ask, broken.draft.afresh(), errors=(FieldError("", text),))
    text = _("We could not read what this page sent. Nothing was charged. Please start again here.")
    errors = (FieldError("", text),)
    typed = typed_values(ask.post, ())
    step = steps.amount_step(
        ask.spec, ask.language, errors=errors, token=_without_amount(ask, typed).seal() if typed else ""
    )
    return answer(ask.request, step, status=400)


def _without_amount(ask: Ask, typed: dict[str, str]) -> Draft:
    """Details in a draft of no amount, which the first step gives it; no later step takes it as it is."""
    currency, fund = ask.spec.currencies[0].currency, next(iter(ask.spec.funds.values()))
    draft = new_draft(form_id=ask.spec.form_id, currency=currency, amount_minor=0, fund_id=fund.pk, source={})
    return replace(draft, values=typed)


def show_again(ask: Ask, draft: Draft) -> HttpResponse:
    """The step that `ask` names, as the draft holds it: after a reload, after Back from a gateway's page, and from the
    page of a gift that wasn't taken. A gift that was given, or whose answer is awaited, is shown instead."""
    chosen = ""
    if Gift.objects.filter(pk=draft.gift_id).exists():
        gift, attempt = actions.standing(draft.gift_id)
        if gift.status != GiftStatus.FAILED and attempt.state not in LEFT_OPEN_STATES:
            return to_gift(ask.request, gift, attempt, ask.language, spec=ask.spec, token=draft.seal())
        chosen = attempt.method
        if gift.status == GiftStatus.FAILED:
            draft = draft.next_try(attempt.ordinal + 1)
    if ask.act == "amount":
        return back_to_amount(ask, draft)
    if ask.act == "details":
        return answer(ask.request, steps.details_step(ask.spec, draft, ask.language))
    try:
        person = steps.read_person(draft, ask.spec)
    except Invalid as invalid:
        return answer(ask.request, steps.details_step(ask.spec, draft, ask.language, errors=invalid.errors))
    verdict = limits.judge(ask.who(person.entry.email), at=now())
    step = steps.payment_step(ask.spec, draft, person, ask.language, verdict=verdict, chosen=chosen)
    return payment(ask.request, step)
