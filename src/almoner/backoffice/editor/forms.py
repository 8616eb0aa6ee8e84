"""Donation forms on Wagtail's edit screens: a list, tabs, a live preview, a copy, and a switch instead of deletion."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.views import generic
from wagtail.admin.views.generic.preview import PreviewOnCreate, PreviewOnEdit
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from almoner.backoffice import access
from almoner.backoffice.editor import elsewhere, languages
from almoner.backoffice.editor.fields import FREQUENCIES, colour_notes
from almoner.backoffice.editor.form_form import FormForm, slug_problem
from almoner.backoffice.editor.rows import AMOUNTS, CONSENTS, CURRENCIES, FUNDS, NUMBERS
from almoner.backoffice.editor.said import SaidPanel
from almoner.backoffice.models import EditableForm
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import HtmlColumn, RoomList, chip_html, link, two_lines
from almoner.backoffice.words import Chip
from almoner.charities import audit
from almoner.charities.sites import bump
from almoner.giving.catalogue import address_of
from almoner.giving.models import DonationForm, FormNumber, Gift
from almoner.giving.opened import key_of
from almoner.giving.ways import ways_of

_TABS = [
    ObjectList(
        [
            MultiFieldPanel([SaidPanel()], heading="Numbers in its words", classname="bo-checked"),
            FieldPanel("charity"),
            FieldPanel("title"),
            FieldPanel("intro", heading="Opening words"),
            FieldPanel(
                "slug",
                heading="Address",
                help_text="The form answers at /give/ followed by this word. Empty: it is made of the title.",
            ),
            NUMBERS,
            FieldPanel(
                "active",
                heading="Takes gifts",
                help_text="Off: the address answers that there is no such form.",
            ),
        ],
        heading="The form",
    ),
    ObjectList(
        [
            FieldPanel("frequencies"),
            FieldPanel("currencies"),
            AMOUNTS,
            FieldRowPanel(
                [FieldPanel("minimum_minor"), FieldPanel("maximum_minor")], heading="Other amounts"
            ),
            CURRENCIES,
            FieldPanel("goal_minor"),
            FUNDS,
        ],
        heading="Amounts",
    ),
    ObjectList(
        [
            FieldRowPanel(
                [
                    FieldPanel("ask_address", heading="Postal address"),
                    FieldPanel("ask_phone", heading="Phone"),
                ],
                heading="Details",
                help_text="Name and email are always asked. Each further question costs gifts: ask what you use.",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("ask_tribute", heading="In memory or in honour of somebody"),
                    FieldPanel("ask_message", heading="A message"),
                    FieldPanel("ask_anonymous", heading="To stay anonymous"),
                ],
                heading="What donors may add",
            ),
            CONSENTS,
        ],
        heading="What to ask",
    ),
    ObjectList(
        [
            FieldPanel("methods", help_text="A transfer is offered only when the charity has bank details."),
            FieldPanel("offer_wallets"),
            MultiFieldPanel(
                [
                    FieldPanel("offer_cover", heading="Offer to cover the cost"),
                    FieldRowPanel([FieldPanel("cover_percent_hundredths"), FieldPanel("cover_fixed_minor")]),
                ],
                heading="Covering the cost",
                help_text="What donors are offered to add, from this fee. The real fee comes from the payment service.",
            ),
        ],
        heading="Paying",
    ),
    ObjectList(
        [
            FieldPanel(
                "thanks_text", heading="Words of thanks", help_text="A blank line begins a new paragraph."
            )
        ],
        heading="Thank-you",
    ),
    ObjectList(
        [
            FieldRowPanel([FieldPanel("colour_primary"), FieldPanel("colour_accent")], heading="Colours"),
            MultiFieldPanel([FieldPanel("logo_file"), FieldPanel("logo_svg")], heading="Logo"),
        ],
        heading="Looks",
    ),
    ObjectList([FieldPanel("frame_sites")], heading="Other sites"),
]


class FormPolicy(access.RoomPolicy):
    """Whoever edits forms may also delete one, as long as nobody has given with it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return access.may(user, access.EDIT_FORMS)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        allowed = super().user_has_permission_for_instance(user, action, instance)
        return allowed and not (action == "delete" and Gift.objects.filter(form_id=instance.pk).exists())


POLICY = FormPolicy(EditableForm, access.EDIT_FORMS)


