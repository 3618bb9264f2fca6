"""WebRTC audio for MicroPython: ICE, DTLS 1.2, SRTP, RTP and SDP on stock firmware."""
# MIT License; see LICENSE

__version__ = "0.1.0"


def connect(exchange, timeout_ms=15000, **options):
    """Call a peer: `async with connect(exchange) as driver`, see `webrtc.call.Call`."""
    from .call import Call  # late: who only wants a part of this package loads only that

    return Call(exchange, timeout_ms, **options)
