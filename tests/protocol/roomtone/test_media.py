"""The media loop: frames whole and in order whatever the pieces, and nothing allocated."""
# MIT License; see LICENSE

import unittest
from array import array

import micropython
from audio.comfort_noise import WithComfortNoise
from audio.g711 import Pcmu
from roomtone.media import Capture, Media, Playback


class Microphone:
    """Gives a ramp in pieces of the given sizes, over and over."""

    rate_hz = 16000

    def __init__(self, *sizes):
        self._sizes = sizes
        self._turn = 0
        self._block = memoryview(array("h", bytes(640)))

    def readinto(self, pcm):
        size = min(self._sizes[self._turn % len(self._sizes)], len(pcm))
        self._turn += 1
        # By index: a slice would be an allocation of the test's own.
        for i in range(size):
            pcm[i] = 1000
        return size


class Sender:
    def __init__(self):
        self.payload = memoryview(bytearray(480))
        self.sent = 0
        self.skipped = 0
        self.noise_type = None
        self.noise = False
        self.size = 0
        self.level = 0

    def send(self, size, samples, level_dbov, voice, noise=False):
        self.sent += 1
        self.noise = noise
        self.size = size
        self.level = level_dbov
        return True

    def skip(self, samples):
        self.skipped += samples


class Speaker:
    rate_hz = 16000

    def __init__(self, takes=320):
        self.takes = takes
        self.queued = 0
        self.written = 0

    def write(self, pcm):
        count = min(len(pcm), self.takes)
        self.written += count
        self.queued += count
        return count

    def buffered_ms(self):
        return self.queued // 16


class Jitter:
    def __init__(self):
        self.pulled = 0

    def pull_into(self, pcm, now_ms):
        self.pulled += 1
        return len(pcm)


def _capture(*sizes):
    capture = Capture(Microphone(*sizes))
    capture.use(Pcmu())
    return capture


def _playback(speaker):
    playback = Playback(speaker)
    playback.use(Pcmu())
    playback.jitter = Jitter()
    return playback


def _locked(run, turns=50):
    """Run with the heap locked: an allocation raises MemoryError."""
    if not hasattr(micropython, "heap_lock"):
        for _ in range(turns):
            run()
        return
    run()
    micropython.heap_lock()
    try:
        for _ in range(turns):
            run()
    finally:
        micropython.heap_unlock()


class TestCapture(unittest.TestCase):
    def test_pieces_of_any_grain_make_whole_frames(self):
        for sizes in ((320,), (256,), (16,), (64, 0, 240), (256, 0, 0, 64)):
            capture = _capture(*sizes)
            sender = Sender()
            frames = sum([capture.poll(sender, False) for _ in range(200)])
            self.assertEqual(frames, sender.sent)
            self.assertEqual(frames, capture.frames)
            self.assertEqual(sender.size, 160)
            self.assertTrue(frames >= 9)

    def test_muted_sends_nothing_and_time_goes_on(self):
        capture = _capture(320)
        sender = Sender()
        for _ in range(5):
            capture.poll(sender, True)
        self.assertEqual((sender.sent, sender.skipped), (0, 800))

    def test_without_a_connection_the_microphone_flows_on(self):
        capture = _capture(320)
        self.assertTrue(capture.poll(None, False))
        sender = Sender()
        sender.payload = None
        self.assertTrue(capture.poll(sender, False))
        self.assertEqual(sender.sent, 0)

    def test_silence_is_described_instead_of_sent(self):
        capture = Capture(Microphone(320))
        capture.use(WithComfortNoise(Pcmu()))
        sender = Sender()
        for _ in range(5):
            capture.poll(sender, False)
        self.assertEqual((sender.sent, sender.size), (5, 160))  # nobody there takes descriptions
        sender.noise_type = 13
        for _ in range(60):
            capture.poll(sender, False)
        # A constant is silence to the high-pass: hang-over, then one in 25 frames.
        self.assertEqual((sender.size, sender.noise), (1, True))
        self.assertTrue(5 <= sender.sent <= 30, sender.sent)
        self.assertEqual((5 + 60 - sender.sent) * 160, sender.skipped)

    def test_nothing_is_allocated(self):
        capture = _capture(256, 0, 64)
        sender = Sender()
        _locked(lambda: capture.poll(sender, False))
        self.assertTrue(sender.sent > 10)


