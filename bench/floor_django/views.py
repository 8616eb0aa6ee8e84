"""Each step validates what came so far and shows the next; the last writes and redirects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from floor_django.forms import Amount, Details, Payment
from floor_django.models import Gift


@require_GET
def form_page(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "step.html",
        {"title": "How much would you like to give?", "form": Amount(), "next": "details"},
    )


@require_POST
def details(request: HttpRequest) -> HttpResponse:
    return _step(
        request, Amount(request.POST), Details, title="Your details", here="details", following="payment"
    )


@require_POST
def payment(request: HttpRequest) -> HttpResponse:
    return _step(
        request, Details(request.POST), Payment, title="Payment details", here="payment", following="submit"
    )


@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    form = Payment(request.POST)
    if not form.is_valid():
        return render(request, "step.html", {"title": "Payment details", "form": form, "next": "submit"})
    typed = form.cleaned_data
    gift = Gift.objects.create(**{name.removeprefix("address_"): value for name, value in typed.items()})
    response = redirect("thanks", pk=gift.pk)
    response.status_code = 303
    return response


@require_GET
def thanks(request: HttpRequest, pk: str) -> HttpResponse:
    return render(request, "thanks.html", {"gift": get_object_or_404(Gift, pk=pk)})


def _step(
    request: HttpRequest, given: Amount, form: type[Amount], *, title: str, here: str, following: str
) -> HttpResponse:
    if not given.is_valid():
        return render(request, "step.html", {"title": title, "form": given, "next": here})
    context = {"title": title, "form": form(initial=given.cleaned_data), "kept": given, "next": following}
    return render(request, "step.html", context)
