"""A network of ICE agents in memory, with a clock of its own and losses that repeat."""
# MIT License; see LICENSE

import unittest

from webrtc.ice import IceAgent

A = ("10.0.0.1", 4001)
B = ("10.0.0.2", 4002)
SERVER = ("192.0.2.1", 3478)


class Noise:
    """A small linear congruential generator, the same on every runtime."""

    def __init__(self, seed):
        self.value = seed

    def next(self):
        self.value = (self.value * 16807) % 2147483647
        return self.value

    def urandom(self, n):
        return bytes([(self.next() >> 8) & 0xFF for _ in range(n)])


class World:
    """Carries datagrams between agents; `delay_ms`, `loss_percent`, and `cut` (addresses)."""

    def __init__(self, seed=1, loss_percent=0, delay_ms=5):
        self.now_ms = 0
        self.noise = Noise(seed)
        self.loss_percent = loss_percent
        self.delay_ms = delay_ms
        self.agents = {}
        self.cut = set()
        self.translated = {}  # address of an agent: address that others see
        self.trace = []  # (now_ms, source, destination, data), as sent
        self.steps = 0
        self._flying = []

    def agent(self, controlling, address, **options):
        noise = Noise(self.noise.next())
        agent = IceAgent(controlling, noise.urandom, [address], **options)
        self.agents[address] = agent
        return agent

    def send(self, source, destination, data):
        self.trace.append((self.now_ms, source, destination, data))
        lost = self.noise.next() % 100 < self.loss_percent
        if lost or source in self.cut or destination in self.cut:
            return
        source = self.translated.get(source, source)
        for inner, outer in self.translated.items():
            if outer == destination:
                destination = inner
        self._flying.append((self.now_ms + self.delay_ms, source, destination, data))

    def run(self, duration_ms, until=None):
        """Let time pass; stop early when until() holds. Returns whether it did."""
        end_ms = self.now_ms + duration_ms
        while True:
            self._settle()
            if until is not None and until():
                return True
            times = [flight[0] for flight in self._flying]
            times += [a.deadline_ms for a in self.agents.values() if a.deadline_ms is not None]
            times = [time for time in times if time > self.now_ms]
            if not times or min(times) > end_ms:
                self.now_ms = end_ms
                return False
            self.now_ms = min(times)

    # Everything that is due at this moment, until nothing is.
    def _settle(self):
        for _ in range(100):
            busy = False
            for flight in [f for f in self._flying if f[0] <= self.now_ms]:
                self._flying.remove(flight)
                agent = self.agents.get(flight[2])
                if agent is not None:
                    agent.receive(flight[3], flight[1], self.now_ms)
                    busy = True
            for address, agent in self.agents.items():
                if agent.deadline_ms is not None and agent.deadline_ms <= self.now_ms:
                    agent.tick(self.now_ms)
                    self.steps += 1
                    busy = True
                while agent.outbox:
                    data, destination = agent.outbox.pop(0)
                    self.send(address, destination, data)
            if not busy:
                return
        raise RuntimeError("an agent is always due")


def introduce(to, who, candidates=True):
    """Give agent `to` what the description of agent `who` would."""
    to.set_remote(who.local_ufrag, who.local_pwd, who.lite)
    if candidates:
        for line in who.candidates():
            to.add_remote_candidate(line)
        to.add_remote_candidate(None)


def connected(*agents):
    return lambda: all(agent.state == "connected" for agent in agents)


class Pair(unittest.TestCase):
    """A case with two agents, `a` and `b`, in a World, `net`."""

    def world(self, a=True, b=False, a_lite=False, b_lite=False, **options):
        self.net = World(**options)
        self.a = self.net.agent(a, A, lite=a_lite)
        self.b = self.net.agent(b, B, lite=b_lite)

    def introduce(self, candidates=True):
        introduce(self.a, self.b, candidates)
        introduce(self.b, self.a, candidates)

    def connect(self, within_ms=1000):
        self.introduce()
        self.assertTrue(self.net.run(within_ms, connected(self.a, self.b)))
        self.assertEqual(self.a.selected, B)
        self.assertEqual(self.b.selected, A)
