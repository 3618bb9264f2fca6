"""One PeerDriver on loopback, for MicroPython: offer|answer CODEC OPTIONS, JSON lines in and out.

Prints and reads {"sdp": text}; prints {"state": [state, reason]} at each change; sends a tone of
500 Hz for four seconds and measures how much of what it hears is 1000 Hz; a line read ends it,
or the peer does. Last it prints {"stats": .., "heard": share, "frames": n}.
OPTIONS is a JSON object of PeerDriver's.
"""
# MIT License; see LICENSE

import asyncio
import json
import math
import sys
from array import array

from audio.g711 import Pcma, Pcmu
from webrtc.driver import PeerDriver

_FRAME = 160
_SENT_HZ = 500
_HEARD_HZ = 1000
_SECONDS = 4


def say(**fields):
    """Print one line for the test."""
    print(json.dumps(fields))
    if hasattr(sys.stdout, "flush"):
        sys.stdout.flush()


def heard_line():
    """Read one line of the test."""
    return json.loads(sys.stdin.readline())


class Ear:
    """A sink that keeps what came and tells the share of one frequency in it."""

    def __init__(self, codec):
        self._codec = codec
        self._pcm = array("h", bytes(2 * _FRAME))
        self.frames = 0
        self._in_phase = self._quadrature = self._energy = 0.0

    def push(self, buffer, start, length, sequence, timestamp, now_ms):
        """Take one packet."""
        self._codec.decode_into(buffer[start : start + length], self._pcm)
        self.frames += 1
        if self.frames < 50:  # the peer's filters swing in
            return
        for i, sample in enumerate(self._pcm):
            angle = 2 * math.pi * _HEARD_HZ * (self.frames * _FRAME + i) / 8000
            self._in_phase += sample * math.cos(angle)
            self._quadrature += sample * math.sin(angle)
            self._energy += sample * sample

    def share(self):
        """Power at the frequency over all power, 0.0 to 1.0."""
        if not self._energy:
            return 0.0
        count = (self.frames - 49) * _FRAME
        return 2 * (self._in_phase**2 + self._quadrature**2) / count / self._energy


async def talk(driver, codec):
    """Send a tone at real pace."""
    pcm = array("h", bytes(2 * _FRAME))
    for frame in range(_SECONDS * 50):
        for i in range(_FRAME):
            angle = 2 * math.pi * _SENT_HZ * (frame * _FRAME + i) / 8000
            pcm[i] = int(8000 * math.sin(angle))
        if driver.sender.payload is None:
            return
        size = codec.encode_into(pcm, driver.sender.payload)
        driver.sender.send(size, _FRAME, -15, True)
        await asyncio.sleep_ms(19)


async def main(role, name, options):
    """Make the call."""
    codec = {"PCMU": Pcmu, "PCMA": Pcma}[name]()
    ear = Ear(codec)
    driver = PeerDriver("127.0.0.1", codecs=(name,), **options)
    driver.on_state = lambda state, reason: say(state=[state, reason])
    driver.receiver.sink = ear
    async with driver:
        if role == "offer":
            say(sdp=await driver.offer())
            driver.accept(heard_line()["sdp"])
        else:
            say(sdp=await driver.answer(heard_line()["sdp"]))
        await driver.wait_connected()
        await talk(driver, codec)
        say(stats=driver.stats(), heard=ear.share(), frames=ear.frames)
        end = heard_line()["end"]
        if end == "theirs":
            say(reason=await driver.wait_closed(), ended=driver.receiver.ended)


asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
