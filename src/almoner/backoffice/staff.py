"""Who works for which charity, and as what. Accounts themselves are made under Settings: Users."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from almoner.backoffice import access, roles
from almoner.backoffice.pages import crumbs
from almoner.charities import audit
from almoner.charities.models import Charity, StaffScope


class ScopeForm(forms.Form):
    """What one member of staff may do, and for whom."""

    roles = forms.MultipleChoiceField(
        label="What they do", choices=[(name, name) for name in roles.ROLE_NAMES], required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Fundraisers: gifts, refunds, entry, reports. Editors: forms, stories, the register of "
        "programmes. Treasurers: read all, refund, export, erase donors, audit log, verify figures. Field: enter "
        "figures, and see no gift and no donor.",
    )  # fmt: skip
    charities = forms.ModelMultipleChoiceField(
        label="For which charities", queryset=Charity.objects.order_by("name"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text="They see the gifts, forms, stories and reports of these alone.",
    )  # fmt: skip


@require_safe
@access.needs(access.SUPERUSER)
def staff(request: HttpRequest) -> HttpResponse:
    users = User.objects.filter(is_active=True).prefetch_related("groups", "charity_scopes__charity")
    context = {
        "title": "Staff and their charities",
        "breadcrumbs_items": crumbs(("Staff", "")),
        "people": [_row(user) for user in users.order_by("username")],
    }
    return render(request, "backoffice/staff.html", context)


def _row(user: User) -> dict[str, Any]:
    names = {group.name for group in user.groups.all()}
    return {
        "user": user,
        "roles": [name for name in roles.ROLE_NAMES if name in names],
        "charities": sorted(scope.charity.name for scope in user.charity_scopes.all()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.SUPERUSER)
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id, is_active=True)
    initial = {
        "roles": list(user.groups.filter(name__in=roles.ROLE_NAMES).values_list("name", flat=True)),
        "charities": list(StaffScope.objects.filter(user=user).values_list("charity_id", flat=True)),
    }
    form = ScopeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _assign(request, user, form.cleaned_data["roles"], list(form.cleaned_data["charities"]))
        messages.success(request, f"Saved for {user.get_username()}.")
        return redirect("backoffice:staff")
    name = user.get_full_name() or user.get_username()
    context = {
        "title": name,
        "lead": "A superuser: sees every charity and may do everything, whatever is chosen here."
        if user.is_superuser
        else "",
        "breadcrumbs_items": crumbs(("Staff", reverse("backoffice:staff")), (name, "")),
        "form": form,
        "media": form.media,
        "action": "Save",
        "back_url": reverse("backoffice:staff"),
    }
    return render(request, "backoffice/act.html", context)


def _assign(request: HttpRequest, user: User, names: list[str], charities: list[Charity]) -> None:
    with transaction.atomic():
        before = set(StaffScope.objects.filter(user=user).values_list("charity_id", flat=True))
        user.groups.remove(*Group.objects.filter(name__in=roles.ROLE_NAMES).exclude(name__in=names))
        user.groups.add(*Group.objects.filter(name__in=names))
        StaffScope.objects.filter(user=user).exclude(charity__in=charities).delete()
        for charity in charities:
            StaffScope.objects.get_or_create(user=user, charity=charity)
        roles.sync_story_groups([user])
        # Each charity that gains or loses somebody has it in its own log.
        for charity in Charity.objects.filter(pk__in=before | {charity.pk for charity in charities}):
            audit.record(
                actor=request.user,
                charity=charity,
                action="change staff",
                object_type="user",
                object_id=user.pk,
                detail={"roles": sorted(names), "works here": charity in charities},
            )
