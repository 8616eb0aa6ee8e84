"""The books: a trial balance over some days, each account's postings with what they are of, exports, closing."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from almoner.backoffice import access, words
from almoner.backoffice.exports import csv_response
from almoner.backoffice.money import money
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.reports import charts
from almoner.backoffice.reports.frame import days, nothing, page, record_export
from almoner.backoffice.reports.home import chosen
from almoner.backoffice.reports.period import Period, PeriodForm, asked
from almoner.backoffice.tables import CappedPaginator
from almoner.charities.models import Charity
from almoner.giving.explaining import Explained, explain
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.ledger import beancount, closing, reading
from almoner.ledger.models import Account, Closing, Posting
from almoner.ledger.reading import Row, Span

_A_PAGE: Final = 100
_DRAWN: Final = 10
_KINDS: Final = {
    Account.Kind.ASSET: "What the charity has",
    Account.Kind.LIABILITY: "What waits to be explained",
    Account.Kind.INCOME: "Income",
    Account.Kind.EXPENSE: "Costs",
}
# Balances of these grow by credits: they are shown the way people speak of them.
_BY_CREDITS: Final = (Account.Kind.LIABILITY, Account.Kind.INCOME)


@require_safe
@access.needs(access.VIEW_REPORTS)
def books(request: HttpRequest) -> HttpResponseBase:
    """Every account that stands or moved, by currency and kind; each leads to its postings."""
    wanted = asked(request)
    if wanted is None:
        return nothing(request, "Books")
    charity, form = wanted
    period = form.period()
    rows = reading.trial_balance(charity.pk, _span(charity, period))
    asked_for = request.GET.get("format")
    if asked_for and access.may(request.user, access.EXPORT_GIFTS):
        return _export(request, charity, period, asked_for, rows)
    context = page("Books", form, charity, period) | {
        "currencies": [
            _currency(code, rows, period) for code in sorted({row.account.currency for row in rows})
        ],
        "exports": access.may(request.user, access.EXPORT_GIFTS),
        "csv_url": again(request, format="csv"),
        "postings_url": again(request, format="postings"),
        "beancount_url": again(request, format="beancount"),
        "closed": Closing.objects.filter(charity=charity).order_by("-until")[:12],
        "may_close": access.may(request.user, access.CLOSE_BOOKS),
        "close_url": f"{reverse('backoffice:close_books')}?charity={charity.pk}",
    }
    return render(request, "backoffice/books.html", context)


def _span(charity: Charity, period: Period) -> Span:
    return Span(period.first, period.last, ZoneInfo(charity.timezone))


def _currency(code: str, rows: list[Row], period: Period) -> dict[str, Any]:
    own = [row for row in rows if row.account.currency == code]
    by_kind = [
        (label, [_shown(row, period) for row in own if row.account.kind == kind])
        for kind, label in _KINDS.items()
    ]
    debits, credits = (sum(row.debits_minor for row in own), sum(row.credits_minor for row in own))
    return {
        "code": code,
        "kinds": [(label, accounts) for label, accounts in by_kind if accounts],
        "debits": money(debits, code),
        "credits": money(credits, code),
        "balances": debits == credits and sum(row.closing_minor for row in own) == 0,
        "chart": _drawn(code, own),
    }


def _shown(row: Row, period: Period) -> dict[str, Any]:
    code, sign = row.account.currency, -1 if row.account.kind in _BY_CREDITS else 1
    query = f"?first={period.first}&last={period.last}"
    return {
        "name": words.account(row.account.code).capitalize(),
        "url": reverse("backoffice:book", args=[row.account.pk]) + query,
        "opening": _signed(sign * row.opening_minor, code),
        "debits": money(row.debits_minor, code),
        "credits": money(row.credits_minor, code),
        "closing": _signed(sign * row.closing_minor, code),
    }


def _signed(minor: int, code: str) -> str:
    return money(minor, code) if minor >= 0 else f"−{money(-minor, code)}"


def _drawn(code: str, rows: list[Row]) -> object:
    """Income over these days, the largest first."""
    income = [
        (row, row.credits_minor - row.debits_minor) for row in rows if row.account.code.startswith("income")
    ]
    largest = sorted((each for each in income if each[1] > 0), key=lambda each: -each[1])[:_DRAWN]
    if not largest:
        return ""
    drawn = [
        charts.Bar(words.account(row.account.code).capitalize(), minor, money(minor, code))
        for row, minor in largest
    ]
    return charts.bars(drawn, label=f"Income in {code} over these days; the table has all accounts.")


@require_safe
@access.needs(access.VIEW_REPORTS)
def book(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account's postings over some days, with what each is of and how the account stood after it."""
    account = access.one_of(Account.objects.select_related("charity"), request, pk=account_id)
    charity = account.charity
    form = PeriodForm(request, charity)
    period = form.period()
    postings = reading.postings_of(account, _span(charity, period))
    pages = CappedPaginator(postings, _A_PAGE)
    shown = pages.get_page(request.GET.get("p"))
    opening = reading.opening_minor(account, _span(charity, period))
    before = reading.moved_minor(account, postings[: shown.start_index() - 1]) if shown.number > 1 else 0
    title = f"{words.account(account.code).capitalize()} in {account.currency}"
    context = page(title, form, charity, period) | {
        "breadcrumbs_items": crumbs(
            ("Books", f"{reverse('backoffice:books')}?charity={charity.pk}"), (title, "")
        ),
        "rows": list(_lines(account, list(shown), opening + before)),
        "opening": _signed(_way(account) * (opening + before), account.currency),
        "shown": shown,
        "capped": pages.counted > pages.count,
        "more": again(request, p=str(shown.next_page_number())) if shown.has_next() else "",
        "less": again(request, p=str(shown.previous_page_number())) if shown.has_previous() else "",
    }
    return render(request, "backoffice/book.html", context)


