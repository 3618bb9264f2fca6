"""The whole media path: no byte of heap a frame, and no frame late for a collection."""
# MIT License; see LICENSE

import asyncio
import gc
import os
import time
import unittest
from array import array

import micropython
from audio.copy_viper import copy_samples
from audio.g711 import Pcma, Pcmu
from audio.mix import Mixer
from roomtone.media import Capture, Media, Playback
from webrtc import srtp
from webrtc.receiver import Receiver
from webrtc.sender import Sender

try:
    import chip  # the emulated core, whose time is counted in instructions
except ImportError:
    chip = None

RV32 = True
KEY = bytes(range(16))
SALT = bytes(range(14))
FRAMES = 60
FRAME_US = 20000
# A turn of the loop, 5 ms, and the work of a frame.
LATE_US = 8000


class Microphone:
    """16 kHz, always ready: a sawtooth, in pieces of `grain` samples."""

    rate_hz = 16000

    def __init__(self, grain=160):
        self._wave = array("h", [i * 700 % 32000 - 16000 for i in range(grain)])

    def readinto(self, pcm):
        count = min(len(pcm), len(self._wave))
        copy_samples(self._wave, 0, pcm, 0, count)
        return count


class Speaker:
    """16 kHz: takes what comes, and wants one frame a turn."""

    rate_hz = 16000

    def __init__(self):
        self.written = 0
        self.queued = 0
        self.loudest = 0

    def write(self, pcm):
        self.written += len(pcm)
        self.queued += len(pcm)
        for i in range(0, len(pcm), 16):
            self.loudest = max(self.loudest, pcm[i])
        return len(pcm)

    def buffered_ms(self):
        return self.queued // 16


class FixedHash:
    """Stands for hashlib.sha1, whose objects the firmware can't avoid allocating."""

    value = bytes(range(20))

    def __call__(self, data):
        return self

    def digest(self):
        return self.value


class Wire:
    """Keeps the last packet in a buffer of its own."""

    def __init__(self):
        self.data = bytearray(600)
        self.size = 0
        self.sent = 0

    def take(self, view):
        self.size = len(view)
        self.sent += 1
        srtp.fast.copy(self.data, 0, view, 0, self.size)
        return True

    def packet(self):
        return bytes(self.data[: self.size])


class Path:
    """Microphone to wire, and wire to speaker, as a call has them."""

    def __init__(self, codec):
        number = 0 if codec.name == "PCMU" else 8
        self.wire = Wire()
        self.sender = Sender(b"\x01\x02\x03\x04", 160)
        self.receiver = Receiver(300)
        self.sender.codec = self.receiver.codec = (number, codec.name, 8000)
        self.sender.open(KEY, SALT, 1, os.urandom)
        self.receiver.open(KEY, SALT, 1)
        self.sender.transmit = self.wire.take
        self.capture = Capture(Microphone())
        self.capture.use(codec)
        self.speaker = Speaker()
        self.playback = Playback(self.speaker)
        self.playback.use(codec)
        self.receiver.sink = self.playback.jitter
        self.now_ms = 0

    def say(self):
        while not self.capture.poll(self.sender, False):
            pass  # half a frame more

    def hear(self, packet):
        """20 ms pass; `packet` may be None."""
        self.now_ms += 20
        if packet:
            self.receiver.receive(packet, self.now_ms)
        self.speaker.queued = max(self.speaker.queued - 320, 0)
        self.playback.poll(self.now_ms)


