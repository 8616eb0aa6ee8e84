"""Which room answers what: outbox kinds to their handlers, tasks to their times, and what rooms ask of higher ones."""

import time
from collections.abc import Callable, Hashable
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django_otp.plugins.otp_totp.models import TOTPDevice

from almoner.addresses.finder import use_folder
from almoner.api import calling
from almoner.backoffice import webhook_mail
from almoner.backoffice.attacks import mail as attack_mail
from almoner.backoffice.disputes import work as disputes
from almoner.backoffice.entrance import reset_mail, throttle
from almoner.backoffice.hooks import hooks as staff_hooks
from almoner.backoffice.impact import yearly_sample
from almoner.backoffice.reports import proof_mail
from almoner.banking import importing as banking
from almoner.charities.sealed import take_over
from almoner.charities.sites import current_stamps
from almoner.config import donors, metrics, proving, telemetry
from almoner.config.application import Application
from almoner.config.observing import Observed
from almoner.config.ready import ReadyPages
from almoner.crm.salesforce import following as crm_following
from almoner.crm.salesforce import sending as crm_sending
from almoner.donors import corrections, links, reached_posting, setting_up, telling, yearly
from almoner.donors import posting as donor_posting
from almoner.embedding import views as embedding
from almoner.embedding.hooks import hooks as embedding_hooks
from almoner.giving import attacks
from almoner.giving.actions import stop
from almoner.giving.goals import goal_time
from almoner.giving.hooks import hooks
from almoner.impact import importing as figures
from almoner.kernel.clock import now
from almoner.outbox import queue
from almoner.outbox.periodic import Task
from almoner.outbox.worker import Handler
from almoner.payments import inbox, replies
from almoner.plans import forgetting, withdrawing
from almoner.plans.hooks import hooks as plan_hooks
from almoner.receipts import bounces, issuing, posting
from almoner.stories import (
    claim_mail,
    claiming,
    founding,
    gate,
    held_back,
    onward,
    privacy,
    programmes,
    schedules,
    told_of,
)
from almoner.stories import figures as story_figures
from almoner.stories import sites as story_sites
from almoner.stories.permits import lapsing
from almoner.stories.wordpress import moves
from almoner.webhooks import endpoints, sending

HANDLERS: dict[str, Handler] = {
    inbox.KIND: donors.look_into_message,
    issuing.JOB: posting.deliver,
    links.JOB: donor_posting.deliver_link,
    telling.JOB: donor_posting.deliver_plan_mail,
    yearly.JOB: reached_posting.deliver,
    yearly.STEP_JOB: yearly.take_step,
    forgetting.JOB: forgetting.deliver,
    forgetting.LEFT_OVER_JOB: forgetting.deliver_left_over,
    withdrawing.JOB: withdrawing.deliver,
    banking.JOB: banking.book,
    banking.UNDO_JOB: banking.take_back,
    figures.JOB: figures.enter_file,
    reset_mail.JOB: reset_mail.deliver,
    attacks.MAIL_JOB: attack_mail.deliver,
    replies.JOB: disputes.deliver,
    disputes.MAIL: disputes.mail,
    proof_mail.JOB: proof_mail.deliver,
    crm_following.JOB: crm_sending.deliver,
    crm_following.HISTORY_JOB: crm_following.send_history,
    moves.JOB: moves.work,
    claim_mail.JOB: claim_mail.deliver,
    gate.JOB: held_back.deliver,
    lapsing.JOB: lapsing.deliver,
    yearly_sample.JOB: yearly_sample.deliver,
    endpoints.OFF_JOB: webhook_mail.deliver,
}

