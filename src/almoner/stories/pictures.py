"""Pictures as they come in: looked at, turned upright, and written anew without what a camera wrote into them.

What is kept is pixels alone. Where a picture was taken, when, by which camera and whom an editor named in it stand in
EXIF, XMP, IPTC and in the small picture beside the large one; all of that is gone before a file is stored.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image as Raster
from PIL import ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from almoner.consents import marks

register_heif_opener()

BYTES_MAX: Final = 20 * 1024 * 1024
PIXELS_MAX: Final = 60_000_000
# As large as a page ever shows it, on a fine screen.
SIDE_MAX: Final = 2560
# What it is by its bytes -> what it is kept as. An animation's first picture is kept: nothing moves on our pages.
_KEPT_AS: Final = {
    "JPEG": "JPEG", "MPO": "JPEG", "HEIF": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP", "AVIF": "AVIF",
}  # fmt: skip
# A picture of several (MPO) is read by the reader of its first.
_READ: Final = [kind for kind in _KEPT_AS if kind != "MPO"]
ENDINGS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
_QUALITY: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 90, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90, "method": 4},
    "AVIF": {"quality": 80, "speed": 8},
}


class NoPicture(ValueError):
    """Its message says what is wrong, as the rest of a sentence that begins with “it”."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`ending` is its file's, by what it is: jpg, png, webp or avif."""

    body: bytes
    ending: str
    width: int
    height: int


def cleaned(body: bytes) -> Cleaned:
    """The picture in these bytes, as it is stored. Raises `NoPicture`."""
    if len(body) > BYTES_MAX:
        raise NoPicture(f"is larger than {BYTES_MAX // 1024 // 1024} MB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Raster.open(io.BytesIO(body), formats=_READ) as found:
                if found.width * found.height > PIXELS_MAX:
                    millions = PIXELS_MAX // 1_000_000
                    raise NoPicture(
                        f"is {found.width} by {found.height} pixels large: at most {millions} million"
                    )
                return _written(_upright(found), _KEPT_AS[found.format or ""])
        except (UnidentifiedImageError, OSError, SyntaxError, EOFError, Raster.DecompressionBombError):
            raise NoPicture("is no picture that can be shown") from None


def digest_of(body: bytes) -> str:
    """The hash of a stored picture's pixels."""
    with Raster.open(io.BytesIO(body)) as found:
        upright = _with_colours(ImageOps.exif_transpose(found))
    return marks.of_pixels(upright.mode, upright.size, upright.tobytes())


def _upright(found: Raster.Image) -> Raster.Image:
    """Turned as the camera says, in sRGB, no larger than is shown."""
    picture = _in_srgb(ImageOps.exif_transpose(found))
    picture.thumbnail((SIDE_MAX, SIDE_MAX), Raster.Resampling.LANCZOS)
    return picture


def _in_srgb(picture: Raster.Image) -> Raster.Image:
    """In the colours that every screen knows: a profile of a camera's own goes with all else that it wrote."""
    profile = picture.info.get("icc_profile")
    plain = _with_colours(picture)
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return plain
    try:
        ImageCms.profileToProfile(
            plain, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), inPlace=True
        )
    except ImageCms.PyCMSError:
        # A profile that nobody can read says nothing of its colours.
        return plain
    return plain


def _with_colours(picture: Raster.Image) -> Raster.Image:
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return picture.convert("RGBA" if clear else "RGB")


def _written(picture: Raster.Image, kind: str) -> Cleaned:
    """Made of pixels alone: whatever else the file knew stayed with the object that read it."""
    bare = Raster.new(picture.mode, picture.size)
    bare.paste(picture)
    if kind == "JPEG":
        bare = bare.convert("RGB")
    file = io.BytesIO()
    bare.save(file, kind, **_QUALITY[kind])
    return Cleaned(file.getvalue(), ENDINGS[kind], *bare.size)
