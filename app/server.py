"""The HTTP door: `POST /graphql`, a GraphiQL page for browsers, and `/healthz`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.endpoint import PAGE, GraphQLEndpoint
from app.operations import SafeHeaders, healthy, log_as_json
from jobs.nudge import Refresher


def make_app(engine: sa.Engine) -> Starlette:
    """The application over a database."""
    log_as_json()
    refresher = Refresher(engine)
    assets = GZipMiddleware(StaticFiles(directory=PAGE))
    routes = [
        Route("/graphql", GraphQLEndpoint(engine, refresher.nudge)),
        Route("/healthz", healthy),
        Mount("/graphiql", assets),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SafeHeaders)], lifespan=lambda _: _fresh(refresher))


@asynccontextmanager
async def _fresh(refresher: Refresher) -> AsyncIterator[None]:
    """While the server runs, figures follow every change soon."""
    refresher.start()
    yield
    await to_thread.run_sync(refresher.stop)


def serve(engine: sa.Engine, host: str, port: int) -> None:
    """Answer requests until the process is told to end."""
    uvicorn.run(make_app(engine), host=host, port=port, server_header=False, log_level="warning")
