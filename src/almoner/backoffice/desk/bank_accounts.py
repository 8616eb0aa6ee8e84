"""The charity's bank accounts: each keeps its currency, its number, and how its bank writes its files."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access
from almoner.backoffice.desk.fields import currency_field, one_code
from almoner.backoffice.pages import crumbs
from almoner.banking import accounts
from almoner.banking.models import BankAccount
from almoner.charities.models import Charity

_PAGE = require_http_methods(["GET", "HEAD", "POST"])


class AccountForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80, help_text="Such as: everyday account.")
    currency = currency_field()
    number = forms.CharField(
        label="IBAN or account number",
        max_length=40,
        required=False,
        help_text="As your bank writes it in its files. A CAMT.053 file of another account is then refused.",
    )

    def __init__(self, *args: Any, request: HttpRequest, account: BankAccount | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = access.charities(request)
        self.fields["charity"] = forms.ModelChoiceField(
            queryset=Charity.objects.filter(pk__in=[c.pk for c in own]), empty_label=None, label="Charity"
        )
        self.order_fields(["charity", "name", "currency", "number"])
        if account is not None:
            self.initial.update(name=account.name, currency=account.currency, number=account.number)
            # What is in the books stays where it is.
            del self.fields["charity"]
            if account.statements.exists():
                del self.fields["currency"]
            return
        self.initial.setdefault("currency", own[0].currency if own else "")
        if len(own) == 1:
            self.initial["charity"] = own[0].pk
            self.fields["charity"].widget = self.fields["charity"].hidden_widget()

    def clean_currency(self) -> str:
        return one_code(self.cleaned_data["currency"])


@require_http_methods(["GET", "HEAD"])
@access.needs(access.VIEW_GIFTS)
def bank_accounts(request: HttpRequest) -> HttpResponse:
    rows = access.within(BankAccount.objects.all(), request).select_related("charity")
    buttons = []
    if access.may(request.user, access.BOOK_BANK):
        url = reverse("backoffice:new_bank_account")
        buttons.append(HeaderButton("Add an account", url=url, icon_name="plus"))
    context = {
        "title": "Bank accounts",
        "breadcrumbs_items": crumbs(("Statements", reverse("backoffice:statements")), ("Bank accounts", "")),
        "header_buttons": buttons,
        "rows": rows.order_by("charity__name", "name"),
        "several": len(access.charities(request)) > 1,
    }
    return render(request, "backoffice/bank_accounts.html", context)


@_PAGE
@access.needs(access.BOOK_BANK)
def new_bank_account(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@_PAGE
@access.needs(access.BOOK_BANK)
def bank_account(request: HttpRequest, account_id: int) -> HttpResponse:
    return _form(
        request, access.one_of(BankAccount.objects.select_related("charity"), request, pk=account_id)
    )


def _form(request: HttpRequest, account: BankAccount | None) -> HttpResponse:
    form = AccountForm(request.POST or None, request=request, account=account)
    if request.method == "POST" and form.is_valid() and _kept(request, account, form):
        messages.success(request, f"{form.cleaned_data['name']} is kept.")
        return redirect("backoffice:bank_accounts")
    title = account.name if account is not None else "Add a bank account"
    context = {
        "title": title,
        "breadcrumbs_items": crumbs(("Bank accounts", reverse("backoffice:bank_accounts")), (title, "")),
        "form": form,
        "media": form.media,
        "action": "Keep it",
        "back_url": reverse("backoffice:bank_accounts"),
    }
    return render(request, "backoffice/act.html", context)


def _kept(request: HttpRequest, account: BankAccount | None, form: AccountForm) -> bool:
    try:
        with transaction.atomic():
            accounts.keep(account, **form.cleaned_data, actor=request.user)
    except IntegrityError:
        form.add_error("name", "Another account has this name.")
        return False
    return True
