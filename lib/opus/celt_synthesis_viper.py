"""CELT's sound from vectors and energies (RFC 6716 sections 4.3.6 and 4.3.7), a frame a call."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py; further words of it: 41 bins of 2.5 ms, 42 the rate
# in 48 kHz, 43 end of the samples kept, 44 channels that are put out.

import micropython

from .celt_energy_viper import denormalize
from .celt_fft_viper import transform_blocks
from .celt_mdct_viper import overlap, turn_in, turn_out
from .celt_memory_viper import next_pitch
from .celt_post_viper import add_pitch, average, deemphasize, move


@micropython.viper
def synthesize(words, work, outs, pcm, to: int, add: int):
    # work and outs are CeltDecoder's.
    frame = ptr32(words)
    x = work[0]
    spectrum = work[1]
    energy = work[2]
    edges = work[3]
    window = work[6]
    wide = frame[0]
    size = frame[18]
    short = frame[41]
    n = short << size
    at = frame[43] - n
    blocks = 1
    bins = n
    tables = work[4]
    if frame[26]:
        blocks = 1 << size
        bins = short
        size = 0
    tables = tables[size]
    scale = 0
    channel = 0
    while channel < frame[44]:
        out = outs[2 * channel]
        move(out, out, n, at + short)
        if channel == 0:
            scale = int(denormalize(x, 0, spectrum, 0, 0, n, words, energy, 0, edges))
            if frame[17] > frame[44]:
                # The second channel waits where the transform will write.
                room = at + (short >> 1)
                other = int(denormalize(x, 0, out, frame[19], room, n, words, energy, 21, edges))
                if other > scale:
                    scale = other
                average(spectrum, out, room, n, wide)
        elif frame[17] == 2:
            scale = int(denormalize(x, 0, spectrum, frame[19], 0, n, words, energy, 21, edges))
        # Section 4.3.7: the last 2.5 ms come out aliased; the first of the next frame join them.
        inner = at + (short >> 1)
        turn_in(
            spectrum, spectrum, 0, blocks, bins, out, inner, tables.angles, tables.places, scale,
            wide,
        )  # fmt: skip
        transform_blocks(out, out, inner, bins >> 1, blocks, tables.plan, work[5], 8 >> size, wide)
        turn_out(out, out, inner, bins, blocks, tables.angles, scale, wide)
        overlap(out, out, at, bins, blocks, short, window, wide)
        add_pitch(out, at, n, short, work[7], work[8], work[9], frame[42], window, wide)
        deemphasize(
            out, 0, pcm, at, n, outs[2 * channel + 1], work[10], to + channel, frame[44], add, wide
        )
        channel += 1
    next_pitch(work[7], frame[18])
