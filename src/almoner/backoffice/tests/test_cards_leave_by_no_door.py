"""Card numbers planted wherever staff, banks, files and other systems may write: none leaves by any door."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from almoner.api.tests.conftest import Api, api
from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import entered
from almoner.banking.models import BankAccount, Statement
from almoner.config import cli
from almoner.config.commands import check, export, importing
from almoner.config.wiring import HANDLERS
from almoner.giving.models import Gift
from almoner.giving.tests.test_card_numbers import NUMBER, PLANTED, bears, held
from almoner.kernel.cards import TAKEN_OUT
from almoner.outbox.worker import drain

__all__ = ["api"]

SPACED, DASHED = PLANTED[1:]


def bears_none(text: str, what: str) -> None:
    assert not bears(text), f"{what}: {text[:2000]}"


def command(*arguments: str) -> int:
    options = cli.parser().parse_args(list(arguments))
    code: int = {"import": importing, "export": export}[options.command].run(options)
    return code


def by_staff(world: World) -> None:
    client = world.client("superuser")
    planted = {"family_name": f"Hale {NUMBER}", "note": SPACED, "line1": f"1 {DASHED}", "appeal": NUMBER}
    refused = client.post("/admin/gifts/enter/", entered(world, **planted)).context["form"]
    assert set(refused.errors) == set(planted) and Gift.objects.count() == 0
    assert "This looks like a card number" in refused.errors["note"][0]
    client.post("/admin/gifts/enter/", entered(world))
    gift = Gift.objects.latest("given_at")
    client.post(f"/admin/gifts/{gift.pk}/refund/", {"amount": "10", "reason": f"asked, card {SPACED}"})


def by_the_bank(world: World) -> None:
    client = world.client("superuser")
    told = {"charity": str(world.tide.charity.pk), "name": "Everyday", "currency": "AUD", "number": ""}
    client.post("/admin/bank-accounts/new/", told)
    account = BankAccount.objects.get()
    rows = f"Date,Narrative,Amount\n01/05/2026,CARD {SPACED} GIFT,12.00\n"
    client.post(
        "/admin/statements/new/",
        {"account": str(account.pk), "file": SimpleUploadedFile(f"may-{NUMBER}.csv", rows.encode())},
    )
    statement = Statement.objects.get()
    columns = {"date": "0", "date_order": "dmy", "amount": "2", "decimal": ".", "text": ["1"], "skip": "1"}
    client.post(f"/admin/statements/{statement.pk}/", {"do": "book", **columns})
    drain(HANDLERS)
    statement.refresh_from_db()
    assert statement.state == "done"


def by_a_file(world: World, folder: Path) -> None:
    file = folder / "gifts.csv"
    file.write_text(
        "number,amount,currency,given_on,given_name,family_name,email,note\n"
        f"1,5.00,AUD,2026-01-05,Bo,Reed {NUMBER},bo@example.org,card {SPACED}\n"
    )
    assert command("import", "csv", str(file), "--charity", world.tide.charity.slug) == 0


def by_another_system(world: World, told: Api) -> None:
    answer = told.post(
        "/gifts",
        {
            "fund": world.tide.fund.code, "amount_minor": 900, "currency": "AUD", "channel": "cash",
            "given_on": "2026-05-01", "appeal": SPACED, "note": f"card {DASHED}",
            "person": {"given_name": f"Cy {NUMBER}", "family_name": "Roe", "email": "cy@example.org"},
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    bears_none(answer.content.decode(), "the answer")


def leaving(
    world: World, told: Api, folder: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[str, str]]:
    """(door, all that goes through it)"""
    client = world.client("superuser")
    for path in (
        "gifts/export/", "plans/export/", "giving-reports/books/?format=csv", "giving-reports/books/?format=beancount"
    ):  # fmt: skip
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        yield path, b"".join(answer).decode("utf-8-sig")
    for gift in Gift.objects.all():
        yield f"gift {gift.channel}", client.get(f"/admin/gifts/{gift.pk}/").content.decode()
    for path in ("/gifts", "/supporters", "/plans"):
        answer = told.get(path)
        assert answer.status_code == 200, path
        yield f"api {path}", answer.content.decode()
    assert command("export", str(folder / "out"), "--charity", world.tide.charity.slug) == 0
    for file in sorted((folder / "out").iterdir()):
        yield file.name, file.read_text("utf-8-sig")
    for message in mail.outbox:
        # A receipt's PDF is looked into by the receipts' own test of canaries.
        yield (
            f"mail to {message.to}",
            f"{message.subject} {message.to} {message.body} {message.extra_headers}",
        )
    capsys.readouterr()
    check.run(cli.parser().parse_args(["check", "--no-mail", "--no-gateways"]))
    yield "diagnosis", capsys.readouterr().out


def test_card_testing_what_is_planted_leaves_by_no_door(
    world: World, api: Callable[..., Api], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = api()
    by_staff(world)
    by_the_bank(world)
    by_a_file(world, tmp_path)
    by_another_system(world, told)
    drain(HANDLERS)
    assert held() == []
    seen = dict(leaving(world, told, tmp_path, capsys))
    for door, text in seen.items():
        bears_none(text, door)
    assert len(mail.outbox) >= 2
    # What stood round it was written, and not dropped.
    for door in ("gifts/export/", "api /gifts", "gifts.csv", "refunds.jsonl"):
        assert TAKEN_OUT in seen[door], door
    assert "1254.50" in seen["giving-reports/books/?format=beancount"]
