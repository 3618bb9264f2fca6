"""The UDP socket of a connection: read without waiting, written at once, replaced when sick."""
# MIT License; see LICENSE

import select

from micropython import const

from . import port

_FIRST_PORT = const(49152)  # dynamic ports (RFC 6335 section 6)
_PORTS = const(16384)
_TRIES = const(16)


class UdpEndpoint:
    """A bound UDP socket. ip: own address. number: its port, 0 for a random free one.

    `address`: (ip, port); `unsent`: datagrams that the network did not take; `revived`: how often
    the socket was replaced. Raises OSError when no port is free.
    """

    def __init__(self, ip, number, urandom):
        self.unsent = 0
        self.revived = 0
        self._poller = select.poll()
        self._look = port.look(self._poller)
        self._socket = None
        self._to = None  # last (ip, port) written to, and what sendto wants for it
        self._to_socket = None
        # There is no getsockname on a chip: choose a port, do not ask for any.
        for _ in range(1 if number else _TRIES):
            chosen = number or _FIRST_PORT + int.from_bytes(urandom(2), "big") % _PORTS
            try:
                self._open((ip, chosen))
                return
            except OSError as error:
                last = error
        raise last

    def _open(self, address):
        self._socket = port.udp_socket(*address)
        self._poller.register(self._socket, select.POLLIN)
        self.address = address

    def read(self, limit):
        """Return (data, address as the socket gives it), or None when nothing has come.

        limit: longest datagram wanted; of a longer one the tail is lost. The poll comes first,
        since a read that finds nothing costs `limit` bytes of garbage and an exception.
        """
        for _ in self._look(0):
            break
        else:
            return None
        try:
            received = self._socket.recvfrom(limit)
        except OSError:
            return None  # an ICMP error of an earlier datagram, or a false alarm
        if not received[0]:
            if port.EMPTY_READ_IS_FATAL:
                self._revive()
            return None
        return received

    def _revive(self):
        self.revived += 1
        self._poller.unregister(self._socket)
        self._socket.close()
        self._open(self.address)

    def write(self, data, address):
        """Send data to (ip, port); return whether the network took it. Allocates nothing."""
        if address is not self._to:
            self._to = address
            self._to_socket = port.to_socket(address)
        try:
            self._socket.sendto(data, self._to_socket)
        except OSError:
            self.unsent += 1
            return False
        return True

    def close(self):
        """Close the socket."""
        self._poller.unregister(self._socket)
        self._socket.close()
