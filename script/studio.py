"""The studio behind script/take_pictures.py: a demonstration, a browser before it, and pictures kept small."""

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "pictures"
_LARGEST_BYTES: Final = 195_000
_COLOURS: Final = 200
_PAPER: Final = "#faf7f2"
_GAP: Final = 24
CHROMIUM_ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--hide-scrollbars",
)  # fmt: skip
PHONE: Final = 360
TABLET: Final = 768
DESK: Final = 1280


@dataclass(frozen=True)
class Demo:
    """A running demonstration: its address, the path of its story, and how staff sign in."""

    base: str
    story: str
    password: str


@dataclass
class Studio:
    """A browser before a demonstration. `page(width)` is a visitor who was never here."""

    demo: Demo
    browser: Browser
    taken: list[str] = field(default_factory=list)
    _staff: Page | None = None

    def page(self, width: int = DESK, height: int = 900, **options: Any) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            **({"base_url": self.demo.base, "reduced_motion": "reduce", "locale": "en-AU"} | options),
        )
        context.set_default_timeout(20_000)
        return context.new_page()

    def staff(self) -> Page:
        """A page of somebody who has signed in."""
        if self._staff is None:
            page = self._staff = self.page(DESK, 900)
            page.goto("/admin/login/")
            page.get_by_label("Username").fill("staff")
            page.get_by_label("Password").fill(self.demo.password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/admin/")
        return self._staff

    def keep(self, name: str, image: Image.Image) -> None:
        """Write a picture as a small PNG: few colours, and smaller until it fits the limit."""
        path = TARGET / f"{name}.png"
        while True:
            few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
            out = io.BytesIO()
            few.save(out, "PNG", optimize=True)
            if out.tell() <= _LARGEST_BYTES:
                break
            image = image.resize((image.width * 9 // 10, image.height * 9 // 10), Image.Resampling.LANCZOS)
        path.write_bytes(out.getvalue())
        self.taken.append(name)
        print(f"{path.relative_to(ROOT)}  {image.width}x{image.height}  {out.tell() // 1024} KB", flush=True)


# ---- Looking at a page ---------------------------------------------------------------------------------------------


def shot(page: Page, **options: Any) -> Image.Image:
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide", **options))).convert(
        "RGB"
    )


def form_shot(page: Page, *, margin: int = 28, most: int | None = None) -> Image.Image:
    """The form's card with some of the page around it; `most` cuts it off below so many pixels."""
    box = page.locator("#giving").bounding_box()
    assert box is not None
    top = page.evaluate("scrollY")
    width = page.viewport_size["width"] if page.viewport_size else DESK
    left = max(0, box["x"] - margin)
    height = box["height"] + 2 * margin
    clip = {
        "x": left,
        "y": max(0, box["y"] + top - margin),
        "width": min(width, box["x"] + box["width"] + margin) - left,
        "height": min(height, most) if most else height,
    }
    return shot(page, full_page=True, clip=clip)


def strip(images: list[Image.Image], *, width: int) -> Image.Image:
    """Pictures side by side on the page's own ground, as wide together as asked."""
    total = sum(image.width for image in images) + _GAP * (len(images) + 1)
    sheet = Image.new("RGB", (total, max(image.height for image in images) + 2 * _GAP), _PAPER)
    left = _GAP
    for image in images:
        sheet.paste(image, (left, _GAP))
        left += image.width + _GAP
    return sheet.resize((width, sheet.height * width // sheet.width), Image.Resampling.LANCZOS)


def until(page: Page, text: str, *, seconds: float = 150) -> None:
    """Load the page again until it says `text`: the worker and the sweeps have their own pace."""
    expect(page.locator("body")).to_be_visible()
    for _ in range(int(seconds)):
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(1000)  # a person's patience between two looks
        page.reload()
    raise AssertionError(f"the page never said {text!r}:\n{page.locator('main').inner_text()}")


def tall(page: Page, height: int = 1250) -> None:
    """Wagtail scrolls inside its page, so a whole page is seen only in a tall window."""
    page.set_viewport_size({"width": DESK, "height": height})


# ---- The demonstration ---------------------------------------------------------------------------------------------


@contextmanager
def demonstration() -> Iterator[Demo]:
    """`almoner demo` on a free port and in a folder of its own, stopped as a person would: by Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="almoner-pictures-") as folder:
        env = os.environ | {
            "ALMONER_DATA_DIR": folder,
            "ALMONER_SANDBOX_STALL_SECONDS": "2",
            "ALMONER_WORKERS": "1",
            # Where a scene's own receiver of webhooks stands.
            "ALMONER_WEBHOOK_HOSTS": "localhost",
            "PYTHONUNBUFFERED": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "almoner", "demo", "--port", "0"],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _said(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


@contextmanager
def receiver(statuses: list[int]) -> Iterator[str]:
    """The address of a receiver of webhooks that gives these answers in turn, the last one again and again."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/almoner"
        server.shutdown()


def _said(process: "subprocess.Popen[str]") -> Demo:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if "Ctrl-C" in line:
            break
    base = re.search(r"Ready: (http://\S+?)/\n", text)
    story_url = re.search(r"story to give from\s+http://[^/]+(\S+)", text)
    password = re.search(r"password (\S+)", text)
    if not (base and story_url and password):
        raise RuntimeError(f"the demonstration did not start:\n{text}")
    return Demo(base[1], story_url[1], password[1])
