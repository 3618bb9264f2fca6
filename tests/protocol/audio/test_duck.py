"""Ducking: who gets through, and that a loop with more gain than 1 does not howl."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.duck import IDLE, LISTEN, TALK, Ducker
from audio_fixtures import decibels, noise, without_heap
from fake_sound import read_wav

FRAME = 320
QUIET = array("h", bytes(2 * FRAME))


def saturate(value):
    return max(-32768, min(32767, value))


def amplified(pcm, gain):
    return array("h", (saturate(int(value * gain)) for value in pcm))


def added(a, b):
    return array("h", (saturate(a[i] + b[i]) for i in range(len(a))))


def rms_db(pcm):
    return decibels(sum([value * value for value in pcm]) / len(pcm) / 32768**2)


def frames(pcm):
    return [pcm[at : at + FRAME] for at in range(0, len(pcm) - FRAME + 1, FRAME)]


def room(ducker, far, near, coupling=1.0, delay_frames=3):
    """Two talkers; the speaker is heard in the microphone. Returns what is sent and what plays."""
    sent, heard = [], []
    for i in range(len(far)):
        out = far[i][:]
        ducker.played(out, 40)
        heard.append(out)
        echo = heard[i - delay_frames] if i >= delay_frames else QUIET
        pcm = added(near[i], amplified(echo, coupling))
        ducker.process(pcm)
        sent.append(pcm)
    return sent, heard


def joined(pieces):
    out = array("h")
    for piece in pieces:
        out.extend(piece)
    return out


def loop_peaks(ducker, gain, seconds):
    """A call to a far end that sends back what it hears, `gain` in the loop: peak of each 0.5 s.

    A burst of noise starts it.
    """
    line = [QUIET] * 5  # 100 ms of network and buffers
    room_echo = [QUIET] * 3
    peaks = []
    peak = 0
    for i in range(50 * seconds):
        out = line.pop(0)[:]
        if ducker:
            ducker.played(out, 40)
        room_echo.append(amplified(out, gain))
        pcm = added(room_echo.pop(0), noise(FRAME, i + 1, 6000 if i < 10 else 30))
        if ducker:
            ducker.process(pcm)
        line.append(pcm)
        peak = max(peak, *out)
        if i % 25 == 24:
            peaks.append(peak)
            peak = 0
    return peaks


class TestDucker(unittest.TestCase):
    def setUp(self):
        speech = read_wav("tools/roomtone_host/speech/reader.wav", 3)
        self.speech = frames(speech)
        self.silent = [QUIET] * len(self.speech)

    def test_a_loop_with_gain_howls_without_it_and_not_with_it(self):
        self.assertGreater(loop_peaks(None, 2, 3)[-1], 30000)
        for gain in (2, 8, 30):
            peaks = loop_peaks(Ducker(16000), gain, 4)
            self.assertLess(peaks[-1], 200, (gain, peaks))
            self.assertLess(peaks[-2], 200, (gain, peaks))

    def test_the_far_end_is_heard_and_its_echo_is_not_sent(self):
        for coupling in (0.3, 1.0, 4.0):
            sent, heard = room(Ducker(16000), self.speech, self.silent, coupling)
            said = rms_db(joined(self.speech))
            self.assertGreater(rms_db(joined(heard)), said - 1.0, coupling)
            # The echo is down by 30 dB at least, whatever the coupling.
            echo = rms_db(joined(self.speech)) + decibels(coupling * coupling)
            self.assertLess(rms_db(joined(sent[10:])), min(echo, 0) - 28, coupling)

    def test_one_who_speaks_alone_gets_through_whole(self):
        sent, _ = room(Ducker(16000), self.silent, self.speech)
        self.assertGreater(rms_db(joined(sent)), rms_db(joined(self.speech)) - 0.5)

    def test_one_breaks_in_who_is_louder_than_the_echo(self):
        ducker = Ducker(16000)
        half = len(self.speech) // 2
        near = self.silent[:half] + self.speech[half:]
        far = [amplified(frame, 0.5) for frame in self.speech]
        room(ducker, far[:half], near[:half], 0.1)
        self.assertLess(ducker.coupling_db, -10)
        sent, _ = room(ducker, far[half:], near[half:], 0.1)
        self.assertGreater(rms_db(joined(sent)), rms_db(joined(near[half:])) - 4)

    def test_the_loss_is_the_same_in_every_direction(self):
        ducker = Ducker(16000, 40)
        for direction in (IDLE, TALK, LISTEN):
            gains = ducker._near_gains[direction] * ducker._far_gains[direction]
            self.assertAlmostEqual(decibels((gains / 4096**2) ** 2), -40, delta=0.2)

    def test_the_direction_goes_back_when_all_are_silent(self):
        ducker = Ducker(16000)
        room(ducker, self.silent[:20], self.speech[:20])
        self.assertEqual(ducker.direction, TALK)
        room(ducker, self.speech[:40], self.silent[:40])
        self.assertEqual(ducker.direction, LISTEN)
        room(ducker, self.silent[:60], self.silent[:60])
        self.assertEqual(ducker.direction, IDLE)

    def test_no_frame_allocates(self):
        ducker = Ducker(16000)
        loud = self.speech[20]

        def turns(_):
            for _ in range(20):
                ducker.played(loud, 40)
                ducker.process(loud)

        without_heap(turns, 0)

    def test_another_loss_is_refused(self):
        with self.assertRaises(ValueError):
            Ducker(16000, 70)
