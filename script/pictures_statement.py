"""Pictures of a bank's file at the desk. A scene of `take_pictures`."""

from collections.abc import Callable

from studio import DESK, Studio, shot, tall


def statement(studio: Studio, *, promise: Callable[[], object]) -> None:
    """The bank's file: what was read of it, and what became of its lines."""
    promise()
    office = studio.staff()
    office.goto("/admin/gifts/?status=awaiting")
    reference = office.locator(".bo-reference").first.inner_text()
    office.goto("/admin/bank-accounts/new/")
    office.get_by_label("Name").fill("Everyday account")
    office.get_by_role("button", name="Keep it").click()
    rows = (
        "Date,Description,Debit,Credit,Balance",
        f'20/11/2026,"DIRECT CREDIT G NGUYEN {reference}",,"50.00","5,250.00"',
        '20/11/2026,"DIRECT CREDIT TIDE COMMUNITY CHOIR",,"385.00","5,635.00"',
        '23/11/2026,"ACCOUNT FEE",10.00,,"5,625.00"',
        ',"CLOSING BALANCE",,,"5,625.00"',
    )
    office.goto("/admin/statements/new/")
    office.get_by_label("File").set_input_files(
        {"name": "november.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    office.get_by_role("button", name="Read it").click()
    office.get_by_text("Which column says what").click()
    tall(office)
    studio.keep("staff-statement", shot(office))
    office.get_by_role("button", name="Book 2 credits").click()
    office.get_by_text("Matched to gifts").wait_for()
    office.get_by_text("Take the statement back").wait_for()
    studio.keep("staff-statement-booked", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})
