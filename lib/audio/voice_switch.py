"""Turns a half-duplex board by voice instead of by a button."""
# MIT License; see LICENSE

from .level import Meter


class VoiceSwitch:
    """Gives the turn of a HalfDuplex to who speaks; who began keeps it until 240 ms of silence.

    A stage between microphone and encoder (see Chain). With nobody speaking the microphone is on,
    for the speaker's sound is known without it. The first 20 to 60 ms of an answer are lost.
    """

    def __init__(self, half_duplex):
        self._half_duplex = half_duplex
        self._near = Meter(half_duplex.microphone.rate_hz)
        self._far = Meter(half_duplex.speaker.rate_hz)
        half_duplex.talk(True)

    def process(self, pcm):
        """See a frame of the microphone; it stays as it is."""
        if self._half_duplex.talking:
            self._near.measure(pcm)

    def played(self, pcm, delay_ms):
        """See a frame on its way to the speaker."""
        self._far.measure(pcm)
        if not self._far.voice:
            self._half_duplex.talk(True)
        elif not self._near.voice:
            self._near.reset()
            self._half_duplex.talk(False)
