"""`almoner check`, against a mail server and a name server on this machine."""

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from pytest_django import Settings as SettingsWrapper
from tests.support.mailsink import MailSink
from tests.support.server import free_port

from almoner.addresses import building
from almoner.addresses.tests.index_support import built, street
from almoner.charities.models import Charity
from almoner.config import diagnosis, maildns
from almoner.config.diagnosis import LOOK, OK, WRONG, Finding
from almoner.kernel.clock import now
from almoner.kernel.environment import Environment
from almoner.outbox.models import Periodic

SOUND = {
    ("example.org", "MX"): ["10 mx.example.org."],
    ("example.org", "TXT"): ['"v=spf1 include:mail.example.net -all"', '"something=else"'],
    ("pm._domainkey.example.org", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIGfMA0"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=reject"'],
}


class NameServer:
    """Answers from `zone`: (name, kind) -> records. A name that isn't there doesn't exist."""

    def __init__(self) -> None:
        self.zone: dict[tuple[str, str], list[str]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            wire, peer = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            asked = query.question[0]
            kind = dns.rdatatype.to_text(asked.rdtype)
            records = self.zone.get((asked.name.to_text(omit_final_dot=True), kind), [])
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if records:
                answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
            elif not any(name == asked.name.to_text(omit_final_dot=True) for name, _ in self.zone):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self._socket.sendto(answer.to_wire(), peer)

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


@pytest.fixture
def names(settings: object) -> Iterator[NameServer]:
    settings.DEFAULT_FROM_EMAIL = "Giving <giving@example.org>"  # type: ignore[attr-defined]
    server = NameServer()
    server.zone = dict(SOUND)
    yield server
    server.stop()


def senders(names: NameServer, *, selector: str = "pm") -> dict[str, Finding]:
    env = Environment({"ALMONER_DNS_RESOLVER": names.at, "ALMONER_MAIL_DKIM_SELECTOR": selector})
    return {finding.says.partition(":")[0]: finding for finding in maildns.senders(env)}


@pytest.mark.django_db
class TestNames:
    def test_a_sound_sender(self, names: NameServer) -> None:
        found = senders(names)
        assert {name: finding.state for name, finding in found.items()} == dict.fromkeys(
            ("MX", "SPF", "DKIM", "DMARC"), OK
        )
        assert all(finding.about == "DNS of example.org" for finding in found.values())

    @pytest.mark.parametrize(
        ("name", "kind", "records", "about", "state"),
        [
            ("example.org", "MX", [], "MX", WRONG),
            ("example.org", "TXT", [], "SPF", WRONG),
            ("example.org", "TXT", ['"v=spf1 -all"', '"v=spf1 a -all"'], "SPF", WRONG),
            ("example.org", "TXT", ['"v=spf1 a +all"'], "SPF", WRONG),
            ("pm._domainkey.example.org", "TXT", ['"v=DKIM1; p="'], "DKIM", WRONG),
            ("_dmarc.example.org", "TXT", [], "DMARC", WRONG),
        ],
    )
    def test_what_is_not_right(
        self, names: NameServer, name: str, kind: str, records: list[str], about: str, state: str
    ) -> None:
        names.zone[(name, kind)] = records
        found = senders(names)
        assert found[about].state == state
        assert found[about].do
        assert [finding.state for key, finding in found.items() if key != about] == [OK] * 3

    @pytest.mark.parametrize(
        ("records", "state", "says"),
        [
            # RFC 5321, 5.1: without MX, the domain's own address is its mail server.
            ({"A": ["192.0.2.1"]}, OK, "none, so mail goes to the domain's own address"),
            ({"AAAA": ["2001:db8::1"]}, OK, "none, so mail goes to the domain's own address"),
            # RFC 7505: a null MX refuses mail, whatever address there is.
            ({"MX": ["0 ."], "A": ["192.0.2.1"]}, WRONG, "refuses all mail"),
            ({"MX": ["0 .", "10 mx.example.org."]}, OK, "takes mail"),
            ({}, WRONG, "takes no mail"),
        ],
    )
    def test_where_bounces_go(
        self, names: NameServer, records: dict[str, list[str]], state: str, says: str
    ) -> None:
        del names.zone["example.org", "MX"]
        names.zone |= {("example.org", kind): texts for kind, texts in records.items()}
        found = senders(names)["MX"]
        assert found.state == state
        assert says in found.says

    def test_a_parents_policy_covers_its_children(self, names: NameServer, settings: object) -> None:
        settings.DEFAULT_FROM_EMAIL = "a@mail.example.org"  # type: ignore[attr-defined]
        assert senders(names)["DMARC"].state == OK

    def test_an_unknown_selector_is_left_to_a_person(self, names: NameServer) -> None:
        assert senders(names, selector="")["DKIM"].state == LOOK

    def test_a_resolver_that_is_silent_is_said_so(
        self, names: NameServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(maildns, "_TIMEOUT_SECONDS", 0.2)
        env = Environment({"ALMONER_DNS_RESOLVER": f"127.0.0.1:{free_port()}"})
        assert [finding.state for finding in maildns.senders(env)] == [WRONG]


class TestServer:
    def use(self, monkeypatch: pytest.MonkeyPatch, port: int, **options: object) -> Finding:
        backend = EmailBackend(host="127.0.0.1", port=port, timeout=60, **options)
        monkeypatch.setattr(maildns, "get_connection", lambda: backend)
        (finding,) = maildns.server()
        return finding

    def port(self, sink: MailSink) -> int:
        return int(sink.url.rpartition(":")[2])

    def test_one_that_takes_mail(self, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.use(monkeypatch, self.port(mail_sink)).state == OK
        assert mail_sink.messages == []

    def test_one_that_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        finding = self.use(monkeypatch, free_port())
        assert (finding.state, finding.do) == (WRONG, "see ALMONER_MAIL_URL")

    def test_one_that_does_not_encrypt(self, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.use(monkeypatch, self.port(mail_sink), use_tls=True).state == WRONG

    def test_one_that_refuses_our_password(
        self, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finding = self.use(monkeypatch, self.port(mail_sink), username="u", password="p")
        assert finding.state == WRONG


@pytest.mark.django_db
class TestDatabase:
    def states(self) -> dict[str, str]:
        return {finding.about: finding.state for finding in diagnosis.database()}

    def test_a_migrated_database_without_a_worker(self) -> None:
        found = self.states()
        assert (found["migrations"], found["append-only"], found["worker"]) == (OK, OK, LOOK)

    def test_a_worker_that_was_seen(self) -> None:
        Periodic.objects.create(name="sweep", next_at=now(), last_finished_at=now())
        assert self.states()["worker"] == OK
        Periodic.objects.update(last_finished_at=now() - timedelta(minutes=6))
        assert self.states()["worker"] == LOOK

    def test_a_missing_trigger_is_wrong(self) -> None:
        on = ' ON "charities_auditentry"' if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TRIGGER "charities_auditentry_no_update"{on}')
        assert self.states()["append-only"] == WRONG

    def test_a_migration_that_waits_is_wrong(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox'")
        assert self.states()["migrations"] == WRONG

    def test_what_may_lose_a_committed_gift_is_said(self) -> None:
        said = [
            (finding.state, finding.says) for finding in diagnosis.database() if finding.about == "database"
        ]
        if connection.vendor == "sqlite":
            # Write-ahead log, FULL sync, foreign keys and recursive triggers stand on every connection.
            assert said == [(OK, "SQLite answers")]
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers = OFF")
            states = [finding.state for finding in diagnosis.database() if finding.about == "database"]
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers = ON")
            assert states == [LOOK, OK]
        else:
            # The suite's own server is thrown away after the run, and syncs nothing.
            assert (LOOK, "fsync is off: a power cut may lose gifts") in said


class TestAddresses:
    @pytest.fixture
    def folder(self, tmp_path: Path, settings: object) -> Path:
        settings.ADDRESSES_DIR = tmp_path / "addresses"  # type: ignore[attr-defined]
        return tmp_path / "addresses"

    def build(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        built(street("George Street", "Sydney", "NSW", "2000", [1, 2]), path)

    def test_without_a_file_donors_type(self, folder: Path) -> None:
        (found,) = diagnosis.addresses()
        assert (found.about, found.state) == ("addresses", LOOK)
        assert "donors type their address" in found.says and "docs/how-to/addresses.md" in found.do

    def test_each_file_is_told_about(self, folder: Path) -> None:
        self.build(folder / "AU.addresses")
        (found,) = diagnosis.addresses()
        says = "test 2026-11, 2 addresses, built 0 days ago"
        assert (found.about, found.state, found.says) == ("addresses AU", OK, says)

    def test_an_old_one_is_to_be_looked_at(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Then(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return now() - timedelta(days=250)

        monkeypatch.setattr(building, "datetime", Then)
        self.build(folder / "AU.addresses")
        (found,) = diagnosis.addresses()
        assert (found.state, found.says[-18:]) == (LOOK, "built 250 days ago")
        assert "almoner addresses build … --country AU" in found.do

    def test_a_damaged_one_and_one_by_another_name_are_wrong(self, folder: Path) -> None:
        self.build(folder / "AU.addresses")
        self.build(folder / "GB.addresses")
        content = bytearray((folder / "AU.addresses").read_bytes())
        content[100] ^= 1
        (folder / "AU.addresses").write_bytes(content)
        damaged, misnamed = diagnosis.addresses()
        assert (damaged.about, damaged.state) == ("addresses AU", WRONG)
        assert "damaged in" in damaged.says and "build it again" in damaged.do
        assert (misnamed.about, misnamed.state) == ("addresses GB", WRONG)
        assert (misnamed.says, misnamed.do) == (
            f"{folder / 'GB.addresses'} is of AU",
            "name it AU.addresses",
        )


@pytest.mark.django_db
def test_charities_that_donors_cannot_get_to(settings: SettingsWrapper) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://give.example.org", ["give.example.org"]
    (none,) = diagnosis.charities()
    assert (none.state, none.says) == (LOOK, "there is none yet")
    assert "https://give.example.org/admin/" in none.do
    own = {"legal_name": "x", "country": "AU", "timezone": "Australia/Sydney", "currency": "AUD"}
    harbour = Charity.objects.create(slug="harbour", name="Harbour", is_default=True, **own)
    assert [(each.about, each.state) for each in diagnosis.charities()] == [("charities", OK)]
    harbour.hosts.create(host="harbour.example")
    Charity.objects.create(slug="lake", name="Lake", **own)
    assert [(each.about, each.state, each.says) for each in diagnosis.charities()] == [
        ("charity harbour", WRONG, "The server doesn’t answer at harbour.example yet: whoever runs it adds that to "
         "ALMONER_ALLOWED_HOSTS."),
        ("charity lake", WRONG, "Nobody can find Lake’s pages and forms: write under Hosts where they answer."),
    ]  # fmt: skip
