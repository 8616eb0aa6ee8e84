"""The pictures of docs/tutorial/wordpress.md: the tutorial walked, in a WordPress that had never heard of Almoner."""

import re
from pathlib import Path

from playwright.sync_api import Frame, Page, expect
from studio import DESK, Studio, shot, strip
from wordpress_site import STORY, WordPress, build_plugin, running


def wordpress(studio: Studio) -> None:
    """From the upload to a gift that names the post it was given through."""
    with running(plugin=False) as site:
        post = site.post("Four good facts", STORY)
        reader = studio.page(DESK)
        reader.goto(post)
        before = shot(reader)
        desk = studio.page(DESK, base_url=site.base)
        desk.context.add_cookies(site.cookies())
        _upload(studio, desk, build_plugin(site.folder / "almoner.zip"))
        _settings(studio, desk, site)
        reader.goto(post)
        frame = frame_in(reader)
        frame.get_by_role("heading", name="How much would you like to give?").wait_for()
        studio.keep("wordpress-post", strip([before, shot(reader)], width=1600))
        _give(studio, reader, frame)
        _gift(studio)
        _block(studio, desk)


def _upload(studio: Studio, desk: Page, plugin: Path) -> None:
    desk.goto("/wp-admin/plugin-install.php?tab=upload")
    desk.locator("#pluginzip").set_input_files(plugin)
    studio.keep("wordpress-upload", shot(desk, clip={"x": 0, "y": 0, "width": DESK, "height": 420}))
    desk.get_by_role("button", name="Install Now").click()
    desk.get_by_role("link", name="Activate Plugin").click()
    desk.get_by_text("Plugin activated.").wait_for()


def _settings(studio: Studio, desk: Page, site: WordPress) -> None:
    desk.get_by_role("row", name="Almoner").get_by_role("link", name="Settings").click()
    desk.get_by_label("Address of the giving site").fill(studio.demo.base)
    desk.get_by_label("Test with form").fill("4840")
    desk.get_by_role("button", name="Save and test").click()
    desk.get_by_text("may not stand on this site yet").wait_for()
    studio.keep("wordpress-settings", shot(desk))
    office = studio.staff()
    office.goto("/admin/forms/")
    office.get_by_role("link", name="Keep a light on for a child").first.click()
    office.get_by_role("tab", name="Other sites").click()
    sites = office.locator("[name=frame_sites]")
    sites.fill(site.base)
    sites.scroll_into_view_if_needed()
    studio.keep("wordpress-sites", shot(office))
    office.get_by_role("button", name="Save", exact=True).first.click()
    office.get_by_text("updated").first.wait_for()
    desk.get_by_role("button", name="Test only").click()
    expect(desk.get_by_text("Almoner answers at")).to_be_visible()
    studio.keep("wordpress-tested", shot(desk, clip={"x": 0, "y": 0, "width": DESK, "height": 420}))


def frame_in(page: Page) -> Frame:
    iframe = page.locator("almoner-form iframe")
    iframe.wait_for()
    found = iframe.element_handle().content_frame()
    assert found is not None
    return found


def _give(studio: Studio, reader: Page, frame: Frame) -> None:
    frame.get_by_role("radio", name="$50").first.check()
    frame.get_by_role("button", name="Continue", exact=True).click()
    frame.locator("[name=given_name]").fill("Grace")
    frame.locator("[name=family_name]").fill("Nguyễn")
    frame.locator("[name=email]").fill("grace@example.org")
    frame.locator("[name=address_query]").fill("sydney town hall")
    frame.get_by_role("button", name="Find address", exact=True).click()
    frame.get_by_role("radio", name="Sydney Town Hall").first.check()
    frame.get_by_role("button", name="Use this address", exact=True).click()
    expect(frame.locator("[name=address_line1]")).to_have_value("483 George Street")
    frame.get_by_role("button", name="Continue", exact=True).last.click()
    frame.locator("[name=method][value=sandbox_card]").check()
    frame.locator("#giving .g-go").click()
    frame.get_by_role("heading", name="Thank You", exact=True).wait_for()
    studio.keep("wordpress-thanks", shot(reader))


def _gift(studio: Studio) -> None:
    office = studio.staff()
    office.goto("/admin/gifts/")
    office.get_by_role("row", name="grace@example.org").get_by_role("link").first.click()
    office.get_by_text("Page that showed the form").scroll_into_view_if_needed()
    studio.keep("wordpress-gift", shot(office))


def _block(studio: Studio, desk: Page) -> None:
    desk.goto("/wp-admin/post-new.php")
    guide = desk.get_by_role("dialog", name="Welcome to the block editor")
    guide.get_by_role("button", name="Close").click()
    desk.get_by_label("Add title").fill("A light on, tonight")
    desk.get_by_role("button", name=re.compile("block inserter", re.IGNORECASE)).click()
    desk.get_by_placeholder("Search").fill("giving")
    desk.get_by_role("option", name="Giving form").click()
    desk.get_by_role("button", name=re.compile("block inserter", re.IGNORECASE)).click()
    block = desk.locator("[data-type='almoner/form']")
    block.get_by_label("Number of the form").fill("4840")
    block.get_by_label("Number of the form").blur()
    block.get_by_role("link", name="Give now").wait_for()
    studio.keep("wordpress-block", shot(desk))