# (name, every so many seconds, what to call)
PERIODIC: list[Task] = [
    ("payments.sweep", 15.0, donors.sweep),
    ("payments.events", 86_400.0, donors.fetch_events),
    ("payments.balance", 86_400.0, donors.compare_balances),
    ("giving.attacks", 60.0, donors.tend_attacks),
    ("payments.prune", 3600.0, donors.prune),
    # As many workers as this charge at once; each task's lease is one worker's.
    *((f"plans.charge {lane}", 5.0, donors.charge_plans) for lane in range(1, 5)),
    ("plans.look_back", 30.0, donors.look_back),
    ("plans.tend", 600.0, donors.tend_plans),
    ("sandbox.run", 2.0, donors.run_sandbox),
    ("outbox.prune", 3600.0, queue.prune),
    ("donors.set_ups", 60.0, setting_up.look_back),
    ("donors.expiring", 3600.0, telling.tell_expiring),
    ("donors.yearly", 600.0, yearly.ask_due),
    ("donors.corrections", 600.0, corrections.ask_owed),
    ("donors.prune", 3600.0, donors.prune_page),
    ("books.prove", 3600.0, proving.run_daily),
    ("banking.payouts", 900.0, banking.match_payouts),
    ("banking.prune", 3600.0, banking.prune),
    ("impact.prune", 3600.0, figures.prune),
    ("crm.follow", 5.0, crm_following.follow),
    ("api.prune", 3600.0, calling.prune),
    ("webhooks.send", 3.0, sending.work),
    ("webhooks.tend", 3600.0, sending.tend),
    ("staff.disputes", 300.0, disputes.tell),
    ("staff.prune", 3600.0, throttle.prune),
    ("stories.schedule", 60.0, schedules.publish_due),
    ("stories.consents", 3600.0, lapsing.tell),
    ("stories.prune", 3600.0, moves.prune),
    ("stories.claims", 86_400.0, claiming.look_daily),
]


def connect() -> None:
    """Give rooms what they ask of higher ones. Called once, when the apps are ready."""
    hooks.on_settled = issuing.issue
    hooks.on_returned = issuing.on_returned
    hooks.on_unmatched = issuing.on_unmatched
    hooks.on_refunded = issuing.on_refunded
    hooks.on_disputed = issuing.on_disputed
    hooks.on_awaiting = issuing.on_awaiting
    hooks.receipt_link = issuing.link
    hooks.related_stories = onward.related_for
    hooks.evidence_url = story_figures.evidence_url
    hooks.story_title = onward.story_title
    hooks.programmes_url = programmes.public_address
    hooks.site_url = story_sites.site_url
    hooks.donor_page = donors.page_address
    hooks.discovery = embedding.discovery
    staff_hooks.before_charity = founding.make_way
    staff_hooks.on_charity_made = founding.follow
    embedding_hooks.story_at = told_of.story_at
    plan_hooks.on_plan = telling.on_plan
    bounces.hooks.record_other = donor_posting.on_report
    plan_hooks.clock = donors.plan_clock
    plan_hooks.stop = stop
    # Seeds of second factors: django-otp keeps them open.
    take_over(TOTPDevice, "key", bound=("user_id",))
    if settings.ALMONER_TELEMETRY:
        telemetry.start()
    # A country without a file there has no finder: the form opens its own fields.
    use_folder(Path(settings.ADDRESSES_DIR), copies=settings.ADDRESS_COPIES_DIR)


def application(*, clock: Callable[[], float] = time.monotonic) -> Observed:
    """The site as it is served: ready pages in front of Django, and both observed."""
    answers = Application(
        WSGIHandler(),
        ReadyPages(_public_state, clock=clock),
        staff_cookie=f"{settings.SESSION_COOKIE_NAME}=",
        trusted_proxies=settings.TRUSTED_PROXIES,
    )
    return Observed(
        answers,
        requests=metrics.requests(),
        trusted=bool(settings.TRUSTED_PROXIES),
        languages=frozenset(code for code, _ in settings.LANGUAGES),
    )


def _public_state() -> Hashable:
    """What moves when a page that is kept ready may have changed, or may no longer be shown."""
    return current_stamps(), privacy.current_restrictions(), goal_time(now())
