"""Microphone and speaker on a fake machine.I2S: sound, delay, losses, nothing allocated."""
# MIT License; see LICENSE

import unittest
from array import array

import fake_i2s
from audio.gain import HighPass
from audio.i2s_microphone import Microphone, OverrunWatch
from audio.i2s_speaker import Speaker
from audio.sample_pace import Pace
from audio_fixtures import checksum, decibels, noise, tone, without_heap
from fake_clock import clock
from fake_i2s import I2S
from fake_sound import Mems, Tape, read_wav

SPEECH = "tools/roomtone_host/speech/guest.wav"
FRAME = 320


def microphone(samples, **options):
    """One on the fake bus, started, that hears samples."""
    gain_db = options.pop("gain_db", 24)
    heard = options.pop("mems", None) or Mems(samples)
    I2S.sources[0] = heard
    one = Microphone(4, 5, 6, 16000, gain_db, ticks_us=clock.ticks_us, **options)
    one.start()
    return one


def speaker(**options):
    """One on the fake bus, started, and the tape that it plays to."""
    I2S.sinks[1] = Tape()
    one = Speaker(7, 8, 9, 16000, ticks_us=clock.ticks_us, **options)
    one.start()
    return one, I2S.sinks[1]


def listen(one, ms, step_ms=5, frame=FRAME):
    """What is read in a loop that comes round every step_ms."""
    out = array("h")
    pcm = array("h", bytes(2 * frame))
    view = memoryview(pcm)
    for _ in range(0, ms, step_ms):
        clock.advance(step_ms * 1000)
        count = one.readinto(view)
        out.extend(pcm[:count])
    return out


def snr(wanted, found):
    """Signal to difference in dB, over the length of found."""
    signal = rest = 0.0
    for i in range(len(found)):
        signal += wanted[i] * wanted[i]
        rest += (wanted[i] - found[i]) ** 2
    return decibels(signal / max(rest, 1.0))


