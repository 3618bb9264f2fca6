"""Rooms over real sockets: joins and refusals, roster, mute, speaker, resume, ends."""
# MIT License; see LICENSE

import asyncio
import json

import httpx
import pytest
from roomtone_host.server import session as session_module
from roomtone_host.server.config import Config
from roomtone_host.server.limits import RateLimit
from roomtone_host.server.runner import RoomServer

DEEP = json.loads("[" * 90 + "]" * 90)


def token(server, room="lab", **options):
    return server.hub.tokens.issue(room, **options)


async def refused(client, *args, **fields):
    """The code of the refusal; checks that it is one error and close code 4000."""
    answer = await client.join(*args, **fields)
    assert answer["type"] == "error", answer
    assert await client.wait_closed() == 4000
    return answer["code"], answer["retriable"]


async def test_join_tells_both_sides_who_is_there(server, client):
    ada, bob = client(server, "Ada"), client(server, "Bob", 1000, "opus")
    first = await ada.join(kind="board")
    assert first["participants"] == [] and first["room_id"] == "lab"
    second = await bob.join(participant_id="bob-1")
    assert second["participant_id"] == "bob-1"
    assert second["session_id"] == first["session_id"]
    streams = [{"kind": "audio", "muted": False}]
    assert second["participants"] == [
        {"participant_id": ada.id, "name": "Ada", "kind": "board", "streams": streams}
    ]
    news = await ada.wait("participant-joined")
    assert news["participant"]["name"] == "Bob"
    await bob.send({"type": "leave"})
    assert await bob.wait_closed() == 1000
    assert await ada.wait("participant-left") == {
        "type": "participant-left",
        "participant_id": "bob-1",
        "reason": "left",
    }


async def test_no_token_is_token_missing(closed_server, client):
    assert await refused(client(closed_server)) == ("token-missing", False)


async def test_a_forged_token_is_token_invalid(closed_server, client):
    good = token(closed_server)
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    assert await refused(client(closed_server), forged) == ("token-invalid", False)


async def test_an_expired_token_is_token_expired(closed_server, client):
    old = token(closed_server, life_s=-5)
    assert await refused(client(closed_server), old) == ("token-expired", False)


async def test_a_token_for_another_room_is_forbidden(closed_server, client):
    assert await refused(client(closed_server), token(closed_server, "pair")) == (
        "forbidden",
        False,
    )


async def test_a_token_for_another_participant_is_forbidden(closed_server, client):
    scoped = token(closed_server, participant_id="kitchen")
    code = await refused(client(closed_server), scoped, participant_id="hall")
    assert code == ("forbidden", False)
    assert closed_server.hub.rooms.get("lab").session is None  # none begins by a refusal
    joined = await client(closed_server).join(scoped)
    assert joined["participant_id"] == "kitchen"


async def test_an_unknown_room_is_room_not_found(server, client):
    assert await refused(client(server, room="nowhere")) == ("room-not-found", False)


async def test_a_full_room_is_room_full_until_somebody_leaves(closed_server, client):
    tokens = token(closed_server, "pair")
    clients = [client(closed_server, room="pair") for _ in range(4)]
    for ready in clients[:2]:
        assert (await ready.join(tokens))["type"] == "joined"
    assert await refused(clients[2], tokens) == ("room-full", True)
    await clients[0].send({"type": "leave"})
    await clients[0].wait_closed()
    assert (await clients[3].join(tokens))["type"] == "joined"


async def test_a_deactivated_room_is_room_ended_for_those_inside_and_outside(server, client):
    ada = client(server)
    await ada.join()
    async with httpx.AsyncClient(base_url=server.url()) as http:
        answer = await http.post("/v2/rooms/deactivate", json={"roomId": "lab"})
    assert answer.json()["disabled"] is True
    assert await ada.wait("end") == {"type": "end", "by": None}
    assert await ada.wait_closed() == 1000
    assert await refused(client(server)) == ("room-ended", False)


