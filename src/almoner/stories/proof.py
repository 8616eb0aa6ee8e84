"""What must hold of pictures, for `almoner prove`."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from django.db.models import Exists, F, OuterRef
from wagtail.images import get_image_model

from almoner.consents.models import Covered
from almoner.kernel.proof import Check
from almoner.stories import renditions
from almoner.stories.permits.models import PictureMark

# As Wagtail names a cut picture: the picture's name, a key where the cut has a focal point, and the filter.
_CUT: Final = re.compile(
    r"(.+?)\.(?:[0-9a-f]{8}\.)?(?:"
    + "|".join(re.escape(spec.replace("|", ".")) for spec in renditions.PUBLIC)
    + r")[._]"
)
# Longer names are cut off by it.
_LONGEST: Final = 59


def checks() -> list[Check]:
    return [
        Check(
            "withdrawn pictures",
            "Of a picture whose consent was withdrawn, no file that pages showed is left.",
            _left,
        )
    ]


def _left() -> Iterator[str]:
    images = _withdrawn()
    if not images:
        return
    model: Any = get_image_model().get_rendition_model()
    rows = model.objects.filter(image__in=images, filter_spec__in=renditions.PUBLIC)
    known = set(rows.values_list("file", flat=True))
    yield from sorted(known)
    stems = {PurePosixPath(image.file.name).stem for image in images}
    for name in _on_disk(model):
        if name not in known and _is_of(PurePosixPath(name).name, stems):
            yield name


def _withdrawn() -> list[Any]:
    """Pictures that show what was withdrawn, unless another charity has a consent of its own to the same one."""
    of_others = Covered.objects.filter(
        digest=OuterRef("digest"), kind=Covered.Kind.PICTURE, consent__withdrawal=None
    ).exclude(consent__charity=OuterRef("consent__charity"))
    digests = Covered.objects.filter(
        ~Exists(of_others), kind=Covered.Kind.PICTURE, consent__withdrawal__isnull=False
    ).values("digest")
    marks = PictureMark.objects.filter(digest__in=digests, file=F("image__file")).select_related("image")
    return [mark.image for mark in marks]


def _on_disk(model: Any) -> Iterator[str]:
    """Cut pictures by their files: a row may be gone, and its file left."""
    storage = model._meta.get_field("file").storage
    folder = model(image=get_image_model()()).get_upload_to("x").rpartition("/")[0]
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(names))


def _is_of(name: str, stems: set[str]) -> bool:
    found = _CUT.match(name)
    if found is None:
        return False
    return found[1] in stems or (len(name) >= _LONGEST and any(each.startswith(found[1]) for each in stems))
