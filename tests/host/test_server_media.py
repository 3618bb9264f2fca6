"""Sound through the room server: who hears whom."""
# MIT License; see LICENSE

import asyncio
import statistics

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
    """From each click's first sample sent to the same sample received."""
    heard = [(at + i / 8000, s) for at, frame in receiver.heard for i, s in enumerate(frame)]
    onsets = [
        at for (at, s), (_, before) in zip(heard[1:], heard, strict=False) if s > 8000 > before
    ]
    return [1000 * (onset - sender.sent[n]) for n, onset in zip(clicks, onsets, strict=True)]


async def test_the_server_adds_at_most_45_ms(server, client):
    ada, bob = await raw_pair(server, client)
    quiet, loud = np.zeros(FRAME), np.full(FRAME, 16000)
    clicks = list(range(30, 200, 10))
    frames = [loud if n in clicks else quiet for n in range(205)]
    try:
        await asyncio.gather(ada.talk(frames), bob.talk([quiet] * 205))
        await asyncio.sleep(0.1)
        delays = click_delays_ms(ada, bob, clicks)
    finally:
        await ada.close()
        await bob.close()
    print("delay ms", sorted(round(d, 1) for d in delays))
    assert statistics.median(delays) <= 45


async def test_the_mix_carries_its_own_level(server, client):
    ada, bob = await raw_pair(server, client)
    tone = 8000 * np.sin(2 * np.pi * 1000 / 8000 * np.arange(FRAME))
    try:
        await ada.talk([tone] * 30)
    finally:
        await ada.close()
        await bob.close()
    assert -16 <= bob.levels[-2] <= -14  # 20 log10(8000 / 32768) - 3
    assert not ada.heard