class TestMicrophone(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()

    def test_speech_comes_through_at_its_level(self):
        speech = read_wav(SPEECH, 1)
        found = listen(microphone(speech), 900)
        HighPass(16000).apply(speech)
        self.assertGreater(snr(speech, found), 30)
        flat = tone(2000, 16000, 16000, 8000)
        fake_i2s.reset()
        found = listen(microphone(flat), 500)
        self.assertGreater(snr(flat[4000:], found[4000:]), 25)

    def test_an_offset_is_taken_off_before_the_gain(self):
        one = microphone(None, mems=Mems(tone(500, 16000, 16000, 900), 2, 20000), gain_db=24)
        found = listen(one, 1000)[8000:]
        self.assertLess(abs(sum(found) // len(found)), 30)
        self.assertAlmostEqual(max(found), 3600, delta=150)

    def test_gain_is_what_was_asked(self):
        for gain_db in (-18, 0, 6, 17, 24, 30):
            fake_i2s.reset()
            quiet = 900 if gain_db > 0 else 9000
            one = microphone(None, mems=Mems(tone(1000, 16000, 9600, quiet), 0), gain_db=gain_db)
            found = listen(one, 500)[4000:]
            gain = decibels((max(found) / quiet) ** 2)
            self.assertAlmostEqual(gain, gain_db, delta=0.3)

    def test_the_right_slot_is_heard(self):
        sound = tone(2000, 16000, 8000, 8000)
        one = microphone(None, mems=Mems(sound, 4, 0, 1), slot="right")
        self.assertGreater(snr(sound[4000:], listen(one, 400)[4000:]), 25)

    def test_a_sample_is_there_within_its_dma_buffer_and_a_turn_of_the_loop(self):
        # Spoken at 500 ms: how late is it read?
        sound = array("h", [0] * 8000 + [20000] * 4000)
        one = microphone(sound)
        pcm = array("h", bytes(2 * FRAME))
        view = memoryview(pcm)
        read = 0
        worst = 0
        for _ in range(200):
            clock.advance(5000)
            count = one.readinto(view)
            read += count
            if count:
                worst = max(worst, clock.now_us // 1000 - (read - count) * 1000 // 16000)
        # 16 ms for the oldest sample of a block, 5 for the loop; 320 is no multiple of 256, so a
        # read can leave less than a block to the next turn.
        self.assertLessEqual(worst, 16 + 5 + 5)
        self.assertEqual((one.overruns, I2S.ports[0].blocked_us), (0, 0))

    def test_never_blocks_and_gives_what_there_is(self):
        one = microphone(tone(440, 16000, 4000))
        pcm = memoryview(array("h", bytes(2 * FRAME)))
        self.assertEqual(one.readinto(pcm), 0)
        clock.advance(16000)
        self.assertEqual(one.readinto(pcm), 256)
        self.assertEqual(one.readinto(pcm[256:]), 0)
        clock.advance(32000)
        self.assertEqual(one.readinto(pcm[256:]), 64)
        self.assertEqual(one.readinto(pcm), 320)
        self.assertEqual(I2S.ports[0].blocked_us, 0)

    def test_what_the_driver_drops_is_counted(self):
        one = microphone(tone(440, 16000, 100))
        listen(one, 500)
        for stall_ms in (200, 40, 70, 300):
            clock.advance(stall_ms * 1000)
            listen(one, 500)
        # A queue of three: 200 ms lose 9 buffers, 70 one or two, 300 15 or 16; 40 none.
        self.assertIn(256 * I2S.ports[0].dropped - one.lost_samples, (0, 256))
        # What is lost may be found out in two steps.
        self.assertTrue(3 <= one.overruns <= 6, one.overruns)

    def test_a_clock_that_is_off_loses_nothing(self):
        # Ten minutes: 960 samples more or fewer than the clock says.
        for ppm in (-100, 100):
            clock.reset()
            watch = OverrunWatch(Pace(16000, -1, clock.ticks_us))
            read = 0
            for _ in range(30000):
                clock.advance(20000)
                blocks = (clock.now_us + clock.now_us // 1000000 * ppm) // 16000
                self.assertEqual(watch.count(256 * (blocks - read), True), 0)
                read = blocks

    def test_a_pause_between_read_and_clock_is_no_loss(self):
        one = microphone(tone(440, 16000, 100))
        pcm = memoryview(array("h", bytes(2 * FRAME)))
        real = I2S.ports[0].readinto
        turn = [0]

        def slow(buffer):
            found = real(buffer)
            turn[0] += 1
            if turn[0] % 10 == 0:
                clock.advance(30000)
            return found

        I2S.ports[0].readinto = slow
        for _ in range(300):
            clock.advance(5000)
            one.readinto(pcm)
        self.assertEqual((one.lost_samples, I2S.ports[0].dropped), (0, 0))

    def test_stop_frees_the_port_and_start_begins_again(self):
        one = microphone(tone(440, 16000, 4000))
        self.assertTrue(one.running)
        one.stop()
        self.assertFalse(one.running)
        self.assertNotIn(0, I2S.ports)
        self.assertEqual(one.readinto(memoryview(array("h", bytes(64)))), 0)
        one.start()
        self.assertEqual(len(listen(one, 100)), 1536)

    def test_what_no_microphone_can_do_is_refused(self):
        for options in (
            {"rate_hz": 8000},
            {"rate_hz": 22050},
            {"gain_db": 60},
            {"slot": "middle"},
            {"buffers": 1},
        ):
            with self.assertRaises(ValueError):
                Microphone(4, 5, 6, **options)

    def test_reading_allocates_nothing(self):
        one = microphone(tone(440, 16000, 4000))
        pcm = memoryview(array("h", bytes(2 * FRAME)))

        def turns(_):
            for _ in range(50):
                clock.now_us += 5000
                one.readinto(pcm)

        without_heap(turns, 0)


class Gaps:
    """A sink that looks at every 32nd sample: silence after sound is a gap."""

    def __init__(self):
        self.heard = self.gaps = 0

    def play(self, ring, at, words, frame, frames):
        for i in range(at, at + 2 * frames, 64):
            if ring[i]:
                self.heard += 32
            elif self.heard:
                self.gaps += 1


class TestSpeaker(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()

    def play(self, one, sound, turns, lead_ms=20):
        """As the media loop does: frames of 20 ms while less than lead_ms are queued."""
        at = 0
        pcm = memoryview(sound)
        for _ in range(turns):
            clock.advance(5000)
            while at < len(sound) and one.buffered_ms() < lead_ms:
                count = one.write(pcm[at : at + FRAME])
                at += count
                if count < FRAME:
                    break
        return at

    def test_plays_every_sample_once_in_both_slots(self):
        one, tape = speaker()
        speech = read_wav(SPEECH, 1)
        self.play(one, speech, 250)
        first = one.start_ms * 16
        heard = tape.samples[first : first + 15000]
        self.assertEqual(checksum(tape.samples[:first]), 0)
        self.assertEqual(heard, speech[:15000])
        self.assertEqual((tape.unequal, one.underruns), (0, 0))
        self.assertEqual(I2S.ports[1].blocked_us, 0)

    def test_buffered_ms_is_when_the_next_sample_is_heard(self):
        one, tape = speaker()
        said = array("i")
        for turn in range(200):
            clock.advance(5000)
            if one.buffered_ms() < 20:
                due = clock.now_us // 1000 + one.buffered_ms()
                if one.write(array("h", [turn + 1] * FRAME)) == FRAME:
                    said.extend(array("i", (turn + 1, due)))
        for i in range(0, len(said) - 8, 2):
            heard = list(tape.samples).index(said[i]) / 16
            self.assertAlmostEqual(heard, said[i + 1], delta=1.5)

    def test_slots_of_32_bits_at_48_khz(self):
        I2S.sinks[1] = tape = Tape()
        one = Speaker(7, 8, 9, 48000, slot_bits=32, buffers=6, ticks_us=clock.ticks_us)
        one.start()
        sound = noise(9600)
        at = 0
        for _ in range(60):
            clock.advance(5000)
            at += one.write(memoryview(sound)[at : at + 960])
        heard = list(tape.samples)
        first = heard.index(sound[0])
        self.assertEqual(tape.samples[first : first + 9600], sound)
        self.assertEqual((tape.unequal, one.start_ms), (0, 32))

    def test_a_full_queue_takes_no_more(self):
        one, _ = speaker()
        clock.advance(60000)
        sound = memoryview(noise(3200))
        self.assertEqual(one.write(sound), 512)
        self.assertEqual(one.write(sound), 0)
        self.assertGreaterEqual(one.buffered_ms(), 32)
        clock.advance(16000)
        self.assertEqual(one.write(sound), 256)

    def test_running_dry_is_counted_and_sound_begins_whole(self):
        one, tape = speaker()
        sound = noise(32000, 7)
        self.play(one, sound, 60)
        played = len(tape.samples)
        self.assertEqual(one.underruns, 0)
        clock.advance(100000)
        second = noise(8000, 21)
        self.play(one, second, 60)
        self.assertEqual(one.underruns, 1)
        self.assertAlmostEqual(one.silent_samples, 1300, delta=500)
        rest = tape.samples[played:]
        first = list(rest).index(second[0])
        self.assertEqual(rest[first : first + 2000], second[:2000])

    def test_a_loop_that_stalls_loses_no_sample_and_each_gap_is_counted(self):
        one, tape = speaker()
        stalls = noise(1200, 5, 100)
        number = 0
        left = memoryview(array("h", bytes(2)))[:0]
        for stall in stalls:
            # 3 to 12 ms, and now and then 15 to 90.
            clock.advance(5000 + 45 * abs(stall) if stall % 29 else 15000 + 750 * abs(stall))
            while left or one.buffered_ms() < 20:
                if not left:
                    number += 1
                    left = memoryview(array("h", [number] * FRAME))
                left = left[one.write(left) :]
                if left:
                    break
        gaps = silent = last = wrong = 0
        for value in tape.samples[one.start_ms * 16 :]:
            if not value:
                silent += 1
                continue
            gaps += silent > 0
            silent = 0
            wrong += value not in (last, last + 1)
            last = value
        self.assertEqual(wrong, 0)
        self.assertGreater(gaps, 10)
        # What may have run dry counts as dry.
        self.assertTrue(gaps <= one.underruns <= gaps + 4, (gaps, one.underruns))

    def test_a_pause_is_no_underrun(self):
        one, _ = speaker()
        clock.advance(3000000)
        self.play(one, noise(3200), 40)
        clock.advance(3000000)
        self.play(one, noise(3200), 40)
        self.assertEqual(one.underruns, 0)

    def test_a_clock_that_is_off_makes_no_gap(self):
        # At 100 ppm the 2 ms that are left at worst are used up after 20 s.
        for ppm in (-100, 100):
            fake_i2s.reset()
            I2S.ppm = ppm
            one, tape = speaker()
            tape = I2S.sinks[1] = Gaps()
            sound = array("h", [1] * FRAME)
            for _ in range(5000):
                clock.advance(6000)
                while one.buffered_ms() < 8 and one.write(sound) == FRAME:
                    pass
            self.assertEqual((one.underruns, tape.gaps), (0, 0))
            self.assertGreater(tape.heard, 400000)

    def test_writing_allocates_nothing(self):
        one, _ = speaker()
        I2S.sinks.clear()
        sound = memoryview(noise(FRAME))

        def turns(_):
            for _ in range(50):
                clock.now_us += 5000
                if one.buffered_ms() < 20:
                    one.write(sound)

        without_heap(turns, 0)
        self.assertGreater(I2S.ports[1].moved, 10)

    def test_what_no_speaker_can_do_is_refused(self):
        for options in ({"rate_hz": 8000}, {"slot_bits": 24}, {"buffers": 1}):
            with self.assertRaises(ValueError):
                Speaker(7, 8, 9, **options)
