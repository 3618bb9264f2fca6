"""Every setting of the encoder, changed while it runs, at every rate and length of a packet."""
# MIT License; see LICENSE

import pytest
import streams
from test_encoder import both, decode

# bit rate, prefilter, bandwidth: what a run passes through
STEPS = [
    (8000, 0, 4),
    (64000, 1, 0),
    (12000, 1, 4),
    (48000, 0, 3),
    (16000, 1, 2),
    (32000, 1, 4),
    (24000, 0, 0),
    (8000, 1, 0),
]
PACKETS = 5  # of each step


def changes():
    settings = []
    for i, values in enumerate(STEPS):
        for name, value in zip(("bitrate_bps", "prefilter", "bandwidth"), values, strict=True):
            settings.append(f"{PACKETS * i}:{name}={value}")
    return settings


@pytest.mark.parametrize("vbr", [0, 1])
@pytest.mark.parametrize("frame_ms", [10, 20, 40, 60])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000, 48000])
def test_settings_change_in_the_call(rate_hz, frame_ms, vbr, tmp_path):
    count = PACKETS * len(STEPS)
    sound = streams.speech(rate_hz, 2.4)[: count * rate_hz * frame_ms // 1000]
    frames = both(sound, rate_hz, frame_ms, tmp_path, [f"vbr={vbr}", *changes()])
    decode(frames, rate_hz, frame_ms)
    assert len(frames) == min(count, 2400 // frame_ms)
    varies = vbr and frame_ms <= 20
    for i, (_, packet) in enumerate(frames):
        wanted = STEPS[i // PACKETS][0] * frame_ms // 8000
        if varies:
            assert min(wanted // 2, 9) <= len(packet) <= 2 * wanted
        else:
            # Frames of a packet have one size.
            assert wanted - 2 <= len(packet) <= wanted
