"""A call on one I2S port, by voice: the media loop with a half-duplex board, both ends talking."""
# MIT License; see LICENSE

import unittest
from array import array

import fake_i2s
from audio.g711 import Pcmu
from audio.half_duplex import HalfDuplex
from audio.i2s_microphone import Microphone
from audio.i2s_speaker import Speaker
from audio.level import Meter
from audio.voice_switch import VoiceSwitch
from fake_clock import clock
from fake_i2s import I2S
from fake_sound import Tape, read_wav
from roomtone.media import Capture, Playback

SPEECH = "tools/roomtone_host/speech/caller.wav"
TURN_US = 5000
SECOND = 16000


class Room:
    """Who speaks near the board, by the clock: the port stops and starts, the room goes on."""

    def __init__(self, samples, from_ms):
        self.samples = samples
        self.from_ms = from_ms

    def fill(self, ring, at, frame, frames):
        start = (I2S.ports[0].started_us // 1000 - self.from_ms) * 16 + frame
        for i in range(frames):
            here = 0 <= start + i < len(self.samples)
            value = self.samples[start + i] if here else 0
            # 24 dB quieter, as a MEMS microphone has it.
            ring[at + 4 * i] = (value << 12) & 0xFFFF
            ring[at + 4 * i + 1] = (value >> 4) & 0xFFFF


class Line:
    """Counts what is sent, and how much of it is voice, by second."""

    noise_type = None

    def __init__(self):
        self.payload = memoryview(bytearray(160))
        self.voices = [0] * 8
        self.frames = [0] * 8

    def send(self, size, samples, level_dbov, voice):
        second = clock.now_us // 1000000
        self.frames[second] += 1
        self.voices[second] += level_dbov > -45


def packets(speech):
    """20 ms each of PCMU, at half the rate of the samples."""
    pcm = array("h", (speech[i] for i in range(0, len(speech), 2)))
    codec = Pcmu()
    out = []
    for at in range(0, len(pcm) - 159, 160):
        packet = bytearray(160)
        codec.encode_into(pcm[at : at + 160], packet)
        out.append(bytes(packet))
    return out


class TestTurns(unittest.TestCase):
    def test_a_call_by_voice_on_one_port(self):
        fake_i2s.reset()
        I2S.port_count = 1
        speech = read_wav(SPEECH, 2)
        # The far end speaks from 0.5 to 2.5 s, the near end from 4 to 6 s.
        I2S.sources[0] = Room(speech, 4000)
        tape = I2S.sinks[0] = Tape()
        both = HalfDuplex(
            Microphone(4, 5, 6, port=0, ticks_us=clock.ticks_us),
            Speaker(4, 5, 7, port=0, buffers=2, slot_bits=32, ticks_us=clock.ticks_us),
            ticks_us=clock.ticks_us,
        )
        switch = VoiceSwitch(both)
        capture = Capture(both.microphone, 100, switch)
        playback = Playback(both.speaker)
        playback.processor = switch
        line = Line()
        for side in (capture, playback):
            side.use(Pcmu())
        both.microphone.start()
        both.speaker.start()
        far = packets(speech)
        silence = packets(array("h", bytes(640)))[0]
        turns = []
        for i in range(6000 // 5):
            clock.advance(TURN_US)
            now_ms = clock.now_us // 1000
            if i % 4 == 0:
                at = i // 4 - 25
                payload = far[at] if 0 <= at < len(far) else silence
                playback.jitter.push(payload, 0, 160, i // 4, 40 * i, now_ms)
            capture.poll(line, False)
            playback.poll(now_ms)
            if not turns or turns[-1][1] != both.talking:
                turns.append((now_ms, both.talking))
        self.assertEqual(turns[0][1], True)
        # Listening began within 150 ms of the far end's first word, and ended when it was silent.
        listening = [ms for ms, talking in turns if not talking]
        self.assertLess(listening[0], 500 + 400)
        self.assertLess(turns[-1][0], 3200)
        self.assertTrue(both.talking)
        meter = Meter(16000)
        heard = [meter.measure(tape.samples[at : at + 320]) for at in range(0, SECOND, 320)]
        self.assertGreater(max(heard), -25)
        self.assertEqual((line.voices[1], line.voices[3]), (0, 0))
        self.assertGreater(line.voices[4] + line.voices[5], 50)
        # Packets at the real pace all the time, whoever has the turn.
        for second in range(1, 6):
            self.assertTrue(47 <= line.frames[second] <= 53, line.frames)
        self.assertLessEqual(playback.lead_ms, 40)
        self.assertEqual((both.microphone.overruns, both.speaker.underruns), (0, 0))