class FormList(RoomList):
    model = EditableForm
    permission = access.EDIT_FORMS
    page_title = "Forms"
    header_icon = "form"
    default_ordering = "title"
    permission_policy = POLICY

    def get_base_queryset(self) -> QuerySet[EditableForm]:
        found = super().get_base_queryset().select_related("charity")
        return found.prefetch_related(Prefetch("numbers", FormNumber.objects.order_by("number"))).annotate(
            paid=Count("gifts", filter=Q(gifts__status="settled"))
        )

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        return [
            HtmlColumn("title", label="Form", cell=self._title, sort_key="title", classname="title"),
            HtmlColumn("charity", label="Charity", cell=lambda form: form.charity.name),
            HtmlColumn("address", label="Address", cell=_address),
            HtmlColumn("currencies", label="Currencies", cell=lambda form: form.currencies),
            HtmlColumn("paid", label="Paid gifts", cell=lambda form: f"{form.paid:,}", classname="bo-number"),
            HtmlColumn("state", label="State", cell=_state),
        ]

    def _title(self, form: EditableForm) -> object:
        return link(reverse(self.edit_url_name, args=[form.pk]), form.title)


def _address(form: EditableForm) -> object:
    keys = [str(number.number) for number in form.numbers.all()] or [form.slug]
    url = f"/give/{keys[0]}/"
    also = ", ".join([*keys[1:], *([form.slug] if keys[0] != form.slug else [])])
    return two_lines(
        format_html('<a href="{}">{}</a>', url, url) if form.active else url, f"also {also}" if also else ""
    )


def _state(form: EditableForm) -> object:
    return chip_html(Chip("Takes gifts", "good") if form.active else Chip("Switched off", "quiet"))


class _Own:
    """Only the forms of the reader's charities; any other is not there."""

    request: HttpRequest

    def get_queryset(self) -> QuerySet[EditableForm]:
        return access.within(EditableForm.objects.select_related("charity"), self.request)


class _Saves:
    """What belongs to saving a form: its audit entry and the stamp, in its transaction; then what one should know."""

    request: HttpRequest
    form: FormForm
    act = ""
    preview_url_name = ""

    def save_instance(self) -> DonationForm:
        saved = self.form.save()
        _kept(self.request, saved, self.act, {"fields": self.form.changed()})
        return saved

    def form_valid(self, form: FormForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view it is mixed into
        for note in colour_notes(form.instance.colour_primary):
            messages.warning(self.request, f"{note} Donors see it darkened until it can be read.")
        if note := unpaid(form.instance):
            messages.warning(self.request, note)
        return response

    def get_side_panels(self) -> MediaContainer:
        args = [self.form.instance.pk] if self.form.instance.pk else []
        url = reverse(self.preview_url_name, args=args)
        return MediaContainer([PreviewSidePanel(self.form.instance, self.request, preview_url=url)])


def unpaid(form: DonationForm) -> str:
    """What of a form donors won't find, since nothing could pay it; "" if they find all."""
    ways = ways_of(form, form.charity)
    regular = [
        label.lower() for code, label in FREQUENCIES if code != "once" and code in form.frequencies.split()
    ]
    if not ways:
        return (
            f"Nobody can give by this form yet: it has no way to pay. Enter {form.charity.name}’s bank details, or "
            "have a payment service connected and tick it under Paying."
        )
    if regular and not any(way.repeats for way in ways):
        said = ", ".join(regular)
        return f"Donors aren’t offered to give {said}: no way to pay that is ticked can be charged again."
    return ""


def _kept(request: HttpRequest, form: DonationForm, act: str, detail: dict[str, Any] | None = None) -> None:
    audit.record(
        actor=request.user,
        charity=form.charity,
        action=act,
        object_type="form",
        object_id=form.pk,
        detail=detail,
    )
    bump(form.charity_id)


class FormCreate(_Saves, generic.CreateView):
    act = "make form"

    def get_success_url(self) -> str:
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []


class FormEdit(_Own, _Saves, generic.EditView):
    act = "change form"

    def get_success_url(self) -> str:
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        pk = self.object.pk
        buttons = [
            Button("Copy", url=reverse("forms:copy_form", args=[pk]), icon_name="copy", priority=10),
            Button(
                "In other languages", url=reverse("forms:languages", args=[pk]), icon_name="globe", priority=8
            ),
            Button("On other sites", url=reverse("forms:elsewhere", args=[pk]), icon_name="site", priority=7),
        ]
        if self.can_delete:
            buttons.append(Button("Delete", url=self.get_delete_url(), icon_name="bin", priority=20))
        if access.may(self.request.user, access.VIEW_AUDIT):
            url = f"{reverse('backoffice:audit')}?object_id={pk}&action=form"
            buttons.append(Button("Who changed it", url=url, icon_name="history", priority=30))
        if self.object.active:
            url = address_of(key_of(self.object), settings.LANGUAGE_CODE)
            buttons.append(Button("Open it as donors do", url=url, icon_name="link-external", priority=5))
        return buttons


class FormDelete(_Own, generic.DeleteView):
    """A form that somebody gave with stays: it can be switched off."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not POLICY.user_has_permission(request.user, "delete"):
            raise PermissionDenied
        if not POLICY.user_has_permission_for_instance(request.user, "delete", self.object):
            messages.error(request, "People gave with this form, so it stays. Switch it off instead.")
            return redirect("forms:edit", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def delete_action(self) -> None:
        with transaction.atomic():
            _kept(self.request, self.object, "delete form", {"title": self.object.title})
            self.object.delete()


class FormPreviewEdit(PreviewOnEdit):
    def get_object(self) -> EditableForm:
        return access.one_of(
            EditableForm.objects.select_related("charity"), self.request, pk=self.kwargs["pk"]
        )


class FormsViewSet(ModelViewSet):
    """Wagtail's screens for `EditableForm`. Only the addresses below exist: no history, usage or chooser of its own."""

    model = EditableForm
    name = "forms"
    url_prefix = "forms"
    icon = "form"
    menu_label = "Forms"
    menu_order = 40
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = FormList
    add_view_class = FormCreate
    edit_view_class = FormEdit
    delete_view_class = FormDelete
    edit_handler = TabbedInterface(_TABS, base_form_class=FormForm)
    permission_policy = POLICY

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        hidden = {"history_url_name": None, "usage_url_name": None}
        return super().get_common_view_kwargs(**kwargs) | hidden

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_add_view_kwargs(**kwargs) | {"preview_url_name": "forms:preview_new"}

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_edit_view_kwargs(**kwargs) | {"preview_url_name": "forms:preview"}

    def get_urlpatterns(self) -> list[URLPattern]:
        preview = {"model": EditableForm, "form_class": self.get_form_class(), "permission_policy": POLICY}
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
            path("copy/<int:pk>/", copy_form, name="copy_form"),
            path("languages/<int:pk>/", languages.form_languages, name="languages"),
            path("elsewhere/<int:pk>/", elsewhere.elsewhere, name="elsewhere"),
            path("elsewhere/almoner.zip", elsewhere.plugin_zip, name="plugin_zip"),
            path("elsewhere/<int:pk>/qr.svg", elsewhere.qr_svg, name="qr_svg"),
            path("elsewhere/<int:pk>/qr.pdf", elsewhere.qr_pdf, name="qr_pdf"),
            path("preview/", PreviewOnCreate.as_view(**preview), name="preview_new"),
            path("preview/<int:pk>/", FormPreviewEdit.as_view(**preview), name="preview"),
        ]

    def get_permissions_to_register(self) -> QuerySet[Any]:
        return super().get_permissions_to_register().none()

    def register_admin_url_finder(self) -> None:
        """No references to forms are indexed."""


