"""Counts a frame of lib/opus on Xtensa, as bench/device/codec.py does on RV32.

    python -m roomtone_host.xtensa.codec decode PACKETS RATE_HZ FRAMES
    python -m roomtone_host.xtensa.codec encode SOUND RATE_HZ BITRATE FRAMES

A packet without bytes was lost. Prints a figure a line, "= NAME VALUE": the state of the range
coder after the last frame, the CRC-32 of the sound or of the packets, and for each module that
Python calls the instructions of its viper functions a frame, and the calls of the runtime that
they make, by kind.
"""
# MIT License; see LICENSE

from __future__ import annotations

import sys
from array import array
from pathlib import Path
from zlib import crc32

from .modules import install

UNCOUNTED = 5  # frames, as there


def packets(data: bytes) -> list[bytes]:
    """The packets of a file by tools/emulator/libopus.c."""
    at, found = 0, []
    while at < len(data):
        size = data[at] | data[at + 1] << 8
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def decoding(data: bytes, rate_hz: int):
    """Frames, the codec, and what is made of a frame."""
    from opus.decoder import Decoder

    decoder = Decoder(rate_hz)
    pcm = array("h", bytes(2 * rate_hz // 50))

    def decode(packet: bytes) -> array:
        count = decoder.decode_into(packet, pcm) if packet else decoder.conceal_into(pcm)
        return pcm[:count]

    return packets(data), decoder, decode


def encoding(data: bytes, rate_hz: int, bitrate_bps: int):
    """The same for the encoder."""
    from opus.encoder import Encoder

    encoder = Encoder(rate_hz, bitrate_bps)
    packet = bytearray(1276)
    size = 2 * rate_hz // 50
    frames = [array("h", data[i : i + size]) for i in range(0, len(data) - size + 1, size)]
    return frames, encoder, lambda pcm: packet[: encoder.encode_into(pcm, packet)]


def main(what: str, path: str, *numbers: str) -> None:
    """Count as many frames as the last number says, after those that are left out."""
    machine = install("opus")
    *facts, count = map(int, numbers)
    make = {"decode": decoding, "encode": encoding}[what]
    frames, codec, function = make(Path(path).read_bytes(), *facts)
    frames = frames[: UNCOUNTED + count]
    total = 0
    for i, frame in enumerate(frames):
        if i == UNCOUNTED:
            machine.counted.clear()
        total = crc32(function(frame), total)
    print("= range", codec.final_range)
    print("= sum", total)
    for (module, kind), total in machine.counted.items():
        print(f"= {module.partition('.')[2]}.{kind}", total // (len(frames) - UNCOUNTED))


if __name__ == "__main__":
    main(*sys.argv[1:])
