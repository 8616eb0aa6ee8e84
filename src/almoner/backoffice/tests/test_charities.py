"""Charities, funds, roles, and who works for whom."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings as SettingsWrapper
from wagtail.models import GroupPagePermission, Page, Site

from almoner.backoffice import roles, trees
from almoner.backoffice.editor.fields import abn_problem
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Charity, CharityHost, ContentStamp, Fund, StaffScope


def charity_values(world: World, **values: Any) -> dict[str, Any]:
    return {
        "name": "The Tide Charity", "legal_name": "Tide Ltd", "slug": "tide", "country": "AU",
        "timezone": "Australia/Hobart", "currency": "aud", "language": "en", "email": "hello@tide.example",
        "phone": "", "website": "", "privacy_url": "", "mail_from": "giving@tide.example", "address_lines": "1 Quay",
        "tax_numbers-label": ["ABN", "", ""], "tax_numbers-value": ["51 824 753 556", "", ""],
        "bank_details-label": ["BSB", "Account", ""], "bank_details-value": ["063 000", "1234", ""],
        "colour_primary": "#0f5c6e", "colour_accent": "#c8553d", "logo_svg": "",
        "hosts_text": "Give.Tide.Example\n  www.tide.example", "is_default": "on",
    } | values  # fmt: skip


def change(client: Client, charity: Charity, values: dict[str, Any]) -> Any:
    return client.post(f"/admin/charities/edit/{charity.pk}/", values)


def test_a_charity_is_changed_with_rows_instead_of_json(world: World) -> None:
    charity, client = world.tide.charity, world.client("superuser")
    page = client.get(f"/admin/charities/edit/{charity.pk}/").content.decode()
    assert 'value="063 000"' in page
    response = change(client, charity, charity_values(world))
    assert response.status_code == 302, response.context["form"].errors
    charity.refresh_from_db()
    assert charity.tax_numbers == [{"label": "ABN", "value": "51 824 753 556"}]
    assert charity.bank_details == [
        {"label": "BSB", "value": "063 000"},
        {"label": "Account", "value": "1234"},
    ]
    assert (charity.timezone, charity.currency) == ("Australia/Hobart", "AUD")
    assert list(charity.hosts.order_by("id").values_list("host", flat=True)) == [
        "give.tide.example", "www.tide.example",
    ]  # fmt: skip
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.charity) == ("change charity", charity)
    assert {"bank_details", "hosts_text", "timezone"} <= set(entry.detail["fields"])
    assert "063 000" not in str(entry.detail)
    assert ContentStamp.objects.get(charity=charity).version == 1


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"tax_numbers-value": ["51 824 753 557", "", ""]}, "tax_numbers", "don’t agree"),
        ({"bank_details-value": ["", "1234", ""]}, "bank_details", "needs both"),
        ({"hosts_text": "https://give.example"}, "hosts_text", "not a host name"),
        ({"hosts_text": "river.example"}, "hosts_text", "belongs to The River Charity"),
        ({"currency": "XXX"}, "currency", "not a currency"),
        ({"timezone": "Mars/Base"}, "timezone", "valid choice"),
        ({"country": "ZZ"}, "country", "valid choice"),
        ({"is_default": ""}, "is_default", "Make another charity the default"),
        ({"logo_svg": "<svg><g></svg>"}, "logo_svg", "damaged"),
        ({"colour_primary": ""}, "colour_primary", "required"),
    ],
)
def test_mistakes_change_nothing(world: World, values: dict[str, Any], field: str, says: str) -> None:
    CharityHost.objects.create(charity=world.river.charity, host="river.example")
    response = change(world.client("superuser"), world.tide.charity, charity_values(world, **values))
    assert says in " ".join(response.context["form"].errors[field])
    assert Charity.objects.get(pk=world.tide.charity.pk).timezone == "Australia/Sydney"
    assert AuditEntry.objects.count() == 0


def test_a_manager_of_one_charity_changes_no_hosts_and_no_default(world: World) -> None:
    user = world.users["editor"]
    user.user_permissions.add(*world.all_permissions())
    response = change(
        world.client("editor"),
        world.tide.charity,
        charity_values(world, hosts_text="evil.example", is_default=""),
    )
    assert response.status_code == 302
    assert CharityHost.objects.count() == 0
    assert Charity.objects.get(pk=world.tide.charity.pk).is_default
    assert world.client("editor").get("/admin/charities/new/").headers["Location"] == "/admin/"


def test_a_new_charity_has_a_fund_a_story_group_and_its_site(world: World) -> None:
    response = world.client("superuser").post(
        "/admin/charities/new/",
        charity_values(world, slug="lake", name="Lake", hosts_text="lake.example", is_default="on"),
    )
    charity = Charity.objects.get(slug="lake")
    assert response.headers["Location"] == f"/admin/charities/edit/{charity.pk}/"
    assert Fund.objects.get(charity=charity).is_default
    site = Site.objects.get(hostname="lake.example")
    assert (site.root_page.title, site.is_default_site) == ("Lake", True)
    editors = Group.objects.get(name="Stories of lake")
    assert GroupPagePermission.objects.filter(group=editors, page=site.root_page).exists()
    # The mark of the default has moved, and both charities' pages know.
    assert list(Charity.objects.filter(is_default=True)) == [charity]
    assert ContentStamp.objects.filter(version__gte=1).count() == 2
    assert AuditEntry.objects.get().action == "make charity"


def test_nothing_is_chosen_that_nobody_would_notice(world: World) -> None:
    client = world.client("superuser")
    page = client.get("/admin/charities/new/")
    for name in ("country", "timezone"):
        # Without a mark of its own, a browser takes the first.
        chosen = re.search(
            rf'<select name="{name}".*?<option value="([^"]*)"', page.content.decode(), re.DOTALL
        )
        assert chosen is not None and chosen[1] == "", name
    initial = page.context["form"]
    assert (initial["hosts_text"].value() or "", bool(initial["is_default"].value())) == ("", False)
    assert (initial["colour_primary"].value(), initial["colour_accent"].value()) == ("#1f5f5b", "#c8553d")
    answer = client.post(
        "/admin/charities/new/",
        charity_values(
            world, slug="", name="Étang", country="", timezone="Factory", colour_primary="#1f5f5b"
        ),
    )
    errors = answer.context["form"].errors
    assert set(errors) == {"country", "timezone"}
    assert Charity.objects.count() == 2


def test_it_says_where_nobody_finds_a_charity(world: World, settings: SettingsWrapper) -> None:
    settings.ALLOWED_HOSTS = ["tide.example", "testserver"]
    client = world.client("superuser")

    def told(charity: Charity, hosts: str, default: str) -> str:
        values = charity_values(world, hosts_text=hosts, is_default=default)
        answer = client.post(f"/admin/charities/edit/{charity.pk}/", values, follow=True)
        assert answer.redirect_chain, answer.context["form"].errors
        return " ".join(str(message) for message in answer.context["messages"])

    river, tide = world.river.charity, world.tide.charity
    assert "Nobody can find The Tide Charity’s pages" in told(river, "", "")
    assert "doesn’t answer at www.tide.example yet" in told(tide, "tide.example www.tide.example", "on")
    for said in (told(tide, "", "on"), told(tide, "tide.example", "on")):
        assert "Nobody" not in said and "ALMONER_ALLOWED_HOSTS" not in said


def test_its_site_follows_the_hosts_that_staff_write(world: World) -> None:
    def hosts(text: str) -> set[str]:
        sent = charity_values(world, hosts_text=text, is_default="")
        answer = change(world.client("superuser"), world.river.charity, sent)
        assert answer.status_code == 302, answer.context["form"].errors
        return set(Site.objects.exclude(hostname="localhost").values_list("hostname", flat=True))

    assert hosts("first.example") == {"first.example"}
    home = Site.objects.get(hostname="first.example").root_page
    assert hosts("second.example www.second.example") == {"second.example"}
    assert hosts("www.second.example second.example") == {"second.example"}
    assert Site.objects.get(hostname="second.example").root_page == home


@pytest.mark.parametrize(
    ("text", "right"),
    [("51 824 753 556", True), ("51824753556", True), ("51 824 753 557", False), ("", False), ("abc", False),
     ("5182475355", False), ("５1 824 753 556", False)],
)  # fmt: skip
def test_an_abn_is_checked_by_its_digits(text: str, right: bool) -> None:
    assert (abn_problem(text) is None) is right


def fund_values(world: World, **values: str) -> dict[str, str]:
    return {
        "charity": str(world.tide.charity.pk), "name": "Night line", "code": "night", "line": "Calls", "active": "on",
        "endorsed_name": "", "endorsed_abn": "",
    } | values  # fmt: skip


def test_a_fund_is_made_and_its_code_stands(world: World) -> None:
    client = world.client("superuser")
    client.post("/admin/funds/new/", fund_values(world))
    fund = Fund.objects.get(code="night")
    assert (fund.charity, fund.is_default) == (world.tide.charity, False)
    client.post(
        f"/admin/funds/edit/{fund.pk}/",
        fund_values(world, code="other", charity=str(world.river.charity.pk), name="New"),
    )
    fund.refresh_from_db()
    assert (fund.code, fund.charity, fund.name) == ("night", world.tide.charity, "New")
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["make fund", "change fund"]


def test_a_new_default_takes_the_mark_from_the_old_one(world: World) -> None:
    world.client("superuser").post("/admin/funds/new/", fund_values(world, is_default="on"))
    assert [fund.code for fund in Fund.objects.filter(charity=world.tide.charity, is_default=True)] == [
        "night"
    ]
    assert Fund.objects.get(charity=world.river.charity).is_default


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"deductible": "on"}, "endorsed_name"),
        ({"deductible": "on", "endorsed_name": "X", "endorsed_abn": "1"}, "endorsed_abn"),
        ({"is_default": "on", "active": ""}, "active"),
        ({"code": "general"}, "__all__"),
    ],
)
def test_a_fund_that_cannot_be(world: World, values: dict[str, str], field: str) -> None:
    response = world.client("superuser").post("/admin/funds/new/", fund_values(world, **values))
    assert field in response.context["form"].errors
    assert Fund.objects.count() == 2


def test_the_default_fund_is_not_left_without_a_successor(world: World) -> None:
    response = world.client("superuser").post(
        f"/admin/funds/edit/{world.tide.fund.pk}/", fund_values(world, name="General")
    )
    assert "is_default" in response.context["form"].errors


def test_roles_are_made_once_and_put_back_when_repeated(world: World) -> None:
    before = list(Group.objects.order_by("id").values_list("id", "name"))
    editors = Group.objects.get(name=roles.EDITORS)
    editors.permissions.add(*world.all_permissions())
    roles.ensure_roles()
    assert list(Group.objects.order_by("id").values_list("id", "name")) == before
    codes = set(
        editors.permissions.filter(content_type__app_label="backoffice").values_list("codename", flat=True)
    )
    assert codes == {
        "edit_forms", "manage_attacks", "edit_programmes", "enter_figures", "verify_figures", "view_impact",
    }  # fmt: skip


def test_wagtails_own_groups_no_longer_reach_every_charitys_pages(world: World) -> None:
    root = Page.get_first_root_node()
    assert (
        not GroupPagePermission.objects.filter(page=root)
        .exclude(group__name__startswith="Stories of")
        .exists()
    )


def test_an_editor_stands_in_the_story_group_of_their_charity_alone(world: World) -> None:
    roles.ensure_roles()
    names = set(world.users["editor"].groups.values_list("name", flat=True))
    assert names == {roles.EDITORS, "Stories of tide"}
    assert "Stories of river" not in names
    assert not world.users["fundraiser"].groups.filter(name__startswith="Stories of").exists()


def test_a_superuser_says_who_works_for_whom(world: World) -> None:
    client, user = world.client("superuser"), world.users["fundraiser"]
    assert "The Tide Charity" in client.get("/admin/staff/").content.decode()
    assert client.get(f"/admin/staff/{user.pk}/").status_code == 200
    client.post(
        f"/admin/staff/{user.pk}/", {"roles": [roles.EDITORS], "charities": [str(world.river.charity.pk)]}
    )
    assert set(user.groups.values_list("name", flat=True)) == {roles.EDITORS, "Stories of river"}
    assert StaffScope.objects.get(user=user).charity == world.river.charity
    entries = AuditEntry.objects.order_by("charity")
    assert [(entry.charity, entry.detail["works here"]) for entry in entries] == [
        (world.tide.charity, False), (world.river.charity, True),
    ]  # fmt: skip
    page = world.client("fundraiser").get("/admin/forms/").content.decode()
    assert "River form" in page
    assert "Tide form" not in page


def test_a_default_site_at_anothers_host_is_not_the_default_charitys(world: World) -> None:
    CharityHost.objects.create(charity=world.river.charity, host="river.example")
    Site.objects.filter(is_default_site=True).update(hostname="river.example")
    assert not trees.sites_of([world.tide.charity]).exists()
    assert trees.sites_of([world.river.charity]).count() == 1


@pytest.mark.parametrize(("superuser", "told"), [("", True), ("on", False)])
def test_who_makes_an_account_is_led_to_saying_whose_it_is(world: World, superuser: str, told: bool) -> None:
    typed = {"password1": "a long enough passphrase", "password2": "a long enough passphrase"}
    sent = {
        "username": "edda",
        "email": "edda@tide.example",
        "first_name": "Edda",
        "last_name": "Berg",
    } | typed
    more = {"is_superuser": superuser} if superuser else {}
    answer = world.client("superuser").post("/admin/users/new/", sent | more, follow=True)
    edda = User.objects.get(username="edda")
    assert ("Now say what Edda Berg does" in answer.content.decode()) is told
    assert (f'href="/admin/staff/{edda.pk}/"' in answer.content.decode()) is told