async def test_a_ticket_opens_one_connection(closed_server, client):
    async with httpx.AsyncClient(base_url=closed_server.url()) as http:
        missing = await http.post("/v1/rooms/lab/ticket")
        assert (missing.status_code, missing.json()["code"]) == (401, "token-missing")
        headers = {"Authorization": f"Bearer {token(closed_server)}"}
        answer = await http.post("/v1/rooms/lab/ticket", headers=headers)
    query = f"?ticket={answer.json()['ticket']}"
    assert answer.json()["expires_in_s"] == 30
    assert (await client(closed_server).join(query=query))["type"] == "joined"
    assert await refused(client(closed_server), None, query) == ("token-invalid", False)


async def test_messages_that_are_wrong_are_answered_and_the_call_goes_on(server, client):
    ada = client(server)
    await ada.join()
    for message, code in [
        ({"type": "dance"}, "unknown-message"),
        ({"type": "subscribe", "participant_id": 5}, "bad-request"),
        ({"type": "subscribe", "participant_id": "nobody"}, "bad-request"),
        ({"type": "message", "topic": "", "data": 1}, "bad-request"),
        ({"type": "message", "topic": "t", "data": "x" * 9000}, "bad-request"),
        (
            {"type": "message", "topic": "t", "data": DEEP},
            "bad-request",
        ),
        ({"type": "presenter", "active": "yes"}, "bad-request"),
        ({"type": "ping", "id": {}}, "bad-request"),
        ({"type": "stream-muted", "kind": "video"}, "bad-request"),
        ({"no": "type"}, "bad-request"),
    ]:
        await ada.send(message)
        answer = await ada.wait("error")
        assert (answer["code"], answer.get("about")) == (code, message.get("type")), message
    await ada.send({"type": "ping", "id": 7, "unknown": "ignored"})
    assert await ada.wait("pong") == {"type": "pong", "id": 7}


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', '{"type": NaN}', "[" * 5000, '{"type":"' + "x" * 17000 + '"}']
)
async def test_what_is_no_message_ends_the_connection(server, client, text):
    ada = client(server)
    await ada.join()
    await ada.socket.send(text)
    assert (await ada.wait("error"))["code"] == "protocol-error"
    assert await ada.wait_closed() == 4000


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "leave"}, "bad-request"),
        ({"name": 5}, "bad-request"),
        ({"name": "a\nb"}, "bad-request"),
        ({"name": "x" * 65}, "bad-request"),
        ({"kind": "toaster"}, "bad-request"),
        ({"participant_id": "../etc"}, "bad-request"),
        ({"resume": ["x"]}, "bad-request"),
        ({"resume": "\ud800"}, "bad-request"),
        ({"want": "levels"}, "bad-request"),
        ({"sdp": None}, "bad-request"),
        ({"sdp": "v=0\r\nm=audio"}, "bad-request"),
    ],
)
async def test_a_join_with_a_bad_field_is_refused(server, client, fields, code):
    assert await refused(client(server), **fields) == (code, False)


async def test_an_offer_without_our_codecs_is_no_codec(server, client):
    ada = client(server)
    offer = await ada.offer()
    await ada.close()
    strange = offer.replace(" PCMU/8000", " G723/8000").replace("SAVPF 0", "SAVPF 4")
    strange = strange.replace("a=rtpmap:0", "a=rtpmap:4")
    assert await refused(client(server), sdp=strange) == ("no-codec", False)


async def test_a_wrong_fingerprint_is_media_failed(server, client):
    ada = client(server)
    offer = await ada.offer()
    wrong = "\r\n".join(
        line[:-2] + "00" if line.startswith("a=fingerprint") else line
        for line in offer.splitlines()
    )
    ada.offer = lambda: asyncio.sleep(0, wrong + "\r\n")
    assert (await ada.join())["type"] == "joined"
    answer = await ada.wait("error")
    assert (answer["code"], answer["retriable"]) == ("media-failed", True)
    assert await ada.wait_closed() == 4000


