"""The demo's scene, measures and verdict, on sound that is made here."""
# MIT License; see LICENSE

from dataclasses import replace

import numpy as np
import pytest
from roomtone_host.demo.report import Account, excuse, faults, report
from roomtone_host.demo.scene import CAST, LENGTH_S, TONE_AMPLITUDE, TONE_S
from roomtone_host.measure import Recording, compare, first_tone_s, phrase_ends, read_wav

RATE_HZ = 16000
T0 = 1_700_000_000.0
KEYS = (
    "from", "to", "codecs", "join_ms", "first_sound_ms", "mouth_to_ear_ms", "stoi",
    "level_error_db", "packets_sent", "packets_received", "packets_lost", "concealed_percent",
)  # fmt: skip


@pytest.fixture(scope="module")
def microphones(tmp_path_factory):
    """What each microphone of the cast picks up, at one rate."""
    place = tmp_path_factory.mktemp("scene")
    found = {}
    for talker in CAST:
        talker.write_microphone(place / "said.wav")
        found[talker.name] = read_wav(place / "said.wav").at(RATE_HZ).samples
    return found


def account(microphones, listener, delay_ms=80, joined_s=1.0, gain=1.0):
    """Somebody who hears all others a fixed time after they spoke, once both are in the room."""
    heard = np.zeros(round((LENGTH_S + 1) * RATE_HZ))
    for name, samples in microphones.items():
        if name != listener.name:
            first = round(joined_s * RATE_HZ)
            at = first + round(delay_ms / 1000 * RATE_HZ)
            part = samples[first : first + len(heard) - at]
            heard[at : at + len(part)] += gain * part
    return Account(
        talker=listener, microphone_start_s=T0, heard=Recording(heard, RATE_HZ, T0),
        joined_s=T0 + joined_s, join_ms=400.0,
        packets_sent=1000, packets_received=1000, packets_lost=0, concealed_percent=0.0,
        codec="opus",
    )  # fmt: skip


def accounts(microphones, **how):
    return [account(microphones, listener, **how) for listener in CAST]


def test_nobody_speaks_before_the_tones_are_over_nor_into_another():
    end_s = TONE_S + 1
    for talker in CAST:
        assert talker.start_s > end_s
        speech = talker.speech
        end_s = talker.start_s + len(speech.samples) / speech.rate_hz + 0.4
    assert end_s < LENGTH_S


def test_the_report_has_the_keys_that_are_promised_and_right_figures(microphones):
    found = report(accounts(microphones))
    assert len(found["pairs"]) == 6 and set(found["versions"]) > {"micropython", "python"}
    for row in found["pairs"]:
        assert tuple(row) == KEYS
        assert row["mouth_to_ear_ms"] == pytest.approx(80, abs=0.5)
        assert row["first_sound_ms"] == pytest.approx(80, abs=5)
        assert row["stoi"] > 0.99 and abs(row["level_error_db"]) < 0.1
    assert found["mouth_to_ear_median_ms"] == pytest.approx(80, abs=0.5)
    assert faults(found) == []


def test_what_was_not_heard_is_said(microphones):
    found = report([*accounts(microphones)[:2], account(microphones, CAST[2], gain=0.0)])
    silent = [row for row in found["pairs"] if row["to"] == CAST[2].name]
    assert all(row["stoi"] == 0 and row["first_sound_ms"] is None for row in silent)
    assert len(faults(found)) == 2
    assert "silence where speech was expected" in faults(found)[0]


def test_what_is_too_late_or_not_understood_is_said(microphones):
    found = report(accounts(microphones, delay_ms=200))
    assert faults(found) == ["Mouth to ear takes 200.0 ms, more than 150 ms."]
    found["pairs"][0]["stoi"] = 0.6
    assert "intelligibility 0.6 is below 0.85" in faults(found)[0]


def test_a_talker_without_a_tone_is_silent_until_it_speaks(tmp_path):
    calm = replace(CAST[0], tone_hz=None)
    calm.write_microphone(tmp_path / "said.wav")
    said = read_wav(tmp_path / "said.wav")
    assert not said.samples[: round(calm.start_s * said.rate_hz)].any()


def test_only_one_tone_of_several_is_found():
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    sound = sum(
        np.where(time_s > start_s, TONE_AMPLITUDE * np.sin(2 * np.pi * hz * time_s), 0)
        for hz, start_s in ((600, 0.2), (800, 0.7), (1000, 1.3))
    )
    heard = Recording(sound, RATE_HZ, T0)
    for hz, start_s in ((600, 0.2), (800, 0.7), (1000, 1.3)):
        assert first_tone_s(heard, hz, TONE_AMPLITUDE) == pytest.approx(T0 + start_s, abs=0.003)
    assert first_tone_s(heard, 1200, TONE_AMPLITUDE) is None
    assert first_tone_s(Recording(np.zeros(10), RATE_HZ), 600, 0.1) is None


def speech_with_a_change(at_s, more_s):
    said = Recording(CAST[1].speech.samples, CAST[1].speech.rate_hz, T0).at(RATE_HZ)
    at = round(at_s * RATE_HZ)
    gap = np.zeros(round(more_s * RATE_HZ))
    return said, Recording(
        np.concatenate((said.samples[:at], gap, said.samples[at:])), RATE_HZ, T0
    )


def test_a_phrase_ends_where_the_speaker_pauses():
    ends = phrase_ends(CAST[1].speech.at(8000).samples, 8000)
    assert len(ends) == 2 and ends[0] == pytest.approx(2.9 * 8000, abs=800)
    assert phrase_ends(np.zeros(800), 8000) == [800] and phrase_ends(np.zeros(0), 8000) == [0]


def test_a_longer_pause_costs_nothing_and_a_hole_in_a_word_does():
    pause = compare(*speech_with_a_change(2.9, 0.06))
    assert pause.stoi > 0.99 and pause.delay_ms == pytest.approx(30, abs=2)
    assert compare(*speech_with_a_change(1.2, 0.06)).stoi < 0.9
    assert compare(*speech_with_a_change(4.6, 0.06)).stoi < 0.9


def test_a_squeezed_word_costs_little():
    """As NetEQ does it: a few pitch periods less, with a cross-fade."""
    said, heard = speech_with_a_change(0, 0)
    at, less, fade = round(1.2 * RATE_HZ), round(0.02 * RATE_HZ), round(0.01 * RATE_HZ)
    weight = np.linspace(0, 1, fade)
    early, late = heard.samples[at : at + fade], heard.samples[at + less : at + less + fade]
    joint = early * (1 - weight) + late * weight
    parts = (heard.samples[:at], joint, heard.samples[at + less + fade :])
    found = compare(said, replace(heard, samples=np.concatenate(parts)))
    assert found.stoi > 0.95 and found.delay_ms == pytest.approx(-15, abs=6)


def test_a_phrase_that_is_missing_costs_what_it_costs():
    said, heard = speech_with_a_change(2.9, 0.0)
    heard.samples[: round(2.9 * RATE_HZ)] = 0
    assert compare(said, heard).stoi < 0.7


def test_a_busy_machine_is_named_as_the_likely_cause():
    assert "load 3.2 on 2 cores" in excuse(3.2, 2)
    assert "at rest when" in excuse(0.3, 2)
