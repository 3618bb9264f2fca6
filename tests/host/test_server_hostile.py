"""What strangers and hostile participants send to a call: it goes on, and nothing is logged."""
# MIT License; see LICENSE

import asyncio
import socket

import pytest
import pytest_asyncio
from roomtone_host.server import link, rtp
from roomtone_host.server.inbound import Inbound
from roomtone_host.server.offer import parse_offer
from roomtone_host.server.peer import MediaPeer

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


def rtp_packet(number, payload):
    return rtp.RtpPacket(0, number, 160 * number, 7, payload, None)


def test_a_stream_of_nothing_leaves_nothing_behind():
    inbound = Inbound("PCMU", 8000)
    for number in range(500):
        inbound.push(rtp_packet(number, b"" if number % 2 else bytes(5000)), number * 0.02)
        inbound.pull(number * 0.02)
    assert len(inbound._arrivals) + len(inbound._held) == 0


def test_a_packet_that_comes_behind_all_that_may_wait_for_it_is_played_in_its_place():
    inbound = Inbound("PCMU", 8000)
    for number in (0, *range(2, 18), 1):
        inbound.push(rtp_packet(number, bytes(160)), 0.0)
    assert not inbound._held and not inbound.late


async def test_a_payload_that_could_not_be_passed_on_is_dropped(client, server):
    heard = []
    peer = MediaPeer(parse_offer(await client(server).offer()), ["127.0.0.1"], heard.append)
    for size, count in ((160, 1), (1300, 2), (1301, 2), (1440, 2)):
        peer._on_rtp(rtp.build(0, count, 0, 7, bytes(size), False, None, 0))
        assert len(heard) == count
    await peer.close()


async def test_a_fault_in_the_media_path_is_told_and_logged(server, client, monkeypatch, caplog):
    async def fail(self):
        raise RuntimeError("a fault")

    monkeypatch.setattr(MediaPeer, "run", fail)
    ada = client(server)
    await ada.join()
    assert (await ada.wait("error"))["code"] == "media-failed"
    assert await ada.wait_closed() == 4000
    assert "a fault" in caplog.text


class Deaf:
    """The socket of a client that reads nothing and never goes away."""

    async def send_text(self, text):
        await asyncio.Event().wait()

    async def receive_text(self):
        await asyncio.Event().wait()


async def test_a_client_that_reads_nothing_is_gone(monkeypatch):
    monkeypatch.setattr(link, "_WRITE_TIMEOUT_S", 0.05)
    deaf = link.WebSocketLink(Deaf())
    deaf.send({"type": "pong", "id": 1})
    async with asyncio.timeout(5):
        assert await deaf.receive() is None
        await deaf.finished()
