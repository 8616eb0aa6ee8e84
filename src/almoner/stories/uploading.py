"""The form by which Wagtail takes a picture, wherever one can be sent: it keeps pixels and nothing else."""

from pathlib import PurePosixPath
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Raster
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from almoner.stories import pictures

_BROKEN: Final = "It can’t be taken: it is no picture that can be shown. Save it anew, and send it again."


class PictureField(WagtailImageField):
    def to_python(self, data: Any) -> Any:
        """Wagtail looks at its ending, its size and its pixels; a file that breaks off it would answer by an error."""
        try:
            return super().to_python(data)
        except (OSError, SyntaxError, Raster.DecompressionBombError):
            raise forms.ValidationError(_BROKEN, code="invalid_image") from None


class PictureForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            self.fields["file"] = PictureField(
                label=field.label, required=field.required, widget=field.widget
            )

    def clean_file(self) -> Any:
        """What Wagtail has looked at already: that it is what it says it is, and no larger than it may be."""
        sent = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return sent
        sent.seek(0)
        try:
            kept = pictures.cleaned(sent.read())
        except pictures.NoPicture as error:
            raise forms.ValidationError(f"It can’t be taken: it {error}.") from None
        stem = PurePosixPath(sent.name).stem or "picture"
        return SimpleUploadedFile(f"{stem}.{kept.ending}", kept.body)
