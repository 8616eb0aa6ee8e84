"""Pictures in the sizes and kinds that browsers choose from: AVIF, WebP, and JPEG for those that know neither.

Each use has sizes of its own, so that the address of a cut picture says where it is shown.
"""

from dataclasses import dataclass
from typing import Any, Final

from almoner.consents.models import Channel

# The best that a browser knows is taken; the last is for all.
_KINDS: Final = ("avif", "webp", "jpeg")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a picture is cut. `cuts`: Wagtail's filters, the smallest first; `sizes`: how wide it stands on the page."""

    channel: Channel
    cuts: tuple[str, ...]
    sizes: str


HEAD: Final = Shape(
    Channel.WEB, ("fill-480x240", "fill-960x480", "fill-1440x720"), "(min-width: 75rem) 72rem, 100vw"
)
BODY: Final = Shape(Channel.WEB, ("width-480", "width-800", "width-1280"), "(min-width: 54rem) 52rem, 100vw")
CARD: Final = Shape(
    Channel.LISTS,
    ("fill-320x180", "fill-640x360"),
    "(min-width: 60rem) 22rem, (min-width: 40rem) 45vw, 100vw",
)
SOCIAL: Final = "fill-1200x630|format-jpeg"
FEED: Final = "max-1200x1200|format-jpeg"
_SHAPES: Final = (HEAD, BODY, CARD)
_CHANNELS: Final = {
    **{f"{cut}|format-{kind}": shape.channel for shape in _SHAPES for cut in shape.cuts for kind in _KINDS},
    SOCIAL: Channel.SOCIAL,
    FEED: Channel.FEED,
}
PUBLIC: Final = tuple(_CHANNELS)


@dataclass(frozen=True, slots=True)
class Responsive:
    """What a template writes: (media type, srcset) of the better kinds, and the file for all others."""

    sources: tuple[tuple[str, str], ...]
    url: str
    srcset: str
    width: int
    height: int
    sizes: str


def channel_of(spec: str) -> Channel | None:
    """Where a cut picture is shown; None for one that only staff's screens show."""
    return _CHANNELS.get(spec)


def responsive(image: Any, shape: Shape) -> Responsive:
    """The picture in a shape. What isn't cut yet is cut now: `prepare` did so when the story was published."""
    found = image.get_renditions(*_specs(shape))
    sets = {kind: _srcset([found[f"{cut}|format-{kind}"] for cut in shape.cuts]) for kind in _KINDS}
    plain = found[f"{shape.cuts[-1]}|format-jpeg"]
    return Responsive(
        sources=tuple((f"image/{kind}", sets[kind]) for kind in _KINDS[:-1]),
        url=plain.url,
        srcset=sets[_KINDS[-1]],
        width=plain.width,
        height=plain.height,
        sizes=shape.sizes,
    )


def prepare(image: Any, *, lead: bool) -> None:
    """Cut a picture in every size in which a story shows it, so that no reader waits for it."""
    shapes = (HEAD, CARD) if lead else (BODY,)
    extra = (SOCIAL, FEED) if lead else ()
    image.get_renditions(*(spec for shape in shapes for spec in _specs(shape)), *extra)


def _specs(shape: Shape) -> list[str]:
    return [f"{cut}|format-{kind}" for cut in shape.cuts for kind in _KINDS]


def _srcset(found: list[Any]) -> str:
    """A picture narrower than a cut isn't stretched: each width stands once."""
    by_width = {each.width: each.url for each in found}
    return ", ".join(f"{url} {width}w" for width, url in by_width.items())
