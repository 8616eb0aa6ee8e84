"""The worker killed by SIGKILL while it tells another system of a gift: nothing is lost, and nothing is two events."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from almoner.charities.models import Charity
from almoner.config import prove
from almoner.giving import demo
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import LABELS
from almoner.supporters.models import Supporter
from almoner.webhooks import endpoints, sending
from almoner.webhooks.models import Delivery, Endpoint, Try
from tests.crash.drill import die
from tests.support.server import Site

pytestmark = pytest.mark.crash

OF_TELLING = tuple(label for label in LABELS if label.startswith("tell."))
# How many tries each of the two messages had begun, and what was heard, when the worker died.
STOOD = {
    "tell.before-commit": ([], 0),
    "tell.after-commit": ([0, 0], 0),
    "tell.after-begin": ([1, 1], 0),
    "tell.after-send": ([1, 1], 2),
}


@pytest.fixture
def heard() -> Iterator[tuple[str, list[str]]]:
    """A receiver's address, and the identifiers of what came there."""
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            found.append(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("label", OF_TELLING)
def test_killed_while_another_system_is_told(
    new_server: Callable[..., Site], heard: tuple[str, list[str]], label: str
) -> None:
    demo.seed()
    url, came = heard
    site = new_server(started=False, ALMONER_WEBHOOK_HOSTS="127.0.0.1")
    charity, root = Charity.objects.get(is_default=True), User.objects.create_superuser("root")
    wanted = endpoints.Wanted(url, "CRM", ("supporter.created",), True)
    endpoints.make(wanted, charity=charity, actor=root)
    for _ in range(2):
        Supporter.objects.create(charity=charity, name="", created_at=now())

    die(site, label, "from almoner.webhooks import sending; sending.work()")

    tries, before = STOOD[label]
    assert (list(Delivery.objects.values_list("tries", flat=True)), len(came)) == (tries, before)
    with override_settings(ALMONER_WEBHOOK_HOSTS=frozenset({"127.0.0.1"})):
        for _ in range(3):
            sending.work()
            Delivery.objects.filter(state="waiting").update(next_at=now() - timedelta(seconds=1))
            Endpoint.objects.update(rests_until=None)
    deliveries = Delivery.objects.all()
    assert [(each.state, each.tries) for each in deliveries] == [
        ("done", max(1, len(tries) and tries[0] + 1))
    ] * 2
    assert set(came) == {each.message_id for each in deliveries}
    assert len(came) == 2 + before
    # What the dead worker had begun is seen in the log as what nobody knows the end of.
    assert Try.objects.filter(status__isnull=True).count() == (
        2 if "after-" in label and label != "tell.after-commit" else 0
    )
    lines: list[str] = []
    assert prove.report(lines.append) == 0, lines
