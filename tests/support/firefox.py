"""Debian's Firefox, driven by its own Marionette protocol: JSON over a socket, and no driver between.

Playwright brings a Firefox of its own making; what is asked here is what the released one does with frames and cookies.
"""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.support.server import free_port, wait_until

NAMES: Final = ("firefox-esr", "firefox")
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
_PREFERENCES: Final = {
    "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "network.proxy.type": 0, "browser.aboutwelcome.enabled": False,
    "services.settings.server": "data:,", "extensions.getAddons.cache.enabled": False,
}  # fmt: skip


@cache
def firefox_path() -> str | None:
    """None where there is none, or only Ubuntu's that says which snap to install."""
    return next((found for name in NAMES if (found := shutil.which(name)) and _runs(found)), None)


def _runs(path: str) -> bool:
    done = subprocess.run([path, "--version"], capture_output=True, timeout=180, check=False)
    return done.returncode == 0 and b"Firefox" in done.stdout


class Firefox:
    """One window. Elements are Marionette's references."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=180)
        self._number = 0
        self._read()
        self.ask("WebDriver:NewSession", capabilities={})

    def ask(self, command: str, **parameters: Any) -> Any:
        self._number += 1
        sent = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(sent), sent))
        _kind, _number, error, result = self._read()
        if error is not None:
            raise FirefoxError(f"{command}: {error['error']}: {error['message']}")
        return result.get("value") if isinstance(result, dict) and set(result) == {"value"} else result

    def visit(self, url: str) -> None:
        self.ask("WebDriver:Navigate", url=url)

    @property
    def url(self) -> str:
        """Of the window, whatever frame is looked into."""
        found: str = self.ask("WebDriver:GetCurrentURL")
        return found

    def run(self, script: str, *arguments: Any) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def element(self, script: str) -> str:
        """What `script` returns, waited for until it returns one."""
        found: list[str] = []

        def there() -> bool:
            value = self.run(script)
            found.extend([value[_ELEMENT]] if value else [])
            return bool(found)

        wait_until(there, says=lambda: f"never there: {script}")
        return found[0]

    def find(self, query: str) -> str:
        return self.element(f"return document.querySelector({json.dumps(query)})")

    def click(self, query: str) -> None:
        self.ask("WebDriver:ElementClick", id=self.find(query))

    def type(self, query: str, text: str) -> None:
        self.ask("WebDriver:ElementSendKeys", id=self.find(query), text=text)

    def into(self, element: str | None) -> None:
        """Look into a frame; None: at the whole window again."""
        self.ask("WebDriver:SwitchToFrame", **({"element": element} if element else {"id": None}))

    def cookies(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("WebDriver:GetCookies")
        return found

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._some(1)
        rest = int(size[:-1])
        parts = []
        while rest:
            parts.append(self._some(rest))
            rest -= len(parts[-1])
        return json.loads(b"".join(parts))

    def _some(self, most: int) -> bytes:
        found = self._socket.recv(most)
        if not found:
            raise FirefoxError("Firefox has gone")
        return found


class FirefoxError(RuntimeError):
    """What Marionette says of a command that failed."""


@contextmanager
def firefox(path: str, folder: Path, preferences: Mapping[str, Any]) -> Iterator[Firefox]:
    """A Firefox with a profile of its own."""
    port = free_port()
    own = {**_PREFERENCES, "marionette.port": port, **preferences}
    profile = folder / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in own.items()]
    (profile / "user.js").write_text("\n".join(lines))
    with (folder / "firefox.log").open("wb") as log:
        popen = subprocess.Popen(
            [path, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "MOZ_HEADLESS": "1"},
        )  # fmt: skip
        try:
            yield _connected(port)
        finally:
            popen.terminate()
            popen.wait(timeout=180)


def _connected(port: int) -> Firefox:
    found: list[Firefox] = []

    def there() -> bool:
        try:
            found.append(Firefox(port))
        except (ConnectionError, FirefoxError):
            return False
        return True

    wait_until(there, says=lambda: "Firefox did not come up")
    return found[0]
