"""A form on other sites: the list of them, what editors copy, and the QR code that a reader reads."""

import html
import io
import re
import zipfile
from xml.etree import ElementTree

import pikepdf
import pytest
from django.test import Client

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_forms import make
from almoner.giving import speaking
from almoner.giving.models import DonationForm
from almoner.receipts.tests.paper import text_of


@pytest.fixture
def editor(world: World) -> Client:
    world.tide.form.frame_sites = "https://www.example.org"
    world.tide.form.save()
    return world.client("editor")


def page(client: Client, world: World, **asked: str) -> str:
    answer = client.get(f"/admin/forms/elsewhere/{world.tide.form.pk}/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def snippet(text: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_list_of_sites_is_kept_as_origins(world: World) -> None:
    editor = world.client("editor")
    typed = "https://WWW.Example.org/\r\nhttps://news.example.net:8443"
    assert make(editor, world, frame_sites=typed).status_code == 302
    made = DonationForm.objects.get(slug="winter")
    assert made.frame_sites == "https://www.example.org\nhttps://news.example.net:8443"


def test_a_site_that_is_none_is_said_and_nothing_is_kept(world: World) -> None:
    answer = make(world.client("editor"), world, frame_sites="https://ok.example\nhttps://*.example.org")
    text = answer.content.decode()
    assert "would let more than one site in. Write each site on a line of its own." in text
    assert "https://*.example.org" in text, "what was typed is kept"
    assert not DonationForm.objects.filter(slug="winter").exists()


def test_what_is_copied_is_what_was_chosen(editor: Client, world: World) -> None:
    asked = {
        "amount": "50",
        "appeal": "XMAS26",
        "primary": "#7A1F4B",
        "button": 'Give "now"',
        "words": "Help <us>",
    }
    found = snippet(page(editor, world, site="https://www.example.org", **asked))
    assert found == (
        '<script src="http://127.0.0.1:8000/almoner-form.js" async></script>\n'
        '<almoner-form form="4840" amount="50" appeal="XMAS26" primary="#7a1f4b" button="Give &quot;now&quot;">'
        '<a href="http://127.0.0.1:8000/give/4840/?amount=50&amp;appeal=XMAS26">Help &lt;us&gt;</a></almoner-form>'
    )


def test_a_site_sees_what_its_pages_would_show(editor: Client, world: World) -> None:
    listed = page(editor, world, site="https://www.example.org")
    assert "<strong>https://www.example.org is on this form’s list.</strong>" in listed
    unlisted = page(editor, world, site="https://other.example")
    assert "<strong>https://other.example is not on this form’s list.</strong>" in unlisted
    assert "<almoner-form" not in unlisted, "shown is the link, as there"
    assert "script-src http://127.0.0.1:8000; frame-src http://127.0.0.1:8000" in unlisted
    wrong = page(editor, world, site="other.example", amount="50")
    assert "as it stands before a page’s path" in html.unescape(wrong).replace("'", "’")
    assert 'value="other.example"' in wrong and "To copy" not in wrong


def test_the_qr_code_leads_to_the_link(editor: Client, world: World) -> None:
    """As a drawing, and on a page to print whose link is the same."""
    where = f"/admin/forms/elsewhere/{world.tide.form.pk}"
    drawing = editor.get(f"{where}/qr.svg", {"amount": "50"})
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert drawing.headers["Content-Disposition"] == 'attachment; filename="give-qr.svg"'
    root = ElementTree.fromstring(drawing.content)  # noqa: S314 (our own)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "http://127.0.0.1:8000/give/4840/?amount=50"
    printed = editor.get(f"{where}/qr.pdf", {"amount": "50"})
    assert printed.headers["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(printed.content)) as pdf:
        assert len(pdf.pages) == 1
        links = [str(each.A.URI) for each in pdf.pages[0].Annots]
        assert links == ["http://127.0.0.1:8000/give/4840/?amount=50"]
        assert pdf.docinfo["/Title"] == world.tide.form.title


def test_the_plugin_is_there_to_be_downloaded(editor: Client) -> None:
    answer = editor.get("/admin/forms/elsewhere/almoner.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="almoner.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None and "almoner/almoner.php" in archive.namelist()


def test_the_poster_says_the_form_s_words_in_a_language(editor: Client, world: World) -> None:
    speaking.keep(world.tide.charity, "de", {world.tide.form.title: "Ein Licht"}, actor=world.users["editor"])
    where = f"/admin/forms/elsewhere/{world.tide.form.pk}"
    german, french = (
        text_of(editor.get(f"{where}/qr.pdf", {"language": language}).content) for language in ("de", "fr")
    )
    assert "Ein Licht" in german and world.tide.form.title not in german
    assert world.tide.form.title in french and "Ein Licht" not in french
