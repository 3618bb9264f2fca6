"""Our ICE agent and aioice find each other over real sockets on 127.0.0.1, in every role."""
# MIT License; see LICENSE

import asyncio
import os
import time

import aioice
import aioice.ice
import pytest
from webrtc.candidate import Candidate
from webrtc.ice import IceAgent

pytestmark = pytest.mark.timeout(40)


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    """Make aioice, which leaves loopback out, gather nothing else; and ask for consent often."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.5)


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Driver(asyncio.DatagramProtocol):
    """A socket and a clock for one agent; `data` queues what is not STUN."""

    def __init__(self) -> None:
        self.agent: IceAgent | None = None
        self.data: asyncio.Queue[bytes] = asyncio.Queue()
        self.happened = asyncio.Event()

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address) -> None:
        if data[0] > 3:
            self.data.put_nowait(data)
        elif self.agent is not None:
            self.agent.receive(data, address, now_ms())
            self.flush()

    def flush(self) -> None:
        self.happened.set()
        while self.agent.outbox:
            self.transport.sendto(*self.agent.outbox.pop(0))

    async def run(self) -> None:
        while True:
            if self.agent.deadline_ms is not None and self.agent.deadline_ms <= now_ms():
                self.agent.tick(now_ms())
                self.flush()
            await asyncio.sleep(0.005)

    async def wait(self, state: str, timeout_s: float = 8) -> None:
        async with asyncio.timeout(timeout_s):
            while self.agent.state != state:
                self.happened.clear()
                await self.happened.wait()


class Call:
    """Both ends: `ours` (Driver) and `theirs` (aioice.Connection)."""

    def __init__(self, we_control: bool, they_control: bool, **options) -> None:
        self.we_control = we_control
        self.options = options
        self.theirs = aioice.Connection(ice_controlling=they_control)

    async def __aenter__(self) -> "Call":
        loop = asyncio.get_running_loop()
        _, self.ours = await loop.create_datagram_endpoint(Driver, local_addr=("127.0.0.1", 0))
        address = self.ours.transport.get_extra_info("sockname")
        self.ours.agent = IceAgent(self.we_control, os.urandom, [address], **self.options)
        self.task = asyncio.create_task(self.ours.run())
        await self.theirs.gather_candidates()
        return self

    async def __aexit__(self, *error) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.ours.agent.close()
        self.ours.transport.close()
        await self.theirs.close()

    def we_learn(self, candidates: bool = True) -> None:
        agent = self.ours.agent
        agent.set_remote(self.theirs.local_username, self.theirs.local_password)
        if candidates:
            for candidate in self.theirs.local_candidates:
                assert agent.add_remote_candidate("candidate:" + candidate.to_sdp())
            agent.add_remote_candidate(None)

    async def they_learn(self, candidates: bool = True) -> None:
        agent = self.ours.agent
        self.theirs.remote_username = agent.local_ufrag
        self.theirs.remote_password = agent.local_pwd
        self.theirs.remote_is_lite = agent.lite
        if candidates:
            for line in agent.candidates():
                await self.theirs.add_remote_candidate(aioice.Candidate.from_sdp(line[10:]))
            await self.theirs.add_remote_candidate(None)
        else:  # aioice gives up at once if it has no candidate: let our first check reach it
            await asyncio.sleep(0.1)

    async def connect(self, **which) -> None:
        self.we_learn(which.get("ours", True))
        await self.they_learn(which.get("theirs", True))
        async with asyncio.timeout(8):
            await self.theirs.connect()
        await self.ours.wait("connected")
        await self.talk()

    async def talk(self) -> None:
        await self.theirs.send(b"\x80 to us")
        async with asyncio.timeout(2):
            assert await self.ours.data.get() == b"\x80 to us"
        self.ours.transport.sendto(b"\x80 to them", self.ours.agent.selected)
        async with asyncio.timeout(2):
            assert await self.theirs.recv() == b"\x80 to them"


@pytest.mark.parametrize("we_control", [True, False])
async def test_connects_and_stays_connected(we_control):
    async with Call(we_control, not we_control) as call:
        await call.connect()
        for _ in range(8):
            await asyncio.sleep(0.5)
            assert call.ours.agent.state == "connected"
        await call.talk()
        assert call.ours.agent.dropped == 0
        assert call.ours.agent.round_trip_ms < 1000


@pytest.mark.parametrize("role", [True, False])
async def test_role_conflict_is_resolved(role):
    for _ in range(4):
        async with Call(role, role) as call:
            await call.connect()
            assert call.ours.agent.controlling != call.theirs.ice_controlling


async def test_peer_reflexive_when_neither_description_reaches_with_candidates():
    async with Call(True, False) as call:
        await call.connect(theirs=False)


async def test_our_checks_are_not_needed_to_be_found():
    async with Call(False, True) as call:
        await call.connect(ours=False)


async def test_lite_agent_is_found_by_a_full_one():
    async with Call(False, True, lite=True) as call:
        await call.connect()


async def test_candidate_lines_are_read_alike():
    async with Call(True, False) as call:
        for candidate in call.theirs.local_candidates:
            line = "candidate:" + candidate.to_sdp()
            parsed = Candidate.parse(line)
            assert parsed.address == (candidate.host, candidate.port)
            assert parsed.to_line() == line


async def test_peer_that_closed_is_noticed_within_5_s():
    async with Call(True, False) as call:
        await call.connect()
        await call.theirs.close()
        start = time.monotonic()
        await call.ours.wait("disconnected", 6)
        assert time.monotonic() - start < 5


async def test_aioice_loses_consent_when_we_close():
    async with Call(True, False) as call:
        await call.connect()
        call.ours.agent.close()
        async with asyncio.timeout(12):
            with pytest.raises(ConnectionError):
                await call.theirs.recv()
