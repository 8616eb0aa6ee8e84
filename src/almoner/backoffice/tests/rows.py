"""Single rows of one charity that many tests of staff's pages begin with."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from almoner.backoffice.tests.conftest import House
from almoner.banking import accounts, importing
from almoner.banking.tables import ColumnMap
from almoner.giving import actions
from almoner.impact import importing as figure_files
from almoner.impact import register, releasing
from almoner.impact.models import Dimension, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure
from almoner.impact.tests.making import Person, make_figure
from almoner.kernel.clock import now
from almoner.ledger.models import DayProved
from almoner.payments import gateways, payouts
from almoner.payments.models import Attempt, Dispute, Payout


def questioned(house: House) -> Dispute:
    """Of a gift of its own."""
    attempt = Attempt.objects.get(gift_id=house.give().pk)
    dispute_id = gateways.sandbox().open_dispute(attempt.gateway_id or "")
    actions.look_at_dispute("sandbox", "sandbox", dispute_id)
    return Dispute.objects.get(gateway_id=dispute_id)


def figures_of(house: House, user: User) -> dict[str, object]:
    """A programme with a breakdown, a figure that waits for a second person, small ones (hidden, asked for, let out),
    and a file that was handed in."""
    figure = make_figure(house.charity)
    Dimension.objects.create(indicator=figure.indicator, name="age", categories=["child", "adult"])
    result = figure.indicator.result
    Programme.objects.filter(pk=result.programme_id).update(title=f"{house.charity.slug.title()} rescue")
    row = f"rescue,rescued,2011-01-01,2022-10-31,2022-10-31,1010,Report of {house.charity.slug},2022-11-01,Office"
    handed_in = figure_files.hand_in(
        charity=house.charity, file_name="october.csv", actor=user,
        content=f"programme,indicator,first,last,as_of,value,source_title,source_date,source_kept_at\n{row}\n".encode(),
    )  # fmt: skip
    return {
        "programme": result.programme_id, "result": result.pk, "indicator": figure.indicator.pk,
        "figure": register.enter(figure, actor=user).pk, "figure_file": handed_in.pk, "source": figure.source.pk,
    } | small_ones(figure)  # fmt: skip


def small_ones(figure: Figure) -> dict[str, object]:
    """Two, three and four people: hidden, asked for, and let out."""
    ana, ben = Person(-1, "ana"), Person(-2, "ben")
    found = []
    for count in (2, 3, 4):
        day = date(2012, count, 1)
        few = replace(figure, value=Decimal(count), bound=Bound.EXACT, last=day, as_of=day)
        found.append(register.enter(few, actor=ana))
        register.decide(found[-1], accepted=True, role="Lead", actor=ben)
    small, asked, out = found
    let_out = releasing.release(out, reason="In its source.", actor=ana)
    releasing.approve(let_out, actor=ben)
    waits = releasing.release(asked, reason="In its source.", actor=ana)
    return {"small": small.pk, "asked": waits.pk, "let_out": let_out.pk}


def day_of(house: House) -> DayProved:
    return DayProved.objects.create(
        charity=house.charity, day=date(2026, 11, 20), verdict="red", held=50, broken=1, not_asked=0, at=now(),
        findings=[{"check": "clearing", "of": "sandbox", "says": house.charity.name, "gift": ""}],
    )  # fmt: skip


def payout_of(house: House, gateway_id: str, *, amount_minor: int = 5000) -> Payout:
    payout = Payout.objects.create(
        charity=house.charity, gateway="sandbox", account="sandbox", gateway_id=gateway_id,
        amount_minor=amount_minor, currency=house.charity.currency,
        arrives_on=date(2026, 11, 20), created_at=now(), updated_at=now(),
    )  # fmt: skip
    payouts.move(payout, "made", at=now())
    return payout


def statement_of(house: House, user: User) -> dict[str, object]:
    """An account, a file of it that nobody booked, and a statement with two lines that left: one that may be a payout
    below 0, and one that is one."""
    account = accounts.keep(
        None, charity=house.charity, name="Everyday", number="", currency=house.charity.currency, actor=user
    )
    content = b"Date,Amount,Text\n2026-11-20,12.00,Thanks\n2026-11-20,-50.00,x\n2026-11-20,-60.00,y\n"
    statement = importing.hand_in(account=account, file_name="may.csv", content=content, actor=user)
    columns = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd")
    importing.submit(statement_id=statement.pk, columns=columns, actor=user)
    importing.book({"statement": str(statement.pk)})
    left, owed = statement.lines.filter(amount_minor__lt=0).order_by("number")
    debt, taken = (
        payout_of(house, f"{owe}_{house.charity.slug}", amount_minor=owe) for owe in (-5000, -6000)
    )
    importing.match_debt(line_id=owed.pk, payout_id=taken.pk, actor=user)
    content = b"Date,Amount\n2026-11-20,5\n"
    draft = importing.hand_in(account=account, file_name="june.csv", content=content, actor=user)
    return {
        "account": account.pk, "statement": statement.pk, "draft": draft.pk, "left": left.pk, "owed": owed.pk,
        "debt": debt.pk,
    }  # fmt: skip
