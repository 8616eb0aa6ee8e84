"""The documentation's diagrams, drawn from the source as plain SVG."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

_INK: Final = "#221f1b"
_SOFT: Final = "#6b645b"
_PAPER: Final = "#faf7f2"
_BRAND: Final = "#14495c"
_LINE: Final = "#cfc7ba"
_TONES: Final = {"good": "#1a6b45", "bad": "#a32a20", "quiet": "#6b645b", "plain": "#14495c"}
_FILLS: Final = {"good": "#e6f3ec", "bad": "#fdeceb", "quiet": "#f0ece5", "plain": "#e8f2f6"}
_FONT: Final = "font-family=\"system-ui, 'Noto Sans', sans-serif\""


@dataclass(frozen=True)
class Node:
    """A state: where its middle stands, in pixels, and how it is told apart."""

    x: int
    y: int
    tone: str = "plain"


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" {_FONT}>\n<title>{escape(title)}</title>\n'
        f'<rect width="{width}" height="{height}" rx="14" fill="{_PAPER}"/>\n{body}\n</svg>\n'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 14,
    fill: str = _INK,
    anchor: str = "middle",
    bold: bool = False,
) -> str:
    look = f'font-size="{size}" fill="{fill}" text-anchor="{anchor}"' + (' font-weight="600"' if bold else "")
    return f'<text x="{x:g}" y="{y:g}" {look}>{escape(text)}</text>'


# ---- States ------------------------------------------------------------------------------------------------------

_BOX: Final = (124, 38)


def states(
    nodes: Mapping[str, Node],
    edges: Mapping[tuple[str, str], str],
    *,
    size: tuple[int, int],
    title: str,
    start: str,
) -> str:
    """Every edge of a table of states. An event that is called like the state it leads to stands unnamed."""
    parts = [_heads()]
    parts += [
        _edge(nodes[before], nodes[after], event if event != after else "")
        for (before, event), after in edges.items()
    ]
    parts += [_node(name, node, first=name == start) for name, node in nodes.items()]
    parts.append(
        _text(20, size[1] - 18, "An arrow without a word is the event that is called like the state it leads to.",
              size=13, fill=_SOFT, anchor="start")
    )  # fmt: skip
    return _svg(*size, title, parts)


def _heads() -> str:
    return (
        "<defs>"
        + "".join(
            f'<marker id="{tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
            f'<path d="M0 1l9 4-9 4z" fill="{colour}"/></marker>'
            for tone, colour in _TONES.items()
        )
        + "</defs>"
    )


def _node(name: str, node: Node, *, first: bool) -> str:
    width, height = _BOX
    edge = f' stroke-width="{3 if first else 1.5}"'
    return (
        f'<rect x="{node.x - width / 2:g}" y="{node.y - height / 2:g}" width="{width}" height="{height}" rx="10" '
        f'fill="{_FILLS[node.tone]}" stroke="{_TONES[node.tone]}"{edge}/>'
        + _text(node.x, node.y + 5, name, fill=_INK, bold=True)
    )


def _edge(before: Node, after: Node, label: str) -> str:
    x1, y1, x2, y2, bend = _ends(before, after)
    colour = _TONES[after.tone]
    drawn = (
        f'<path d="M{x1:g} {y1:g}C{bend[0]:g} {bend[1]:g} {bend[2]:g} {bend[3]:g} {x2:g} {y2:g}" fill="none" '
        f'stroke="{colour}" stroke-width="1.4" stroke-opacity=".75" marker-end="url(#{after.tone})"/>'
    )
    if not label:
        return drawn
    # The middle of the curve, on a ground of its own, so that lines behind it don't strike the word through.
    x = (x1 + 3 * bend[0] + 3 * bend[2] + x2) / 8
    y = (y1 + 3 * bend[1] + 3 * bend[3] + y2) / 8
    width = 7.2 * len(label) + 8
    return (
        f'{drawn}<rect x="{x - width / 2:g}" y="{y - 10:g}" width="{width:g}" height="18" rx="4" fill="{_PAPER}"/>'
        + _text(x, y + 4, label, size=12, fill=colour)
    )


def _ends(before: Node, after: Node) -> tuple[float, float, float, float, tuple[float, float, float, float]]:
    """Where an arrow leaves and arrives, and the two points that bend it."""
    half_width, half_height = _BOX[0] / 2, _BOX[1] / 2
    if abs(after.x - before.x) > _BOX[0]:
        side = 1 if after.x > before.x else -1
        x1, x2 = before.x + side * half_width, after.x - side * half_width
        # Arrows back run a little lower than those on.
        y1, y2 = (before.y - 6, after.y - 6) if side > 0 else (before.y + 9, after.y + 9)
        reach = max(30.0, abs(x2 - x1) * 0.45)
        return x1, y1, x2, y2, (x1 + side * reach, y1, x2 - side * reach, y2)
    side = 1 if after.y > before.y else -1
    shift = 16 * side
    y1, y2 = before.y + side * half_height, after.y - side * half_height
    reach = max(20.0, abs(y2 - y1) * 0.4)
    x1, x2 = before.x + shift, after.x + shift
    return x1, y1, x2, y2, (x1, y1 + side * reach, x2, y2 - side * reach)


# ---- The house ---------------------------------------------------------------------------------------------------


def house(layers: list[list[str]], says: Mapping[str, str]) -> str:
    """Rooms in their layers, the highest on top. Imports go down only."""
    width, height, gap = 860, 74, 12
    parts = []
    for row, rooms in enumerate(layers):
        top = 20 + row * (height + gap)
        room_width = (width - 90 - gap * (len(rooms) - 1)) / len(rooms)
        for column, room in enumerate(rooms):
            left = 20 + column * (room_width + gap)
            parts.append(
                f'<rect x="{left:g}" y="{top}" width="{room_width:g}" height="{height}" rx="10" fill="#fff" '
                f'stroke="{_LINE}" stroke-width="1.5"/>'
            )
            middle = left + room_width / 2
            parts.append(_text(middle, top + 30, room, size=17, fill=_BRAND, bold=True))
            parts.append(_text(middle, top + 54, says[room], size=12, fill=_SOFT))
    bottom = 20 + len(layers) * (height + gap)
    parts.append(_heads())
    parts.append(
        f'<path d="M{width - 40} 30V{bottom - 30}" stroke="{_BRAND}" stroke-width="2" marker-end="url(#plain)"/>'
    )
    parts.append(
        f'<text transform="translate({width - 18} {bottom / 2:g}) rotate(90)" font-size="13" fill="{_SOFT}" '
        f'text-anchor="middle">imports go down only</text>'
    )
    return _svg(width, bottom + 8, "The rooms of the house, and the direction of their imports", parts)


# ---- A sequence --------------------------------------------------------------------------------------------------


def sequence(actors: list[str], steps: list[tuple[str, str, str]], *, title: str) -> str:
    """`steps` are (from, to, text); (actor, actor, text) is a commit of that actor's own."""
    column, row, left, top = 190, 44, 95, 62
    place = {actor: left + index * column for index, actor in enumerate(actors)}
    bottom = top + row * len(steps) + 30
    parts = [_heads()]
    for actor, x in place.items():
        parts.append(f'<path d="M{x} 50V{bottom - 14}" stroke="{_LINE}" stroke-width="1.5"/>')
        parts.append(
            f'<rect x="{x - 80}" y="14" width="160" height="36" rx="10" fill="{_FILLS["plain"]}" stroke="{_BRAND}"/>'
        )
        parts.append(_text(x, 37, actor, bold=True))
    for index, (before, after, text) in enumerate(steps):
        y = top + row * index + 26
        parts += _message(place[before], place[after], y, text)
    return _svg(left * 2 + column * (len(actors) - 1), bottom, title, parts)


def _message(x1: int, x2: int, y: int, text: str) -> list[str]:
    if x1 == x2:
        width = 7.0 * len(text) + 20
        return [
            f'<rect x="{x1 - width / 2:g}" y="{y - 16}" width="{width:g}" height="25" rx="8" fill="{_FILLS["good"]}" '
            f'stroke="{_TONES["good"]}"/>',
            _text(x1, y + 1, text, size=13),
        ]
    side = 1 if x2 > x1 else -1
    middle, width = (x1 + x2) / 2, 6.8 * len(text) + 12
    return [
        f'<path d="M{x1} {y}H{x2 - side * 2}" stroke="{_BRAND}" stroke-width="1.6" marker-end="url(#plain)"/>',
        f'<rect x="{middle - width / 2:g}" y="{y - 20}" width="{width:g}" height="17" fill="{_PAPER}"/>',
        _text(middle, y - 7, text, size=13),
    ]
