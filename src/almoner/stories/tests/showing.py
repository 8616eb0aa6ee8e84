"""Pictures for tests, with what a camera writes into them, and people's consent to them."""

import io
from typing import Any

import pillow_heif
from django.core.files.images import ImageFile
from PIL import Image as Raster
from PIL import PngImagePlugin
from wagtail.images import get_image_model
from wagtail.models import Collection

from almoner.charities.models import Charity
from almoner.consents.models import Consent
from almoner.consents.tests.making import make_consent
from almoner.stories.permits.marking import mark
from almoner.stories.sites import place_of

# What must be gone, whatever file it stood in: a name in XMP, a camera in EXIF.
SECRET = b"SECRET-NAME"
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="SECRET-NAME"/></rdf:RDF></x:xmpmeta>'
)


def drawn(size: tuple[int, int], seed: int = 1) -> Raster.Image:
    """A picture whose left half is red and whose right half is blue, and no other one's pixels."""
    picture = Raster.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, *size))
    picture.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    picture.paste((seed % 256, 90, 90), (0, 0, size[0] // 8, size[1] // 8))
    return picture


def photographed(kind: str, *, orientation: int = 1, size: tuple[int, int] = (640, 360)) -> bytes:
    """A file as a phone writes it: `kind` is JPEG, PNG, WEBP, AVIF or HEIF. It says where it was taken, and by what."""
    picture = drawn(size)
    exif = Raster.Exif()
    exif[0x0112], exif[0x010F], exif[0x8298] = orientation, "SECRET-NAME", "SECRET-NAME"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 52.0, 4.5), 3: "E", 4: (151.0, 12.0, 36.0)})
    file = io.BytesIO()
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_itxt("XML:com.adobe.xmp", _XMP.decode())
        told.add_text("Author", "SECRET-NAME")
        picture.save(file, "PNG", exif=exif, pnginfo=told)
    elif kind == "HEIF":
        pillow_heif.from_pillow(picture).save(file, exif=exif.tobytes(), quality=80)
    else:
        more = {"comment": SECRET} if kind == "JPEG" else {}
        picture.save(file, kind, exif=exif, xmp=_XMP, **more)
    return file.getvalue()


def send(charity: Charity, *, title: str = "Boat", seed: int = 1, size: tuple[int, int] = (400, 225)) -> Any:
    """A picture in the charity's collection, as if an editor had sent it."""
    root = Collection.get_first_root_node()
    collection = root.get_children().filter(name=charity.slug).first() or root.add_child(name=charity.slug)
    file = io.BytesIO()
    drawn(size, seed).save(file, "PNG")
    image: Any = get_image_model()(title=title, collection=collection)
    image.file = ImageFile(io.BytesIO(file.getvalue()), name=f"{title}.png")
    image.save()
    return image


def agree(page: Any, image: Any, **terms: Any) -> Consent:
    """Consent to a picture, in the charity of the page."""
    place, work = place_of(page), mark(image)
    assert place is not None and work is not None
    return make_consent(place.charity, work, **terms)
