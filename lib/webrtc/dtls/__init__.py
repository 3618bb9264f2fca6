"""DTLS 1.2 for SRTP (RFC 6347, RFC 5764): a sans-I/O endpoint in either role."""
# MIT License; see LICENSE

from .endpoint import Dtls
from .pool import Pool

__all__ = ("Dtls", "Pool")
