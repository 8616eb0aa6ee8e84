"""A request has an identifier: in its lines of the log, in the job it asked for, in spans, in an answer that failed."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from almoner.config import telemetry
from almoner.config.logs import JsonLines
from almoner.config.observing import Observed
from almoner.kernel import context
from almoner.outbox import worker
from almoner.outbox.models import Job
from almoner.outbox.queue import enqueue

_log = logging.getLogger("almoner.tests")
UUID = "0b6c8f6e-3f1a-4b52-9d3e-5a0c1f2e3d4c"
Headers = list[tuple[str, str]]


class Kept(logging.Handler):
    """Lines as they would be written: what they are about is asked at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(JsonLines().format(record)))


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    kept = Kept()
    _log.addHandler(kept)
    yield kept.lines
    _log.removeHandler(kept)


def asked(view: Callable[[], str], *, trusted: bool = False, **environ: str) -> dict[str, str]:
    """The headers of an answer whose view writes into the log, and whose status it returns."""
    begun: list[Headers] = []

    def inner(environ: dict[str, Any], start: Any) -> list[bytes]:
        start(view(), [("Content-Type", "text/plain")])
        return [b""]

    site = Observed(inner, requests=None, trusted=trusted, languages=frozenset({"en", "ar"}))
    site(
        {"REQUEST_METHOD": "POST", "PATH_INFO": "/ar/give/4840/submit/", **environ},
        lambda s, h: begun.append(h),
    )
    return dict(begun[0])


def failing() -> str:
    _log.error("it failed")
    return "503 Service Unavailable"


def test_an_answer_that_failed_names_the_lines_of_its_log(lines: list[dict[str, Any]]) -> None:
    first, second = asked(failing), asked(failing)
    assert [line["request"] for line in lines] == [first["X-Request-Id"], second["X-Request-Id"]]
    assert lines[0]["request"] != lines[1]["request"]
    # What the thread does next is about neither.
    _log.error("something else")
    assert "request" not in lines[2]


@pytest.mark.parametrize(
    ("given", "trusted", "kept"),
    [
        (UUID, True, True),
        (UUID.replace("-", ""), True, True),
        (UUID, False, False),
        ("pat@example.org", True, False),
        ("4242424242424242", True, False),
        ("x" * 5000, True, False),
    ],
)
def test_proxies_only_a_proxys_identifier_is_kept(given: str, trusted: bool, kept: bool) -> None:
    answered = asked(lambda: "500 Internal Server Error", trusted=trusted, HTTP_X_REQUEST_ID=given)
    assert (answered["X-Request-Id"] == given) is kept


def test_answers_that_succeed_are_left_as_they_are() -> None:
    assert "X-Request-Id" not in asked(lambda: "200 OK")


@pytest.mark.django_db
def test_a_job_is_known_by_the_request_that_asked_for_it(lines: list[dict[str, Any]]) -> None:
    def view() -> str:
        enqueue("tests.look", "one", {"gift": 1})
        return "500 told"

    def handler(payload: dict[str, Any]) -> None:
        context.about_gift("JAQ38QM9SE")
        _log.error("working on %s", payload)

    identifier = asked(view)["X-Request-Id"]
    enqueue("tests.look", "two", {"gift": 2})
    assert worker.drain({"tests.look": handler}) == 2
    one, two = Job.objects.order_by("pk")
    assert [line["message"] for line in lines] == ["working on {'gift': 1}", "working on {'gift': 2}"]
    assert lines[0] | {"at": ""} == {
        "at": "", "level": "error", "logger": "almoner.tests", "message": "working on {'gift': 1}",
        "request": identifier, "job": f"tests.look {one.pk}", "gift": "JAQ38QM9SE",
    }  # fmt: skip
    assert "request" not in lines[1] and lines[1]["job"] == f"tests.look {two.pk}"
    assert context.named() == {}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    monkeypatch.setattr(context, "_spans", [])
    exporter = InMemorySpanExporter()
    telemetry.start(exporter)
    return exporter


@pytest.mark.django_db
def test_a_request_and_a_job_are_spans_without_words_of_a_person(spans: InMemorySpanExporter) -> None:
    def handler(payload: dict[str, Any]) -> None:
        with context.span("gateway create", gateway="sandbox"):
            raise ValueError("pat@example.org typed this")

    def view() -> str:
        enqueue("tests.look", "one")
        return "500 told"

    identifier = asked(view)["X-Request-Id"]
    worker.drain({"tests.look": handler})
    found = {span.name: dict(span.attributes or {}) for span in spans.get_finished_spans()}
    assert found["request"] == {"method": "POST", "part": "form", "almoner.request": identifier}
    assert found["gateway create"] | {"almoner.job": ""} == {
        "gateway": "sandbox", "error.type": "ValueError", "almoner.request": identifier, "almoner.job": "",
    }  # fmt: skip
    assert found["job"]["kind"] == "tests.look"
    assert "pat@example.org" not in str([span.to_json() for span in spans.get_finished_spans()])
