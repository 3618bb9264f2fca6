"""Instructions of a whole DTLS handshake for each side, and the longest stretch of it."""
# MIT License; see LICENSE

import gc
import os

import chip
from counter import report
from webrtc.dtls import Dtls
from webrtc.identity import Identity

MAX_TURNS = 2000


class Side:
    """One end, with what it has cost."""

    def __init__(self, role, identity, peer):
        start = chip.instructions()
        self.end = Dtls(role, identity, peer.fingerprint, os.urandom)
        self.total = 0
        self.longest = 0
        self._spent(start)

    def _spent(self, start):
        spent = (chip.instructions() - start) & 0x3FFFFFFF
        self.total += spent
        self.longest = max(self.longest, spent)

    def call(self, method, *arguments):
        start = chip.instructions()
        method(*arguments)
        self._spent(start)


def turn(side, other):
    """Let one side do one thing; returns whether there was any."""
    if side.end.busy:
        side.call(side.end.step)
        return True
    if side.end.outbox:
        other.call(other.end.receive, side.end.outbox.pop(0), 0)
        return True
    return False


def main():
    identities = [Identity.generate(os.urandom) for _ in range(2)]
    client = Side("client", identities[0], identities[1])
    server = Side("server", identities[1], identities[0])
    gc.collect()
    server.call(server.end.start, 0)
    client.call(client.end.start, 0)
    for _ in range(MAX_TURNS):
        busy = turn(client, server)
        if not turn(server, client) and not busy:
            break
    if client.end.state != "connected" or server.end.state != "connected":
        raise RuntimeError(f"handshake ended {client.end.state}, {client.end.error}")
    for name, side in (("client", client), ("server", server)):
        report(f"dtls_{name}", side.total)
        report(f"dtls_{name}_longest", side.longest)


main()
