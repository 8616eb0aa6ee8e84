"""The form of a charity's connection to Salesforce: its switch, its words, and which fund and appeal is what there."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from wagtail.admin.widgets import AdminDateInput

from almoner.charities.models import Charity, Fund
from almoner.crm.models import AppealCampaign, FundUnit, Link

_ID: Final = RegexValidator(
    r"^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$",
    "Write the record’s Id as Salesforce has it: 15 or 18 letters and digits, from its address.",
)


class LinkForm(forms.ModelForm):
    """All that one charity says of it. `funds` and `appeals` are rows of their own, saved with it."""

    class Meta:
        model = Link
        fields = ("active", "since", "stage_paid", "stage_lost", "record_type_id", "multi_currency")
        widgets = {"since": AdminDateInput}
        help_texts = {
            "active": "Gifts that are paid, regular gifts and what becomes of them are sent as they happen.",
            "since": "When this is switched on, what was given from this day on is sent too.",
            "stage_paid": "As Opportunity’s stages are called there.",
            "record_type_id": "The Id of a record type of Opportunity’s. Without it Salesforce takes the user’s own.",
            "multi_currency": "Without it, gifts in another currency than the charity’s are held for a person.",
        }

    appeals = forms.CharField(
        label="Appeals and their campaigns",
        required=False,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
        help_text="A line each: the appeal’s code, a space, and the campaign’s Id, such as XMAS26 701000000000001AAA.",
    )

    def __init__(self, *args: Any, charity: Charity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._charity = charity
        self.funds = list(Fund.objects.filter(charity=charity).order_by("-is_default", "name"))
        known = dict(FundUnit.objects.filter(fund__in=self.funds).values_list("fund_id", "unit_id"))
        for fund in self.funds:
            self.fields[self._name(fund)] = forms.CharField(
                label=f"General Accounting Unit of “{fund.name}”",
                required=False,
                max_length=18,
                validators=[_ID],
                initial=known.get(fund.pk, ""),
            )
        rows = AppealCampaign.objects.filter(charity=charity).order_by("appeal")
        self.initial["appeals"] = "\n".join(f"{row.appeal} {row.campaign_id}" for row in rows)

    @staticmethod
    def _name(fund: Fund) -> str:
        return f"fund_{fund.pk}"

    def clean_appeals(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["appeals"].splitlines(), start=1):
            if not line.strip():
                continue
            appeal, _, campaign = line.strip().rpartition(" ")
            try:
                _ID(campaign)
            except ValidationError:
                raise ValidationError(
                    f"Line {number}: end it with the campaign’s Id, 15 or 18 letters and digits."
                ) from None
            appeal = appeal.strip()
            if not appeal or len(appeal) > 60:
                raise ValidationError(f"Line {number}: begin it with the appeal’s code, and a space.")
            if appeal in found:
                raise ValidationError(f"Line {number}: {appeal} stands there twice.")
            found[appeal] = campaign
        return found

    def save_rows(self) -> None:
        """The rows beside the link, in the caller's transaction."""
        for fund in self.funds:
            unit_id = self.cleaned_data[self._name(fund)]
            if unit_id:
                FundUnit.objects.update_or_create(fund=fund, defaults={"unit_id": unit_id})
            else:
                FundUnit.objects.filter(fund=fund).delete()
        appeals: dict[str, str] = self.cleaned_data["appeals"]
        AppealCampaign.objects.filter(charity=self._charity).exclude(appeal__in=appeals).delete()
        for appeal, campaign_id in appeals.items():
            AppealCampaign.objects.update_or_create(
                charity=self._charity, appeal=appeal, defaults={"campaign_id": campaign_id}
            )


class LeaveOutForm(forms.Form):
    """Why something is not wanted there."""

    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="For your records and the auditor. Don’t name people here.",
        widget=forms.TextInput,
    )
