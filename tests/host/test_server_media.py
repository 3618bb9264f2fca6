"""Sound through the room server: who hears whom."""
# MIT License; see LICENSE

import asyncio
import itertools
import statistics

import httpx
import numpy as np
import pytest
from raw_peer import FRAME, RawPeer


@pytest.mark.parametrize(
    "codecs", [("PCMU", "PCMU"), ("PCMU", "PCMA"), ("opus", "opus"), ("PCMU", "opus")]
)
async def test_two_hear_each_other_and_not_themselves(server, client, codecs):
    ada = client(server, "Ada", 440, codecs[0])
    bob = client(server, "Bob", 1000, codecs[1])
    assert (await ada.join())["type"] == "joined"
    assert (await bob.join())["type"] == "joined"
    assert await ada.hears(1000) > 0.8
    assert await bob.hears(440) > 0.8


async def raw_pair(server, client):
    """Two connected raw peers, and their signaling clients."""
    peers = []
    for name in ("Ada", "Bob"):
        peer, signaling = RawPeer(), client(server, name)
        signaling.offer = peer.offer
        await signaling.open()
        await signaling.send({"type": "join", "name": name, "sdp": await peer.offer()})
        await peer.connect((await signaling.wait("joined"))["sdp"])
        peers.append(peer)
    return peers


def click_delays_ms(sender, receiver, clicks):
    """From each click's first sample sent to the same sample received, where it was."""
    heard = [(at + i / 8000, s) for at, frame in receiver.heard for i, s in enumerate(frame)]
    onsets = [
        at for (at, s), (_, before) in zip(heard[1:], heard, strict=False) if s > 8000 > before
    ]
    delays = []
    for n in clicks:
        later = [onset for onset in onsets if onset > sender.sent[n]]
        if later:
            delays.append(1000 * (later[0] - sender.sent[n]))
    return delays


async def test_the_server_adds_at_most_45_ms(server, client):
    ada, bob = await raw_pair(server, client)
    quiet, loud = np.zeros(FRAME), np.full(FRAME, 16000)
    # Some far and some near: what is late by a whole gap does not pass for the next.
    clicks = list(itertools.accumulate([30] + 4 * [9, 11, 14, 8]))
    frames = [loud if n in clicks else quiet for n in range(205)]
    try:
        await asyncio.gather(ada.talk(frames), bob.talk([quiet] * 205))
        await asyncio.sleep(0.1)
        delays = click_delays_ms(ada, bob, clicks)
    finally:
        await ada.close()
        await bob.close()
    print("delay ms", sorted(round(d, 1) for d in delays))
    assert len(delays) > 0.8 * len(clicks)
    assert statistics.median(delays) <= 45


async def test_the_mix_carries_its_own_level(server, client):
    ada, bob = await raw_pair(server, client)
    tone = 8000 * np.sin(2 * np.pi * 1000 / 8000 * np.arange(FRAME))
    try:
        await ada.talk([tone] * 30)
    finally:
        await ada.close()
        await bob.close()
    # 20 log10(8000 / 32768) - 3; where a frame was late, what stands in for it is quieter.
    assert -16 <= statistics.median(bob.levels) <= -14
    assert not ada.heard


async def test_stats_tell_levels_and_packets(server, client):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 1000)
    await ada.join()
    await bob.join()
    assert await bob.hears(440) > 0.8 and await ada.hears(1000) > 0.8
    async with httpx.AsyncClient(base_url=server.url()) as http:
        for _ in range(100):
            stats = (await http.get("/v1/rooms/lab/stats")).json()
            levels = [who["level_dbov"] for who in stats["participants"]]
            if all(-20 < level < -8 for level in levels):
                break
            await asyncio.sleep(0.05)  # a frame that was late is silent for a moment
    assert stats["room_id"] == "lab"
    assert len(levels) == 2 and all(-20 < level < -8 for level in levels)
    for who in stats["participants"]:
        assert who["connected"] and who["codec"] == "PCMU" and who["packets_received"] > 10
        assert who["packets_sent"] > 10 and who["packets_lost"] == 0 and who["delay_ms"] > 0
