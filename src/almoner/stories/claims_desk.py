"""Staff's list of claims: what is said in public, whether it holds, and what to do; and those entered by hand."""

from itertools import groupby
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.permissions import page_permission_policy

from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.impact import claims, wording
from almoner.impact.models import Claim, Indicator
from almoner.stories.claim_rows import rows_of
from almoner.stories.desk import in_time_of, writers

_A_PAGE: Final = 50
# What the list can be narrowed to: key -> (its label, the claims).
_PARTS: Final[dict[str, tuple[str, Q]]] = {
    "": ("Need somebody", claims.needing()),
    "contradicted": ("Contradicted", Q(state=Claim.State.CONTRADICTED)),
    "stale": ("Stale", Q(state=Claim.State.STALE)),
    "expired": ("Expired", Q(state=Claim.State.EXPIRED)),
    "unverified": ("Not shown", Q(state=Claim.State.UNVERIFIED)),
    "holds": ("Hold", Q(state=Claim.State.HOLDS)),
    "entered": ("Entered by hand", Q(origin=Claim.Origin.ENTERED)),
}


class ClaimForm(forms.ModelForm[Claim]):
    """A claim that no page carries: in print, in a mail, on another's site."""

    class Meta:
        model = Claim
        fields = ("indicator", "carrier", "carrier_title", "number", "wording", "owner", "expires_on")
        labels = {
            "carrier": "Where it is said",
            "carrier_title": "What that is called",
            "number": "The number, as it is said",
            "wording": "The sentence",
            "expires_on": "May be said until",
        }
        help_texts = {
            "carrier_title": "Such as: Spring leaflet 2026, 5,000 copies.",
            "number": "With its words, such as: over 1,000.",
            "expires_on": "Empty: as long as it holds.",
        }
        widgets = {
            "wording": forms.Textarea(attrs={"rows": 2}),
            "expires_on": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, charities: QuerySet[Charity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Indicator.objects.filter(result__programme__charity__in=charities)
        self._field("indicator").queryset = known
        self._field("indicator").choices = [("", "Choose …"), *_by_programme(known)]
        self._field("carrier").choices = [
            each for each in Claim.Carrier.choices if each[0] not in (Claim.Carrier.PAGE, Claim.Carrier.FORM)
        ]
        self._field("owner").queryset = writers(charities).exclude(email="")
        self._field("owner").empty_label = "The charity’s own address"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number, indicator = cleaned.get("number"), cleaned.get("indicator")
        if number and indicator:
            said = wording.read(number, claims.spoken_in(number, indicator.result.programme.charity))
            if said is None:
                self.add_error(
                    "number", "Write one number with its words, such as: over 1,000, nearly 300, one in five."
                )
            elif said.percent != indicator.percent:
                kind = "a share, such as 20% or one in five" if indicator.percent else "a count, such as 286"
                self.add_error("number", f"What this indicator says is {kind}.")
        return cleaned

    def _field(self, name: str) -> Any:
        return self.fields[name]


def _by_programme(known: QuerySet[Indicator]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Two programmes may have indicators of one title."""
    found = known.select_related("result__programme").order_by(
        "result__programme__title", "result__programme_id", "result__ordinal", "ordinal", "pk"
    )
    return [
        (programme.title, [(each.pk, each.title) for each in rows])
        for programme, rows in groupby(found, key=lambda each: each.result.programme)
    ]


class ExpiryForm(forms.ModelForm[Claim]):
    class Meta:
        model = Claim
        fields = ("expires_on",)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    own = _charities(request)
    chosen = request.GET.get("show", "")
    label, wanted = _PARTS.get(chosen, _PARTS[""])
    current = Claim.objects.filter(charity__in=own, ended_at=None)
    counts = current.aggregate(**{f"n_{key}": Count("pk", filter=each) for key, (_, each) in _PARTS.items()})
    found = current.filter(wanted).select_related("charity").order_by("carrier", "carrier_title", "pk")
    part = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Claims",
        "breadcrumbs_items": _crumbs(("Claims", "")),
        "parts": [(key, name, key == chosen, counts[f"n_{key}"]) for key, (name, _) in _PARTS.items()],
        "label": label,
        "chosen": chosen,
        "part": part,
        "rows": rows_of(part.object_list),
        "several": len(own) > 1,
    }
    return render(request, "stories/claims.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A claim in print, in a mail, or on another's site."""
    form = ClaimForm(request.POST or None, charities=_charities(request))
    if request.method == "POST" and form.is_valid():
        claim = form.save(commit=False)
        claim.charity = claim.indicator.result.programme.charity
        claims.enter(claim, actor=request.user)
        messages.success(
            request, f"It is kept, and looked at every night: {claim.get_state_display().lower()} today."
        )
        return redirect("stories_claims")
    context = {
        "title": "Enter a claim",
        "breadcrumbs_items": _crumbs(("Claims", reverse("stories_claims")), ("Enter a claim", "")),
        "form": form,
    }
    return render(request, "stories/claim_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim, and what staff may do with it: give it a day, say that it holds or is meant, or end it."""
    claim = get_object_or_404(
        Claim.objects.select_related("charity", "indicator", "owner"),
        pk=claim_id,
        charity__in=_charities(request),
    )
    in_time_of(claim.charity)
    wrong = ""
    if request.method == "POST" and claim.ended_at is None:
        wrong = _act(request, claim)
        if not wrong:
            return redirect("stories_claim", claim.pk)
    context = {
        "title": f"“{claim.number}”",
        "breadcrumbs_items": _crumbs(("Claims", reverse("stories_claims")), (claim.number, "")),
        "claim": claim,
        "row": rows_of([claim])[0],
        "entered": claim.origin == Claim.Origin.ENTERED,
        "wrong": wrong,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "stories/claim.html", context)


def may_see(user: Any) -> bool:
    return bool(page_permission_policy.user_has_any_permission(user, ["add", "change", "publish"]))


def _act(request: HttpRequest, claim: Claim) -> str:
    """Do what was asked; returns what is wrong with it, or ''."""
    do, reason = request.POST.get("do"), request.POST.get("reason", "").strip()
    entered = claim.origin == Claim.Origin.ENTERED
    if do == "affirm" and entered:
        claims.affirm(claim, actor=request.user)
        messages.success(request, "It rests on what the register says now.")
    elif do == "end" and entered:
        claims.finish(claim, actor=request.user)
        messages.success(request, "It is no longer said.")
    elif do == "mean":
        if not reason:
            return "Say why it stands all the same: whoever looks next reads it."
        claims.mean([claim], reason=reason[:300], actor=request.user)
        messages.success(request, "It stands so on purpose, until the sentence or the register changes.")
    elif do == "expire":
        form = ExpiryForm(request.POST, instance=claim)
        if not form.is_valid():
            return "Write the day as 2027-06-30, or leave it empty."
        claims.set_expiry(claim, form.cleaned_data["expires_on"], actor=request.user)
        messages.success(request, "Its last day is kept.")
    return ""


def _charities(request: HttpRequest) -> QuerySet[Charity]:
    if not may_see(request.user):
        raise PermissionDenied
    return charities_of(request.user)


def _crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    home = {"url": reverse("wagtailadmin_home"), "label": "Home"}
    return [home, *({"url": url, "label": label} for label, url in trail)]
