"""The rows of a programme's and an indicator's page: partners, breakdowns with their groups, targets."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms import inlineformset_factory

from almoner.charities.models import Charity
from almoner.impact import keeping
from almoner.impact.models import (
    Dimension,
    Indicator,
    Partner,
    Partnership,
    Programme,
    Result,
    Target,
    Translation,
)


class _PartnerRow(forms.ModelForm):
    new_name = forms.CharField(label="or a new one", max_length=200, required=False)
    new_kind = forms.ChoiceField(
        label="which is",
        choices=[("", "…"), *Partner.Kind.choices],
        required=False,
    )

    class Meta:
        model = Partnership
        fields = ("partner", "role")

    field_order = ("partner", "new_name", "new_kind", "role")

    def __init__(self, *args: Any, charity: Charity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._charity = charity
        partner = cast("forms.ModelChoiceField[Partner]", self.fields["partner"])
        partner.queryset = Partner.objects.filter(charity=charity).order_by("name")
        partner.required, partner.empty_label = False, "…"
        if self.instance.pk is not None:
            del self.fields["new_name"], self.fields["new_kind"]

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        name = entered.get("new_name", "")
        if bool(entered.get("partner")) == bool(name):
            raise forms.ValidationError("Pick a partner, or name a new one: one of the two.")
        if name:
            known = Partner.objects.filter(charity=self._charity, name=name).first()
            if known is None and not entered.get("new_kind"):
                self.add_error("new_kind", "Say what kind of organisation it is.")
            self.instance.partner = known or Partner(
                charity=self._charity, name=name, kind=entered.get("new_kind", "")
            )
        return entered

    def _post_clean(self) -> None:
        # Django would put the empty choice in the new partner's place.
        new = self.instance.partner if self.cleaned_data.get("new_name") else None
        super()._post_clean()  # type: ignore[misc]
        if new is not None:
            self.instance.partner = new

    def save(self, commit: bool = True) -> Any:
        partner = self.instance.partner
        if partner.pk is None:
            partner.save()
            self.instance.partner = partner
        return super().save(commit)


class _BreakdownRow(forms.ModelForm):
    groups = forms.CharField(
        label="Groups", max_length=2400, help_text="With commas, in the order in which they are shown."
    )

    class Meta:
        model = Dimension
        fields = ("name", "adds_up")

    field_order = ("name", "groups", "adds_up")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["groups"] = ", ".join(self.instance.categories)

    def clean_groups(self) -> str:
        groups = list(
            dict.fromkeys(filter(None, (each.strip() for each in self.cleaned_data["groups"].split(","))))
        )
        try:
            keeping.check_groups(self.instance, groups)
        except keeping.NotKept as refused:
            raise forms.ValidationError(str(refused)) from None
        self.instance.categories = groups
        return ", ".join(groups)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if (
            self.instance.pk is not None
            and name != self.initial["name"]
            and keeping.figures_of(self.instance).exists()
        ):
            raise forms.ValidationError("It has figures: its name has to stay.")
        return name


class _BreakdownRows(forms.BaseInlineFormSet[Dimension, Indicator, Any]):
    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if keeping.figures_of(form.instance).exists():
                raise forms.ValidationError(
                    f"The breakdown by {form.instance.name} has figures: it has to stay."
                )


class _TargetRow(forms.ModelForm):
    class Meta:
        model = Target
        fields = ("first", "last", "value")
        labels = {"first": "From", "last": "to", "value": "Target"}
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("first", "last")
        }


class _TranslationRow(forms.ModelForm):
    language = forms.ChoiceField(label="Language")

    class Meta:
        model = Translation
        fields = ("language", "title", "text", "nouns")
        labels = {"text": "What stands under it"}
        widgets = {"text": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, charity: Charity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [each for each in settings.LANGUAGES if each[0] != charity.language]
        self.fields["language"].choices = [("", "…"), *others]  # type: ignore[attr-defined]


class _NamedRow(_TranslationRow):
    """Of a programme or a result, which no sentence counts."""

    class Meta(_TranslationRow.Meta):
        fields = ("language", "title", "text")  # type: ignore[assignment]


class _TranslationRows(forms.BaseInlineFormSet[Translation, Any, Any]):
    def get_queryset(self) -> Any:
        """A programme's own: not those of its results and indicators, which name it too."""
        found = super().get_queryset()
        own = (each for each in found if isinstance(self.instance, Programme))
        others = {each.pk for each in own if each.result_id is not None or each.indicator_id is not None}
        return [each for each in found if each.pk not in others]

    def clean(self) -> None:
        super().clean()
        kept = [each for each in self.forms if each not in self.deleted_forms]
        chosen = [each.cleaned_data["language"] for each in kept if each.cleaned_data.get("language")]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError("Each language once.")

    def save_new(self, form: Any, commit: bool = True) -> Any:
        of = self.instance
        form.instance.programme = (
            of
            if isinstance(of, Programme)
            else of.programme
            if isinstance(of, Result)
            else of.result.programme
        )
        return super().save_new(form, commit)


def _translations(parent: type[Programme] | type[Result] | type[Indicator]) -> Any:
    row = _TranslationRow if parent is Indicator else _NamedRow
    return inlineformset_factory(
        parent, Translation, form=row, formset=_TranslationRows, fk_name=parent._meta.model_name, extra=1
    )


ProgrammeTranslations = _translations(Programme)
ResultTranslations = _translations(Result)
IndicatorTranslations = _translations(Indicator)
Partners = inlineformset_factory(Programme, Partnership, form=_PartnerRow, extra=2)
Breakdowns = inlineformset_factory(Indicator, Dimension, form=_BreakdownRow, formset=_BreakdownRows, extra=2)
Targets = inlineformset_factory(Indicator, Target, form=_TargetRow, extra=2)
