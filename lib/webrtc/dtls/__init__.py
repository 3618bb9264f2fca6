"""DTLS 1.2 for SRTP (RFC 6347, RFC 5764): a sans-I/O endpoint in either role."""
# MIT License; see LICENSE

# Those first that need no other: imports that nest deeply take more stack than a chip has.
for _name in ("flight", "record"):
    __import__(__name__ + "." + _name)

from .endpoint import Dtls  # noqa: E402


def Pool(urandom, depth=1):
    """Make a pool of numbers for handshakes, see `webrtc.dtls.pool.Pool`."""
    from .pool import Pool  # late: it brings the arithmetic with it

    return Pool(urandom, depth)


__all__ = ("Dtls", "Pool")
