"""Runs one DTLS endpoint over UDP on loopback, for MicroPython: ROLE PORT FINGERPRINT [close].

The client connects to PORT; the server binds it. Prints the fingerprint, then "connected KEYS"
with the exported keying material in hexadecimal, or "failed REASON". Ends when the peer closes,
with "close" at once, and in any case after 20 s.
"""
# MIT License; see LICENSE

import os
import select
import socket
import sys
import time
from binascii import hexlify

from webrtc.dtls import Dtls
from webrtc.identity import Identity

_LIMIT_MS = 20_000


def keying_material(dtls):
    """Return the exported keying material as hexadecimal text, in the order of RFC 5764."""
    local_key, local_salt, remote_key, remote_salt = dtls.srtp_keys()
    if dtls.role == "client":
        block = local_key + remote_key + local_salt + remote_salt
    else:
        block = remote_key + local_key + remote_salt + local_salt
    return hexlify(block).decode()


class Driver:
    """Owns the socket and the clock of one endpoint."""

    def __init__(self, role, port, fingerprint):
        identity = Identity.generate(os.urandom)
        print("fingerprint", identity.fingerprint)
        self.dtls = Dtls(role, identity, fingerprint, os.urandom)
        self.began = time.ticks_ms()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        address = socket.getaddrinfo("127.0.0.1", port)[0][-1]
        self.peer = address if role == "client" else None
        if role == "server":
            self.socket.bind(address)
        self.poll = select.poll()
        self.poll.register(self.socket, select.POLLIN)

    def now_ms(self):
        return time.ticks_diff(time.ticks_ms(), self.began)

    def turn(self):
        """Send what is due, take in one datagram, compute one slice."""
        dtls = self.dtls
        while dtls.outbox:
            self.socket.sendto(dtls.outbox.pop(0), self.peer)
        if self.poll.poll(0 if dtls.busy else 10):
            try:
                data, self.peer = self.socket.recvfrom(2000)
                dtls.receive(data, self.now_ms())
            except OSError:
                pass  # ICMP refused: the peer is not up yet, or has gone
        dtls.step(self.now_ms())
        dtls.tick(self.now_ms())


def main(role, port, fingerprint, close):
    """Return the exit code."""
    driver = Driver(role, int(port), fingerprint)
    dtls = driver.dtls
    dtls.start(0)
    print("ready")
    while dtls.state in ("new", "connecting") and driver.now_ms() < _LIMIT_MS:
        driver.turn()
    if dtls.state != "connected":
        driver.turn()
        print("failed", dtls.error or dtls.state)
        return 1
    print("connected", keying_material(dtls))
    if close:
        dtls.close(driver.now_ms())
    while dtls.state == "connected" and driver.now_ms() < _LIMIT_MS:
        driver.turn()
    driver.turn()
    print(dtls.state)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], "close" in sys.argv[4:]))
