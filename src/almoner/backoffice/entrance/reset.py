"""A forgotten password. What a request does, and how long it takes, is the same for known and unknown addresses."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from wagtail.admin.views import account

from almoner.backoffice.entrance import reset_mail, throttle
from almoner.backoffice.entrance.sign_in import note
from almoner.kernel.references import new_uuid
from almoner.outbox.queue import enqueue


class Ask(account.PasswordResetView):
    """The worker sends the mail: a job for nobody is asked for like one for somebody."""

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        # Beyond the limit nothing is sent, and nobody is told.
        if throttle.begin(f"reset {email}", self.request.META.get("REMOTE_ADDR", "")) is not None:
            ids = [user.pk for user in form.get_users(email)]
            with transaction.atomic():
                enqueue(reset_mail.JOB, new_uuid().hex, {"users": ids})
                note("ask for new password", user=None, user_id=ids[0] if ids else None)
        return HttpResponseRedirect(self.get_success_url())


class Confirm(account.PasswordResetConfirmView):
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)
            note("set new password", user=self.user, user_id=self.user.pk)
        return answer
