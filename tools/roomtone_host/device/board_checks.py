"""Runs on the board for `roomtone doctor`: measures, and prints one JSON object a check."""
# MIT License; see LICENSE

import asyncio
import gc
import json
import math
import os
import sys
import time
from array import array

_TONE_HZ = 1000
_FRAME_MS = 20
_SETTLE_MS = 200
_CONNECT_MS = 20000


def tell(found):
    """Print a finding as one line."""
    print(json.dumps(found))


def about():
    """The chip, its memory and what is installed."""
    found = {"machine": sys.implementation._machine, "platform": sys.platform}
    found["version"] = ".".join(str(part) for part in sys.implementation.version[:3])
    gc.collect()
    found["heap_free"] = gc.mem_free()
    found["heap_total"] = gc.mem_free() + gc.mem_alloc()
    found["exec_free"] = found["exec_largest"] = None
    try:
        import esp32

        # (total, free, largest free block, least free ever) of each region
        regions = esp32.idf_heap_info(esp32.HEAP_EXEC)
        found["exec_free"] = sum(region[1] for region in regions)
        found["exec_largest"] = max(region[2] for region in regions)
    except (ImportError, AttributeError, ValueError):
        pass  # a host, or a chip that runs code from its ordinary memory
    volume = os.statvfs("/")
    found["flash_free"] = volume[0] * volume[3]
    found["unix_s"] = time.time() + (946684800 if time.gmtime(0)[0] == 2000 else 0)
    found["installed"] = _read_json("files.json")
    found["installed"].pop("files", None)
    found["frozen"] = _is_frozen()
    try:
        found["crash_log"] = os.stat("crash.log")[6]
    except OSError:
        found["crash_log"] = 0
    tell(found)


def _read_json(path):
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def _is_frozen():
    """Whether Roomtone is a part of the firmware."""
    path = sys.path[:]
    loaded = sys.modules.pop("settings", None)
    sys.path[:] = [".frozen"]
    try:
        __import__("settings")
        return True
    except ImportError:
        return False
    finally:
        sys.path[:] = path
        sys.modules.pop("settings", None)
        if loaded:
            sys.modules["settings"] = loaded


def settings():
    """Whether the settings are good, and which of what a call needs is there."""
    from settings import Settings

    values = Settings()
    unknown = values.load()
    named = {name: bool(values[name]) for name in ("room", "token")}
    networks = [entry["ssid"] for entry in values["wifi.networks"]]
    server = values["server"]
    tell({"server": server, "networks": networks, "named": named, "unknown": unknown})


def network():
    """Join the Wi-Fi of the settings; its signal in dBm, 0 where there is no radio."""
    import uplink
    from settings import Settings

    values = Settings()
    values.load()
    link = uplink.link(values)
    asyncio.run(asyncio.wait_for_ms(link.connect(), _CONNECT_MS))
    tell({"ssid": link.ssid, "address": link.address(), "dbm": link.signal_dbm()})


