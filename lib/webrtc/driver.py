"""Drives a PeerConnection with asyncio: its socket, its clock, its task."""
# MIT License; see LICENSE

import asyncio
import os
import sys
import time

from micropython import const

from . import connecting, port
from .peer import PeerConnection
from .udp import UdpEndpoint

_HANDSHAKE_SIZE = const(1500)
_BURST = const(6)  # datagrams that a socket of a chip holds
_FINAL_STATES = ("failed", "closed")


class PeerError(Exception):
    """The connection could not be made, or is over. `reason` says why."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Clock:
    """Milliseconds that do not wrap, from ticks that do."""

    def __init__(self):
        self._ticks = time.ticks_ms()
        self._now_ms = 0

    def now_ms(self):
        """Return the time since the start; call it at least once in six days."""
        ticks = time.ticks_ms()
        self._now_ms += time.ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._now_ms


class PeerDriver:
    """A PeerConnection, `peer`, that runs.

    local_ip: the address to be reached at, None for the board's own. port_number: 0 for a random
    free one. options: PeerConnection's. Opens a socket at once; `close` it. Raises OSError.

    `fault`: what went wrong in our own code and ended the connection, or None.
    `on_state(state, reason)`, if set, is called at each change of the connection state.
    """

    poll_ms = 5  # between looks at the socket: each is a select(), 0.2 ms on a chip

    def __init__(self, local_ip=None, port_number=0, **options):
        self.on_state = None
        urandom = options.get("urandom", os.urandom)
        self._endpoint = UdpEndpoint(local_ip or port.local_ip(), port_number, urandom)
        try:
            options["local_candidates"] = [self._endpoint.address]
            self.peer = PeerConnection(**options)
        except Exception:
            self._endpoint.close()
            raise
        self.peer.sender.transmit = self._transmit
        self._clock = Clock()
        self._changed = asyncio.Event()
        self._state = self.peer.connection_state
        self._in_call = False
        self._burst = _BURST  # datagrams to read in the next turn
        self._task = None
        self._closed = False
        self.fault = None

    # -- what the owner calls --

    @property
    def sender(self):
        """The peer's Sender."""
        return self.peer.sender

    @property
    def receiver(self):
        """The peer's Receiver."""
        return self.peer.receiver

    @property
    def state(self):
        """The connection state, as of now."""
        return "failed" if self.fault and not self._closed else self.peer.connection_state

    @property
    def failure_reason(self):
        """Why the connection failed, or was closed by the peer; else None."""
        return self.fault or self.peer.failure_reason

    def start(self):
        """Begin to run, if not begun; a task of the present event loop does it until `close`."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run())

    async def offer(self, gather_ms=2000):
        """Return the text of an offer, set as local description, to be answered by `accept`.

        gather_ms: how long to wait for a STUN server to tell our public address.
        """
        await self._gather(gather_ms)
        text = self.peer.create_offer()
        self.peer.set_local_description("offer", text)
        return text

    def accept(self, answer):
        """Set the answer to our offer. Raises ValueError if it can't be used."""
        self.peer.set_remote_description("answer", answer)
        self._make_room()

    async def answer(self, offer, gather_ms=2000):
        """Return the text of the answer to an offer. Raises ValueError if it can't be used."""
        self.peer.set_remote_description("offer", offer)
        await self._gather(gather_ms)
        text = self.peer.create_answer()
        self.peer.set_local_description("answer", text)
        self._make_room()
        return text

    async def wait_connected(self, timeout_ms=10000):
        """Wait for the first connection. Raises PeerError when it fails or takes longer."""
        if not await self._wait(lambda: self.state not in ("new", "connecting"), timeout_ms):
            raise PeerError(f"no connection within {timeout_ms} ms")
        if self.state in _FINAL_STATES:
            raise PeerError(self.failure_reason or self.state)

    async def wait_closed(self):
        """Wait until the connection has failed or was closed, by either end; return the reason."""
        await self._wait(lambda: self.state in _FINAL_STATES, None)
        return self.failure_reason

    def stats(self):
        """Return PeerConnection.stats(), with what the socket did."""
        stats = self.peer.stats()
        stats["socket_unsent"] = self._endpoint.unsent
        stats["socket_revived"] = self._endpoint.revived
        return stats

    async def close(self):
        """Tell the peer, end the task, close the socket. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            self.peer.close(self._clock.now_ms())
            self._flush()
        finally:
            task = self._task
            if task is not None:
                task.cancel()
                try:  # noqa: SIM105 (no contextlib on a chip)
                    await task
                except asyncio.CancelledError:
                    pass  # as asked
            self._endpoint.close()
            self._announce()

    async def __aenter__(self):
        self.start()
        return self

    async def __aexit__(self, *_):
        await self.close()

    # A handshake follows, in a call none does.
    def _make_room(self):
        if self.peer.dtls_state == "new":
            connecting.described()

    # -- waiting --

    async def _gather(self, timeout_ms):
        self.start()
        await self._wait(lambda: self.peer.ice.gathering_state == "complete", timeout_ms)

    # Wait until condition() holds; return whether it does. The task tells of every change.
    async def _wait(self, condition, timeout_ms):
        give_up_ms = None if timeout_ms is None else self._clock.now_ms() + timeout_ms
        while not condition():
            if self._task is None or self._task.done():
                return condition()
            self._changed.clear()
            if give_up_ms is None:
                await self._changed.wait()
                continue
            left = give_up_ms - self._clock.now_ms()
            if left <= 0:
                return False
            try:
                await asyncio.wait_for(self._changed.wait(), left / 1000)
            except asyncio.TimeoutError:  # noqa: UP041 (another class on a chip)
                return condition()
        return True

    # -- the task --

    async def _run(self):
        try:
            while True:
                await asyncio.sleep_ms(self._turn())
        except Exception as error:
            # Told as a failed connection, which an owner looks for; a dead task nobody does.
            sys.print_exception(error)
            self.fault = f"internal error ({error!r})"
            self._announce()
        finally:
            self._changed.set()  # nobody may wait for a task that is over

    # One turn: read, compute, send. Returns the time to sleep. Media costs no heap of ours here.
    def _turn(self):
        peer = self.peer
        now_ms = self._clock.now_ms()
        peer.sender.now_ms = now_ms
        self._read(now_ms)
        due_ms = peer.deadline_ms
        if due_ms is not None and now_ms >= due_ms:
            peer.tick(now_ms)
        if peer.busy:
            peer.step(now_ms)
        if peer.outbox:
            self._flush()
        if peer.connection_state != self._state:
            self._announce()
        if not self._in_call:
            self._changed.set()
        return 0 if peer.busy else self.poll_ms

    # In a call one look is enough; after one that found something the next takes what a burst
    # has left in the queue, before it overflows.
    def _read(self, now_ms):
        # A peer that missed our last flight repeats its own, and sends no sound before it has it.
        sounds = self._in_call and self.receiver.packets
        limit = self.receiver.max_packet if sounds else _HANDSHAKE_SIZE
        left = self._burst
        while left:
            received = self._endpoint.read(limit)
            if received is None:
                break
            data = received[0]
            if 128 <= data[0] <= 191:
                self.peer.receive_media(data, now_ms)
            else:
                self.peer.receive(data, port.from_socket(received[1]), now_ms)
            left -= 1
        self._burst = 1 if self._in_call and left == self._burst else _BURST

    def _flush(self):
        outbox = self.peer.outbox
        while outbox:
            data, address = outbox.pop(0)
            self._endpoint.write(data, address)

    def _transmit(self, view):
        address = self.peer.remote_address
        return address is not None and self._endpoint.write(view, address)

    def _announce(self):
        state = self._state = self.state
        self._in_call = state in ("connected", "disconnected")
        self._changed.set()
        if self.on_state is not None:
            self.on_state(state, self.failure_reason)