class Processor:
    """Counts, and makes all that is captured silent."""

    def __init__(self):
        self.processed = self.played_frames = self.delay_ms = 0

    def process(self, pcm):
        self.processed += 1
        for i in range(len(pcm)):
            pcm[i] = 0

    def played(self, pcm, delay_ms):
        self.played_frames += 1
        self.delay_ms = delay_ms


class TestProcessor(unittest.TestCase):
    def test_sees_and_changes_what_is_captured_unless_muted(self):
        processor = Processor()
        capture = Capture(Microphone(320), 100, processor)
        capture.use(Pcmu())
        sender = Sender()
        for _ in range(3):
            capture.poll(sender, False)
        capture.poll(sender, True)
        self.assertEqual((processor.processed, sender.level), (3, -127))

    def test_sees_what_is_played_and_when(self):
        speaker = Speaker()
        playback = _playback(speaker)
        playback.processor = processor = Processor()
        for _ in range(20):
            playback.poll(0)
            speaker.queued = max(speaker.queued - 160, 0)
        self.assertTrue(processor.played_frames > 5)
        self.assertEqual(processor.delay_ms, 10)

    def test_is_the_speakers_as_long_as_there_is_a_microphone(self):
        media = Media()
        media._run = lambda: None
        processor = Processor()
        for device in (Microphone(320), Speaker()):
            device.start = device.stop = lambda: None
            if isinstance(device, Speaker):
                media.subscribe(device)
            else:
                media.publish(device, 100, processor)
        self.assertTrue(media.playback.processor is processor)
        media.stop_capture()
        self.assertIsNone(media.playback.processor)


class OddDevice:
    """One whose rate nothing here fits, `running` when it was started."""

    rate_hz = 11000
    running = False

    def start(self):
        self.running = True


class TestDevices(unittest.TestCase):
    def test_a_device_that_can_not_be_used_is_not_left_running(self):
        media = Media()
        device = OddDevice()
        with self.assertRaises(ValueError):
            media.publish(device)
        self.assertFalse(device.running)
        device.rate_hz = -50  # no frame has so many samples
        with self.assertRaises(ValueError):
            media.subscribe(device)
        self.assertFalse(device.running)


class TestPlayback(unittest.TestCase):
    def test_feeds_up_to_its_lead_and_no_more(self):
        speaker = Speaker()
        playback = _playback(speaker)
        playback.poll(0)
        self.assertEqual(playback.jitter.pulled, 1)
        playback.poll(0)  # 20 ms are queued: that is the lead
        self.assertEqual(speaker.written, 320)
        speaker.queued -= 80
        playback.poll(5)
        self.assertEqual(speaker.written, 640)

    def test_a_speaker_that_takes_little_loses_nothing(self):
        speaker = Speaker(64)
        playback = _playback(speaker)
        for _ in range(100):
            playback.poll(0)
            speaker.queued = max(speaker.queued - 64, 0)
        self.assertTrue(speaker.written >= playback.jitter.pulled * 320 - 320)

    def test_lead_grows_when_the_speaker_ran_dry_and_has_an_end(self):
        speaker = Speaker()
        playback = _playback(speaker)
        for _ in range(20):
            playback.poll(0)
            speaker.queued = 0
        self.assertEqual(playback.ran_dry, 19)
        self.assertEqual(playback.lead_ms, 60)

    def test_lead_comes_back_after_a_while_and_later_where_that_was_wrong(self):
        speaker = Speaker()
        playback = _playback(speaker)
        playback._patience = 50  # a second of frames, so that this takes no longer
        found = []
        for _ in range(3):  # it needs 30 ms
            frames = playback.jitter.pulled
            while playback.lead_ms > 20 or playback.jitter.pulled == frames:
                playback.poll(0)
                speaker.queued -= min(speaker.queued, 160)
            found.append(playback.jitter.pulled - frames)
            speaker.queued = 0
        self.assertEqual(playback.ran_dry, 2)
        self.assertEqual(found[0], 1)
        self.assertTrue(found[1] >= 100 and found[2] >= 200, found)

    def test_dry_between_two_connections_is_no_fault(self):
        speaker = Speaker()
        playback = _playback(speaker)
        playback.poll(0)
        playback.rest()
        speaker.queued = 0
        playback.poll(0)
        self.assertEqual(playback.ran_dry, 0)

    def test_nothing_is_allocated(self):
        speaker = Speaker(64)
        playback = _playback(speaker)

        def turn():
            playback.poll(0)
            speaker.queued = max(speaker.queued - 80, 0)

        _locked(turn)
        self.assertTrue(playback.jitter.pulled > 5)


if __name__ == "__main__":
    unittest.main()
