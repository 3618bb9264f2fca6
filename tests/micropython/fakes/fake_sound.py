"""What the fake I2S is wired to: a microphone that hears given samples, and a tape."""
# MIT License; see LICENSE

import struct
from array import array


def read_wav(path, seconds=None):
    """Samples of a mono 16-bit WAV with a plain header, as array('h')."""
    with open(path, "rb") as file:
        data = file.read()
    at = data.index(b"data") + 8
    rate = struct.unpack_from("<I", data, 24)[0]
    size = len(data) - at if seconds is None else min(len(data) - at, int(seconds * rate) * 2)
    return array("h", data[at : at + size // 2 * 2])


class Mems:
    """A MEMS microphone: 24 bits in a 32-bit slot, quieter than its samples, with an offset.

    samples at the rate of the converter; silence follows. quieter_bits: 6 dB each, 0 to 8.
    side: 0 for the left slot, 1 for the right; the other one is high (nobody drives it).
    """

    def __init__(self, samples, quieter_bits=4, offset=0, side=0):
        self.samples = samples
        self._shift = 16 - quieter_bits
        self._offset = offset
        self._side = side

    def fill(self, ring, at, frame, frames):
        side = at + 2 * self._side
        other = at + 2 - 2 * self._side
        for i in range(frames):
            value = self.samples[frame + i] if frame + i < len(self.samples) else 0
            # Above 31 bits an int would be made on the heap: the halves apart.
            value += self._offset
            low = (value & ((1 << (16 - self._shift)) - 1)) if self._shift < 16 else 0
            ring[side] = (low << self._shift) & 0xFFFF
            ring[side + 1] = (value >> (16 - self._shift)) & 0xFFFF
            ring[other] = ring[other + 1] = 0xFFFF
            side += 4
            other += 4


class Tape:
    """Keeps what the left slot plays, one sample a frame from the start; right must be equal."""

    def __init__(self):
        self.samples = array("h")
        self.unequal = 0

    def play(self, ring, at, words, frame, frames):
        for _ in range(frames):
            left = ring[at + words - 1]
            if left != ring[at + 2 * words - 1]:
                self.unequal += 1
            self.samples.append((left ^ 32768) - 32768)
            at += 2 * words
