"""The demo's mail, as files and on its pages."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from almoner.config.mailbox import EmailBackend

SCRIPT = "<script>alert('no')</script>"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


def send(subject: str = "Your receipt 000001") -> None:
    message = EmailMultiAlternatives(
        subject, f"Thank you. {SCRIPT}", "giving@example.org", ["Zoë <zoe@example.org>"]
    )
    message.attach_alternative(f"<p>Thank you.</p>{SCRIPT}", "text/html")
    message.attach("receipt 1.pdf", b"%PDF-1.7 bytes", "application/pdf")
    message.attach("page.html", f"<p>{SCRIPT}</p>", "text/html")
    assert EmailBackend().send_messages([message]) == 1


def test_a_message_is_one_whole_file(folder: Path) -> None:
    send()
    (file,) = folder.iterdir()
    assert file.suffix == ".eml"
    assert b"Subject: Your receipt 000001" in file.read_bytes()


def test_the_list_is_newest_first(client: Client) -> None:
    assert "No mail yet" in client.get("/sandbox/mail/").content.decode()
    send("One")
    send("Two")
    answer = client.get("/sandbox/mail/")
    assert re.findall(r">(One|Two)</bdi>", answer.content.decode()) == ["Two", "One"]
    assert answer["Cache-Control"] == "no-store"


def test_a_message_is_shown_and_its_scripts_do_nothing(client: Client, folder: Path) -> None:
    send()
    name = next(folder.iterdir()).stem
    shown = client.get(f"/sandbox/mail/{name}/").content.decode()
    assert SCRIPT not in shown and "&lt;script&gt;" in shown
    assert "zoe@example.org" in shown
    assert "<h1><bdi>Your receipt 000001</bdi></h1>" in shown
    (frame,) = re.findall(r'<iframe src="([^"]+)"[^>]* sandbox>', shown)
    framed = client.get(frame)
    assert (
        "sandbox" in framed["Content-Security-Policy"]
        and "script-src" not in framed["Content-Security-Policy"]
    )

    pdf, html = (client.get(link) for link in re.findall(r'<a href="(/sandbox/mail/[^"]+/\d+/)"', shown))
    assert (pdf["Content-Type"], pdf.content) == ("application/pdf", b"%PDF-1.7 bytes")
    assert pdf["Content-Disposition"] == 'inline; filename="receipt 1.pdf"'
    assert "sandbox" in html["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["nothing/", "../secret/", "nothing/0/"])
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(f"/sandbox/mail/{path}").status_code == 404
