"""Staff's pages of consents: which there are, what each says and covers, where it is used, and taking it back."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.images import get_image_model

from almoner.charities.models import Charity
from almoner.consents import acts
from almoner.consents.models import Channel, Consent
from almoner.consents.standing import State, in_state, state_of, today
from almoner.stories import renditions
from almoner.stories.desk import crumbs, in_time_of, own_charities
from almoner.stories.permits.forms import NewForm, TermsForm, UseForm, WithdrawForm, WorkForm
from almoner.stories.permits.uses import images_of, uses

_PER_PAGE: Final = 30
_STATES: Final = ((None, "All"), *((state, str(state).capitalize()) for state in State))


@require_http_methods(["GET", "HEAD"])
def listing(request: HttpRequest) -> HttpResponse:
    own = _asked_by(request)
    chosen = next((state for state in State if state == request.GET.get("state")), None)
    found = (
        _in_state(own, chosen).select_related("charity", "owner", "withdrawal").prefetch_related("covered")
    )
    part = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Consents",
        "breadcrumbs_items": crumbs(("Consents", "")),
        "part": part,
        "rows": [_row(consent) for consent in part.object_list],
        "states": [(state or "", label, state == chosen) for state, label in _STATES],
        "several": len(own) > 1,
    }
    return render(request, "stories/consents/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    own = _asked_by(request)
    picture = request.GET.get("picture", "")
    initial = {
        "owner": request.user.pk,
        "taken_by": request.user.get_full_name() if request.user.is_authenticated else "",
        "picture": int(picture) if picture.isdecimal() else None,
    }
    form = NewForm(
        request.POST or None, request.FILES or None, charities=own, user=request.user, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        consent = form.save(commit=False)
        consent.charity = form.cleaned_data["charity"]
        try:
            acts.enter(consent, form.works, actor=request.user)
            return redirect("stories_consent", consent.pk)
        except acts.Withdrawn:
            form.add_error(None, "Consent to it was just withdrawn.")
    return _form(request, form, "Record a consent", "Record", several=len(own) > 1)


@require_http_methods(["GET", "HEAD"])
def one(request: HttpRequest, consent_id: int) -> HttpResponse:
    return _one(request, _found(request, consent_id))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, consent_id: int) -> HttpResponse:
    consent = _found(request, consent_id)
    form = TermsForm(
        request.POST or None,
        request.FILES or None,
        instance=consent,
        charities=Charity.objects.filter(pk=consent.charity_id),
    )
    if request.method == "POST" and form.is_valid():
        try:
            acts.change(form.save(commit=False), actor=request.user)
            return redirect("stories_consent", consent.pk)
        except acts.Withdrawn:
            form.add_error(None, "It was withdrawn: it can’t be changed any more.")
    return _form(request, form, f"Change consent {consent.pk}", "Save", consent=consent)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, consent_id: int) -> HttpResponse:
    """The one act by which it is gone everywhere."""
    consent = _found(request, consent_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with transaction.atomic():
            acts.withdraw(consent, by=said["by"], why=said["why"], actor=request.user)
            _forget_cut(consent)
        messages.success(request, "It is withdrawn, and shown nowhere any more.")
        return redirect("stories_consent", consent.pk)
    context = {
        "title": f"Withdraw consent {consent.pk}",
        "breadcrumbs_items": _trail(consent, "Withdraw"),
        "consent": consent,
        "form": form,
        "uses": uses(consent),
        "open_uses": consent.external_uses.filter(ended_at__isnull=True),
    }
    return render(request, "stories/consents/withdraw.html", context)


@require_POST
def cover(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Let it cover one more picture or other words."""
    consent = _found(request, consent_id)
    form = WorkForm(request.POST, user=request.user, charity=consent.charity, prefix="work")
    if not form.is_valid():
        return _one(request, consent, work_form=form)
    try:
        for work, words in form.works:
            acts.cover(consent, work, words, actor=request.user)
    except acts.Withdrawn:
        form.add_error(None, "It was withdrawn: it covers nothing any more.")
        return _one(request, consent, work_form=form)
    return redirect("stories_consent", consent.pk)


