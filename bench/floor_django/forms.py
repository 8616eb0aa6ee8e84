from django import forms


class Amount(forms.Form):
    amount = forms.DecimalField(min_value=2, max_value=50_000, decimal_places=2)


class Details(Amount):
    given_name = forms.CharField(max_length=100)
    family_name = forms.CharField(max_length=100)
    email = forms.EmailField()
    country = forms.CharField(max_length=2)
    address_line1 = forms.CharField(max_length=200)
    address_locality = forms.CharField(max_length=100)
    address_region = forms.CharField(max_length=100)
    address_postcode = forms.CharField(max_length=20)


class Payment(Details):
    method = forms.ChoiceField(
        choices=[("card", "Card"), ("transfer", "Bank transfer")], widget=forms.RadioSelect
    )