class NoHeap(unittest.TestCase):
    def run_path(self, codec):
        sha1 = srtp.sha1
        srtp.sha1 = FixedHash()
        try:
            path = Path(codec)
            packets = []
            for _ in range(FRAMES):
                path.say()
                packets.append(path.wire.packet())
            # Of twenty, one is lost, one comes a frame late, one twice, one forged, one replayed.
            plan = list(packets)
            for at in range(10, FRAMES - 10, 20):
                plan[at] = None
                plan[at + 2], plan[at + 3] = None, packets[at + 2]
                plan[at + 5] = packets[at + 5][:-1] + b"\x00"
                plan[at + 7] = packets[at]
            for packet in plan[:5]:
                path.hear(packet)
            sent = path.wire.sent
            micropython.heap_lock()
            try:
                at = 5
                while at < FRAMES:
                    path.say()
                    path.hear(plan[at])
                    if at % 7 == 0:
                        path.hear(None)  # the other clock is faster: a frame with no packet
                    at += 1
            finally:
                micropython.heap_unlock()
            self.assertEqual(path.wire.sent - sent, FRAMES - 5)
            stats = path.playback.jitter.stats()
            self.assertTrue(stats["concealed"] > 0)
            self.assertTrue(path.receiver.rejected > 0)
            self.assertTrue(path.speaker.written >= (FRAMES - 5) * 320)
            self.assertTrue(path.speaker.loudest > 4000)
        finally:
            srtp.sha1 = sha1

    def test_pcmu_both_ways_with_loss_disorder_forgery_and_drift(self):
        self.run_path(Pcmu())

    def test_pcma_both_ways_with_loss_disorder_forgery_and_drift(self):
        self.run_path(Pcma())

    def test_mixing_one_to_three(self):
        mixer = Mixer()
        frames = [array("h", [100 * n] * 160) for n in (1, 2, 3)]
        out = array("h", bytes(320))
        micropython.heap_lock()
        try:
            for _ in range(10):
                mixer.mix_into(out, frames[0])
                mixer.mix_into(out, frames[0], frames[1])
                mixer.mix_into(out, frames[0], frames[1], frames[2])
                mixer.mix_into(out, frames[0], None, None)
        finally:
            micropython.heap_unlock()
        self.assertEqual(out[159], 100)


class PacedMicrophone(Microphone):
    """Gives each frame when its time has come, as a converter does."""

    def __init__(self):
        super().__init__(320)
        self._start = time.ticks_us()
        self._due_us = 0

    def start(self):
        pass

    def stop(self):
        pass

    def readinto(self, pcm):
        if time.ticks_diff(time.ticks_us(), self._start) < self._due_us + FRAME_US:
            return 0
        self._due_us += FRAME_US
        return super().readinto(pcm)

    def late_us(self):
        """Time since the end of the frame that was given last."""
        return time.ticks_diff(time.ticks_us(), self._start) - self._due_us


class LitteringSender:
    """Drops 1 KB of garbage a frame, as sockets and hashes do; notes how late each frame was.

    `collections`: how many the loop had asked for by then. `used`: bytes of heap, when `counts`,
    which takes longer than a frame.
    """

    def __init__(self, media, microphone, counts):
        self.payload = memoryview(bytearray(480))
        self.late_us = []
        self.collections = []
        self.used = []
        self._media = media
        self._microphone = microphone
        self._counts = counts and hasattr(gc, "mem_alloc")

    def send(self, size, samples, level_dbov, voice):
        self.late_us.append(self._microphone.late_us())
        self.collections.append(self._media.collections)
        bytearray(1024)
        if self._counts:
            self.used.append(gc.mem_alloc())
        return True


class OneWay:
    """As much of a link as the loop looks at."""

    def __init__(self, sender):
        self.sender = sender
        self.receiver = self
        self.sink = None
        self.now_ms = 0


class Collections(unittest.TestCase):
    def setUp(self):
        # What a board holds in a call: a collection has to look at all of it.
        self.held = [bytearray(32) for _ in range(1500)]

    def talk(self, counts=False):
        async def run():
            media = Media()
            microphone = PacedMicrophone()
            sender = LitteringSender(media, microphone, counts)
            media.publish(microphone)
            media.attach(OneWay(sender), Pcmu())
            while len(sender.late_us) < 80:
                await asyncio.sleep_ms(20)
            await media.close()
            return sender

        gc.collect()
        return asyncio.run(run())

    def test_memory_only_falls_when_the_loop_asks_for_it(self):
        sender = self.talk(counts=True)
        self.assertTrue(3 <= sender.collections[-1] <= 4)
        used, collections = sender.used, sender.collections
        for i in range(1, len(used)):
            if used[i] < used[i - 1]:
                self.assertEqual(collections[i], collections[i - 1] + 1)

    def test_no_frame_leaves_late_for_a_collection(self):
        sender = self.talk()
        late, collections = sender.late_us, sender.collections
        after = [late[i] for i in range(1, 80) if collections[i] > collections[i - 1]]
        self.assertTrue(len(after) >= 3)
        # The machine that runs the other runtimes has other work too; the emulated core has not.
        # A collection of its heap, ten times a chip's, takes 11 ms: before a frame it would show.
        if chip:
            self.assertTrue(max(late) <= LATE_US, late)
            self.assertTrue(max(after) <= LATE_US, after)


if __name__ == "__main__":
    unittest.main()
