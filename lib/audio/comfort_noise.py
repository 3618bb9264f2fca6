"""Silence suppression and comfort noise for codecs that have none of their own (RFC 3389)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .comfort_noise_viper import generate

MAX_PAYLOAD = const(11)  # bytes; a level and ten coefficients are as many as anybody sends
_MAX_ORDER = const(10)
_LEVELS = const(128)
_HALF = const(32768)  # 0 in offset binary
_STEP = const(258)  # RFC 3389 section 3.2: k = 258 (N - 127) / 32768
_MIDDLE = const(127)

_CHANGE_DB = const(3)  # a new description when the noise has changed by so much
_SOONEST_FRAMES = const(5)
_LATEST_FRAMES = const(25)  # and as a sign of life
_SMOOTH = const(3)  # the level follows over 8 frames


class SilenceSuppressor:
    """Decides for each frame of 20 ms whether to send it; allocation-free.

    `due`: after `suppress()`, whether a description of the noise is to be sent in its place.
    `suppressed`: frames that were not to be sent.
    """

    def __init__(self):
        self.suppressed = 0
        self.due = False
        self._silent = False
        self._level16 = 0  # 16 times dBov
        self._sent_dbov = 0
        self._frames = 0

    def suppress(self, level_dbov, voice):
        """Return whether not to send a frame; level_dbov (0 to -127) and voice: as Meter says."""
        if voice:
            self._silent = self.due = False
            return False
        self.suppressed += 1
        self._frames += 1
        if not self._silent:
            self._silent = True
            self._level16 = 16 * level_dbov
            self._describe()
            return True
        self._level16 += (16 * level_dbov - self._level16) >> _SMOOTH
        change = (self._level16 >> 4) - self._sent_dbov
        moved = not -_CHANGE_DB < change < _CHANGE_DB
        self.due = False
        if self._frames >= _LATEST_FRAMES or (moved and self._frames >= _SOONEST_FRAMES):
            self._describe()
        return True

    def _describe(self):
        self._sent_dbov = self._level16 >> 4
        self._frames = 0
        self.due = True

    def payload_into(self, packet):
        """Write the description: the level alone, without a spectrum. Returns its bytes."""
        packet[0] = min(max(-self._sent_dbov, 0), _LEVELS - 1)
        return 1


class ComfortNoise:
    """Noise as it was described; allocation-free after the constructor. Silent at first."""

    def __init__(self):
        self._peaks = array("H", (_peak(level) for level in range(_LEVELS)))
        self._k = array("H", (_HALF,) * _MAX_ORDER)
        self._past = array("H", (_HALF,) * _MAX_ORDER)
        self._order = 0
        self._amplitude = 0
        self._seed = 1

    def update(self, payload, length):
        """Take a description: payload[:length], a level and coefficients, of which 10 are used."""
        if length < 1:
            return
        order = min(length - 1, _MAX_ORDER)
        # The lattice amplifies by 1 / sqrt(product of 1 - k * k): the excitation is so much less.
        power = 32767
        for i in range(order):
            k = max(-_MIDDLE, min(_MIDDLE, payload[i + 1] - _MIDDLE)) * _STEP
            self._k[i] = k + _HALF
            power = (power * (_HALF - (k * k >> 15))) >> 15
        if order != self._order:
            for i in range(_MAX_ORDER):
                self._past[i] = _HALF
        self._order = order
        peak = self._peaks[payload[0] & 0x7F]
        self._amplitude = (peak * (_root(power << 15) >> 1)) >> 15

    def fill(self, pcm, count):
        """Fill the first `count` samples of pcm, array('h') or its memoryview; returns count."""
        self._seed = generate(
            pcm, count, self._amplitude, self._seed, self._k, self._past, self._order
        )
        return count


def _peak(level):
    # Of uniform noise at -level dBov, twice, so that the quiet ones are not rounded off.
    return min(round(2 * 32768 * 1.7320508 / 10 ** (level / 20)), 65535)


def _root(value):
    """The integer square root of 0 to 2**30 - 1."""
    root = 0
    bit = 1 << 14
    while bit:
        if (root | bit) * (root | bit) <= value:
            root |= bit
        bit >>= 1
    return root


class WithComfortNoise:
    """A G.711 codec that also takes descriptions of noise, and goes on with noise after one.

    They are told by their size: no frame of G.711 is as short. `silence`: a SilenceSuppressor for
    what is sent. All else is the codec's.
    """

    def __init__(self, codec):
        self._codec = codec
        self._noise = ComfortNoise()
        self._noisy = False
        self.silence = SilenceSuppressor()
        self.name = codec.name
        self.payload_type = codec.payload_type
        self.rate_hz = codec.rate_hz
        self.frame_samples = codec.frame_samples
        self.encode_into = codec.encode_into

    @property
    def dropped(self):
        """Payloads of a wrong size."""
        return self._codec.dropped

    def packet_samples(self, packet, length):
        """Return how many samples the first `length` bytes of packet stand for."""
        if length <= MAX_PAYLOAD:
            return self.frame_samples
        return self._codec.packet_samples(packet, length)

    def decode_into(self, packet, pcm, length=-1):
        """Decode speech, or fill a frame with noise. Returns the samples."""
        if length < 0:
            length = len(packet)
        if length > MAX_PAYLOAD:
            self._noisy = False
            return self._codec.decode_into(packet, pcm, length)
        # No cross-fade: the hang-over of who sent it was noise already.
        self._noisy = True
        self._noise.update(packet, length)
        return self._noise.fill(pcm, self.frame_samples)

    def conceal_into(self, pcm):
        """Fill pcm with noise in a pause, else with what a lost frame probably was."""
        if self._noisy:
            return self._noise.fill(pcm, len(pcm))
        return self._codec.conceal_into(pcm)
