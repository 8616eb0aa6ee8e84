"""Statements: a file from the bank handed in, checked against what was read of it, booked by the worker, taken back."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access
from almoner.backoffice.desk.asking_twins import TwinsForm, twins_form
from almoner.backoffice.desk.debts import waiting
from almoner.backoffice.money import money, money_html
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import (
    HtmlColumn,
    RoomList,
    chip_html,
    link,
    made_at,
)
from almoner.backoffice.words import Chip
from almoner.banking import importing, reading, tables, twins
from almoner.banking.lines import Contents, StatementUnreadable
from almoner.banking.models import BankAccount, Statement, StatementLine
from almoner.banking.tables import ColumnMap
from almoner.payments.models import BankCredit, Payout

_PAGE: Final = require_http_methods(["GET", "HEAD", "POST"])
_LINES_SHOWN: Final = 200
_PREVIEWED: Final = 8
_HEAD_ROWS: Final = 6
_TWINS_SHOWN: Final = 20

State = Statement.State
Outcome = StatementLine.Outcome
_CHIPS: Final = {
    State.DRAFT: Chip("To be checked", "wait"),
    State.READING: Chip("Being booked", "wait"),
    State.DONE: Chip("Booked", "good"),
    State.UNDOING: Chip("Being taken back", "wait"),
    State.UNDONE: Chip("Taken back", "quiet"),
}


class StatementList(RoomList):
    model = Statement
    permission = access.VIEW_GIFTS
    page_title = "Statements"
    header_icon = "bo-bank"
    index_url_name = "backoffice:statements"
    index_results_url_name = "backoffice:statements_results"
    default_ordering = "-created_at"
    explanation = (
        "A file from your bank, as CSV or CAMT.053. Each credit is booked once, however often a file brings it, and "
        "goes to the gift whose reference it names; what names none waits among the transfers."
    )

    def get_base_queryset(self) -> QuerySet[Statement]:
        statements = super().get_base_queryset().select_related("account", "charity").defer("content")
        waits = Q(lines__outcome=Outcome.SUSPENSE, lines__credit__matched_at=None)
        return statements.annotate(
            line_count=Count("lines"),
            matched=Count("lines", filter=Q(lines__credit__attempt__isnull=False)),
            payouts=Count(
                "lines", filter=Q(lines__credit__payout__isnull=False) | Q(lines__payout__isnull=False)
            ),
            waiting=Count("lines", filter=waits & Q(lines__credit__sent_back_at=None)),
        )

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn("file_name", label="File", cell=_name, sort_key="file_name", classname="title"),
            HtmlColumn("account", label="Account", cell=lambda statement: statement.account.name),
            HtmlColumn("state", label="State", cell=lambda row: chip_html(_CHIPS[State(row.state)])),
            HtmlColumn("lines", label="Lines", cell=lambda row: row.line_count, classname="bo-number"),
            HtmlColumn("matched", label="Gifts", cell=lambda row: row.matched, classname="bo-number"),
            HtmlColumn("payouts", label="Payouts", cell=lambda row: row.payouts, classname="bo-number"),
            HtmlColumn("waiting", label="In suspense", cell=lambda row: row.waiting, classname="bo-number"),
            made_at("Handed in"),
        ]
        return self.with_charity(columns)

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.BOOK_BANK):
            return []
        return [
            HeaderButton("Import a statement", url=reverse("backoffice:new_statement"), icon_name="plus"),
            HeaderButton("Bank accounts", url=reverse("backoffice:bank_accounts"), icon_name="bo-bank"),
        ]


def _name(statement: Statement) -> object:
    return link(reverse("backoffice:statement", args=[statement.pk]), statement.file_name)


class FileForm(forms.Form):
    """Which account a file is of."""

    account = forms.ModelChoiceField(label="Account", queryset=BankAccount.objects.none(), empty_label=None)
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="As your bank gives it: CSV or CAMT.053 (XML), up to 20 MB. "
        "You see what was read before anything is booked.",
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty: fetch it from the bank again.",
        },
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = cast("forms.ModelChoiceField[BankAccount]", self.fields["account"])
        account.queryset = access.within(BankAccount.objects.order_by("name"), request)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > importing.MOST_BYTES:
            raise forms.ValidationError("That is more than 20 MB. Fetch a shorter time from the bank.")
        return file


@_PAGE
@access.needs(access.BOOK_BANK)
def new_statement(request: HttpRequest) -> HttpResponse:
    if not access.within(BankAccount.objects.all(), request).exists():
        messages.info(request, "Name the bank account first: each keeps how its bank writes its files.")
        return redirect("backoffice:new_bank_account")
    form = FileForm(request.POST or None, request.FILES or None, request=request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        statement = importing.hand_in(
            account=form.cleaned_data["account"], file_name=file.name, content=file.read(), actor=request.user
        )
        return redirect("backoffice:statement", statement.pk)
    context = {
        "title": "Import a statement",
        "breadcrumbs_items": crumbs(
            ("Statements", reverse("backoffice:statements")), ("Import a statement", "")
        ),
        "form": form,
        "media": form.media,
        "action": "Read it",
        "back_url": reverse("backoffice:statements"),
    }
    return render(request, "backoffice/act.html", context)


class ColumnsForm(forms.Form):
    """Which column says what, by the file's own headings."""

    date = forms.TypedChoiceField(label="Date", coerce=int)
    date_order = forms.ChoiceField(
        label="Dates are written",
        choices=[
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
            ("ymd", "Year, month, day"),
        ],
    )
    amount = forms.TypedChoiceField(
        label="Amount",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Where one column has what came and what left.",
    )
    credit = forms.TypedChoiceField(label="Money in", coerce=int, required=False, empty_value=None)
    debit = forms.TypedChoiceField(label="Money out", coerce=int, required=False, empty_value=None)
    decimal = forms.ChoiceField(label="Decimals", choices=[(".", "1,234.50"), (",", "1.234,50")])
    text = forms.TypedMultipleChoiceField(
        label="What the sender wrote",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="All columns in which a reference may stand.",
    )
    name = forms.TypedChoiceField(label="Who sent it", coerce=int, required=False, empty_value=None)
    bank_id = forms.TypedChoiceField(
        label="The bank’s own number of the line", coerce=int, required=False, empty_value=None
    )
    skip = forms.IntegerField(label="Rows above the first line", min_value=0, max_value=100)

    def __init__(self, *args: Any, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(at, heading or f"Column {at + 1}") for at, heading in enumerate(headings)]
        for name in ("date", "text"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for name in ("amount", "credit", "debit", "name", "bank_id"):
            self.fields[name].choices = [("", "None"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if (entered.get("amount") is None) == (entered.get("credit") is None):
            self.add_error("amount", "Name the amount’s column, or the one of money in: one of the two.")
        return entered

    def columns(self) -> ColumnMap:
        entered = self.cleaned_data
        return ColumnMap(**{**entered, "text": tuple(entered["text"])})


@_PAGE
@access.needs(access.VIEW_GIFTS)
def statement(request: HttpRequest, statement_id: uuid.UUID) -> HttpResponse:
    """The page of one: what was read, while it is to be checked; how far it is; what became of its lines."""
    found = access.one_of(Statement.objects.select_related("account", "charity"), request, pk=statement_id)
    if found.state != State.DRAFT:
        return _report(request, found)
    if not access.may(request.user, access.BOOK_BANK):
        return redirect("backoffice:statements")
    return _check(request, found)


def _check(request: HttpRequest, found: Statement) -> HttpResponse:
    content = bytes(found.content or b"")
    form, rows, error = None, [], ""
    columns = None
    try:
        if reading.is_table(content):
            rows = tables.rows_of(content)
            form, columns = _columns_form(request, found.account, rows)
        contents = (
            reading.read(content, found.account, columns) if form is None or columns is not None else None
        )
    except StatementUnreadable as unreadable:
        contents, error = None, str(unreadable)
    booking = request.method == "POST" and request.POST.get("do") == "book"
    found_twice = twins.overlap(found.account, contents.lines) if contents is not None else None
    asks = twins_form(request, found_twice, booking=booking)
    if booking and contents is not None and (asks is None or asks.is_valid()):
        return _submit(request, found, columns, asks)
    context = {
        "title": "Check what was read",
        "breadcrumbs_items": _trail(found),
        "statement": found,
        "form": form,
        "head": rows[:_HEAD_ROWS],
        "error": error,
        "preview": _preview(contents, found) if contents is not None else None,
        "overlap": _overlap(found_twice, found.account.currency) if found_twice is not None else None,
        "asks": asks,
    }
    return render(request, "backoffice/statement_check.html", context)


def _submit(
    request: HttpRequest, found: Statement, columns: ColumnMap | None, asks: TwinsForm | None
) -> HttpResponse:
    answer = asks.cleaned_data if asks is not None else {}
    try:
        importing.submit(
            statement_id=found.pk,
            columns=columns,
            actor=request.user,
            again=answer.get("again"),
            seen=answer.get("seen"),
        )
    except importing.TwinsFound as since:
        messages.warning(request, f"{since} They came since this page was made: nothing was booked yet.")
    return redirect("backoffice:statement", found.pk)


def _columns_form(
    request: HttpRequest, account: BankAccount, rows: Sequence[Sequence[str]]
) -> tuple[ColumnsForm, ColumnMap | None]:
    """The form, and the map that it says: as typed, as kept of the last file, or as the headings suggest."""
    headings = tables.headings(rows)[1]
    if request.method == "POST":
        form = ColumnsForm(request.POST, headings=headings)
        return form, form.columns() if form.is_valid() else None
    columns = _fitting(reading.kept_columns(account), len(headings)) or tables.guessed(rows)
    initial = columns.as_json() if columns is not None else {"skip": tables.headings(rows)[0]}
    return ColumnsForm(initial=initial, headings=headings), columns


def _fitting(kept: ColumnMap | None, width: int) -> ColumnMap | None:
    """The kept map, unless this file has too few columns for it: the bank has changed its files."""
    if kept is None:
        return None
    named = (kept.date, kept.amount, kept.credit, kept.debit, kept.name, kept.bank_id, *kept.text)
    return kept if all(column < width for column in named if column is not None) else None


def _preview(contents: Contents, found: Statement) -> dict[str, Any]:
    currency = found.account.currency
    came = [line.amount_minor for line in contents.lines if line.amount_minor > 0]
    left = [line.amount_minor for line in contents.lines if line.amount_minor < 0]
    return {
        "lines": [(line, _amount(line.amount_minor, currency)) for line in contents.lines[:_PREVIEWED]],
        "count": len(contents.lines),
        "more": max(0, len(contents.lines) - _PREVIEWED),
        "came": (len(came), money(sum(came), currency)),
        "left": (len(left), money(-sum(left), currency)),
        "first": min((line.booked_on for line in contents.lines), default=None),
        "last": max((line.booked_on for line in contents.lines), default=None),
        "left_out": contents.left_out[:_PREVIEWED],
        "left_out_count": len(contents.left_out),
        "pending": contents.pending,
        "ahead": contents.ahead(found.charity),
    }


def _overlap(overlap: twins.Overlap, currency: str) -> dict[str, Any]:
    """What the books have of this file already: to the letter, and perhaps."""
    return {
        "known": overlap.known,
        "count": len(overlap.twins),
        "twins": [(twin, _amount(twin.line.amount_minor, currency)) for twin in overlap.twins[:_TWINS_SHOWN]],
        "more": max(0, len(overlap.twins) - _TWINS_SHOWN),
    }


def _amount(amount_minor: int, currency: str) -> str:
    return money_html(amount_minor, currency) if amount_minor > 0 else _out(amount_minor, currency)


def _out(amount_minor: int, currency: str) -> str:
    return f"−{money(-amount_minor, currency)}"


def _report(request: HttpRequest, found: Statement) -> HttpResponse:
    lines = found.lines.order_by("number")
    tally: dict[str, tuple[int, int]] = {
        outcome: (count, total)
        for outcome, count, total in lines.order_by()
        .values_list("outcome")
        .annotate(Count("pk"), Sum("amount_minor"))
    }
    count = sum(each for each, _ in tally.values())
    todo = (
        _count(tally, Outcome.NEW)
        if found.state == State.READING
        else count - _count(tally, Outcome.UNDONE, Outcome.KEPT)
    )
    under_way = found.state in (State.READING, State.UNDOING)
    shown = list(_shown(lines))
    debts = waiting(found, shown) if found.state == State.DONE else {}
    context = {
        "title": found.file_name,
        "breadcrumbs_items": _trail(found),
        "statement": found,
        "chip": chip_html(_CHIPS[State(found.state)]),
        "under_way": under_way,
        "count": count,
        "done": count - todo,
        "figures": _figures(found, tally),
        "rows": [_row(line, found.account.currency, debts) for line in shown],
        "may_match": access.may(request.user, access.BOOK_BANK),
        "more": max(0, count - _LINES_SHOWN),
        "may_undo": found.state == State.DONE and access.may(request.user, access.BOOK_BANK),
    }
    return render(request, "backoffice/statement.html", context)


def _count(tally: dict[str, tuple[int, int]], *outcomes: str) -> int:
    return sum(tally.get(outcome, (0, 0))[0] for outcome in outcomes)


def _figures(found: Statement, tally: dict[str, tuple[int, int]]) -> list[tuple[str, int, str]]:
    """(what, how many, how much) of what the import did."""
    currency = found.account.currency
    said = [
        (Outcome.MATCHED, "Matched to gifts"),
        (Outcome.PAYOUT, "Payouts of gateways"),
        (Outcome.SUSPENSE, "In suspense when it was booked"),
        (Outcome.LEFT, "Money that left, not booked"),
        (Outcome.UNDONE, "Taken back"),
        (Outcome.KEPT, "Could not be taken back"),
    ]
    figures = [
        (label, tally[outcome][0], money(abs(tally[outcome][1]), currency))
        for outcome, label in said
        if outcome in tally
    ]
    if found.known:
        figures.append(("Known from an earlier file", found.known, ""))
    if found.pending:
        figures.append(("Announced, not booked by the bank yet", found.pending, ""))
    if found.left_out_count:
        figures.append(("Rows that could not be read", found.left_out_count, ""))
    return figures


def _shown(lines: QuerySet[StatementLine]) -> QuerySet[StatementLine]:
    """What needs a person first."""
    first = Q(outcome=Outcome.SUSPENSE, credit__matched_at=None, credit__sent_back_at=None)
    rows = lines.select_related("credit__attempt").annotate(waits=first)
    return rows.order_by("-waits", "number")[:_LINES_SHOWN]


def _row(line: StatementLine, currency: str, debts: Mapping[int, list[Payout]]) -> dict[str, Any]:
    credit = line.credit
    return {
        "line": line,
        "amount": _amount(line.amount_minor, currency),
        "text": credit.text if credit is not None else line.text,
        "chip": chip_html(_line_chip(line, credit)),
        "url": reverse("backoffice:credit", args=[credit.pk]) if credit is not None else "",
        "debts": debts.get(line.amount_minor, []) if line.outcome == Outcome.LEFT else [],
    }


def _line_chip(line: StatementLine, credit: BankCredit | None) -> Chip:
    if line.payout_id is not None:
        return Chip("Payout", "good")
    if line.outcome in (Outcome.UNDONE, Outcome.KEPT) or credit is None:
        labels = {Outcome.NEW: "To be booked", Outcome.LEFT: "Money that left", Outcome.UNDONE: "Taken back"}
        return Chip(
            labels.get(Outcome(line.outcome), "Could not be taken back"),
            "bad" if line.outcome == Outcome.KEPT else "quiet",
        )
    if credit.attempt_id is not None:
        return Chip("Matched", "good")
    if credit.payout_id is not None:
        return Chip("Payout", "good")
    return Chip("Sent back", "quiet") if credit.sent_back_at else Chip("In suspense", "wait")


def _trail(found: Statement) -> list[dict[str, str]]:
    return crumbs(("Statements", reverse("backoffice:statements")), (found.file_name, ""))


@_PAGE
@access.needs(access.BOOK_BANK)
def undo_statement(request: HttpRequest, statement_id: uuid.UUID) -> HttpResponse:
    found = access.one_of(Statement.objects.select_related("account"), request, pk=statement_id)
    back = reverse("backoffice:statement", args=[found.pk])
    if request.method == "POST":
        try:
            importing.undo(statement_id=found.pk, actor=request.user)
        except importing.NotNow as refused:
            messages.error(request, str(refused))
        return redirect(back)
    matched = found.lines.filter(credit__attempt__isnull=False).count()
    context = {
        "title": "Take the statement back",
        "lead": f"{found.file_name}, {found.account.name}.",
        "breadcrumbs_items": crumbs(
            ("Statements", reverse("backoffice:statements")), (found.file_name, back), ("Take it back", "")
        ),
        "consequences": [
            "Every credit that it brought leaves the books by a reversal; nothing is deleted.",
            f"{matched} gift{'s' if matched != 1 else ''} that it paid wait for their transfer again; "
            "their receipts are cancelled, and donors with an email address are told.",
            "Payouts of gateways that it showed are in transit again.",
            "A gift of which some was refunded stays as it is, and is named in the report.",
            "The same file can be imported again afterwards. So should a later file be that "
            "brought some of its lines too.",
        ],
        "form": forms.Form(),
        "action": "Take it back",
        "danger": True,
        "back_url": back,
    }
    return render(request, "backoffice/act.html", context)


@require_POST
@access.needs(access.BOOK_BANK)
def discard_statement(request: HttpRequest, statement_id: uuid.UUID) -> HttpResponse:
    found = access.one_of(Statement.objects.all(), request, pk=statement_id)
    try:
        importing.discard(statement_id=found.pk, actor=request.user)
    except importing.NotNow as refused:
        messages.error(request, str(refused))
        return redirect("backoffice:statement", found.pk)
    messages.success(request, "Thrown away. Nothing was booked.")
    return redirect("backoffice:statements")
