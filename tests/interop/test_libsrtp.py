"""SRTP and SRTCP are libsrtp's, byte for byte, in both directions."""
# MIT License; see LICENSE

import sys
from pathlib import Path

import pylibsrtp
import pytest
from webrtc import srtp
from webrtc.srtcp import SrtcpReceiver, SrtcpSender

sys.path.insert(0, str(Path(__file__).parent.parent / "protocol" / "rtp"))

from test_srtp import KEY, SALT, Srtcp, packet, protect, stream, unprotect  # noqa: E402


def session(direction: int) -> pylibsrtp.Session:
    return pylibsrtp.Session(policy=pylibsrtp.Policy(key=KEY + SALT, ssrc_type=direction))


@pytest.fixture
def outbound() -> pylibsrtp.Session:
    return session(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)


@pytest.fixture
def inbound() -> pylibsrtp.Session:
    return session(pylibsrtp.Policy.SSRC_ANY_INBOUND)


def test_packets_across_a_wrap_with_and_without_extension(outbound, inbound):
    sender, receiver = srtp.SrtpSender(KEY, SALT, 256), srtp.SrtpReceiver(KEY, SALT, 256)
    for data in stream():
        theirs = outbound.protect(data)
        ours = protect(sender, data)
        assert ours == theirs
        assert unprotect(receiver, theirs) == data
        assert inbound.unprotect(ours) == data
    assert receiver.rejected == 0


def test_the_longest_packet_and_contributing_sources(outbound):
    sender = srtp.SrtpSender(KEY, SALT, 1400)
    data = b"\x83" + packet(1, b"")[1:] + bytes(12) + bytes(range(256)) * 5
    assert protect(sender, data) == outbound.protect(data)


def test_control_packets(outbound, inbound):
    sender, receiver = SrtcpSender(KEY, SALT), SrtcpReceiver(KEY, SALT)
    for size in range(8, 53, 4):
        data = Srtcp.REPORT[:size]
        theirs = outbound.protect_rtcp(data)
        ours = sender.protect(data)
        assert ours == theirs
        assert receiver.unprotect(theirs) == data
        assert inbound.unprotect_rtcp(ours) == data
