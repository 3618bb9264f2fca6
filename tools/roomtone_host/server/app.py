"""The web application: signaling, REST, the page, and the headers that guard it."""
# MIT License; see LICENSE

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from . import page, rest, signaling
from .hub import Hub
from .reasons import Refusal


def create_app(hub: Hub) -> FastAPI:
    """The application of one server."""
    app = FastAPI(title="Roomtone", docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.include_router(signaling.router)
    app.include_router(rest.router)
    page.mount(app)
    app.add_exception_handler(Refusal, _refuse)
    return app


async def _refuse(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    body = {
        "code": refusal.code,
        "error": refusal.text,
        "message": refusal.text,
        "retriable": refusal.retriable,
    }
    return JSONResponse(body, refusal.http_status)
