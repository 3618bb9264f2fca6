"""aiortc reads our descriptions as we mean them, and we read its."""
# MIT License; see LICENSE

import aiortc.sdp
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from webrtc import sdp
from webrtc.peer import PeerConnection

HOST = "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host"
CODECS = [(0, "PCMU", 8000, ""), (8, "PCMA", 8000, ""), (96, "opus", 48000, "useinbandfec=1")]


def local(**options) -> sdp.Local:
    fingerprint = ":".join(["A5"] * 32)
    return sdp.Local(CODECS, "abcd1234", "p" * 24, fingerprint, 77, "board", (HOST,), **options)


def test_our_offer_says_to_aiortc_what_it_says_to_us():
    text = sdp.offer(local(session_id="9", lite=True)).to_text()
    theirs = aiortc.sdp.SessionDescription.parse(text)
    media = theirs.media[0]
    assert [(c.payloadType, c.mimeType, c.clockRate) for c in media.rtp.codecs] == [
        (0, "audio/PCMU", 8000),
        (8, "audio/PCMA", 8000),
        (96, "audio/opus", 48000),
    ]
    assert (media.ice.usernameFragment, media.ice.password) == ("abcd1234", "p" * 24)
    assert media.ice.iceLite
    assert media.dtls.fingerprints[0].value == ":".join(["A5"] * 32)
    assert (media.ssrc[0].ssrc, media.ssrc[0].cname) == (77, "board")
    assert (media.ice_candidates[0].ip, media.ice_candidates[0].port) == ("127.0.0.1", 5000)
    assert (media.ice_candidates_complete, media.rtcp_mux) == (True, True)
    assert [(e.id, e.uri) for e in media.rtp.headerExtensions] == [(1, sdp.LEVEL_URI)]
    assert theirs.group[0].items == ["0"]


@pytest.mark.parametrize("kinds", [["audio"], ["video", "audio"], ["audio", "video", "data"]])
async def test_aiortc_takes_our_answer_whatever_else_it_offered(kinds):
    peer = RTCPeerConnection()
    try:
        for kind in kinds:
            if kind == "data":
                peer.createDataChannel("x")
            else:
                peer.addTransceiver(kind)
        await peer.setLocalDescription(await peer.createOffer())
        offered = sdp.Session.parse(peer.localDescription.sdp)
        answered = sdp.answer(offered, local(), "passive")
        await peer.setRemoteDescription(RTCSessionDescription(answered.to_text(), "answer"))
        assert [m.rejected for m in answered.media] == [kind != "audio" for kind in kinds]
    finally:
        await peer.close()


async def test_aiortc_answers_our_offer():
    peer = RTCPeerConnection()
    try:
        ours = sdp.offer(local())
        await peer.setRemoteDescription(RTCSessionDescription(ours.to_text(), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        media = sdp.check_answer(ours, sdp.Session.parse(peer.localDescription.sdp))
        assert media.setup == "active"
        assert {codec[1] for codec in media.codecs} == {"PCMU", "PCMA", "opus"}
    finally:
        await peer.close()


async def test_aiortc_leaves_comfort_noise_out():
    ours = PeerConnection(codecs=("PCMU", "CN"))
    theirs = RTCPeerConnection()
    try:
        offer = ours.create_offer()
        ours.set_local_description("offer", offer)
        assert "a=rtpmap:13 CN/8000" in offer
        await theirs.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await theirs.setLocalDescription(await theirs.createAnswer())
        ours.set_remote_description("answer", theirs.localDescription.sdp)
        assert (ours.sender.codec, ours.sender.noise_type) == ((0, "PCMU", 8000), None)
    finally:
        await theirs.close()
