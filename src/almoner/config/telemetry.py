"""Spans for OpenTelemetry, where ALMONER_TELEMETRY says so and its packages are there (requirements/telemetry.txt).

Where they are sent is said by OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME). They hold
what lines of the log hold: identifiers, kinds and times, and nothing of a person.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from almoner.kernel import context


def start(exporter: Any = None) -> None:
    """Open a span for each request, call of a gateway and job from now on. `exporter`: a test's own."""
    # Found by name: an installation without them never asks for them.
    trace = import_module("opentelemetry.trace")
    sdk = import_module("opentelemetry.sdk.trace")
    sending = import_module("opentelemetry.sdk.trace.export")
    provider = sdk.TracerProvider()
    if exporter is None:
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        # Sent by a thread of its own, in batches; what can't be sent is dropped, and no request waits for it.
        provider.add_span_processor(sending.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    else:
        provider.add_span_processor(sending.SimpleSpanProcessor(exporter))
    tracer = trace.get_tracer("almoner", tracer_provider=provider)

    @contextmanager
    def opened(name: str, attributes: dict[str, str]) -> Iterator[None]:
        # An exception's text may quote what a donor typed: its kind is kept, and no event with its words.
        with tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise
            finally:
                for key, value in context.named().items():
                    span.set_attribute(f"almoner.{key}", value)

    context.use_spans(opened)
