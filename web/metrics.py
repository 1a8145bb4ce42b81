"""What is counted of every request, and what is asked when somebody reads the counters."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from licensing.queries.workings import workings
from licensing.runtime import Runtime

_KEY: Final = "satupintu.metrics"
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
_PLAIN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Metrics:
    """The counters of one application. Labels name pages, never addresses or people."""

    def __init__(self, runtime: Runtime) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "satupintu_requests",
            "Requests answered.",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "satupintu_request_seconds",
            "Seconds until the answer was ready.",
            ("endpoint",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(_Workings(runtime))

    def text(self) -> bytes:
        """Return all of them in the text format of Prometheus."""
        return generate_latest(self.registry)


class _Workings(Collector):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())  # registering must not ask the database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = workings(self._runtime)
        if found.sweep_age_seconds is not None:
            yield GaugeMetricFamily(
                "satupintu_sweep_age_seconds",
                "Seconds since the sweep of the deadlines last finished.",
                value=found.sweep_age_seconds,
            )
        yield GaugeMetricFamily(
            "satupintu_letters_waiting", "Letters in the outbox.", value=found.letters_waiting
        )
        yield GaugeMetricFamily(
            "satupintu_oldest_letter_seconds",
            "Age of the oldest letter in the outbox.",
            value=found.oldest_letter_seconds,
        )


def init_app(app: Flask, _settings: object, runtime: object | None) -> None:
    """Count every request of `app`."""
    if runtime is None:
        return
    app.extensions[_KEY] = Metrics(cast("Runtime", runtime))
    app.before_request(_begin)
    app.after_request(_count)


def current_metrics() -> Metrics:
    """Return the counters of the running application."""
    return cast("Metrics", current_app.extensions[_KEY])


def _begin() -> None:
    g.satupintu_began = perf_counter()


def _count(response: Response) -> Response:
    metrics = current_metrics()
    endpoint = request.endpoint or "(none)"
    method = request.method if request.method in _PLAIN_METHODS else "(other)"
    metrics.requests.labels(endpoint, method, str(response.status_code)).inc()
    if "satupintu_began" in g:
        metrics.seconds.labels(endpoint).observe(perf_counter() - g.satupintu_began)
    return response
