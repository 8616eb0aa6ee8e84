"""What is remembered of a picture, so that consent to it is found."""

from typing import ClassVar

from django.db import models


class PictureMark(models.Model):
    """What can be seen on a picture, as a hash: by it consent to it is found, whoever sends the same picture again."""

    image = models.OneToOneField("wagtailimages.Image", on_delete=models.CASCADE, related_name="+")
    file = models.CharField(
        max_length=255, help_text="The file that was looked at: another one is not known yet."
    )
    digest = models.CharField(
        max_length=64, db_index=True, help_text="SHA-256 of its pixels, in hexadecimal."
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(digest=""), name="stories_mark_told")
        ]

    def __str__(self) -> str:
        return f"{self.image_id} {self.digest[:12]}"
