"""A CAMT.053 file as a bank would write it, entry by entry."""

from collections.abc import Sequence
from xml.sax.saxutils import escape


def entry(
    amount: str,
    *,
    side: str = "CRDT",
    status: str = "<Cd>BOOK</Cd>",
    day: str = "2026-11-20",
    details: str = "",
    bank_id: str = "",
    extra: str = "",
    currency: str = "EUR",
) -> str:
    number = f"<AcctSvcrRef>{bank_id}</AcctSvcrRef>" if bank_id else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{number}"
        f"<NtryDtls>{details}</NtryDtls>{extra}</Ntry>"
    )


def detail(
    *, text: Sequence[str] = (), name: str = "", reference: str = "", amount: str = "", new: bool = True
) -> str:
    own = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    party = f"<Pty><Nm>{escape(name)}</Nm></Pty>" if new else f"<Nm>{escape(name)}</Nm>"
    parties = f"<RltdPties><Dbtr>{party}</Dbtr></RltdPties>" if name else ""
    free = "".join(f"<Ustrd>{escape(each)}</Ustrd>" for each in text)
    structured = f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else ""
    return f"<TxDtls>{own}{parties}<RmtInf>{free}{structured}</RmtInf></TxDtls>"


def document(
    *entries: str,
    opening: str = "",
    closing: str = "",
    iban: str = "DE89370400440532013000",
    version: str = "08",
) -> bytes:
    def balance(code: str, amount: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
        )

    balances = (balance("OPBD", opening) if opening else "") + (balance("CLBD", closing) if closing else "")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr/>'
        f"<Stmt><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{''.join(entries)}</Stmt>"
        f"</BkToCstmrStmt></Document>"
    ).encode()
