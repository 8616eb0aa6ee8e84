"""Settings read strictly from the environment: all that is wrong is said at once, each by its variable's name."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off"})


class SettingInvalid(ValueError):
    """One variable is missing or can't be read."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class SettingsInvalid(ValueError):
    """All variables that are missing or can't be read. Its text has a line for each."""

    def __init__(self, faults: list[SettingInvalid]) -> None:
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"Almoner can't start with these settings:\n{lines}")
        self.faults = tuple(faults)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(fault.name for fault in self.faults)


class Environment:
    """Reads variables of one mapping. A fault is kept and the default returned, so that `finish` can name them all.

    An empty variable counts as one that isn't set: systemd and compose files leave empty ones behind.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._faults: list[SettingInvalid] = []

    def refuse(self, name: str, why: str) -> None:
        """Keep a fault found by the caller, such as two settings that don't go together."""
        self._faults.append(SettingInvalid(name, why))

    def finish(self) -> None:
        """Raise SettingsInvalid if anything was wrong."""
        if self._faults:
            raise SettingsInvalid(self._faults)

    def is_set(self, name: str) -> bool:
        return bool(self._mapping.get(name, "").strip())

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        value = self._mapping.get(name, "").strip()
        if value:
            return value
        if required:
            self.refuse(name, "is missing.")
        return default

    def choice(self, name: str, default: str, *, of: Collection[str]) -> str:
        value = self.text(name, default)
        if value in of:
            return value
        self.refuse(name, f"must be one of {', '.join(of)}, not {value!r}.")
        return default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in _YES | _NO:
            self.refuse(name, f"must be yes or no, not {value!r}.")
        return value in _YES

    def integer(self, name: str, default: int, *, at_least: int = 0, at_most: int = 2_147_483_647) -> int:
        value = self.text(name)
        if not value:
            return default
        # str.isdecimal alone would let other scripts' digits through.
        if not (value.isascii() and value.isdecimal()) or not at_least <= int(value) <= at_most:
            self.refuse(name, f"must be a whole number from {at_least} to {at_most}, not {value!r}.")
            return default
        return int(value)

    def words(self, name: str, default: tuple[str, ...] = (), *, required: bool = False) -> list[str]:
        """Words between commas."""
        words = [word.strip() for word in self.text(name, required=required).split(",")]
        return [word for word in words if word] or [*default]

    def url(
        self, name: str, default: str = "", *, schemes: Collection[str], required: bool = False
    ) -> SplitResult | None:
        """An address in parts; None when there is none."""
        value = self.text(name, default, required=required)
        if not value:
            return None
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            self.refuse(name, "is not an address.")
            return None
        if parts.scheme not in schemes:
            # The value may hold a password, so it isn't repeated.
            self.refuse(name, f"must begin with {' or '.join(f'{scheme}:' for scheme in schemes)}.")
            return None
        return parts

    def folder(self, name: str, default: str) -> Path:
        return Path(self.text(name, default)).expanduser().absolute()
