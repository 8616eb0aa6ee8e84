"""What the donor got in return: asked of gifts from events, kept with the gift, and printed on the receipt."""

import pytest
from django.db import IntegrityError, transaction

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import add, begin, entered
from almoner.backoffice.tests.test_gift import plain
from almoner.charities.models import Fund
from almoner.giving.models import BatchLine, Gift
from almoner.receipts.models import Receipt, ReceiptSeal
from almoner.receipts.sealing import document, with_rows
from almoner.receipts.tests.paper import text_of

ENTER = "/admin/gifts/enter/"
DINNER = {"in_return": "something", "benefit": "Dinner and a concert", "benefit_value": "45.50"}


def endorse(world: World) -> None:
    Fund.objects.filter(pk=world.tide.fund.pk).update(
        deductible=True, endorsed_name="Tide Relief Fund", endorsed_abn="98 765 432 109"
    )


def paper() -> str:
    """The receipt's text, in one line."""
    return " ".join(text_of(document(with_rows(Receipt.objects.get().pk))).split())


def test_a_contribution_at_an_event_states_its_amount_and_the_benefit_and_is_no_deductible_gift(
    world: World,
) -> None:
    endorse(world)
    client = world.client("fundraiser")
    client.post(ENTER, entered(world, channel="event", amount="200", **DINNER))
    gift = Gift.objects.get()
    assert (gift.benefit, gift.benefit_minor) == ("Dinner and a concert", 4550)
    text = paper()
    assert "Receipt for a contribution" in text
    assert (
        "This receipt is for a contribution of $200.00 AUD to Tide Relief Fund, ABN 98 765 432 109. Given in return: "
        "Dinner and a concert, with a market value of $45.50 AUD including GST." in text
    )
    for untrue in ("tax-deductible gift", "Nothing was given in return", "for a gift to"):
        assert untrue not in text
    assert '"benefit_minor":4550' in ReceiptSeal.objects.get().facts
    page = plain(client.get(f"/admin/gifts/{gift.pk}/").content.decode())
    assert "Dinner and a concert, worth $45.50 AUD" in page


def test_that_nothing_was_given_at_an_event_is_said_and_then_printed(world: World) -> None:
    endorse(world)
    world.client("fundraiser").post(ENTER, entered(world, channel="event", in_return="nothing"))
    assert Gift.objects.get().benefit_minor == 0
    assert "Receipt for a tax-deductible gift" in paper()
    assert "Nothing was given in return." in paper()


def test_a_cheque_may_buy_a_dinner_too(world: World) -> None:
    world.client("fundraiser").post(ENTER, entered(world, **DINNER))
    assert "Given in return: Dinner and a concert, worth $45.50 AUD." in paper()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"channel": "event"}, "in_return", "Say what was given"),
        ({"channel": "event", "in_return": "something"}, "benefit", "Say what was given"),
        ({**DINNER, "benefit": ""}, "benefit", "Say what was given"),
        ({**DINNER, "benefit_value": ""}, "benefit_value", "what it is worth"),
        ({**DINNER, "benefit_value": "much"}, "benefit_value", "as a number"),
        ({**DINNER, "benefit_value": "1250.50"}, "benefit_value", "no gift"),
        ({**DINNER, "in_return": "nothing"}, "in_return", "Something is written below"),
        ({**DINNER, "in_return": ""}, "in_return", "Something is written below"),
    ],
)
def test_what_is_half_said_is_asked_again(
    world: World, values: dict[str, str], field: str, says: str
) -> None:
    client = world.client("fundraiser")
    response = client.post(ENTER, entered(world, **values))
    assert says in " ".join(response.context["form"].errors[field])
    batch = begin(client, charity=str(world.tide.charity.pk))
    page = client.post(f"/admin/batches/{batch.pk}/", entered(world, **values))
    assert says in " ".join(page.context["form"].errors[field])
    assert '<details class="bo-more" open>' in page.content.decode()
    assert (Gift.objects.count(), BatchLine.objects.count()) == (0, 0)


def test_lines_of_a_batch_carry_it_to_their_gifts_and_the_next_line_begins_with_it(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk))
    add(client, batch, "120", channel="event", **DINNER)
    page = client.get(f"/admin/batches/{batch.pk}/")
    assert "Dinner and a concert, worth $45.50 AUD" in plain(page.content.decode())
    assert [page.context["form"][name].value() for name in DINNER] == list(DINNER.values())
    add(client, batch, "50", channel="event", in_return="nothing")
    client.post(f"/admin/batches/{batch.pk}/post/")
    kept = Gift.objects.order_by("amount_minor").values_list("benefit", "benefit_minor")
    assert list(kept) == [("", 0), ("Dinner and a concert", 4550)]


def test_the_export_has_it(world: World) -> None:
    world.client("fundraiser").post(ENTER, entered(world, channel="event", **DINNER))
    rows = b"".join(world.client("treasurer").get("/admin/gifts/export/").streaming_content).decode()
    assert "Dinner and a concert,45.50" in rows


@pytest.mark.parametrize(
    "values",
    [
        {"channel": "event"},
        {"benefit": "Dinner"},
        {"benefit": "Dinner", "benefit_minor": 0},
        {"benefit_minor": 4550},
        {"benefit_minor": -1},
    ],
)
def test_the_database_keeps_no_half_benefit(world: World, values: dict[str, object]) -> None:
    gift = world.tide.give()
    line = BatchLine.objects.create(
        batch=begin(world.client("fundraiser"), charity=str(world.tide.charity.pk)), fund=world.tide.fund,
        channel="cheque", amount_minor=5000, given_on="2026-11-20",
    )  # fmt: skip
    for row in (gift, line):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**values)
