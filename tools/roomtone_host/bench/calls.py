"""How long a join and the way from mouth to ear take: two boards, and two aiortc agents."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

import numpy as np

from roomtone_host.measure import Comparison, Recording, compare, read_wav, write_wav
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard
from roomtone_host.simulate import join_ms, settings_for, wait_joined

from .agent import Agent

_ROOMS = ("boards", "agents")
_SPEECH = Path(__file__).parent.parent / "speech" / "reader.wav"
_BEFORE_S = 2.0  # of silence, in which the path settles
_LENGTH_S = 9.0
_JOINS = 3


def measure(place: Path) -> dict[str, dict[str, float]]:
    """Both in rooms of one server, one after the other, so that neither takes time of the other.

    Raises RuntimeError, SimBoardError or ValueError when a call did not come about.
    """
    place.mkdir(parents=True, exist_ok=True)
    said = place / "said.wav"
    silence = place / "silence.wav"
    speech = read_wav(_SPEECH)
    before = np.zeros(round(_BEFORE_S * speech.rate_hz))
    write_wav(said, np.concatenate((before, speech.samples)), speech.rate_hz)
    write_wav(silence, before, speech.rate_hz)
    rooms = [option for room in _ROOMS for option in ("--room", room)]
    with ServerProcess(place / "server", "--open", "--port", "0", *rooms) as server:
        return {
            "virtual_board": _boards(server.url, place, said, silence),
            "aiortc": asyncio.run(_agents(server.url, said, silence)),
        }


def _row(joins: list[float], heard: Comparison) -> dict[str, float]:
    return {
        "join_ms": round(median(joins), 1),
        "mouth_to_ear_ms": round(heard.delay_ms, 1),
        "stoi": round(heard.stoi, 3),
    }


def _said(start_s: float) -> Recording:
    """The utterance, by a microphone that was started at that Unix time."""
    return read_wav(_SPEECH, start_s + _BEFORE_S)


def _boards(url: str, place: Path, said: Path, silence: Path) -> dict[str, float]:
    def board(name: str, microphone: Path) -> SimBoard:
        settings = settings_for(
            *(url, _ROOMS[0], name, microphone, "heard.wav"),
            codec="pcmu",
            board={"repeat": False},
        )
        return SimBoard(place / name, settings)

    joins = []
    for number in range(_JOINS - 1):
        with board(f"join{number}", silence) as once:
            wait_joined(once)
            joins.append(join_ms(once))
    with board("listener", silence) as listener, board("talker", said) as talker:
        for one in (listener, talker):
            wait_joined(one)
            joins.append(join_ms(one))
        time.sleep(_LENGTH_S)
        start_s = talker.events("microphone-started")[0]["start_us"] / 1e6
        heard_s = listener.events("speaker-started")[0]["start_us"] / 1e6
    heard = read_wav(place / "listener" / "heard.wav", heard_s)
    return _row(joins, compare(_said(start_s), heard))


async def _agents(url: str, said: Path, silence: Path) -> dict[str, float]:
    joins = []
    for number in range(_JOINS - 1):
        async with Agent(url, _ROOMS[1], f"join{number}", silence) as once:
            joins.append(once.join_ms)
    async with (
        Agent(url, _ROOMS[1], "listener", silence) as listener,
        Agent(url, _ROOMS[1], "talker", said) as talker,
    ):
        joins += [listener.join_ms, talker.join_ms]
        await asyncio.sleep(_LENGTH_S)
        said_s = talker.voice.start_s
        heard = listener.ear.recording()
    return _row(joins, compare(_said(said_s), heard))
