"""What strangers and hostile participants send to a call: it goes on, and nothing is logged."""
# MIT License; see LICENSE

import asyncio
import socket

import pytest
import pytest_asyncio

# A binding response whose USE-CANDIDATE is followed by a PRIORITY of no bytes.
CUT_STUN = bytes.fromhex("010100042112a442db192221bdedf35354821b5800240000")
STRANGE = {
    "empty": b"",
    "too long for libsrtp": b"\x80" + bytes(4000),
    "a STUN attribute cut off": CUT_STUN,
    "SRTP of nobody": b"\x80\x60" + bytes(200),
    "half a DTLS record": b"\x16\xfe\xfd\0",
}


def candidate(sdp):
    """Address and port of the server's first candidate."""
    line = next(line for line in sdp.splitlines() if line.startswith("a=candidate:"))
    return line.split()[4], int(line.split()[5])


@pytest_asyncio.fixture
async def complaints():
    """What the event loop is told of exceptions that nobody caught."""
    found = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: found.append(context))
    yield found
    loop.set_exception_handler(None)


def throw(address, datagrams):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for data in datagrams:
            stranger.sendto(data, address)


@pytest.mark.parametrize("what", STRANGE)
async def test_a_strangers_datagrams_do_not_touch_a_call(server, client, complaints, what):
    ada, bob = client(server, "Ada", 440), client(server, "Bob", 1000)
    await bob.join()
    joined = await ada.join()
    throw(candidate(joined["sdp"]), 5 * [STRANGE[what]])  # before and during the handshake
    assert await bob.hears(440) > 0.8
    throw(candidate(joined["sdp"]), 5 * [STRANGE[what]])
    peer = server.hub.rooms.get("lab").session.participants[ada.id].peer
    received = peer.inbound.reception.received
    for _ in range(100):
        await asyncio.sleep(0.05)
        if peer.inbound.reception.received > received + 20:
            break
    assert peer.inbound.reception.received > received + 20
    assert peer.connected and ada.close_code is None
    assert complaints == []
