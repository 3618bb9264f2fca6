"""A room server on 127.0.0.1 for each test that asks, and clients that are closed after it."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib

import pytest_asyncio
from room_client import RoomClient
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer


@pytest_asyncio.fixture
async def server(tmp_path):
    """An open server with the room `lab`."""
    async with RoomServer(Config(tmp_path / "data", port=0, open=True, rooms=["lab"])) as running:
        yield running


@pytest_asyncio.fixture
async def closed_server(tmp_path):
    """A server that wants tokens, with the rooms `lab` and `pair` (for two)."""
    config = Config(tmp_path / "data", port=0, rooms=["lab"])
    async with RoomServer(config) as running:
        running.hub.rooms.create("pair", 2)
        yield running


@pytest_asyncio.fixture
async def client():
    """Makes clients: `client(server, name, hz, codec, room=)`."""
    async with contextlib.AsyncExitStack() as stack:

        def make(server, name="Ada", hz=440.0, codec="PCMU", room="lab"):
            made = RoomClient(server.url(), room, name, hz, codec)
            stack.push_async_callback(made.close)
            return made

        yield make
