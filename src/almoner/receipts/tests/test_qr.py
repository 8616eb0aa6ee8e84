"""The QR code on the page as it is printed, and where it leads."""

from urllib.parse import urlsplit

import segno
from django.test import Client

from almoner.receipts.sealing import document, facts_of, with_rows
from almoner.receipts.tests.conftest import Give, chain
from almoner.receipts.tests.qr import dots, rendered


def test_the_printed_code_leads_to_the_public_check(give: Give, client: Client) -> None:
    receipt = with_rows(chain(give())[0].pk)
    address = facts_of(receipt).check_url
    # Made anew from the address alone, by the library's own choice of everything but the mask.
    own = segno.make(address, error="m", micro=False, mask=2)
    assert own.version is not None
    printed = dots(rendered(document(receipt)), size=own.symbol_size(border=0)[0])
    assert printed == [[bool(dot) for dot in row] for row in own.matrix]
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "127.0.0.1:8000")
    page = client.get(parts.path)
    assert page.status_code == 200
    assert receipt.shown_number in page.content.decode()
