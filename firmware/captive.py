"""DNS for the setup network: every name is the board, so a phone opens its page (RFC 1035)."""
# MIT License; see LICENSE

import asyncio
import socket

from micropython import const

_PORT = const(53)
_POLL_MS = const(50)
_MAX_QUERY = const(300)
_HEADER = const(12)
_TTL_S = const(10)
_TYPE_A = b"\x00\x01\x00\x01"  # type A, class IN


def answer(query, ip):
    """The answer to one query that names the IPv4 address `ip` (4 bytes); None for no query."""
    # One question, nothing else counts: QR clear, standard query.
    if len(query) < _HEADER + 5 or query[2] & 0xF8 or query[4:6] != b"\x00\x01":
        return None
    end = _HEADER
    while end < len(query) and query[end]:
        if query[end] > 63:
            return None  # a pointer, which no question has
        end += 1 + query[end]
    end += 5
    if end > len(query):
        return None
    question = bytes(query[_HEADER:end])
    # AA and RD as asked. Other types than A exist not: an empty answer, no error.
    count = 1 if question[-4:] == _TYPE_A else 0
    head = bytes(query[:2]) + bytes((0x84 | query[2] & 1, 0)) + b"\x00\x01" + bytes((0, count))
    found = head + b"\x00\x00\x00\x00" + question
    if count:
        found += b"\xc0\x0c" + _TYPE_A + _TTL_S.to_bytes(4, "big") + b"\x00\x04" + ip
    return found


async def serve(ip, port=_PORT):
    """Answer with `ip` (text) on that address until cancelled. Raises OSError."""
    address = bytes([int(part) for part in ip.split(".")])
    udp = _open(ip, port)
    try:
        while True:
            await asyncio.sleep_ms(_POLL_MS)
            try:
                query, sender = udp.recvfrom(_MAX_QUERY)
                reply = answer(query, address)
                if reply:
                    udp.sendto(reply, sender)
            except OSError:
                continue  # nothing here, or nobody to tell
            if not query:
                # After an empty datagram a socket of a chip gives nothing else any more.
                udp.close()
                udp = _open(ip, port)
    finally:
        udp.close()


def _open(ip, port):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        udp.bind(socket.getaddrinfo(ip, port)[0][-1])
    except OSError:
        udp.close()
        raise
    return udp
