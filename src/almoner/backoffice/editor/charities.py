"""Charities: the legal entity, how donors reach it, its looks, its bank, and the hosts at which it answers."""

import re
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http.request import validate_host
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.views import generic

from almoner.addresses.countries import country_choices
from almoner.backoffice import access, roles
from almoner.backoffice.desk.fields import one_code
from almoner.backoffice.editor.fields import (
    ColourField,
    LabelledRowsField,
    SvgField,
    SvgFile,
    abn_problem,
    colour_notes,
)
from almoner.backoffice.editor.saves import AsksWho, Own, PlainViewSet, kept
from almoner.backoffice.hooks import hooks
from almoner.backoffice.tables import HtmlColumn, RoomList, chip_html, link, two_lines
from almoner.backoffice.words import Chip
from almoner.charities.models import Charity, CharityHost, Fund
from almoner.charities.sites import bump

_HOST: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
# Names of the time zone database that are no place's.
_NO_ZONES: Final = {"Factory", "localtime"}
# These decide which charity answers where, so they are everybody's affair.
_SUPERUSERS_ONLY: Final = ("hosts_text", "is_default")

POLICY = access.RoomPolicy(Charity, access.EDIT_CHARITIES, path="pk", adding=access.SUPERUSER)


class CharityForm(WagtailAdminModelForm):
    """Reads what stands about a charity. Its short name is part of addresses and stays."""

    # From which charity saving this one took the mark of the default.
    no_default: Charity | None = None

    country = forms.ChoiceField(label="Country")
    timezone = forms.ChoiceField(
        label="Time zone", help_text="Days, receipts and reports are those of this zone."
    )
    currency = forms.CharField(label="Currency", max_length=3, widget=forms.TextInput({"class": "bo-code"}))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label="Language")
    tax_numbers = LabelledRowsField(
        label="Tax and register numbers", required=False, help_text="In the order in which they are printed."
    )
    bank_details = LabelledRowsField(
        label="Bank details",
        required=False,
        help_text="What a donor needs for a transfer, such as account name, BSB and number. Empty: none is offered.",
    )
    colour_primary = ColourField(label="Colour of buttons and links")
    colour_accent = ColourField(label="Colour that decorates")
    logo_svg = SvgField(
        label="Logo, pasted as SVG",
        required=False,
        help_text="Empty: the name is set in type. Scripts, links and outside pictures are taken out when you save.",
    )
    logo_file = SvgFile(label="Logo from a file (SVG)", required=False)
    hosts_text = forms.CharField(
        label="Hosts",
        required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text="The names at which its pages and forms answer, a line each, without https and port.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["country"].choices = country_choices("en")
        choices["timezone"].choices = [(zone, zone) for zone in sorted(available_timezones() - _NO_ZONES)]
        if self.instance.pk is None:
            self._begin()
        else:
            self.fields["slug"].disabled = True
            self.initial["hosts_text"] = "\n".join(
                self.instance.hosts.order_by("id").values_list("host", flat=True)
            )
        if not access.may(self.for_user, access.SUPERUSER):
            for name in _SUPERUSERS_ONLY:
                del self.fields[name]

    def _begin(self) -> None:
        """Nothing is chosen that somebody would have to notice: whoever reads on has no receipts of Afghanistan, and a
        first charity that answers nowhere would have no site."""
        choices: Any = self.fields
        for name in ("country", "timezone"):
            choices[name].choices = [("", "Choose …"), *choices[name].choices]
        self.fields["slug"].required = False
        for name in ("colour_primary", "colour_accent"):
            self.initial[name] = getattr(self.instance, name)
        own = urlsplit(settings.SITE_URL).hostname or ""
        if (
            not CharityHost.objects.filter(host=own).exists()
            and not Charity.objects.filter(is_default=True).exists()
        ):
            self.initial |= {"hosts_text": own, "is_default": True}

    def clean_currency(self) -> str:
        return one_code(self.cleaned_data["currency"])

    def clean_hosts_text(self) -> list[str]:
        hosts = list(dict.fromkeys(self.cleaned_data["hosts_text"].lower().split()))
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise forms.ValidationError(
                    f"“{host[:60]}” is not a host name. Write it like give.example.org."
                )
            other = CharityHost.objects.filter(host=host).exclude(charity_id=self.instance.pk).first()
            if other is not None:
                raise forms.ValidationError(f"{host} belongs to {other.charity.name} already.")
        return hosts

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if entered.get("logo_file"):
            entered["logo_svg"] = entered["logo_file"]
        if not entered.get("slug") and "slug" not in self.errors:
            self._make_slug(entered)
        for row in entered.get("tax_numbers") or []:
            if row["label"].upper() == "ABN" and (problem := abn_problem(row["value"])):
                self.add_error("tax_numbers", problem)
        if (
            self.instance.pk is not None
            and self.initial.get("is_default")
            and entered.get("is_default") is False
        ):
            self.add_error(
                "is_default", "Make another charity the default instead: hosts that name none need one."
            )
        return entered

    def _make_slug(self, entered: dict[str, Any]) -> None:
        entered["slug"] = slugify(entered.get("name", ""))[:50].strip("-")
        if not entered["slug"]:
            self.add_error("slug", "Write a word of letters without accents.")

    def _get_validation_exclusions(self) -> set[str]:
        """That there is one default is kept by `save`, which takes the mark from the charity that had it."""
        marked = {"is_default"} if self.cleaned_data.get("is_default") else set()
        return set(super()._get_validation_exclusions()) | marked

    def save(self, commit: bool = True) -> Charity:
        charity: Charity = super().save(commit=False)
        hooks.before_charity(charity, self.cleaned_data.get("hosts_text", ()))
        if charity.is_default:
            for other in Charity.objects.filter(is_default=True).exclude(pk=charity.pk):
                Charity.objects.filter(pk=other.pk).update(is_default=False)
                bump(other.pk)
                other.refresh_from_db()
                self.no_default = other
        charity.save()
        if "hosts_text" in self.cleaned_data:
            self._keep_hosts(charity, self.cleaned_data["hosts_text"])
        return charity

    def _keep_hosts(self, charity: Charity, hosts: list[str]) -> None:
        charity.hosts.exclude(host__in=hosts).delete()
        standing = set(charity.hosts.values_list("host", flat=True))
        for host in hosts:
            if host not in standing:
                CharityHost.objects.create(charity=charity, host=host)


class CharityList(RoomList):
    model = Charity
    permission = access.EDIT_CHARITIES
    charity_path = "pk"
    page_title = "Charities"
    header_icon = "home"
    default_ordering = "name"
    permission_policy = POLICY
    explanation = "Legal entities. Each has its own site, forms, stories, staff and books."

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        return [
            HtmlColumn("name", label="Charity", cell=self._name, sort_key="name", classname="title"),
            HtmlColumn("country", label="Country", cell=lambda charity: charity.country),
            HtmlColumn("timezone", label="Time zone", cell=lambda charity: charity.timezone),
            HtmlColumn("currency", label="Currency", cell=lambda charity: charity.currency),
            HtmlColumn("state", label="State", cell=_state),
        ]

    def _name(self, charity: Charity) -> object:
        return two_lines(
            link(reverse(self.edit_url_name, args=[charity.pk]), charity.name), charity.legal_name
        )


def _state(charity: Charity) -> object:
    return chip_html(Chip("Default", "good")) if charity.is_default else ""


def unreachable(charity: Charity) -> str:
    """What keeps donors from a charity's pages; "" if nothing does."""
    hosts = list(charity.hosts.order_by("pk").values_list("host", flat=True))
    if not hosts and not charity.is_default:
        return f"Nobody can find {charity.name}’s pages and forms: write under Hosts where they answer."
    # Django refuses what it wasn't told of, before anything of ours is asked. No donor types a name without a dot.
    if unheard := [host for host in hosts if "." in host and not validate_host(host, settings.ALLOWED_HOSTS)]:
        names = ", ".join(unheard)
        return (
            f"The server doesn’t answer at {names} yet: whoever runs it adds that to ALMONER_ALLOWED_HOSTS."
        )
    return ""


class _Saves(AsksWho):
    act = ""
    form: CharityForm

    def save_instance(self) -> Charity:
        new = self.form.instance.pk is None
        before = set() if new else set(self.form.instance.hosts.values_list("host", flat=True))
        charity = self.form.save()
        if new:
            Fund.objects.create(
                charity=charity, code="general", name="Where it is needed most", is_default=True
            )
        changed = self.form.changed_data
        if new or "hosts_text" in changed or "is_default" in changed:
            left = before - set(charity.hosts.values_list("host", flat=True))
            hooks.on_charity_made(charity, left)
            roles.ensure_story_group(charity)
        kept(
            self.request,
            charity=charity,
            act=self.act,
            object_type="charity",
            object_id=charity.pk,
            changed=changed,
        )
        return charity

    def form_valid(self, form: CharityForm) -> Any:
        response = super().form_valid(form)  # type: ignore[misc]  # of the view it is mixed into
        for charity in filter(None, (form.instance, form.no_default)):
            if note := unreachable(charity):
                messages.warning(self.request, note)
        for note in colour_notes(form.instance.colour_primary):
            messages.warning(self.request, f"{note} Donors see it darkened until it can be read.")
        return response


class CharityCreate(_Saves, generic.CreateView):
    act = "make charity"


class CharityEdit(Own, _Saves, generic.EditView):
    act = "change charity"
    charity_path = "pk"


class CharitiesViewSet(PlainViewSet):
    model = Charity
    name = "charities"
    icon = "home"
    menu_label = "Charities"
    menu_order = 100
    index_view_class = CharityList
    add_view_class = CharityCreate
    edit_view_class = CharityEdit
    permission_policy = POLICY
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("name"),
                    FieldPanel("legal_name"),
                    FieldPanel(
                        "slug",
                        heading="Short name",
                        help_text="A word for addresses and files. It stays. Empty: it is made of the name.",
                    ),
                    FieldRowPanel([FieldPanel("country"), FieldPanel("timezone")]),
                    FieldRowPanel([FieldPanel("currency"), FieldPanel("language")]),
                    FieldPanel("tax_numbers"),
                    FieldPanel("address_lines", heading="Address"),
                ],
                heading="The charity",
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
                    FieldPanel("website"),
                    FieldPanel("privacy_url", heading="Privacy page"),
                    FieldPanel("mail_from", heading="Sender of receipts"),
                ],
                heading="How donors reach it",
            ),
            ObjectList([FieldPanel("bank_details")], heading="Bank"),
            ObjectList(
                [
                    FieldRowPanel(
                        [FieldPanel("colour_primary"), FieldPanel("colour_accent")], heading="Colours"
                    ),
                    MultiFieldPanel([FieldPanel("logo_file"), FieldPanel("logo_svg")], heading="Logo"),
                ],
                heading="Looks",
            ),
            ObjectList([FieldPanel("hosts_text"), FieldPanel("is_default")], heading="Hosts"),
        ],
        base_form_class=CharityForm,
    )
