"""Whether mail can leave, and whether the world believes that it comes from its sender."""

import smtplib
from collections.abc import Iterator
from typing import Final

import dns.exception
import dns.resolver
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from almoner.charities.models import Charity
from almoner.config.diagnosis import LOOK, OK, WRONG, Finding
from almoner.kernel.environment import Environment

_TIMEOUT_SECONDS: Final = 5.0


def server() -> Iterator[Finding]:
    """Speak to the mail server as far as one can without sending: connect, greet, encrypt, sign in, NOOP."""
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        name = type(backend).__module__.rpartition(".")[2]
        yield Finding("mail server", OK if settings.MODE != "production" else LOOK, _unasked(name))
        return
    try:
        backend.open()
        assert backend.connection is not None
        code, _ = backend.connection.noop()
        backend.close()
    except smtplib.SMTPAuthenticationError:
        yield Finding("mail server", WRONG, "refuses our user and password", "see ALMONER_MAIL_URL")
    except (smtplib.SMTPException, OSError) as error:
        where = f"{backend.host}:{backend.port}"
        yield Finding(
            "mail server", WRONG, f"{where} can't be used ({type(error).__name__})", "see ALMONER_MAIL_URL"
        )
    else:
        state = OK if code == 250 else WRONG
        yield Finding("mail server", state, f"{backend.host}:{backend.port} takes our mail")


def _unasked(name: str) -> str:
    if name == "mailbox":
        return "mail is written into the data folder, and not sent"
    return f"{name}: can't be asked without sending; send yourself a receipt"


def senders(env: Environment) -> Iterator[Finding]:
    """The DNS of each sender's domain: MX, SPF, DKIM (if ALMONER_MAIL_DKIM_SELECTOR says which) and DMARC."""
    names = Names(env.text("ALMONER_DNS_RESOLVER"))
    selector = env.text("ALMONER_MAIL_DKIM_SELECTOR")
    addresses = {settings.DEFAULT_FROM_EMAIL, *Charity.objects.values_list("mail_from", flat=True)}
    for domain in sorted({address.rpartition("@")[2].rstrip(">").lower() for address in addresses}):
        try:
            yield from _domain(names, domain, selector)
        except Unanswered as silent:
            yield Finding(f"DNS of {domain}", WRONG, f"nobody answers for {silent}", "see the name servers")


class Unanswered(RuntimeError):
    """The resolver gave no answer, not even that there is none."""


class Names:
    """A resolver: the machine's own, or the one at `host:port`."""

    def __init__(self, at: str = "") -> None:
        self._resolver = dns.resolver.Resolver(configure=not at)
        if at:
            host, _, port = at.rpartition(":")
            self._resolver.nameservers = [host.strip("[]")]
            self._resolver.port = int(port)
        self._resolver.lifetime = _TIMEOUT_SECONDS

    def ask(self, name: str, kind: str) -> list[str]:
        """The records' texts, strings of TXT joined; empty when there are none. Raises `Unanswered`."""
        try:
            answer = self._resolver.resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise Unanswered(name) from error
        if kind == "TXT":
            return [b"".join(record.strings).decode("ascii", "replace") for record in answer]
        return [record.to_text() for record in answer]


def _domain(names: Names, domain: str, selector: str) -> Iterator[Finding]:
    about = f"DNS of {domain}"
    yield _mx(about, names, domain)
    yield _spf(about, [text for text in names.ask(domain, "TXT") if text.lower().startswith("v=spf1")])
    yield _dkim(about, names, domain, selector)
    yield _dmarc(about, names, domain)


def _mx(about: str, names: Names, domain: str) -> Finding:
    """Whether bounces and replies find a server. Without MX, mail goes to the domain's own address (RFC 5321, 5.1)."""
    servers = names.ask(domain, "MX")
    if any(_host_of(server) for server in servers):
        return Finding(about, OK, "MX: takes mail, so bounces and replies arrive")
    lost = "bounces and replies are lost: add an MX record that names a server"
    if servers:
        # "MX 0 ." says so on purpose (RFC 7505), and then the address doesn't count either.
        return Finding(about, WRONG, "MX: refuses all mail (a null MX)", lost)
    if names.ask(domain, "A") or names.ask(domain, "AAAA"):
        do = "make sure that a mail server listens there, or add an MX record"
        return Finding(about, OK, "MX: none, so mail goes to the domain's own address", do)
    return Finding(about, WRONG, "MX: takes no mail", lost)


def _host_of(record: str) -> str:
    """The server that an MX record names; "" for the root, which stands for none."""
    return record.split()[-1].rstrip(".")


def _spf(about: str, records: list[str]) -> Finding:
    if not records:
        return Finding(about, WRONG, "SPF: is missing", 'add TXT "v=spf1 include:your-mail-service -all"')
    if len(records) > 1:
        return Finding(about, WRONG, f"SPF: {len(records)} records, so none counts", "keep one")
    words = records[0].lower().split()
    if "+all" in words or "all" in words:
        return Finding(about, WRONG, "SPF: lets everybody send in your name", "end it with -all")
    return Finding(about, OK, f"SPF: {records[0]}")


def _dkim(about: str, names: Names, domain: str, selector: str) -> Finding:
    if not selector:
        do = "set ALMONER_MAIL_DKIM_SELECTOR to your mail service's selector"
        return Finding(about, LOOK, "DKIM: not asked, the selector is not known", do)
    where = f"{selector}._domainkey.{domain}"
    keys = [tag for text in names.ask(where, "TXT") for tag in text.replace(" ", "").split(";")]
    if any(tag.startswith("p=") and len(tag) > 2 for tag in keys):
        return Finding(about, OK, f"DKIM: a key stands at {where}")
    return Finding(about, WRONG, f"DKIM: no key stands at {where}", "publish your mail service's key")


def _dmarc(about: str, names: Names, domain: str) -> Finding:
    labels = domain.split(".")
    # A parent's policy covers its children, down to the registered name.
    for start in range(len(labels) - 1):
        parent = ".".join(labels[start:])
        for text in names.ask(f"_dmarc.{parent}", "TXT"):
            if text.lower().startswith("v=dmarc1"):
                return Finding(about, OK, f"DMARC: {text}")
    return Finding(about, WRONG, "DMARC: is missing", f'add TXT "v=DMARC1; p=none" at _dmarc.{domain}')
