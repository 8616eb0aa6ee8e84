"""Receivers that fail, stall, trickle, lead elsewhere, and names that lead inside: what is sent, and to whom."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.support.server import free_port

from almoner.kernel import trusted
from almoner.kernel.reachable import Address
from almoner.webhooks.addresses import AddressRefused, target_of
from almoner.webhooks.calling import Calling, Outcome
from almoner.webhooks.tests.conftest import Answer, Receiver

pytestmark = pytest.mark.once
# So long that a machine under load is never taken for a receiver that is silent; how long one that is silent is waited
# for; and how long it would be silent.
PATIENT_SECONDS = 30.0
SECONDS = 0.6
_STALLS_SECONDS = 30.0


def post(url: str, **how: Any) -> Outcome:
    return Calling(**({"whole_seconds": PATIENT_SECONDS} | how)).post(
        url, headers={"webhook-id": "msg_1", "Content-Type": "application/json"}, body=b'{"a":"\xc3\xa9"}'
    )


def at(*addresses: str) -> Callable[[str, int], list[Address]]:
    return lambda host, port: [ipaddress.ip_address(each) for each in addresses]


# ---- Answers ---------------------------------------------------------------------------------------------------------


def silent(receiver: Receiver) -> Answer:
    def stall(handler: BaseHTTPRequestHandler) -> None:
        receiver.over.wait(_STALLS_SECONDS)

    return stall


def dripping(receiver: Receiver, text: bytes) -> Answer:
    """A byte at a time, each soon enough for a reader that only watches the clock between two."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        for byte in text * 1000:
            if receiver.over.wait(0.05):
                return
            handler.wfile.write(bytes([byte]))

    return drip


def says(text: bytes) -> Answer:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)

    return write


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_success_is_one(receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {}, b"")]
    outcome = post(f"{receiver.base}/a?b=c")
    assert (outcome.arrived, outcome.status) == (True, status)
    (heard,) = receiver.heard
    assert (heard.path, heard.body) == ("/a?b=c", b'{"a":"\xc3\xa9"}')
    assert heard.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (heard.headers["webhook-id"], heard.headers["connection"]) == ("msg_1", "close")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:{port}/inside", "http://169.254.169.254/latest/meta-data/", "/own"]
)
def test_ssrf_nobody_follows_where_a_receiver_leads(receiver: Receiver, status: int, to: str) -> None:
    receiver.answers = [(status, {"Location": to.format(port=receiver.port)}, b"")]
    outcome = post(f"{receiver.base}/a")
    assert (outcome.arrived, outcome.status) == (False, status)
    assert [heard.path for heard in receiver.heard] == ["/a"]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_a_refusal_is_kept_with_its_first_words(receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {"Retry-After": "7"}, "é\0".encode() * 5000)]
    outcome = post(receiver.base)
    assert (outcome.arrived, outcome.status, outcome.retry_after_seconds) == (False, status, 7.0)
    assert outcome.answer == "é\ufffd" * 512


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("60", 60), ("9" * 40, 999_999_999), ("soon", None), ("-5", None), ("Thu, 01 Jan 2026 00:00:00 GMT", 0)],
)
def test_how_long_it_asks_to_be_left_alone(receiver: Receiver, value: str, seconds: float | None) -> None:
    receiver.answers = [(503, {"Retry-After": value}, b"")]
    assert post(receiver.base).retry_after_seconds == seconds


