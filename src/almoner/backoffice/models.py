"""No tables: what staff may do, and the form as editors meet it."""

from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.models import PreviewableMixin

from almoner.backoffice.editor.preview import MODES, preview
from almoner.giving.models import DonationForm


class Staff(models.Model):
    """Holds the permissions of this room, in the words in which Wagtail's group screen shows them."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_gifts", "See gifts and their donors"),
            ("enter_gifts", "Enter gifts, batches and bank credits"),
            ("refund_gifts", "Refund gifts"),
            ("export_gifts", "Export gifts"),
            ("resend_receipts", "Send receipts again"),
            ("edit_forms", "Make and change donation forms"),
            ("edit_charities", "Change charities and funds"),
            ("view_reports", "See reports"),
            ("view_audit", "Read the audit log"),
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
        return MODES

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview(self, mode_name)
