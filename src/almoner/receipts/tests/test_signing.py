import base64
from typing import Any

import pytest

from almoner.receipts.facts import canonical_bytes
from almoner.receipts.signing import KeyInvalid, key_id_of, signing_keys, verify
from almoner.receipts.tests.paper import FACTS

SEED_OLD = base64.b64encode(b"o" * 32).decode()
SEED_NEW = base64.b64encode(b"n" * 32).decode()


def test_a_signature_holds_for_its_bytes_and_key_alone() -> None:
    key = signing_keys()[0]
    message = canonical_bytes(FACTS)
    signature = key.sign(message)
    assert signature.key_id == key.key_id == key_id_of(key.public)
    assert verify(message, signature.value, public=key.public)
    assert not verify(message.replace(b"5000", b"9000"), signature.value, public=key.public)
    assert not verify(message, signature.value[:-4] + "AAA=", public=key.public)
    other = base64.b64encode(b"\x01" * 32).decode()
    assert not verify(message, signature.value, public=other)


@pytest.mark.parametrize("wrong", ["", "not base64!", "AAAA"])
def test_what_is_no_signature_or_key_is_simply_false(wrong: str) -> None:
    key = signing_keys()[0]
    assert not verify(b"x", wrong, public=key.public)
    assert not verify(b"x", key.sign(b"x").value, public=wrong)


def test_keys_rotate_and_the_first_signs(settings: Any) -> None:
    settings.ALMONER_RECEIPT_KEYS = [SEED_OLD]
    old = signing_keys()[0]
    settings.ALMONER_RECEIPT_KEYS = [SEED_NEW, SEED_OLD]
    new, kept = signing_keys()
    assert kept == old or kept.public == old.public
    assert new.public != old.public
    assert verify(b"x", old.sign(b"x").value, public=kept.public)


def test_without_keys_they_come_from_the_secret_key_and_its_fallbacks(settings: Any) -> None:
    settings.ALMONER_RECEIPT_KEYS = []
    settings.SECRET_KEY = "first " * 10
    first = signing_keys()[0]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second " * 10, ["first " * 10]
    second, again = signing_keys()
    assert again.public == first.public != second.public


@pytest.mark.parametrize("wrong", ["%%%", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused_by_the_settings_name(settings: Any, wrong: str) -> None:
    settings.ALMONER_RECEIPT_KEYS = [wrong]
    with pytest.raises(KeyInvalid, match="ALMONER_RECEIPT_KEYS"):
        signing_keys()
