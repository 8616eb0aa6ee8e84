"""Tokens for a charity's other systems: made, shown once, and ended."""

from datetime import datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from almoner.api import tokens
from almoner.api.models import ApiToken
from almoner.api.scopes import MEANS, Scope
from almoner.backoffice import access
from almoner.backoffice.pages import crumbs
from almoner.charities.models import Charity
from almoner.kernel.clock import now

_NEVER: Final = "0"
_LIVES: Final = [("30", "30 days"), ("365", "A year"), (_NEVER, "Until it is revoked")]


class TokenForm(forms.Form):
    """What a new token is for, and what it may do."""

    name = forms.CharField(
        label="What it is for",
        max_length=80,
        help_text="Such as Mailchimp, or the data warehouse. The audit log says it with whatever the token does.",
    )
    charity = forms.ModelChoiceField(
        label="Charity", queryset=Charity.objects.none(), help_text="It sees this one’s data alone."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope.value, MEANS[scope]) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what the other system needs. What it may do can’t be changed later: make another token.",
    )
    lives = forms.ChoiceField(
        label="How long it is good", choices=_LIVES, initial="365", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = access.charities(request)
        charity = cast("forms.ModelChoiceField[Charity]", self.fields["charity"])
        charity.queryset = Charity.objects.filter(pk__in=[each.pk for each in own])
        if len(own) == 1:
            self.initial.setdefault("charity", own[0].pk)

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lives"]
        return None if days == _NEVER else now() + timedelta(days=int(days))


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.SUPERUSER)
def api_tokens(request: HttpRequest) -> HttpResponse:
    """All of them, and a new one. Its text stands on the page that answers, and never again."""
    form = TokenForm(request.POST or None, request=request)
    made = ""
    if request.method == "POST" and form.is_valid():
        _, made = tokens.mint(
            charity=form.cleaned_data["charity"],
            name=form.cleaned_data["name"],
            scopes=[Scope(each) for each in form.cleaned_data["scopes"]],
            expires_at=form.expires_at,
            actor=request.user,
        )
        form = TokenForm(request=request)
    context = {
        "title": "API tokens",
        "breadcrumbs_items": crumbs(("API tokens", "")),
        "rows": [_row(token) for token in _own(request)],
        "form": form,
        "media": form.media,
        "made": made,
        "description": request.build_absolute_uri("/api/v1/openapi.json"),
    }
    return render(request, "backoffice/api_tokens.html", context)


@require_POST
@access.needs(access.SUPERUSER)
def revoke_api_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(_own(request), pk=token_id)
    tokens.revoke(token.pk, actor=request.user)
    messages.success(request, f"{token.name} opens nothing any more.")
    return redirect(reverse("backoffice:api_tokens"))


def _own(request: HttpRequest) -> QuerySet[ApiToken]:
    tokens = access.within(ApiToken.objects.all(), request).select_related("charity")
    return tokens.order_by("-made_at", "-pk")


def _row(token: ApiToken) -> dict[str, Any]:
    over = token.expires_at is not None and token.expires_at <= now()
    return {
        "token": token,
        "means": [MEANS[Scope(each)] for each in token.scopes],
        "state": "Revoked" if token.revoked_at else "Over" if over else "Good",
        "opens": token.revoked_at is None and not over,
    }
