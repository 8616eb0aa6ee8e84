"""The second factor: the page that asks for it, when it was given last, and the devices it comes from.

django-otp no longer tries all of a person's devices in turn (a wrong guess counted against devices that weren't meant),
and wagtail-2fa's own page names none, so that nobody could pass it. Ours names the device: the only one by itself, one
of several by choice.
"""

from base64 import b32encode
from collections.abc import Iterator
from textwrap import wrap
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail_2fa import views
from wagtail_2fa.forms import DeviceForm, TokenForm

from almoner.backoffice.entrance.sign_in import note
from almoner.kernel.clock import now

_GIVEN_AT: Final = "second_factor_at"


class SecondFactorForm(TokenForm):
    otp_device = forms.ChoiceField(required=False, label="Device")

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self._devices = list(devices_for_user(user))
        field = self.fields["otp_device"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(device.persistent_id, device.name) for device in self._devices]
        token = self.fields["otp_token"]
        token.label = "Code from your authenticator app"
        token.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})

    @property
    def extra_fields(self) -> Iterator[tuple[str, BoundField]]:
        """What the templates show beneath the token."""
        if len(self._devices) > 1:
            yield "otp_device", self["otp_device"]

    def _chosen_device(self, user: Any) -> Device | None:
        if len(self._devices) == 1:
            # Fetched again: `for_verify` locks the row, so that two guesses at once count as two.
            return Device.from_persistent_id(self._devices[0].persistent_id, for_verify=True)
        chosen: Device | None = super()._chosen_device(user)
        return chosen


def mark_given(request: HttpRequest) -> None:
    """The second factor was given just now, in this session."""
    request.session[_GIVEN_AT] = now().timestamp()
    note("give second factor", user=request.user, user_id=request.user.pk)


def mark_refused(request: HttpRequest) -> None:
    note("refuse second factor", user=request.user, user_id=request.user.pk)


def is_fresh(request: HttpRequest) -> bool:
    age_seconds = now().timestamp() - float(request.session.get(_GIVEN_AT, 0))
    return 0 <= age_seconds <= settings.STAFF_FRESH_FACTOR_SECONDS


class SecondFactor(views.LoginView):
    form_class = SecondFactorForm
    template_name = "backoffice/second_factor.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        mark_given(self.request)
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        mark_refused(self.request)
        answer: HttpResponse = super().form_invalid(form)
        return answer


class EnrolForm(DeviceForm):
    """wagtail-2fa's, in the words of whoever has never heard of a one-time password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code, password, name = (self.fields[each] for each in ("otp_token", "password", "name"))
        code.label, code.help_text = "Code from your authenticator app", ""
        code.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})
        password.label, password.help_text = (
            "Your password",
            "Once more, so that nobody else does this for you.",
        )
        password.widget.attrs["autocomplete"] = "current-password"
        name.label, name.help_text = "What you call this device", "Such as: my phone."

    def clean_otp_token(self) -> str:
        try:
            return str(super().clean_otp_token())
        except forms.ValidationError as refused:
            # A clock that is wrong is the usual cause, and nobody guesses it.
            said = "This is not the code that the app shows now. Is the clock of your phone right?"
            raise forms.ValidationError(said, code="invalid") from refused


class Enrol(views.DeviceCreateView):
    form_class = EnrolForm
    template_name = "backoffice/enrol.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        key = b32encode(self.device.bin_key).decode().rstrip("=")
        return context | {"key": " ".join(wrap(key, 4))}

    def get_success_url(self) -> str:
        """Where they were going when they were led here; else the list, to which the device has been added."""
        going = self.request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(going, allowed_hosts={self.request.get_host()}):
            return going
        return str(super().get_success_url())

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            note(
                "add second factor",
                user=self.request.user,
                user_id=self.request.user.pk,
                device=form.instance.pk,
            )
        # The code from the new device has just been given.
        mark_given(self.request)
        return answer


class Remove(views.DeviceDeleteView):
    """Whose device it is says the device, never the form."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_object_or_404(TOTPDevice, pk=kwargs["pk"])
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: forms.Form) -> HttpResponse:
        owner_id, device_id = self.object.user_id, self.object.pk
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            note("remove second factor", user=self.request.user, user_id=owner_id, device=device_id)
        return answer

    def get_success_url(self) -> str:
        return reverse("wagtail_2fa_device_list", args=[self.object.user_id])
