"""MicroPython script: what the decoder knows after each packet, at 48 kHz.

    run_parameters.py IN OUT CHANNELS

IN as run_decoder.py has it, packets only. OUT gets for each the energies of 21 bands of two
channels and then lag, gain and tapset of the post-filter; then of SILK's first channel the last
gain's index, the lag and the gain, and 16 line spectral frequencies. 45 and 19 values of 32 bits.
"""
# MIT License; see LICENSE

import struct
import sys
from array import array

sys.path.insert(0, "lib")

from opus import silk_channel
from opus.decoder import Decoder

_ENERGY = 2
_PITCH = 7


def celt(decoder):
    work = decoder._frames._celt._work
    return list(work[_ENERGY][:42]) + list(work[_PITCH])[3:6]


def silk(decoder):
    found = decoder._frames._silk
    if not found:
        return [0] * 19
    channel = found._channels[0]
    words = [
        channel.words[i]
        for i in (silk_channel.LAST_GAIN, silk_channel.PREVIOUS_LAG, silk_channel.PREVIOUS_GAIN)
    ]
    return words + list(channel.previous_nlsf)


def main(source, target, channels):
    decoder = Decoder(48000, channels)
    pcm = array("h", bytes(2 * channels * 5760))
    with open(source, "rb") as records, open(target, "wb") as out:
        head = records.read(4)
        while head:
            decoder.decode_into(records.read(head[2] | head[3] << 8), pcm)
            out.write(struct.pack("<64i", *celt(decoder), *silk(decoder)))
            head = records.read(4)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
