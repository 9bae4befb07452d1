"""The HTTP door: `POST /graphql`, a GraphiQL page for browsers, health and metrics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app import database
from app.endpoint import PAGE, GraphQLEndpoint
from app.operations.headers import rings
from app.operations.health import Readiness, healthy
from app.operations.logs import log_as_json
from app.operations.metrics import Metrics, MetricsEndpoint
from app.operations.statements import count_statements
from app.operations.watching import Watching
from jobs.nudge import Refresher
from rbm.memory import settle
from rbm.settings import Settings, settings


def make_app(engine: sa.Engine, configured: Settings | None = None) -> Starlette:
    """The application over a database, by the settings of this process unless others are given."""
    agreed = configured or settings()
    log_as_json(agreed.log_level)
    count_statements(engine)
    refresher, metrics = Refresher(engine), Metrics(engine)
    routes = [
        Route("/graphql", GraphQLEndpoint(engine, refresher.nudge, agreed)),
        Route("/healthz", healthy),
        Route("/readyz", Readiness(engine).answer),
        Route("/metrics", MetricsEndpoint(metrics, agreed.metrics_token).answer),
        Mount("/graphiql", GZipMiddleware(StaticFiles(directory=PAGE))),
    ]
    middleware = [Middleware(Watching, metrics=metrics), *rings(agreed)]
    return Starlette(routes=routes, middleware=middleware, lifespan=lambda _: _fresh(refresher))


@asynccontextmanager
async def _fresh(refresher: Refresher) -> AsyncIterator[None]:
    """While the server runs, figures follow every change soon."""
    refresher.start()
    yield
    await to_thread.run_sync(refresher.stop)


def application() -> Starlette:
    """The application of a process that serves, over the database of the settings. Conflict when that is not ready."""
    made = make_app(database.prepare())
    settle()
    return made
