import json
import re
import struct
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from almoner.receipts import fonts, typesetting
from almoner.receipts.facts import DonorFacts, canonical_bytes, canonical_json
from almoner.receipts.signing import signing_keys, verify
from almoner.receipts.tests.paper import (
    A4_WIDTH_PT,
    CHARITY,
    FACTS,
    facts,
    opened,
    right_edge_pt,
    tags,
    text_of,
)
from almoner.receipts.typesetting import CannotTypeset, render_pdf

# Each script whose letters a PDF gives back in the order in which they were typed.
COPIED = {
    "Latin": "Łukasz Ñuñez-Þórðarson Đặng Thị Hương",
    "Devanagari": "देवेन्द्र शास्त्री",
    "Thai": "สมชาย ใจดี",
    "Chinese": "王小明",
    "Japanese": "山田 さくら",
    "Korean": "김철수",
    "Cyrillic": "Пётр Алексеевич",
    "Greek": "Ελένη Παπαδοπούλου",
    "Amharic": "ሰላማዊት ገብረ",
    "Tamil": "தமிழ்ச்செல்வி",
    "Georgian": "ნინო",
    "Armenian": "Արամ",
    "Bengali": "রবীন্দ্রনাথ",
    "Burmese": "အောင်ဆန်း",
}
# Poppler gives these back reordered, with marks moved, or word by word: setting them is what is asked.
SET = {
    "Arabic": "محمد بن عبد الله الحسيني",
    "Hebrew": "שָׂרָה בת־אברהם",
    "Khmer": "សុខ សុភា",
    "N'Ko": "ߒߞߏ",
    "Persian": "می\u200cخواهم",
}
needs_noto = pytest.mark.skipif(
    not any("noto" in path for path in fonts.font_dirs()), reason="the machine has no Noto fonts"
)


@needs_noto
@pytest.mark.parametrize("name", COPIED.values(), ids=COPIED.keys())
def test_names_of_every_script_reach_the_receipt(name: str) -> None:
    rendered = render_pdf(facts(name))
    assert not rendered.transliterated
    assert name in text_of(rendered.pdf)


@needs_noto
@pytest.mark.parametrize("name", SET.values(), ids=SET.keys())
def test_names_of_scripts_with_their_own_order_are_set_as_they_are(name: str) -> None:
    rendered = render_pdf(facts(name))
    assert not rendered.transliterated
    assert "?" not in text_of(rendered.pdf)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann\u0378 Lee", "Ann? Lee"),
        ("A\ue000B", "A?B"),
        ("A\ud800B", "A?B"),
        ("Ann \U000e1234", "Ann ?"),
    ],
)
def test_only_what_cannot_be_set_is_replaced_and_it_is_said(name: str, shown: str) -> None:
    rendered = render_pdf(facts(name))
    assert rendered.transliterated
    assert f"Thank you, {shown}." in text_of(rendered.pdf)


@needs_noto
def test_the_rest_of_a_name_stays_in_its_own_script() -> None:
    # No letter yet, so that no font of any machine has it.
    rendered = render_pdf(facts("Пётр \u0378\U000e0fff"))
    assert "Пётр" in text_of(rendered.pdf)
    assert rendered.transliterated


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") $x^2$ \\ @foo <bar> *b* _i_ `c` [x] // c /* = h',
        '"}; #read("/etc/passwd") {"',
        "#sys.inputs",
        "\\u{1F600} ~ -- --- ...",
    ],
)
def test_xss_a_name_is_never_markup(name: str) -> None:
    rendered = render_pdf(facts(name, fund=replace(FACTS.fund, name=name)))
    assert not rendered.transliterated
    assert text_of(rendered.pdf).count(name) == 3


def test_it_is_tagged_archivable_and_titled() -> None:
    pdf = opened(render_pdf(FACTS).pdf)
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfuaid:part"], metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == (
            "1",
            "3",
            "A",
        )
        assert metadata["dc:title"] == "Receipt for a tax-deductible gift 000123 – Tidelight Foundation"
        assert metadata["dc:creator"] == ["Tidelight Foundation Ltd"]
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert "/StructTreeRoot" in pdf.Root
    assert len(pdf.pages) == 1


def test_its_structure_can_be_read_aloud() -> None:
    found = tags(render_pdf(FACTS).pdf)
    assert found.count("/H1") == 1
    assert found.count("/H2") == 1
    assert found.count("/LI") == found.count("/Lbl") == found.count("/LBody") == 5
    assert found.count("/Figure") == 2
    assert found.count("/Link") == 1


def test_the_signed_facts_travel_in_the_pdf() -> None:
    key = signing_keys()[0]
    pdf = opened(render_pdf(FACTS, key.sign(canonical_bytes(FACTS))).pdf)
    assert list(pdf.attachments) == ["receipt.json"]
    assert str(pdf.Root.AF[0].AFRelationship) == "/Data"
    sealed = json.loads(pdf.attachments["receipt.json"].get_file().read_bytes())
    assert verify(canonical_json(sealed["facts"]), sealed["signature"], public=key.public)
    assert sealed["facts"]["number"] == "000123"
    assert sealed["key_id"] == key.key_id


