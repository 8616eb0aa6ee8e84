"""Pictures of the old site as pictures here: from a folder, from the network if that was asked for, each once."""

import hashlib
import io
import warnings
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image as Raster
from PIL import UnidentifiedImageError
from wagtail.images import get_image_model
from wagtail.models import Collection

from almoner.charities.models import Charity
from almoner.stories.models import ImportedPicture
from almoner.stories.wordpress.fetching import PICTURE_BYTES_MAX, Fetcher, NotFetched

_FORMATS: Final = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
_PIXELS_MAX: Final = 100_000_000
_UPLOADS: Final = "/wp-content/uploads/"
NOT_ASKED: Final = "It was not imported: nobody asked for pictures."


class Pictures:
    """`folder` is a copy of the old site's wp-content/uploads. Without both, what is here already counts."""

    def __init__(
        self, charity: Charity, *, folder: Path | None = None, fetcher: Fetcher | None = None
    ) -> None:
        self._charity, self._fetcher = charity, fetcher
        self._folder = folder.resolve() if folder else None
        self._failed: dict[bytes, str] = {}
        self.taken = 0
        # By a dry run, which calls nobody: the addresses that the import would fetch.
        self.to_fetch: set[str] = set()

    def take(self, address: str, *, title: str, write: bool) -> tuple[int | None, str]:
        """(the picture's identifier here, "") or (None, why there is none). `write`: else it is only looked for."""
        key = hashlib.sha256(address.encode()).hexdigest()
        known = (
            ImportedPicture.objects.filter(charity=self._charity, key=key)
            .values_list("image_id", flat=True)
            .first()
        )
        if known is not None:
            return known, ""
        if (why := self._failed.get(bytes.fromhex(key))) is not None:
            return None, why
        try:
            body = self._body(address, write=write)
            kind = _kind(body) if body is not None else ""
        except NotFetched as error:
            # Asked of one post, it is not asked of the next.
            self._failed[bytes.fromhex(key)] = f"It was not imported: {error}."
            return None, self._failed[bytes.fromhex(key)]
        if body is None and self._fetcher is not None:
            self.to_fetch.add(address)
            return 0, ""
        if body is None or not write:
            return (None, NOT_ASKED) if body is None else (0, "")
        return self._keep(key, address, body, kind, title), ""

    def _body(self, address: str, *, write: bool) -> bytes | None:
        """None where nobody asked for it. A dry run opens files and calls nobody."""
        path = self._file(address)
        if path is not None:
            try:
                if path.stat().st_size > PICTURE_BYTES_MAX:
                    raise NotFetched(f"it is larger than {PICTURE_BYTES_MAX // 1024 // 1024} MB")
                return path.read_bytes()
            except OSError as error:
                raise NotFetched(f"its file can't be read ({error.strerror})") from None
        if self._fetcher is not None:
            return self._fetcher.fetch(address) if write else None
        if self._folder is not None:
            raise NotFetched("it is not in the folder")
        return None

    def _file(self, address: str) -> Path | None:
        """Its file in the folder: never one outside, by dots or by a link."""
        path = unquote(urlsplit(address).path)
        if self._folder is None or _UPLOADS not in path or "\0" in path:
            return None
        name = PurePosixPath(path.partition(_UPLOADS)[2])
        if name.is_absolute() or ".." in name.parts:
            return None
        try:
            found = (self._folder / name).resolve()
            return found if found.is_relative_to(self._folder) and found.is_file() else None
        except (OSError, RuntimeError):
            return None

    def _keep(self, key: str, address: str, body: bytes, kind: str, title: str) -> int:
        stem = PurePosixPath(unquote(urlsplit(address).path)).stem[:80] or "picture"
        image: Any = get_image_model()(title=(title or stem)[:255], collection=_collection(self._charity))
        with transaction.atomic():
            image.file = ImageFile(io.BytesIO(body), name=f"{stem}.{kind}")
            image.file_size, image.file_hash = (
                len(body),
                hashlib.sha1(body, usedforsecurity=False).hexdigest(),
            )
            image.save()
            ImportedPicture.objects.create(
                charity=self._charity, key=key, address=address[:2000], image=image
            )
        self.taken += 1
        return int(image.pk)


def _kind(body: bytes) -> str:
    """What the bytes are, by looking at them. Raises `NotFetched` for what is no picture, or too large a one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Raster.open(io.BytesIO(body), formats=list(_FORMATS)) as raster:
                width, height, kind = *raster.size, raster.format or ""
                if width * height > _PIXELS_MAX:
                    raise NotFetched(f"it is {width} by {height} pixels large")
                raster.verify()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Raster.DecompressionBombError):
            raise NotFetched("it is no picture that can be shown") from None
    return _FORMATS[kind]


def _collection(charity: Charity) -> Collection:
    """The charity's own, named by its slug, in which its staff may see and choose pictures."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=charity.slug).first()
    return found or root.add_child(name=charity.slug)