def server(host, port, tls, path="/"):
    """Reach the room server; how long a connection and an answer take."""
    import socket

    start = time.ticks_ms()
    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0][-1]
    named_ms = time.ticks_diff(time.ticks_ms(), start)
    link = socket.socket()
    link.settimeout(5)
    try:
        start = time.ticks_ms()
        link.connect(address)
        connected_ms = time.ticks_diff(time.ticks_ms(), start)
        status = b""
        if not tls:
            link.send(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            status = link.recv(16)
    finally:
        link.close()
    tell({"named_ms": named_ms, "connected_ms": connected_ms, "status": status.decode()})


def hands():
    """Whether the button is up; lights every diode for two seconds."""
    import board

    led = board.led()
    led.show("test")
    pressed = board.button().pressed()
    time.sleep(2)
    led.show("off")
    tell({"pressed": pressed})


def microphone(seconds=1):
    """The microphone's level in dBov, its mean, and how many samples came a second."""
    import board

    pcm, taken, passed_ms = _listen(board.microphone(), seconds * 1000)
    found = _describe(pcm)
    found["rate_hz"] = taken * 1000 // passed_ms
    tell(found)


def loopback():
    """Play 1 kHz and listen: how loud the tone is in the microphone, before and during."""
    import board

    heard = board.microphone()
    played = board.speaker()
    if not board.duplex:
        _play_alone(played, 1000)
        tell({"duplex": False})
        return
    before, _, _ = _listen(heard, 500)
    during, _, _ = _listen(heard, 700, _Tone(played))
    tell(
        {
            "duplex": True,
            "before_dbov": tone_dbov(before, heard.rate_hz),
            "during_dbov": tone_dbov(during, heard.rate_hz),
        }
    )


class _Tone:
    """Keeps a speaker fed with 1 kHz at -20 dBov, from one table of a whole millisecond."""

    def __init__(self, speaker):
        self._speaker = speaker
        rate = speaker.rate_hz
        turn = 2 * math.pi * _TONE_HZ / rate
        period = [round(4630 * math.sin(turn * index)) for index in range(rate // 1000)]
        self._pcm = array("h", period * _FRAME_MS)
        self._view = memoryview(self._pcm)
        self._at = 0

    def start(self):
        self._speaker.start()

    def feed(self):
        # A speaker takes whole grains of samples; what it does not take now is offered again.
        if self._speaker.buffered_ms() < 3 * _FRAME_MS:
            taken = self._speaker.write(self._view[self._at :])
            self._at = (self._at + taken) % len(self._pcm)

    def stop(self):
        self._speaker.stop()


def _listen(microphone, duration_ms, tone=None):
    """Record for a time, after some settling: (the last half second, samples taken, time)."""
    rate = microphone.rate_hz
    frame = array("h", bytes(2 * rate * _FRAME_MS // 1000))
    kept = array("h", bytes(rate * min(duration_ms, 500) // 1000 * 2))
    frame_view, kept_view = memoryview(frame), memoryview(kept)
    at = taken = 0
    if tone:
        tone.start()
    microphone.start()
    start = time.ticks_ms()
    settling = True
    try:
        while True:
            passed_ms = time.ticks_diff(time.ticks_ms(), start)
            if passed_ms >= (_SETTLE_MS if settling else duration_ms):
                if not settling:
                    return kept, taken, passed_ms
                settling = False
                start = time.ticks_ms()
                at = taken = 0
            if tone:
                tone.feed()
            count = microphone.readinto(frame_view)
            if not count:
                time.sleep_ms(2)
                continue
            taken += count
            count = min(count, len(kept) - at)
            kept_view[at : at + count] = frame_view[:count]
            at = (at + count) % len(kept)
    finally:
        microphone.stop()
        if tone:
            tone.stop()


def _play_alone(speaker, duration_ms):
    tone = _Tone(speaker)
    tone.start()
    start = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), start) < duration_ms:
        tone.feed()
        time.sleep_ms(2)
    tone.stop()


def _describe(pcm):
    mean = sum(pcm) // len(pcm)
    square = sum((sample - mean) * (sample - mean) for sample in pcm) / len(pcm)
    loudest = max(abs(sample) for sample in pcm)
    return {"dbov": _dbov(square), "mean": mean, "peak": loudest}


def tone_dbov(pcm, rate_hz):
    """Level of the 1 kHz part alone, by Goertzel's algorithm."""
    factor = 2 * math.cos(2 * math.pi * _TONE_HZ / rate_hz)
    one = two = 0.0
    for sample in pcm:
        one, two = sample + factor * one - two, one
    power = (one * one + two * two - factor * one * two) / (len(pcm) * len(pcm) / 2)
    return _dbov(power)


def _dbov(square):
    return round(10 * math.log10(square / 32768 / 32768)) if square > 0 else -127
