"""A worker killed with a yearly message or a correction in hand: the one goes at most once, the other at least once."""

from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from almoner.donors import corrections
from almoner.donors.models import ReachedMail, Told, YearlyMessage
from almoner.donors.tests.telling import Register, make_register
from almoner.giving import demo, desk
from almoner.impact.models import Programme
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import LABELS
from almoner.supporters.people import Details
from tests.crash.drill import die, time_passes, work
from tests.support.server import Site

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
OF_REACHED = tuple(label for label in LABELS if label.startswith("reached."))
ASK = "from almoner.donors import yearly; yearly.ask_due()"
TURN = (
    "from almoner.donors import corrections, yearly; yearly.ask_due(); corrections.ask_owed(); "
    "from tests.crash.drill import turn; turn(sweep=False)"
)


def told_today(new_server: NewServer) -> tuple[Site, Register]:
    """A site whose day has come, and one donor with something to hear."""
    charity = demo.seed()
    register = make_register(charity)
    desk.enter_gift(
        details=Details("Ada", "Nguyễn", "ada@example.org"), charity=charity, fund=register.fund,
        amount_minor=5000, currency="AUD", channel="cheque", given_on=date(2022, 10, 1),
        actor=User.objects.create_superuser("treasurer"),
    )  # fmt: skip
    site = new_server(started=False)
    work(site, sweep=False)
    today = now().astimezone(ZoneInfo(charity.timezone)).date()
    YearlyMessage.objects.create(
        charity=charity, on=True, month=today.month, day=min(today.day, 28), since=now() - timedelta(days=9)
    )
    return site, register


def arrived(site: Site, kind: str) -> list[str]:
    """The Message-IDs of what lies in the mailbox, of the rows of a kind."""
    mails = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in site.mail_dir.glob("*.eml")
    ]
    ours = set(ReachedMail.objects.filter(kind=kind).values_list("message_id", flat=True))
    return [str(mail["Message-ID"]) for mail in mails if str(mail["Message-ID"]) in ours]


@pytest.mark.parametrize("label", OF_REACHED)
def test_a_yearly_message_never_goes_twice(new_server: NewServer, label: str) -> None:
    site, _register = told_today(new_server)
    die(site, label, TURN)
    for _again in range(2):
        work(site, sweep=False)
    assert len(arrived(site, "yearly")) == (label == "reached.after-mail")
    assert ReachedMail.objects.get().state == ReachedMail.State.UNKNOWN and Told.objects.count() == 2


@pytest.mark.parametrize("label", ("yearly.before-commit", "yearly.after-commit"))
def test_a_round_goes_on_where_its_worker_died(new_server: NewServer, label: str) -> None:
    """With a step for each person: the second one's worker dies too."""
    site, register = told_today(new_server)
    for name in ("ben", "cy"):
        desk.enter_gift(
            details=Details(name, "Okri", f"{name}@example.org"), charity=register.charity, fund=register.fund,
            amount_minor=5000, currency="AUD", channel="cheque", given_on=date(2022, 10, 1),
            actor=User.objects.get(),
        )  # fmt: skip
    work(site, sweep=False)
    one_by_one = "from almoner.donors import yearly; yearly._IN_A_STEP = 1; "
    for _worker in range(2):
        die(site, label, one_by_one + TURN)
        time_passes()
    for _again in range(2):
        work(site, sweep=False)
    came = arrived(site, "yearly")
    assert len(came) == len(set(came)) == 3 == ReachedMail.objects.filter(state="sent").count()


@pytest.mark.parametrize("label", OF_REACHED)
def test_a_correction_is_never_lost(new_server: NewServer, label: str) -> None:
    site, register = told_today(new_server)
    assert site.start("manage", "shell", "-c", ASK).wait() == 0
    work(site, sweep=False)
    assert len(arrived(site, "yearly")) == 1
    register.correct(register.second, 1299)
    time_passes()
    die(site, label, TURN)
    for _again in range(2):
        work(site, sweep=False)
    came = arrived(site, "correction")
    assert len(came) == 1 + (label == "reached.after-mail") and len(set(came)) == 1
    assert ReachedMail.objects.get(kind="correction").state == ReachedMail.State.SENT
    assert Told.objects.filter(where="correction").count() == 1


@pytest.mark.parametrize("label", ("corrections.asked-anew", *OF_REACHED))
def test_a_correction_that_could_not_be_said_for_a_while_is_never_lost(
    new_server: NewServer, label: str
) -> None:
    site, register = told_today(new_server)
    assert site.start("manage", "shell", "-c", ASK).wait() == 0
    work(site, sweep=False)
    register.correct(register.second, 1299)
    assert corrections.ask_owed() == 1
    Programme.objects.update(public=False)
    work(site, sweep=False)
    mail = ReachedMail.objects.get(kind="correction")
    assert (mail.state, mail.reason) == (ReachedMail.State.SKIPPED, "not_public")
    Programme.objects.update(public=True)
    die(site, label, TURN)
    for _again in range(2):
        corrections.ask_owed()
        work(site, sweep=False)
    came = arrived(site, "correction")
    assert len(came) == 1 + (label == "reached.after-mail") and set(came) == {mail.message_id}
    mail.refresh_from_db()
    assert mail.state == ReachedMail.State.SENT and Told.objects.filter(where="correction").count() == 1