@pytest.mark.parametrize("stalls", ["before", "in the head", "in the body"])
def test_the_whole_has_so_many_seconds_however_it_trickles(receiver: Receiver, stalls: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"
    receiver.answers = [
        {
            "before": silent(receiver),
            "in the head": dripping(receiver, b"HTTP/1.1 200 OK\r\nX-A: b"),
            "in the body": lambda handler: (handler.wfile.write(head), dripping(receiver, b"x")(handler))[1],  # type: ignore[operator]
        }[stalls]
    ]
    # The head of an answer has to be read before.
    seconds = 5 * SECONDS if stalls == "in the body" else SECONDS
    outcome = post(receiver.base, whole_seconds=seconds)
    assert seconds * 900 < outcome.took_ms < _STALLS_SECONDS * 1000
    # What was said in the head counts, whatever the body does.
    assert (outcome.status, outcome.why) == ((200, "") if stalls == "in the body" else (0, "too_slow"))


@pytest.mark.parametrize(
    "text", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_what_is_no_answer_is_none(receiver: Receiver, text: bytes) -> None:
    receiver.answers = [says(text)]
    outcome = post(receiver.base)
    assert (outcome.arrived, outcome.why) == (False, "broken")


def test_nobody_there_is_said_so(receiver: Receiver) -> None:
    assert post(f"http://127.0.0.1:{free_port()}/").why == "not_connected"
    assert post("https://nowhere.example/", resolve=at()).why == "no_such_name"


def test_a_name_that_takes_for_ever_is_not_waited_for(receiver: Receiver) -> None:
    def slow(host: str, port: int) -> list[Address]:
        receiver.over.wait(_STALLS_SECONDS)
        return []

    outcome = post("https://slow.example/", resolve=slow, whole_seconds=SECONDS)
    assert (outcome.why, outcome.took_ms < _STALLS_SECONDS * 1000) == ("too_slow", True)


# ---- Whom is called --------------------------------------------------------------------------------------------------

INNER = (
    "127.0.0.1", "127.8.8.8", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1",
    "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "::127.0.0.1", "fec0::1", "2001:db8::1",
)  # fmt: skip


class Dialled:
    """What is connected to, in place of connecting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.to: list[tuple[str, int]] = []
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", self._connect)

    def _connect(self, host: str, port: int, **_: Any) -> Any:
        self.to.append((host, port))
        raise httpcore.ConnectError


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Dialled:
    return Dialled(monkeypatch)


def test_ssrf_a_name_that_leads_inside_is_not_called(dialled: Dialled) -> None:
    for address in INNER:
        assert post("https://hooks.example.org/", resolve=at(address)).why == "not_public", address
        # One good address among them makes it no better.
        assert post("https://hooks.example.org/", resolve=at("93.184.216.34", address)).why == "not_public"
    assert dialled.to == []


def test_ssrf_a_name_that_changes_its_mind_is_called_where_it_was_looked_at(dialled: Dialled) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"], ["169.254.169.254"]]

    def rebinding(host: str, port: int) -> list[Address]:
        return [ipaddress.ip_address(each) for each in answers.pop(0)]

    assert post("https://hooks.example.org/", resolve=rebinding).why == "not_connected"
    assert dialled.to == [("93.184.216.34", 443)]
    assert len(answers) == 2
    # The next try looks again, and sees what the name has become.
    assert post("https://hooks.example.org/", resolve=rebinding).why == "not_public"
    assert len(dialled.to) == 1


def test_ssrf_no_address_that_staff_could_type_leads_inside(dialled: Dialled, settings: Any) -> None:
    """By the form, or by what systems make of it: numbers are written in many ways."""
    settings.ALMONER_WEBHOOK_HOSTS = frozenset()
    odd = ("https://0x7f.1/", "https://127.1/")
    written = [
        *odd,
        *(f"https://[{each}]/" if ":" in each else f"https://{each}/" for each in INNER),
        "https://2130706433/", "https://0177.0.0.1/", "https://localhost/",
        "https://127.0.0.1./", "https://[::ffff:7f00:1]/", "https://①②⑦.0.0.1/", "http://example.org/",
        "https://example.org:22/", "https://example.org:8080/", "https://user:pw@example.org/",
        "https://example.org/#x", "ftp://example.org/", "gopher://example.org/", "file:///etc/passwd", "//example.org",
        "https://", "", "https://exa mple.org/", "https://example.org/\r\nHost: x", "https://example.org\\@127.0.0.1/",
        f"https://example.org/{'a' * 500}",
    ]  # fmt: skip
    for url in written:
        outcome = post(url)
        # The first is what the form refuses too, and the second what only systems read as a number.
        assert outcome.why == ("not_public" if url in odd else "address"), (url, outcome)
    assert dialled.to == []


def test_addresses_of_the_public_internet_may_be_typed(settings: Any) -> None:
    settings.ALMONER_WEBHOOK_HOSTS = frozenset({"crm.internal"})
    assert target_of(" https://Hooks.Example.org/a?b=c ").host == "hooks.example.org"
    assert target_of("https://bücher.example/x").host == "xn--bcher-kva.example"
    assert target_of("https://example.org:8443").port == 8443
    assert target_of("http://crm.internal:8080/x").inside
    named = {
        "https://hooks.example.org/": "hooks.example.org", "http://crm.internal:8080/": "crm.internal:8080",
        "https://[2606:2800:220:1::1]:8443/": "[2606:2800:220:1::1]:8443",
    }  # fmt: skip
    assert {url: target_of(url).authority for url in named} == named
    with pytest.raises(AddressRefused, match="https"):
        target_of("http://example.org/")


def test_no_proxy_of_the_environments_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    assert post(f"{receiver.base}/straight").arrived
    assert receiver.heard[0].path == "/straight"


# ---- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tls_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A server that says 204 to everybody, with a certificate for hooks.example, which is trusted here alone."""
    settings.ALMONER_WEBHOOK_HOSTS = frozenset({"hooks.example", "other.example"})
    pem = tmp_path / "hooks.pem"
    pem.write_bytes(_certificate("hooks.example"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    trusting = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(trusted, "authorities", lambda: trusting)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    heard = b""
                    while not heard.endswith(b"}"):
                        heard += connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except ssl.SSLError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _certificate(name: str) -> bytes:
    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(moment - timedelta(days=1))
    made = made.not_valid_after(moment + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_a_certificate_is_held_against_the_name_and_not_the_address(tls_port: int) -> None:
    here = at("127.0.0.1")
    assert post(f"https://hooks.example:{tls_port}/", resolve=here).status == 204
    assert post(f"https://other.example:{tls_port}/", resolve=here).why == "tls"


def test_a_certificate_of_nobody_is_none(tls_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nor does the environment say who is trusted.
    monkeypatch.undo()
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    trusted.authorities.cache_clear()
    url = f"https://hooks.example:{tls_port}/"
    assert post(url, resolve=at("127.0.0.1")).why == "tls"
