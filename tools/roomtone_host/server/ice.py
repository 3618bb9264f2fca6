"""ICE of one call: aioice kept on the server's own addresses, and a dead peer noticed in time."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import struct
import time
from collections.abc import Callable

import ifaddr
from aioice import Candidate, Connection, stun

_CONSENT_INTERVAL_S = 1.0
# RFC 7675 allows up to 30 s; with the interval and a request's own timeout this makes 5 s.
_DEAD_AFTER_S = 3.5
_QUEUE_LIMIT = 64  # DTLS datagrams; a handshake has about ten
_DATAGRAM_LIMIT = 1500  # an Ethernet frame's; nothing that we speak needs more


def media_addresses(host: str) -> list[str]:
    """The addresses that media uses when the server listens on `host`.

    A wildcard means every address of this machine, loopback last; a name means what it
    stands for. Raises OSError when the name is unknown.
    """
    if host not in ("0.0.0.0", "::", ""):
        return [host] if _is_address(host) else _resolve(host)
    found = []
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            # IPv6 entries are (address, flow, scope); link-local ones can't be offered.
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ipaddress.ip_address(text)
            if address.version == 6 and host != "::":
                continue
            if not address.is_loopback and not address.is_link_local and text not in found:
                found.append(text)
    return [*found, "127.0.0.1"]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _resolve(name: str) -> list[str]:
    import socket

    entries = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_DGRAM)
    return sorted({entry[4][0] for entry in entries})


def _checked(receive: Callable[[bytes, tuple], None]) -> Callable[[bytes, tuple], None]:
    """Keep from `receive` what anybody may send and aiortc trips over.

    An empty datagram would end the DTLS transport, and with it the call; what is too long for
    libsrtp, or a STUN attribute that is cut off, would be a traceback each.
    """

    def datagram_received(data: bytes, address: tuple) -> None:
        if 0 < len(data) <= _DATAGRAM_LIMIT:
            with contextlib.suppress(struct.error):
                receive(data, address)

    return datagram_received


class IceConnection(Connection):
    """An aioice connection as the controlled, answering side.

    Media datagrams skip aioice's queue: `on_media` is called with each, in the order of arrival.
    """

    on_media: Callable[[bytes], None]

    def __init__(self, addresses: list[str]) -> None:
        super().__init__(ice_controlling=False)
        self._addresses = addresses
        self._loopback_only = all(ipaddress.ip_address(a).is_loopback for a in addresses)
        self.heard_at = time.monotonic()
        self.round_trip_ms: float | None = None

    async def gather_candidates(self) -> None:
        """Bind one socket on each of the server's addresses, and on no other."""
        self._local_candidates_start = True
        self._local_candidates += await self.get_component_candidates(1, self._addresses)
        for protocol in self._protocols:
            protocol.datagram_received = _checked(protocol.datagram_received)
        self._local_candidates_end = True

    async def add_remote_lines(self, lines: list[str]) -> None:
        """Add the offered candidates that this server may send to.

        Names (mDNS) and foreign addresses are left out: the client's own checks reveal where
        it is (RFC 8445 section 7.3.1.3).
        """
        for line in lines:
            try:
                candidate = Candidate.from_sdp(line)
                address = ipaddress.ip_address(candidate.host)
            except (ValueError, IndexError):
                continue
            if candidate.transport.lower() != "udp" or candidate.component != 1:
                continue
            if address.is_multicast or address.is_unspecified:
                continue
            if self._loopback_only and not address.is_loopback:
                continue
            await self.add_remote_candidate(candidate)

    def data_received(self, data: bytes, component: int) -> None:
        """Route one datagram that is not STUN (RFC 7983)."""
        if data and 127 < data[0] < 192:
            self.on_media(data)
        elif self._queue.qsize() < _QUEUE_LIMIT:
            super().data_received(data, component)

    def send_now(self, data: bytes) -> None:
        """Send on the selected pair; without one the datagram is dropped."""
        pair = self._nominated.get(1)
        if pair is not None and not pair.protocol.transport.is_closing():
            pair.protocol.transport.sendto(data, pair.remote_addr)

    async def query_consent(self) -> None:
        """Check consent and measure the round trip each second; close when the peer is gone."""
        self.heard_at = time.monotonic()
        while time.monotonic() - self.heard_at < _DEAD_AFTER_S:
            await asyncio.sleep(_CONSENT_INTERVAL_S)
            pair = self._nominated.get(1)
            if pair is None:
                break
            await self._ask_consent(pair)
        self._query_consent_task = None
        await self.close()

    async def _ask_consent(self, pair) -> None:
        asked_at = time.monotonic()
        try:
            await pair.protocol.request(
                self.build_request(pair, nominate=False),
                pair.remote_addr,
                integrity_key=self.remote_password.encode(),
                retransmissions=0,
            )
        except stun.TransactionError:
            return
        self.heard_at = time.monotonic()
        self.round_trip_ms = 1000 * (self.heard_at - asked_at)