async def test_mute_silences_and_is_told(server, client):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 1000)
    await ada.join()
    await bob.join()
    assert await bob.hears(440) > 0.8
    await ada.send({"type": "stream-muted", "kind": "audio"})
    told = await bob.wait("stream-muted")
    assert told == {"type": "stream-muted", "participant_id": ada.id, "kind": "audio"}
    assert await bob.hears_nothing()
    await ada.send({"type": "stream-unmuted", "kind": "audio"})
    await bob.wait("stream-unmuted")
    assert await bob.hears(440) > 0.8


async def test_one_participant_can_be_chosen(server, client):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 1000)
    eve = client(server, "Eve", 2000, "opus")
    for one in (ada, bob, eve):
        await one.join()
    assert await eve.hears(440, 0.3) > 0.3 and await eve.hears(1000, 0.3) > 0.3
    await eve.send({"type": "subscribe", "participant_id": bob.id})
    assert await eve.hears(1000, 0.9) > 0.9
    await eve.send({"type": "unsubscribe"})
    assert await eve.hears_nothing()
    await eve.send({"type": "subscribe", "participant_id": None})
    assert await eve.hears(440, 0.3) > 0.3


async def test_the_active_speaker_is_told_and_taken_back(server, client):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 0)
    await ada.join(want=["levels"])
    await bob.join()
    assert (await bob.wait("active-speaker"))["participant_id"] == ada.id
    levels = (await ada.wait(lambda m: m["type"] == "levels" and len(m["levels"]) == 2))["levels"]
    assert set(levels) == {ada.id, bob.id}
    await ada.wait(lambda m: m["type"] == "levels" and m["levels"].get(ada.id, -127) > -30)
    ada.tone.hz, bob.tone.hz = 0, 1000
    assert (await ada.wait(lambda m: m.get("participant_id") == bob.id))[
        "type"
    ] == "active-speaker"
    bob.tone.hz = 0
    await ada.wait(lambda m: m["type"] == "active-speaker" and m["participant_id"] is None)
    assert not [m for m in bob.messages if m["type"] == "levels"]


async def test_messages_go_to_all_or_to_one(server, client):
    ada, bob, eve = (client(server, name) for name in ("Ada", "Bob", "Eve"))
    for one in (ada, bob, eve):
        await one.join()
    await ada.send({"type": "message", "topic": "chat", "data": {"text": "Grüße"}})
    for one in (bob, eve):
        assert await one.wait("message") == {
            "type": "message",
            "from": ada.id,
            "topic": "chat",
            "data": {"text": "Grüße"},
        }
    await ada.send({"type": "message", "topic": "chat", "data": 2, "to": bob.id})
    assert (await bob.wait("message"))["data"] == 2
    await ada.send({"type": "message", "topic": "chat", "data": "\ud800!", "to": bob.id})
    assert (await bob.wait("message"))["data"] == "?!"
    await eve.send({"type": "ping", "id": 1})
    await eve.wait("pong")
    assert not [m for m in ada.messages + eve.messages if m["type"] == "message"]


async def test_the_presenter_is_told_and_gone_with_its_participant(server, client):
    ada, bob = client(server, "Ada"), client(server, "Bob")
    await ada.join()
    await bob.join()
    await ada.send({"type": "presenter", "active": True})
    assert (await bob.wait("presenter"))["participant_id"] == ada.id
    await ada.send({"type": "leave"})
    assert (await bob.wait("presenter"))["participant_id"] is None


