"""Funds: what gifts are for, and whether they are tax-deductible."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views import generic

from almoner.backoffice import access
from almoner.backoffice.editor.fields import abn_problem
from almoner.backoffice.editor.saves import AsksWho, Own, PlainViewSet, kept
from almoner.backoffice.tables import HtmlColumn, RoomList, chips_html, link, two_lines
from almoner.backoffice.words import Chip
from almoner.charities.models import Charity, Fund
from almoner.charities.scope import charities_of

POLICY = access.RoomPolicy(Fund, access.EDIT_CHARITIES)


class FundForm(WagtailAdminModelForm):
    """The code names accounts of the ledger, so it stands once it was given."""

    charity = forms.ModelChoiceField(queryset=Charity.objects.none(), empty_label=None, label="Charity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["charity"]
        field.queryset = charities_of(self.for_user).order_by("-is_default", "name")
        if self.instance.pk is not None:
            field.disabled = self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        charity, abn = entered.get("charity"), entered.get("endorsed_abn", "")
        if charity is not None and charity.country == "AU" and abn and (problem := abn_problem(abn)):
            self.add_error("endorsed_abn", problem)
        if entered.get("deductible") and not (entered.get("endorsed_name") and abn):
            self.add_error(
                "endorsed_name", "A deductible fund needs the name under which it is endorsed, and its ABN."
            )
        if entered.get("is_default") and not entered.get("active"):
            self.add_error(
                "active", "The default fund can’t be switched off. Make another one the default first."
            )
        if self.instance.pk is not None and self.initial.get("is_default") and not entered.get("is_default"):
            self.add_error("is_default", "Make another fund the default instead: a charity needs one.")
        return entered

    def _get_validation_exclusions(self) -> set[str]:
        """That there is one default is kept by `save`, which takes the mark from the fund that had it."""
        marked = {"is_default"} if self.cleaned_data.get("is_default") else set()
        return set(super()._get_validation_exclusions()) | marked

    def save(self, commit: bool = True) -> Fund:
        fund: Fund = super().save(commit=False)
        if fund.is_default:
            Fund.objects.filter(charity=fund.charity, is_default=True).exclude(pk=fund.pk).update(
                is_default=False
            )
        fund.save()
        return fund


class FundList(RoomList):
    model = Fund
    permission = access.EDIT_CHARITIES
    page_title = "Funds"
    header_icon = "tag"
    default_ordering = "name"
    explanation = (
        "What gifts are for. Tax deductibility belongs to a fund, for a charity may be endorsed for just one."
    )

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("charity")

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        return [
            HtmlColumn("name", label="Fund", cell=self._name, sort_key="name", classname="title"),
            HtmlColumn("charity", label="Charity", cell=lambda fund: fund.charity.name),
            HtmlColumn("code", label="Code", cell=lambda fund: fund.code),
            HtmlColumn(
                "endorsed", label="Endorsed as", cell=lambda f: two_lines(f.endorsed_name, f.endorsed_abn)
            ),
            HtmlColumn("state", label="State", cell=_state),
        ]

    def _name(self, fund: Fund) -> object:
        return two_lines(link(reverse(self.edit_url_name, args=[fund.pk]), fund.name), fund.line)


def _state(fund: Fund) -> object:
    marks = [
        (fund.is_default, Chip("Default", "good")),
        (fund.deductible, Chip("Tax-deductible", "good")),
        (not fund.active, Chip("Switched off", "quiet")),
    ]
    return chips_html([chip for holds, chip in marks if holds])


class _Saves(AsksWho):
    act = ""
    form: FundForm

    def save_instance(self) -> Fund:
        fund = self.form.save()
        changed = self.form.changed_data
        kept(
            self.request,
            charity=fund.charity,
            act=self.act,
            object_type="fund",
            object_id=fund.pk,
            changed=changed,
        )
        return fund


class FundCreate(_Saves, generic.CreateView):
    act = "make fund"


class FundEdit(Own, _Saves, generic.EditView):
    act = "change fund"


class FundsViewSet(PlainViewSet):
    model = Fund
    name = "funds"
    icon = "tag"
    menu_label = "Funds"
    menu_order = 110
    index_view_class = FundList
    add_view_class = FundCreate
    edit_view_class = FundEdit
    permission_policy = POLICY
    edit_handler = ObjectList(
        [
            FieldPanel("charity"),
            FieldPanel("name"),
            FieldPanel(
                "code", help_text="A short word for the ledger, such as general. It can’t be changed later."
            ),
            FieldPanel("line"),
            MultiFieldPanel(
                [FieldPanel("deductible"), FieldPanel("endorsed_name"), FieldPanel("endorsed_abn")],
                heading="Tax",
                help_text="As the tax office endorsed it. These words stand on receipts.",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("is_default", help_text="Used where a form offers no choice."),
                    FieldPanel(
                        "active", help_text="Off: donors can’t choose it, and staff can’t enter gifts for it."
                    ),
                ],
                heading="Use",
            ),
        ],
        base_form_class=FundForm,
    )
