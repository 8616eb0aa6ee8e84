"""Documents that editors hand in: what may be handed in, and that a browser keeps what it gets and runs none of it."""

from typing import Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model

from almoner.charities.models import Charity

pytestmark = pytest.mark.once
RUNS: Final = b"<script>alert(1)</script>"


def hand_in(editor: Client, name: str) -> str:
    """The answer's text; "" where it was taken."""
    sent = {"title": "A report", "file": SimpleUploadedFile(name, RUNS), "collection": "1"}
    answer = editor.post(reverse("wagtaildocs:add"), sent)
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xml", "a.js", "a.xhtml", "a"])
def test_uploads_what_a_browser_would_run_is_no_document(charity: Charity, editor: Client, name: str) -> None:
    assert "is not allowed" in hand_in(editor, name)
    assert not get_document_model().objects.exists()


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_uploads_a_document_is_an_attachment_whose_kind_is_not_guessed(
    charity: Charity, editor: Client, name: str
) -> None:
    assert hand_in(editor, name) == ""
    answer = Client().get(get_document_model().objects.get().url)
    assert answer.status_code == 200 and b"".join(answer) == RUNS
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"].partition(";")[0] in ("text/plain", "text/csv")
    assert answer["Content-Security-Policy"] == "default-src 'none'"
