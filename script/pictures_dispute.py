"""Pictures of what comes after a gift: its donor's bank questions it, and each day the books are proved."""

from collections.abc import Callable

from studio import DESK, Studio, shot, tall, until


def dispute(studio: Studio, *, pay: Callable[[], object]) -> None:
    """The bank questions a gift that was paid, staff see what is known of it, and the calendar of proofs."""
    pay()
    board = studio.page(DESK)
    board.goto("/sandbox/")
    board.get_by_role("button", name="The bank questions it").first.click()
    office = studio.staff()
    office.goto("/admin/disputes/")
    until(office, "$50.00")
    office.locator("td.title a").first.click()
    office.get_by_role("heading", name="What is known").wait_for()
    tall(office, 860)
    studio.keep("staff-dispute", shot(office))
    office.goto("/admin/giving-reports/proof/")
    office.locator("main td a, main table a").first.wait_for()
    tall(office, 560)
    studio.keep("staff-proof", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})
