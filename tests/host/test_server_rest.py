"""HTTP: rooms and tokens in VideoSDK's shapes, who may ask for them, the page's headers."""
# MIT License; see LICENSE

import asyncio
import time

import httpx
import pytest_asyncio
from roomtone_host.server import guard, tokens
from roomtone_host.server.config import Config
from roomtone_host.server.ice import media_addresses
from roomtone_host.server.runner import RoomServer


@pytest_asyncio.fixture
async def http(closed_server):
    async with httpx.AsyncClient(base_url=closed_server.url()) as client:
        yield client


def api(server):
    return {"Authorization": server.hub.tokens.issue(allow_api=True)}


async def test_rooms_are_made_got_listed_validated_and_closed(closed_server, http):
    headers = api(closed_server)
    made = (await http.post("/v2/rooms", headers=headers)).json()
    assert [len(part) for part in made["roomId"].split("-")] == [4, 4, 4]
    assert made["disabled"] is False and made["createdAt"].endswith("Z")
    named = {"customRoomId": "kitchen", "limit": 3}
    custom = (await http.post("/v2/rooms", headers=headers, json=named)).json()
    again = (await http.post("/v2/rooms", headers=headers, json=named)).json()
    assert custom == again and custom["customRoomId"] == "kitchen" and custom["limit"] == 3
    page = (await http.get("/v2/rooms?perPage=2", headers=headers)).json()
    assert page["pageInfo"] == {"currentPage": 1, "perPage": 2, "lastPage": 2, "total": 4}
    assert len(page["data"]) == 2
    assert (await http.get("/v2/rooms/kitchen", headers=headers)).json() == custom
    assert (await http.get("/v2/rooms/validate/kitchen", headers=headers)).status_code == 200
    assert (await http.post("/validate-meeting/kitchen", headers=headers)).status_code == 200
    body = {"roomId": "kitchen"}
    closed = await http.post("/v2/rooms/deactivate", headers=headers, json=body)
    assert closed.json()["disabled"] is True
    gone = await http.get("/v2/rooms/validate/kitchen", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (410, "room-ended")
    missing = await http.get("/v2/rooms/nowhere", headers=headers)
    assert (missing.status_code, missing.json()["code"]) == (404, "room-not-found")


async def test_only_administrators_make_rooms_and_tokens(closed_server, http):
    for call in (http.post("/v2/rooms"), http.get("/get-token"), http.get("/v1/rooms/lab/stats")):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (401, "token-missing")
    plain = {"Authorization": closed_server.hub.tokens.issue("lab", allow_mod=True)}
    for call in (
        http.post("/v2/rooms", headers=plain),
        http.get("/get-token", headers=plain),
        http.post("/v2/rooms/deactivate", headers=plain, json={"roomId": "lab"}),
        http.get("/v1/rooms/pair/stats", headers=plain),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    secret = (closed_server.config.data / "secret").read_text().strip()
    headers = {"Authorization": f"Bearer {secret}"}
    answer = await http.get("/get-token?roomId=lab&participantId=hall&mod=true", headers=headers)
    grant = closed_server.hub.tokens.check(answer.json()["token"])
    assert (grant.room_id, grant.participant_id, grant.allow_mod) == ("lab", "hall", True)
    assert not grant.allow_api


async def test_a_token_for_a_room_makes_nobody_an_administrator(closed_server, http):
    for scope in ({"room_id": "lab"}, {"participant_id": "hall"}):
        headers = {"Authorization": closed_server.hub.tokens.issue(**scope, allow_api=True)}
        for call in (
            http.get("/get-token?mod=true", headers=headers),
            http.post("/v2/rooms/deactivate", headers=headers, json={"roomId": "pair"}),
        ):
            answer = await call
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_app_servers_clock_may_be_ahead(closed_server, http, monkeypatch):
    now = time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + 30)
    headers = {"Authorization": closed_server.hub.tokens.issue("lab")}
    monkeypatch.undo()
    assert (await http.get("/v2/rooms/validate/lab", headers=headers)).status_code == 200


async def test_hostile_bodies_and_headers_are_answered(closed_server, http):
    headers = api(closed_server)
    for body in ("{", "[]", '{"customRoomId": "../x"}', '{"customRoomId": 5}', '{"limit": 0}'):
        answer = await http.post("/v2/rooms", headers=headers, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-request"), body
        assert answer.json()["retriable"] is False
    page = await http.get("/v2/rooms?page=x", headers=headers)
    assert page.status_code == 400 and page.json()["error"].startswith("page: ")
    for token in ("x", "a.b.c", b"\xe9\xff", "x" * 6000):
        answer = await http.get("/v2/rooms", headers={"Authorization": token})
        assert answer.json()["code"] == "token-invalid", token
    huge = await http.post("/v2/rooms", headers=headers, content=b" " * 100_000 + b"{}")
    assert huge.status_code == 413


async def test_half_a_body_is_no_request(server, monkeypatch):
    monkeypatch.setattr(guard, "_BODY_S", 0.1)
    host = server.url().removeprefix("http://")
    head = f"POST /v2/rooms HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n{{}}"
    for gone in (False, True):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head.encode())
        await writer.drain()
        if not gone:
            assert b"did not come in time" in await reader.readuntil(b"}")
        writer.close()
        await writer.wait_closed()
    async with httpx.AsyncClient(base_url=server.url()) as http:
        assert (await http.get("/v2/rooms")).json()["pageInfo"]["total"] == 1


async def test_the_secret_is_kept_and_private(tmp_path):
    data = tmp_path / "data"
    async with RoomServer(Config(data, port=0)) as first:
        token = first.hub.tokens.issue("lab")
    async with RoomServer(Config(data, port=0)) as second:
        assert second.hub.tokens.check(token).room_id == "lab"
    assert (data / "secret").stat().st_mode & 0o777 == 0o600


async def test_rooms_survive_a_restart(tmp_path):
    config = Config(tmp_path / "data", port=0, rooms=["lab"])
    async with RoomServer(config) as first:
        await first.hub.rooms.deactivate("lab")
        other = first.hub.rooms.create(limit=5).room_id
    async with RoomServer(config) as second:
        assert second.hub.rooms.get("lab").disabled
        assert second.hub.rooms.get(other).limit == 5


async def test_the_page_is_served_under_a_strict_policy(http):
    for path in ("/", "/r/lab"):
        answer = await http.get(path)
        assert answer.status_code == 200 and "text/html" in answer.headers["content-type"]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert (await http.get("/static/../../hub.py")).status_code == 404
    assert (await http.get("/openapi.json")).json()["info"]["title"] == "Roomtone"


async def test_another_sites_page_can_not_use_an_open_server(server, client):
    async with httpx.AsyncClient(base_url=server.url()) as http:
        rebound = await http.get("/v2/rooms", headers={"Host": "evil.example"})
        assert rebound.status_code == 403
        foreign = await http.post("/v2/rooms", headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403
        own = await http.post("/v2/rooms", headers={"Origin": server.url()})
        assert own.status_code == 200


def test_media_stays_on_loopback_when_the_server_does():
    assert media_addresses("127.0.0.1") == ["127.0.0.1"]
    assert media_addresses("localhost") == ["127.0.0.1"]
    everywhere = media_addresses("0.0.0.0")
    assert everywhere[-1] == "127.0.0.1" and len(set(everywhere)) == len(everywhere)
