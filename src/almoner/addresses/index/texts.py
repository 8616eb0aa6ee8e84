"""Sorted texts and numbers of the file, searched where they lie."""

from collections.abc import Callable

from almoner.addresses.index.container import Container


class Texts:
    """Sorted texts of the file."""

    def __init__(self, file: Container, name: str) -> None:
        self._at, self._content = file.view(f"{name}_at"), file.view(name)

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: int) -> str:
        return str(self._content[self._at[number] : self._at[number + 1]], "utf-8")

    def at(self, text: str, low: int = 0) -> int:
        """The first text that isn't before this one."""
        wanted, high = text.encode(), len(self)
        content, at = self._content, self._at
        while low < high:
            middle = (low + high) // 2
            if bytes(content[at[middle] : at[middle + 1]]) < wanted:
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
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def before(firsts: memoryview, street: int) -> int:
    """Which range of `firsts` a street is in."""
    low, high = 0, len(firsts) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if firsts[middle] <= street:
            low = middle
        else:
            high = middle - 1
    return low
