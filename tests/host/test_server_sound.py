"""The server's sound in numbers: G.711, resampling, levels, limiter, jitter, active speaker."""
# MIT License; see LICENSE

import random

import av
import numpy as np
import pytest
from roomtone_host.server import dsp, rtp
from roomtone_host.server.codecs import create
from roomtone_host.server.inbound import Inbound
from roomtone_host.server.speaker import ActiveSpeaker

FRAME_S = 0.02


def sine(hz, rate_hz, seconds, amplitude=8000.0):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz)


def share_db(samples, hz, rate_hz):
    """Energy near `hz` against all other energy, in dB."""
    power = np.abs(np.fft.rfft(samples * np.blackman(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / rate_hz) - hz) < 30
    return 10 * np.log10(power[near].sum() / power[~near].sum())


@pytest.mark.parametrize(("name", "other"), [("PCMU", "pcm_mulaw"), ("PCMA", "pcm_alaw")])
def test_g711_is_as_ffmpeg_has_it(name, other):
    codes = np.arange(256, dtype=np.uint8)
    decoder = av.CodecContext.create(other, "r")
    decoder.sample_rate, decoder.layout = 8000, "mono"
    frames = decoder.decode(av.Packet(codes.tobytes()))
    assert np.array_equal(create(name).decode(codes.tobytes()), frames[0].to_ndarray().ravel())
    pcm = np.arange(-32768, 32768).astype(np.int16)
    code = create(name)
    back = np.concatenate([code.decode(code.encode(f)) for f in pcm.reshape(-1, 128)]).astype(int)
    error = np.abs(back - pcm)
    assert np.all(error[np.abs(pcm.astype(int)) < 32000] <= np.abs(back[768:-767]).max() / 32)
    assert error[32768 - 64 : 32768 + 64].max() <= 16
    again = create(name).encode(create(name).decode(codes.tobytes()))
    assert (np.frombuffer(again, np.uint8) != codes).sum() <= 1  # minus zero has two names


def test_opus_carries_a_tone_and_survives_garbage():
    codec = create("OPUS")
    sound = dsp.to_int16(sine(1000, 48000, 0.4))
    heard = np.concatenate([codec.decode(codec.encode(f)) for f in sound.reshape(-1, 960)])
    assert len(heard) == len(sound) and share_db(heard[4800:], 1000, 48000) > 15
    for junk in (b"", b"\x00", b"\xff" * 50, bytes(range(200))):
        assert codec.decode(junk).size % 120 == 0


def test_who_plays_16_khz_gets_no_more_of_opus():
    sound = dsp.to_int16(np.random.default_rng(3).normal(0, 3000, 48000))
    for playback_hz, wide in ((48000, True), (16000, False)):
        codec = create("OPUS", playback_hz)
        packets = [codec.encode(frame) for frame in sound.reshape(-1, 960)]
        # RFC 6716 table 2: up to 11 is SILK, which ends at 8 kHz.
        assert {packet[0] >> 3 > 11 for packet in packets[5:]} == {wide}


@pytest.mark.parametrize(
    ("from_hz", "to_hz", "hz"), [(8000, 48000, 300), (8000, 48000, 3300), (48000, 8000, 3300)]
)
def test_resampling_keeps_a_tone_clean_and_level(from_hz, to_hz, hz):
    resampler = dsp.Resampler(from_hz, to_hz)
    out = [resampler.process(f) for f in sine(hz, from_hz, 1).reshape(50, -1)]
    assert {len(f) for f in out} == {to_hz // 50}
    steady = np.concatenate(out)[to_hz // 10 :]
    assert share_db(steady, hz, to_hz) > 55
    assert abs(dsp.level_dbov(steady) - dsp.level_dbov(sine(hz, from_hz, 1))) <= 1


def test_what_8_khz_can_not_hold_is_taken_away():
    resampler = dsp.Resampler(48000, 8000)
    out = np.concatenate([resampler.process(f) for f in sine(5200, 48000, 1).reshape(50, -1)])
    assert dsp.level_dbov(out[800:]) <= dsp.level_dbov(sine(5200, 48000, 1)) - 55


def test_the_limiter_holds_a_crowd_within_range_and_lets_go():
    limiter = dsp.Limiter()
    crowd = sine(440, 8000, 1, 90000).reshape(50, -1)
    out = [limiter.process(f) for f in crowd]
    assert max(np.abs(f.astype(int)).max() for f in out[1:]) <= 32100
    assert share_db(np.concatenate(out[5:]), 440, 8000) > 35
    calm = sine(440, 8000, 1, 5000).reshape(50, -1)
    assert np.abs([limiter.process(f) for f in calm][-1].astype(int)).max() > 4900


def test_levels_are_dbov():
    assert dsp.level_dbov(np.zeros(160)) == -127
    assert dsp.level_dbov(np.full(160, 32767)) == 0
    assert dsp.level_dbov(sine(1000, 8000, 1, 32767)) == -3


def packet(number, payload=b"\x10" * 160, level=None):
    return rtp.RtpPacket(0, number & 0xFFFF, number * 160 & 0xFFFFFFFF, 9, payload, level)


def play(arrivals, seconds, payload=lambda _: b"\x10" * 160, watch=lambda _: None):
    """Run a PCMU jitter buffer; `arrivals` is [(second, number)]. Returns it and its delays."""
    inbound, waiting, delays = Inbound("PCMU", 8000), sorted(arrivals), []
    for tick in range(int(seconds / FRAME_S)):
        now = tick * FRAME_S
        while waiting and waiting[0][0] <= now:
            at, number = waiting.pop(0)
            inbound.push(packet(number, payload(number)), at)
        frame = inbound.pull(now)
        assert frame is None or len(frame) == 160
        delays.append(inbound.delay_ms)
        watch(inbound)
    return inbound, delays


def stream(seconds, jitter_s=0.0, loss=0.0, drift=0.0, first=0.007):
    rng = random.Random(5)
    for number in range(int(seconds / FRAME_S)):
        late = rng.expovariate(1 / jitter_s) if jitter_s else 0
        if rng.random() >= loss:
            yield first + number * FRAME_S * (1 + drift) + late, number


@pytest.mark.parametrize("first", [0.0005, 0.006, 0.013, 0.0195])
def test_a_calm_stream_waits_less_than_two_frames_and_loses_nothing(first):
    inbound, delays = play(stream(20, 0.0003, first=first), 20)
    assert inbound.concealed_ms < 20 and max(delays[50:]) < 40 and delays[-1] < 27


def test_jitter_is_absorbed_and_delay_comes_back_down():
    calm = list(stream(40, 0.0003))
    rough = [(at + (0.03 if 500 <= n < 700 and n % 3 == 0 else 0), n) for at, n in calm]
    inbound, delays = play(rough, 40)
    assert max(delays) < 80 and delays[-1] < 27
    assert inbound.concealed_ms < 100


def test_loss_is_concealed_and_does_not_add_delay():
    inbound, delays = play(stream(30, 0.001, loss=0.1), 30)
    lost = inbound.reception.lost
    assert 100 < lost < 200 and 0.8 * lost * 20 < inbound.concealed_ms < 1.2 * lost * 20
    assert np.mean(delays[-200:]) < 45


@pytest.mark.parametrize("drift", [2e-4, -2e-4])
def test_a_drifting_clock_neither_grows_the_delay_nor_breaks_the_sound(drift):
    inbound, delays = play(stream(600, 0.0003, drift=drift), 600)
    assert max(delays[100:]) < 45 and inbound.concealed_ms <= 60


def test_a_burst_after_a_stall_is_not_played_late_for_ever():
    stalled = [(max(at, 2.4) if n * FRAME_S < 2.4 and n > 100 else at, n) for at, n in stream(20)]
    _, delays = play(stalled, 20)
    assert delays[-1] < 27


def voice(seconds, pause_from, pause_to):
    """A loud voice with a pause: returns payload(number)."""
    code = create("PCMU")
    wave = dsp.to_int16(sine(200, 8000, seconds))
    wave[int(pause_from * 8000) : int(pause_to * 8000)] //= 400
    return lambda n: code.encode(wave[160 * n : 160 * n + 160])


@pytest.mark.parametrize(("later_ms", "frames"), [(19.5, 1), (-70, -4)])
def test_the_pace_changes_in_a_pause_and_not_in_a_word(later_ms, frames):
    """From 0.4 s on, packets come only just in time, or so early that frames are left over."""
    kept = []
    payload = voice(4, 1.6, 2.0)
    arrivals = [(n * FRAME_S - 0.02 + (later_ms / 1000 if n >= 20 else 0), n) for n in range(190)]
    inbound, delays = play(sorted(arrivals), 3, payload, lambda one: kept.append(one._pulled))
    played = np.diff(kept)
    assert set(played[25:78]) == {160}  # the word goes on as it is
    assert played[78:101].sum() == 160 * (23 - frames)
    assert set(played[101:]) == {160} and inbound.concealed_ms == 0
    assert 0 < delays[-1] < 45


@pytest.mark.parametrize("stall_s", [0.03, 0.05, 0.1, 0.25])
def test_one_stall_leaves_a_hole_and_no_delay(stall_s):
    calm = list(stream(8, 0.0003))
    stalled = [(max(at, 4 + stall_s) if 4 < at < 4 + stall_s else at, n) for at, n in calm]
    inbound, delays = play(stalled, 8, voice(8, 0, 0))
    assert delays[-1] < delays[190] + 1
    assert inbound.concealed_ms <= 80


def test_each_of_many_stalls_adds_a_frame_at_most():
    stalls = [4 + n for n in range(4)]
    held = {n: at for at, n in stream(12, 0.0003)}
    for start_s in stalls:
        held |= {
            n: max(at, start_s + 0.15) for n, at in held.items() if start_s < at < start_s + 0.15
        }
    inbound, delays = play([(at, n) for n, at in held.items()], 8.0, voice(12, 0, 0))
    assert delays[-1] < delays[190] + 20 * len(stalls) + 1


@pytest.mark.parametrize("frames", [5, 9, 30])
def test_a_mixer_that_stood_still_goes_on_with_the_delay_of_before(frames):
    inbound, delays = Inbound("PCMU", 8000), []
    payload = voice(10, 0, 0)
    for tick in range(400):
        now = tick * FRAME_S
        if 200 <= tick < 200 + frames:
            continue  # packets wait in the socket
        if tick == 200 + frames:
            inbound.skip(frames)
        for number in range(200, tick + 1) if tick == 200 + frames else [tick]:
            inbound.push(packet(number, payload(number)), now - 0.007)
        inbound.pull(now)
        delays.append(inbound.delay_ms)
    assert delays[-1] == pytest.approx(delays[190], abs=1)
    assert inbound.concealed_ms <= 60


def test_reordered_and_repeated_packets_are_put_right():
    inbound = Inbound("PCMU", 8000)
    loud, soft = b"\x80" * 160, b"\xf0" * 160
    for number in (0, 2, 1, 1, 3):
        inbound.push(packet(number, loud if number % 2 else soft), 0.001)
    heard = [int(inbound.pull(0.01 + 0.01 * n)[80]) for n in range(4)]
    assert heard[0] == heard[2] and heard[1] == heard[3] and heard[0] != heard[1]
    assert inbound.late == 1


def test_sequence_numbers_wrap():
    inbound = Inbound("PCMU", 8000)
    for number in range(65530, 65545):
        inbound.push(packet(number), number * FRAME_S)
        inbound.pull(number * FRAME_S + 0.01)
    assert inbound.reception.received == 15 and inbound.reception.lost == 0
    assert inbound.concealed_ms == 0


def test_a_pause_ends_the_sound_and_the_next_word_is_heard_at_once():
    inbound = Inbound("PCMU", 8000)
    inbound.push(packet(0), 0.0)
    heard = [inbound.pull(FRAME_S * n) is not None for n in range(8)]
    assert heard[0] and not heard[-1]
    late = rtp.RtpPacket(0, 1, 800_000, 9, b"\x10" * 160, None)
    inbound.push(late, 1.0)
    assert np.abs(inbound.pull(1.001)).max() > 1000


def test_rtp_with_a_level_comes_back_and_broken_packets_are_nothing():
    built = rtp.build(0, 7, 160, 99, b"x" * 160, True, 3, -23)
    got = rtp.parse(built, 3)
    assert (got.sequence, got.timestamp, got.ssrc, got.payload) == (7, 160, 99, b"x" * 160)
    assert got.level_dbov == -23 and rtp.parse(built, 4).level_dbov is None
    rng = random.Random(1)
    for length in range(len(built)):
        rtp.parse(built[:length], 3)
        rtp.parse(bytes([rng.randrange(256) for _ in range(length)]), 3)
    assert rtp.parse(b"\x90" + built[1:15], 3) is None


def test_the_speaker_is_who_stays_louder():
    speaker = ActiveSpeaker()
    loud, soft, none = -20, -60, -127
    assert not any(speaker.update({"a": none, "b": none}) for _ in range(50))
    assert sum(speaker.update({"a": loud, "b": soft}) for _ in range(50)) == 1
    assert speaker.current == "a"
    for _ in range(6):  # a cough
        speaker.update({"a": loud, "b": -5})
    assert speaker.current == "a"
    for _ in range(100):  # as loud is not louder
        speaker.update({"a": loud, "b": loud - 1})
    assert speaker.current == "a"
    for _ in range(60):
        speaker.update({"a": soft, "b": loud})
    assert speaker.current == "b"
    assert speaker.update({"a": soft})
    for _ in range(100):
        speaker.update({"a": none})
    assert speaker.current is None
