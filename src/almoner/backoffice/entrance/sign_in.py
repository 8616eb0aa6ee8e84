"""Signing in: Wagtail's page, with a throttle before it and an entry in the log after it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from wagtail.admin.views import account

from almoner.backoffice.entrance import throttle
from almoner.backoffice.models import SignInTry
from almoner.charities import audit

_MINUTES = int(throttle.WINDOW.total_seconds() // 60)
TOO_MANY = f"There were too many tries. Wait {_MINUTES} minutes, then try again."


class SignIn(account.LoginView):
    """A wrong password, an unknown name and a closed account get one answer, and so do the throttled of all three."""

    _try: SignInTry

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        begun = throttle.begin(request.POST.get("username", ""), request.META.get("REMOTE_ADDR", ""))
        if begun is None:
            return self._wait()
        self._try = begun
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def _wait(self) -> HttpResponse:
        """The password that was typed is not looked at, right or wrong."""
        form = self.get_form_class()(
            self.request, initial={"username": self.request.POST.get("username", "")}
        )
        answer = self.render_to_response(self.get_context_data(form=form, too_many=TOO_MANY), status=429)
        answer["Retry-After"] = str(int(throttle.WINDOW.total_seconds()))
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            throttle.succeeded(self._try)
            note("sign in", user=user, user_id=user.pk)
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        name = self.request.POST.get("username", "")
        # What was typed is kept by nobody: some type their password there.
        known = (
            User.objects.filter(username=name[:150].replace("\x00", "")).values_list("pk", flat=True).first()
        )
        note("refuse sign-in", user=None, user_id=known, network=self._try.network)
        answer: HttpResponse = super().form_invalid(form)
        return answer


def note(act: str, *, user: Any, user_id: int | None, **detail: Any) -> None:
    """An entry about an account. It is the installation's, no charity's."""
    audit.record(
        actor=user,
        charity=None,
        action=act,
        object_type="user",
        object_id=user_id or "unknown",
        detail=detail,
    )
