"""Pictures of the old site as pictures here: from a folder, from the network if that was asked for, each once."""

import hashlib
import io
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Collection

from almoner.charities.models import Charity
from almoner.stories import pictures
from almoner.stories.models import ImportedPicture
from almoner.stories.wordpress.fetching import PICTURE_BYTES_MAX, Fetcher, NotFetched

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
            kept = pictures.cleaned(body) if body is not None else None
        except (NotFetched, pictures.NoPicture) as error:
            # Asked of one post, it is not asked of the next.
            why = f"it {error}" if isinstance(error, pictures.NoPicture) else str(error)
            self._failed[bytes.fromhex(key)] = f"It was not imported: {why}."
            return None, self._failed[bytes.fromhex(key)]
        if kept is None and self._fetcher is not None:
            self.to_fetch.add(address)
            return 0, ""
        if kept is None or not write:
            return (None, NOT_ASKED) if kept is None else (0, "")
        return self._keep(key, address, kept, title), ""

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

    def _keep(self, key: str, address: str, kept: pictures.Cleaned, title: str) -> int:
        """Pixels alone, as of every picture here. Nobody has agreed yet to its being shown."""
        stem = PurePosixPath(unquote(urlsplit(address).path)).stem[:80] or "picture"
        image: Any = get_image_model()(title=(title or stem)[:255], collection=_collection(self._charity))
        with transaction.atomic():
            image.file = ImageFile(io.BytesIO(kept.body), name=f"{stem}.{kept.ending}")
            image.file_size, image.file_hash = (
                len(kept.body),
                hashlib.sha1(kept.body, usedforsecurity=False).hexdigest(),
            )
            image.save()
            ImportedPicture.objects.create(
                charity=self._charity, key=key, address=address[:2000], image=image
            )
        self.taken += 1
        return int(image.pk)


def _collection(charity: Charity) -> Collection:
    """The charity's own, named by its slug, in which its staff may see and choose pictures."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=charity.slug).first()
    return found or root.add_child(name=charity.slug)
