"""Instructions of the whole media path each way, for one frame of 20 ms, sockets left out."""
# MIT License; see LICENSE

import os
from array import array
from hashlib import sha1

from audio.g711 import Pcmu
from counter import average, report
from cryptolib import aes
from media import Capture, Playback
from webrtc.receiver import Receiver
from webrtc.sender import Sender
from webrtc.srtp_viper import copy

KEY = bytes(range(16))
SALT = bytes(range(14))
FRAMES = 50
HASHED = bytes(64 + 180 + 4)
OUTER = bytes(84)
CIPHER = aes(KEY, 1)
BLOCKS = bytes(160)
STREAM = bytearray(160)
SIZE = 190  # of a packet: header with audio level, 160 bytes of G.711, tag


class Microphone:
    # 16 kHz, a whole frame at each read.
    rate_hz = 16000

    def __init__(self):
        noise = os.urandom(640)
        self._pcm = array("h", bytes(640))
        for i in range(320):
            phase = i * 1000 % 32000
            self._pcm[i] = (phase if phase < 16000 else 32000 - phase) - 8000 + noise[i]

    def readinto(self, view):
        view[:] = self._pcm
        return len(view)


class Speaker:
    # 16 kHz, never dry, and wants one frame a turn.
    rate_hz = 16000

    def __init__(self):
        self.frames = 0

    def write(self, view):
        self.frames += 1
        return len(view)

    def buffered_ms(self):
        return 10 if self.frames < 1 else 40


class Line:
    """Keeps what the sender sends, as a network would."""

    def __init__(self):
        self.sent = [bytearray(SIZE) for _ in range(FRAMES + 1)]
        self.count = 0
        self.sender = Sender(b"\x01\x02\x03\x04", 160)
        self.receiver = Receiver(400)
        self.sender.codec = self.receiver.codec = (0, "PCMU", 8000)
        self.sender.open(KEY, SALT, 1, os.urandom)
        self.receiver.open(KEY, SALT, 1)
        self.sender.transmit = self._transmit

    def _transmit(self, view):
        copy(self.sent[self.count], 0, view, 0, len(view))
        self.count += 1
        return True


def crypto():
    # What SRTP asks of the firmware for one packet: its hashes and its key stream.
    sha1(HASHED).digest()
    sha1(OUTER).digest()
    CIPHER.encrypt(BLOCKS, STREAM)


def main():
    line = Line()
    capture = Capture(Microphone())
    capture.use(Pcmu())
    report("path_out", average(capture.poll, line.sender, False, rounds=FRAMES))
    report("path_crypto", 2 * average(crypto))

    speaker = Speaker()
    playback = Playback(speaker)
    playback.use(Pcmu())
    line.receiver.sink = playback.jitter
    clock = [0]

    def hear():
        clock[0] += 20
        line.receiver.receive(line.sent[clock[0] // 20 - 1], clock[0])
        speaker.frames = 0
        playback.poll(clock[0])

    report("path_in", average(hear, rounds=FRAMES))
    stats = playback.jitter.stats()
    if line.receiver.packets != FRAMES + 1 or speaker.frames != 1 or stats["concealed"] > 2:
        raise RuntimeError(f"packets did not arrive: {stats}")


main()
