"""The 20 ms loop: microphone to sender, receiver to speaker.

Nothing here allocates while a call runs but what the firmware's sockets and hashes do; that is
collected by hand in the slack after a frame, never by surprise.
"""
# MIT License; see LICENSE

import asyncio
import gc
import sys
from array import array

from audio.gain import Gain, HighPass
from audio.level import Meter
from micropython import const

_FRAMES_PER_SECOND = const(50)
_POLL_MS = const(5)
# A microphone returns multiples of this, so that every tail of a frame is made beforehand.
_GRAIN = const(16)
# About 20 KB of forced garbage, in the two packets of each frame.
_COLLECT_FRAMES = const(25)
# The speaker is fed below a lead that bridges a late turn of the loop; each time that it ran dry
# the lead grows, so that a slow board crackles once or twice and a fast one is not late. Half a
# minute without that takes a step back: twice as long each time that it was wrong.
_LEAD_MS = const(20)
_LEAD_STEP_MS = const(10)
_LEAD_MAX_MS = const(60)
_CALM_FRAMES = const(1500)
_CALM_MAX_FRAMES = const(48000)
_MAX_FRAMES_A_TURN = const(3)
# The server sends 20 ms a packet, of Opus in up to 320 bytes, and the jitter buffer plays with up
# to 200 ms of delay.
_PACKET_MS = const(20)
_SLOTS = const(16)