def test_the_same_facts_are_the_same_bytes() -> None:
    signature = signing_keys()[0].sign(canonical_bytes(FACTS))
    assert render_pdf(FACTS, signature).pdf == render_pdf(FACTS, signature).pdf


def test_its_date_is_that_of_issue() -> None:
    pdf = opened(render_pdf(facts(issued_on=date(2024, 2, 29))).pdf)
    with pdf.open_metadata() as metadata:
        assert metadata["xmp:CreateDate"] == "2024-02-29T00:00:00Z"


def test_a_very_long_name_stays_on_the_page() -> None:
    rendered = render_pdf(facts("W" * 100))
    assert right_edge_pt(rendered.pdf) < A4_WIDTH_PT - 60
    assert text_of(rendered.pdf).count("W") >= 200


def test_ten_thousand_characters_still_make_a_receipt() -> None:
    assert len(opened(render_pdf(facts("ab c" * 2500)).pdf).pages) >= 1


# ---- What charities bring --------------------------------------------------------------------------------------------


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00\x00\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_logo_may_be_a_png() -> None:
    pdf = render_pdf(facts(charity=replace(CHARITY, logo=_png()))).pdf
    assert tags(pdf).count("/Figure") == 2


@pytest.mark.parametrize(
    "logo", [b"<svg", b"not an image", b"\x89PNG\r\n\x1a\nbroken, and of no use to anyone"]
)
def test_a_broken_logo_never_stops_a_receipt(logo: bytes) -> None:
    rendered = render_pdf(facts(charity=replace(CHARITY, logo=logo)))
    assert "$50.00 AUD" in text_of(rendered.pdf)
    assert not rendered.transliterated


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "", "red; }"])
def test_any_colour_gives_a_receipt_that_can_be_read(colour: str) -> None:
    assert render_pdf(facts(charity=replace(CHARITY, colour=colour))).pdf.startswith(b"%PDF-1.7")


# ---- What machines lack ----------------------------------------------------------------------------------------------


def _without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without any font: typst's own are all there is."""
    bare = fonts.typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])
    monkeypatch.setattr(fonts, "font_dirs", lambda: ("/nowhere",))
    monkeypatch.setattr(fonts, "collection", lambda dirs: bare)


def test_without_any_font_installed_there_is_still_a_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_fonts(monkeypatch)
    plain = render_pdf(FACTS)
    assert not plain.transliterated
    assert "Zoë O’Brien-Łukasz" in text_of(plain.pdf)
    japanese = render_pdf(facts("山田 さくら"))
    assert japanese.transliterated
    assert "ShanTian sakura" in text_of(japanese.pdf)


def test_a_language_whose_script_is_missing_falls_back_to_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_can_set", lambda text, dirs: text.isascii())
    rendered = render_pdf(facts(language="ar"))
    assert rendered.transliterated
    assert "Amount received" in text_of(rendered.pdf)
    assert str(opened(rendered.pdf).Root.Lang) == "en"


def test_a_machine_that_can_typeset_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(template: str, values: dict[str, Any], moment: object) -> bytes:
        raise typesetting.typst.TypstError("no")

    monkeypatch.setattr(typesetting, "_compile", refuse)
    monkeypatch.setattr(typesetting, "_can_set", lambda text, dirs: True)
    with pytest.raises(CannotTypeset):
        render_pdf(FACTS)


@needs_noto
@pytest.mark.parametrize(
    ("language", "said", "amount"),
    [
        ("de", "Erhaltener Betrag", "50,00 $ AUD"),
        ("fr", "Montant reçu", "50,00 $ AUD"),
        ("es", "Importe recibido", "50,00 $ AUD"),
        ("nl", "Ontvangen bedrag", "$ 50,00 AUD"),
        ("it", "Importo ricevuto", "50,00 $ AUD"),
        ("pt-br", "Valor recebido", "$ 50,00 AUD"),
    ],
)
def test_each_language_is_set_in_its_own_letters(language: str, said: str, amount: str) -> None:
    rendered = render_pdf(facts(language=language))
    text = re.sub(r"\s", " ", text_of(rendered.pdf))
    assert not rendered.transliterated
    assert said in text and amount in text
    assert str(opened(rendered.pdf).Root.Lang).lower() == language


# ---- Right to left ---------------------------------------------------------------------------------------------------


@needs_noto
def test_arabic_is_set_from_right_to_left() -> None:
    rendered = render_pdf(replace(FACTS, language="ar", donor=DonorFacts(name="محمد بن عبد الله")))
    pdf = opened(rendered.pdf)
    assert not rendered.transliterated
    assert str(pdf.Root.Lang) == "ar"
    assert str(pdf.Root.ViewerPreferences.Direction) == "/R2L"
    assert "$50.00 AUD" in text_of(rendered.pdf)
    assert len(pdf.pages) == 1