@require_POST
def use(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Write down where else it is used; with `ended`, that it is gone from there."""
    consent = _found(request, consent_id)
    if request.POST.get("ended"):
        acts.end_use(
            get_object_or_404(consent.external_uses, pk=_number(request.POST["ended"])),
            actor=request.user,
        )
        return redirect("stories_consent", consent.pk)
    form = UseForm(request.POST, prefix="use")
    if not form.is_valid():
        return _one(request, consent, use_form=form)
    acts.use_elsewhere(consent, **form.cleaned_data, actor=request.user)
    return redirect("stories_consent", consent.pk)


def _one(
    request: HttpRequest,
    consent: Consent,
    *,
    work_form: WorkForm | None = None,
    use_form: UseForm | None = None,
) -> HttpResponse:
    in_time_of(consent.charity)
    state = state_of(consent, today(consent.charity))
    work_form = work_form or WorkForm(user=request.user, prefix="work")
    context = {
        # Its number stands in the trail above.
        "title": consent.pseudonym or consent.get_portrayal_display(),
        "breadcrumbs_items": _trail(consent, ""),
        "consent": consent,
        "state": state,
        "withdrawn": state == State.WITHDRAWN,
        "channels": [label for value, label in Channel.choices if value in consent.channels],
        "images": images_of(consent),
        "words": [row.words for row in consent.covered.all() if row.words],
        "uses": uses(consent),
        "external_uses": consent.external_uses.all(),
        "work_form": work_form,
        "use_form": use_form or UseForm(prefix="use"),
        "media": work_form.media,
    }
    refused = (work_form.is_bound and not work_form.is_valid()) or use_form is not None
    return render(request, "stories/consents/one.html", context, status=422 if refused else 200)


def _form(
    request: HttpRequest,
    form: Any,
    title: str,
    button: str,
    *,
    consent: Consent | None = None,
    several: bool = False,
) -> HttpResponse:
    context = {
        "title": title,
        "breadcrumbs_items": _trail(consent, "Change") if consent else crumbs(_HOME, (title, "")),
        "form": form,
        "button": button,
        "several": several,
        "media": form.media,
    }
    return render(request, "stories/consents/form.html", context, status=422 if form.errors else 200)


_HOME: Final = ("Consents", "/admin/consents/")


def _trail(consent: Consent, last: str) -> list[dict[str, str]]:
    name = f"Consent {consent.pk}"
    if not last:
        return crumbs(_HOME, (name, ""))
    return crumbs(_HOME, (name, reverse("stories_consent", args=[consent.pk])), (last, ""))


def _row(consent: Consent) -> dict[str, Any]:
    covered = list(consent.covered.all())
    return {
        "consent": consent,
        "state": state_of(consent, today(consent.charity)),
        "pictures": sum(not row.words for row in covered),
        "words": next((row.words for row in covered if row.words), ""),
    }


def _in_state(own: QuerySet[Charity], state: State | None) -> QuerySet[Consent]:
    """Each charity has a day of its own."""
    every = Consent.objects.filter(charity__in=own)
    if state is None:
        return every
    wanted = Q(pk__in=[])
    for charity in own:
        found = in_state(Consent.objects.filter(charity=charity), state, today(charity))
        wanted |= Q(pk__in=found.order_by().values("pk"))
    return every.filter(wanted)


def _asked_by(request: HttpRequest) -> QuerySet[Charity]:
    own = own_charities(request.user)
    if not own.exists() and not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    return own


def _found(request: HttpRequest, consent_id: int) -> Consent:
    own = Consent.objects.filter(charity__in=_asked_by(request))
    return get_object_or_404(own.select_related("charity", "owner", "withdrawal"), pk=consent_id)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _forget_cut(consent: Consent) -> None:
    """The files in which pages showed it go from the disk too. What staff's own screens show of it stays."""
    model: Any = get_image_model().get_rendition_model()
    ids = [image.pk for image in images_of(consent)]
    model.objects.filter(image_id__in=ids, filter_spec__in=renditions.PUBLIC).delete()
