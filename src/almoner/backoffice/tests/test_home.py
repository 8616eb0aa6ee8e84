"""The home page begins with what needs a person, and nothing of Wagtail's asks to be read first."""

from django.utils.html import strip_tags

from almoner.backoffice.tests.conftest import World


def test_the_giving_panel_comes_first(world: World) -> None:
    for who in ("fundraiser", "superuser"):
        body = world.client(who).get("/admin/").content.decode()
        main = body[body.index("<main") :]
        head = main[: main.index('class="bo-home"')]
        assert "Images" not in strip_tags(head) and "editor guide" not in head, who
        assert ("Search all pages" in head) == (who == "superuser")


def test_the_help_menu_counts_nothing(world: World) -> None:
    body = world.client("superuser").get("/admin/").content.decode()
    assert "whats-new-in-wagtail" not in body
    assert "editor-guide" not in body
    assert "keyboard-shortcuts" in body


def test_an_address_that_has_nothing_says_so_in_our_own_look(world: World) -> None:
    answer = world.client("editor").get("/admin/nothing/stands/here/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "<h1>" in page and "Nothing stands here" in page and 'href="/admin/"' in page
    assert "wagtail" not in strip_tags(page).lower()
