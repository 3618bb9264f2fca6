"""What a real board's code runs on in these tests: a fake machine that moves with the real clock.

Import it before the firmware, with the board's folder on the path. Its microphone hears the WAV
file `fake_voice.wav` over and over, its speaker plays into `heard.wav`, its button is the file
`button` and its events go to `events.jsonl`, as those of the virtual board.
"""
# MIT License; see LICENSE

import json
import sys
import time
from array import array

import fake_clock

_RATE_HZ = 16000
# How much quieter than its samples a microphone is, in bits, and what gain makes up for.
_QUIETER_BITS = 4
_AUDIBLE = 300


class RealClock:
    """The clock of the fake hardware: microseconds since it was made; `base_us` is that moment."""

    def __init__(self):
        self.base_us = time.time_ns() // 1000

    @property
    def now_us(self):
        return time.time_ns() // 1000 - self.base_us

    def advance(self, us):
        time.sleep_us(us)


fake_clock.clock = RealClock()

import board  # noqa: E402
import sim_host  # noqa: E402
import wav  # noqa: E402
from fake_i2c import I2C  # noqa: E402
from fake_i2s import I2S  # noqa: E402
from fake_pins import ADC, Pin  # noqa: E402
from i2c import chips_of  # noqa: E402


def _record_start(port, event, fields):
    start_us = fake_clock.clock.base_us + I2S.ports[port].started_us
    sim_host.record(event, dict(fields, rate_hz=_RATE_HZ, start_us=start_us))


class Voice:
    """A MEMS microphone in both slots, that hears a WAV file again and again."""

    def __init__(self, port, path, bits):
        reader = wav.Reader(path)
        self._samples = array("h", bytes(2 * reader.frames))
        reader.readinto(memoryview(self._samples))
        self._port = port
        self._shift = 16 - bits
        self._at = 0

    def fill(self, ring, at, frame, frames):
        if frame == 0:
            self._at = 0
            _record_start(self._port, "microphone-started", {})
        samples, shift, index = self._samples, self._shift, self._at
        low_shift = 16 - shift
        for place in range(at, at + 4 * frames, 4):
            value = samples[index]
            index += 1
            if index == len(samples):
                index = 0
            ring[place] = ring[place + 2] = value << shift & 0xFFFF
            ring[place + 1] = ring[place + 3] = value >> low_shift & 0xFFFF
        self._at = index


class Ear:
    """Writes what the left slot plays to a WAV file."""

    def __init__(self, port, path):
        self._port = port
        self._wav = wav.Writer(path, _RATE_HZ)
        self._heard = False

    def play(self, ring, at, words, frame, frames):
        if frame == 0:
            _record_start(self._port, "speaker-started", {"frame": self._wav.frames})
        left = array(
            "H",
            [ring[place] for place in range(at + words - 1, at + 2 * words * frames, 2 * words)],
        )
        self._wav.write(left)
        if not self._heard and max(array("h", bytes(left))) > _AUDIBLE:
            self._heard = True
            sim_host.record("first-sound", {})


class Finger:
    """The board's own button, pressed by a file."""

    def __init__(self, part):
        self._file = sim_host.Button("button")
        self._part = part
        self._press()
        self._button = _real_button()

    def _press(self):
        down = self._file.pressed()
        pin = self._part["pins"]["signal"]
        if self._part["kind"] == "adc_button":
            ADC.levels[pin] = 2410000 if down else 3100000
        else:
            Pin.levels[pin] = 0 if down else 1

    def pressed(self):
        self._press()
        return self._button.pressed()


class Light:
    """The board's own LED, and the word it shows for the test."""

    def __init__(self):
        self._led = _real_led()
        self._word = sim_host.Led("led")

    def show(self, word):
        self._led.show(word)
        self._word.show(word)


with open(board.__file__[: -len("board.py")] + "board.json") as _file:
    _parts = json.load(_file)["roomtone"]["parts"]
I2C.devices = chips_of(_parts)
_shared = _parts.get("audio")
_bits = 0 if _shared or "control" in _parts else _QUIETER_BITS
I2S.sources[(_shared or _parts["microphone"])["port"]] = Voice(
    (_shared or _parts["microphone"])["port"], "fake_voice.wav", _bits
)
I2S.sinks[(_shared or _parts["speaker"])["port"]] = Ear(
    (_shared or _parts["speaker"])["port"], "heard.wav"
)
_real_button, _real_led = board.button, board.led
board.button = lambda: Finger(_parts["button"])
board.led = Light
board.record = sim_host.record
sys.modules["board"] = board