async def test_moderators_ask_to_mute_remove_and_end_and_others_may_not(closed_server, client):
    mod = client(closed_server, "Mod")
    ada, bob = client(closed_server, "Ada"), client(closed_server, "Bob")
    await mod.join(token(closed_server, allow_mod=True))
    for one in (ada, bob):
        await one.join(token(closed_server))
    for message in (
        {"type": "mute-requested", "participant_id": mod.id},
        {"type": "remove", "participant_id": mod.id},
        {"type": "end"},
    ):
        await ada.send(message)
        assert (await ada.wait("error"))["code"] == "forbidden"
    await mod.send({"type": "mute-requested", "participant_id": ada.id})
    assert await ada.wait("mute-requested") == {"type": "mute-requested", "by": mod.id}
    await mod.send({"type": "remove", "participant_id": ada.id})
    assert await ada.wait("removed") == {"type": "removed", "reason": "removed"}
    assert await ada.wait_closed() == 1000
    assert (await bob.wait("participant-left"))["reason"] == "removed"
    again = client(closed_server, "Ada")
    assert (await refused(again, token(closed_server), resume=ada.joined["resume"])) == (
        "forbidden",
        False,
    )
    await mod.send({"type": "end"})
    assert await bob.wait("end") == {"type": "end", "by": mod.id}
    assert await bob.wait_closed() == 1000
    late = client(closed_server, "Bob")
    assert (await refused(late, token(closed_server), resume=bob.joined["resume"])) == (
        "room-ended",
        False,
    )
    assert (await client(closed_server).join(token(closed_server)))["participants"] == []


async def test_a_lost_participant_resumes_as_the_same(server, client):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 1000)
    await ada.join()
    await bob.join()
    await ada.send({"type": "stream-muted", "kind": "audio"})
    await bob.wait("stream-muted")
    await ada.vanish()
    back = client(server, "Ada", 440)
    joined = await back.join(resume=ada.joined["resume"])
    assert joined["participant_id"] == ada.id
    assert joined["session_id"] == ada.joined["session_id"]
    assert await back.hears(1000) > 0.8
    await back.send({"type": "stream-unmuted", "kind": "audio"})
    assert await bob.hears(440) > 0.8
    kinds = {m["type"] for m in bob.messages}
    assert not kinds & {"participant-left", "participant-joined"}


async def test_a_second_connection_with_the_secret_replaces_the_first(server, client):
    ada = client(server)
    await ada.join()
    again = client(server)
    assert (await again.join(resume=ada.joined["resume"]))["participant_id"] == ada.id
    assert await ada.wait("removed") == {"type": "removed", "reason": "replaced"}
    assert await ada.wait_closed() == 1000


async def test_who_does_not_come_back_is_lost(server, client, monkeypatch):
    monkeypatch.setattr(session_module, "RESUME_S", 0.3)
    ada, bob = client(server, "Ada"), client(server, "Bob")
    await ada.join()
    await bob.join()
    await ada.vanish()
    left = await bob.wait("participant-left")
    assert (left["participant_id"], left["reason"]) == (ada.id, "lost")


async def test_an_id_in_use_is_taken_over_only_with_a_token_for_it(closed_server, client):
    ada = client(closed_server)
    await ada.join(token(closed_server), participant_id="kitchen")
    thief = client(closed_server)
    assert await refused(thief, token(closed_server), participant_id="kitchen") == (
        "forbidden",
        False,
    )
    owner = client(closed_server)
    joined = await owner.join(token(closed_server, participant_id="kitchen"))
    assert joined["participant_id"] == "kitchen"
    assert (await ada.wait("removed"))["reason"] == "replaced"


async def test_a_restarted_server_takes_everybody_back(tmp_path, client):
    config = Config(tmp_path / "data", port=0, open=True)
    async with RoomServer(config) as first:
        room = first.hub.rooms.create().room_id
        ada = client(first, room=room)
        await ada.join()
    assert (await ada.wait("error"))["code"] == "server-stopping"
    assert await ada.wait_closed() == 4000
    async with RoomServer(config) as second:
        back = client(second, room=room)
        joined = await back.join(resume=ada.joined["resume"], participant_id=ada.id)
        assert joined["participant_id"] == ada.id
        await back.close()


async def test_the_subprotocol_must_be_offered(server, client):
    ada = client(server)
    await ada.open(subprotocols=None)
    assert (await ada.wait("error"))["code"] == "protocol-error"
    assert await ada.wait_closed() == 4000


async def test_joins_are_limited(server, client, monkeypatch):
    monkeypatch.setattr(server.hub, "joins", RateLimit(2, 0.001))
    codes = [(await refused(client(server, room="nowhere"))) for _ in range(3)]
    assert codes[-1] == ("rate-limited", True)
