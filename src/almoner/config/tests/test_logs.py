import json
import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.log import log_response

from almoner.config.logs import JsonLines


def line(record: logging.LogRecord) -> dict[str, object]:
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_a_line_is_json_and_an_exception_only_its_place() -> None:
    try:
        raise ValueError("pat@example.org typed this\nand this")
    except ValueError:
        record = logging.LogRecord(
            "almoner", logging.ERROR, __file__, 1, "it %s", ("failed",), sys.exc_info()
        )
    found = line(record)
    assert (found["level"], found["message"]) == ("error", "it failed")
    assert isinstance(found["exception"], list) and found["exception"][0] == "ValueError"
    assert "pat@example.org" not in json.dumps(found)


def test_personal_data_djangos_lines_name_the_route_and_never_the_address() -> None:
    request = HttpRequest()
    request.method, request.path = "GET", "/health/live"
    request.resolver_match = resolve("/health/live")
    logger = logging.getLogger("django.request")
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger.addHandler(handler)
    try:
        log_response(
            "Not Found: %s", "/give/thanks/a-key/", response=HttpResponse(status=404), request=request
        )
    finally:
        logger.removeHandler(handler)
    assert line(records[0])["message"] == "GET health/live"
    assert line(records[0])["status"] == 404
