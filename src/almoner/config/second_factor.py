"""The page on which staff give their second factor.

django-otp no longer tries all of a person's devices in turn (a wrong guess counted against devices that weren't meant),
and wagtail-2fa's own page names none, so that nobody could pass it. Ours names the device: the only one by itself, one
of several by choice.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django_otp import devices_for_user
from django_otp.models import Device
from wagtail.admin.auth import require_admin_access
from wagtail_2fa.forms import TokenForm
from wagtail_2fa.views import LoginView


class SecondFactorForm(TokenForm):  # type: ignore[misc]
    otp_device = forms.ChoiceField(required=False, label="Device")

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self._devices = list(devices_for_user(user))
        field = self.fields["otp_device"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(device.persistent_id, device.name) for device in self._devices]
        self.fields["otp_token"].widget.attrs.update(
            {"inputmode": "numeric", "autocomplete": "one-time-code"}
        )

    @property
    def extra_fields(self) -> Iterator[tuple[str, BoundField]]:
        """What wagtail-2fa's template shows beneath the token."""
        if len(self._devices) > 1:
            yield "otp_device", self["otp_device"]

    def _chosen_device(self, user: Any) -> Device | None:
        if len(self._devices) == 1:
            # Fetched again: `for_verify` locks the row, so that two guesses at once count as two.
            return Device.from_persistent_id(self._devices[0].persistent_id, for_verify=True)
        chosen: Device | None = super()._chosen_device(user)
        return chosen


second_factor = require_admin_access(LoginView.as_view(form_class=SecondFactorForm))
