"""How our pictures are told again: by a hash of their pixels, written down when somebody has to decide about one."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import BigIntegerField

from almoner.charities.rows import Select, named, several
from almoner.consents import marks
from almoner.consents.standing import Work
from almoner.stories import pictures
from almoner.stories.permits.models import PictureMark


def mark(image: Any) -> Work | None:
    """The picture's work, looked at anew if its file is another one than before; None if the file can't be read."""
    known = PictureMark.objects.filter(image=image, file=image.file.name).first()
    if known is None:
        try:
            with image.open_file() as file:
                digest = pictures.digest_of(file.read())
        except OSError:
            return None
        known, _ = PictureMark.objects.update_or_create(
            image=image, defaults={"file": image.file.name, "digest": digest}
        )
    return marks.picture_of(known.digest)


def known_works(images: Iterable[Any]) -> dict[int, Work]:
    """By the pictures' identifiers, in one query: those that were marked, as long as their file is the same."""
    files = {image.pk: image.file.name for image in images}
    if not files:
        return {}
    asked = named("image", files)
    rows = _marks(len(asked)).all(**asked)
    return {image: marks.picture_of(digest) for image, file, digest in rows if files[image] == file}


@cache
def _marks(count: int) -> Select[tuple[int, str, str]]:
    """The marks of so many pictures."""
    return Select(
        lambda: PictureMark.objects.filter(
            image__id__in=several("image", BigIntegerField(), count)
        ).values_list("image_id", "file", "digest")
    )
