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
