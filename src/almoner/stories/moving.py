"""Staff's pages of moves from WordPress: send an export, see what would become of it, import it, see what became."""

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm
from almoner.stories.desk import crumbs, in_time_of, own_charities
from almoner.stories.models import Move, MoveLine
from almoner.stories.sites import place_for
from almoner.stories.wordpress import moves
from almoner.stories.wordpress.report import Fate

# What the server takes in one piece from staff is a little more: /admin/ in config's application.
EXPORT_BYTES_MAX: Final = 24 * 1024 * 1024
_LINES_PER_PAGE: Final = 50
_MOVES_PER_PAGE: Final = 20
_BUSY: Final = "Another export of this charity is being read or imported. Wait until it is done."
_GONE: Final = "Its export is no longer here: it was imported since, or is a week old. Send it again."
# What the list can be narrowed to: key -> (its label, the lines).
_PARTS: Final[dict[str, tuple[str, Q]]] = {
    "": ("All", Q()),
    "look": ("Need somebody", ~Q(reasons=[])),
    "quarantined": ("Not taken", Q(fate=Fate.QUARANTINED)),
    "imported": ("New", Q(fate=Fate.IMPORTED)),
    "changed": ("Changed", Q(fate=Fate.CHANGED)),
    "unchanged": ("As before", Q(fate=Fate.UNCHANGED)),
}


class ExportForm(forms.Form):
    """An export to look at. Nothing is imported by it."""

    charity = forms.ModelChoiceField(label="Charity", queryset=Charity.objects.none())
    export = forms.FileField(
        label="Export file",
        help_text="In WordPress: Tools, Export, All content. The file ends in .xml; up to 24 MB. "
        "A larger one is imported by the command line.",
    )
    fetch_images = forms.BooleanField(
        label="Fetch its pictures from the old site",
        required=False,
        help_text="While the old site still stands. Nothing is fetched before you import.",
    )

    def __init__(self, *args: Any, charities: QuerySet[Charity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["charity"]
        field.queryset = charities
        if len(charities) == 1:
            self.initial.setdefault("charity", charities[0].pk)

    def clean_export(self) -> Any:
        sent = self.cleaned_data["export"]
        if sent.size > EXPORT_BYTES_MAX:
            raise forms.ValidationError(
                "It is larger than 24 MB. Export posts and pages apart, or ask whoever runs the server: almoner import "
                "takes a file of any size."
            )
        return sent


class BeginForm(forms.Form):
    """What is to stand for each form that is not known here, and whether pages are published."""

    def __init__(self, *args: Any, move: Move, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = DonationForm.objects.filter(charity=move.charity, active=True).order_by("title")
        choices = [("", "None yet: leave a placeholder"), *ours.values_list("slug", "title")]
        self.missing = [(f"form_{at}", tag, number) for at, (tag, number, _) in enumerate(move.missing)]
        for name, tag, number in self.missing:
            self.fields[name] = forms.ChoiceField(
                label=f"[{tag} {number}]".replace(" ]", "]"), choices=choices, required=False
            )
        if may_publish:
            self.fields["publish"] = forms.BooleanField(
                label="Publish what was public there and is whole here",
                required=False,
                help_text="Otherwise every page comes in as a draft.",
            )

    @property
    def mapped(self) -> list[list[str]]:
        chosen = ((tag, number, self.cleaned_data[name]) for name, tag, number in self.missing)
        return [[tag, number, ours] for tag, number, ours in chosen if ours]


def may_move(user: Any) -> bool:
    """Whether somebody may import into any charity's site."""
    return bool(user.is_superuser or own_charities(user).exists())


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, and an export to look at."""
    own = _asked_by(request)
    in_time_of(own.first())
    form = ExportForm(request.POST or None, request.FILES or None, charities=own)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["export"]
        try:
            move = moves.receive(
                sent.chunks(1024 * 1024),
                charity=form.cleaned_data["charity"],
                file_name=sent.name,
                fetch_images=form.cleaned_data["fetch_images"],
                actor=request.user,
            )
            return redirect("stories_import", move.pk)
        except moves.Busy:
            form.add_error(None, _BUSY)
    rows = Paginator(_counted(Move.objects.filter(charity__in=own)), _MOVES_PER_PAGE)
    context = {
        "title": "Move from WordPress",
        "breadcrumbs_items": crumbs(("Move from WordPress", "")),
        "form": form,
        "part": rows.get_page(request.GET.get("page")),
        "several": len(own) > 1,
    }
    return render(request, "stories/moves.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, move_id: int) -> HttpResponse:
    """One import: how far it is, what became of each post; after a dry run, the import itself."""
    move = get_object_or_404(_counted(Move.objects.filter(charity__in=_asked_by(request))), pk=move_id)
    in_time_of(move.charity)
    ready = move.dry_run and move.state == Move.State.DONE and move.parts.exists()
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        move=move,
        may_publish=_may_publish(request.user, move.charity),
    )
    if request.method == "POST" and form.is_valid():
        try:
            publish = form.cleaned_data.get("publish", False)
            begun = moves.begin(move, forms=form.mapped, publish=publish, actor=request.user)
            return redirect("stories_import", begun.pk)
        except moves.Busy:
            form.add_error(None, _BUSY)
        except Move.DoesNotExist:
            form.add_error(None, _GONE)
    chosen = request.GET.get("show", "")
    label, wanted = _PARTS.get(chosen, _PARTS[""])
    lines = MoveLine.objects.filter(wanted, move=move)
    context = {
        "title": f"“{move.file_name}”" + (", looked at" if move.dry_run else ""),
        "breadcrumbs_items": crumbs(
            ("Move from WordPress", reverse("stories_imports")), (move.file_name, "")
        ),
        "move": move,
        "ready": ready,
        "form": form,
        "left_out": sorted(move.left_out.items()),
        "parts": [(key, name, key == chosen) for key, (name, _) in _PARTS.items()],
        "label": label,
        "chosen": chosen,
        "part": Paginator(lines, _LINES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "stories/move.html", context)


def _counted(found: QuerySet[Move]) -> QuerySet[Move]:
    fates = {fate.value: Count("lines", filter=Q(lines__fate=fate.value)) for fate in Fate}
    return found.select_related("charity").order_by("-pk").annotate(
        **fates,
        published=Count("lines", filter=Q(lines__published=True)),
        redirects=Count("lines", filter=Q(lines__redirected=True)),
        look=Count("lines", filter=~Q(lines__reasons=[]) & ~Q(lines__fate=Fate.QUARANTINED)),
    )  # fmt: skip


def _asked_by(request: HttpRequest) -> QuerySet[Charity]:
    if not may_move(request.user):
        raise PermissionDenied
    return own_charities(request.user)


def _may_publish(user: Any, charity: Charity) -> bool:
    place = place_for(charity)
    return place is not None and bool(place.root.permissions_for_user(user).can_publish_subpage())
