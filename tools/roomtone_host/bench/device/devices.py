"""Instructions of microphones, speakers and optional stages, for one frame of 20 ms at 16 kHz."""
# MIT License; see LICENSE

import io
import os
import sys
from array import array

from counter import average, report

FRAME = 320


class I2S(io.IOBase):
    """A bus that is always ready and costs next to nothing."""

    RX = 0
    TX = 1
    STEREO = 1

    def __init__(self, *_, **__):
        pass

    def ioctl(self, request, flags):
        return flags if request == 3 else -1

    full = True

    def readinto(self, view):
        return 2 * len(view) if I2S.full else 0

    write = readinto

    def deinit(self):
        pass


class Machine:
    """What the drivers import."""

    I2S = I2S
    Pin = int


sys.modules["machine"] = Machine


def noise(samples):
    return array("h", os.urandom(2 * samples))


def devices():
    from audio.i2s_microphone import Microphone
    from audio.i2s_speaker import Speaker
    from audio.pdm_microphone import PdmMicrophone

    pcm = memoryview(noise(FRAME))
    microphone = Microphone(1, 2, 3)
    microphone.start()
    report("i2s_microphone", average(microphone.readinto, pcm))
    I2S.full = False
    report("i2s_microphone_with_nothing", average(microphone.readinto, pcm))
    I2S.full = True
    for bits in (16, 32):
        speaker = Speaker(1, 2, 3, slot_bits=bits)
        speaker.start()
        report(f"i2s_speaker_{bits}_bit_slots", average(speaker.write, pcm))
    report("i2s_speaker_buffered_ms", average(speaker.buffered_ms))
    microphone = PdmMicrophone(1, 2)
    microphone.start()

    def frame():
        # A block of 256 frames at most a call.
        microphone.readinto(pcm)
        microphone.readinto(rest)

    rest = pcm[256:]
    report("pdm_microphone", average(frame))


def stages():
    from audio.duck import Ducker
    from audio.gate import Gate
    from audio.limiter import Limiter

    loud, quiet = noise(FRAME), array("h", bytes(2 * FRAME))
    report("limiter", average(Limiter(16000, 12).process, loud))
    report("gate", average(Gate(16000).process, quiet))
    ducker = Ducker(16000)

    def both():
        ducker.played(loud, 20)
        ducker.process(quiet)

    report("ducker_both_ways", average(both))


devices()
stages()
