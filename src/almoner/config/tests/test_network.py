import pytest

from almoner.config.network import client_address


@pytest.mark.parametrize(
    ("forwarded_for", "trusted_proxies", "expected"),
    [
        # Nobody in front is trusted: the header is the client's own invention.
        ("203.0.113.9", 0, "198.51.100.7"),
        ("203.0.113.9", 1, "203.0.113.9"),
        # What the client wrote itself stands to the left of what our proxy added.
        ("10.0.0.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9, 192.0.2.3", 2, "203.0.113.9"),
        # Fewer entries than proxies: somebody came round them.
        ("203.0.113.9", 2, "198.51.100.7"),
        ("", 1, "198.51.100.7"),
        ("nonsense", 1, "198.51.100.7"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
    ],
)
def test_proxies_counts_from_the_right(forwarded_for: str, trusted_proxies: int, expected: str) -> None:
    assert client_address(forwarded_for, peer="198.51.100.7", trusted_proxies=trusted_proxies) == expected
