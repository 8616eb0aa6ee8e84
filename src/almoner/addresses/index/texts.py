"""Sorted texts and numbers of the file, searched where they lie."""

from collections.abc import Callable

from almoner.addresses.index.container import Container


class Texts:
    """Sorted texts of the file. With `heads`, where each pair of first letters begins is kept, for shorter searches."""

    def __init__(self, file: Container, name: str, *, heads: bool = False) -> None:
        self._at, self._content = file.view(f"{name}_at"), file.view(name)
        self._heads: dict[bytes, tuple[int, int]] = {}
        if heads:
            self._heads = self._ranges()

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: int) -> str:
        return str(self._content[self._at[number] : self._at[number + 1]], "utf-8")

    def at(self, text: str, low: int = 0) -> int:
        """The first text that isn't before this one."""
        wanted, high = text.encode(), len(self)
        content, at = self._content, self._at
        head = self._heads.get(wanted[:2])
        if head is not None:
            low, high = max(low, head[0]), head[1]
        while low < high:
            middle = (low + high) // 2
            if content[at[middle] : at[middle + 1]].tobytes() < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _ranges(self) -> dict[bytes, tuple[int, int]]:
        """First two bytes -> from where to where a text that begins so may belong."""
        found: dict[bytes, tuple[int, int]] = {}
        low, count = 0, len(self)
        while low < count:
            head = self._content[self._at[low] : self._at[low + 1]].tobytes()[:2]
            high = self._after(head, low)
            found[head] = (low, high)
            low = high
        return {head: ends for head, ends in found.items() if len(head) == 2}

    def _after(self, head: bytes, low: int) -> int:
        """The first text, from `low` on, that doesn't begin so."""
        size, high = len(head), len(self)
        while low < high:
            middle = (low + high) // 2
            if self._content[self._at[middle] : self._at[middle + 1]].tobytes()[:size] <= head:
                low = middle + 1
            else:
                high = middle
        return low


def bisect(text_at: Callable[[int], str], wanted: str, low: int, high: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if text_at(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def bisect_view(values: memoryview, wanted: int, low: int, high: int) -> int:
    """The first item that isn't before `wanted`."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def before(firsts: memoryview, number: int) -> int:
    """Which range of `firsts` a number is in."""
    low, high = 0, len(firsts) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if firsts[middle] <= number:
            low = middle
        else:
            high = middle - 1
    return low