def _frame(rate_hz):
    return array("h", bytes(2 * (rate_hz // _FRAMES_PER_SECOND)))


def _tails(pcm):
    """Views of `pcm` from each multiple of the grain on, so that the loop slices nothing."""
    view = memoryview(pcm)
    return tuple([view[at:] for at in range(0, len(pcm), _GRAIN)])


def _resampler(from_hz, to_hz):
    if from_hz == to_hz:
        return None
    from audio.resample import Resampler

    return Resampler(from_hz, to_hz, from_hz // _FRAMES_PER_SECOND)


class Capture:
    """Microphone → high-pass → processor → volume → resampler → level → codec → sender.

    `microphone.readinto(view)` returns the samples read now, a multiple of 16, maybe 0; a
    microphone that is `high_passed` gets no second filter. processor: None, or what has
    `process(pcm)` and `played(pcm, delay_ms)`, as audio.chain.Chain.
    """

    def __init__(self, microphone, volume=100, processor=None):
        self.microphone = microphone
        self.processor = processor
        self.gain = Gain(volume)
        self.level_dbov = -127
        self.frames = 0
        self._pcm = _frame(microphone.rate_hz)
        self._tails = _tails(self._pcm)
        self._filled = 0
        self._high_pass = None
        if not getattr(microphone, "high_passed", False):
            self._high_pass = HighPass(microphone.rate_hz)
        self._codec = self._resampler = self._meter = self._out = None
        self._silence = None
        self._ticks = 0  # of the RTP clock, in a frame

    def use(self, codec):
        """Encode with `codec` from the next frame on; None only keeps the microphone flowing."""
        if codec is None or codec is self._codec:
            self._codec = codec
            return
        self._resampler = _resampler(self.microphone.rate_hz, codec.rate_hz)
        self._out = _frame(codec.rate_hz) if self._resampler else self._pcm
        self._meter = Meter(codec.rate_hz)
        self._ticks = getattr(codec, "clock_hz", codec.rate_hz) // _FRAMES_PER_SECOND
        self._codec = codec
        self._silence = getattr(codec, "silence", None)

    def poll(self, sender, muted):
        """Read what the microphone has; send a frame once it is full. Returns whether it was."""
        self._filled += self.microphone.readinto(self._tails[self._filled // _GRAIN])
        if self._filled < len(self._pcm):
            return False
        self._filled = 0
        self.frames += 1
        codec = self._codec
        if codec is None or sender is None or sender.payload is None:
            return True
        if self._high_pass:
            self._high_pass.apply(self._pcm)
        # Muted, one is not a talker whom the far end must give way to.
        if self.processor and not muted:
            self.processor.process(self._pcm)
        self.gain.apply(self._pcm)
        if self._resampler:
            self._resampler.process_into(self._pcm, self._out)
        self.level_dbov = self._meter.measure(self._out)
        if muted:
            sender.skip(self._ticks)
            return True
        if self._silence and sender.noise_type is not None and self._suppressed(sender):
            return True
        size = codec.encode_into(self._out, sender.payload)
        sender.send(size, self._ticks, self.level_dbov, self._meter.voice)
        return True

    def _suppressed(self, sender):
        """Send comfort noise, or nothing, in place of silence; whether it was silence."""
        silence = self._silence
        if not silence.suppress(self.level_dbov, self._meter.voice):
            return False
        if silence.due:
            size = silence.payload_into(sender.payload)
            sender.send(size, self._ticks, self.level_dbov, False, True)
        else:
            sender.skip(self._ticks)
        return True


class Playback:
    """Jitter buffer → volume → resampler → processor → speaker, whose clock sets the pace.

    `processor`: the microphone's, which also sees what is played, or None.
    """

    def __init__(self, speaker, volume=100):
        self.speaker = speaker
        self.processor = None
        self.gain = Gain(volume)
        self.jitter = None
        self.lead_ms = _LEAD_MS
        self.ran_dry = 0
        self._calm = 0  # frames since it ran dry, or since the last step back
        self._patience = _CALM_FRAMES
        self._fed = False
        self._pcm = _frame(speaker.rate_hz)
        self._tails = _tails(self._pcm)
        self._at = len(self._pcm)
        self._codec = self._resampler = None
        self._in = self._pcm

    def use(self, codec):
        """Play what `codec` decodes; the jitter buffer is new when the codec is."""
        if codec is self._codec and codec:
            self.jitter.reset()  # a new connection is a new stream, on a new clock
        if codec is None or codec is self._codec:
            return
        from audio.jitter import JitterBuffer

        self._resampler = _resampler(codec.rate_hz, self.speaker.rate_hz)
        self._in = _frame(codec.rate_hz) if self._resampler else self._pcm
        self.jitter = JitterBuffer(
            codec,
            max_payload=codec.frame_samples,  # a byte a sample, as codecs.max_payload says
            max_packet_ms=_PACKET_MS,
            slots=_SLOTS,
        )
        self._codec = codec

    def rest(self):
        """The speaker will run dry, by right."""
        self._fed = False

    def poll(self, now_ms):
        """Keep the speaker fed; at most three frames at a turn."""
        if self.jitter is None:
            return
        if self._fed and self.speaker.buffered_ms() == 0:
            self._more_lead()
        self._fed = True
        for _ in range(_MAX_FRAMES_A_TURN):
            if self._at < len(self._pcm):
                self._at += self.speaker.write(self._tails[self._at // _GRAIN])
                if self._at < len(self._pcm):
                    return
            if self.speaker.buffered_ms() >= self.lead_ms:
                return
            self.jitter.pull_into(self._in, now_ms)
            self.gain.apply(self._in)
            if self._resampler:
                self._resampler.process_into(self._in, self._pcm)
            if self.processor:
                self.processor.played(self._pcm, self.speaker.buffered_ms())
            self._at = 0
            self._calm += 1
            if self._calm >= self._patience:
                self._calm = 0
                self.lead_ms = max(self.lead_ms - _LEAD_STEP_MS, _LEAD_MS)

    def _more_lead(self):
        self.ran_dry += 1
        if self.lead_ms < _LEAD_MAX_MS:
            self.lead_ms += _LEAD_STEP_MS
        self._calm = 0
        self._patience = min(2 * self._patience, _CALM_MAX_FRAMES)


class Media:
    """Owns microphone and speaker while they are in use, and the task that moves sound.

    `attach()` gives it a connection, `detach()` takes it away; in between the microphone flows on
    and is thrown away, and the speaker plays out what it has. `failure` is the exception of a
    microphone or speaker that broke while it was in use, and stopped all sound; else None.
    """

    def __init__(self):
        self.capture = None
        self.playback = None
        self.muted = False
        self.listening = True
        self.collections = 0
        self.failure = None
        self._link = None
        self._codec = None
        self._reports = 0  # of the far end, that the codec has been told
        self._task = None

    def publish(self, microphone, volume=100, processor=None):
        """Start the microphone. Raises what the microphone raises."""
        self.stop_capture()
        capture = Capture(microphone, volume, processor)
        capture.use(self._codec)
        microphone.start()  # last: what fails above leaves nothing running
        self.capture = capture
        self._share_processor()
        self._run()

    def subscribe(self, speaker, volume=100):
        """Start the speaker. Raises what the speaker raises."""
        self.stop_playback()
        playback = Playback(speaker, volume)
        speaker.start()
        self.playback = playback
        self._share_processor()
        self._plug()
        self._run()

    def attach(self, link, codec):
        """Send to and hear from `link`, with `codec`."""
        self._link = link
        self._codec = codec
        self._reports = 0
        restart = getattr(codec, "restart", None)
        if restart:
            restart()
        if self.capture:
            self.capture.use(codec)
        self._plug()

    def detach(self):
        """The connection is gone."""
        if self.playback:
            self.playback.rest()
        if self._link:
            self._link.receiver.sink = None
        self._link = None

    def _plug(self):
        if self.playback:
            self.playback.use(self._codec)
            if self._link:
                self._link.receiver.sink = self.playback.jitter

    def _share_processor(self):
        if self.playback:
            self.playback.processor = self.capture.processor if self.capture else None

    def stop_capture(self):
        """Stop the microphone."""
        capture = self.capture
        self.capture = None
        self._share_processor()
        if capture:
            capture.microphone.stop()

    def stop_playback(self):
        """Stop the speaker."""
        if self._link:
            self._link.receiver.sink = None
        playback = self.playback
        self.playback = None
        if playback:
            playback.speaker.stop()

    def stats(self):
        """Counters of both directions: a dict; allocates, so ask once a second, not each frame."""
        found = {"collections": self.collections, "muted": self.muted}
        if self.capture:
            found["level_dbov"] = self.capture.level_dbov
            found["frames"] = self.capture.frames
            # Devices on I2S know when the loop came too late; others need not.
            found["microphone_overruns"] = getattr(self.capture.microphone, "overruns", 0)
        if self.playback and self.playback.jitter:
            found.update(self.playback.jitter.stats())
            found["speaker_ms"] = self.playback.speaker.buffered_ms()
            found["speaker_dry"] = self.playback.ran_dry
            found["speaker_underruns"] = getattr(self.playback.speaker, "underruns", 0)
        return found

    async def close(self):
        """Stop both and end the task; a device that can't be stopped is printed, not raised."""
        self.detach()
        for stop in (self.stop_capture, self.stop_playback):
            try:
                stop()
            except Exception as error:
                sys.print_exception(error)
        task = self._task
        self._task = None
        from .events import end  # late: `make bench` counts this file without its package

        await end(task)

    def _run(self):
        if self._task is None:
            self.failure = None
            self._task = asyncio.create_task(self._loop())

    async def _loop(self):
        try:
            await self._move()
        except Exception as error:
            sys.print_exception(error)
            self.failure = error
            self._task = None

    async def _move(self):
        frames = 0
        while True:
            if self._turn():
                frames += 1
                if frames >= _COLLECT_FRAMES:
                    frames = 0
                    self.collections += 1
                    self._adapt()
                    gc.collect()
            await asyncio.sleep_ms(_POLL_MS)

    def _adapt(self):
        """Tell the codec what the far end reports of our packets, where it wants to know."""
        adapt = getattr(self._codec, "adapt", None)
        if adapt and self._link:
            sender = self._link.sender
            if sender.reports != self._reports:
                self._reports = sender.reports
                adapt(sender.remote_loss)

    def _turn(self):
        """One pass of both directions; returns whether a microphone frame was finished."""
        link = self._link
        capture = self.capture
        playback = self.playback
        if link and playback and self.listening:
            playback.poll(link.now_ms)
        if capture:
            return capture.poll(link.sender if link else None, self.muted)
        return False
