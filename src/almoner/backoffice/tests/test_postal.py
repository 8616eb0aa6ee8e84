"""Staff find a donor's address as donors do, without a script: search, choose from a list, edit, save."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from almoner.addresses.finder import Finder, use_finders
from almoner.addresses.port import FinderUnavailable
from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import begin, credit_of, entered
from almoner.giving.models import Gift

ENTER = "/admin/gifts/enter/"
EMPTY = {"line1": "", "locality": "", "region": "", "postcode": ""}
HALL = "483 George Street, Sydney NSW 2000"


def post(world: World, path: str = ENTER, **values: str) -> Any:
    return world.client("fundraiser").post(path, entered(world, **values))


def stored() -> dict[str, str]:
    address = Gift.objects.select_related("contact").get().contact.address
    assert address is not None
    return {name: address[name] for name in ("line1", "line2", "origin", "source", "release")}


def found(page: Any) -> list[str]:
    return [label for _, label in page.context["form"]["address_choice"].field.widget.choices]


def filled(page: Any) -> dict[str, str]:
    form = page.context["form"]
    return {
        name: form[name].value()
        for name in ("line1", "line2", "locality", "region", "postcode", "address_found")
    }


def test_search_choose_save(world: World) -> None:
    page = post(world, act="find", address_query="483 george st syd", **EMPTY, amount="")
    assert page.status_code == 200 and Gift.objects.count() == 0
    # In the middle of the page nothing is wrong yet, and what was typed stays.
    assert page.context["form"].errors == {}
    assert page.context["form"]["given_name"].value() == "Grace"
    assert HALL in found(page)
    (key,) = [
        key for key, label in page.context["form"]["address_choice"].field.widget.choices if label == HALL
    ]
    page = post(world, act="use", address_query="483 george st syd", address_choice=key, **EMPTY)
    assert Gift.objects.count() == 0
    values = filled(page)
    assert (values["locality"], values["region"], values["postcode"]) == ("Sydney", "NSW", "2000")
    assert "address_choice" not in page.context["form"].fields
    assert post(world, **values).status_code == 302
    assert stored() == {
        "line1": values["line1"], "line2": values["line2"], "origin": "chosen", "source": "demo-public-buildings",
        "release": "2026-11",
    }  # fmt: skip


def test_what_was_chosen_and_then_edited_says_so(world: World) -> None:
    key = found_key(world)
    values = filled(post(world, act="use", address_choice=key, **EMPTY))
    post(world, **values | {"line1": "Level 3, 483 George Street"})
    assert (stored()["origin"], stored()["source"], stored()["release"]) == (
        "edited", "demo-public-buildings", "2026-11",
    )  # fmt: skip


def found_key(world: World) -> str:
    page = post(world, act="find", address_query="483 george st syd", **EMPTY)
    key: str = page.context["form"]["address_choice"].field.widget.choices[0][0]
    return key


def test_what_was_typed_says_so(world: World) -> None:
    post(world)
    assert (stored()["line1"], stored()["origin"], stored()["source"]) == ("1 George Street", "typed", "")


def test_ticked_and_saved_without_use_is_taken(world: World) -> None:
    post(world, address_query="483 george", address_choice=found_key(world), **EMPTY)
    assert stored()["origin"] == "chosen"


def test_a_search_without_a_choice_is_not_dropped(world: World) -> None:
    page = post(world, address_query="483 george st syd", **EMPTY)
    assert Gift.objects.count() == 0
    assert "Choose the address" in page.context["form"].errors["address_query"][0]
    assert HALL in found(page)


def test_nothing_found_is_said_and_typing_goes_on(world: World) -> None:
    for query in ("99 Nosuchstreet", "PO Box 5"):
        page = post(world, act="find", address_query=query, **EMPTY)
        assert "type the address below" in page.context["form"].errors["address_query"][0]
        assert "address_choice" not in page.context["form"].fields
    assert b"Find address" in page.content


def test_use_without_a_tick_asks_for_one(world: World) -> None:
    page = post(world, act="use", address_query="483 george st syd", **EMPTY)
    assert "Choose one of these" in page.context["form"].errors["address_choice"][0]


class Down:
    country, source, release = "AU", "x", "1"

    @property
    def attribution(self) -> str:
        raise FinderUnavailable("down")

    def find(self, query: str, *, limit: int = 8) -> tuple[()]:
        raise FinderUnavailable("down")

    def get(self, key: str) -> None:
        raise FinderUnavailable("down")


@pytest.mark.usefixtures("finders")
@pytest.mark.parametrize("finder", [None, Down])
def test_without_a_finder_the_address_is_typed(world: World, finder: Callable[[], Finder] | None) -> None:
    use_finders([finder()] if finder else [])
    page = world.client("fundraiser").get(ENTER)
    assert b"Find address" not in page.content
    assert "line1" in page.context["form"].fields
    assert post(world, address_found="x").status_code == 302
    assert stored()["origin"] == "typed"


def test_enter_in_a_field_saves(world: World) -> None:
    """The first button of the form is the one that Enter presses."""
    page = world.client("fundraiser").get(ENTER).content.decode()
    form = page[page.index('class="bo-form"') :]
    buttons = re.findall(r"<button[^>]*>", form)
    assert 'name="another"' in buttons[0] and 'value="find"' in buttons[1]


def test_a_number_that_is_not_known_stays_as_it_was_typed_and_is_no_chosen_address(world: World) -> None:
    page = post(world, act="find", address_query="99999 george st sydney", **EMPTY)
    ((key, label), *_) = page.context["form"]["address_choice"].field.widget.choices
    assert key.startswith("99999 George Street") and "99999" in label and label.startswith("George Street")
    values = filled(post(world, act="use", address_choice=key, **EMPTY))
    post(world, **values)
    assert (stored()["line1"], stored()["origin"]) == ("99999 George Street", "edited")


def test_a_gift_made_of_a_credit_has_the_address_that_was_found(world: World) -> None:
    path = f"/admin/transfers/{credit_of(world).pk}/gift/"
    page = post(world, path, act="find", address_query="483 george st syd", **EMPTY)
    assert HALL in found(page) and Gift.objects.count() == 0
    values = filled(post(world, path, act="use", address_choice=HALL, **EMPTY))
    assert post(world, path, **values).status_code == 302
    assert (stored()["line1"], stored()["origin"], stored()["release"]) == (
        "483 George Street", "chosen", "2026-11",
    )  # fmt: skip


def test_a_correction_keeps_or_renews_where_the_address_is_from(world: World) -> None:
    post(world)
    path = f"/admin/gifts/{Gift.objects.get().pk}/donor/"
    page = world.client("fundraiser").get(path)
    assert b"Find address" in page.content
    replacing = str(page.context["form"]["replacing"].value())
    # What stands in the fields doesn't keep one from looking for another, and is replaced by it.
    assert HALL in found(post(world, path, act="find", address_query="483 george st syd"))
    values = filled(post(world, path, act="use", address_choice=HALL)) | {"replacing": replacing}
    post(world, path, **values)
    assert (stored()["line1"], stored()["origin"]) == ("483 George Street", "chosen")
    post(world, path, **values | {"phone": "02 5550 0100", "address_found": ""})
    assert stored()["origin"] == "chosen"


def test_a_batchs_line_has_an_address_and_posts_it(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk), control_count="1", control_total="100")
    path = f"/admin/batches/{batch.pk}/"
    line = {"amount": "100"}
    page = post(world, path, act="find", address_query="483 george st syd", **EMPTY, **line)
    assert HALL in found(page) and page.context["form"].shows_address and batch.lines.count() == 0
    values = filled(post(world, path, act="use", address_choice=HALL, **EMPTY, **line))
    assert post(world, path, **values, **line).status_code == 302
    assert not client.get(path).context["form"].shows_address
    client.post(f"{path}post/")
    assert (stored()["line1"], stored()["origin"], stored()["source"]) == (
        "483 George Street", "chosen", "demo-public-buildings",
    )  # fmt: skip
