"""DTLS 1.2 for SRTP (RFC 6347, RFC 5764): a sans-I/O endpoint in either role."""
# MIT License; see LICENSE

# Those first that need no other: imports that nest deeply take more stack than a chip has.
for _name in ("wire", "fragments", "hello", "messages", "schedule", "record", "flight", "pool"):
    __import__(__name__ + "." + _name)

from .endpoint import Dtls  # noqa: E402
from .pool import Pool  # noqa: E402

__all__ = ("Dtls", "Pool")