def _way(account: Account) -> int:
    return -1 if account.kind in _BY_CREDITS else 1


def _lines(account: Account, postings: list[Posting], stood_minor: int) -> Iterator[dict[str, Any]]:
    said = explain(postings)
    for posting in postings:
        debited = posting.debit_id == account.pk
        stood_minor += posting.amount_minor if debited else -posting.amount_minor
        explained = said[posting.pk]
        yield {
            "at": posting.at,
            "explained": explained,
            "url": _url(explained),
            "other": words.account((posting.credit if debited else posting.debit).code),
            "debit": money(posting.amount_minor, posting.currency) if debited else "",
            "credit": "" if debited else money(posting.amount_minor, posting.currency),
            "stands": _signed(_way(account) * stood_minor, posting.currency),
        }


def _url(explained: Explained) -> str:
    if explained.gift_id is not None:
        return reverse("backoffice:gift", args=[explained.gift_id])
    return reverse("backoffice:credit", args=[explained.credit_id]) if explained.credit_id is not None else ""


# ---- Exports -------------------------------------------------------------------------------------------------------


def _export(
    request: HttpRequest, charity: Charity, period: Period, wanted: str, rows: list[Row]
) -> HttpResponseBase:
    record_export(request, charity, action="export books", what=wanted, detail=days(period))
    name = f"books-{charity.slug}-{period.first}-{period.last}"
    if wanted == "beancount":
        lines = beancount.written(charity, _span(charity, period), _sentences)
        response = StreamingHttpResponse(
            (line.encode() for line in lines), content_type="text/plain; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.beancount"'
        response["Cache-Control"] = "no-store"
        return response
    if wanted == "postings":
        header = (
            "Date",
            "Debit",
            "Credit",
            "Amount",
            "Currency",
            "What",
            "Gift",
            "Posting",
            "Source",
            "Kind",
        )
        return csv_response(f"{name}-postings.csv", header, _posting_rows(charity, period))
    columns = ("Account", "Kind", "Currency", "Before", "Debits", "Credits", "After")
    return csv_response(f"{name}.csv", columns, (_balance_row(row) for row in rows))


def _balance_row(row: Row) -> list[object]:
    code = row.account.currency
    figures = (row.opening_minor, row.debits_minor, row.credits_minor, row.closing_minor)
    return [row.account.code, row.account.kind, code, *(_plain(minor, code) for minor in figures)]


def _plain(minor: int, code: str) -> Decimal:
    """A number, that a spreadsheet adds up: a text that begins with a sign would be made harmless."""
    return Decimal(format_plain(minor, code))


def _posting_rows(charity: Charity, period: Period) -> Iterator[list[object]]:
    span = _span(charity, period)
    for some in reading.in_turn(reading.postings(charity.pk, span)):
        said = explain(some, people=False)
        for posting in some:
            yield [
                posting.at.astimezone(span.zone).date().isoformat(), posting.debit.code, posting.credit.code,
                format_plain(posting.amount_minor, posting.currency), posting.currency, said[posting.pk].says,
                said[posting.pk].reference, posting.pk, f"{posting.source} {posting.source_id}", posting.kind,
            ]  # fmt: skip


def _sentences(postings: Any) -> dict[int, str]:
    return {pk: str(explained) for pk, explained in explain(postings, people=False).items()}


# ---- Closing -------------------------------------------------------------------------------------------------------


class CloseForm(forms.Form):
    until = forms.DateField(label="Last day to close", widget=AdminDateInput)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.CLOSE_BOOKS)
def close_books(request: HttpRequest) -> HttpResponse:
    charity = chosen(request)
    if charity is None:
        return nothing(request, "Close the books")
    form = CloseForm(request.POST or None, initial={"until": _last_month(charity)})
    back = f"{reverse('backoffice:books')}?charity={charity.pk}"
    if request.method == "POST" and form.is_valid():
        try:
            closing.close(charity, form.cleaned_data["until"], actor=request.user)
        except closing.NotClosable as refused:
            form.add_error("until", str(refused))
        else:
            messages.success(request, f"Closed until {form.cleaned_data['until']:%-d %B %Y}.")
            return redirect(back)
    context = {
        "title": "Close the books",
        "lead": f"{charity.name}.",
        "breadcrumbs_items": crumbs(("Books", back), ("Close", "")),
        "consequences": [
            "What every account stands at on that day is kept, and held against the books every day from now on.",
            "Nothing can be posted into these days any more, by an import either. Corrections have their own day.",
            "It can’t be taken back.",
        ],
        "form": form,
        "media": form.media,
        "action": "Close them",
        "danger": True,
        "back_url": back,
    }
    return render(request, "backoffice/act.html", context)


def _last_month(charity: Charity) -> date:
    today = now().astimezone(ZoneInfo(charity.timezone)).date()
    return today.replace(day=1) - timedelta(days=1)
