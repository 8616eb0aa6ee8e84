"""Endpoints of a charity's other systems: made, changed, switched off, and what was sent there."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.pages import crumbs
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.webhooks import endpoints
from almoner.webhooks.addresses import LONGEST, AddressRefused, target_of
from almoner.webhooks.calling import WHY
from almoner.webhooks.models import Delivery, Endpoint, Try
from almoner.webhooks.sources import TYPES

_SHOWN: Final = 50
_PERIODS: Final = [
    ("1", "the last hour"),
    ("24", "the last day"),
    ("72", "the last 3 days"),
    ("720", "the last 30 days"),
]
_FAILED: Final = Q(state=Delivery.State.FAILED) | Q(state=Delivery.State.WAITING, tries__gt=0)


class EndpointForm(forms.Form):
    """Where events go, and which. `charity` is asked for once, when it is made."""

    description = forms.CharField(
        label="What it is for", max_length=80, help_text="Such as Mailchimp, or the data warehouse."
    )
    charity = forms.ModelChoiceField(
        label="Charity", queryset=Charity.objects.none(), help_text="It is told of this one’s gifts alone."
    )
    url = forms.CharField(
        label="Address",
        max_length=LONGEST,
        widget=forms.TextInput({"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
        help_text="Of the other system, such as https://crm.example.org/hooks/almoner",
    )
    types = forms.MultipleChoiceField(
        label="What it is told",
        choices=[(name, f"{name}: {says}".replace("`", "")) for name, says in TYPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.BooleanField(
        label="Say who gave too",
        required=False,
        help_text="Names, addresses, messages and dedications. Without it a gift has a number for its donor.",
    )

    def __init__(
        self, *args: Any, request: HttpRequest, endpoint: Endpoint | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if endpoint is not None:
            del self.fields["charity"]
            return
        own = access.charities(request)
        charity = cast("forms.ModelChoiceField[Charity]", self.fields["charity"])
        charity.queryset = Charity.objects.filter(pk__in=[each.pk for each in own])
        if len(own) == 1:
            self.initial.setdefault("charity", own[0].pk)

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            target_of(url)
        except AddressRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("people") and any(
            each.startswith("supporter.") for each in cleaned.get("types", ())
        ):
            self.add_error(
                "people", "What supporter events tell is who people are: tick this, or leave them out."
            )
        return cleaned

    @property
    def wanted(self) -> endpoints.Wanted:
        said = self.cleaned_data
        return endpoints.Wanted(
            url=said["url"],
            description=said["description"],
            types=tuple(said["types"]),
            people=said["people"],
        )


class ReplayForm(forms.Form):
    hours = forms.ChoiceField(label="What did not arrive, of", choices=_PERIODS, initial="24")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.SUPERUSER)
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, and a new one. Its secret stands on the page that answers, and never again."""
    form = EndpointForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        endpoint, secret = endpoints.make(
            form.wanted, charity=form.cleaned_data["charity"], actor=request.user
        )
        return _page(request, endpoint, secret=secret)
    context = {
        "title": "Webhooks",
        "breadcrumbs_items": crumbs(("Webhooks", "")),
        "rows": [(endpoint, _standing(endpoint)) for endpoint in _own(request)],
        "form": form,
        "media": form.media,
    }
    return render(request, "backoffice/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.SUPERUSER)
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One: how it stands, what was sent there, and its form."""
    endpoint = get_object_or_404(_own(request), pk=endpoint_id)
    form = EndpointForm(request.POST or None, request=request, endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        endpoints.change(endpoint.pk, form.wanted, actor=request.user)
        messages.success(request, "Saved.")
        return redirect("backoffice:webhook", endpoint.pk)
    return _page(request, endpoint, form=form if request.method == "POST" else None)


@require_POST
@access.needs(access.SUPERUSER)
def switch_webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    endpoint = get_object_or_404(_own(request), pk=endpoint_id)
    if request.POST.get("to") == "on":
        endpoints.switch_on(endpoint.pk, actor=request.user)
        messages.success(request, "It is told what happens from now on, and what waited goes out.")
    else:
        endpoints.switch_off(endpoint, actor=request.user)
        messages.success(request, "Nothing more is sent there.")
    return redirect("backoffice:webhook", endpoint.pk)


@require_POST
@access.needs(access.SUPERUSER)
def rotate_webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """The new secret stands on the page that answers, and never again."""
    endpoint, secret = endpoints.rotate(
        get_object_or_404(_own(request), pk=endpoint_id).pk, actor=request.user
    )
    return _page(request, endpoint, secret=secret)


@require_POST
@access.needs(access.SUPERUSER)
def test_webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    endpoint = get_object_or_404(_own(request), pk=endpoint_id)
    endpoints.send_test(endpoint.pk, actor=request.user)
    messages.success(
        request, "A test is on its way. Load this page again in a few seconds to see what came of it."
    )
    return redirect("backoffice:webhook", endpoint.pk)


@require_POST
@access.needs(access.SUPERUSER)
def replay_webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """All that did not arrive since a time."""
    endpoint = get_object_or_404(_own(request), pk=endpoint_id)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose of how long. Nothing was sent again.")
        return redirect("backoffice:webhook", endpoint.pk)
    since = now() - timedelta(hours=int(form.cleaned_data["hours"]))
    again = endpoints.replay_failed(endpoint.pk, since=since, actor=request.user)
    messages.success(request, f"{again} {'message goes' if again == 1 else 'messages go'} out again.")
    return redirect("backoffice:webhook", endpoint.pk)


@require_POST
@access.needs(access.SUPERUSER)
def replay_delivery(request: HttpRequest, endpoint_id: int, delivery_id: uuid.UUID) -> HttpResponse:
    endpoint = get_object_or_404(_own(request), pk=endpoint_id)
    delivery = get_object_or_404(endpoint.deliveries, pk=delivery_id)
    endpoints.replay(endpoint.pk, delivery.pk, actor=request.user)
    messages.success(request, "The message goes out again, under the identifier that it had.")
    return redirect("backoffice:webhook", endpoint.pk)


def _own(request: HttpRequest) -> QuerySet[Endpoint]:
    found = access.within(Endpoint.objects.all(), request).select_related("charity")
    return found.order_by("-active", "-made_at", "-pk")


def _page(
    request: HttpRequest, endpoint: Endpoint, *, form: EndpointForm | None = None, secret: str = ""
) -> HttpResponse:
    failed = request.GET.get("show") == "failed"
    names = ("url", "description", "types", "people")
    initial = {name: getattr(endpoint, name) for name in names}
    shown = form or EndpointForm(request=request, endpoint=endpoint, initial=initial)
    context = {
        "title": endpoint.description,
        "breadcrumbs_items": crumbs(("Webhooks", reverse("backoffice:webhooks")), (endpoint.description, "")),
        "endpoint": endpoint,
        "standing": _standing(endpoint),
        "secret": secret,
        "older": endpoint.secrets.filter(good_until__gt=now()).order_by("-good_until").first(),
        "rows": [_row(delivery) for delivery in _deliveries(endpoint, failed=failed)],
        "failed": failed,
        "most": _SHOWN,
        "form": shown,
        "replay": ReplayForm(),
        "media": shown.media,
        # After a new endpoint the address is that of the list: what is typed here belongs to this one.
        "action": reverse("backoffice:webhook", args=[endpoint.pk]),
    }
    return render(request, "backoffice/webhook.html", context)


def _deliveries(endpoint: Endpoint, *, failed: bool) -> QuerySet[Delivery]:
    """The newest, each with its tries: two queries."""
    found = endpoint.deliveries.filter(_FAILED) if failed else endpoint.deliveries.all()
    tries = Prefetch("log", queryset=Try.objects.order_by("-pk"))
    return found.order_by("-made_at", "-at", "-pk").prefetch_related(tries)[:_SHOWN]


def _row(delivery: Delivery) -> dict[str, Any]:
    tries = [(each, _outcome(each)) for each in delivery.log.all()]
    return {"delivery": delivery, "tries": tries, "last": tries[0][1] if tries else "Not sent yet"}


def _outcome(one: Try) -> str:
    """In words, such as "200 in 34 ms"."""
    if one.status is None:
        return "Under way, or cut off"
    if one.status == 0:
        return WHY.get(one.why, "No answer came.")
    if 300 <= one.status < 400:
        return f"{one.status}: it leads elsewhere, and nobody follows. Give the address itself."
    return f"{one.status} in {one.took_ms} ms"


def _standing(endpoint: Endpoint) -> tuple[str, str]:
    """In words, and the tone of its chip."""
    if not endpoint.active:
        by_itself = endpoint.off_reason != "staff"
        return f"Off: {endpoint.get_off_reason_display()}", "bad" if by_itself else "quiet"
    if endpoint.failing_since is not None:
        return f"Failing since {timezone.localtime(endpoint.failing_since):%-d %b, %H:%M}", "wait"
    return "On", "good"


def switched_off(found: Iterable[Charity]) -> QuerySet[Endpoint]:
    """Those that switched themselves off."""
    off = Endpoint.objects.filter(active=False, charity__in=[each.pk for each in found])
    return off.exclude(off_reason="staff")