class CopyForm(forms.Form):
    title = forms.CharField(label="Name of the copy", max_length=120)
    slug = forms.SlugField(
        label="Address",
        max_length=50,
        help_text="The copy answers at /give/ followed by this word, once it is on.",
    )

    def __init__(self, *args: Any, original: DonationForm, **kwargs: Any) -> None:
        self._original = original
        kwargs["initial"] = {"title": f"{original.title} (copy)"[:120], "slug": f"{original.slug[:44]}-copy"}
        super().__init__(*args, **kwargs)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if DonationForm.objects.filter(charity_id=self._original.charity_id, slug=slug).exists():
            raise forms.ValidationError("Another form of this charity has this address. Choose another word.")
        if problem := slug_problem(slug):
            raise forms.ValidationError(problem)
        return slug


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.EDIT_FORMS)
def copy_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole form but its numbers, switched off until it is ready."""
    original = access.one_of(EditableForm.objects.select_related("charity"), request, pk=pk)
    form = CopyForm(request.POST or None, original=original)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = _copied(original, title=form.cleaned_data["title"], slug=form.cleaned_data["slug"])
            _kept(request, made, "copy form", {"from": original.pk})
        messages.success(request, "Copied. The copy is switched off: change it, then let it take gifts.")
        return redirect("forms:edit", made.pk)
    context = {
        "title": "Copy form",
        "lead": f"All of “{original.title}” but its numbers.",
        "breadcrumbs_items": crumbs(
            ("Forms", reverse("forms:index")),
            (original.title, reverse("forms:edit", args=[pk])),
            ("Copy", ""),
        ),
        "form": form,
        "media": form.media,
        "action": "Copy",
        "back_url": reverse("forms:edit", args=[pk]),
    }
    return render(request, "backoffice/act.html", context)


def _copied(original: EditableForm, *, title: str, slug: str) -> EditableForm:
    kept = {
        field.attname: getattr(original, field.attname)
        for field in EditableForm._meta.concrete_fields
        if not field.primary_key and field.name not in ("title", "slug", "active", "updated_at")
    }
    made = EditableForm(title=title, slug=slug, active=False, **kept)
    for relation in ("suggested_amounts", "further_currencies", "form_funds", "consent_questions"):
        rows = []
        for row in getattr(original, relation).all():
            row.pk, row.form = None, made
            rows.append(row)
        setattr(made, relation, rows)
    made.save()
    return made
