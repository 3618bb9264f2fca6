"""One channel of SILK: symbols to sound at 8, 12 or 16 kHz (RFC 6716 section 4.2.7)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_buffer_viper as buffers
from . import silk_lpc_viper as lpc
from .silk_conceal import NO_EXCITATION, Concealer
from .silk_frame_viper import decode, put, read
from .silk_tables import DATA

# Words of a channel: what the last frames left ...
RATE = const(0)  # kHz inside: 8, 12, 16; 0 before the first frame
SUBFRAMES = const(1)  # of 5 ms, in a frame: 2 or 4
ORDER = const(2)  # of the short-term predictor: 10 or 16
LAST_GAIN = const(3)
FRESH = const(4)  # no frame since a reset or a change of rate
LOST = const(5)  # frames lost in a row
PREVIOUS_SIGNAL = const(6)
PREVIOUS_LAG = const(7)
PREVIOUS_GAIN = const(10)  # Q16
# ... and then what the frame's symbols say (silk_indices_viper.py).
_WORDS = const(49)
_UNITY = const(65536)

_STATES = const(16)  # samples of the short-term predictor kept from frame to frame

# Factors of the polynomials in the order that keeps rounding small, for orders 16 and 10.
_ORDERINGS = b"\x00\x0f\x08\x07\x04\x0b\x0c\x03\x02\x0d\x0a\x05\x06\x09\x0e\x01" + (
    b"\x00\x09\x06\x03\x04\x05\x08\x01\x02\x07"
)

# The tree of pulses in a block, depth first: node, nodes of its subtree, table of splits.
_TREE = (
    b"\x01\x0f\x00\x02\x07\x01\x04\x03\x02\x08\x01\x03\x09\x01\x03"
    b"\x05\x03\x02\x0a\x01\x03\x0b\x01\x03\x03\x07\x01\x06\x03\x02"
    b"\x0c\x01\x03\x0d\x01\x03\x07\x03\x02\x0e\x01\x03\x0f\x01\x03"
)


class Scratch:
    """Buffers that only hold something while a frame is decoded; all channels share them."""

    def __init__(self):
        self.pitch = array("i", bytes(4 * 640))  # states of the long-term predictor
        self.states = array("i", bytes(4 * (_STATES + 320)))
        self.blocks = bytearray(72)
        self.work = array("i", bytes(4 * lpc.WORK_WORDS))
        self.taps = array("h", bytes(40))
        self.half = array("H", bytes(32))
        self.control = array("i", bytes(8))
        self.predictor = array("h", bytes(32))


class Channel:
    """The memory of one channel, and its decoding.

    Indices and counts from the stream are bounded by the tables that they were read with; lags
    are cut to 2 to 18 ms, which with filter order and taps stays inside 20 ms of past.
    """

    def __init__(self, scratch):
        self.scratch = scratch
        self.words = array("i", bytes(4 * _WORDS))
        self.past = array("H", bytes(4 * 320))  # 20 ms, then the frame
        self.state = array("i", bytes(4 * _STATES))
        self.excitation = array("H", bytes(2 * 320))
        self.previous_nlsf = array("H", bytes(32))
        self._concealer = concealer = Concealer()
        # Unpacked in silk_frame_viper.py.
        self.parts = [
            self.words,
            self.past,
            self.excitation,
            array("H", bytes(32)),  # line frequencies
            self.previous_nlsf,
            array("h", bytes(32)),  # predictor of the first half of a frame
            array("h", bytes(32)),
            concealer.loss,
            concealer.kept,
            scratch.pitch,
            scratch.blocks,
            scratch.work,
            scratch.taps,
            scratch.half,
            scratch.control,
            DATA,
            _TREE,
            _ORDERINGS,
            self.state,
            scratch.states,
        ]
        self.reset()

    def reset(self):
        """Forget all frames, as before the first one."""
        words = self.words
        for i in range(_WORDS):
            words[i] = 0
        words[PREVIOUS_GAIN] = _UNITY
        words[FRESH] = 1
        for i in range(320):
            self.excitation[i] = NO_EXCITATION
        self._concealer.reset()

    def set_rate(self, rate, subframes):
        """Prepare for frames of `subframes` (2 or 4) at `rate` kHz (8, 12 or 16)."""
        words = self.words
        words[SUBFRAMES] = subframes
        if words[RATE] != rate:
            words[RATE] = rate
            words[ORDER] = 16 if rate == 16 else 10
            self.forget()

    def forget(self):
        """Forget the sound of the past: a change of rate, or a channel that was not coded."""
        words = self.words
        words[FRESH] = 1
        words[PREVIOUS_SIGNAL] = 0
        words[PREVIOUS_LAG] = 100
        words[LAST_GAIN] = 10
        buffers.silence(self.past, 320, 32768)
        buffers.silence(self.state, _STATES, 0)

    def read(self, coder, active, coding):
        """Read over a frame."""
        read(self.parts, coder.state, coder.data, active, coding, self.scratch.pitch)

    def decode(self, coder, active, coding, sound):
        """Decode a frame into sound (array of 'h') from sample 2 on."""
        waits = decode(self.parts, coder.state, coder.data, active, coding)
        put(self.parts, sound)
        if waits:
            self.finish(sound)

    def conceal(self, sound):
        """Fill a lost frame in sound from sample 2 on."""
        self._concealer.extrapolate(self, sound)
        # More losses make no more difference.
        self.words[LOST] = min(self.words[LOST] + 1, 2)
        self.finish(sound)

    def finish(self, sound):
        """Let the concealment add to a frame in sound, or learn from it."""
        words = self.words
        self._concealer.finish(self, sound, 5 * words[RATE] * words[SUBFRAMES])
