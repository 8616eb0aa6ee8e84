"""The pages that `bench/staff.py` asks for, and somebody signed in who may see them."""

from collections.abc import Callable
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.backoffice import roles
from almoner.charities.models import StaffScope
from almoner.giving import demo
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from tests.bench.gifts import make_gifts
from tests.bench.plans import make_plans

# (key, name, address)
PAGES: Final = (
    ("list", "the list of gifts", "/admin/gifts/"),
    ("list_deep", "its page 150", "/admin/gifts/?p=150"),
    ("list_amount", "the list by amount", "/admin/gifts/?ordering=-total_minor"),
    ("search_name", "search: a name", "/admin/gifts/results/?q=oconnor"),
    ("search_rare", "search: nobody", "/admin/gifts/results/?q=zzzzz"),
    ("search_email", "search: an address", "/admin/gifts/results/?q=a1%40example.org"),
    ("search_reference", "search: a reference", "/admin/gifts/results/?q=ABCDE23"),
    ("filter_status", "filter: outcome not known", "/admin/gifts/results/?status=unknown"),
    ("filter_method", "filter: bank transfer", "/admin/gifts/results/?method=bank_transfer"),
    ("filter_source", "filter: an appeal", "/admin/gifts/results/?source=WINTER26"),
    ("filter_dates", "filter: a week", "/admin/gifts/results/?given_from=2026-03-01&given_to=2026-03-07"),
    ("plans", "the list of regular gifts", "/admin/plans/"),
    ("plans_deep", "its page 150", "/admin/plans/?p=150"),
    ("plans_amount", "the list by amount", "/admin/plans/?ordering=-amount_minor"),
    ("plans_next", "the list by next gift", "/admin/plans/?ordering=next_on"),
    ("plans_given", "the list by gifts given", "/admin/plans/?ordering=-given_count"),
    ("plans_name", "search: a name", "/admin/plans/results/?q=oconnor"),
    ("plans_rare", "search: nobody", "/admin/plans/results/?q=zzzzz"),
    ("plans_email", "search: an address", "/admin/plans/results/?q=a1%40example.org"),
    ("plans_reference", "search: a reference", "/admin/plans/results/?q=ABCDE23"),
    ("plans_state", "filter: payment failed", "/admin/plans/results/?state=retrying"),
    ("plans_gave_up", "filter: paused, payments failed", "/admin/plans/results/?state=gave_up"),
    ("plans_method", "filter: direct debit", "/admin/plans/results/?method=sandbox_debit"),
    ("plans_due", "filter: due in a week", "/admin/plans/results/?next_from=2026-12-01&next_to=2026-12-07"),
    ("plans_begun", "filter: begun in a week", "/admin/plans/results/?begun_from=2026-03-01&begun_to=2026-03-07"),
    (
        "plans_failed", "filter: a payment declined",
        "/admin/plans/results/?failed_from=2026-03-01&failed_to=2026-12-31",
    ),
    ("plans_ending", "filter: ends soon", "/admin/plans/results/?state=ending"),
    ("plans_troubled", "regular gifts that need a person", "/admin/giving-reports/troubled/"),
    ("home", "the home panel", "/admin/"),
    ("income", "income by source, a month", "/admin/giving-reports/income/"),
    ("income_years", "income by source, two years", "/admin/giving-reports/income/?first=2024-11-01&last=2026-12-31"),
)  # fmt: skip


def client_over(count: int) -> Client:
    """Fill the database with so many gifts, and as many regular ones, and sign a fundraiser in."""
    charity = demo.seed()
    roles.ensure_roles()
    form = DonationForm.objects.filter(charity=charity).earliest("id")
    fund, until = charity.funds.earliest("id"), now()
    make_gifts(charity, fund, form, count=count, until=until)
    make_plans(charity, fund, form, count=count, until=until)
    with connection.cursor() as cursor:
        # As a database does by itself after a day in use.
        cursor.execute("ANALYZE")
    user = User.objects.create_user("fundraiser")
    user.groups.add(Group.objects.get(name=roles.FUNDRAISERS))
    StaffScope.objects.create(user=user, charity=charity)
    client = Client()
    client.force_login(user)
    return client


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
