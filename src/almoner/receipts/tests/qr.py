"""Reads the dots of a QR code off a rendered page, as a camera would: by its three corner marks."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from io import BytesIO

from PIL import Image

_DPI = 200
_DARK = 128
# A corner mark, cut through its middle: dark, light, dark, light, dark.
_MARK = (1, 1, 3, 1, 1)
_BLACK_OR_WHITE = bytes(0 if shade < _DARK else 255 for shade in range(256))
_RUN = re.compile(rb"\x00+|\xff+")

Point = tuple[float, float]


def rendered(pdf: bytes) -> Image.Image:
    """The first page, in shades of grey."""
    drawn = subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", str(_DPI), "-"], input=pdf, capture_output=True, check=True
    )
    return Image.open(BytesIO(drawn.stdout)).convert("L")


def dots(page: Image.Image, *, size: int) -> list[list[bool]]:
    """The code's `size` x `size` dots, row by row: true is dark."""
    top_left, top_right, bottom_left = _corner_marks(page)
    across = (top_right[0] - top_left[0]) / (size - 7)
    down = (bottom_left[1] - top_left[1]) / (size - 7)

    def dark(row: int, column: int) -> bool:
        at = (top_left[0] + (column - 3) * across, top_left[1] + (row - 3) * down)
        shade = page.getpixel((round(at[0]), round(at[1])))
        assert isinstance(shade, int)
        return shade < _DARK

    return [[dark(row, column) for column in range(size)] for row in range(size)]


def _corner_marks(page: Image.Image) -> list[Point]:
    """The middles of the three marks: top left, top right, bottom left."""
    width, height = page.size
    pixels = page.tobytes()
    across = {(round(x), y) for y in range(height) for x in _marks_in(pixels[y * width : (y + 1) * width])}
    down = {(x, round(y)) for x in {x for x, _ in across} for y in _marks_in(pixels[x::width])}
    # A middle is where a mark is seen both across and down.
    middles = [(x, y) for x, y in across if any((x, y + off) in down for off in (-1, 0, 1))]
    found = _centres(middles)
    # One code in thirty has the mark's pattern among its data too; the three that are meant are its corners.
    return [
        min(found, key=lambda each: each[0] + each[1]),
        max(found, key=lambda each: each[0] - each[1]),
        max(found, key=lambda each: each[1] - each[0]),
    ]


def _marks_in(line: bytes) -> Iterator[float]:
    """The middles of all runs of a line that look like a corner mark."""
    runs = [found.span() for found in _RUN.finditer(line.translate(_BLACK_OR_WHITE))]
    for index in range(line[0] >= _DARK, len(runs) - 4, 2):
        five = runs[index : index + 5]
        unit = (five[-1][1] - five[0][0]) / 7
        lengths = [end - start for start, end in five]
        alike = all(abs(each - wide * unit) < unit / 2 for each, wide in zip(lengths, _MARK, strict=True))
        if unit > 2 and alike:
            yield (five[0][0] + five[-1][1]) / 2


def _centres(points: Iterable[tuple[int, int]]) -> list[Point]:
    """The middle of each crowd of points."""
    crowds: list[list[tuple[int, int]]] = []
    for x, y in sorted(points):
        near = next((crowd for crowd in crowds if abs(crowd[0][0] - x) + abs(crowd[0][1] - y) < 20), None)
        if near is None:
            crowds.append([(x, y)])
        else:
            near.append((x, y))
    return [
        (sum(x for x, _ in crowd) / len(crowd), sum(y for _, y in crowd) / len(crowd)) for crowd in crowds
    ]
