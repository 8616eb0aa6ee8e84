"""What staff may do, the form as editors meet it, Wagtail's log as it is kept here, and who tried to sign in."""

from typing import ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.models import ModelLogEntry, PageLogEntry, PreviewableMixin

from almoner.backoffice import trail
from almoner.backoffice.editor.preview import modes_of, preview
from almoner.giving.models import DonationForm


class Staff(models.Model):
    """Holds the permissions of this room, in the words in which Wagtail's group screen shows them."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_gifts", "See gifts and their donors"),
            ("enter_gifts", "Enter gifts and batches, and change regular gifts"),
            ("book_bank", "Import statements and match what banks paid"),
            ("refund_gifts", "Refund gifts"),
            ("export_gifts", "Export gifts"),
            ("resend_receipts", "Send receipts again"),
            ("erase_donors", "Erase donors’ personal data"),
            ("edit_forms", "Make and change donation forms"),
            ("edit_charities", "Change charities and funds"),
            ("view_reports", "See reports"),
            ("view_audit", "Read the audit log"),
            ("close_books", "Close the books"),
            ("manage_attacks", "See and switch attack mode of forms"),
            ("answer_disputes", "Answer disputes"),
            ("view_impact", "See programmes and their figures"),
            ("enter_figures", "Enter and correct figures"),
            ("verify_figures", "Verify figures that others entered"),
            ("edit_programmes", "Change programmes, partners and indicators"),
        ]

    def __str__(self) -> str:
        return "staff"


class EditableForm(PreviewableMixin, DonationForm):
    """A donation form with Wagtail's preview. The row is `giving`'s own, so donors' pages need no Wagtail."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "form"
        verbose_name_plural = "forms"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return modes_of(self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview(self, mode_name)


class KeptPageLogEntry(PageLogEntry):
    """Wagtail's entry of an act on a page; each goes into our own log too."""

    objects = trail.PageActs()

    class Meta:
        proxy = True
        default_permissions = ()


class KeptModelLogEntry(ModelLogEntry):
    """Wagtail's entry of an act on anything but a page; each goes into our own log too."""

    objects = trail.ModelActs()

    class Meta:
        proxy = True
        default_permissions = ()


class SignInTry(models.Model):
    """Somebody tried to sign in, or asked for a new password. Keyed hashes: neither names nor addresses stand here."""

    at = models.DateTimeField()
    account = models.CharField(max_length=22)
    network = models.CharField(max_length=22)
    succeeded = models.BooleanField(default=False)

    objects: ClassVar["models.Manager[SignInTry]"] = models.Manager()

    class Meta:
        verbose_name_plural = "sign-in tries"
        default_permissions = ()
        indexes = [models.Index(fields=["account", "-at"]), models.Index(fields=["network", "-at"])]

    def __str__(self) -> str:
        return f"{'signed in' if self.succeeded else 'tried'} at {self.at}"
