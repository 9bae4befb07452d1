"""Metrics for Prometheus: of the requests of this process, and of the database at the moment they are read."""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog
from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client import generate_latest as generate
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from graph_schema.facts import Facts
from rbm.access import SYSTEM
from rbm.production import loopback
from rbm.services import operations
from rbm.work import Work, begin

log = structlog.get_logger("app")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30)
COSTS = (10, 100, 1_000, 5_000, 10_000, 25_000, 50_000)
STATEMENTS = (1, 2, 5, 10, 20, 50, 100)
LONGEST_READING = 5.0
MOST_CODES = 50
FORWARDED = ("forwarded", "via", "x-forwarded-", "x-real-ip")
"""How headers begin that a proxy adds."""


class Metrics:
    """Counters of one application, in a registry of its own. No label takes its values from clients."""

    def __init__(self, engine: sa.Engine) -> None:
        registry = self.registry = CollectorRegistry()
        self.requests = Counter("rbm_requests", "Requests.", ("kind", "status"), registry=registry)
        self.seconds = Histogram(
            "rbm_request_seconds", "Time to answer.", ("kind",), buckets=SECONDS, registry=registry
        )
        self.cost = Histogram("rbm_request_cost", "Cost of operations.", buckets=COSTS, registry=registry)
        self.statements = Histogram(
            "rbm_request_sql_statements", "SQL statements of a request.", buckets=STATEMENTS, registry=registry
        )
        self.sql_seconds = Histogram(
            "rbm_request_sql_seconds", "Time of a request in the database.", buckets=SECONDS, registry=registry
        )
        self.present = Gauge("rbm_requests_in_progress", "Requests being answered.", registry=registry)
        self.refusals = Counter("rbm_refusals", "Refusals and errors told to callers.", ("code",), registry=registry)
        self.codes: set[str] = set()
        ProcessCollector(namespace="rbm", registry=registry)
        registry.register(Stored(engine))

    @contextmanager
    def in_progress(self) -> Iterator[None]:
        """A request is being answered."""
        with self.present.track_inprogress():
            yield

    def count(self, facts: Facts, status: int | None, seconds: float) -> None:
        """Count a request that was answered, or, without a status, left by its caller."""
        kind = facts.kind or "none"
        self.requests.labels(kind, "none" if status is None else str(status)).inc()
        self.seconds.labels(kind).observe(seconds)
        if facts.cost is not None:
            self.cost.observe(facts.cost)
        if facts.kind is not None:
            self.statements.observe(facts.statements)
            self.sql_seconds.observe(facts.sql_seconds)
        for code in facts.refusals:
            self.refusals.labels(self._bounded(code)).inc()

    def _bounded(self, code: str) -> str:
        if len(self.codes) < MOST_CODES:
            self.codes.add(code)
        return code if code in self.codes else "other"


class Stored(Collector):
    """What the database and its pool of connections say when they are asked."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def collect(self) -> Iterable[Metric]:
        """The families; of a database that does not answer only that it does not, and the pool."""
        yield from _pool(self.engine)
        try:
            with begin(self.engine, SYSTEM, "read_metrics", writes=False, seconds=LONGEST_READING) as work:
                families = [_job_runs(work), *_backlogs(work)]
        except Exception:
            log.exception("metrics of the database could not be read")
            families = []
        yield GaugeMetricFamily("rbm_database_up", "Whether the database answers.", float(bool(families)))
        yield from families


def _pool(engine: sa.Engine) -> Iterator[Metric]:
    pool = engine.pool
    if isinstance(pool, sa.QueuePool):
        family = GaugeMetricFamily("rbm_pool_connections", "Connections to the database.", labels=("state",))
        family.add_metric(["in_use"], pool.checkedout())
        family.add_metric(["idle"], pool.checkedin())
        yield family


def _job_runs(work: Work) -> Metric:
    family = GaugeMetricFamily("rbm_job_runs", "Runs of jobs that are kept.", labels=("job", "outcome"))
    for (job, outcome), count in sorted(operations.job_outcomes(work).items()):
        family.add_metric([job, outcome], count)
    return family


def _backlogs(work: Work) -> Iterator[Metric]:
    marks, entries = operations.dirty_marks(work), operations.unsealed_entries(work)
    given_up, dead = operations.dead_marks(work), operations.dead_notices(work)
    lag, age = marks.age(work.now).total_seconds(), entries.age(work.now).total_seconds()
    yield GaugeMetricFamily("rbm_rollup_marks", "Changes the figures do not show yet.", marks.count)
    yield GaugeMetricFamily("rbm_rollup_lag_seconds", "Age of the oldest of them.", lag)
    yield GaugeMetricFamily("rbm_rollup_dead_marks", "Changes whose figures were given up.", given_up.count)
    yield GaugeMetricFamily("rbm_audit_unsealed_entries", "Entries of the audit trail not sealed yet.", entries.count)
    yield GaugeMetricFamily("rbm_audit_unsealed_age_seconds", "Age of the oldest of them.", age)
    yield GaugeMetricFamily("rbm_notices_failed", "Notices whose delivery was given up.", dead.count)


class MetricsEndpoint:
    """`/metrics`: for whoever has the token of the settings; without one in the settings, for this machine alone."""

    def __init__(self, metrics: Metrics, token: SecretStr) -> None:
        self.metrics = metrics
        self.token = token.get_secret_value()

    async def answer(self, request: Request) -> Response:
        """Answer, or refuse with 401 or 403."""
        if self.token and not _bears(request, self.token):
            return PlainTextResponse("a token is needed", 401, {"www-authenticate": "Bearer"})
        if not self.token and not _from_here(request):
            return PlainTextResponse("metrics are read from this machine, or with a token", 403)
        text = await to_thread.run_sync(generate, self.metrics.registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)


def _bears(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _from_here(request: Request) -> bool:
    """Asked by this machine itself, not by a proxy on it for somebody else."""
    through = any(name.startswith(FORWARDED) for name in request.headers)
    return not through and request.client is not None and bool(request.client.host) and loopback(request.client.host)
