"""The web application: signaling, REST, and the page."""
# MIT License; see LICENSE

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from . import flasher, invites, ota, rest, signaling
from .guard import Guard, refuse
from .hub import Hub
from .reasons import Refusal

_STATIC = Path(__file__).parent / "static"


def create_app(hub: Hub) -> FastAPI:
    """The application of one server."""
    app = FastAPI(title="Roomtone", docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.include_router(signaling.router)
    app.include_router(rest.router)
    app.include_router(ota.router)
    app.include_router(invites.router)
    app.include_router(flasher.router)
    app.add_api_route("/", _page, include_in_schema=False)
    app.add_api_route("/r/{room_id}", _page, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(RequestValidationError, _name_field)
    app.add_middleware(Guard, hub=hub)
    return app


async def _page() -> FileResponse:
    return FileResponse(_STATIC / "index.html")


async def _refuse(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    return refuse(refusal)


async def _name_field(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    # Of a body that is no JSON it says where, in characters.
    names = [part for part in first["loc"][1:] if isinstance(part, str)]
    field = ".".join(names) or "body"
    return refuse(Refusal("bad-request", f"{field}: {first['msg']}."))
