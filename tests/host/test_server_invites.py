"""Invites: what the server tells boards to pin, and QR codes."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from pathlib import Path

import httpx
from roomtone_host.server.config import Config
from roomtone_host.server.limits import RateLimit
from roomtone_host.server.ota import Updates
from roomtone_host.server.runner import RoomServer

JSON = {"Content-Type": "application/json"}


async def test_no_pins_where_there_is_nothing_to_pin(tmp_path: Path):
    async with RoomServer(Config(tmp_path, port=0, open=True)) as server, httpx.AsyncClient() as c:
        assert (await c.get(server.url() + "/v1/pins")).json() == {}


async def test_the_signing_keys_pin_is_told_once_there_is_one(tmp_path: Path):
    pin = Updates(tmp_path).pin()
    async with RoomServer(Config(tmp_path, port=0, open=True)) as server, httpx.AsyncClient() as c:
        assert (await c.get(server.url() + "/v1/pins")).json() == {"update": pin}


async def test_qr_codes(tmp_path: Path):
    async with RoomServer(Config(tmp_path, port=0)) as server, httpx.AsyncClient() as client:
        url = server.url() + "/v1/qr"
        link = f"{server.url()}/r/lab#token={'x' * 300}"
        made = await client.post(url, json={"text": link})
        assert made.headers["content-type"] == "image/svg+xml"
        assert made.text.startswith("<svg") and "script" not in made.text
        for text in (None, "", 5, "x" * 1201, "\U0001f600" * 1200, "\ud800"):
            body = json.dumps({"text": text}).encode()
            answer = await client.post(url, content=body, headers=JSON)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-request"), text
        server.hub.joins = RateLimit(1, 0.001)
        answers = [await client.post(url, json={"text": "x"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]


async def test_a_release_is_served_to_everyone_and_nothing_else_is(tmp_path: Path):
    async with RoomServer(Config(tmp_path, port=0)) as server, httpx.AsyncClient() as client:
        for path in ("sim", "..%2fsecret", "files/" + "0" * 64, "files/..%2f..%2fsecret"):
            assert (await client.get(f"{server.url()}/v1/updates/{path}")).status_code == 404
