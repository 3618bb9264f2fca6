"""A microphone and a speaker that take turns, where one I2S port or one clock is shared."""
# MIT License; see LICENSE

import time

from micropython import const

from .i2s_port import GRAIN
from .i2s_viper import silence
from .sample_pace import Pace

_SWITCH_MS = const(40)  # the longest that a change of direction may take
_LATE_MS = const(100)  # of silence that nobody fetched, at most


class HalfDuplex:
    """Only one of microphone and speaker runs: the microphone while `talking`, else the speaker.

    microphone, speaker: not started; both may name the same port and pins. Who is given
    `.microphone` and `.speaker` of this object instead may use both at once, as if they were two:
    the one whose turn it is not hears silence, or plays to nobody, at the real pace. So RTP time
    goes on, and no late sound is played after a turn.

    The change takes as long as the other needs to start: a DMA buffer for the microphone, all of
    them for the speaker. Raises ValueError when that is more than 40 ms: `buffers=2` will do at
    16 kHz, up to 7 at 48 kHz. What the microphone itself needs after its clock stood still comes
    on top and is in its data sheet; pins that both share keep it awake.
    """

    def __init__(self, microphone, speaker, talking=False, ticks_us=time.ticks_us):
        if speaker.start_ms > _SWITCH_MS:
            raise ValueError(f"the speaker takes {speaker.start_ms} ms to start, not 40 or less")
        self.talking = self._at_first = talking
        self.switches = 0
        self.microphone = TurnMicrophone(self, microphone, ticks_us)
        self.speaker = TurnSpeaker(self, speaker, ticks_us)

    def talk(self, talking):
        """Give the turn to the microphone (True) or the speaker. Raises what machine.I2S does."""
        if talking != self.talking:
            self.talking = talking
            self.switches += 1
            self.settle()

    def rest(self):
        """After the last `stop()` the turn is where it was at first, for the next call."""
        if not (self.microphone.wanted or self.speaker.wanted):
            self.talking = self._at_first

    def settle(self):
        """Run whose turn it is and who is wanted; who is wanted alone need not wait for a turn."""
        mouth, ear = self.microphone, self.speaker
        talks = mouth.wanted and (self.talking or not ear.wanted)
        # First stop: the port is free only then.
        if talks:
            ear.turn(False)
            mouth.turn(True)
        else:
            mouth.turn(False)
            ear.turn(ear.wanted)


class _Side:
    # One of the two: `wanted` between start() and stop(), `device` runs when it is its turn.

    def __init__(self, owner, device, ticks_us):
        self.rate_hz = device.rate_hz
        self.high_passed = getattr(device, "high_passed", False)
        self.wanted = False
        self.device = device
        self._owner = owner
        self._pace = Pace(device.rate_hz, 0, ticks_us)
        self._due = 0

    def start(self):
        """Begin, now or when it is this one's turn. Raises what machine.I2S does."""
        self.wanted = True
        self._pace.start()
        self._due = 0
        try:
            self._owner.settle()
        except (OSError, ValueError):
            self.wanted = False  # nobody stops what did not start
            raise

    def stop(self):
        """Stop."""
        self.wanted = False
        self._owner.settle()
        self._owner.rest()

    def turn(self, own):
        """Start or stop the device."""
        if own == self.device.running:
            return
        if own:
            self.device.start()
        else:
            self._due = self._left()
            self.device.stop()
            self._pace.start()

    def _left(self):
        # Samples that whoever keeps the pace counts on.
        return 0


class TurnMicrophone(_Side):
    """The microphone's place: its sound in its turn, else silence, at the same pace."""

    @property
    def overruns(self):
        """How often the loop came too late, in its turns."""
        return self.device.overruns

    def readinto(self, pcm):
        """Fill a memoryview of array('h'); returns samples, a multiple of 16, maybe 0."""
        if self.device.running:
            return self.device.readinto(pcm)
        if not self.wanted:
            return 0
        self._due = min(self._due + self._pace.elapsed(), _LATE_MS * self.rate_hz // 1000)
        count = min(self._due, len(pcm)) // GRAIN * GRAIN
        silence(pcm, 0, count)
        self._due -= count
        return count


class TurnSpeaker(_Side):
    """The speaker's place: heard in its turn, else thrown away, at the same pace."""

    @property
    def underruns(self):
        """How often it ran dry, in its turns."""
        return self.device.underruns

    def write(self, pcm):
        """Take samples; returns how many, a multiple of 16, maybe 0."""
        if self.device.running:
            return self.device.write(pcm)
        count = len(pcm) // GRAIN * GRAIN if self.wanted else 0
        self._pass_time()
        self._due += count
        return count

    def buffered_ms(self):
        """Milliseconds until what is written next is, or would be, heard."""
        if self.device.running:
            return self.device.buffered_ms()
        self._pass_time()
        return self._due * 1000 // self.rate_hz

    def _left(self):
        return self.device.buffered_ms() * self.rate_hz // 1000

    def _pass_time(self):
        self._due = max(self._due - self._pace.elapsed(), 0)
